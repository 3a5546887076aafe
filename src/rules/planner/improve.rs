//! A first plan made better where it delays charts that could be in time.

use super::RUNNER_UPS_MAX;
use super::greedy::Choice;
use super::objective::{Assignment, Instance};
use super::search::{Effort, search};

/// Looks spent on each chart, at most: a few milliseconds for a hundred charts.
const LOOKS_PER_CHART: u64 = 20_000;

/// The first plan, or one that is less late. A first plan that is as good as the search's stays:
/// it is the simpler one to explain, and everybody begins as soon as they can.
pub fn improve(
    instance: &Instance,
    first: Vec<Option<Choice>>,
    (looks_max, seed): (u64, u64),
) -> Vec<Option<Choice>> {
    let lateness =
        |plan: &Assignment| instance.evaluate(plan).ok().map(|found| found.score.lateness_seconds);
    let begun = assignment_of(instance, &first);
    let Some(before) = lateness(&begun).filter(|lateness| *lateness > 0) else { return first };
    let charts = u64::try_from(instance.charts.len()).unwrap_or(u64::MAX);
    let effort = Effort { looks: looks_max.min(charts.saturating_mul(LOOKS_PER_CHART)), seed };
    let mut found = search(instance, effort, &mut || false);
    if lateness(&found).is_none_or(|after| after >= before) {
        return first;
    }
    for (coder, list) in found.iter_mut().enumerate() {
        urgent_first(instance, coder, list);
    }
    choices(instance, &found)
}

/// The first plan's lists; a coder's charts in the order in which they are begun.
fn assignment_of(instance: &Instance, choices: &[Option<Choice>]) -> Assignment {
    let mut lists = vec![Vec::new(); instance.coders.len()];
    for (chart, choice) in choices.iter().enumerate() {
        let list = choice.as_ref().and_then(|choice| lists.get_mut(choice.coder));
        if let Some(list) = list {
            list.push(chart);
        }
    }
    lists
}

/// Moves the more urgent chart of two neighbours to the front where that makes nothing later than it
/// may be: estimates are off now and then, and then it is better done. Charts are numbered by urgency.
fn urgent_first(instance: &Instance, coder: usize, list: &mut [usize]) {
    for end in 1..list.len() {
        let mut place = end;
        while place > 0 && list.get(place - 1) > list.get(place) {
            let before = cost_of(instance, coder, list);
            list.swap(place - 1, place);
            if cost_of(instance, coder, list) > before {
                list.swap(place - 1, place);
                break;
            }
            place -= 1;
        }
    }
}

/// What one coder's list adds to F1.
fn cost_of(instance: &Instance, coder: usize, list: &[usize]) -> i64 {
    let late = instance.charges.late_seconds;
    let Some(person) = instance.coders.get(coder) else { return 0 };
    let mut done = person.available_from_seconds;
    let mut cost = 0_i64;
    for chart in list.iter().filter_map(|chart| instance.charts.get(*chart)) {
        done += person.seconds_for(chart);
        let tardy = chart.due_seconds.map_or(0, |due| done.saturating_sub(due).max(0));
        if tardy > 0 {
            cost = cost.saturating_add(chart.weight.saturating_mul(late.saturating_add(tardy)));
        }
    }
    cost
}

/// What every chart's place means in time, with who else would have had time for it.
fn choices(instance: &Instance, plan: &Assignment) -> Vec<Option<Choice>> {
    let mut choices = vec![None; instance.charts.len()];
    let ends = ends(instance, plan);
    for (coder, list) in plan.iter().enumerate() {
        let Some(person) = instance.coders.get(coder) else { continue };
        let mut at = person.available_from_seconds;
        for chart in list {
            let (Some(work), Some(choice)) = (instance.charts.get(*chart), choices.get_mut(*chart))
            else {
                continue;
            };
            let starts_seconds = at;
            at += person.seconds_for(work);
            let runner_ups = runner_ups(instance, (*chart, coder), &ends);
            *choice = Some(Choice { coder, starts_seconds, done_seconds: at, runner_ups });
        }
    }
    choices
}

/// When each coder is through with their list.
fn ends(instance: &Instance, plan: &Assignment) -> Vec<i64> {
    let seconds = |person: &super::objective::Coder, list: &[usize]| -> i64 {
        let works = list.iter().filter_map(|chart| instance.charts.get(*chart));
        works.map(|work| person.seconds_for(work)).sum()
    };
    let people = instance.coders.iter().zip(plan);
    people.map(|(it, list)| it.available_from_seconds + seconds(it, list)).collect()
}

/// Who else would have done the chart after their own work, soonest first.
fn runner_ups(
    instance: &Instance,
    (chart, coder): (usize, usize),
    ends: &[i64],
) -> Vec<(usize, i64)> {
    let Some(work) = instance.charts.get(chart) else { return Vec::new() };
    let mut others: Vec<(usize, i64)> = Vec::with_capacity(RUNNER_UPS_MAX + 1);
    for other in instance.eligible(work).filter(|other| *other != coder) {
        let (Some(person), Some(end)) = (instance.coders.get(other), ends.get(other)) else {
            continue;
        };
        let done = end + person.seconds_for(work);
        let shift_ends = person.available_from_seconds.saturating_add(person.capacity_seconds);
        if done <= shift_ends {
            let place = others.partition_point(|known| (known.1, known.0) < (done, other));
            others.insert(place, (other, done));
            others.truncate(RUNNER_UPS_MAX);
        }
    }
    others
}
