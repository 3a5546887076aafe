//! The same month as many shops do it: whatever comes in goes to whoever has least to do, and everybody
//! works their pile in the order in which it came.

use super::life::{Came, Life, codes, is_at_work, shift_of};
use super::numbers::times;
use rules::Instant;
use rules::ids::ChartId;
use std::collections::HashMap;

const STEP_SECONDS: i64 = 900;
/// How long anybody waits for the next shift, in steps: two weeks.
const STEPS_MAX: usize = 14 * 96;

/// When each chart would have been coded.
pub fn coded_at(life: &Life) -> HashMap<ChartId, Instant> {
    let workers = &life.company.workers;
    let mut free: Vec<Option<Instant>> = vec![None; workers.len()];
    let mut pile: Vec<i64> = vec![0; workers.len()];
    let mut done = HashMap::new();
    for came in &life.came {
        let Some(client) = life.company.clients.get(came.client) else { continue };
        let Some(queue) = client.queues.get(came.queue) else { continue };
        let may = |place: &usize| {
            workers.get(*place).is_some_and(|worker| {
                codes(worker)
                    && worker.clients.contains(&came.client)
                    && (!queue.onshore_only || worker.country == "US")
            })
        };
        // Least to do: what is still on the pile, in expected seconds.
        let left = |place: &usize| {
            let begun = free.get(*place).copied().flatten().unwrap_or(came.at);
            let waits = begun.max(came.at).seconds_since(came.at);
            (waits, pile.get(*place).copied().unwrap_or(0))
        };
        let Some(place) = (0..workers.len()).filter(may).min_by_key(left) else { continue };
        let Some(at) = work(life, came, place, free.get(place).copied().flatten()) else {
            continue;
        };
        done.insert(came.chart, at);
        if let (Some(free), Some(pile)) = (free.get_mut(place), pile.get_mut(place)) {
            *free = Some(at);
            *pile += queue.expected_seconds;
        }
    }
    done
}

/// When somebody is through with a chart that they begin when they are free and at work.
fn work(life: &Life, came: &Came, place: usize, free: Option<Instant>) -> Option<Instant> {
    let worker = life.company.workers.get(place)?;
    let usual = life.company.clients.get(came.client)?.queues.get(came.queue)?.expected_seconds;
    let mut at = free.map_or(came.at, |free| free.max(came.at));
    for _ in 0..STEPS_MAX {
        if is_at_work(worker, at) && shift_of(worker, at).is_some() {
            let seconds = times(usual, came.factor) * 100 / worker.speed_percent;
            return Some(at.plus_seconds(seconds.max(60) + 60));
        }
        at = at.plus_seconds(STEP_SECONDS);
    }
    None
}
