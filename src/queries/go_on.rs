//! What follows a step of a question: an entry in the chart's timeline, and its way on after the last.

use crate::store::{self, QueryRow};
use base::Services;
use base::db::WorkTx;
use base::error::Result;
use charts::ChartRow;
use charts::holds;
use charts::promises::WorkWaiting;
use charts::store::{Along, apply};
use rules::lifecycle::{self, Action, Actor};
use web::live::{self, Topic};

const SECONDS_PER_HOUR: i64 = 3_600;

/// Enters a step into the timeline; when no question is open any more, the chart goes on: its clock runs, and
/// for a while it is kept for whoever asked.
///
/// # Errors
/// [`base::Error::Conflict`] when the chart no longer waits for an answer.
pub(crate) async fn after_step(
    services: &Services,
    tx: &mut WorkTx,
    (chart, row): (&ChartRow, &QueryRow),
    (action, actor, reason): (Action, Actor, &str),
) -> Result<ChartRow> {
    let now = tx.now();
    let change = lifecycle::decide(&chart.life(), action, actor, now)?.because(reason);
    let chart = apply(tx, &change, Along::default()).await?;
    live::tell(tx, Topic::Facility(chart.facility_id))?;
    live::tell(tx, Topic::Board)?;
    live::tell(tx, Topic::Person(row.asked_by))?;
    if store::open_count(tx, &chart).await? > 0 {
        return Ok(chart);
    }
    let change = lifecycle::decide(&chart.life(), Action::GoOn, Actor::SYSTEM, now)?;
    let kept_seconds =
        i64::from(services.config.queries.sticky_hours).saturating_mul(SECONDS_PER_HOUR);
    let left = holds::open_of(tx, &chart).await?;
    let along = Along {
        sticky_person_id: Some(Some(row.asked_by)),
        sticky_until: Some(Some(now.plus_seconds(kept_seconds))),
        ..holds::resumed(tx, &chart, &left).await?
    };
    let chart = apply(tx, &change, along).await?;
    base::jobs::enqueue(tx, &WorkWaiting {})?;
    Ok(chart)
}
