//! Worlds small enough to be reckoned by hand, and what every forecast keeps to.
#![expect(clippy::float_cmp, reason = "these figures are whole numbers")]

use super::{
    Arrivals, Change, ChangeError, Chart, Policy, Queue, Settings, Stage, Worker, World, forecast,
};
use crate::ids::{ChartId, FacilityId, QueueId};
use proptest::prelude::*;
use uuid::Uuid;

const HOUR: i64 = 3_600;

fn chart(number: u128, due: i64) -> Chart {
    Chart {
        id: ChartId::from(Uuid::from_u128(number)),
        queue: 0,
        stage: Stage::Coding,
        expected_seconds: 1_800,
        due_seconds: Some(due),
        priority: 3,
        came_seconds: 0,
    }
}

fn queue() -> Queue {
    Queue {
        facility: FacilityId::from(Uuid::from_u128(1)),
        id: QueueId::from(Uuid::from_u128(2)),
        priority: 3,
        expected_seconds: 1_800,
        review_seconds: 600,
        sampling_percent: 0,
        arrivals: Vec::new(),
    }
}

fn worker(from: i64, to: i64) -> Worker {
    Worker {
        person: None,
        country: "IN".to_owned(),
        speed_percent: 100,
        shifts: vec![(from, to)],
        codes: vec![0],
        reviews: vec![0],
        held: Vec::new(),
    }
}

/// One person for four hours; nothing strays.
fn world(waiting: Vec<Chart>) -> World {
    World {
        horizon_seconds: 24 * HOUR,
        queues: vec![queue()],
        workers: vec![worker(HOUR, 5 * HOUR)],
        waiting,
        spread_percent: 0,
    }
}

fn on_time(world: &World) -> f64 {
    forecast(world, &Settings::default()).facilities[0].on_time_percent.unwrap().mean
}

#[test]
fn the_most_urgent_is_done_first_and_what_is_late_is_named() {
    // Two charts are done in the first hour of the shift; the third is due before it could be done.
    let charts =
        vec![chart(1, 2 * HOUR), chart(2, 2 * HOUR), chart(3, 2 * HOUR), chart(4, 9 * HOUR)];
    let found = forecast(&world(charts), &Settings::default());
    let outlook = &found.facilities[0];
    assert_eq!(outlook.on_time_percent.unwrap().mean, 75.0);
    assert_eq!(outlook.due_charts.mean, 4.0);
    let risky: Vec<(ChartId, f64, Option<i64>)> =
        found.at_risk.iter().map(|it| (it.chart, it.late_percent, it.done_seconds)).collect();
    assert_eq!(risky, [(chart(3, 0).id, 100.0, Some(5 * HOUR / 2))]);
    assert_eq!(found.queues[0].clears_seconds.unwrap().mean, 3.0 * 3_600.0);
    assert_eq!(found.queues[0].open_now, 4);
    assert_eq!(found.queues[0].open_by_hour[..4], [4.0, 2.0 + 1.0, 1.0, 0.0]);
}

#[test]
fn work_and_shifts_are_told_by_hour() {
    let found = forecast(
        &world(vec![chart(1, 9 * HOUR), chart(2, 9 * HOUR), chart(3, 9 * HOUR)]),
        &Settings::default(),
    );
    let hours: Vec<(usize, i64, f64)> =
        found.hours.iter().map(|it| (it.hour, it.on_shift_seconds, it.worked_seconds)).collect();
    assert_eq!(hours, [(1, HOUR, 3_600.0), (2, HOUR, 1_800.0), (3, HOUR, 0.0), (4, HOUR, 0.0)]);
}

#[test]
fn a_reviewed_chart_is_back_after_its_review() {
    let mut world = world(vec![chart(1, 9 * HOUR)]);
    world.queues[0].sampling_percent = 100;
    let found = forecast(&world, &Settings::default());
    assert_eq!(found.queues[0].clears_seconds.unwrap().mean, 3_600.0 + 1_800.0 + 600.0);
}

#[test]
fn what_somebody_holds_is_theirs_and_comes_first() {
    let mut world = world(vec![chart(1, 2 * HOUR)]);
    world.workers[0].held = vec![chart(2, 20 * HOUR)];
    let found = forecast(&world, &Settings::default());
    assert!(found.at_risk.is_empty(), "{:?}", found.at_risk);
    world.workers[0].held.push(chart(3, 20 * HOUR));
    let found = forecast(&world, &Settings::default());
    assert_eq!(found.at_risk[0].chart, chart(1, 0).id);
}

#[test]
fn a_chart_longer_than_the_rest_of_the_shift_waits_for_the_next() {
    let mut long = chart(1, 9 * HOUR);
    long.expected_seconds = 5 * 3_600;
    let found = forecast(&world(vec![long, chart(2, 9 * HOUR)]), &Settings::default());
    assert_eq!(found.at_risk.len(), 1);
    assert_eq!((found.at_risk[0].chart, found.at_risk[0].done_seconds), (long.id, None));
    assert_eq!(found.queues[0].clears_seconds, None);
}

#[test]
fn first_in_first_out_does_the_older_chart_first() {
    let older = Chart { came_seconds: -HOUR, ..chart(2, 20 * HOUR) };
    let world =
        World { workers: vec![worker(0, 3 * HOUR)], ..world(vec![chart(1, HOUR / 2), older]) };
    let share = |policy| {
        let settings = Settings { policy, ..Settings::default() };
        forecast(&world, &settings).facilities[0].on_time_percent.unwrap().mean
    };
    assert_eq!((share(Policy::MostUrgent), share(Policy::FirstIn)), (100.0, 50.0));
}

#[test]
fn what_comes_in_competes_for_the_same_time() {
    let mut busy = world(vec![chart(1, 4 * HOUR), chart(2, 5 * HOUR)]);
    let arrivals = |charts| Arrivals { from_seconds: 0, charts, due_seconds: Some(4 * HOUR) };
    busy.queues[0].arrivals = vec![arrivals(3.0)];
    let some = on_time(&busy);
    busy.queues[0].arrivals = vec![arrivals(30.0)];
    let many = on_time(&busy);
    assert!(many < some && some <= 100.0, "{many} {some}");
}

#[test]
fn a_what_if_changes_people_hours_and_volume() {
    let mut world = world((1..=16).map(|number| chart(number, 6 * HOUR)).collect());
    world.queues[0].arrivals =
        vec![Arrivals { from_seconds: HOUR, charts: 4.0, due_seconds: Some(6 * HOUR) }];
    let with = |change: Change| on_time(&world.with(&change).unwrap());
    let now = with(Change::default());
    assert_eq!(now, on_time(&world));
    let helped = with(Change { people: vec![("IN".to_owned(), 2)], ..Change::default() });
    let longer = with(Change { shift_minutes: 60, ..Change::default() });
    let fuller = with(Change { volume_percent: 300, ..Change::default() });
    let alone = with(Change { people: vec![("IN".to_owned(), -1)], ..Change::default() });
    assert!(helped > now && longer > now && fuller < now, "{helped} {longer} {now} {fuller}");
    assert_eq!(alone, 0.0);
    let elsewhere = Change { people: vec![("PH".to_owned(), 1)], ..Change::default() };
    assert_eq!(world.with(&elsewhere), Err(ChangeError::NobodyThere("PH".to_owned())));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn every_forecast_is_repeatable_and_its_figures_make_sense(
        dues in prop::collection::vec(-10_000..90_000_i64, 0..30),
        shifts in prop::collection::vec((0..50_000_i64, 1..40_000_i64), 0..4),
        (volume, sampling, spread, seed) in (0.0..20.0, 0..=100_u32, 0..120_u32, any::<u64>()),
    ) {
        let charts = (0..).zip(dues).map(|(number, due)| chart(number, due)).collect();
        let workers = shifts.iter().map(|(from, long)| worker(*from, from + long)).collect();
        let mut world = World { workers, spread_percent: spread, ..world(charts) };
        world.queues[0].sampling_percent = sampling;
        world.queues[0].arrivals =
            vec![Arrivals { from_seconds: 0, charts: volume, due_seconds: Some(30_000) }];
        let settings = Settings { runs: 5, seed, ..Settings::default() };
        let found = forecast(&world, &settings);
        prop_assert_eq!(&found, &forecast(&world, &settings));
        for outlook in &found.facilities {
            if let Some(share) = outlook.on_time_percent {
                prop_assert!(0.0 <= share.low && share.low <= share.high && share.high <= 100.0);
                prop_assert!(share.low - 1e-9 <= share.mean.max(share.low));
            }
        }
        for risky in &found.at_risk {
            prop_assert!((10.0..=100.0).contains(&risky.late_percent));
        }
    }
}
