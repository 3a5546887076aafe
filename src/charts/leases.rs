//! Leases: who holds a chart, for what, until when. Offered → active → submitted, released, expired or
//! revoked; the epoch counts the leases of a chart, so that work on an old one is told from work on
//! the live one.

use crate::schema::{assignments, exclusions};
use crate::store::ChartRow;
use base::db::WorkTx;
use base::error::{Error, Result};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{AssignmentId, ChartId, FacilityId, PersonId, QueueId};
use rules::words::{AssignmentKind, AssignmentState};

/// A lease.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = assignments, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns' names are the field's words")]
pub struct Assignment {
    pub facility_id: FacilityId,
    pub id: AssignmentId,
    pub chart_id: ChartId,
    pub queue_id: QueueId,
    pub kind: AssignmentKind,
    pub person_id: PersonId,
    pub state: AssignmentState,
    pub epoch: i32,
    pub expected_seconds: i32,
    pub offered_at: Instant,
    pub started_at: Option<Instant>,
    pub last_seen_at: Option<Instant>,
    pub lease_expires_at: Instant,
    pub ended_at: Option<Instant>,
    pub end_reason: Option<String>,
    pub active_seconds: i32,
    pub explanation: serde_json::Value,
}

const LIVE: [AssignmentState; 2] = [AssignmentState::Offered, AssignmentState::Active];

/// What a new lease says.
#[derive(Debug, Clone)]
pub struct Terms {
    /// For what.
    pub kind: AssignmentKind,
    /// For whom.
    pub person: PersonId,
    /// Offered, or active at once (Next).
    pub state: AssignmentState,
    /// Until when.
    pub until: Instant,
    /// Why this person: reasons and runners-up, for whoever asks later.
    pub explanation: serde_json::Value,
}

/// Gives the chart to a person. The database refuses a second live lease of the same kind.
///
/// # Errors
/// When the database refuses.
pub async fn give(tx: &mut WorkTx, chart: &ChartRow, terms: Terms) -> Result<Assignment> {
    let now = tx.now();
    let last: Option<i32> = assignments::table
        .filter(assignments::facility_id.eq(chart.facility_id))
        .filter(assignments::chart_id.eq(chart.id))
        .select(max(assignments::epoch))
        .first(tx.conn())
        .await?;
    let started = (terms.state == AssignmentState::Active).then_some(now);
    let assignment = Assignment {
        facility_id: chart.facility_id,
        id: AssignmentId::new(),
        chart_id: chart.id,
        queue_id: chart.queue_id,
        kind: terms.kind,
        person_id: terms.person,
        state: terms.state,
        epoch: last.unwrap_or(0).saturating_add(1),
        expected_seconds: chart.expected_seconds,
        offered_at: now,
        started_at: started,
        last_seen_at: started,
        lease_expires_at: terms.until,
        ended_at: None,
        end_reason: None,
        active_seconds: 0,
        explanation: terms.explanation,
    };
    diesel::insert_into(assignments::table).values(&assignment).execute(tx.conn()).await?;
    Ok(assignment)
}

/// The live lease on a chart, if there is one.
///
/// # Errors
/// When the database fails.
pub async fn live(
    tx: &mut WorkTx,
    chart: &ChartRow,
    kind: AssignmentKind,
) -> Result<Option<Assignment>> {
    let found = assignments::table
        .filter(assignments::facility_id.eq(chart.facility_id))
        .filter(assignments::chart_id.eq(chart.id))
        .filter(assignments::kind.eq(kind))
        .filter(assignments::state.eq_any(LIVE))
        .select(Assignment::as_select())
        .for_update()
        .first(tx.conn())
        .await
        .optional()?;
    Ok(found)
}

/// Everything a person holds now, oldest offer first.
///
/// # Errors
/// When the database fails.
pub async fn held_by(tx: &mut WorkTx, person: PersonId) -> Result<Vec<Assignment>> {
    let held = assignments::table
        .filter(assignments::person_id.eq(person))
        .filter(assignments::state.eq_any(LIVE))
        .order((assignments::offered_at, assignments::id))
        .select(Assignment::as_select())
        .load(tx.conn())
        .await?;
    Ok(held)
}

/// The person's own live lease on a chart, or the answer that fits when there is none.
///
/// # Errors
/// [`Error::Conflict`] when they held it before and no longer do, or when `epoch` is an older one;
/// [`Error::NotFound`] when they never did.
pub async fn own(
    tx: &mut WorkTx,
    chart: ChartId,
    kind: AssignmentKind,
    epoch: Option<i32>,
) -> Result<Assignment> {
    let person = tx.acting_person()?;
    let last = assignments::table
        .filter(assignments::chart_id.eq(chart))
        .filter(assignments::person_id.eq(person))
        .filter(assignments::kind.eq(kind))
        .order(assignments::epoch.desc())
        .select(Assignment::as_select())
        .first(tx.conn())
        .await
        .optional()?;
    let Some(last) = last else { return Err(Error::NotFound) };
    let live = LIVE.contains(&last.state);
    if !live || epoch.is_some_and(|epoch| epoch != last.epoch) {
        return Err(Error::Conflict(
            "you no longer hold this chart; your draft is kept with it".into(),
        ));
    }
    Ok(last)
}

/// An offer becomes active.
///
/// # Errors
/// [`Error::Conflict`] when it is no longer an offer.
pub async fn start(tx: &mut WorkTx, assignment: &Assignment, until: Instant) -> Result<Assignment> {
    let now = tx.now();
    let started = diesel::update(
        assignments::table
            .find((assignment.facility_id, assignment.id))
            .filter(assignments::state.eq(AssignmentState::Offered)),
    )
    .set((
        assignments::state.eq(AssignmentState::Active),
        assignments::started_at.eq(now),
        assignments::last_seen_at.eq(now),
        assignments::lease_expires_at.eq(until),
    ))
    .returning(Assignment::as_returning())
    .get_result(tx.conn())
    .await
    .optional()?;
    started.ok_or_else(|| Error::Conflict("this offer is no longer open".into()))
}

/// How much work there was since the last sign of life.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Worked {
    /// Nobody measured it: the whole time, unless it was longer than so many seconds and thus a break.
    UnlessSeconds(i64),
    /// The page measured so many seconds in which something was done: at most the time there was.
    Seconds(i64),
}

impl Worked {
    /// What counts of the seconds since the last sign of life.
    #[must_use]
    pub fn counted(self, since: i64) -> i64 {
        let since = since.max(0);
        match self {
            Self::UnlessSeconds(most) if since > most => 0,
            Self::UnlessSeconds(_) => since,
            Self::Seconds(measured) => measured.clamp(0, since),
        }
    }
}

/// Real activity: extends the lease and counts what was worked since the last beat.
///
/// # Errors
/// [`Error::Conflict`] when the lease is not active any more.
pub async fn beat(
    tx: &mut WorkTx,
    assignment: &Assignment,
    until: Instant,
    worked: Worked,
) -> Result<Instant> {
    let now = tx.now();
    let since = assignment.last_seen_at.map_or(0, |seen| now.seconds_since(seen));
    let counted = i32::try_from(worked.counted(since)).unwrap_or(0);
    let extended = diesel::update(
        assignments::table
            .find((assignment.facility_id, assignment.id))
            .filter(assignments::state.eq(AssignmentState::Active)),
    )
    .set((
        assignments::last_seen_at.eq(now),
        assignments::lease_expires_at.eq(until),
        assignments::active_seconds.eq(assignments::active_seconds + counted),
    ))
    .execute(tx.conn())
    .await?;
    if extended == 0 {
        return Err(Error::Conflict("you no longer hold this chart".into()));
    }
    Ok(until)
}

/// Ends a live lease.
///
/// # Errors
/// [`Error::Conflict`] when it had ended already.
pub async fn end(
    tx: &mut WorkTx,
    assignment: &Assignment,
    how: AssignmentState,
    reason: &str,
) -> Result<()> {
    let now = tx.now();
    let ended = diesel::update(
        assignments::table
            .find((assignment.facility_id, assignment.id))
            .filter(assignments::state.eq_any(LIVE)),
    )
    .set((
        assignments::state.eq(how),
        assignments::ended_at.eq(now),
        assignments::end_reason.eq(reason),
    ))
    .execute(tx.conn())
    .await?;
    if ended == 0 {
        return Err(Error::Conflict("this lease had ended already".into()));
    }
    Ok(())
}

/// Leases swept at once, at most.
pub const LEASES_SWEPT_MAX: i64 = 200;

/// Live leases that have run out, oldest first. Not locked: whoever ends one locks its chart first, as
/// everyone does, and looks again.
///
/// # Errors
/// When the database fails.
pub async fn run_out(tx: &mut WorkTx) -> Result<Vec<Assignment>> {
    let now = tx.now();
    let found = assignments::table
        .filter(assignments::state.eq_any(LIVE))
        .filter(assignments::lease_expires_at.lt(now))
        .order(assignments::lease_expires_at)
        .limit(LEASES_SWEPT_MAX)
        .select(Assignment::as_select())
        .load(tx.conn())
        .await?;
    Ok(found)
}

/// Who has been coder, reviewer or arbiter of a chart.
///
/// # Errors
/// When the database fails.
pub async fn involved(tx: &mut WorkTx, chart: ChartId) -> Result<Vec<(PersonId, AssignmentKind)>> {
    let worked = [AssignmentState::Offered, AssignmentState::Active, AssignmentState::Submitted];
    let involved = assignments::table
        .filter(assignments::chart_id.eq(chart))
        .filter(assignments::state.eq_any(worked))
        .select((assignments::person_id, assignments::kind))
        .distinct()
        .load(tx.conn())
        .await?;
    Ok(involved)
}

/// Who must not get a chart.
///
/// # Errors
/// When the database fails.
pub async fn excluded(tx: &mut WorkTx, chart: ChartId) -> Result<Vec<PersonId>> {
    let excluded = exclusions::table
        .filter(exclusions::chart_id.eq(chart))
        .select(exclusions::person_id)
        .load(tx.conn())
        .await?;
    Ok(excluded)
}

/// Keeps a chart from ever coming to a person again.
///
/// # Errors
/// When the database fails.
pub async fn exclude(
    tx: &mut WorkTx,
    chart: &ChartRow,
    person: PersonId,
    reason: &str,
) -> Result<()> {
    let now = tx.now();
    diesel::insert_into(exclusions::table)
        .values((
            exclusions::facility_id.eq(chart.facility_id),
            exclusions::chart_id.eq(chart.id),
            exclusions::person_id.eq(person),
            exclusions::reason.eq(reason),
            exclusions::at.eq(now),
        ))
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    Ok(())
}
