//! An instance laid out for the search: what a move looks at lies together.

use super::super::objective::{Chart, Instance};
use crate::eligibility::seconds_at_speed;

/// Longer than any shift, and short enough that sums of it never overflow.
const SECONDS_MAX: i64 = 1 << 31;
/// A chart without a deadline: due after everything.
const NEVER_DUE: i64 = i64::MAX / 4;
const WORD_BITS: usize = 64;

/// A place in a list as the index of an array.
#[inline]
#[expect(clippy::as_conversions, reason = "a usize has at least 32 bits wherever this runs")]
pub const fn at(place: u32) -> usize {
    place as usize
}

/// An index as a place; instances with more than 2³² − 1 charts do not fit into memory.
#[inline]
pub fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

/// One coder's working time.
#[derive(Debug, Clone, Copy)]
pub struct Desk {
    /// When the coder begins.
    pub from: i64,
    /// When the shift ends: what would be done later is left over.
    pub end: i64,
    speed_percent: u32,
}

/// One chart.
#[derive(Debug, Clone, Copy)]
pub struct Work {
    pub expected: i64,
    pub due: i64,
    weight: i64,
    /// What leaving it over costs.
    pub leave: i64,
    /// Its class.
    pub class: u32,
    /// Whether some coders of the class may not do it.
    has_barred: bool,
}

/// A chart in a coder's list, with all that reckoning its cost needs.
#[derive(Debug, Clone, Copy)]
pub struct Slot {
    /// What leaving it over costs.
    pub leave: i64,
    /// What a second of lateness costs.
    pub weight: i64,
    /// When it is due.
    pub due: i64,
    /// When it is done, as its list was last settled.
    pub done: i64,
    /// What it costs then.
    pub cost: i64,
    /// How long this coder takes.
    pub seconds: u32,
    /// Which chart it is.
    pub chart: u32,
}

/// The laid-out instance.
pub struct Table<'a> {
    instance: &'a Instance,
    /// The charge for one late chart.
    pub late: i64,
    /// The coders.
    pub desks: Vec<Desk>,
    /// The charts.
    pub works: Vec<Work>,
    /// The charts that fit into somebody's shift: all that the search moves.
    pub movable: Vec<u32>,
    /// The coders who could do at least one chart: their shares make up the spread.
    pub useful: Vec<u32>,
    classes: Vec<Vec<u32>>,
    /// For each class, a bit for each coder.
    members: Vec<u64>,
    words_per_class: usize,
}

impl<'a> Table<'a> {
    pub fn of(instance: &'a Instance) -> Self {
        let desk = |coder: &super::super::objective::Coder| Desk {
            from: coder.available_from_seconds,
            end: coder.available_from_seconds.saturating_add(coder.capacity_seconds),
            speed_percent: coder.speed_percent,
        };
        let words_per_class = instance.coders.len().div_ceil(WORD_BITS);
        let mut table = Self {
            instance,
            late: instance.charges.late_seconds,
            desks: instance.coders.iter().map(desk).collect(),
            works: instance.charts.iter().map(|chart| work(instance, chart)).collect(),
            movable: Vec::new(),
            useful: instance.useful_coders().map(place).collect(),
            classes: instance
                .classes
                .iter()
                .map(|it| it.iter().map(|c| place(*c)).collect())
                .collect(),
            members: vec![0; words_per_class * instance.classes.len()],
            words_per_class,
        };
        for (class, coders) in instance.classes.iter().enumerate() {
            for coder in coders {
                let word = class * words_per_class + coder / WORD_BITS;
                table.members[word] |= 1 << (coder % WORD_BITS);
            }
        }
        table.movable =
            (0..place(table.works.len())).filter(|it| table.fits_somewhere(*it)).collect();
        table
    }

    /// The coders of a chart's class; some may be barred from the chart itself.
    #[inline]
    pub fn class(&self, chart: u32) -> &[u32] {
        &self.classes[at(self.works[at(chart)].class)]
    }

    /// Whether a coder may do a chart.
    #[inline]
    pub fn may(&self, coder: u32, chart: u32) -> bool {
        let work = &self.works[at(chart)];
        let bits = at(work.class) * self.words_per_class + at(coder) / WORD_BITS;
        self.members[bits] >> (at(coder) % WORD_BITS) & 1 == 1 && !self.is_barred(coder, chart)
    }

    /// Whether a coder of the chart's class is barred from this one chart.
    #[inline]
    pub fn is_barred(&self, coder: u32, chart: u32) -> bool {
        self.works[at(chart)].has_barred
            && self.instance.charts[at(chart)].barred.contains(&at(coder))
    }

    /// The chart as it would lie in the coder's list.
    #[inline]
    pub fn slot(&self, chart: u32, coder: u32) -> Slot {
        let work = &self.works[at(chart)];
        let seconds = seconds_at_speed(work.expected, self.desks[at(coder)].speed_percent);
        Slot {
            leave: work.leave,
            weight: work.weight,
            due: work.due,
            done: 0,
            cost: 0,
            seconds: u32::try_from(seconds.clamp(0, SECONDS_MAX)).unwrap_or(u32::MAX),
            chart,
        }
    }

    /// What a chart costs when it is done at `done` by a coder whose shift ends at `end`.
    #[inline]
    pub const fn cost(&self, slot: &Slot, done: i64, end: i64) -> i64 {
        if done > end {
            return slot.leave;
        }
        let tardy = done - slot.due;
        if tardy > 0 { slot.weight * (self.late + tardy) } else { 0 }
    }

    /// What leaving everything over costs.
    pub fn cost_of_nothing(&self) -> i64 {
        self.works.iter().map(|work| work.leave).sum()
    }

    fn fits_somewhere(&self, chart: u32) -> bool {
        self.class(chart).iter().any(|coder| {
            let desk = &self.desks[at(*coder)];
            !self.is_barred(*coder, chart)
                && i64::from(self.slot(chart, *coder).seconds) <= desk.end - desk.from
        })
    }
}

fn work(instance: &Instance, chart: &Chart) -> Work {
    let charges = instance.charges;
    let due = chart.due_seconds.unwrap_or(NEVER_DUE);
    let tardy = charges.carryover_seconds.saturating_sub(due).max(0);
    let late = if tardy > 0 { charges.late_seconds.saturating_add(tardy) } else { 0 };
    Work {
        expected: chart.expected_seconds,
        due,
        weight: chart.weight,
        leave: chart.weight.saturating_mul(late.saturating_add(charges.defer_seconds)),
        class: place(chart.class),
        has_barred: !chart.barred.is_empty(),
    }
}
