//! Of plans that are equally in time, the one that spreads the work most evenly.

use super::lists::{Lists, NOBODY, NONE};
use super::table::at;
use crate::dice::{Dice, float};

/// Tries for each chart.
const TRIES_PER_CHART: usize = 60;
/// Tries in all.
const TRIES_MAX: usize = 400_000;

/// How busy each coder is, as a share of the shift, with the sums that the spread is made of.
struct Spread {
    coders: f64,
    sum: f64,
    squares: f64,
}

/// Moves single charts where that delays nothing and narrows the spread of the coders' shares.
pub fn balance(lists: &mut Lists<'_, '_>, dice: &mut Dice, stop: &mut dyn FnMut() -> bool) {
    const TRIES_PER_STOP: usize = 512;
    let mut spread = Spread::of(lists);
    let tries = lists.table.movable.len().saturating_mul(TRIES_PER_CHART).min(TRIES_MAX);
    for attempt in 0..tries {
        if attempt % TRIES_PER_STOP == 0 && stop() {
            return;
        }
        attempt_move(lists, &mut spread, dice);
    }
}

fn attempt_move(lists: &mut Lists<'_, '_>, spread: &mut Spread, dice: &mut Dice) {
    let table = lists.table;
    let Some(chart) = table.movable.get(dice.below(table.movable.len())).copied() else { return };
    let from = lists.coder_of(chart);
    let class = table.class(chart);
    let to = class[dice.below(class.len())];
    if from == NOBODY || from == to || table.is_barred(to, chart) {
        return;
    }
    let position = lists.position(from, chart);
    let slot = table.slot(chart, to);
    let less = i64::from(lists.list(from)[position].seconds);
    let change = Change::of(lists, [(from, -less), (to, i64::from(slot.seconds))]);
    if spread.narrowed_by(change) {
        let saving = lists.saving(from, position);
        let Some(place) = lists.best_place(to, NONE, &slot, saving + 1) else { return };
        lists.take(from, position);
        lists.put(to, place.position, slot);
        lists.cost += place.cost - saving;
        lists.settle(from);
        lists.settle(to);
        if place.cost == saving {
            spread.follow(change);
        } else {
            // Cheaper, and perhaps something fell off a list's end: the sums are made anew.
            *spread = Spread::of(lists);
        }
    }
}

/// What a move adds to the sum of the shares and to the sum of their squares.
#[derive(Clone, Copy)]
struct Change {
    sum: f64,
    squares: f64,
}

impl Change {
    /// Of coders with so many seconds of work more or less.
    fn of(lists: &Lists<'_, '_>, hands: [(u32, i64); 2]) -> Self {
        let mut change = Self { sum: 0.0, squares: 0.0 };
        for (coder, more) in hands {
            let (before, after) = (share(lists, coder, 0), share(lists, coder, more));
            change.sum += after - before;
            change.squares += after * after - before * before;
        }
        change
    }
}

impl Spread {
    fn of(lists: &Lists<'_, '_>) -> Self {
        let mut spread = Self { coders: 0.0, sum: 0.0, squares: 0.0 };
        for coder in &lists.table.useful {
            let share = share(lists, *coder, 0);
            spread.coders += 1.0;
            spread.sum += share;
            spread.squares += share * share;
        }
        spread
    }

    /// n²·variance = n·Σu² − (Σu)²; a change must be more than rounding.
    fn narrowed_by(&self, change: Change) -> bool {
        const ROUNDING: f64 = 1e-9;
        let after = (self.sum + change.sum).powi(2) - self.sum.powi(2);
        self.coders * change.squares - after < -ROUNDING
    }

    fn follow(&mut self, change: Change) {
        self.sum += change.sum;
        self.squares += change.squares;
    }
}

/// How busy a coder would be with so many seconds more, as a share of the shift.
fn share(lists: &Lists<'_, '_>, coder: u32, more: i64) -> f64 {
    let desk = lists.table.desks[at(coder)];
    float(lists.busy(coder) + more) / float((desk.end - desk.from).max(1))
}
