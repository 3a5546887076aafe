//! A first plan: the most valuable seconds first, each where it costs least.

use super::lists::{Lists, NONE};
use super::table::{Slot, Table, at};
use crate::dice::Dice;

/// Coders that are asked for one chart, at most.
const CODERS_ASKED_MAX: usize = 24;
/// The same where asking more would take seconds.
const CODERS_ASKED_OF_MANY_MAX: usize = 8;
const MANY_CHARTS: usize = 200_000;

/// A plan to begin with.
pub fn build<'t, 'a>(table: &'t Table<'a>, dice: &mut Dice) -> Lists<'t, 'a> {
    let mut lists = Lists::empty(table);
    let many = table.movable.len() > MANY_CHARTS;
    let asked_max = if many { CODERS_ASKED_OF_MANY_MAX } else { CODERS_ASKED_MAX };
    for chart in by_value(table) {
        place_best(&mut lists, chart, asked_max, dice);
    }
    lists
}

/// Puts a chart that is left over where it costs least, if anywhere is better than leaving it.
fn place_best(lists: &mut Lists<'_, '_>, chart: u32, asked_max: usize, dice: &mut Dice) {
    let table = lists.table;
    let class = table.class(chart);
    let from = dice.below(class.len());
    let mut best: Option<(i64, i64, u32, usize, Slot)> = None;
    let leave = table.works[at(chart)].leave;
    for offset in 0..class.len().min(asked_max) {
        let coder = class[(from + offset) % class.len()];
        if table.is_barred(coder, chart) {
            continue;
        }
        let slot = table.slot(chart, coder);
        let limit = best.map_or(leave, |best| best.0 + 1);
        let Some(place) = lists.best_place(coder, NONE, &slot, limit) else { continue };
        let load = lists.busy(coder) + i64::from(slot.seconds);
        if best.is_none_or(|best| (place.cost, load) < (best.0, best.1)) {
            best = Some((place.cost, load, coder, place.position, slot));
        }
    }
    let Some((cost, _, coder, position, slot)) = best else { return };
    lists.put(coder, position, slot);
    lists.cost += cost - leave;
    lists.settle(coder);
}

/// The charts by what a second spent on them is worth, the greatest first.
fn by_value(table: &Table<'_>) -> Vec<u32> {
    let mut order = table.movable.clone();
    let value = |chart: &u32| {
        let work = &table.works[at(*chart)];
        (work.leave / work.expected.max(1), -work.due)
    };
    order.sort_by_cached_key(|chart| std::cmp::Reverse((value(chart), std::cmp::Reverse(*chart))));
    order
}
