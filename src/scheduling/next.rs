//! Next: the one way in which a person gets work by asking. Nobody browses and picks.
//!
//! First what is offered to the person already, then what is kept for them, then the most urgent chart of
//! all lanes that are open to them. Who both codes and reviews and does not say which gets whatever is
//! more urgent; of two alike, the review.

use crate::shares;
use crate::snapshot::person_locked;
use crate::standing;
use crate::store::Lane;
use crate::take::{self, Answer, Asked};
use crate::take_back::tell;
use base::Services;
use base::db::{OpsTx, VendorScope};
use base::error::{Error, Result};
use charts::leases::{self, Assignment};
use charts::store::Along;
use charts::{ChartRow, guard};
use rules::Instant;
use rules::eligibility::{Person, check_queue};
use rules::ids::{ChartId, FacilityId, PersonId};
use rules::lifecycle::{self, Action, Actor, ActorKind, Change};
use rules::words::{AssignmentKind, AssignmentState};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::live::{self, Topic};

/// How often work is asked for anew when the rules of it change in between.
const TRIES: usize = 8;
/// A chart that takes long is held longer from the start: this many times its expected length.
pub(crate) const EXPECTED_TIMES: i64 = 3;
/// However long a chart is expected to take.
pub(crate) const FIRST_LEASE_SECONDS_MAX: i64 = 8 * 3_600;
const SECONDS_PER_MINUTE: i64 = 60;
/// The kinds of work that Next gives.
pub(crate) const KINDS: [AssignmentKind; 2] = [AssignmentKind::Coding, AssignmentKind::Review];

/// A chart that is now the person's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Taken {
    /// The chart.
    pub chart_id: ChartId,
    /// The tenant.
    pub facility_id: FacilityId,
    /// What is to be done.
    pub kind: AssignmentKind,
    /// Which of the chart's leases; to be given with every write.
    pub epoch: i32,
}

impl Taken {
    fn of(lease: &Assignment) -> Self {
        Self {
            chart_id: lease.chart_id,
            facility_id: lease.facility_id,
            kind: lease.kind,
            epoch: lease.epoch,
        }
    }
}

/// Gives the person their next piece of work, of one kind or of any; none when nothing can be given.
///
/// # Errors
/// When the database fails.
pub async fn next(
    services: &Services,
    scope: &VendorScope,
    person: PersonId,
    kind: Option<AssignmentKind>,
) -> Result<Option<Taken>> {
    next_once(services, scope, person, kind, None).await
}

/// The same; a repetition of a request under its key is given the same chart.
pub(crate) async fn next_once(
    services: &Services,
    scope: &VendorScope,
    person: PersonId,
    kind: Option<AssignmentKind>,
    once: Option<&Once>,
) -> Result<Option<Taken>> {
    let asked = Asked { kind, once };
    for _ in 0..TRIES {
        let standing = Box::pin(standing::of(services, scope, person)).await?;
        shares::refresh(services, &standing.open).await?;
        match Box::pin(take::take(services, scope, &standing, asked)).await? {
            Answer::Taken(taken, seconds) => {
                shares::count(taken.facility_id, seconds);
                live::tell_now(services, Topic::Board).await;
                live::tell_now(services, Topic::Person(person)).await;
                return Ok(Some(taken));
            }
            Answer::Earlier(taken) => return Ok(Some(taken)),
            Answer::Nothing => return Ok(None),
            Answer::Stale => standing::forget(scope, person),
        }
    }
    Err(Error::Conflict("who may do what is being changed at this moment; ask again".into()))
}

/// Begins one piece of work that is offered to the person.
///
/// # Errors
/// [`Error::NotFound`] when it never was theirs; [`Error::Conflict`] when it is not offered to them any
/// more; [`Error::Forbidden`] when a rule of safety bars them by now.
pub async fn begin(
    services: &Services,
    scope: &VendorScope,
    person: PersonId,
    chart: ChartId,
) -> Result<Taken> {
    services
        .db
        .ops(scope, async |tx| {
            let (_, held) = person_locked(tx, person).await?;
            let Some(lease) = held.into_iter().find(|lease| lease.chart_id == chart) else {
                return Err(never_or_no_more(tx, chart).await?);
            };
            if lease.state == AssignmentState::Active {
                return Ok(Taken::of(&lease));
            }
            let found = Box::pin(openable(tx, &lease)).await?;
            Ok(Taken::of(&open(services, tx, &found).await?))
        })
        .await
}

/// The answer that fits when the person does not hold the chart: they once did, or it is none of theirs.
async fn never_or_no_more(tx: &mut OpsTx, chart: ChartId) -> Result<Error> {
    for kind in KINDS {
        match leases::own(tx, chart, kind, None).await {
            Err(Error::NotFound) => {}
            Ok(_) | Err(Error::Conflict(_)) => return Ok(gone()),
            Err(error) => return Err(error),
        }
    }
    Ok(Error::NotFound)
}

/// An offer that its person may open: everything is locked and asked, nothing is written yet.
struct Openable {
    chart: ChartRow,
    lease: Assignment,
    change: Change,
}

/// The chart is locked first, then its lease is looked at again.
async fn openable(tx: &mut OpsTx, offer: &Assignment) -> Result<Openable> {
    let chart = charts::store::lock(tx, offer.chart_id).await?;
    let lease = leases::live(tx, &chart, offer.kind).await?;
    let lease = lease.filter(|lease| lease.id == offer.id).ok_or_else(gone)?;
    guard::safe(tx, &chart, lease.person_id, lease.kind).await?;
    let (action, actor) = beginning(lease.kind, lease.person_id);
    let change = lifecycle::decide(&chart.life(), action, actor, tx.now())?;
    Ok(Openable { chart, lease, change })
}

fn gone() -> Error {
    Error::Conflict("this chart is no longer offered to you".into())
}

/// An offer becomes the work at hand.
async fn open(services: &Services, tx: &mut OpsTx, openable: &Openable) -> Result<Assignment> {
    let until = first_lease_until(services, &openable.chart, tx.now());
    let lease = leases::start(tx, &openable.lease, until).await?;
    charts::store::apply(tx, &openable.change, along(&lease)).await?;
    tell(tx, &[lease.person_id])?;
    Ok(lease)
}

/// The move that begins a kind of work, by whom it is made.
pub(crate) fn beginning(kind: AssignmentKind, person: PersonId) -> (Action, Actor) {
    match kind {
        AssignmentKind::Coding => (Action::Start, Actor::person(ActorKind::Coder, person)),
        AssignmentKind::Review | AssignmentKind::Arbitration => {
            (Action::StartReview, Actor::person(ActorKind::Reviewer, person))
        }
    }
}

/// A chart under review says who has it; a chart's coder is whoever hands its codes in.
fn along(lease: &Assignment) -> Along {
    let reviewer = (lease.kind == AssignmentKind::Review).then_some(Some(lease.person_id));
    Along { reviewer_id: reviewer, ..Along::default() }
}

/// The lanes of all queues that the person may work on now.
pub(crate) async fn open_lanes(
    tx: &mut OpsTx,
    person: &Person,
    kind: Option<AssignmentKind>,
) -> Result<Vec<Lane>> {
    let terms = facilities::all_terms(tx).await?;
    let now = tx.now();
    let kinds: Vec<_> =
        KINDS.into_iter().filter(|each| kind.is_none_or(|kind| kind == *each)).collect();
    let mut lanes = Vec::new();
    for terms in &terms {
        let eligibility = terms.eligibility();
        let open =
            kinds.iter().filter(|kind| check_queue(person, &eligibility, **kind, now).is_ok());
        lanes.extend(open.map(|kind| Lane {
            facility: terms.facility_id,
            queue: terms.queue_id,
            kind: *kind,
        }));
    }
    Ok(lanes)
}

/// Until when a chart is held without any activity, from its beginning.
fn first_lease_until(services: &Services, chart: &ChartRow, now: Instant) -> Instant {
    let seconds = first_lease_seconds(lease_seconds(services), i64::from(chart.expected_seconds));
    now.plus_seconds(seconds)
}

/// How long a lease lasts without a sign of life.
pub(crate) fn lease_seconds(services: &Services) -> i64 {
    i64::from(services.config.leases.lease_minutes) * SECONDS_PER_MINUTE
}

fn first_lease_seconds(configured: i64, expected: i64) -> i64 {
    configured.max(expected.saturating_mul(EXPECTED_TIMES).min(FIRST_LEASE_SECONDS_MAX))
}

#[cfg(test)]
mod tests {
    use super::first_lease_seconds;

    #[test]
    fn a_long_chart_is_held_longer_and_a_short_one_as_long_as_configured() {
        assert_eq!(first_lease_seconds(3_600, 90), 3_600);
        assert_eq!(first_lease_seconds(3_600, 1_800), 5_400);
        assert_eq!(first_lease_seconds(3_600, 86_400), 8 * 3_600);
        assert_eq!(first_lease_seconds(36_000, 86_400), 36_000);
    }
}
