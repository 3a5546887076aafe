//! What a facility does to settle a chart: clear, void, answer a hold.

use crate::holds::{self, Lifting};
use crate::store::{self, Along, ChartRow};
use crate::{leases, notes, open_for_coding};
use base::Services;
use base::audit::{self, Entry};
use base::db::{FacilityScope, FacilityTx, WorkTx};
use base::error::{Error, Result};
use rules::holds::HoldEnd;
use rules::ids::{ChartId, HoldId, PersonId};
use rules::lifecycle::{self, Action, Actor, ActorKind};
use rules::words::{AssignmentKind, AssignmentState, HoldOwner, HoldReason};
use web::live::{self, Topic};

pub(crate) fn actor(tx: &WorkTx) -> Result<Actor> {
    Ok(Actor::person(ActorKind::Facility, tx.acting_person()?))
}

/// Everybody who watches this chart looks again.
pub(crate) fn tell(tx: &mut WorkTx, chart: &ChartRow, holder: Option<PersonId>) -> Result<()> {
    live::tell(tx, Topic::Facility(chart.facility_id))?;
    live::tell(tx, Topic::Board)?;
    if let Some(person) = holder {
        live::tell(tx, Topic::Person(person))?;
    }
    Ok(())
}

/// It is no duplicate, or the exception is settled: on to the coders.
///
/// # Errors
/// `Conflict` when it waits for no such word.
pub async fn clear(services: &Services, scope: &FacilityScope, id: ChartId) -> Result<ChartRow> {
    services
        .db
        .facility(scope, async |tx| {
            let chart = store::lock(tx, id).await?;
            let by = actor(tx)?;
            let chart = open_for_coding(tx, &chart, by).await?;
            tell(tx, &chart, None)?;
            note(tx, &chart, "chart.cleared").await?;
            Ok(chart)
        })
        .await
}

/// Withdraws a chart; whoever holds it loses it.
///
/// # Errors
/// `Conflict` once it is coded.
pub async fn void(services: &Services, scope: &FacilityScope, id: ChartId) -> Result<ChartRow> {
    services
        .db
        .facility(scope, async |tx| {
            let chart = store::lock(tx, id).await?;
            let by = actor(tx)?;
            let now = tx.now();
            let change = lifecycle::decide(&chart.life(), Action::Void, by, now)?;
            let lease = leases::live(tx, &chart, AssignmentKind::Coding).await?;
            if let Some(lease) = &lease {
                leases::end(tx, lease, AssignmentState::Revoked, "voided").await?;
            }
            holds::end_all(tx, &chart, by).await?;
            let along = Along { paused_at: Some(None), ..Along::default() };
            let chart = store::apply(tx, &change.because("by_facility"), along).await?;
            tell(tx, &chart, lease.map(|lease| lease.person_id))?;
            note(tx, &chart, "chart.voided").await?;
            Ok(chart)
        })
        .await
}

/// Answers a hold that is the facility's to answer.
///
/// # Errors
/// `NotFound` when it is not open; `Forbidden` when somebody else must act.
pub async fn answer_hold(
    services: &Services,
    scope: &FacilityScope,
    (id, hold): (ChartId, HoldId),
    text: &str,
) -> Result<ChartRow> {
    services
        .db
        .facility(scope, async |tx| {
            let chart = store::lock(tx, id).await?;
            let open = holds::open_of(tx, &chart).await?;
            let found = open.iter().find(|open| open.id == hold).ok_or(Error::NotFound)?;
            if found.owner == HoldOwner::Vendor {
                return Err(Error::Forbidden("the coding company settles this one".into()));
            }
            if found.reason == HoldReason::WrongPatient {
                return Err(Error::Forbidden(
                    "say whose document it is: an administrator does".into(),
                ));
            }
            let lifting = Lifting::by(services, actor(tx)?, HoldEnd::Answered);
            notes::write_for_hold(tx, &services.keyring, &chart, found, text).await?;
            let chart = holds::lift(tx, &chart, hold, lifting).await?;
            tell(tx, &chart, chart.sticky_person_id)?;
            note(tx, &chart, "hold.answered").await?;
            Ok(chart)
        })
        .await
}

pub(crate) async fn note(
    tx: &mut FacilityTx,
    chart: &ChartRow,
    action: &'static str,
) -> Result<()> {
    audit::append(tx, Entry::of(chart.facility_id, action, "chart", chart.id.uuid())).await?;
    Ok(())
}
