//! How good a plan is, exactly: weighted lateness first, then balance. Integers only.
//!
//! A coder starts when the work in hand is done and goes through a list of charts without gaps.
//! F1 is the sum over charts of weight × (charge for being late + seconds late + charge for being
//! left over); a chart left over counts as done at the carry-over time. F2 is the spread of the
//! coders' utilisation and only breaks ties of F1.

#[cfg(test)]
mod tests;

use crate::eligibility::seconds_at_speed;

/// The charge for one late chart: as much as a day of lateness.
pub const LATE_CHARGE_SECONDS: i64 = 24 * 3600;
/// The further charge for a chart left over, so that doing one is always better than leaving it.
pub const DEFER_CHARGE_SECONDS: i64 = 3600;
/// The earliest time at which a chart left over counts as done.
pub const CARRYOVER_SECONDS_MIN: i64 = 24 * 3600;
/// Utilisation is reckoned in billionths, so that its spread is exact to a millionth of a percent.
const WHOLE: i128 = 1_000_000_000;
/// Billionths in a ten-thousandth of a percentage point.
const SPREAD_UNIT: i128 = 1000;

/// What is to be planned, as numbers. All times are seconds from now.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Instance {
    /// What lateness costs.
    pub charges: Charges,
    /// Who can work.
    pub coders: Vec<Coder>,
    /// What waits, most urgent first.
    pub charts: Vec<Chart>,
    /// Groups of charts that the same coders may do: those coders' places, ascending.
    pub classes: Vec<Vec<usize>>,
}

/// What lateness costs, in seconds of lateness.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Charges {
    /// For each late chart.
    pub late_seconds: i64,
    /// For each chart left over.
    pub defer_seconds: i64,
    /// When a chart left over counts as done.
    pub carryover_seconds: i64,
}

impl Default for Charges {
    fn default() -> Self {
        Self {
            late_seconds: LATE_CHARGE_SECONDS,
            defer_seconds: DEFER_CHARGE_SECONDS,
            carryover_seconds: CARRYOVER_SECONDS_MIN,
        }
    }
}

/// One person's working time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Coder {
    /// When the work in hand is done.
    pub available_from_seconds: i64,
    /// How much of the shift is left after that.
    pub capacity_seconds: i64,
    /// 125 does a quarter more in an hour than expected.
    pub speed_percent: u32,
    /// How many skills the person has; breaks ties between equals.
    pub skills: usize,
}

impl Coder {
    /// The coder's own seconds for a chart.
    #[must_use]
    pub fn seconds_for(&self, chart: &Chart) -> i64 {
        seconds_at_speed(chart.expected_seconds, self.speed_percent)
    }
}

/// One chart that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// How long it takes at the usual speed.
    pub expected_seconds: i64,
    /// When it is due; negative is overdue, `None` is never late.
    pub due_seconds: Option<i64>,
    /// How much its lateness counts.
    pub weight: i64,
    /// Its group in [`Instance::classes`].
    pub class: usize,
    /// Coders of the group who may not do this one.
    pub barred: Vec<usize>,
}

/// Each coder's charts in order of work, by place in the instance; coders beyond the list do nothing.
pub type Assignment = Vec<Vec<usize>>;

/// The objective: compared F1 first. Smaller is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Score {
    /// F1: weighted lateness, in seconds.
    pub lateness_seconds: i64,
    /// F2: the population standard deviation of utilisation, in ten-thousandths of a percentage
    /// point, over coders who could do at least one chart.
    pub spread: i64,
}

impl Score {
    /// F2 in percentage points, for people to read.
    #[must_use]
    pub fn spread_points(&self) -> f64 {
        i32::try_from(self.spread).map_or(f64::INFINITY, |spread| f64::from(spread) / 10_000.0)
    }
}

/// A score with what it is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Evaluation {
    /// The objective.
    pub score: Score,
    /// How many charts are late, those left over included.
    pub late_charts: usize,
    /// How many charts are left over.
    pub left_over_charts: usize,
    /// The weight of the charts that are in time.
    pub weight_on_time: i64,
}

/// Why an assignment cannot be carried out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Infeasible {
    /// There is no such coder.
    UnknownCoder(usize),
    /// There is no such chart.
    UnknownChart(usize),
    /// The chart is listed twice.
    Twice(usize),
    /// The coder may not do the chart.
    NotEligible {
        /// The coder's place.
        coder: usize,
        /// The chart's place.
        chart: usize,
    },
    /// The coder has less time than this work takes.
    OverCapacity(usize),
}

impl std::fmt::Display for Infeasible {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::UnknownCoder(coder) => write!(f, "there is no coder {coder}"),
            Self::UnknownChart(chart) => write!(f, "there is no chart {chart}"),
            Self::Twice(chart) => write!(f, "chart {chart} is listed twice"),
            Self::NotEligible { coder, chart } => {
                write!(f, "coder {coder} may not do chart {chart}")
            }
            Self::OverCapacity(coder) => write!(f, "coder {coder} has too little time"),
        }
    }
}

impl std::error::Error for Infeasible {}

/// How much a chart's lateness counts: 8, 4, 2, 1 for priority 1, 2, 3, and 4 or less urgent.
#[must_use]
pub const fn weight_of(priority: i32) -> i64 {
    match priority {
        i32::MIN..=1 => 8,
        2 => 4,
        3 => 2,
        4.. => 1,
    }
}

impl Instance {
    /// The coders who may do a chart, ascending.
    pub fn eligible<'a>(&'a self, chart: &'a Chart) -> impl Iterator<Item = usize> + 'a {
        let class = self.classes.get(chart.class).map_or(&[][..], Vec::as_slice);
        class.iter().copied().filter(|coder| !chart.barred.contains(coder))
    }

    /// The coders who could do at least one chart and have any time, ascending.
    pub fn useful_coders(&self) -> impl Iterator<Item = usize> + '_ {
        let mut counts = vec![false; self.coders.len()];
        // All charts of a class without barred coders say the same.
        let mut asked = vec![false; self.classes.len()];
        for chart in &self.charts {
            let Some(asked) = asked.get_mut(chart.class).filter(|asked| !**asked) else { continue };
            *asked = chart.barred.is_empty();
            for coder in self.eligible(chart) {
                if let Some(counts) = counts.get_mut(coder) {
                    *counts = true;
                }
            }
        }
        let has_time = |(coder, counts): (&Coder, bool)| counts && coder.capacity_seconds > 0;
        let useful = self.coders.iter().zip(counts).enumerate();
        useful.filter_map(move |(place, it)| has_time(it).then_some(place))
    }

    /// Checks an assignment and computes its objective.
    ///
    /// # Errors
    /// The first way in which the assignment cannot be carried out.
    pub fn evaluate(&self, assignment: &Assignment) -> Result<Evaluation, Infeasible> {
        let mut done = vec![None; self.charts.len()];
        let mut busy = vec![0; self.coders.len()];
        for (place, list) in assignment.iter().enumerate() {
            let coder = self.coders.get(place).ok_or(Infeasible::UnknownCoder(place))?;
            let seconds = busy.get_mut(place).ok_or(Infeasible::UnknownCoder(place))?;
            for chart in list {
                *seconds += self.seconds_if_eligible(place, *chart)?;
                let slot = done.get_mut(*chart).ok_or(Infeasible::UnknownChart(*chart))?;
                if slot.replace(coder.available_from_seconds + *seconds).is_some() {
                    return Err(Infeasible::Twice(*chart));
                }
            }
            if *seconds > coder.capacity_seconds {
                return Err(Infeasible::OverCapacity(place));
            }
        }
        Ok(self.weigh(&done, &busy))
    }

    fn seconds_if_eligible(&self, coder: usize, chart: usize) -> Result<i64, Infeasible> {
        let person = self.coders.get(coder).ok_or(Infeasible::UnknownCoder(coder))?;
        let work = self.charts.get(chart).ok_or(Infeasible::UnknownChart(chart))?;
        let class = self.classes.get(work.class).map_or(&[][..], Vec::as_slice);
        if class.binary_search(&coder).is_err() || work.barred.contains(&coder) {
            return Err(Infeasible::NotEligible { coder, chart });
        }
        Ok(person.seconds_for(work))
    }

    fn weigh(&self, done: &[Option<i64>], busy: &[i64]) -> Evaluation {
        let charges = self.charges;
        let spread = self.spread(busy);
        let mut sum = Evaluation {
            score: Score { lateness_seconds: 0, spread },
            late_charts: 0,
            left_over_charts: 0,
            weight_on_time: 0,
        };
        for (chart, done) in self.charts.iter().zip(done) {
            let at = done.unwrap_or(charges.carryover_seconds);
            let tardy = chart.due_seconds.map_or(0, |due| at.saturating_sub(due).max(0));
            let mut cost = tardy;
            if tardy > 0 {
                sum.late_charts += 1;
                cost = cost.saturating_add(charges.late_seconds);
            } else {
                sum.weight_on_time = sum.weight_on_time.saturating_add(chart.weight);
            }
            if done.is_none() {
                sum.left_over_charts += 1;
                cost = cost.saturating_add(charges.defer_seconds);
            }
            let weighted = cost.saturating_mul(chart.weight);
            sum.score.lateness_seconds = sum.score.lateness_seconds.saturating_add(weighted);
        }
        sum
    }

    /// F2, over coders who could do at least one chart and have any time.
    fn spread(&self, busy: &[i64]) -> i64 {
        let share = |place: usize| {
            let (coder, busy) = (self.coders.get(place)?, busy.get(place)?);
            Some(i128::from(*busy) * WHOLE / i128::from(coder.capacity_seconds))
        };
        let shares: Vec<i128> = self.useful_coders().filter_map(share).collect();
        let Some(count) = i128::try_from(shares.len()).ok().filter(|count| *count > 0) else {
            return 0;
        };
        // n·Σu² − (Σu)² is n² times the variance: nothing is rounded before the root.
        let sum: i128 = shares.iter().sum();
        let squares: i128 = shares.iter().map(|share| share * share).sum();
        let deviation = (count * squares - sum * sum).isqrt() / count;
        i64::try_from((deviation + SPREAD_UNIT / 2) / SPREAD_UNIT).unwrap_or(i64::MAX)
    }
}
