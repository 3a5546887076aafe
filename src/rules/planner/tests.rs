//! What every plan keeps to, and the order in which it decides.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;
use proptest::sample::subsequence;
use uuid::Uuid;

use super::board::Board;
use super::fairness::Share;
use super::{Backlog, Placement, Plan, PlanSettings, QueueBacklog, Sticky, WaitingChart, plan};
use crate::eligibility::{Person, QueueTerms, Rule, USUAL_SPEED_PERCENT, Work, check};
use crate::ids::{ChartId, FacilityId, PersonId, QueueId};
use crate::time::Instant;
use crate::words::AssignmentKind;

const HOUR: i64 = 3600;
/// Enough for every chart of a test to be offered.
const WIDE: PlanSettings =
    PlanSettings { reserve_seconds: 100_000, reserve_charts: 100, horizon_charts: 1000, ..BRIEF };
/// A search that tests can wait for.
const BRIEF: PlanSettings = PlanSettings {
    reserve_seconds: 1800,
    reserve_charts: 5,
    horizon_charts: 1000,
    search_looks_max: 20_000,
    seed: 1,
};

fn now() -> Instant {
    "2026-03-02T15:00:00Z".parse().unwrap()
}

fn uuid(kind: u128, number: u32) -> Uuid {
    Uuid::from_u128((kind << 64) | u128::from(number))
}

fn person_id(number: u32) -> PersonId {
    uuid(1, number).into()
}

fn chart_id(number: u32) -> ChartId {
    uuid(2, number).into()
}

fn facility(number: u32) -> FacilityId {
    uuid(3, number).into()
}

/// A coder with an hour of shift left who holds nothing.
fn coder(number: u32) -> Person {
    Person {
        id: person_id(number),
        active: true,
        paused: false,
        kinds: BTreeSet::from([AssignmentKind::Coding]),
        facilities: BTreeSet::from([facility(0), facility(1)]),
        overflow: BTreeSet::new(),
        skills: BTreeSet::new(),
        credentials: BTreeMap::new(),
        country: Some("US".to_owned()),
        attested_until: Some(date(2026, 12, 31)),
        zone: TimeZone::UTC,
        shift_ends_at: Some(now().plus_seconds(HOUR)),
        next_shift_at: None,
        open_work: 0,
        wip_limit: 100,
        queued_seconds: 0,
        speed_percent: USUAL_SPEED_PERCENT,
    }
}

fn terms(number: u32) -> QueueTerms {
    QueueTerms {
        facility: facility(number),
        queue: QueueId::from(uuid(4, number)),
        required_skills: BTreeSet::new(),
        required_credentials: BTreeSet::new(),
        onshore_only: false,
        allowed_countries: BTreeSet::new(),
        overflow_open: false,
    }
}

/// A chart of ten minutes that is due tomorrow.
fn chart(number: u32) -> WaitingChart {
    WaitingChart {
        id: chart_id(number),
        kind: AssignmentKind::Coding,
        expected_seconds: 600,
        due_at: Some(now().plus_seconds(24 * HOUR)),
        priority: 3,
        ready_at: now().plus_seconds(-HOUR),
        sticky: None,
        involved: Vec::new(),
        excluded: Vec::new(),
    }
}

fn one_queue(charts: Vec<WaitingChart>) -> Backlog {
    Backlog { queues: vec![QueueBacklog { terms: terms(0), charts }], ..Backlog::default() }
}

fn charts_of(placements: &[Placement]) -> Vec<ChartId> {
    placements.iter().map(|it| it.chart).collect()
}

#[test]
fn the_most_urgent_chart_comes_first() {
    let due = |number, hours| WaitingChart {
        due_at: Some(now().plus_seconds(hours * HOUR)),
        ..chart(number)
    };
    let charts = vec![
        WaitingChart { due_at: None, priority: 1, ..chart(6) },
        WaitingChart { ready_at: now().plus_seconds(-2 * HOUR), ..due(5, 24) },
        due(4, 24),
        WaitingChart { priority: 2, ..due(3, 30) },
        WaitingChart { priority: 4, ..due(2, 1) },
        WaitingChart { priority: 4, ..due(1, -1) },
    ];
    let coder = Person { shift_ends_at: Some(now().plus_seconds(8 * HOUR)), ..coder(0) };
    let plan = plan(now(), &one_queue(charts), &[coder], &WIDE);
    let expected: Vec<ChartId> = [1, 2, 6, 3, 5, 4].map(chart_id).to_vec();
    assert_eq!(charts_of(&plan.offers), expected);
    let late = plan.offers.iter().filter(|it| it.misses_deadline());
    assert_eq!(late.map(|it| it.chart).collect::<Vec<_>>(), [chart_id(1)]);
}

#[test]
fn a_chart_goes_to_whoever_finishes_it_soonest_and_names_the_runners_up() {
    let people = [
        Person { queued_seconds: 300, ..coder(0) },
        Person { speed_percent: 50, ..coder(1) },
        coder(2),
        Person { queued_seconds: 900, ..coder(3) },
        Person { queued_seconds: 1000, ..coder(4) },
    ];
    let plan = plan(now(), &one_queue(vec![chart(0)]), &people, &WIDE);
    let offer = plan.offers.first().unwrap();
    assert_eq!(offer.person, person_id(2));
    assert_eq!((offer.starts_at, offer.done_at), (now(), now().plus_seconds(600)));
    let others: Vec<(PersonId, i64)> =
        offer.runner_ups.iter().map(|it| (it.person, it.done_at.seconds_since(now()))).collect();
    assert_eq!(others, [(person_id(0), 900), (person_id(1), 1200), (person_id(3), 1500)]);
}

#[test]
fn between_equals_the_one_with_fewer_skills_goes_first() {
    let expert = Person { skills: BTreeSet::from(["ip".to_owned()]), ..coder(0) };
    let plan = plan(now(), &one_queue(vec![chart(0)]), &[expert, coder(1)], &WIDE);
    assert_eq!(plan.offers.first().unwrap().person, person_id(1));
}

/// The urgent chart that both could do goes to the second, for the first is the only one for the other.
#[test]
fn facilities_share_people_by_weight_where_their_charts_are_equally_urgent() {
    let charts = |first: u32| (first..first + 8).map(chart).collect();
    let queues = vec![
        QueueBacklog { terms: terms(0), charts: charts(0) },
        QueueBacklog { terms: terms(1), charts: charts(100) },
    ];
    let share = |weight, in_hand_seconds| Share { weight, in_hand_seconds };
    let of_first = |shares: [Share; 2]| {
        let shares = [facility(0), facility(1)].into_iter().zip(shares).collect();
        let plan = plan(now(), &Backlog { queues: queues.clone(), shares }, &[coder(0)], &WIDE);
        assert_eq!(plan.offers.len(), 6);
        plan.offers.iter().filter(|offer| offer.facility == facility(0)).count()
    };
    assert_eq!(of_first([share(1, 0), share(1, 0)]), 3);
    assert_eq!(of_first([share(2, 0), share(1, 0)]), 4);
    assert_eq!(of_first([share(1, 1_200), share(1, 0)]), 2, "what is in hand counts");
}

#[test]
fn a_late_chart_counts_more_with_each_day_that_it_waits() {
    let late = |number, days: i64| WaitingChart {
        due_at: Some(now().plus_seconds(-days * 24 * HOUR)),
        ..chart(number)
    };
    let backlog = one_queue(vec![late(0, 0), late(1, 1), late(2, 3), late(3, 100)]);
    let board = Board::set_up(now(), &backlog, &[], 100);
    let mut weights: Vec<i64> = board.instance().charts.iter().map(|it| it.weight).collect();
    weights.sort_unstable();
    assert_eq!(weights, [2, 4, 8, 16].map(|weight| weight * weights[0] / 2));
}

#[test]
fn what_simple_rules_would_leave_late_is_found_a_place() {
    let only_first = QueueTerms { required_skills: BTreeSet::from(["ip".to_owned()]), ..terms(1) };
    let tight = |number, minutes: i64| WaitingChart {
        due_at: Some(now().plus_seconds(minutes * 60)),
        ..chart(number)
    };
    let backlog = Backlog {
        queues: vec![
            QueueBacklog { terms: terms(0), charts: vec![tight(0, 14)] },
            QueueBacklog { terms: only_first, charts: vec![tight(1, 15)] },
        ],
        ..Backlog::default()
    };
    let expert = Person { skills: BTreeSet::from(["ip".to_owned()]), ..coder(0) };
    let slower = Person { queued_seconds: 60, ..coder(1) };
    let plan = plan(now(), &backlog, &[expert, slower], &WIDE);
    assert!(plan.offers.iter().all(|offer| !offer.misses_deadline()));
    let of = |number| plan.offers.iter().find(|it| it.chart == chart_id(number)).unwrap();
    assert_eq!((of(0).person, of(1).person), (person_id(1), person_id(0)));
    assert_eq!(of(0).runner_ups.first().map(|it| it.person), Some(person_id(0)));
}

#[test]
fn only_the_reserve_is_offered_and_the_rest_is_foretold() {
    let settings = PlanSettings { reserve_seconds: 1300, reserve_charts: 5, ..WIDE };
    let backlog = one_queue((0..8).map(chart).collect());
    let plan = plan(now(), &backlog, &[coder(0)], &settings);
    assert_eq!(charts_of(&plan.offers), [0, 1].map(chart_id));
    assert_eq!(charts_of(&plan.planned), [2, 3, 4, 5].map(chart_id));
    assert_eq!(plan.planned.last().unwrap().done_at, now().plus_seconds(HOUR));
    let waiting: Vec<ChartId> = plan.waiting.iter().map(|it| it.chart).collect();
    assert_eq!(waiting, [6, 7].map(chart_id));
    let sentence = plan.waiting.first().unwrap().explanation.sentence();
    assert_eq!(sentence, "1 coder: 1 too little shift left");
}

#[test]
fn an_idle_person_is_offered_even_a_chart_longer_than_the_reserve() {
    let settings = PlanSettings { reserve_seconds: 60, ..WIDE };
    let backlog = one_queue(vec![chart(0), chart(1)]);
    let idle = plan(now(), &backlog, &[coder(0)], &settings);
    assert_eq!((idle.offers.len(), idle.planned.len()), (1, 1));
    let busy = Person { open_work: 1, queued_seconds: 60, ..coder(0) };
    let fed = plan(now(), &backlog, &[busy], &settings);
    assert_eq!((fed.offers.len(), fed.planned.len()), (0, 2));
}

#[test]
fn somebody_who_is_full_is_planned_for_but_offered_nothing() {
    let full = Person { open_work: 2, wip_limit: 2, queued_seconds: 600, ..coder(0) };
    let plan = plan(now(), &one_queue(vec![chart(0)]), &[full], &WIDE);
    assert!(plan.offers.is_empty());
    assert_eq!(plan.planned.first().unwrap().done_at, now().plus_seconds(1200));
}

#[test]
fn a_kept_chart_waits_for_its_person_until_that_lapses_or_safety_bars_them() {
    let away = Person { shift_ends_at: None, next_shift_at: Some(now()), ..coder(0) };
    let kept = |until: i64, person: &Person| {
        let sticky = Some(Sticky { person: person_id(0), until: now().plus_seconds(until) });
        let backlog = one_queue(vec![WaitingChart { sticky, ..chart(0) }]);
        plan(now(), &backlog, &[person.clone(), coder(1)], &WIDE)
    };
    let person_of = |plan: &Plan| plan.offers.first().map(|it| it.person);
    assert_eq!(person_of(&kept(0, &Person { queued_seconds: 60, ..coder(0) })), Some(person_id(0)));
    let waiting = kept(0, &away);
    assert_eq!(person_of(&waiting), None);
    let explanation = &waiting.waiting.first().unwrap().explanation;
    assert_eq!(explanation.by_rule, BTreeMap::from([(Rule::OnShift, 1)]));
    assert_eq!(explanation.next_shift_at, Some(now()));
    assert_eq!(person_of(&kept(-1, &away)), Some(person_id(1)));
    assert_eq!(person_of(&kept(0, &Person { active: false, ..away })), Some(person_id(1)));
}

#[test]
fn what_lies_beyond_the_horizon_is_named_and_not_planned() {
    let settings = PlanSettings { horizon_charts: 1, ..WIDE };
    let plan = plan(now(), &one_queue(vec![chart(1), chart(0)]), &[coder(0)], &settings);
    assert_eq!(charts_of(&plan.offers), [chart_id(0)]);
    assert_eq!(plan.beyond_horizon, [chart_id(1)]);
}

/// Flags drawn for one person: shift seconds, queued seconds, open work, speed, allow-list, kinds.
type Drawn = (Option<i64>, u32, u32, u32, Vec<u32>, Vec<AssignmentKind>);

fn any_people() -> impl Strategy<Value = Vec<Person>> {
    let person = (
        prop::option::weighted(0.8, 0_i64..10_000),
        0_u32..2000,
        0_u32..4,
        50_u32..150,
        subsequence(vec![0_u32, 1], 0..=2),
        subsequence(AssignmentKind::ALL.to_vec(), 1..=3),
    );
    let build = |(number, drawn): (u32, Drawn)| {
        let (shift, queued_seconds, open_work, speed_percent, facilities, kinds) = drawn;
        Person {
            shift_ends_at: shift.map(|seconds| now().plus_seconds(seconds)),
            queued_seconds,
            open_work,
            wip_limit: 3,
            speed_percent,
            facilities: facilities.into_iter().map(facility).collect(),
            kinds: kinds.into_iter().collect(),
            paused: speed_percent == 99,
            ..coder(number)
        }
    };
    prop::collection::vec(person, 0..8)
        .prop_map(move |people| (0..).zip(people).map(build).collect())
}

fn any_chart() -> impl Strategy<Value = WaitingChart> {
    let kind = || prop::sample::select(AssignmentKind::ALL);
    let person = || (0_u32..8).prop_map(person_id);
    (
        (0_u32..40, kind(), 1_u32..4000, 1..5),
        prop::option::of(-10_000_i64..40_000),
        prop::option::weighted(0.2, (person(), -10_i64..10)),
        prop::collection::vec((person(), kind()), 0..3),
        prop::collection::vec(person(), 0..2),
    )
        .prop_map(
            |((number, kind, expected_seconds, priority), due, kept, involved, excluded)| {
                let until = |seconds| now().plus_seconds(seconds);
                WaitingChart {
                    kind,
                    expected_seconds,
                    due_at: due.map(until),
                    priority,
                    sticky: kept.map(|(person, at)| Sticky { person, until: until(at) }),
                    involved,
                    excluded,
                    ..chart(number)
                }
            },
        )
}

/// Two queues, in which a chart may by mistake be listed twice.
fn any_backlog() -> impl Strategy<Value = Backlog> {
    let charts = || prop::collection::vec(any_chart(), 0..25);
    (charts(), charts()).prop_map(|(first, second)| Backlog {
        queues: vec![
            QueueBacklog { terms: terms(0), charts: first },
            QueueBacklog { terms: QueueTerms { onshore_only: true, ..terms(1) }, charts: second },
        ],
        ..Backlog::default()
    })
}

fn any_settings() -> impl Strategy<Value = PlanSettings> {
    (0_u32..5000, 0_u32..4, 0_usize..60).prop_map(
        |(reserve_seconds, reserve_charts, horizon_charts)| PlanSettings {
            reserve_seconds,
            reserve_charts,
            horizon_charts,
            ..BRIEF
        },
    )
}

/// Where a placed chart stands in the backlog.
fn find<'a>(backlog: &'a Backlog, it: &Placement) -> (&'a QueueTerms, &'a WaitingChart) {
    let queue = backlog.queues.iter().find(|queue| queue.terms.queue == it.queue).unwrap();
    let same = |chart: &&WaitingChart| {
        chart.id == it.chart && chart.kind == it.kind && chart.due_at == it.due_at
    };
    (&queue.terms, queue.charts.iter().find(same).unwrap())
}

fn work(chart: &WaitingChart) -> Work<'_> {
    Work {
        kind: chart.kind,
        expected_seconds: chart.expected_seconds,
        involved: &chart.involved,
        excluded: &chart.excluded,
    }
}

/// Lists each chart once, as a planner's caller should.
fn without_twins(mut backlog: Backlog) -> Backlog {
    let mut seen = BTreeSet::new();
    for queue in &mut backlog.queues {
        queue.charts.retain(|chart| seen.insert(chart.id));
    }
    backlog
}

proptest! {
    #[test]
    fn every_chart_is_in_exactly_one_list(
        backlog in any_backlog(), people in any_people(), settings in any_settings()
    ) {
        let plan = plan(now(), &backlog, &people, &settings);
        let mut listed = charts_of(&plan.offers);
        listed.extend(charts_of(&plan.planned));
        listed.extend(plan.waiting.iter().map(|it| it.chart));
        listed.extend(&plan.beyond_horizon);
        listed.sort_unstable();
        let all: BTreeSet<ChartId> =
            backlog.queues.iter().flat_map(|queue| &queue.charts).map(|chart| chart.id).collect();
        prop_assert_eq!(listed, all.into_iter().collect::<Vec<_>>());
    }

    /// Each offer passes the whole check with what was offered before it already in hand, and each
    /// planned chart does so but for the limit of open work.
    #[test]
    fn nothing_infeasible_is_offered_and_the_reserve_is_kept(
        backlog in any_backlog(), people in any_people(), settings in any_settings()
    ) {
        let backlog = without_twins(backlog);
        let plan = plan(now(), &backlog, &people, &settings);
        let mut hands: HashMap<PersonId, Person> =
            people.iter().map(|person| (person.id, person.clone())).collect();
        let offers = plan.offers.iter().map(|it| (it, true));
        for (placement, offered) in offers.chain(plan.planned.iter().map(|it| (it, false))) {
            let (terms, chart) = find(&backlog, placement);
            let hand = hands.get_mut(&placement.person).unwrap();
            let held = hand.open_work;
            if !offered {
                hand.open_work = 0;
            }
            prop_assert_eq!(check(hand, terms, &work(chart), now()), Ok(()));
            hand.open_work = held + 1;
            let begins = i64::from(hand.queued_seconds);
            prop_assert_eq!(placement.starts_at, now().plus_seconds(begins));
            let ends = begins + hand.seconds_for(chart.expected_seconds);
            prop_assert_eq!(placement.done_at, now().plus_seconds(ends));
            if offered && held > 0 {
                prop_assert!(ends <= i64::from(settings.reserve_seconds));
            }
            hand.queued_seconds = u32::try_from(ends).unwrap();
        }
        for person in &people {
            let offers = plan.offers.iter().filter(|it| it.person == person.id).count();
            prop_assert!(u32::try_from(offers).unwrap() <= settings.reserve_charts);
        }
    }

    #[test]
    fn the_order_of_the_input_makes_no_difference(
        backlog in any_backlog(), people in any_people(), settings in any_settings()
    ) {
        let backlog = without_twins(backlog);
        let mut turned = backlog.clone();
        turned.queues.reverse();
        for queue in &mut turned.queues {
            queue.charts.reverse();
        }
        let reversed: Vec<Person> = people.iter().rev().cloned().collect();
        prop_assert_eq!(
            plan(now(), &backlog, &people, &settings),
            plan(now(), &turned, &reversed, &settings)
        );
    }

    /// The plan as an assignment is feasible by the objective's own reckoning, and what it leaves
    /// over is what waits.
    #[test]
    fn the_objective_agrees_that_the_plan_can_be_carried_out(
        backlog in any_backlog(), people in any_people()
    ) {
        let backlog = without_twins(backlog);
        let plan = plan(now(), &backlog, &people, &WIDE);
        let board = Board::set_up(now(), &backlog, &people, WIDE.horizon_charts);
        let mut assignment = vec![Vec::new(); people.len()];
        let mut placed: Vec<&Placement> = plan.offers.iter().chain(&plan.planned).collect();
        placed.sort_by_key(|it| it.starts_at);
        for it in placed {
            let coder = board.people().iter().position(|one| one.id == it.person).unwrap();
            let chart = board.entries().iter().position(|one| one.chart.id == it.chart).unwrap();
            assignment.get_mut(coder).unwrap().push(chart);
        }
        let evaluation = board.instance().evaluate(&assignment).unwrap();
        prop_assert_eq!(evaluation.left_over_charts, plan.waiting.len());
        let idle = board.instance().evaluate(&Vec::new()).unwrap();
        prop_assert!(evaluation.score.lateness_seconds <= idle.score.lateness_seconds);
    }
}
