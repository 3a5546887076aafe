//! The moment in which a chart is complete enough to code: its contract clock starts.

use crate::promises::WorkWaiting;
use crate::store::{self, Along, ChartRow};
use base::db::WorkTx;
use base::error::{Error, Result};
use rules::clock::ContractClock;
use rules::lifecycle::{self, Action, Actor, ChartState};

/// Opens a chart for coding: accepted by intake, or cleared by a person. Computes its deadline in the
/// facility's calendar and promises a planning.
///
/// # Errors
/// [`Error::Conflict`] when the lifecycle does not allow it.
pub async fn open_for_coding(tx: &mut WorkTx, chart: &ChartRow, actor: Actor) -> Result<ChartRow> {
    let now = tx.now();
    let action = if chart.state == ChartState::Received { Action::Accept } else { Action::Clear };
    let change = lifecycle::decide(&chart.life(), action, actor, now)?;
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let calendar = facilities::calendar(tx, chart.facility_id).await?;
    let due_at = ContractClock::default()
        .start(now)
        .due_at(&calendar, i64::from(terms.turnaround_minutes))
        .map_err(Error::internal)?;
    let along = Along {
        ready_at: Some(now),
        due_at: Some(due_at),
        duplicate_of: Some(None),
        ..Along::default()
    };
    let chart = store::apply(tx, &change, along).await?;
    base::jobs::enqueue(tx, &WorkWaiting {})?;
    Ok(chart)
}
