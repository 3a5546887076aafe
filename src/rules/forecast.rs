//! What will happen: shifts and expected arrivals run forward, many times over.
//!
//! Whoever becomes free takes the most urgent chart of the lanes open to them, as Next gives it out:
//! little slack first, then priority, then deadline. Arrivals fall by chance around their expected
//! number, and no chart takes exactly as long as expected; each run is one way in which the days may
//! go. The share of runs in which a chart is late is its risk. Lateness is judged at the return.

mod run;
mod sum;
#[cfg(test)]
mod tests;
mod what_if;

pub use sum::{Band, FacilityOutlook, Forecast, HourOfWork, QueueOutlook, RiskyChart};
pub use what_if::{Change, ChangeError};

use crate::ids::{ChartId, FacilityId, PersonId, QueueId};

/// Days that can be looked ahead, at most.
pub const HORIZON_DAYS_MAX: i64 = 14;
/// Runs of one forecast, at most.
pub const RUNS_MAX: u32 = 200;
/// Charts that one run follows, at most; later arrivals beyond it are not begun.
pub const CHARTS_PER_RUN_MAX: usize = 500_000;
const HOUR_SECONDS: i64 = 3_600;

/// What work is, in a forecast.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Stage {
    /// Codes are found.
    Coding,
    /// They are checked.
    Review,
}

/// Everything a forecast starts from. Times are seconds from now.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct World {
    /// How far to look.
    pub horizon_seconds: i64,
    /// The queues.
    pub queues: Vec<Queue>,
    /// Who works when.
    pub workers: Vec<Worker>,
    /// What waits now.
    pub waiting: Vec<Chart>,
    /// By how much the length of work strays: the standard deviation of its logarithm, in percent.
    pub spread_percent: u32,
}

/// One queue with what comes into it.
#[derive(Debug, Clone, PartialEq)]
pub struct Queue {
    /// The tenant.
    pub facility: FacilityId,
    /// The queue.
    pub id: QueueId,
    /// 1 is most urgent.
    pub priority: i32,
    /// Expected coding of a new chart.
    pub expected_seconds: u32,
    /// Expected review of a chart.
    pub review_seconds: u32,
    /// How many of a hundred codings are reviewed.
    pub sampling_percent: u32,
    /// What is expected to come in.
    pub arrivals: Vec<Arrivals>,
}

/// What comes in during one hour.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Arrivals {
    /// When the hour begins.
    pub from_seconds: i64,
    /// Charts expected in it.
    pub charts: f64,
    /// When a chart that comes in then is due.
    pub due_seconds: Option<i64>,
}

/// A chart that waits, or that somebody holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chart {
    /// Which chart.
    pub id: ChartId,
    /// Its queue's place in the world.
    pub queue: usize,
    /// What is to be done next.
    pub stage: Stage,
    /// How long that takes at the usual speed.
    pub expected_seconds: u32,
    /// When the contract wants it back.
    pub due_seconds: Option<i64>,
    /// 1 is most urgent.
    pub priority: i32,
    /// Since when it has waited; not after now.
    pub came_seconds: i64,
}

/// Somebody with the times at which they work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// Who; nobody yet in a what-if.
    pub person: Option<PersonId>,
    /// From where they work.
    pub country: String,
    /// 125 does a quarter more in an hour than expected.
    pub speed_percent: u32,
    /// From and to, in order, without overlap.
    pub shifts: Vec<(i64, i64)>,
    /// The queues they may code, by place.
    pub codes: Vec<usize>,
    /// The queues they may review, by place.
    pub reviews: Vec<usize>,
    /// What they hold now, in order.
    pub held: Vec<Chart>,
}

/// How a forecast is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Settings {
    /// How often the days are run through, at most [`RUNS_MAX`].
    pub runs: u32,
    /// The same seed foretells the same.
    pub seed: u64,
    /// In which order work is given out.
    pub policy: Policy,
}

impl Default for Settings {
    fn default() -> Self {
        Self { runs: 24, seed: 1, policy: Policy::MostUrgent }
    }
}

/// In which order work is given out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// As Next does.
    MostUrgent,
    /// First in, first out: what shops without a scheduler do, to compare with.
    FirstIn,
}

/// Foretells what becomes of a world.
#[must_use]
pub fn forecast(world: &World, settings: &Settings) -> Forecast {
    let mut sum = sum::Sum::over(world);
    for number in 0..settings.runs.clamp(1, RUNS_MAX) {
        let seed = settings.seed.wrapping_mul(1_000_003).wrapping_add(u64::from(number));
        sum.add(&run::run(world, seed, settings.policy));
    }
    sum.forecast()
}
