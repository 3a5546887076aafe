//! Small cases reckoned by hand.

use super::{Charges, Chart, Coder, Infeasible, Instance, Score, weight_of};

const LATE: i64 = 86_400;
const DEFER: i64 = 3600;

const fn coder(from: i64, capacity: i64, speed_percent: u32) -> Coder {
    Coder { available_from_seconds: from, capacity_seconds: capacity, speed_percent, skills: 0 }
}

const fn chart(expected_seconds: i64, due: i64, weight: i64) -> Chart {
    Chart { expected_seconds, due_seconds: Some(due), weight, class: 0, barred: Vec::new() }
}

/// Two coders, of whom the second begins after 600 s and is a quarter faster, and three charts.
fn instance() -> Instance {
    Instance {
        charges: Charges::default(),
        coders: vec![coder(0, 2000, 100), coder(600, 1000, 125)],
        charts: vec![chart(1000, 1000, 8), chart(500, 1000, 4), chart(500, -50, 1)],
        classes: vec![vec![0, 1]],
    }
}

fn lateness(instance: &Instance, assignment: &[&[usize]]) -> i64 {
    let lists = assignment.iter().map(|list| list.to_vec()).collect();
    instance.evaluate(&lists).unwrap().score.lateness_seconds
}

#[test]
fn nothing_done_costs_a_day_each_and_the_charge_for_leaving() {
    let expected =
        8 * (LATE + 85_400 + DEFER) + 4 * (LATE + 85_400 + DEFER) + LATE + 86_450 + DEFER;
    assert_eq!(lateness(&instance(), &[]), expected);
    let evaluation = instance().evaluate(&Vec::new()).unwrap();
    assert_eq!((evaluation.late_charts, evaluation.left_over_charts), (3, 3));
    assert_eq!((evaluation.weight_on_time, evaluation.score.spread), (0, 0));
}

#[test]
fn a_chart_done_at_its_deadline_is_in_time_and_a_second_later_is_late() {
    let instance = instance();
    // First coder: chart 0 at 1000, in time. Second: chart 1 at 600 + 400 = 1000, in time;
    // chart 2 at 1400, 1450 s late.
    assert_eq!(lateness(&instance, &[&[0], &[1, 2]]), LATE + 1450);
    // Chart 2 first: it is done at 1000 (1050 s late), chart 1 at 1400 (400 s late).
    assert_eq!(lateness(&instance, &[&[0], &[2, 1]]), LATE + 1050 + 4 * (LATE + 400));
    let evaluation = instance.evaluate(&vec![vec![0], vec![1, 2]]).unwrap();
    assert_eq!((evaluation.late_charts, evaluation.weight_on_time), (1, 12));
}

#[test]
fn own_seconds_are_rounded_up() {
    let slow = Coder { speed_percent: 106, ..coder(0, 2000, 100) };
    // 1000 · 100 / 106 = 943.4
    assert_eq!(slow.seconds_for(&chart(1000, 0, 1)), 944);
}

#[test]
fn the_spread_is_the_deviation_of_utilisation_among_those_who_could_work() {
    let mut instance = instance();
    instance.coders.push(coder(0, 1000, 100));
    // Utilisations 1000/2000 and 800/1000 deviate by 0.15; the third coder may do nothing.
    let evaluation = instance.evaluate(&vec![vec![0], vec![1, 2]]).unwrap();
    assert_eq!(evaluation.score.spread, 150_000);
}

#[test]
fn lateness_is_compared_before_balance() {
    let less_late = Score { lateness_seconds: 1, spread: 900 };
    assert!(less_late < Score { lateness_seconds: 2, spread: 0 });
    assert!(less_late > Score { lateness_seconds: 1, spread: 899 });
}

#[test]
fn what_cannot_be_carried_out_is_refused_with_the_reason() {
    let mut instance = instance();
    instance.classes.push(vec![0]);
    instance.charts.push(Chart { class: 1, ..chart(1, 0, 1) });
    instance.charts.push(Chart { barred: vec![0], ..chart(1, 0, 1) });
    let refused = |lists: &[&[usize]]| {
        instance.evaluate(&lists.iter().map(|list| list.to_vec()).collect()).unwrap_err()
    };
    assert_eq!(refused(&[&[], &[], &[0]]), Infeasible::UnknownCoder(2));
    assert_eq!(refused(&[&[9]]), Infeasible::UnknownChart(9));
    assert_eq!(refused(&[&[1], &[1]]), Infeasible::Twice(1));
    assert_eq!(refused(&[&[], &[3]]), Infeasible::NotEligible { coder: 1, chart: 3 });
    assert_eq!(refused(&[&[4]]), Infeasible::NotEligible { coder: 0, chart: 4 });
    assert_eq!(refused(&[&[], &[0, 1]]), Infeasible::OverCapacity(1));
}

#[test]
fn weights_halve_with_each_step_of_priority() {
    assert_eq!([0, 1, 2, 3, 4, 5].map(weight_of), [8, 8, 4, 2, 1, 1]);
}
