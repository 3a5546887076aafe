//! Not going on with a chart: a hold, because nobody can, or a release, because this coder should not.

use crate::KIND;
use crate::store;
use base::audit::{self, Entry};
use base::db::VendorScope;
use base::error::{Error, Result};
use base::{Services, jobs};
use charts::held;
use charts::holds;
use charts::leases;
use charts::notes::{self, About};
use charts::promises::WorkWaiting;
use charts::store::{Along, apply};
use rules::ids::ChartId;
use rules::lifecycle::{self, Action, Actor, ActorKind, ChartState};
use rules::words::{AssignmentState, HoldReason};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::live::{self, Topic};

/// Why a coder gives a chart back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum SkipReason {
    /// It asks for what they have not learned.
    OutsideSkill,
    /// They know the patient, or another interest stands in the way.
    ConflictOfInterest,
    /// Their shift ends.
    ShiftEnd,
    /// Anything else.
    Other,
}

impl SkipReason {
    /// Every reason, in the order in which they are offered.
    pub const ALL: &'static [Self] =
        &[Self::OutsideSkill, Self::ConflictOfInterest, Self::ShiftEnd, Self::Other];

    /// The word in the database and the API.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::OutsideSkill => "outside_skill",
            Self::ConflictOfInterest => "conflict_of_interest",
            Self::ShiftEnd => "shift_end",
            Self::Other => "other",
        }
    }

    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::OutsideSkill => "Outside my skill",
            Self::ConflictOfInterest => "Conflict of interest",
            Self::ShiftEnd => "My shift ends",
            Self::Other => "Another reason",
        }
    }

    /// Whether the chart never comes back to this person.
    #[must_use]
    pub const fn excludes(self) -> bool {
        matches!(self, Self::OutsideSkill | Self::ConflictOfInterest)
    }
}

/// A hold to be placed.
#[derive(Debug, Clone, Copy)]
pub struct Holding<'a> {
    /// The lease on which it is placed.
    pub epoch: i32,
    /// Why the chart can't go on.
    pub reason: HoldReason,
    /// What whoever must act needs to know.
    pub note: &'a str,
}

/// Where a chart stands after it was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GivenBack {
    /// The chart.
    pub chart_id: ChartId,
    /// Its state.
    pub state: ChartState,
}

/// Puts the chart on hold; the coder no longer holds it, and the draft stays with it.
///
/// # Errors
/// [`Error::Invalid`] without a note; [`Error::Conflict`] when the lease is over.
pub async fn hold(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    holding: Holding<'_>,
    once: Option<&Once>,
) -> Result<GivenBack> {
    if holding.note.trim().is_empty() {
        return Err(Error::invalid("note", "say what is needed, for whoever must act"));
    }
    services
        .db
        .desk(scope, async |tx| {
            if let Some(once) = once
                && let Some(earlier) = once.earlier(tx).await?
            {
                return Ok(earlier);
            }
            let held = held::to_write(tx, KIND, chart, holding.epoch).await?;
            held.require_started()?;
            let (chart, reason) = (&held.chart, holding.reason);
            notes::write(tx, &services.keyring, chart, About::Hold, holding.note).await?;
            leases::end(tx, &held.lease, AssignmentState::Released, "hold").await?;
            let actor = Actor::person(ActorKind::Coder, held.lease.person_id);
            let after = holds::place(tx, chart, reason, actor).await?;
            live::tell(tx, Topic::Board)?;
            live::tell(tx, Topic::Facility(chart.facility_id))?;
            let given = GivenBack { chart_id: after.id, state: after.state };
            if let Some(once) = once {
                once.keep(tx, &given).await?;
            }
            let entry = Entry::of(chart.facility_id, "chart.held", "chart", chart.id.uuid());
            audit::append(tx, entry.with(reason.as_str())).await?;
            Ok(given)
        })
        .await
}

/// Gives the chart back to its queue; the draft stays with it.
///
/// # Errors
/// [`Error::Conflict`] when the lease is over.
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
            let held = held::to_write(tx, KIND, chart, epoch).await?;
            let chart = &held.chart;
            let actor = Actor::person(ActorKind::Coder, held.lease.person_id);
            let change = lifecycle::decide(&chart.life(), Action::Release, actor, tx.now())?
                .because(reason.as_str());
            leases::end(tx, &held.lease, AssignmentState::Released, reason.as_str()).await?;
            let along = if reason.excludes() {
                store::exclude(tx, chart, reason.as_str()).await?;
                let (sticky_person_id, sticky_until) = (Some(None), Some(None));
                Along { sticky_person_id, sticky_until, ..Along::default() }
            } else {
                Along::default()
            };
            let after = apply(tx, &change, along).await?;
            jobs::enqueue(tx, &WorkWaiting {})?;
            live::tell(tx, Topic::Board)?;
            let entry = Entry::of(chart.facility_id, "coding.released", "chart", chart.id.uuid());
            audit::append(tx, entry.with(reason.as_str())).await?;
            Ok(GivenBack { chart_id: after.id, state: after.state })
        })
        .await
}
