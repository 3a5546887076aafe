//! Taking a chart back from whoever holds it: the lease ends, the chart waits again, the draft stays.

use base::db::WorkTx;
use base::error::{Error, Result};
use base::jobs;
use charts::ChartRow;
use charts::leases::{self, Assignment};
use charts::promises::WorkWaiting;
use charts::store::{self, Along};
use rules::ids::PersonId;
use rules::lifecycle::{self, Action, Actor, ChartState};
use rules::words::{AssignmentKind, AssignmentState};
use web::live::{self, Topic};

/// How a lease ends, by whom and for which reason.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ending<'a> {
    /// Expired or revoked.
    pub how: AssignmentState,
    /// Who does it.
    pub actor: Actor,
    /// A reason code.
    pub reason: &'a str,
}

/// Ends a live lease of a locked chart; the chart goes back to where it waited.
pub(crate) async fn take_back(
    tx: &mut WorkTx,
    chart: &ChartRow,
    lease: &Assignment,
    ending: Ending<'_>,
) -> Result<ChartRow> {
    leases::end(tx, lease, ending.how, ending.reason).await?;
    let action = match (lease.kind, ending.how) {
        (AssignmentKind::Coding, AssignmentState::Expired) => Action::Expire,
        (AssignmentKind::Coding, _) => Action::Revoke,
        (AssignmentKind::Review | AssignmentKind::Arbitration, _) => Action::EndReview,
    };
    if !is_held(chart, lease.kind) {
        // The chart went on without its lease, as when a lead puts it on hold: only the lease is left.
        return Ok(chart.clone());
    }
    let change = lifecycle::decide(&chart.life(), action, ending.actor, tx.now())?;
    let along = Along {
        reviewer_id: (lease.kind == AssignmentKind::Review).then_some(None),
        ..Along::default()
    };
    store::apply(tx, &change.because(ending.reason), along).await
}

/// Whether the chart's state says that somebody holds it for this kind of work.
pub(crate) const fn is_held(chart: &ChartRow, kind: AssignmentKind) -> bool {
    match kind {
        AssignmentKind::Coding => {
            matches!(chart.state, ChartState::Assigned | ChartState::InProgress)
        }
        AssignmentKind::Review | AssignmentKind::Arbitration => {
            matches!(chart.state, ChartState::InReview) && chart.waiting_for.is_none()
        }
    }
}

/// The chart's one live lease, whatever it is for.
pub(crate) async fn live_lease(tx: &mut WorkTx, chart: &ChartRow) -> Result<Option<Assignment>> {
    for kind in [AssignmentKind::Coding, AssignmentKind::Review] {
        if let Some(lease) = leases::live(tx, chart, kind).await? {
            return Ok(Some(lease));
        }
    }
    Ok(None)
}

/// The same, where there must be one.
pub(crate) async fn held_lease(tx: &mut WorkTx, chart: &ChartRow) -> Result<Assignment> {
    let lease = live_lease(tx, chart).await?;
    lease.ok_or_else(|| Error::Conflict("nobody holds this chart".into()))
}

/// Whoever watches looks again: the boards, and the people concerned.
pub(crate) fn tell(tx: &mut WorkTx, people: &[PersonId]) -> Result<()> {
    live::tell(tx, Topic::Board)?;
    for person in people {
        live::tell(tx, Topic::Person(*person))?;
    }
    Ok(())
}

/// The same after a chart has gone back to waiting: planning is due, too.
pub(crate) fn tell_waiting(tx: &mut WorkTx, people: &[PersonId]) -> Result<()> {
    jobs::enqueue(tx, &WorkWaiting {})?;
    tell(tx, people)
}
