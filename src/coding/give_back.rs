//! Not going on with a chart: a hold, because nobody can, or a release, because this coder should not.

use crate::KIND;
use crate::store;
use base::audit::{self, Entry};
use base::db::{DeskTx, VendorScope};
use base::error::{Error, Result};
use base::{Services, jobs};
use charts::held::{self, Held};
use charts::holds::{self, Placing};
use charts::promises::WorkWaiting;
use charts::store::{Along, apply};
use charts::{ChartRow, leases};
use rules::ids::ChartId;
use rules::lifecycle::{self, Action, Actor, ActorKind, ChartState};
use rules::words::AssignmentState;
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

/// Where a chart stands after it was given back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct GivenBack {
    /// The chart.
    pub chart_id: ChartId,
    /// Its state.
    pub state: ChartState,
}

/// Puts the chart on hold, for one or several reasons; the coder no longer holds it, and the draft stays
/// with it. It comes back to them first.
///
/// # Errors
/// [`Error::Invalid`] with every entry to correct; [`Error::Conflict`] when the lease is over.
pub async fn hold(
    services: &Services,
    scope: &VendorScope,
    (chart, epoch): (ChartId, i32),
    placings: &[Placing<'_>],
    once: Option<&Once>,
) -> Result<GivenBack> {
    services
        .db
        .desk(scope, async |tx| {
            if let Some(once) = once
                && let Some(earlier) = once.earlier(tx).await?
            {
                return Ok(earlier);
            }
            let held = held::to_write(tx, KIND, chart, epoch).await?;
            held.require_started()?;
            let given = put_on_hold(services, tx, &held, placings).await?;
            if let Some(once) = once {
                once.keep(tx, &given).await?;
            }
            let reasons: Vec<_> = placings.iter().map(|one| one.reason.as_str()).collect();
            let facility = held.chart.facility_id;
            let entry = Entry::of(facility, "chart.held", "chart", chart.uuid());
            audit::append(tx, entry.with(reasons.join(" "))).await?;
            Ok(given)
        })
        .await
}

/// What is written is written before the lease ends: with it ends the reach.
pub(crate) async fn put_on_hold(
    services: &Services,
    tx: &mut DeskTx,
    held: &Held,
    placings: &[Placing<'_>],
) -> Result<GivenBack> {
    let actor = Actor::person(ActorKind::Coder, held.lease.person_id);
    let after = holds::place(tx, &services.keyring, &held.chart, (placings, actor)).await?;
    leases::end(tx, &held.lease, AssignmentState::Released, "hold").await?;
    live::tell(tx, Topic::Board)?;
    live::tell(tx, Topic::Facility(after.facility_id))?;
    Ok(GivenBack { chart_id: after.id, state: after.state })
}

/// A chart to be given back.
#[derive(Debug, Clone, Copy)]
pub struct Releasing<'a> {
    /// The lease that is given back.
    pub epoch: i32,
    /// Why.
    pub reason: SkipReason,
    /// Which skill of the queue was missing, where one was.
    pub skill: Option<&'a str>,
}

/// Gives the chart back to its queue; the draft stays with it. Who knows the patient gets none of that
/// patient's open charts any more.
///
/// # Errors
/// [`Error::Conflict`] when the lease is over; [`Error::Invalid`] for a skill that the queue does not ask.
pub async fn release(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    releasing: Releasing<'_>,
) -> Result<GivenBack> {
    let Releasing { epoch, reason, skill } = releasing;
    services
        .db
        .desk(scope, async |tx| {
            let held = held::to_write(tx, KIND, chart, epoch).await?;
            let chart = &held.chart;
            let actor = Actor::person(ActorKind::Coder, held.lease.person_id);
            let change = lifecycle::decide(&chart.life(), Action::Release, actor, tx.now())?
                .because(reason.as_str());
            let along = bar(tx, chart, (reason, skill)).await?;
            leases::end(tx, &held.lease, AssignmentState::Released, reason.as_str()).await?;
            let after = apply(tx, &change, along).await?;
            jobs::enqueue(tx, &WorkWaiting {})?;
            live::tell(tx, Topic::Board)?;
            let entry = Entry::of(chart.facility_id, "coding.released", "chart", chart.id.uuid());
            audit::append(tx, entry.with(reason.as_str())).await?;
            Ok(GivenBack { chart_id: after.id, state: after.state })
        })
        .await
}

/// Keeps the chart from coming back, where the reason asks for it.
async fn bar(
    tx: &mut DeskTx,
    chart: &ChartRow,
    (reason, skill): (SkipReason, Option<&str>),
) -> Result<Along> {
    if let Some(skill) = skill {
        let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
        let asked = terms.required_skills.iter().chain(&terms.preferred_skills);
        let known = asked.into_iter().any(|asked| asked == skill);
        if !known || reason != SkipReason::OutsideSkill {
            return Err(Error::invalid("skill", "not a skill that this queue asks for"));
        }
    }
    if !reason.excludes() {
        return Ok(Along::default());
    }
    store::exclude(tx, chart, (reason.as_str(), skill)).await?;
    if reason == SkipReason::ConflictOfInterest {
        store::exclude_from_patient(tx, chart, reason.as_str()).await?;
    }
    let (sticky_person_id, sticky_until) = (Some(None), Some(None));
    Ok(Along { sticky_person_id, sticky_until, ..Along::default() })
}
