//! How long coding takes, learned from what it took.
//!
//! One finished coding is one observation: the active seconds of whoever handed in the chart's first
//! codes, if nobody else worked on it. Active time is the time between signs of life from the desk; a
//! silence of more than two minutes was a break and counts nothing. What lies beyond a quarter or four
//! times the middle observation of its queue counts as that bound. Little evidence changes little:
//!
//! - queue: (20 × the queue's default + sum of observations) ÷ (20 + n)
//! - queue and length: (20 × the queue's estimate + sum of observations) ÷ (20 + n)
//! - coder: (20 charts at the usual speed + their expected seconds) ÷ (the same + their active seconds),
//!   in percent, at least 50 and at most 200

#[cfg(test)]
mod tests;

use crate::eligibility::USUAL_SPEED_PERCENT;
use crate::ids::{FacilityId, PersonId, QueueId};
use crate::metrics::median;
use std::collections::BTreeMap;

/// Days back from which observations count: long enough for rare work, short enough for new habits.
pub const LEARNING_DAYS: i64 = 90;
/// What is known before counts as much as so many observations.
pub const PRIOR_CHARTS: u64 = 20;
/// How slow or fast anybody is taken to be.
pub const SPEED_PERCENT_MIN: u32 = 50;
/// The other end.
pub const SPEED_PERCENT_MAX: u32 = 200;
/// An estimate, like a queue's default, lies between ten seconds and a day.
pub const EXPECTED_SECONDS_MIN: u32 = 10;
/// The other end.
pub const EXPECTED_SECONDS_MAX: u32 = 86_400;
/// An observation counts as at most this many times the middle one, and at least as that part of it.
const OUTLIER_TIMES: i64 = 4;

/// The rule, published beside the numbers that it makes.
pub const RULE: &str = "(20 × the queue's default + sum of active seconds of first codings) ÷ (20 + n), \
    then alike by document length with the queue's estimate in the default's place; the last 90 days, a \
    silence of more than 2 minutes left out, values beyond a quarter or four times the queue's middle one \
    set to that bound";

text_enum!(
    /// How much there is to read in a chart.
    LengthBucket {
        /// Whatever its length: what is known of a queue as a whole.
        Any = "any",
        /// A page or two.
        Short = "short",
        /// Some pages.
        Medium = "medium",
        /// A thick chart.
        Long = "long",
        /// A book.
        VeryLong = "very_long",
    }
);

impl LengthBucket {
    /// The bucket of a chart with so many bytes of text in all its documents.
    #[must_use]
    pub const fn of(text_bytes: u64) -> Self {
        match text_bytes {
            ..4_096 => Self::Short,
            4_096..16_384 => Self::Medium,
            16_384..65_536 => Self::Long,
            65_536.. => Self::VeryLong,
        }
    }

    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Any => "any length",
            Self::Short => "< 4 KiB",
            Self::Medium => "4–16 KiB",
            Self::Long => "16–64 KiB",
            Self::VeryLong => "> 64 KiB",
        }
    }
}

/// A queue of a facility.
pub type Queue = (FacilityId, QueueId);

/// One finished coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Observation {
    /// Where.
    pub queue: Queue,
    /// How long the chart was.
    pub length: LengthBucket,
    /// Who coded it.
    pub coder: PersonId,
    /// What it took.
    pub active_seconds: u32,
}

/// What a coding is expected to take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Estimate {
    /// At the usual speed, on [`rounded`]'s steps.
    pub expected_seconds: u32,
    /// From how many codings.
    pub observations: u32,
}

/// How fast somebody works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Speed {
    /// 125 does a quarter more in an hour than expected.
    pub percent: u32,
    /// From how many codings.
    pub observations: u32,
}

/// All that was learned.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Lessons {
    /// By queue and length; a queue as a whole is [`LengthBucket::Any`].
    pub estimates: BTreeMap<(Queue, LengthBucket), Estimate>,
    /// By coder.
    pub speeds: BTreeMap<PersonId, Speed>,
}

impl Lessons {
    /// What is expected of one coding, the nearest that is known.
    fn expected(&self, queue: Queue, length: LengthBucket) -> Option<u32> {
        let known = self.estimates.get(&(queue, length));
        let known = known.or_else(|| self.estimates.get(&(queue, LengthBucket::Any)));
        known.map(|estimate| estimate.expected_seconds)
    }
}

/// Observations of one kind.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    seconds: u64,
    n: u32,
}

impl Sum {
    fn add(&mut self, seconds: u64) {
        self.seconds = self.seconds.saturating_add(seconds);
        self.n = self.n.saturating_add(1);
    }

    fn shrunk_towards(self, prior_seconds: u32) -> Estimate {
        let known = PRIOR_CHARTS.saturating_mul(u64::from(prior_seconds));
        let n = PRIOR_CHARTS.saturating_add(u64::from(self.n));
        let mean = known.saturating_add(self.seconds).saturating_add(n / 2) / n;
        let expected_seconds = rounded(u32::try_from(mean).unwrap_or(EXPECTED_SECONDS_MAX));
        Estimate { expected_seconds, observations: self.n }
    }
}

/// Learns from scratch: the same observations always teach the same. Those of a queue without a default are
/// left aside.
#[must_use]
pub fn learn(defaults: &BTreeMap<Queue, u32>, observations: &[Observation]) -> Lessons {
    let bounded = winsorised(observations);
    let mut sums: BTreeMap<(Queue, LengthBucket), Sum> = BTreeMap::new();
    for seen in bounded.iter().filter(|seen| defaults.contains_key(&seen.queue)) {
        let mut add = |length| {
            sums.entry((seen.queue, length)).or_default().add(u64::from(seen.active_seconds));
        };
        add(LengthBucket::Any);
        if seen.length != LengthBucket::Any {
            add(seen.length);
        }
    }
    let mut lessons = Lessons::default();
    // `Any` is first of each queue, so that the queue's estimate stands when its lengths' are made.
    for ((queue, length), sum) in sums {
        let Some(prior) = lessons.expected(queue, length).or_else(|| defaults.get(&queue).copied())
        else {
            continue;
        };
        lessons.estimates.insert((queue, length), sum.shrunk_towards(prior));
    }
    lessons.speeds = speeds(&lessons, &bounded);
    lessons
}

/// The observations with each queue's outliers set to its bounds.
fn winsorised(observations: &[Observation]) -> Vec<Observation> {
    let mut by_queue: BTreeMap<Queue, Vec<i64>> = BTreeMap::new();
    for seen in observations {
        by_queue.entry(seen.queue).or_default().push(i64::from(seen.active_seconds));
    }
    let middles: BTreeMap<Queue, i64> = by_queue
        .into_iter()
        .filter_map(|(queue, mut seconds)| {
            seconds.sort_unstable();
            Some((queue, median(&seconds)?))
        })
        .collect();
    let bounded = |seen: &Observation| {
        let middle = middles.get(&seen.queue)?;
        let (low, high) = (middle / OUTLIER_TIMES, middle.saturating_mul(OUTLIER_TIMES));
        let seconds = i64::from(seen.active_seconds).clamp(low, high);
        Some(Observation { active_seconds: u32::try_from(seconds).ok()?, ..*seen })
    };
    observations.iter().filter_map(bounded).collect()
}

fn speeds(lessons: &Lessons, observations: &[Observation]) -> BTreeMap<PersonId, Speed> {
    let mut by_coder: BTreeMap<PersonId, (Sum, Sum)> = BTreeMap::new();
    for seen in observations {
        let Some(expected) = lessons.expected(seen.queue, seen.length) else { continue };
        let (of_expected, of_active) = by_coder.entry(seen.coder).or_default();
        of_expected.add(u64::from(expected));
        of_active.add(u64::from(seen.active_seconds));
    }
    by_coder
        .into_iter()
        .map(|(coder, (expected, active))| (coder, speed(expected, active)))
        .collect()
}

/// With m the mean of the expected seconds: (20 m + expected) ÷ (20 m + active).
fn speed(expected: Sum, active: Sum) -> Speed {
    let n = u64::from(expected.n);
    let usual = PRIOR_CHARTS.saturating_mul(expected.seconds);
    let above = n.saturating_mul(expected.seconds).saturating_add(usual);
    let below = n.saturating_mul(active.seconds).saturating_add(usual).max(1);
    let percent =
        u64::from(USUAL_SPEED_PERCENT).saturating_mul(above).saturating_add(below / 2) / below;
    let percent = u32::try_from(percent).unwrap_or(SPEED_PERCENT_MAX);
    Speed { percent: percent.clamp(SPEED_PERCENT_MIN, SPEED_PERCENT_MAX), observations: expected.n }
}

/// An estimate in steps of about a twentieth: what is not known more precisely is not said so, and a queue
/// has few different lengths to keep apart.
#[must_use]
pub fn rounded(seconds: u32) -> u32 {
    let step = match seconds {
        ..300 => 15,
        300..900 => 30,
        900..3_600 => 60,
        3_600..14_400 => 300,
        14_400.. => 900,
    };
    let steps = seconds.saturating_add(step / 2) / step;
    steps.saturating_mul(step).clamp(EXPECTED_SECONDS_MIN, EXPECTED_SECONDS_MAX)
}
