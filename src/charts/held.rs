//! The chart at hand: every call of a desk, the coder's or the reviewer's, begins by asking whether it
//! still is.

use crate::leases::{self, Assignment};
use crate::{ChartRow, guard, store};
use base::db::WorkTx;
use base::error::{Error, Result};
use rules::ids::ChartId;
use rules::words::{AssignmentKind, AssignmentState};

/// A chart and the acting person's live lease on it, both still allowed.
pub struct Held {
    /// The chart.
    pub chart: ChartRow,
    /// The lease.
    pub lease: Assignment,
}

/// The chart as the acting person holds it for some kind of work, to be read.
///
/// # Errors
/// [`Error::NotFound`] when it never was theirs, [`Error::Conflict`] when it is not any more, and
/// [`Error::Forbidden`] when a rule of safety bars them by now.
pub async fn to_read(tx: &mut WorkTx, kind: AssignmentKind, chart: ChartId) -> Result<Held> {
    let chart = store::find(tx, chart).await?;
    held(tx, kind, chart, None).await
}

/// The same, held against changes until the transaction ends.
///
/// # Errors
/// As [`to_read`].
pub async fn to_start(tx: &mut WorkTx, kind: AssignmentKind, chart: ChartId) -> Result<Held> {
    let chart = store::lock(tx, chart).await?;
    held(tx, kind, chart, None).await
}

/// The same on the lease that the caller names: work on an older one is refused.
///
/// # Errors
/// As [`to_read`].
pub async fn to_write(
    tx: &mut WorkTx,
    kind: AssignmentKind,
    chart: ChartId,
    epoch: i32,
) -> Result<Held> {
    let chart = store::lock(tx, chart).await?;
    held(tx, kind, chart, Some(epoch)).await
}

/// Nobody reviews a chart that they coded: the guard asks who was involved before.
async fn held(
    tx: &mut WorkTx,
    kind: AssignmentKind,
    chart: ChartRow,
    epoch: Option<i32>,
) -> Result<Held> {
    let lease = leases::own(tx, chart.id, kind, epoch).await?;
    guard::safe(tx, &chart, lease.person_id, kind).await?;
    Ok(Held { chart, lease })
}

impl Held {
    /// Whether the work has begun: an offer must be started before anything is written.
    ///
    /// # Errors
    /// [`Error::Conflict`] while it is only offered.
    pub fn require_started(&self) -> Result<()> {
        if self.lease.state == AssignmentState::Active {
            return Ok(());
        }
        Err(Error::Conflict("begin the chart first: it is only offered to you".into()))
    }
}
