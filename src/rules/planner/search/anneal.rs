//! Two ways of cooling: one plan slowly, or several plans at once that change places.

use super::Effort;
use super::leniency::Leniency;
use super::lists::Lists;
use super::moves::{Habits, Mover};
use crate::dice::{Dice, float};

/// Up to so many charts, several plans at once end better than one that cools.
const TEMPERED_CHARTS_MAX: usize = 400;
/// With fewer looks for a chart, several plans at once get nowhere.
const TEMPERED_LOOKS_PER_CHART_MIN: u64 = 100_000;
/// Steps between two looks at how far the search is.
const STEPS_PER_BURST: u64 = 500;
/// What a step costs beside its looks at places, in looks (measured: 30 ns beside 4 ns).
const LOOKS_PER_STEP: u64 = 10;
/// A plan is compared with the best after so many steps, where comparing matters.
const STEPS_PER_GLANCE: u64 = 10;

/// A falling temperature. Temperatures are shares of what leaving a chart over costs on average.
#[derive(Debug, Clone, Copy)]
struct Cooling {
    hot: f64,
    mild: f64,
    cold: f64,
    /// The share of the effort that goes from hot to mild, where most is decided.
    mild_at: f64,
}

impl Cooling {
    const fn times(self, scale: f64) -> Self {
        Self { hot: self.hot * scale, mild: self.mild * scale, cold: self.cold * scale, ..self }
    }

    fn at(&self, progress: f64) -> f64 {
        let between = |from: f64, to: f64, share: f64| from * (to / from).powf(share);
        if progress < self.mild_at {
            between(self.hot, self.mild, progress / self.mild_at)
        } else {
            between(self.mild, self.cold, (progress - self.mild_at) / (1.0 - self.mild_at))
        }
    }
}

// These figures were found by trying some hundred others on batches of 50 to 10,000 charts.
const COOLING: Cooling = Cooling { hot: 0.2, mild: 0.024, cold: 0.003, mild_at: 0.8 };
const HABITS: Habits = Habits::of_percent(95, 10, 80, 30, 70);
/// With few looks for each chart there is no time to come down from high.
const SHORT_COOLING: Cooling = Cooling { hot: 0.03, mild: 0.01, cold: 0.002, mild_at: 0.5 };
const SHORT_LOOKS_PER_CHART: u64 = 8_000;

/// The temperatures of several plans at once, from cold to hot.
const TEMPERED: [f64; 6] = [0.0116, 0.0202, 0.0352, 0.0614, 0.107, 0.187];
const TEMPERED_HABITS: Habits = Habits::of_percent(90, 20, 60, 80, 30);
/// The coldest of them, cooled down at the end with this share of the effort.
const LAST_COOLING: Cooling = Cooling { hot: 0.0116, mild: 0.0116, cold: 0.0005, mild_at: 0.0 };
const LAST_SHARE: u64 = 20;

/// Improves a plan; the best that was seen is what remains.
pub fn improve<'t, 'a>(
    lists: Lists<'t, 'a>,
    dice: Dice,
    effort: Effort,
    stop: &mut dyn FnMut() -> bool,
) -> Lists<'t, 'a> {
    let charts = lists.table.movable.len();
    if charts == 0 {
        return lists;
    }
    let scale = scale(&lists);
    let per_chart = effort.looks / u64::try_from(charts).unwrap_or(u64::MAX);
    let mut mover = Mover { dice, leniency: Leniency::new(), habits: HABITS };
    if charts > TEMPERED_CHARTS_MAX || per_chart < TEMPERED_LOOKS_PER_CHART_MIN {
        let cooling = if per_chart < SHORT_LOOKS_PER_CHART { SHORT_COOLING } else { COOLING };
        return cool(lists, &mut mover, (&cooling.times(scale), effort.looks), stop);
    }
    mover.habits = TEMPERED_HABITS;
    let last = effort.looks / LAST_SHARE;
    let best = temper(lists, &mut mover, (scale, effort.looks - last), stop);
    cool(best, &mut mover, (&LAST_COOLING.times(scale), last), stop)
}

/// What leaving one chart over costs on average.
fn scale(lists: &Lists<'_, '_>) -> f64 {
    let charts = i64::try_from(lists.table.works.len().max(1)).unwrap_or(i64::MAX);
    float(lists.table.cost_of_nothing()) / float(charts)
}

/// Simulated annealing: moves for the worse get rarer as it cools.
fn cool<'t, 'a>(
    mut lists: Lists<'t, 'a>,
    mover: &mut Mover,
    (cooling, looks_max): (&Cooling, u64),
    stop: &mut dyn FnMut() -> bool,
) -> Lists<'t, 'a> {
    let begun_at = lists.looks();
    let mut best = lists.clone();
    let mut spent = 0;
    while spent < looks_max && !stop() {
        let temperature = cooling.at(ratio(spent, looks_max));
        for _ in 0..STEPS_PER_BURST {
            mover.step(&mut lists, temperature);
        }
        lists.count_looks(STEPS_PER_BURST * LOOKS_PER_STEP);
        spent = lists.looks() - begun_at;
        // Only the cold end is worth keeping, and copying a large plan takes time.
        let nearly_over = spent > looks_max - looks_max / 20;
        if nearly_over && lists.cost < best.cost {
            best.clone_from(&lists);
        }
    }
    if lists.cost < best.cost { lists } else { best }
}

/// Parallel tempering (Geyer 1991): plans at fixed temperatures, of which two neighbours change
/// places when the hotter one has found the better plan, and at times when it has not.
fn temper<'t, 'a>(
    lists: Lists<'t, 'a>,
    mover: &mut Mover,
    (scale, looks_max): (f64, u64),
    stop: &mut dyn FnMut() -> bool,
) -> Lists<'t, 'a> {
    let temperatures = TEMPERED.map(|share| share * scale);
    let mut plans = TEMPERED.map(|_| lists.clone());
    let begun_at = lists.looks();
    let mut best = lists;
    let mut spent = 0;
    while spent < looks_max && !stop() {
        for (lists, temperature) in plans.iter_mut().zip(&temperatures) {
            for _ in 0..STEPS_PER_BURST / STEPS_PER_GLANCE {
                for _ in 0..STEPS_PER_GLANCE {
                    mover.step(lists, *temperature);
                }
                if lists.cost < best.cost {
                    best.clone_from(lists);
                }
            }
            lists.count_looks(STEPS_PER_BURST * LOOKS_PER_STEP);
        }
        change_places(&mut plans, &temperatures, &mut mover.dice);
        spent = plans.iter().map(|lists| lists.looks() - begun_at).sum();
    }
    best
}

fn change_places(plans: &mut [Lists<'_, '_>], temperatures: &[f64], dice: &mut Dice) {
    for cold in 1..plans.len() {
        let (colder, hotter) = (cold - 1, cold);
        let gain = float(plans[colder].cost - plans[hotter].cost);
        let steepness = temperatures[colder].recip() - temperatures[hotter].recip();
        if gain >= 0.0 || dice.share() < (gain * steepness).exp() {
            plans.swap(colder, hotter);
        }
    }
}

fn ratio(part: u64, whole: u64) -> f64 {
    let number = |it: u64| float(i64::try_from(it).unwrap_or(i64::MAX));
    number(part) / number(whole.max(1))
}
