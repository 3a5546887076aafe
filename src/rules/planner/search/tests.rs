//! What every search keeps to, and that it finds the best plan where that can be known.

use proptest::collection::vec;
use proptest::prelude::*;

use super::super::objective::{Assignment, Charges, Chart, Coder, Instance};
use super::{Effort, search};

const HOUR: i64 = 3600;
/// Enough to find the best plan for a handful of charts.
const THOROUGH: u64 = 300_000;
const BRIEF: u64 = 20_000;
/// How much worse, in percent, a plan may become when somebody is added: chance takes other turns.
const TOLERANCE_PERCENT: i64 = 1;

fn coder() -> impl Strategy<Value = Coder> {
    (0..2 * HOUR, 0..3 * HOUR, 0..200_u32).prop_map(|(from, capacity, speed_percent)| Coder {
        available_from_seconds: from,
        capacity_seconds: capacity,
        speed_percent,
        skills: 0,
    })
}

/// A chart of one of `classes` classes, from which some of `coders` coders are barred.
fn chart(coders: usize, classes: usize) -> impl Strategy<Value = Chart> {
    let due = proptest::option::weighted(0.9, -24 * HOUR..48 * HOUR);
    let barred = vec(0..coders, 0..=2);
    (1..HOUR, due, 1..9_i64, 0..classes, barred).prop_map(
        |(expected, due, weight, class, barred)| Chart {
            expected_seconds: expected,
            due_seconds: due,
            weight,
            class,
            barred,
        },
    )
}

fn instance(coders_max: usize, charts_max: usize) -> impl Strategy<Value = Instance> {
    let people = vec(coder(), 1..=coders_max);
    people.prop_flat_map(move |coders| {
        let count = coders.len();
        let class = proptest::sample::subsequence((0..count).collect::<Vec<_>>(), 0..=count);
        let classes = vec(class, 1..=3);
        (Just(coders), classes).prop_flat_map(move |(coders, classes)| {
            let charts = vec(chart(coders.len(), classes.len()), 0..=charts_max);
            (Just(coders), Just(classes), charts).prop_map(|(coders, classes, charts)| Instance {
                charges: Charges::default(),
                coders,
                charts,
                classes,
            })
        })
    })
}

fn plan(instance: &Instance, looks: u64, seed: u64) -> Assignment {
    search(instance, Effort { looks, seed }, &mut || false)
}

fn lateness(instance: &Instance, assignment: &Assignment) -> i64 {
    instance.evaluate(assignment).unwrap().score.lateness_seconds
}

/// The best F1 there is, by trying everything.
fn best_of_all(instance: &Instance) -> i64 {
    let mut lists = vec![Vec::new(); instance.coders.len()];
    let mut best = lateness(instance, &lists);
    try_from(instance, 0, &mut lists, &mut best);
    best
}

fn try_from(instance: &Instance, next: usize, lists: &mut Assignment, best: &mut i64) {
    if next == instance.charts.len() {
        if let Ok(found) = instance.evaluate(lists) {
            *best = (*best).min(found.score.lateness_seconds);
        }
        return;
    }
    try_from(instance, next + 1, lists, best);
    for coder in instance.eligible(&instance.charts[next]).collect::<Vec<_>>() {
        for position in 0..=lists[coder].len() {
            lists[coder].insert(position, next);
            try_from(instance, next + 1, lists, best);
            lists[coder].remove(position);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn every_plan_can_be_carried_out_and_is_no_worse_than_the_first_guess(
        instance in instance(6, 40),
        seed: u64,
    ) {
        let first = instance.evaluate(&plan(&instance, 0, seed)).unwrap();
        let improved = instance.evaluate(&plan(&instance, BRIEF, seed)).unwrap();
        let nothing = lateness(&instance, &Vec::new());
        prop_assert!(first.score.lateness_seconds <= nothing);
        prop_assert!(improved.score.lateness_seconds <= first.score.lateness_seconds);
    }

    #[test]
    fn a_seed_always_finds_the_same_plan(instance in instance(5, 30), seed: u64) {
        prop_assert_eq!(plan(&instance, BRIEF, seed), plan(&instance, BRIEF, seed));
    }

    #[test]
    fn a_search_that_is_stopped_leaves_a_plan(instance in instance(5, 30), looks in 0..50_u32) {
        let mut asked = 0;
        let mut stop = || { asked += 1; asked > looks };
        let found = search(&instance, Effort { looks: BRIEF, seed: 1 }, &mut stop);
        prop_assert!(instance.evaluate(&found).is_ok());
    }

    #[test]
    fn a_few_charts_are_planned_as_well_as_can_be(instance in instance(2, 5), seed in 0..9_u64) {
        let found = lateness(&instance, &plan(&instance, THOROUGH, seed));
        prop_assert_eq!(found, best_of_all(&instance));
    }

    #[test]
    fn another_coder_never_makes_it_worse(instance in instance(4, 16), extra in coder()) {
        let alone = lateness(&instance, &plan(&instance, THOROUGH, 1));
        let mut helped = instance;
        let newcomer = helped.coders.len();
        helped.coders.push(extra);
        helped.classes.iter_mut().for_each(|class| class.push(newcomer));
        let together = lateness(&helped, &plan(&helped, THOROUGH, 1));
        prop_assert!(together <= alone + alone / 100 * TOLERANCE_PERCENT);
    }
}

fn even_hour(count: usize) -> Vec<Coder> {
    let coder =
        Coder { available_from_seconds: 0, capacity_seconds: HOUR, speed_percent: 100, skills: 0 };
    vec![coder; count]
}

fn short(due: i64) -> Chart {
    Chart { expected_seconds: 600, due_seconds: Some(due), weight: 1, class: 0, barred: Vec::new() }
}

#[test]
fn work_that_can_be_done_by_anybody_is_spread_evenly() {
    let instance = Instance {
        charges: Charges::default(),
        coders: even_hour(3),
        charts: vec![short(24 * HOUR); 9],
        classes: vec![vec![0, 1, 2]],
    };
    let found = plan(&instance, BRIEF, 1);
    assert_eq!(found.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 3]);
    assert_eq!(instance.evaluate(&found).unwrap().score.spread, 0);
}

#[test]
fn the_only_coder_for_a_chart_is_kept_free_for_it() {
    // Both could do the first six charts, which fill an hour; only the second can do the others.
    let mut charts = vec![short(HOUR); 6];
    charts.extend(vec![Chart { class: 1, ..short(HOUR) }; 6]);
    let instance = Instance {
        charges: Charges::default(),
        coders: even_hour(2),
        charts,
        classes: vec![vec![0, 1], vec![1]],
    };
    let found = plan(&instance, BRIEF, 1);
    assert_eq!(instance.evaluate(&found).unwrap().late_charts, 0);
}

#[test]
fn nothing_to_do_and_nobody_to_do_it_are_plans_too() {
    let nobody = Instance { charts: vec![short(0)], classes: vec![vec![]], ..Instance::default() };
    assert_eq!(plan(&nobody, BRIEF, 1), Assignment::new());
    let nothing = Instance { coders: even_hour(2), ..Instance::default() };
    assert_eq!(plan(&nothing, BRIEF, 1), vec![Vec::<usize>::new(); 2]);
}

#[test]
fn more_time_is_more_effort_and_a_large_plan_leaves_less_for_the_search() {
    let looks = |budget, charts| Effort::within(budget, charts, 1).looks;
    assert_eq!(looks(0, 100), 0);
    assert_eq!(looks(2000, 100), 2 * looks(1000, 100));
    assert!(looks(1000, 100_000) < looks(1000, 10_000));
    assert_eq!(looks(1000, 1_000_000), 0, "the first guess takes as long");
}
