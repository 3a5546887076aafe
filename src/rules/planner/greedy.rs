//! Most urgent first, each to the person who finishes it soonest.

use super::RUNNER_UPS_MAX;
use super::objective::{Chart, Instance};

/// Where a chart went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The coder's place in the instance.
    pub coder: usize,
    /// When the coder gets to it, in seconds from now.
    pub starts_seconds: i64,
    /// When it is done, in seconds from now.
    pub done_seconds: i64,
    /// The next best coders, each with when they would have been done.
    pub runner_ups: Vec<(usize, i64)>,
}

/// What a coder bids for a chart; the smallest wins. Soonest done, then the least work so far, then
/// the fewest skills (experts stay free for what only they can do), then the place in the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Bid {
    done_seconds: i64,
    load_seconds: i64,
    skills: usize,
    coder: usize,
}

/// Places the instance's charts in their order; `None` where nobody has time left.
pub fn choose_all(instance: &Instance) -> Vec<Option<Choice>> {
    let mut loads = vec![0; instance.coders.len()];
    instance.charts.iter().map(|chart| choose(instance, chart, &mut loads)).collect()
}

fn choose(instance: &Instance, chart: &Chart, loads: &mut [i64]) -> Option<Choice> {
    let mut bids: Vec<Bid> = Vec::with_capacity(RUNNER_UPS_MAX + 2);
    for coder in instance.eligible(chart) {
        let Some(bid) = bid(instance, chart, coder, loads) else {
            continue;
        };
        if bids.len() > RUNNER_UPS_MAX && bids.last().is_some_and(|last| *last < bid) {
            continue;
        }
        bids.insert(bids.partition_point(|other| *other < bid), bid);
        bids.truncate(RUNNER_UPS_MAX + 1);
    }
    let (best, others) = bids.split_first()?;
    let seconds = instance.coders.get(best.coder)?.seconds_for(chart);
    let load = loads.get_mut(best.coder)?;
    *load = load.saturating_add(seconds);
    Some(Choice {
        coder: best.coder,
        starts_seconds: best.done_seconds - seconds,
        done_seconds: best.done_seconds,
        runner_ups: others.iter().map(|bid| (bid.coder, bid.done_seconds)).collect(),
    })
}

/// What the coder bids, when the chart still fits into the shift.
fn bid(instance: &Instance, chart: &Chart, index: usize, loads: &[i64]) -> Option<Bid> {
    let coder = instance.coders.get(index)?;
    let load = *loads.get(index)?;
    let after = load.saturating_add(coder.seconds_for(chart));
    (after <= coder.capacity_seconds).then_some(Bid {
        done_seconds: coder.available_from_seconds.saturating_add(after),
        load_seconds: coder.available_from_seconds.saturating_add(load),
        skills: coder.skills,
        coder: index,
    })
}
