//! Next: the one way in which a person gets work by asking. Nobody browses and picks.
//!
//! First what is offered to the person already, then what is kept for them, then the most urgent chart of
//! all lanes that are open to them. Who both codes and reviews and does not say which gets whatever is
//! more urgent; of two alike, the review.

use crate::snapshot::{self, person_locked};
use crate::store::{self, Claimant, Depth, Lane};
use crate::take_back::tell;
use base::Services;
use base::db::{OpsTx, VendorScope};
use base::error::{Error, Result};
use charts::leases::{self, Assignment};
use charts::store::Along;
use charts::{ChartRow, guard};
use rules::Instant;
use rules::eligibility::{Person, Work, check, check_queue};
use rules::ids::{ChartId, FacilityId, PersonId};
use rules::lifecycle::{self, Action, Actor, ActorKind, Change};
use rules::words::{AssignmentKind, AssignmentState};
use serde::{Deserialize, Serialize};
use serde_json::json;
use web::idempotency::Once;

/// How deep lanes are looked into. The second look is for the rare moment in which others hold
/// everything that the first one found.
const DEPTHS: [Depth; 2] =
    [Depth { per_lane: 8, in_all: 32 }, Depth { per_lane: 256, in_all: 1_024 }];
/// A chart that takes long is held longer from the start: this many times its expected length.
const EXPECTED_TIMES: i64 = 3;
/// However long a chart is expected to take.
const FIRST_LEASE_SECONDS_MAX: i64 = 8 * 3_600;
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
    services
        .db
        .ops(scope, async |tx| {
            if let Some(once) = once
                && let Some(earlier) = once.earlier(tx).await?
            {
                return Ok(Some(earlier));
            }
            let taken = Box::pin(take(services, tx, person, kind)).await?;
            if let Some((once, taken)) = once.zip(taken.as_ref()) {
                once.keep(tx, taken).await?;
            }
            Ok(taken)
        })
        .await
}

async fn take(
    services: &Services,
    tx: &mut OpsTx,
    person: PersonId,
    kind: Option<AssignmentKind>,
) -> Result<Option<Taken>> {
    // Two requests of one person wait for each other here, so that neither limit nor reserve is passed.
    let (person, held) = person_locked(tx, person).await?;
    for offer in own_offers(tx, &held, kind).await? {
        match openable(tx, &offer).await {
            Ok(found) => return Ok(Some(Taken::of(&open(services, tx, &found).await?))),
            // Not any more; the sweep takes it away.
            Err(Error::Forbidden(_) | Error::Conflict(_)) => {}
            Err(error) => return Err(error),
        }
    }
    if !takes_more(&person, tx.now()) {
        return Ok(None);
    }
    let lanes = open_lanes(tx, &person, kind).await?;
    let claimant =
        Claimant { person: person.id, expected_seconds_max: seconds_that_fit(&person, tx.now()) };
    if let Some(chart) = store::claim_sticky(tx, &lanes, claimant).await? {
        return give(services, tx, &person, (chart, "kept")).await.map(Some);
    }
    for depth in DEPTHS {
        if let Some(chart) = store::claim_head(tx, &lanes, claimant, depth).await? {
            return give(services, tx, &person, (chart, "next")).await.map(Some);
        }
    }
    Ok(None)
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

/// What is offered to the person, the nearest deadline first.
async fn own_offers(
    tx: &mut OpsTx,
    held: &[Assignment],
    kind: Option<AssignmentKind>,
) -> Result<Vec<Assignment>> {
    let wanted = |lease: &Assignment| {
        lease.state == AssignmentState::Offered && kind.is_none_or(|kind| kind == lease.kind)
    };
    let Some(any) = held.iter().find(|lease| wanted(lease)) else { return Ok(Vec::new()) };
    let rows = i64::try_from(held.len()).unwrap_or(i64::MAX);
    let held = store::in_hand(tx, Some(any.person_id), rows).await?;
    Ok(held.into_iter().map(|(lease, _)| lease).filter(wanted).collect())
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
fn beginning(kind: AssignmentKind, person: PersonId) -> (Action, Actor) {
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

/// Off shift, paused or full: nothing new is given.
fn takes_more(person: &Person, now: Instant) -> bool {
    person.active
        && !person.paused
        && person.shift_seconds_left(now).is_some()
        && person.open_work < person.wip_limit
}

/// The longest chart, at the usual speed, that still fits into the shift after what the person holds.
fn seconds_that_fit(person: &Person, now: Instant) -> i32 {
    let left = person.shift_seconds_left(now).unwrap_or(0);
    let free = left.saturating_sub(i64::from(person.queued_seconds)).max(0);
    let usual = i64::from(rules::eligibility::USUAL_SPEED_PERCENT);
    let fit = free.saturating_mul(i64::from(person.speed_percent)) / usual;
    i32::try_from(fit).unwrap_or(i32::MAX)
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

/// Gives a locked chart to the person as work at hand, after all rules have been asked once more.
async fn give(
    services: &Services,
    tx: &mut OpsTx,
    person: &Person,
    (chart, because): (ChartId, &str),
) -> Result<Taken> {
    let chart = charts::store::lock(tx, chart).await?;
    let moved = || Error::Conflict("the chart moved on meanwhile; ask again".into());
    let kind = chart.waiting_for.ok_or_else(moved)?;
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let involved = leases::involved(tx, chart.id).await?;
    let excluded = leases::excluded(tx, chart.id).await?;
    let work = Work {
        kind,
        expected_seconds: snapshot::seconds(chart.expected_seconds),
        involved: &involved,
        excluded: &excluded,
    };
    let now = tx.now();
    check(person, &terms.eligibility(), &work, now)
        .map_err(|rule| Error::Conflict(format!("the chart can't be yours: {}", rule.label())))?;
    let (action, actor) = beginning(kind, person.id);
    let change = lifecycle::decide(&chart.life(), action, actor, now)?;
    let until = first_lease_until(services, &chart, now);
    let explanation = json!({ "by": "next", "because": because });
    let state = AssignmentState::Active;
    let terms = leases::Terms { kind, person: person.id, state, until, explanation };
    let lease = leases::give(tx, &chart, terms).await?;
    charts::store::apply(tx, &change, along(&lease)).await?;
    tell(tx, &[person.id])?;
    Ok(Taken::of(&lease))
}

/// Until when a chart is held without any activity, from its beginning.
fn first_lease_until(services: &Services, chart: &ChartRow, now: Instant) -> Instant {
    let configured = i64::from(services.config.leases.lease_minutes) * SECONDS_PER_MINUTE;
    now.plus_seconds(first_lease_seconds(configured, i64::from(chart.expected_seconds)))
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
