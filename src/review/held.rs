//! The review at hand: every call begins by asking whether it still is.

use base::db::WorkTx;
use base::error::{Error, Result};
use charts::leases::{self, Assignment};
use charts::{ChartRow, guard, store};
use rules::ids::ChartId;
use rules::words::{AssignmentKind, AssignmentState};

/// A chart and the acting person's live lease on its review, both still allowed.
pub(crate) struct Held {
    pub chart: ChartRow,
    pub lease: Assignment,
}

/// The chart as the acting person reviews it, to be read.
pub(crate) async fn to_read(tx: &mut WorkTx, chart: ChartId) -> Result<Held> {
    let chart = store::find(tx, chart).await?;
    held(tx, chart, None).await
}

/// The same, held against changes until the transaction ends.
pub(crate) async fn to_start(tx: &mut WorkTx, chart: ChartId) -> Result<Held> {
    let chart = store::lock(tx, chart).await?;
    held(tx, chart, None).await
}

/// The same on the lease that the caller names: work on an older one is refused.
pub(crate) async fn to_write(tx: &mut WorkTx, chart: ChartId, epoch: i32) -> Result<Held> {
    let chart = store::lock(tx, chart).await?;
    held(tx, chart, Some(epoch)).await
}

/// Nobody reviews a chart that they coded: the guard asks who was involved before.
async fn held(tx: &mut WorkTx, chart: ChartRow, epoch: Option<i32>) -> Result<Held> {
    let kind = AssignmentKind::Review;
    let lease = leases::own(tx, chart.id, kind, epoch).await?;
    guard::safe(tx, &chart, lease.person_id, kind).await?;
    Ok(Held { chart, lease })
}

impl Held {
    /// Whether the review has begun: an offer must be started before anything is written.
    pub(crate) fn require_started(&self) -> Result<()> {
        if self.lease.state == AssignmentState::Active {
            return Ok(());
        }
        Err(Error::Conflict("start the review first: it is only offered to you".into()))
    }
}
