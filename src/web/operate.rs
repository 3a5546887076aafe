//! What an operator watches: promised work, what could not be done, the parts, the demo's mail.

use crate::Answer;
use crate::page::{Shell, html};
use crate::proof::May;
use actix_web::HttpResponse;
use actix_web::web::{self, Json, ServiceConfig};
use askama::Template;
use base::Services;
use base::config::MailMode;
use base::db::OpsTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::access::may;
use rules::ids::{FacilityId, JobId};
use serde::Serialize;
use uuid::Uuid;

mod schema {
    // The columns that the ops plane may read; a job's arguments are not among them.
    diesel::table! {
        app.jobs (id) {
            id -> Uuid,
            for_facility_id -> Nullable<Uuid>,
            kind -> Text,
            state -> Text,
            run_at -> Timestamptz,
            attempt -> Integer,
            errors -> Jsonb,
            created_at -> Timestamptz,
        }
    }
}
use schema::jobs;

/// Jobs that could not be done, listed at once.
const DEAD_LISTED_MAX: i64 = 100;

/// Registers the page and its JSON.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/operate", web::get().to(page))
        .route("/api/v1/operate/jobs", web::get().to(watch))
        .route("/api/v1/operate/mail", web::get().to(mail));
}

/// How many jobs of a kind stand in a state.
#[derive(Debug, Clone, Queryable, Serialize, utoipa::ToSchema)]
pub struct JobCount {
    /// The kind.
    kind: String,
    /// `ready`, `running`, `done` (of the last week) or `dead`.
    state: String,
    /// How many.
    count: i64,
}

/// A job that nobody tries again.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DeadJob {
    /// The job.
    id: JobId,
    /// Its kind.
    kind: String,
    /// The facility it worked for; none for the installation.
    facility_id: Option<FacilityId>,
    /// How often it was tried.
    attempt: i32,
    /// Why the last try failed.
    error: String,
    /// When it was promised.
    created_at: Instant,
}

/// All promised work.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Jobs {
    /// By kind and state.
    counts: Vec<JobCount>,
    /// Since when the oldest due job waits; none when none does.
    oldest_due_at: Option<Instant>,
    /// What could not be done, newest first, at most 100.
    dead: Vec<DeadJob>,
}

impl Jobs {
    fn in_state(&self, state: &str) -> i64 {
        self.counts.iter().filter(|count| count.state == state).map(|count| count.count).sum()
    }

    fn of_kind(&self, kind: &str, state: &str) -> i64 {
        let of = |count: &&JobCount| count.kind == kind && count.state == state;
        self.counts.iter().find(of).map_or(0, |count| count.count)
    }

    fn kinds(&self) -> Vec<&str> {
        let mut kinds: Vec<&str> = self.counts.iter().map(|count| count.kind.as_str()).collect();
        kinds.dedup();
        kinds
    }
}

type DeadRow = (JobId, String, Option<FacilityId>, i32, serde_json::Value, Instant);

async fn load(tx: &mut OpsTx) -> Result<Jobs> {
    let now = tx.now();
    let counts: Vec<JobCount> = jobs::table
        .group_by((jobs::kind, jobs::state))
        .order((jobs::kind, jobs::state))
        .select((jobs::kind, jobs::state, diesel::dsl::count_star()))
        .load(tx.conn())
        .await?;
    let oldest_due_at: Option<Instant> = jobs::table
        .filter(jobs::state.eq("ready"))
        .filter(jobs::run_at.le(now))
        .order(jobs::run_at)
        .select(jobs::run_at)
        .first(tx.conn())
        .await
        .optional()?;
    let dead: Vec<DeadRow> = jobs::table
        .filter(jobs::state.eq("dead"))
        .order(jobs::created_at.desc())
        .limit(DEAD_LISTED_MAX)
        .select((
            jobs::id,
            jobs::kind,
            jobs::for_facility_id,
            jobs::attempt,
            jobs::errors,
            jobs::created_at,
        ))
        .load(tx.conn())
        .await?;
    Ok(Jobs { counts, oldest_due_at, dead: dead.into_iter().map(DeadJob::of).collect() })
}

impl DeadJob {
    fn of((id, kind, facility_id, attempt, errors, created_at): DeadRow) -> Self {
        let last = errors.as_array().and_then(|errors| errors.last());
        let error = last.and_then(|error| error.get("message")).and_then(|text| text.as_str());
        let error = error.unwrap_or("it ended without a word").to_owned();
        Self { id, kind, facility_id, attempt, error, created_at }
    }
}

/// Promised work by kind and state, and what could not be done; without the jobs' arguments.
#[utoipa::path(get, path = "/api/v1/operate/jobs", tag = "operate",
    responses((status = 200, body = Jobs)))]
pub async fn watch(may: May<may::Operate>) -> Answer<Json<Jobs>> {
    Ok(Json(may.ops(async |tx| load(tx).await).await?))
}

/// A mail that was written to the folder.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Mail {
    /// The mail.
    id: Uuid,
    /// When.
    date: Instant,
    /// To whom.
    to: String,
    /// About what.
    subject: String,
    /// The text.
    text: String,
}

impl Mail {
    /// The line that is a link to this installation, if there is one.
    fn link(&self, public_url: &str) -> Option<&str> {
        let ours =
            |line: &&str| line.strip_prefix(public_url).is_some_and(|to| to.starts_with('/'));
        self.text.lines().map(str::trim).find(ours)
    }
}

/// The newest mails, where mail is written to a folder; none where it leaves through a relay.
async fn mails(services: &Services) -> Result<Option<Vec<Mail>>> {
    if services.config.mail.mode != MailMode::Folder {
        return Ok(None);
    }
    let sent = services.mailer.list().await?;
    let of = |mail: base::mail::SentMail| {
        let base::mail::Message { to, subject, text, .. } = mail.message;
        Mail { id: mail.id, date: mail.date, to, subject, text }
    };
    Ok(Some(sent.into_iter().map(of).collect()))
}

/// The newest mails in the folder; nothing is there when mail leaves through a relay.
#[utoipa::path(get, path = "/api/v1/operate/mail", tag = "operate",
    responses((status = 200, body = Vec<Mail>), (status = 404, body = crate::Problem)))]
pub async fn mail(may: May<may::Operate>) -> Answer<Json<Vec<Mail>>> {
    let mails = mails(may.services()).await?.ok_or(Error::NotFound)?;
    Ok(Json(mails))
}

#[derive(Template)]
#[template(path = "operate.html")]
struct OperatePage {
    shell: Shell,
    jobs: Jobs,
    parts: [(&'static str, bool); 3],
    mails: Option<Vec<Mail>>,
    public_url: String,
}

impl OperatePage {
    fn link<'a>(&self, mail: &'a Mail) -> Option<&'a str> {
        mail.link(&self.public_url)
    }
}

async fn page(may: May<may::Operate>) -> Answer<HttpResponse> {
    let services = may.services();
    let jobs = may.ops(async |tx| load(tx).await).await?;
    let parts = [
        ("Database", services.db.ping().await.is_ok()),
        ("Documents", services.blobs.ping().await.is_ok()),
        ("Cache", services.cache.is_reachable().await),
    ];
    html(&OperatePage {
        shell: Shell::new(&may, "Operate", "/operate").live(),
        jobs,
        parts,
        mails: mails(services).await?,
        public_url: services.config.server.public_url.clone(),
    })
}

#[cfg(test)]
mod tests {
    use super::{DeadJob, Mail};
    use rules::ids::JobId;

    #[test]
    fn only_a_link_to_this_installation_is_made_one() {
        let mail = |text: &str| Mail {
            id: uuid::Uuid::nil(),
            date: "2026-03-01T10:00:00Z".parse().unwrap(),
            to: "ada@example.com".into(),
            subject: "Your invitation".into(),
            text: text.into(),
        };
        let here = "https://relay.example";
        let ours = mail("Hello,\n\n  https://relay.example/welcome#abc\n");
        assert_eq!(ours.link(here), Some("https://relay.example/welcome#abc"));
        assert_eq!(mail("https://relay.example.evil/welcome").link(here), None);
        assert_eq!(mail("see https://relay.example/welcome").link(here), None);
    }

    #[test]
    fn a_dead_job_tells_why_its_last_try_failed() {
        let at = "2026-03-01T10:00:00Z".parse().unwrap();
        let dead =
            |errors| DeadJob::of((JobId::new(), "web.tell".into(), None, 2, errors, at)).error;
        let errors = serde_json::json!([{ "message": "first" }, { "message": "last" }]);
        assert_eq!(dead(errors), "last");
        assert_eq!(dead(serde_json::json!([])), "it ended without a word");
    }
}
