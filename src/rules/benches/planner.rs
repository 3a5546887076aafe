//! How long a plan of ten thousand charts for five hundred people takes: well under a second.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;

use criterion::Criterion;
use jiff::tz::TimeZone;
use rules::Instant;
use rules::eligibility::{Person, QueueTerms, USUAL_SPEED_PERCENT};
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::planner::{Backlog, PlanSettings, QueueBacklog, WaitingChart, plan};
use rules::words::{AssignmentKind, WorkType};
use uuid::Uuid;

const CHARTS: u32 = 10_000;
const PEOPLE: u32 = 500;
const FACILITIES: u32 = 40;
const QUEUES_EACH: u32 = 5;
const SHIFT_SECONDS: i64 = 8 * 3600;

/// A fixed sequence of numbers without pattern (xorshift), so that every run plans the same.
struct Numbers(u32);

impl Numbers {
    fn below(&mut self, limit: u32) -> u32 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 17;
        self.0 ^= self.0 << 5;
        self.0 % limit
    }

    fn work_type(&mut self) -> WorkType {
        let place = usize::try_from(self.below(11)).unwrap_or_default();
        WorkType::ALL.get(place).copied().unwrap_or(WorkType::Inpatient)
    }
}

fn uuid(kind: u128, number: u32) -> Uuid {
    Uuid::from_u128((kind << 64) | u128::from(number))
}

fn facility(number: u32) -> FacilityId {
    uuid(1, number).into()
}

fn backlog(now: Instant, numbers: &mut Numbers) -> Backlog {
    let mut queues: Vec<QueueBacklog> = Vec::new();
    for number in 0..FACILITIES * QUEUES_EACH {
        let work_type = numbers.work_type();
        queues.push(QueueBacklog {
            terms: QueueTerms {
                facility: facility(number / QUEUES_EACH),
                queue: QueueId::from(uuid(2, number)),
                required_skills: BTreeSet::from([work_type.to_string()]),
                required_credentials: BTreeSet::new(),
                onshore_only: numbers.below(5) == 0,
                allowed_countries: BTreeSet::new(),
                overflow_open: false,
            },
            charts: (0..CHARTS / (FACILITIES * QUEUES_EACH))
                .map(|chart| waiting(now, number * 1000 + chart, work_type, numbers))
                .collect(),
        });
    }
    Backlog { queues, ..Backlog::default() }
}

fn waiting(now: Instant, number: u32, work_type: WorkType, numbers: &mut Numbers) -> WaitingChart {
    let standard = u32::try_from(work_type.standard_seconds()).unwrap_or_default();
    WaitingChart {
        id: ChartId::from(uuid(3, number)),
        kind: AssignmentKind::Coding,
        expected_seconds: standard / 2 + numbers.below(standard),
        due_at: Some(now.plus_seconds(i64::from(numbers.below(200_000)) - 20_000)),
        priority: i32::try_from(numbers.below(4)).unwrap_or_default() + 1,
        ready_at: now.plus_seconds(-i64::from(numbers.below(90_000))),
        sticky: None,
        involved: Vec::new(),
        excluded: Vec::new(),
    }
}

fn person(now: Instant, number: u32, numbers: &mut Numbers) -> Person {
    let country = if numbers.below(3) == 0 { "US" } else { "PH" };
    let facilities = (0..FACILITIES).filter(|_| numbers.below(2) == 0).map(facility).collect();
    Person {
        id: PersonId::from(uuid(4, number)),
        active: true,
        paused: false,
        kinds: BTreeSet::from([AssignmentKind::Coding]),
        facilities,
        overflow: BTreeSet::new(),
        skills: (0..6).map(|_| numbers.work_type().to_string()).collect(),
        credentials: BTreeMap::new(),
        country: Some(country.to_owned()),
        attested_until: Some(jiff::civil::date(2027, 1, 1)),
        zone: TimeZone::UTC,
        shift_ends_at: Some(now.plus_seconds(SHIFT_SECONDS - i64::from(numbers.below(14_400)))),
        next_shift_at: None,
        open_work: 1,
        wip_limit: 6,
        queued_seconds: numbers.below(1800),
        speed_percent: USUAL_SPEED_PERCENT - 20 + numbers.below(40),
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let mut numbers = Numbers(2_463_534_242);
    let now = Instant::new(jiff::Timestamp::from_second(1_772_463_600).unwrap_or_default());
    let backlog = backlog(now, &mut numbers);
    let people: Vec<Person> = (0..PEOPLE).map(|it| person(now, it, &mut numbers)).collect();
    let settings = PlanSettings::default();
    criterion.bench_function("plan 10,000 charts for 500 people", |bencher| {
        bencher.iter(|| plan(black_box(now), &backlog, &people, &settings));
    });
    criterion.final_summary();
}
