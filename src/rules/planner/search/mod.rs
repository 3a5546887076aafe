//! The search for a better plan than a first guess.
//!
//! Every coder has a list; what does not fit into the shift falls off its end and is left over.
//! Moves put a chart into another list where it costs least, and what they push out goes on to a
//! third. A move for the worse is made now and then, ever more rarely: simulated annealing
//! (Kirkpatrick 1983) where charts are many, parallel tempering where they are few. How long it
//! goes on is counted in looks at places, not by a clock, so that the same seed finds the same
//! plan on every run.
#![expect(
    clippy::indexing_slicing,
    reason = "the inner loop: places come from the same lists, and a wrong one must stop the run"
)]

mod anneal;
mod balance;
mod build;
mod leniency;
mod lists;
mod moves;
mod table;
#[cfg(test)]
mod tests;

use super::objective::{Assignment, Instance};
use crate::dice::Dice;
use table::Table;

/// How hard to search, and by which chance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Effort {
    /// Looks at places in lists, about 4 ns each; 0 leaves the first guess as it is.
    pub looks: u64,
    /// The same seed finds the same plan.
    pub seed: u64,
}

/// Looks in a millisecond of one core, on the slow side.
const LOOKS_PER_MILLISECOND: u64 = 200_000;
/// The same for more charts than the processor's cache holds.
const LOOKS_PER_MILLISECOND_OF_MANY: u64 = 90_000;
const MANY_CHARTS: u64 = 200_000;
/// The first guess takes a millisecond for so many charts.
const CHARTS_GUESSED_PER_MILLISECOND: u64 = 300;

impl Effort {
    /// What is done within a time on a usual machine, for so many charts; the first guess is made
    /// however long it takes.
    #[must_use]
    pub fn within(budget_milliseconds: u64, charts: usize, seed: u64) -> Self {
        let charts = u64::try_from(charts).unwrap_or(u64::MAX);
        let many = charts > MANY_CHARTS;
        let rate = if many { LOOKS_PER_MILLISECOND_OF_MANY } else { LOOKS_PER_MILLISECOND };
        let left = budget_milliseconds.saturating_sub(charts / CHARTS_GUESSED_PER_MILLISECOND);
        Self { looks: left.saturating_mul(rate), seed }
    }
}

/// Searches a good plan for the whole of an instance. `stop` is asked several times in a
/// millisecond; once it says so, the best plan so far is the answer.
///
/// The plan can always be carried out: see [`Instance::evaluate`].
#[must_use]
pub fn search(instance: &Instance, effort: Effort, stop: &mut dyn FnMut() -> bool) -> Assignment {
    let table = Table::of(instance);
    let mut dice = Dice::new(effort.seed);
    let first = build::build(&table, &mut dice);
    if effort.looks == 0 {
        return first.assignment();
    }
    let mut lists = anneal::improve(first, dice.clone(), effort, stop);
    balance::balance(&mut lists, &mut dice, stop);
    debug_assert_eq!(lists.cost, lists.recount(), "the running cost is the true one");
    lists.assignment()
}
