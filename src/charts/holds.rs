//! Holds: why a chart can't go on, who must act, and what that does to the contract clock.

use crate::schema::holds;
use crate::store::{self, Along, ChartRow};
use base::db::WorkTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::clock::ContractClock;
use rules::ids::{ChartId, FacilityId, HoldId, PersonId};
use rules::lifecycle::{self, Action, Actor};
use rules::words::{HoldOwner, HoldReason};

/// A reason that is written down.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, serde::Serialize, utoipa::ToSchema)]
#[diesel(table_name = holds, check_for_backend(diesel::pg::Pg))]
pub struct Hold {
    /// The tenant.
    pub facility_id: FacilityId,
    /// The hold.
    pub id: HoldId,
    /// The chart.
    pub chart_id: ChartId,
    /// Why.
    pub reason: HoldReason,
    /// Who must act.
    pub owner: HoldOwner,
    /// Whether the contract clock stands still meanwhile.
    pub stops_clock: bool,
    /// Since when.
    pub opened_at: Instant,
    /// Who wrote it down.
    pub opened_by: PersonId,
    /// Until when.
    pub closed_at: Option<Instant>,
    /// Who lifted it; none for the product itself.
    pub closed_by: Option<PersonId>,
}

/// Open holds on one chart, at most.
const OPEN_HOLDS_MAX: usize = 10;

/// The open holds of a chart, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn open_of(tx: &mut WorkTx, chart: &ChartRow) -> Result<Vec<Hold>> {
    let open = holds::table
        .filter(holds::facility_id.eq(chart.facility_id))
        .filter(holds::chart_id.eq(chart.id))
        .filter(holds::closed_at.is_null())
        .order((holds::opened_at, holds::id))
        .select(Hold::as_select())
        .load(tx.conn())
        .await?;
    Ok(open)
}

/// Puts a chart on hold. Its lease, if it has one, is the caller's to end.
///
/// # Errors
/// [`Error::Conflict`] when the lifecycle does not allow it.
pub async fn place(
    tx: &mut WorkTx,
    chart: &ChartRow,
    reason: HoldReason,
    actor: Actor,
) -> Result<ChartRow> {
    let now = tx.now();
    if open_of(tx, chart).await?.len() >= OPEN_HOLDS_MAX {
        return Err(Error::Conflict("this chart has too many open holds".into()));
    }
    let change =
        lifecycle::decide(&chart.life(), Action::Hold, actor, now)?.because(reason.as_str());
    let hold = Hold {
        facility_id: chart.facility_id,
        id: HoldId::new(),
        chart_id: chart.id,
        reason,
        owner: reason.owner(),
        stops_clock: reason.stops_clock(),
        opened_at: now,
        opened_by: tx.acting_person()?,
        closed_at: None,
        closed_by: None,
    };
    diesel::insert_into(holds::table).values(&hold).execute(tx.conn()).await?;
    let along = Along {
        paused_at: (hold.stops_clock && chart.paused_at.is_none()).then_some(Some(now)),
        ..Along::default()
    };
    store::apply(tx, &change, along).await
}

/// Lifts one hold; the chart goes on when it was the last.
///
/// # Errors
/// [`Error::NotFound`] when the hold is not open; [`Error::Conflict`] when the lifecycle says no.
pub async fn lift(
    tx: &mut WorkTx,
    chart: &ChartRow,
    hold: HoldId,
    actor: Actor,
) -> Result<ChartRow> {
    let now = tx.now();
    let closed = diesel::update(
        holds::table
            .find((chart.facility_id, hold))
            .filter(holds::chart_id.eq(chart.id))
            .filter(holds::closed_at.is_null()),
    )
    .set((holds::closed_at.eq(now), holds::closed_by.eq(actor.person)))
    .execute(tx.conn())
    .await?;
    if closed == 0 {
        return Err(Error::NotFound);
    }
    let left = open_of(tx, chart).await?;
    if !left.is_empty() {
        return Ok(chart.clone());
    }
    let change = lifecycle::decide(&chart.life(), Action::LiftHold, actor, now)?;
    let along = resumed(tx, chart, now).await?;
    store::apply(tx, &change, along).await
}

/// The clock runs again: the time spent paused is added and the deadline moves with it.
///
/// # Errors
/// When the facility's calendar cannot be read.
pub async fn resumed(tx: &mut WorkTx, chart: &ChartRow, now: Instant) -> Result<Along> {
    if chart.paused_at.is_none() {
        return Ok(Along::default());
    }
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let calendar = facilities::calendar(tx, chart.facility_id).await?;
    let clock = ContractClock {
        ready_at: chart.ready_at,
        paused_at: chart.paused_at,
        paused_seconds: chart.paused_seconds,
    }
    .resume(&calendar, now);
    let due_at =
        clock.due_at(&calendar, i64::from(terms.turnaround_minutes)).map_err(Error::internal)?;
    Ok(Along {
        due_at: Some(due_at),
        paused_at: Some(None),
        paused_seconds: Some(clock.paused_seconds),
        ..Along::default()
    })
}
