//! Charts' rows. `apply` is the only query that writes a chart's state.

use crate::schema::{chart_events, charts};
use base::db::WorkTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::escalation::Step;
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::learning::LengthBucket;
use rules::lifecycle::{Action, ActorKind, Change, Chart, ChartState};
use rules::words::AssignmentKind;

/// A chart's metadata: everything but its patient, documents and codes.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = charts, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns' names are the field's words")]
pub struct ChartRow {
    pub facility_id: FacilityId,
    pub id: ChartId,
    pub queue_id: QueueId,
    pub state: ChartState,
    pub version: i32,
    pub round: i32,
    pub waiting_for: Option<AssignmentKind>,
    pub priority: i32,
    pub expected_seconds: i32,
    pub document_count: i32,
    pub coding_version: i32,
    pub return_version: i32,
    pub received_at: Instant,
    pub ready_at: Option<Instant>,
    pub due_at: Option<Instant>,
    pub paused_at: Option<Instant>,
    pub paused_seconds: i64,
    pub coded_at: Option<Instant>,
    pub returned_at: Option<Instant>,
    pub coder_id: Option<PersonId>,
    pub reviewer_id: Option<PersonId>,
    pub sticky_person_id: Option<PersonId>,
    pub sticky_until: Option<Instant>,
    pub duplicate_of: Option<ChartId>,
    pub received_by: PersonId,
}

impl ChartRow {
    /// The part that the lifecycle decides on.
    #[must_use]
    pub const fn life(&self) -> Chart {
        Chart {
            facility: self.facility_id,
            id: self.id,
            state: self.state,
            version: self.version,
            round: self.round,
        }
    }
}

/// A new chart, as intake stores it.
#[derive(Debug, Insertable)]
#[diesel(table_name = charts)]
#[expect(missing_docs, reason = "the columns' names are the field's words")]
pub struct NewChart {
    pub facility_id: FacilityId,
    pub id: ChartId,
    pub queue_id: QueueId,
    pub state: ChartState,
    pub priority: i32,
    pub expected_seconds: i32,
    pub document_count: i32,
    pub received_at: Instant,
    pub duplicate_of: Option<ChartId>,
    pub received_by: PersonId,
    pub length_bucket: LengthBucket,
    pub standard_seconds: i32,
}

/// What else changes with a move; `None` leaves a column as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = charts)]
#[expect(missing_docs, reason = "the columns' names are the field's words")]
pub struct Along {
    pub ready_at: Option<Instant>,
    pub due_at: Option<Option<Instant>>,
    pub paused_at: Option<Option<Instant>>,
    pub paused_seconds: Option<i64>,
    pub coded_at: Option<Option<Instant>>,
    pub returned_at: Option<Option<Instant>>,
    pub coding_version: Option<i32>,
    pub return_version: Option<i32>,
    pub coder_id: Option<Option<PersonId>>,
    pub reviewer_id: Option<Option<PersonId>>,
    pub sticky_person_id: Option<Option<PersonId>>,
    pub sticky_until: Option<Option<Instant>>,
    pub duplicate_of: Option<Option<ChartId>>,
    pub priority: Option<i32>,
}

/// The charts of a facility, or of one of its queues, that were coded since an instant: the latest first, at
/// most so many.
///
/// # Errors
/// When the database fails.
pub async fn coded_since(
    tx: &mut WorkTx,
    (facility, queue): (FacilityId, Option<QueueId>),
    (since, limit): (Instant, i64),
) -> QueryResult<Vec<ChartRow>> {
    let mut coded = charts::table
        .filter(charts::facility_id.eq(facility))
        .filter(charts::coding_version.gt(0))
        .filter(charts::coded_at.ge(since))
        .into_boxed();
    if let Some(queue) = queue {
        coded = coded.filter(charts::queue_id.eq(queue));
    }
    let latest = coded.order((charts::coded_at.desc(), charts::id)).limit(limit);
    latest.select(ChartRow::as_select()).load(tx.conn()).await
}

#[derive(Insertable)]
#[diesel(table_name = chart_events)]
struct NewEvent<'a> {
    facility_id: FacilityId,
    chart_id: ChartId,
    seq: i32,
    at: Instant,
    action: Action,
    from_state: ChartState,
    to_state: ChartState,
    actor_kind: ActorKind,
    actor_id: Option<PersonId>,
    reason: Option<&'a str>,
}

/// One entry of the timeline.
#[derive(Debug, Clone, Queryable, Selectable, serde::Serialize, utoipa::ToSchema)]
#[diesel(table_name = chart_events, check_for_backend(diesel::pg::Pg))]
pub struct Event {
    /// Counts the chart's moves.
    pub seq: i32,
    /// When.
    pub at: Instant,
    /// What was done.
    pub action: Action,
    /// From where.
    pub from_state: ChartState,
    /// To where.
    pub to_state: ChartState,
    /// In what capacity.
    pub actor_kind: ActorKind,
    /// Who; none for the product itself.
    pub actor_id: Option<PersonId>,
    /// A reason code.
    pub reason: Option<String>,
}

/// The chart, if it is in the scope.
///
/// # Errors
/// [`Error::NotFound`] for a foreign chart and a missing one alike.
pub async fn find(tx: &mut WorkTx, id: ChartId) -> Result<ChartRow> {
    let row = charts::table
        .filter(charts::id.eq(id))
        .select(ChartRow::as_select())
        .first(tx.conn())
        .await?;
    Ok(row)
}

/// The chart, held against changes until the transaction ends.
///
/// # Errors
/// As [`find`].
pub async fn lock(tx: &mut WorkTx, id: ChartId) -> Result<ChartRow> {
    let row = charts::table
        .filter(charts::id.eq(id))
        .select(ChartRow::as_select())
        .for_update()
        .first(tx.conn())
        .await?;
    Ok(row)
}

/// Stores a new chart with the first entry of its timeline.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &mut WorkTx, chart: &NewChart, by: ActorKind) -> Result<()> {
    diesel::insert_into(charts::table).values(chart).execute(tx.conn()).await?;
    let event = NewEvent {
        facility_id: chart.facility_id,
        chart_id: chart.id,
        seq: 1,
        at: chart.received_at,
        action: Action::Receive,
        from_state: ChartState::Received,
        to_state: ChartState::Received,
        actor_kind: by,
        actor_id: Some(chart.received_by),
        reason: None,
    };
    diesel::insert_into(chart_events::table).values(&event).execute(tx.conn()).await?;
    Ok(())
}

/// Writes one decided move and its timeline entry.
///
/// # Errors
/// [`Error::Conflict`] when the chart moved on meanwhile.
pub async fn apply(tx: &mut WorkTx, change: &Change, along: Along) -> Result<ChartRow> {
    let (before, after) = (change.before(), change.after());
    let waiting_for = rules::lifecycle::waiting_for(change);
    let row = diesel::update(
        charts::table
            .filter(charts::facility_id.eq(before.facility))
            .filter(charts::id.eq(before.id))
            .filter(charts::state.eq(before.state))
            .filter(charts::version.eq(before.version)),
    )
    .set((
        charts::state.eq(after.state),
        charts::version.eq(after.version),
        charts::round.eq(after.round),
        charts::waiting_for.eq(waiting_for),
        along,
    ))
    .returning(ChartRow::as_returning())
    .get_result(tx.conn())
    .await
    .optional()?;
    let row = row.ok_or_else(|| Error::Conflict("the chart moved on meanwhile".into()))?;
    let event = NewEvent {
        facility_id: before.facility,
        chart_id: before.id,
        seq: after.version,
        at: change.at(),
        action: change.action(),
        from_state: before.state,
        to_state: after.state,
        actor_kind: change.actor().kind,
        actor_id: change.actor().person,
        reason: change.reason(),
    };
    diesel::insert_into(chart_events::table).values(&event).execute(tx.conn()).await?;
    Ok(row)
}

/// Writes one decided step of a ladder and its timeline entry; neither state nor lane is touched, whoever
/// holds the chart goes on.
///
/// # Errors
/// [`Error::Conflict`] when the chart moved on meanwhile.
pub async fn escalate(
    tx: &mut WorkTx,
    change: &Change,
    step: Step,
    priority: i32,
) -> Result<ChartRow> {
    let (before, after) = (change.before(), change.after());
    let chart = charts::table
        .find((before.facility, before.id))
        .filter(charts::state.eq(before.state))
        .filter(charts::version.eq(before.version));
    let row = diesel::update(chart)
        .set((
            charts::version.eq(after.version),
            charts::priority.eq(priority),
            charts::escalated.eq(charts::escalated.concat(vec![step.as_str()])),
            (step == Step::WidenSkills).then(|| charts::widens.eq(true)),
            (step == Step::OverflowTeam).then(|| charts::overflows.eq(true)),
        ))
        .returning(ChartRow::as_returning())
        .get_result(tx.conn())
        .await
        .optional()?;
    let row = row.ok_or_else(|| Error::Conflict("the chart moved on meanwhile".into()))?;
    let event = NewEvent {
        facility_id: before.facility,
        chart_id: before.id,
        seq: after.version,
        at: change.at(),
        action: change.action(),
        from_state: before.state,
        to_state: after.state,
        actor_kind: change.actor().kind,
        actor_id: change.actor().person,
        reason: Some(step.as_str()),
    };
    diesel::insert_into(chart_events::table).values(&event).execute(tx.conn()).await?;
    Ok(row)
}

/// Keeps a held chart for a person; until when is said once it goes on.
///
/// # Errors
/// When the database fails.
pub async fn keep_for(tx: &mut WorkTx, chart: &ChartRow, person: PersonId) -> Result<ChartRow> {
    let row = diesel::update(charts::table.find((chart.facility_id, chart.id)))
        .set((charts::sticky_person_id.eq(person), charts::sticky_until.eq(None::<Instant>)))
        .returning(ChartRow::as_returning())
        .get_result(tx.conn())
        .await?;
    Ok(row)
}

/// Longest timeline that is shown.
const EVENTS_MAX: i64 = 500;

/// The chart's timeline, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn timeline(tx: &mut WorkTx, id: ChartId) -> Result<Vec<Event>> {
    let events = chart_events::table
        .filter(chart_events::chart_id.eq(id))
        .order(chart_events::seq)
        .limit(EVENTS_MAX)
        .select(Event::as_select())
        .load(tx.conn())
        .await?;
    Ok(events)
}
