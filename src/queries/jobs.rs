//! What happens to a question by itself: the mail, the reminder, the escalation. Each looks at where the
//! question stands when its time has come, so that nothing is sent for one that is answered, and a repetition
//! or a clock that jumped does nothing twice or too early.

use crate::links;
use crate::mail;
use crate::settings::{self, AnswerBy};
use crate::store::{self, QueryRow, Step};
use base::Services;
use base::audit::{self, Entry};
use base::config::QueriesSection;
use base::db::FacilityTx;
use base::error::Result;
use base::jobs::{self, Job, JobError};
use charts::ChartRow;
use people::Recipient;
use rules::Instant;
use rules::ids::{FacilityId, PersonId, QueryId};
use rules::lifecycle::{ActorKind, ChartState};
use rules::query::{CancelReason, QueryAct, QueryStatus, next};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use web::live::{self, Topic};

const SECONDS_PER_HOUR: i64 = 3_600;

/// Why a provider is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Why {
    /// They are asked.
    Asked,
    /// They have not answered yet.
    Reminded,
}

/// The promise to write to whoever is to answer, or to name somebody who is.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct SendQuery {
    facility: FacilityId,
    query: QueryId,
    provider: Option<PersonId>,
    why: Why,
}

impl SendQuery {
    pub(crate) const fn first(row: &QueryRow) -> Self {
        let (facility, query, provider) = (row.facility_id, row.id, row.provider_id);
        Self { facility, query, provider, why: Why::Asked }
    }
}

impl Job for SendQuery {
    const KIND: &'static str = "queries.send";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
}

/// The promise to look, after a while, whether the provider has answered.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct RemindQuery {
    facility: FacilityId,
    query: QueryId,
    /// Whom it concerns: somebody else who is asked later gets a reminder of their own.
    provider: Option<PersonId>,
    since: Instant,
}

impl RemindQuery {
    pub(crate) fn of(row: &QueryRow) -> Self {
        Self {
            facility: row.facility_id,
            query: row.id,
            provider: row.provider_id,
            since: row.named_at.unwrap_or(row.asked_at),
        }
    }

    pub(crate) fn due_at(&self, settings: &QueriesSection) -> Instant {
        self.since.plus_seconds(i64::from(settings.reminder_hours) * SECONDS_PER_HOUR)
    }
}

impl Job for RemindQuery {
    const KIND: &'static str = "queries.remind";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
}

/// The promise to tell those in charge of a question that nobody answers.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct EscalateQuery {
    facility: FacilityId,
    query: QueryId,
    since: Instant,
}

impl EscalateQuery {
    pub(crate) const fn of(row: &QueryRow) -> Self {
        Self { facility: row.facility_id, query: row.id, since: row.asked_at }
    }

    pub(crate) fn due_at(&self, settings: &QueriesSection) -> Instant {
        self.since.plus_seconds(i64::from(settings.escalation_hours) * SECONDS_PER_HOUR)
    }
}

impl Job for EscalateQuery {
    const KIND: &'static str = "queries.escalate";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
}

/// The promise to write to the administrators and leads.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TellEscalated {
    facility: FacilityId,
    query: QueryId,
}

impl Job for TellEscalated {
    const KIND: &'static str = "queries.tell_escalated";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
}

/// What is to be sent.
enum Letter {
    ToProvider(Recipient, String),
    ToAdministrators(Vec<Recipient>),
}

/// Does [`SendQuery`]. A repetition sends another mail with another link, which harms nobody.
///
/// # Errors
/// [`JobError::Retry`] while no mail can be handed over.
pub(crate) async fn send_query(services: Arc<Services>, job: SendQuery) -> Result<(), JobError> {
    let scope = services.authority.facility(job.facility, None);
    let hours = services.config.queries.link_hours;
    let letter = services
        .db
        .facility(&scope, async |tx| {
            let Some((_, row)) = waiting(tx, job.query).await? else { return Ok(None) };
            if row.provider_id != job.provider {
                return Ok(None);
            }
            let provider = match row.provider_id {
                Some(person) => people::provider_of(tx, person).await?.map(|it| (person, it)),
                None => None,
            };
            let Some((person, recipient)) = provider else {
                let administrators = people::administrators_of(tx).await?;
                return Ok(Some(Letter::ToAdministrators(administrators)));
            };
            let place = match settings::answer_by(tx, row.facility_id).await? {
                AnswerBy::Link => {
                    let fragment = links::make(tx, &row, (person, hours)).await?;
                    format!("answer#{fragment}")
                }
                AnswerBy::SignIn => format!("queries/{}", row.id),
            };
            Ok(Some(Letter::ToProvider(recipient, place)))
        })
        .await?;
    let address = |place: &str| format!("{}/{place}", services.config.server.public_url);
    let messages = match letter {
        None => return Ok(()),
        Some(Letter::ToProvider(to, place)) => {
            vec![mail::to_provider(&to, job.why, &address(&place))]
        }
        Some(Letter::ToAdministrators(all)) => {
            let place = address("queries/facility");
            all.iter().map(|to| mail::to_administrator(to, &place)).collect()
        }
    };
    services.mailer.send_all("writing about a question", &messages).await
}

/// A question that still waits, with its chart, both locked; the product takes back one whose chart went
/// another way.
async fn waiting(tx: &mut FacilityTx, query: QueryId) -> Result<Option<(ChartRow, QueryRow)>> {
    let (chart, row) = store::lock(tx, query).await?;
    if row.status != QueryStatus::Open {
        return Ok(None);
    }
    if chart.state == ChartState::QueryOpen {
        return Ok(Some((chart, row)));
    }
    let escalated = row.escalated_at.is_some();
    let status = next(row.status, QueryAct::Cancel, ActorKind::System, escalated);
    links::revoke(tx, &row).await?;
    let step = Step {
        status,
        ended_at: Some(tx.now()),
        end_reason: Some(CancelReason::ChartGone.as_str().to_owned()),
        ..Step::default()
    };
    store::step(tx, &row, step).await?;
    Ok(None)
}

/// Does [`RemindQuery`], once for each provider.
///
/// # Errors
/// [`JobError::Retry`] when the database is away.
pub(crate) async fn remind_query(
    services: Arc<Services>,
    job: RemindQuery,
) -> Result<(), JobError> {
    let scope = services.authority.facility(job.facility, None);
    let due = job.due_at(&services.config.queries);
    let work = async |tx: &mut FacilityTx| {
        let Some((_, row)) = waiting(tx, job.query).await? else { return Ok(()) };
        if row.provider_id != job.provider || row.reminded().is_some() {
            return Ok(());
        }
        let now = tx.now();
        if now < due {
            return jobs::enqueue_at(tx, &job, due);
        }
        let step = Step { reminded_at: Some(now), ..Step::default() };
        let row = store::step(tx, &row, step).await?;
        jobs::enqueue(tx, &SendQuery { why: Why::Reminded, ..SendQuery::first(&row) })?;
        live::tell(tx, Topic::Facility(row.facility_id))?;
        let entry = Entry::of(row.facility_id, "query.reminded", "query", row.id.uuid());
        audit::append(tx, entry).await?;
        Ok(())
    };
    services.db.facility(&scope, work).await?;
    Ok(())
}

/// Does [`EscalateQuery`], once.
///
/// # Errors
/// [`JobError::Retry`] when the database is away.
pub(crate) async fn escalate_query(
    services: Arc<Services>,
    job: EscalateQuery,
) -> Result<(), JobError> {
    let scope = services.authority.facility(job.facility, None);
    let due = job.due_at(&services.config.queries);
    let work = async |tx: &mut FacilityTx| {
        let Some((_, row)) = waiting(tx, job.query).await? else { return Ok(()) };
        if row.escalated_at.is_some() {
            return Ok(());
        }
        let now = tx.now();
        if now < due {
            return jobs::enqueue_at(tx, &job, due);
        }
        let step = Step { escalated_at: Some(now), ..Step::default() };
        let row = store::step(tx, &row, step).await?;
        let tell = TellEscalated { facility: row.facility_id, query: row.id };
        jobs::enqueue(tx, &tell)?;
        live::tell(tx, Topic::Facility(row.facility_id))?;
        live::tell(tx, Topic::Board)?;
        let entry = Entry::of(row.facility_id, "query.escalated", "query", row.id.uuid());
        audit::append(tx, entry).await?;
        Ok(())
    };
    services.db.facility(&scope, work).await?;
    Ok(())
}

/// Does [`TellEscalated`].
///
/// # Errors
/// [`JobError::Retry`] while no mail can be handed over.
pub(crate) async fn tell_escalated(
    services: Arc<Services>,
    job: TellEscalated,
) -> Result<(), JobError> {
    let scope = services.authority.facility(job.facility, None);
    let administrators = services
        .db
        .facility(&scope, async |tx| match waiting(tx, job.query).await? {
            Some(_) => Ok(Some(people::administrators_of(tx).await?)),
            None => Ok(None),
        })
        .await?;
    let Some(administrators) = administrators else { return Ok(()) };
    let system = services.authority.system();
    let leads =
        services.db.ops(&system, async |tx| Ok(people::leads_of(tx, job.facility).await?)).await?;
    let address = |place: &str| format!("{}/{place}", services.config.server.public_url);
    let (theirs, ours) = (address("queries/facility"), address("questions"));
    let days = services.config.queries.escalation_hours / 24;
    let messages: Vec<_> = administrators
        .iter()
        .map(|to| mail::escalated(to, days, &theirs))
        .chain(leads.iter().map(|to| mail::escalated(to, days, &ours)))
        .collect();
    services.mailer.send_all("writing about a question", &messages).await
}
