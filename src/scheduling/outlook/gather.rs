//! The world as it stands: what waits, who works when, and what is expected to come in.

use super::history::{self, WEEK_HOURS};
use crate::snapshot::{people_now, seconds, seconds_left};
use crate::store::{self, Depth, Lane};
use base::db::WorkTx;
use base::error::Result;
use facilities::Terms;
use rules::Instant;
use rules::clock::{Calendar, due_at};
use rules::eligibility::{Person, check_queue};
use rules::forecast::{Arrivals, Chart, Queue, Stage, Worker, World};
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::words::AssignmentKind;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// Waiting charts that a forecast starts from, at most; the most urgent ones.
const WAITING_CHARTS_MAX: i64 = 50_000;
/// Charts of one lane, at most.
const WAITING_CHARTS_PER_LANE_MAX: i64 = 10_000;
/// Pieces of work in hand, at most.
const HELD_MAX: i64 = 20_000;
const HOUR_SECONDS: i64 = 3_600;
/// What a review takes of what the coding takes, until enough of them are known.
const REVIEW_SHARE: f64 = 0.4;
/// How far work strays, until enough of it is known.
const SPREAD_PERCENT: f64 = 45.0;
/// What is believed of a measured stray at most, in percent.
const SPREAD_PERCENT_MAX: f64 = 120.0;

/// Gathers the world as the scope shows it, looking so many seconds ahead.
pub(super) async fn gather(tx: &mut WorkTx, horizon_seconds: i64) -> Result<World> {
    let terms: Vec<Terms> =
        facilities::all_terms(tx).await?.into_iter().filter(|terms| terms.active).collect();
    let places: HashMap<(FacilityId, QueueId), usize> = terms
        .iter()
        .enumerate()
        .map(|(place, terms)| ((terms.facility_id, terms.queue_id), place))
        .collect();
    let queues = queues(tx, &terms, horizon_seconds).await?;
    let waiting = waiting(tx, &terms, (&places, &queues)).await?;
    let workers = workers(tx, &terms, (&places, horizon_seconds)).await?;
    let spread = history::spread_percent(tx).await?.unwrap_or(SPREAD_PERCENT);
    Ok(World {
        horizon_seconds,
        queues,
        workers,
        waiting,
        spread_percent: whole(spread.min(SPREAD_PERCENT_MAX)),
    })
}

async fn queues(tx: &mut WorkTx, terms: &[Terms], horizon: i64) -> Result<Vec<Queue>> {
    let arrivals = history::arrivals(tx).await?;
    let lengths = history::lengths(tx).await?;
    let reviewed = history::review_percents(tx).await?;
    let mut calendars: HashMap<FacilityId, Calendar> = HashMap::new();
    let mut queues = Vec::with_capacity(terms.len());
    for terms in terms {
        let queue = (terms.facility_id, terms.queue_id);
        let calendar = match calendars.entry(terms.facility_id) {
            Entry::Occupied(known) => known.into_mut(),
            Entry::Vacant(free) => free.insert(facilities::calendar(tx, terms.facility_id).await?),
        };
        let coding = lengths
            .get(&(queue, AssignmentKind::Coding))
            .copied()
            .unwrap_or_else(|| f64::from(terms.expected_seconds));
        let review = lengths.get(&(queue, AssignmentKind::Review)).copied();
        queues.push(Queue {
            facility: terms.facility_id,
            id: terms.queue_id,
            priority: terms.priority,
            expected_seconds: whole(coding),
            review_seconds: whole(review.unwrap_or(coding * REVIEW_SHARE)),
            sampling_percent: match reviewed.get(&queue) {
                Some(percent) => whole(percent.min(100.0)),
                None => u32::try_from(terms.sampling_percent).unwrap_or(0),
            },
            arrivals: hours_ahead(
                (tx.now(), horizon),
                arrivals.get(&queue).map_or(&[][..], Vec::as_slice),
                (calendar, i64::from(terms.turnaround_minutes)),
            ),
        });
    }
    Ok(queues)
}

/// The hours of the week laid out from now on.
fn hours_ahead(
    (now, horizon): (Instant, i64),
    week: &[(i64, f64)],
    (calendar, turnaround_minutes): (&Calendar, i64),
) -> Vec<Arrivals> {
    let charts: HashMap<i64, f64> = week.iter().copied().collect();
    let first = now.unix_seconds().div_euclid(HOUR_SECONDS);
    let last = now.plus_seconds(horizon).unix_seconds().div_euclid(HOUR_SECONDS);
    let hour = |hour: i64| {
        let charts = charts.get(&hour.rem_euclid(WEEK_HOURS)).copied()?;
        let from_seconds = hour * HOUR_SECONDS - now.unix_seconds();
        // What is left of the running hour brings its part of it.
        let left = from_seconds.min(0) + HOUR_SECONDS;
        let middle = now.plus_seconds(from_seconds.max(0) + left / 2);
        let due = due_at(calendar, middle, turnaround_minutes).ok();
        let share = f64::from(i32::try_from(left).unwrap_or(0)) / 3_600.0;
        let due_seconds = due.map(|due| due.seconds_since(now));
        Some(Arrivals { from_seconds: from_seconds.max(0), charts: charts * share, due_seconds })
    };
    (first..=last).filter_map(hour).collect()
}

async fn waiting(
    tx: &mut WorkTx,
    terms: &[Terms],
    (places, queues): (&HashMap<(FacilityId, QueueId), usize>, &[Queue]),
) -> Result<Vec<Chart>> {
    let kinds = [AssignmentKind::Coding, AssignmentKind::Review];
    let lane =
        |terms: &Terms, kind| Lane { facility: terms.facility_id, queue: terms.queue_id, kind };
    let lanes: Vec<Lane> =
        terms.iter().flat_map(|terms| kinds.map(|kind| lane(terms, kind))).collect();
    let depth = Depth { per_tier: WAITING_CHARTS_PER_LANE_MAX, in_all: WAITING_CHARTS_MAX };
    let rows = store::waiting(tx, &lanes, depth).await?;
    let now = tx.now();
    let chart = |row: store::WaitingRow| {
        let queue = *places.get(&(row.facility_id, row.queue_id))?;
        let (stage, expected_seconds) = match row.kind {
            AssignmentKind::Coding => (Stage::Coding, seconds(row.expected_seconds)),
            _ => (Stage::Review, queues.get(queue)?.review_seconds),
        };
        Some(Chart {
            id: row.id,
            queue,
            stage,
            expected_seconds,
            due_seconds: row.due_at.map(|due| due.seconds_since(now)),
            priority: row.priority,
            came_seconds: row.received_at.seconds_since(now).min(0),
        })
    };
    Ok(rows.into_iter().filter_map(chart).collect())
}

async fn workers(
    tx: &mut WorkTx,
    terms: &[Terms],
    (places, horizon): (&HashMap<(FacilityId, QueueId), usize>, i64),
) -> Result<Vec<Worker>> {
    let now = tx.now();
    let people: Vec<Person> = people_now(tx).await?.into_iter().filter(|it| it.active).collect();
    let ids: Vec<PersonId> = people.iter().map(|person| person.id).collect();
    let mut hours = people::hours(tx, &ids, (now, now.plus_seconds(horizon))).await?;
    let mut held = held(tx, places).await?;
    let worker = |person: Person| {
        let shifts = hours.remove(&person.id).unwrap_or_default();
        let may = |kind| {
            let open = terms
                .iter()
                .enumerate()
                .filter(|(_, terms)| check_queue(&person, &terms.eligibility(), kind, now).is_ok());
            open.map(|(place, _)| place).collect()
        };
        Worker {
            codes: may(AssignmentKind::Coding),
            reviews: may(AssignmentKind::Review),
            person: Some(person.id),
            country: person.country.clone().unwrap_or_default(),
            speed_percent: person.speed_percent,
            shifts: shifts
                .into_iter()
                .map(|(from, to)| (from.seconds_since(now), to.seconds_since(now)))
                .collect(),
            held: held.remove(&person.id).unwrap_or_default(),
        }
    };
    Ok(people.into_iter().map(worker).collect())
}

/// What is in hand, by whom; the nearest deadline first.
async fn held(
    tx: &mut WorkTx,
    places: &HashMap<(FacilityId, QueueId), usize>,
) -> Result<HashMap<PersonId, Vec<Chart>>> {
    let now = tx.now();
    let mut held: HashMap<PersonId, Vec<Chart>> = HashMap::new();
    for (lease, (_, _, due_at)) in store::in_hand(tx, None, HELD_MAX).await? {
        let Some(queue) = places.get(&(lease.facility_id, lease.queue_id)) else { continue };
        let coding = lease.kind == AssignmentKind::Coding;
        held.entry(lease.person_id).or_default().push(Chart {
            id: lease.chart_id,
            queue: *queue,
            stage: if coding { Stage::Coding } else { Stage::Review },
            expected_seconds: seconds_left(&lease),
            due_seconds: due_at.map(|due| due.seconds_since(now)),
            priority: 1,
            came_seconds: lease.offered_at.seconds_since(now).min(0),
        });
    }
    Ok(held)
}

/// A length as whole seconds; at least one.
fn whole(number: f64) -> u32 {
    format!("{:.0}", number.clamp(1.0, 10_000_000.0)).parse().unwrap_or(1)
}
