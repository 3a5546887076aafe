//! Beginning a chart, and holding on to it while working.

use crate::KIND;
use base::Services;
use base::audit::{self, Entry};
use base::db::VendorScope;
use base::error::Result;
use charts::held::{self, Held};
use charts::leases::{self, Assignment, Worked};
use charts::store::{self, Along};
use rules::Instant;
use rules::ids::ChartId;
use rules::lifecycle::{self, Action, Actor, ActorKind};
use rules::words::AssignmentState;
use serde::{Deserialize, Serialize};
use web::live::{self, Topic};

/// A silence longer than this was a break: it counts as no work at all.
pub const IDLE_SECONDS_MAX: i64 = 120;
const SECONDS_PER_MINUTE: i64 = 60;

/// A lease as its holder sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LeaseView {
    /// Which of the chart's leases; to be given with every write.
    pub epoch: i32,
    /// `offered` or `active`.
    pub state: AssignmentState,
    /// When it runs out unless somebody works.
    pub expires_at: Instant,
    /// The same from now, for clocks that are wrong; negative when it is overdue.
    pub seconds_left: i64,
    /// Seconds of real activity so far.
    pub active_seconds: i32,
}

impl LeaseView {
    /// The lease as of a moment.
    #[must_use]
    pub fn of(lease: &Assignment, now: Instant) -> Self {
        Self {
            epoch: lease.epoch,
            state: lease.state,
            expires_at: lease.lease_expires_at,
            seconds_left: lease.lease_expires_at.seconds_since(now),
            active_seconds: lease.active_seconds,
        }
    }
}

/// Until when somebody who works now holds the chart.
pub(crate) fn held_until(services: &Services, now: Instant) -> Instant {
    now.plus_seconds(i64::from(services.config.leases.lease_minutes) * SECONDS_PER_MINUTE)
}

/// An offered chart is opened: from now on it is in progress. Doing so twice is harmless.
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
            let actor = Actor::person(ActorKind::Coder, lease.person_id);
            let change = lifecycle::decide(&chart.life(), Action::Start, actor, now)?;
            let lease = leases::start(tx, &lease, held_until(services, now)).await?;
            store::apply(tx, &change, Along::default()).await?;
            live::tell(tx, Topic::Board)?;
            let entry = Entry::of(chart.facility_id, "coding.started", "chart", chart.id.uuid());
            audit::append(tx, entry).await?;
            Ok(LeaseView::of(&lease, now))
        })
        .await
}

/// A sign of life.
#[derive(Debug, Clone, Copy, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Beat {
    /// The lease.
    pub epoch: i32,
    /// Whether somebody worked since the last one.
    pub active: bool,
    /// Seconds since the last one in which something was done, as the page measured; at most the time there
    /// was is counted. Where it is not said, that time counts as a whole unless it was longer than two
    /// minutes.
    #[serde(default)]
    pub worked_seconds: Option<i32>,
}

impl Beat {
    /// What it says of the work.
    #[must_use]
    pub fn worked(&self) -> Worked {
        let measured = self.worked_seconds.map(|seconds| Worked::Seconds(i64::from(seconds)));
        measured.unwrap_or(Worked::UnlessSeconds(IDLE_SECONDS_MAX))
    }
}

/// A sign of life from the desk. Real activity extends the lease and counts as work; a page that is merely
/// open changes nothing.
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
            let until = held_until(services, now);
            leases::beat(tx, &held.lease, until, beat.worked()).await?;
            let lease = leases::own(tx, held.chart.id, held.lease.kind, Some(beat.epoch)).await?;
            Ok(LeaseView::of(&lease, now))
        })
        .await
}
