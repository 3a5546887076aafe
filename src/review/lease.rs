//! Beginning a review, holding on to it while working, and giving it back.

use crate::KIND;
use base::audit::{self, Entry};
use base::db::{VendorScope, WorkTx};
use base::error::Result;
use base::{Services, jobs};
use charts::held::{self, Held};
use charts::leases::{self, Assignment, Worked};
use charts::promises::WorkWaiting;
use charts::store::{self, Along};
use coding::{Beat, GivenBack, LeaseView, SkipReason};
use rules::Instant;
use rules::ids::ChartId;
use rules::lifecycle::{self, Action, Actor, ActorKind};
use rules::words::{AssignmentKind, AssignmentState};
use web::live::{self, Topic};

const SECONDS_PER_MINUTE: i64 = 60;

/// Until when somebody who works now holds the chart.
fn held_until(services: &Services, now: Instant) -> Instant {
    now.plus_seconds(i64::from(services.config.leases.lease_minutes) * SECONDS_PER_MINUTE)
}

/// An offered review is opened. Doing so twice is harmless, and a review that was taken by Next has
/// begun already.
///
/// # Errors
/// [`base::Error::Conflict`] when the offer or the chart has moved on.
pub async fn start(services: &Services, scope: &VendorScope, chart: ChartId) -> Result<LeaseView> {
    services
        .db
        .desk(scope, async |tx| {
            let now = tx.now();
            let Held { chart, lease } = held::to_start(tx, KIND, chart).await?;
            if lease.state == AssignmentState::Active {
                return Ok(LeaseView::of(&lease, now));
            }
            let lease = leases::start(tx, &lease, held_until(services, now)).await?;
            if chart.waiting_for == Some(AssignmentKind::Review) {
                let actor = Actor::person(ActorKind::Reviewer, lease.person_id);
                let change = lifecycle::decide(&chart.life(), Action::StartReview, actor, now)?;
                store::apply(tx, &change, Along::default()).await?;
            }
            live::tell(tx, Topic::Board)?;
            let entry = Entry::of(chart.facility_id, "review.started", "chart", chart.id.uuid());
            audit::append(tx, entry).await?;
            Ok(LeaseView::of(&lease, now))
        })
        .await
}

/// A sign of life from the review. Real activity extends the lease and counts as work; a page that is
/// merely open changes nothing.
///
/// # Errors
/// [`base::Error::Conflict`] when the lease is over.
pub async fn beat(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    beat: Beat,
) -> Result<LeaseView> {
    services
        .db
        .desk(scope, async |tx| {
            let now = tx.now();
            let held = held::to_write(tx, KIND, chart, beat.epoch).await?;
            if !beat.active {
                return Ok(LeaseView::of(&held.lease, now));
            }
            held.require_started()?;
            let lease = count_minutes(services, tx, &held.lease, beat.worked()).await?;
            Ok(LeaseView::of(&lease, now))
        })
        .await
}

/// The lease with what was worked since its last sign of life counted.
pub(crate) async fn count_minutes(
    services: &Services,
    tx: &mut WorkTx,
    lease: &Assignment,
    worked: Worked,
) -> Result<Assignment> {
    let until = held_until(services, tx.now());
    leases::beat(tx, lease, until, worked).await?;
    leases::own(tx, lease.chart_id, lease.kind, Some(lease.epoch)).await
}

/// Gives the review back for somebody else; its draft stays with the chart.
///
/// # Errors
/// [`base::Error::Conflict`] when the lease is over.
pub async fn release(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    epoch: i32,
    reason: SkipReason,
) -> Result<GivenBack> {
    services
        .db
        .desk(scope, async |tx| {
            let Held { chart, lease } = held::to_write(tx, KIND, chart, epoch).await?;
            let actor = Actor::person(ActorKind::Reviewer, lease.person_id);
            let change = lifecycle::decide(&chart.life(), Action::EndReview, actor, tx.now())?
                .because(reason.as_str());
            leases::end(tx, &lease, AssignmentState::Released, reason.as_str()).await?;
            if reason.excludes() {
                leases::exclude(tx, &chart, lease.person_id, reason.as_str()).await?;
            }
            // Whoever gave it back is not the first to be asked again.
            let (sticky_person_id, sticky_until) = (Some(None), Some(None));
            let along = Along { sticky_person_id, sticky_until, ..Along::default() };
            let after = store::apply(tx, &change, along).await?;
            jobs::enqueue(tx, &WorkWaiting {})?;
            live::tell(tx, Topic::Board)?;
            let entry = Entry::of(chart.facility_id, "review.released", "chart", chart.id.uuid());
            audit::append(tx, entry.with(reason.as_str())).await?;
            Ok(GivenBack { chart_id: after.id, state: after.state })
        })
        .await
}
