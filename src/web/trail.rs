//! The audit trail as a page and as JSON: one chain at a time, newest first, and whether it is whole.

use crate::Answer;
use crate::page::{Shell, html};
use crate::paging::{PAGE_ROWS, PAGE_ROWS_MAX};
use crate::proof::May;
use actix_web::HttpResponse;
use actix_web::web::{self, Json, Query, ServiceConfig};
use askama::Template;
use base::audit::first_broken;
use base::db::PlaneTx;
use base::error::{Checks, Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::access::{Side, may};
use rules::ids::FacilityId;
use serde::{Deserialize, Deserializer, Serialize};
use std::collections::HashMap;
use std::str::FromStr;
use uuid::Uuid;

mod schema {
    diesel::table! {
        audit.events (facility_id, seq) {
            facility_id -> Uuid,
            seq -> BigInt,
            at -> Timestamptz,
            actor_id -> Nullable<Uuid>,
            plane -> Text,
            action -> Text,
            object_kind -> Text,
            object_id -> Nullable<Uuid>,
            detail -> Text,
        }
    }

    diesel::table! {
        app.people (id) {
            id -> Uuid,
            name -> Text,
        }
    }

    diesel::table! {
        app.api_keys (id) {
            id -> Uuid,
            name -> Text,
        }
    }

    diesel::table! {
        app.facilities (id) {
            id -> Uuid,
            name -> Text,
        }
    }
}
use schema::{api_keys, events, facilities, people};

/// A chain of at most so many events is checked whenever it is shown; a longer one when asked.
const EVENTS_CHECKED_UNASKED_MAX: i64 = 20_000;
const WORD_CHARACTERS_MAX: usize = 60;
/// Facilities offered for choice.
const FACILITIES_MAX: i64 = 2_000;

/// Registers the page and its JSON.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/audit", web::get().to(page)).route("/api/v1/audit", web::get().to(list));
}

/// What of the trail is asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[into_params(parameter_in = Query)]
pub struct TrailQuery {
    /// Whose chain; the installation's own when absent (people of a facility see their facility's).
    #[serde(default, deserialize_with = "unless_blank")]
    #[param(value_type = Option<FacilityId>)]
    facility: Option<FacilityId>,
    /// An action, or the beginning of one: `document.read`, `document`.
    #[serde(default, deserialize_with = "unless_blank")]
    action: Option<String>,
    /// A kind of thing, such as `chart`.
    #[serde(default, deserialize_with = "unless_blank")]
    object: Option<String>,
    /// One thing.
    #[serde(default, deserialize_with = "unless_blank")]
    id: Option<Uuid>,
    /// One person or key.
    #[serde(default, deserialize_with = "unless_blank")]
    actor: Option<Uuid>,
    /// Rows wanted, 1 to 200.
    #[serde(default, deserialize_with = "unless_blank")]
    limit: Option<u32>,
    /// The `next` of the page before.
    #[serde(default, deserialize_with = "unless_blank")]
    after: Option<i64>,
    /// Whether to check the chain; when absent, short chains are.
    #[serde(default, deserialize_with = "unless_blank")]
    check: Option<bool>,
}

/// An entry left empty in a form is none.
fn unless_blank<'de, D, T>(deserializer: D) -> Result<Option<T>, D::Error>
where
    D: Deserializer<'de>,
    T: FromStr<Err: std::fmt::Display>,
{
    let text = String::deserialize(deserializer)?;
    match text.trim() {
        "" => Ok(None),
        text => text.parse().map(Some).map_err(serde::de::Error::custom),
    }
}

impl TrailQuery {
    fn checked(mut self) -> Result<Self> {
        let mut checks = Checks::default();
        for (name, word) in [("action", &mut self.action), ("object", &mut self.object)] {
            let Some(word) = word else { continue };
            word.make_ascii_lowercase();
            let fine = word.len() <= WORD_CHARACTERS_MAX
                && word.chars().all(|c| c.is_ascii_lowercase() || c == '_' || c == '.');
            checks.require(fine, name, "letters, _ and . alone, such as document.read");
        }
        checks.done()?;
        Ok(self)
    }

    fn rows(&self) -> i64 {
        i64::from(self.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX))
    }

    /// The same question from another place on; what it is made of needs no escaping.
    fn address(&self, after: Option<i64>, check: Option<bool>) -> String {
        let parts = [
            ("facility", self.facility.map(|id| id.to_string())),
            ("action", self.action.clone()),
            ("object", self.object.clone()),
            ("id", self.id.map(|id| id.to_string())),
            ("actor", self.actor.map(|id| id.to_string())),
            ("after", after.map(|seq| seq.to_string())),
            ("check", check.map(|check| check.to_string())),
        ];
        let set: Vec<String> = parts
            .into_iter()
            .filter_map(|(name, value)| value.map(|value| format!("{name}={value}")))
            .collect();
        if set.is_empty() { "/audit".to_owned() } else { format!("/audit?{}", set.join("&")) }
    }
}

/// One event of the trail.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Event {
    /// Its place in the chain, from 1.
    seq: i64,
    /// When.
    at: Instant,
    /// Who; none when the product itself acted.
    actor_id: Option<Uuid>,
    /// Their name, where whoever asks may know it.
    actor: Option<String>,
    /// What was done.
    action: String,
    /// To which kind of thing.
    object: String,
    /// To which thing.
    object_id: Option<Uuid>,
    /// Names and counts.
    detail: String,
}

/// A page of one chain.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Trail {
    /// The events, newest first.
    items: Vec<Event>,
    /// Where the next page begins; none on the last.
    next: Option<i64>,
    /// The chain as a whole.
    chain: Chain,
}

/// How a chain stands.
#[derive(Debug, Clone, Copy, Serialize, utoipa::ToSchema)]
pub struct Chain {
    /// Whose it is; none for the installation's own.
    facility: Option<FacilityId>,
    /// How many events it has.
    events: i64,
    /// Whether its hashes were checked for this answer.
    checked: bool,
    /// The first event that does not follow from those before it; none when the chain is whole.
    first_broken: Option<i64>,
}

#[derive(Queryable)]
struct Row {
    seq: i64,
    at: Instant,
    actor_id: Option<Uuid>,
    action: String,
    object_kind: String,
    object_id: Option<Uuid>,
    detail: String,
}

/// The audit trail, newest first.
#[utoipa::path(get, path = "/api/v1/audit", tag = "audit", params(TrailQuery),
    responses((status = 200, body = Trail), (status = 404, body = crate::Problem)))]
pub async fn list(may: May<may::ReadAudit>, query: Query<TrailQuery>) -> Answer<Json<Trail>> {
    let query = query.into_inner().checked()?;
    let (trail, _) = read(&may, &query).await?;
    Ok(Json(trail))
}

/// The chains that may be chosen, by name.
type Chains = Vec<(FacilityId, String)>;

async fn read(may: &May<may::ReadAudit>, query: &TrailQuery) -> Result<(Trail, Chains)> {
    if may.principal().side() == Side::Facility {
        let home = may.home()?;
        if query.facility.is_some_and(|asked| asked != home) {
            return Err(Error::NotFound);
        }
        let work = async |tx: &mut base::db::FacilityTx| {
            let mut trail = page_of(tx, Some(home), query).await?;
            name_keys(tx, &mut trail.items).await?;
            Ok((trail, Chains::new()))
        };
        return may.facility(work).await;
    }
    may.ops(async |tx| {
        let chains: Chains = facilities::table
            .order(facilities::name)
            .limit(FACILITIES_MAX)
            .select((facilities::id, facilities::name))
            .load(tx.conn())
            .await?;
        let known = |asked| chains.iter().any(|(facility, _)| *facility == asked);
        if query.facility.is_some_and(|asked| !known(asked)) {
            return Err(Error::NotFound);
        }
        Ok((page_of(tx, query.facility, query).await?, chains))
    })
    .await
}

async fn page_of(
    tx: &mut PlaneTx,
    facility: Option<FacilityId>,
    query: &TrailQuery,
) -> Result<Trail> {
    let of = facility.map_or(Uuid::nil(), FacilityId::uuid);
    let found = select(tx, of, query).await?;
    let rows = usize::try_from(query.rows()).unwrap_or(0);
    let more = found.len() > rows;
    let mut items: Vec<Event> = found.into_iter().take(rows).map(Event::of).collect();
    name_people(tx, &mut items).await?;
    let next = items.last().filter(|_| more).map(|last| last.seq);
    let newest: Option<i64> = events::table
        .filter(events::facility_id.eq(of))
        .select(diesel::dsl::max(events::seq))
        .first(tx.conn())
        .await?;
    let events = newest.unwrap_or(0);
    let unasked = query.after.is_none() && events <= EVENTS_CHECKED_UNASKED_MAX;
    let checked = query.check.unwrap_or(unasked);
    let first_broken = if checked { first_broken(tx, facility).await? } else { None };
    Ok(Trail { items, next, chain: Chain { facility, events, checked, first_broken } })
}

/// One row more than asked, which tells whether there is a next page.
async fn select(tx: &mut PlaneTx, of: Uuid, query: &TrailQuery) -> QueryResult<Vec<Row>> {
    let mut select = events::table
        .filter(events::facility_id.eq(of))
        .order(events::seq.desc())
        .limit(query.rows() + 1)
        .select((
            events::seq,
            events::at,
            events::actor_id,
            events::action,
            events::object_kind,
            events::object_id,
            events::detail,
        ))
        .into_boxed();
    if let Some(after) = query.after {
        select = select.filter(events::seq.lt(after));
    }
    if let Some(action) = &query.action {
        let deeper = format!("{action}.%");
        select = select.filter(events::action.eq(action).or(events::action.like(deeper)));
    }
    if let Some(object) = &query.object {
        select = select.filter(events::object_kind.eq(object));
    }
    if let Some(id) = query.id {
        select = select.filter(events::object_id.eq(id));
    }
    if let Some(actor) = query.actor {
        select = select.filter(events::actor_id.eq(actor));
    }
    select.load(tx.conn()).await
}

impl Event {
    fn of(row: Row) -> Self {
        let Row { seq, at, actor_id, action, object_kind, object_id, detail } = row;
        Self { seq, at, actor_id, actor: None, action, object: object_kind, object_id, detail }
    }
}

fn actors(items: &[Event]) -> Vec<Uuid> {
    items.iter().filter(|event| event.actor.is_none()).filter_map(|event| event.actor_id).collect()
}

fn set_names(items: &mut [Event], names: &HashMap<Uuid, String>) {
    for event in items.iter_mut().filter(|event| event.actor.is_none()) {
        event.actor = event.actor_id.and_then(|id| names.get(&id).cloned());
    }
}

/// The plane shows its own people alone: those of the other side stay ids.
async fn name_people(tx: &mut PlaneTx, items: &mut [Event]) -> Result<()> {
    let names: Vec<(Uuid, String)> = people::table
        .filter(people::id.eq_any(actors(items)))
        .select((people::id, people::name))
        .load(tx.conn())
        .await?;
    set_names(items, &names.into_iter().collect());
    Ok(())
}

async fn name_keys(tx: &mut PlaneTx, items: &mut [Event]) -> Result<()> {
    let keys: Vec<(Uuid, String)> = api_keys::table
        .filter(api_keys::id.eq_any(actors(items)))
        .select((api_keys::id, api_keys::name))
        .load(tx.conn())
        .await?;
    let names = keys.into_iter().map(|(id, name)| (id, format!("key “{name}”")));
    set_names(items, &names.collect());
    Ok(())
}

#[derive(Template)]
#[template(path = "audit.html")]
struct AuditPage {
    shell: Shell,
    trail: Trail,
    chains: Chains,
    query: TrailQuery,
    /// Whether whoever looks chooses among chains.
    is_vendor: bool,
}

impl AuditPage {
    fn older(&self) -> Option<String> {
        self.trail.next.map(|next| self.query.address(Some(next), None))
    }

    fn newest(&self) -> String {
        self.query.address(None, None)
    }

    fn check_now(&self) -> String {
        self.query.address(self.query.after, Some(true))
    }

    /// All that was done to one thing, or by one actor, in the same chain.
    fn about(&self, id: Option<&Uuid>, actor: Option<&Uuid>) -> String {
        let facility = self.query.facility;
        let about = TrailQuery {
            facility,
            id: id.copied(),
            actor: actor.copied(),
            ..TrailQuery::default()
        };
        about.address(None, None)
    }

    fn is_narrowed(&self) -> bool {
        let TrailQuery { action, object, id, actor, .. } = &self.query;
        action.is_some() || object.is_some() || id.is_some() || actor.is_some()
    }

    fn is_chosen(&self, facility: &FacilityId) -> bool {
        self.query.facility.as_ref() == Some(facility)
    }
}

/// The first part of an id: enough to tell two apart on a page.
fn short(id: &Uuid) -> String {
    id.simple().to_string().chars().skip(20).collect()
}

async fn page(may: May<may::ReadAudit>, query: Query<TrailQuery>) -> Answer<HttpResponse> {
    let query = query.into_inner().checked()?;
    let (trail, chains) = read(&may, &query).await?;
    let is_vendor = may.principal().side() == Side::Vendor;
    let shell = Shell::new(&may, "Audit", "/audit");
    html(&AuditPage { shell, trail, chains, query, is_vendor })
}

#[cfg(test)]
mod tests {
    use super::TrailQuery;
    use actix_web::web::Query;

    fn asked(query: &str) -> TrailQuery {
        Query::<TrailQuery>::from_query(query).unwrap().into_inner()
    }

    #[test]
    fn what_a_form_leaves_empty_is_not_asked_for() {
        let query =
            asked("facility=&action=Document&object=+&id=&after=&limit=").checked().unwrap();
        assert_eq!(query.address(Some(7), None), "/audit?action=document&after=7");
        assert_eq!(asked("").address(None, None), "/audit");
    }

    #[test]
    fn only_words_reach_the_query() {
        assert!(asked("action=%25'--").checked().is_err());
        assert!(asked(&format!("object={}", "a".repeat(61))).checked().is_err());
        assert!(Query::<TrailQuery>::from_query("id=no-uuid").is_err());
    }

    #[test]
    fn no_page_is_larger_than_the_limit() {
        assert_eq!((asked("limit=0").rows(), asked("limit=100000").rows()), (1, 200));
    }
}
