//! Many runs, in figures.

use super::run::{Fate, Story};
use super::{Chart, HOUR_SECONDS, World};
use crate::dice::float;
use crate::ids::{ChartId, FacilityId, QueueId};
use std::collections::{BTreeMap, BTreeSet};

/// Charts at risk that are named, at most; the riskiest.
pub const RISKY_CHARTS_MAX: usize = 500;
/// In how many of a hundred runs a chart must be late to be called at risk.
pub const RISK_PERCENT_MIN: f64 = 10.0;

/// A figure with how far it may stray.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Band {
    /// One run in ten lies below.
    pub low: f64,
    /// The average of all runs.
    pub mean: f64,
    /// One run in ten lies above.
    pub high: f64,
}

/// What will probably happen.
#[derive(Debug, Clone, PartialEq)]
pub struct Forecast {
    /// By facility.
    pub facilities: Vec<FacilityOutlook>,
    /// By queue.
    pub queues: Vec<QueueOutlook>,
    /// By hour and country.
    pub hours: Vec<HourOfWork>,
    /// The charts that may miss their deadline, the riskiest first; without those that have.
    pub at_risk: Vec<RiskyChart>,
}

/// A facility's deadlines within the horizon.
#[derive(Debug, Clone, PartialEq)]
pub struct FacilityOutlook {
    /// The tenant.
    pub facility: FacilityId,
    /// Charts that are due from now to the horizon.
    pub due_charts: Band,
    /// The share of them that is returned in time, in percent; none when nothing is due.
    pub on_time_percent: Option<Band>,
}

/// A queue's backlog.
#[derive(Debug, Clone, PartialEq)]
pub struct QueueOutlook {
    /// The tenant.
    pub facility: FacilityId,
    /// The queue.
    pub queue: QueueId,
    /// Charts that wait or are held now.
    pub open_now: u32,
    /// When the last of them is back, in seconds from now; none when some run does not get there.
    pub clears_seconds: Option<Band>,
    /// The share of charts due within the horizon that is returned in time, in percent.
    pub on_time_percent: Option<Band>,
    /// Open charts at the end of each hour, those to come included.
    pub open_by_hour: Vec<f64>,
}

/// How busy one country's people are in one hour.
#[derive(Debug, Clone, PartialEq)]
pub struct HourOfWork {
    /// The hour's number from now.
    pub hour: usize,
    /// The country.
    pub country: String,
    /// Seconds of shift.
    pub on_shift_seconds: i64,
    /// Seconds of work; overtime can make it more than the shift.
    pub worked_seconds: f64,
}

/// A chart that may be late.
#[derive(Debug, Clone, PartialEq)]
pub struct RiskyChart {
    /// The chart.
    pub chart: ChartId,
    /// The tenant.
    pub facility: FacilityId,
    /// The queue.
    pub queue: QueueId,
    /// When it is due.
    pub due_seconds: i64,
    /// In how many of a hundred runs it is late.
    pub late_percent: f64,
    /// When it is back in half of the runs; none when it is not back within the horizon.
    pub done_seconds: Option<i64>,
}

/// What the runs so far add up to.
pub struct Sum<'w> {
    world: &'w World,
    known: Vec<Chart>,
    runs: u32,
    /// For each run, for each queue: due, and in time.
    due: Vec<Vec<(u32, u32)>>,
    /// For each run, for each queue: when the last known chart is back.
    clears: Vec<Vec<Option<i64>>>,
    open: Vec<Vec<f64>>,
    worked: Vec<Vec<f64>>,
    /// For each known chart: when it was back.
    done: Vec<Vec<Option<i64>>>,
}

impl<'w> Sum<'w> {
    pub fn over(world: &'w World) -> Self {
        let held = world.workers.iter().flat_map(|worker| &worker.held);
        let known: Vec<Chart> = world.waiting.iter().chain(held).copied().collect();
        Self {
            world,
            runs: 0,
            due: Vec::new(),
            clears: Vec::new(),
            open: Vec::new(),
            worked: Vec::new(),
            done: vec![Vec::new(); known.len()],
            known,
        }
    }

    pub fn add(&mut self, story: &Story) {
        let mut due = vec![(0, 0); self.world.queues.len()];
        let mut clears = vec![Some(0); self.world.queues.len()];
        for fate in &story.fates {
            let (Some(due), Some(clears)) = (due.get_mut(fate.queue), clears.get_mut(fate.queue))
            else {
                continue;
            };
            if is_due(fate, self.world.horizon_seconds) {
                due.0 += 1;
                due.1 += u32::from(in_time(fate));
            }
            if let Some(known) = fate.known {
                *clears = clears.zip(fate.done).map(|(last, done)| last.max(done));
                if let Some(seen) = self.done.get_mut(known) {
                    seen.push(fate.done);
                }
            }
        }
        self.due.push(due);
        self.clears.push(clears);
        add_all(&mut self.open, &story.open, |count| f64::from(*count));
        add_all(&mut self.worked, &story.worked, |seconds| float(*seconds));
        self.runs += 1;
    }

    pub fn forecast(&self) -> Forecast {
        Forecast {
            facilities: self.facilities(),
            queues: (0..self.world.queues.len()).filter_map(|place| self.queue(place)).collect(),
            hours: self.hours(),
            at_risk: self.at_risk(),
        }
    }

    fn facilities(&self) -> Vec<FacilityOutlook> {
        let of_queue = self.world.queues.iter().map(|queue| queue.facility);
        let facilities: BTreeSet<FacilityId> = of_queue.collect();
        let outlook = |facility| {
            let is_of = |place: usize| {
                self.world.queues.get(place).is_some_and(|it| it.facility == facility)
            };
            let (due_charts, on_time_percent) = self.on_time(is_of);
            FacilityOutlook { facility, due_charts, on_time_percent }
        };
        facilities.into_iter().map(outlook).collect()
    }

    fn queue(&self, place: usize) -> Option<QueueOutlook> {
        let queue = self.world.queues.get(place)?;
        let open_now = self.known.iter().filter(|chart| chart.queue == place).count();
        let clears: Option<Vec<f64>> =
            (self.clears.iter()).map(|run| run.get(place).copied().flatten().map(float)).collect();
        let open = self.open.get(place).map_or(&[][..], Vec::as_slice);
        Some(QueueOutlook {
            facility: queue.facility,
            queue: queue.id,
            open_now: u32::try_from(open_now).unwrap_or(u32::MAX),
            clears_seconds: clears.and_then(band),
            on_time_percent: self.on_time(|it| it == place).1,
            open_by_hour: open.iter().map(|sum| sum / f64::from(self.runs.max(1))).collect(),
        })
    }

    /// How many charts of some queues are due, and which share of them is in time.
    fn on_time(&self, is_of: impl Fn(usize) -> bool) -> (Band, Option<Band>) {
        let of_run = |run: &Vec<(u32, u32)>| {
            let of = run.iter().enumerate().filter(|(place, _)| is_of(*place));
            of.fold((0, 0), |sum, (_, one)| (sum.0 + one.0, sum.1 + one.1))
        };
        let sums: Vec<(u32, u32)> = self.due.iter().map(of_run).collect();
        let none = Band { low: 0.0, mean: 0.0, high: 0.0 };
        let due = band(sums.iter().map(|sum| f64::from(sum.0)).collect()).unwrap_or(none);
        let shares = sums.iter().filter(|sum| sum.0 > 0);
        let shares = shares.map(|sum| 100.0 * f64::from(sum.1) / f64::from(sum.0)).collect();
        (due, band(shares))
    }

    fn hours(&self) -> Vec<HourOfWork> {
        let mut hours: BTreeMap<(usize, &str), (i64, f64)> = BTreeMap::new();
        for (place, worker) in self.world.workers.iter().enumerate() {
            let worked = self.worked.get(place).map_or(&[][..], Vec::as_slice);
            for (hour, seconds) in worked.iter().enumerate() {
                let on_shift = on_shift(&worker.shifts, hour);
                if on_shift > 0 || *seconds > 0.0 {
                    let sum = hours.entry((hour, worker.country.as_str())).or_default();
                    sum.0 += on_shift;
                    sum.1 += seconds / f64::from(self.runs.max(1));
                }
            }
        }
        let hour = |((hour, country), (on_shift_seconds, worked_seconds)): ((usize, &str), _)| {
            HourOfWork { hour, country: country.to_owned(), on_shift_seconds, worked_seconds }
        };
        hours.into_iter().map(hour).collect()
    }

    fn at_risk(&self) -> Vec<RiskyChart> {
        let mut risky: Vec<RiskyChart> = self
            .known
            .iter()
            .zip(&self.done)
            .filter_map(|(chart, done)| self.risk(chart, done))
            .collect();
        risky.sort_by(|one, other| {
            let by_risk = other.late_percent.total_cmp(&one.late_percent);
            by_risk.then(one.due_seconds.cmp(&other.due_seconds)).then(one.chart.cmp(&other.chart))
        });
        risky.truncate(RISKY_CHARTS_MAX);
        risky
    }

    fn risk(&self, chart: &Chart, done: &[Option<i64>]) -> Option<RiskyChart> {
        let due_seconds = chart.due_seconds?;
        let queue = self.world.queues.get(chart.queue)?;
        // What is late already is at no risk any more.
        if !(0..=self.world.horizon_seconds).contains(&due_seconds) {
            return None;
        }
        let late = done.iter().filter(|done| done.is_none_or(|done| done > due_seconds)).count();
        let late = float(i64::try_from(late).unwrap_or(i64::MAX));
        let late_percent = 100.0 * late / f64::from(self.runs.max(1));
        let mut sorted: Vec<i64> = done.iter().map(|done| done.unwrap_or(i64::MAX)).collect();
        sorted.sort_unstable();
        let median = sorted.get(sorted.len() / 2).copied().filter(|done| *done < i64::MAX);
        (late_percent >= RISK_PERCENT_MIN).then_some(RiskyChart {
            chart: chart.id,
            facility: queue.facility,
            queue: queue.id,
            due_seconds,
            late_percent,
            done_seconds: median,
        })
    }
}

/// Whether the deadline lies between now and the horizon.
fn is_due(fate: &Fate, horizon: i64) -> bool {
    fate.due.is_some_and(|due| (0..=horizon).contains(&due))
}

fn in_time(fate: &Fate) -> bool {
    fate.due.zip(fate.done).is_some_and(|(due, done)| done <= due)
}

fn on_shift(shifts: &[(i64, i64)], hour: usize) -> i64 {
    let from = i64::try_from(hour).unwrap_or(i64::MAX / HOUR_SECONDS).saturating_mul(HOUR_SECONDS);
    let to = from + HOUR_SECONDS;
    shifts.iter().map(|(begins, ends)| (*ends.min(&to) - *begins.max(&from)).max(0)).sum()
}

fn add_all<T>(sums: &mut Vec<Vec<f64>>, more: &[Vec<T>], number: impl Fn(&T) -> f64) {
    sums.resize(more.len(), Vec::new());
    for (sums, more) in sums.iter_mut().zip(more) {
        sums.resize(more.len(), 0.0);
        for (sum, more) in sums.iter_mut().zip(more) {
            *sum += number(more);
        }
    }
}

/// Tenth, mean and ninetieth of some figures; none of none.
fn band(mut figures: Vec<f64>) -> Option<Band> {
    figures.sort_by(f64::total_cmp);
    let last = figures.len().checked_sub(1)?;
    let at = |tenth: usize| figures.get(last * tenth / 10).copied();
    let count = float(i64::try_from(figures.len()).unwrap_or(i64::MAX));
    Some(Band { low: at(1)?, mean: figures.iter().sum::<f64>() / count, high: at(9)? })
}
