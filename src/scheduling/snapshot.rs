//! What a plan is made from: everybody with what they hold, and the charts that wait for them.

use crate::store::{self, Depth, Lane, WaitingRow};
use base::Services;
use base::db::WorkTx;
use base::error::Result;
use charts::leases::Assignment;
use facilities::Terms;
use rules::Instant;
use rules::eligibility::Person;
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::planner::{Backlog, PlanSettings, QueueBacklog, Sticky, WaitingChart};
use rules::words::{AssignmentKind, AssignmentState};
use std::collections::HashMap;

/// Charts that one plan looks at, at most; the most urgent ones.
pub(crate) const PLANNED_CHARTS_MAX: i64 = 10_000;
/// Charts of one queue that one plan looks at, at most.
const PLANNED_CHARTS_PER_LANE_MAX: i64 = 2_000;
/// Charts that one plan offers to one person, at most.
const RESERVE_CHARTS_MAX: u32 = 5;
/// Who let an offer run out is not offered more for so long, unless they begin something by themselves.
const ABSENCE_SECONDS: i64 = 8 * 3_600;
const SECONDS_PER_MINUTE: u32 = 60;
/// The kinds of work that are planned.
const PLANNED_KINDS: [AssignmentKind; 2] = [AssignmentKind::Coding, AssignmentKind::Review];

/// The plan's reach, from the settings.
pub(crate) fn settings(services: &Services) -> PlanSettings {
    let reserve_minutes = services.config.scheduling.reserve_minutes;
    PlanSettings {
        reserve_seconds: reserve_minutes.saturating_mul(SECONDS_PER_MINUTE),
        reserve_charts: RESERVE_CHARTS_MAX,
        horizon_charts: usize::try_from(PLANNED_CHARTS_MAX).unwrap_or(usize::MAX),
        ..PlanSettings::default()
    }
}

/// Everybody who may code or review, with what they hold now.
pub(crate) async fn people_now(tx: &mut WorkTx) -> Result<Vec<Person>> {
    let mut people = people::workforce(tx).await?;
    let live = store::live_leases(tx).await?;
    load(&mut people, &live);
    Ok(people)
}

/// One of them, locked against being given other work until the transaction ends.
pub(crate) async fn person_locked(
    tx: &mut WorkTx,
    id: PersonId,
) -> Result<(Person, Vec<Assignment>)> {
    if !store::lock_person(tx, id).await? {
        return Err(base::Error::NotFound);
    }
    person_now(tx, id).await
}

/// One of them, with what they hold now.
pub(crate) async fn person_now(tx: &mut WorkTx, id: PersonId) -> Result<(Person, Vec<Assignment>)> {
    let person = people::candidate(tx, id).await?;
    let held = charts::leases::held_by(tx, id).await?;
    let mut loaded = [person];
    load(&mut loaded, &held);
    let [person] = loaded;
    Ok((person, held))
}

/// People who are not at their desk count as paused: what they would be offered would only lie there.
pub(crate) async fn pause_absent(tx: &mut WorkTx, people: &mut [Person]) -> Result<()> {
    let since = tx.now().plus_seconds(-ABSENCE_SECONDS);
    let absent = store::absent_since(tx, since).await?;
    for person in people.iter_mut().filter(|person| absent.contains(&person.id)) {
        person.paused = true;
    }
    Ok(())
}

/// Whether an offer to this person is possible at all.
pub(crate) fn has_room(person: &Person, settings: &PlanSettings, now: Instant) -> bool {
    let reserve_open = person.open_work == 0 || person.queued_seconds < settings.reserve_seconds;
    person.active
        && !person.paused
        && PLANNED_KINDS.iter().any(|kind| person.kinds.contains(kind))
        && person.shift_seconds_left(now).is_some()
        && person.open_work < person.wip_limit
        && reserve_open
}

/// The charts that wait for a coder or a reviewer, queue by queue.
pub(crate) async fn backlog(tx: &mut WorkTx) -> Result<Backlog> {
    let terms = facilities::all_terms(tx).await?;
    let lanes: Vec<Lane> = terms.iter().flat_map(planned_lanes).collect();
    let depth = Depth { per_tier: PLANNED_CHARTS_PER_LANE_MAX, in_all: PLANNED_CHARTS_MAX };
    let waiting = store::waiting(tx, &lanes, depth).await?;
    let mut histories = Histories::of(tx, &waiting).await?;
    let now = tx.now();
    let mut by_queue: HashMap<(FacilityId, QueueId), Vec<WaitingChart>> = HashMap::new();
    for row in waiting {
        let queue = (row.facility_id, row.queue_id);
        by_queue.entry(queue).or_default().push(histories.waiting_chart(&row, now));
    }
    let queues = terms.iter().filter_map(|terms| {
        let charts = by_queue.remove(&(terms.facility_id, terms.queue_id))?;
        Some(QueueBacklog { terms: terms.eligibility(), charts })
    });
    Ok(Backlog { queues: queues.collect(), shares: store::shares(tx).await?.into_iter().collect() })
}

fn planned_lanes(terms: &Terms) -> [Lane; 2] {
    PLANNED_KINDS.map(|kind| Lane { facility: terms.facility_id, queue: terms.queue_id, kind })
}

/// Who has touched a chart, in which capacity.
type Involved = Vec<(PersonId, AssignmentKind)>;

/// Who has touched the waiting charts, and who must not get them.
pub(crate) struct Histories {
    involved: HashMap<ChartId, Involved>,
    excluded: HashMap<ChartId, Vec<PersonId>>,
}

impl Histories {
    pub(crate) async fn of(tx: &mut WorkTx, waiting: &[WaitingRow]) -> Result<Self> {
        let pair = |row: &WaitingRow| (row.facility_id, row.id);
        // Before a chart's first coding is handed in, nobody can have had it in another capacity.
        let coded: Vec<_> = waiting.iter().filter(|row| row.coding_version > 0).map(pair).collect();
        let all: Vec<_> = waiting.iter().map(pair).collect();
        Ok(Self {
            involved: store::involved_in(tx, &coded).await?,
            excluded: store::excluded_from(tx, &all).await?,
        })
    }

    /// One chart's; each can be taken once.
    pub(crate) fn of_chart(&mut self, chart: ChartId) -> (Involved, Vec<PersonId>) {
        let involved = self.involved.remove(&chart).unwrap_or_default();
        (involved, self.excluded.remove(&chart).unwrap_or_default())
    }

    fn waiting_chart(&mut self, row: &WaitingRow, now: Instant) -> WaitingChart {
        let (involved, excluded) = self.of_chart(row.id);
        let sticky = row.sticky_person_id.zip(row.sticky_until);
        WaitingChart {
            id: row.id,
            kind: row.kind,
            expected_seconds: seconds(row.expected_seconds),
            due_at: row.due_at,
            priority: row.priority,
            ready_at: row.ready_at.unwrap_or(row.received_at),
            sticky: sticky
                .filter(|(_, until)| *until >= now)
                .map(|(person, until)| Sticky { person, until }),
            involved,
            excluded,
        }
    }
}

/// Adds to each person what they hold: how many charts, and how long they still need for them.
fn load(people: &mut [Person], live: &[Assignment]) {
    let mut held: HashMap<PersonId, (u32, u32)> = HashMap::new();
    for lease in live {
        let (charts, seconds) = held.entry(lease.person_id).or_default();
        *charts = charts.saturating_add(1);
        *seconds = seconds.saturating_add(seconds_left(lease));
    }
    for person in people {
        let (charts, seconds) = held.get(&person.id).copied().unwrap_or_default();
        person.open_work = charts;
        person.queued_seconds = u32::try_from(person.seconds_for(seconds)).unwrap_or(u32::MAX);
    }
}

/// What is still to be done on a lease at the usual speed.
pub(crate) fn seconds_left(lease: &Assignment) -> u32 {
    match lease.state {
        AssignmentState::Offered => seconds(lease.expected_seconds),
        _ => seconds(lease.expected_seconds.saturating_sub(lease.active_seconds)),
    }
}

/// Seconds as stored; what is below zero is none.
pub(crate) fn seconds(stored: i32) -> u32 {
    u32::try_from(stored).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::{has_room, load, seconds_left};
    use charts::leases::Assignment;
    use rules::Instant;
    use rules::eligibility::Person;
    use rules::ids::{AssignmentId, ChartId, FacilityId, PersonId, QueueId};
    use rules::planner::PlanSettings;
    use rules::words::{AssignmentKind, AssignmentState};

    fn now() -> Instant {
        "2026-03-03T15:00:00Z".parse().unwrap()
    }

    fn lease(person_id: PersonId, state: AssignmentState, active_seconds: i32) -> Assignment {
        Assignment {
            facility_id: FacilityId::new(),
            id: AssignmentId::new(),
            chart_id: ChartId::new(),
            queue_id: QueueId::new(),
            kind: AssignmentKind::Coding,
            person_id,
            state,
            epoch: 1,
            expected_seconds: 600,
            offered_at: now(),
            started_at: None,
            last_seen_at: None,
            lease_expires_at: now().plus_seconds(1_800),
            ended_at: None,
            end_reason: None,
            active_seconds,
            explanation: serde_json::Value::Null,
        }
    }

    fn person() -> Person {
        Person {
            id: PersonId::new(),
            active: true,
            paused: false,
            kinds: [AssignmentKind::Coding].into(),
            facilities: [].into(),
            overflow: [].into(),
            skills: [].into(),
            credentials: [].into(),
            country: None,
            attested_until: None,
            zone: jiff::tz::TimeZone::UTC,
            shift_ends_at: Some(now().plus_seconds(3_600)),
            next_shift_at: None,
            open_work: 0,
            wip_limit: 3,
            queued_seconds: 0,
            speed_percent: 100,
        }
    }

    #[test]
    fn what_is_held_counts_with_the_time_that_is_still_needed() {
        let mut people = [person(), person()];
        let [busy, idle] = [people[0].id, people[1].id];
        let live = [
            lease(busy, AssignmentState::Active, 200),
            lease(busy, AssignmentState::Offered, 0),
            lease(busy, AssignmentState::Active, 9_000),
        ];
        load(&mut people, &live);
        assert_eq!((people[0].open_work, people[0].queued_seconds), (3, 400 + 600));
        assert_eq!((people[1].id, people[1].open_work), (idle, 0));
        assert_eq!(seconds_left(&live[2]), 0);
    }

    #[test]
    fn only_someone_at_work_with_a_short_reserve_has_room_for_an_offer() {
        let settings = PlanSettings { reserve_seconds: 1_200, ..PlanSettings::default() };
        let fits = |change: fn(&mut Person)| {
            let mut person = person();
            change(&mut person);
            has_room(&person, &settings, now())
        };
        assert!(fits(|_| ()));
        assert!(fits(|it| (it.open_work, it.queued_seconds) = (1, 1_199)));
        assert!(!fits(|it| (it.open_work, it.queued_seconds) = (1, 1_200)));
        assert!(!fits(|it| it.open_work = 3));
        assert!(!fits(|it| it.paused = true));
        assert!(!fits(|it| it.shift_ends_at = None));
        assert!(fits(|it| it.kinds = [AssignmentKind::Review].into()));
        assert!(!fits(|it| it.kinds = [AssignmentKind::Arbitration].into()));
    }
}
