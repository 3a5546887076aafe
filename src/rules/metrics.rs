//! What every published number means, with its formula.

use serde::{Deserialize, Serialize};

use crate::Instant;

/// The 97.5 % point of the normal distribution, for intervals of 95 %.
const NORMAL_QUANTILE: f64 = 1.959_963_984_540_054;

/// Of eight scheduled hours seven are productive; the eighth is for personal needs and fatigue.
const PRODUCTIVE_EIGHTHS: i64 = 7;

const DAY_SECONDS: i64 = 86_400;

text_enum!(
    /// A number that pages and reports publish.
    Measure {
        /// How fast work is done against its standard time.
        Productivity = "productivity",
        /// How much is back in time.
        OnTime = "on_time",
        /// How long the middle chart takes.
        MedianTurnaround = "median_turnaround",
        /// How long all but the slowest tenth take at most.
        NinetiethTurnaround = "p90_turnaround",
        /// How old the waiting work is.
        BacklogAge = "backlog_age",
        /// By how much the middle estimate missed.
        EstimateError = "estimate_error",
        /// Whether estimates are too long or too short on the whole.
        EstimateBias = "estimate_bias",
    }
);

impl Measure {
    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Productivity => "Productivity",
            Self::OnTime => "On time",
            Self::MedianTurnaround => "Median turnaround",
            Self::NinetiethTurnaround => "90th-percentile turnaround",
            Self::BacklogAge => "Age of backlog",
            Self::EstimateError => "Estimates, median error",
            Self::EstimateBias => "Estimates, bias",
        }
    }

    /// The formula, published beside the number.
    #[must_use]
    pub const fn formula(self) -> &'static str {
        match self {
            Self::Productivity => {
                "sum of the standard seconds of distinct charts submitted for the first time \
                 ÷ productive seconds × 100"
            }
            Self::OnTime => "charts returned at or before their due time ÷ charts returned × 100",
            Self::MedianTurnaround => {
                "open seconds from ready to returned, less stopped time: the middle value, or the \
                 mean of the two middle values"
            }
            Self::NinetiethTurnaround => {
                "open seconds from ready to returned, less stopped time: the value at rank \
                 ⌈0.9 × n⌉ of the sorted values"
            }
            Self::BacklogAge => "time since the chart was received, for charts not yet returned",
            Self::EstimateError => {
                "|expected seconds − active seconds| ÷ active seconds × 100 of each coding: the middle \
                 value, or the mean of the two middle values"
            }
            Self::EstimateBias => {
                "(sum of expected seconds − sum of active seconds) ÷ sum of active seconds × 100; above 0 \
                 more was expected than was needed"
            }
        }
    }
}

/// A lower and an upper bound in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Interval {
    /// The lower bound, 0 to 100.
    pub low_percent: f64,
    /// The upper bound, 0 to 100.
    pub high_percent: f64,
}

/// Part ÷ whole × 100; none when the whole is 0.
#[must_use]
pub fn share_percent(part: u32, whole: u32) -> Option<f64> {
    (whole > 0).then(|| f64::from(part) / f64::from(whole) * 100.0)
}

/// The Wilson 95 % interval of a share, as fractions from 0 to 1.
///
/// With p = successes ÷ n and z = 1.96: (p + z²/2n ± z √(p(1−p)/n + z²/4n²)) ÷ (1 + z²/n). None when
/// n is 0 or there are more successes than n.
#[must_use]
pub fn wilson_interval(successes: u32, n: u32) -> Option<(f64, f64)> {
    if n == 0 || successes > n {
        return None;
    }
    let count = f64::from(n);
    let share = f64::from(successes) / count;
    let z_squared = NORMAL_QUANTILE * NORMAL_QUANTILE;
    let spread = (share * (1.0 - share) / count + z_squared / (4.0 * count * count)).sqrt();
    let centre = share + z_squared / (2.0 * count);
    let scale = 1.0 + z_squared / count;
    // At shares of 0 and 1 a bound is exact; floating point must not put it outside.
    let low = if successes == 0 { 0.0 } else { (centre - NORMAL_QUANTILE * spread) / scale };
    let high = if successes == n { 1.0 } else { (centre + NORMAL_QUANTILE * spread) / scale };
    Some((low, high))
}

/// [`wilson_interval`] in percent.
#[must_use]
pub fn wilson_interval_percent(successes: u32, n: u32) -> Option<Interval> {
    wilson_interval(successes, n)
        .map(|(low, high)| Interval { low_percent: low * 100.0, high_percent: high * 100.0 })
}

/// The nearest-rank percentile of sorted values: the value at rank ⌈percent ÷ 100 × n⌉, so always one
/// that occurs. 0 gives the smallest. None without values or above 100.
#[must_use]
pub fn percentile(sorted: &[i64], percent: usize) -> Option<i64> {
    if percent > 100 {
        return None;
    }
    let rank = sorted.len().checked_mul(percent)?.div_ceil(100).max(1);
    sorted.get(rank - 1).copied()
}

/// The middle one of sorted values, or the mean of the two middle ones, rounded towards zero.
#[must_use]
pub fn median(sorted: &[i64]) -> Option<i64> {
    let upper = sorted.get(sorted.len() / 2)?;
    let lower = sorted.get(sorted.len().checked_sub(1)? / 2)?;
    Some(i64::midpoint(*lower, *upper))
}

/// Productive seconds of scheduled ones: scheduled × 7/8 − meetings and training, at least 0.
#[must_use]
pub fn productive_seconds(scheduled_seconds: i64, meeting_seconds: i64) -> i64 {
    let productive = scheduled_seconds.saturating_mul(PRODUCTIVE_EIGHTHS) / 8;
    productive.saturating_sub(meeting_seconds).max(0)
}

/// Sum of standard seconds ÷ productive seconds × 100; none without productive time.
///
/// Seconds beyond 136 years count as 136 years, negative ones as none.
#[must_use]
pub fn productivity_percent(standard_seconds: i64, productive_seconds: i64) -> Option<f64> {
    let capped = |seconds: i64| u32::try_from(seconds.max(0)).unwrap_or(u32::MAX);
    share_percent(capped(standard_seconds), capped(productive_seconds))
}

text_enum!(
    /// How old waiting work is; a bound belongs to the older band.
    AgeBand {
        /// Less than 24 hours.
        UnderOneDay = "under_1d",
        /// One to two days.
        OneToTwoDays = "1_to_2d",
        /// Two to three days.
        TwoToThreeDays = "2_to_3d",
        /// Three to seven days.
        ThreeToSevenDays = "3_to_7d",
        /// Seven days or more.
        SevenDaysOrMore = "7d_or_more",
    }
);

impl AgeBand {
    /// The band of an age in seconds; what is not yet born is young.
    #[must_use]
    pub const fn of(age_seconds: i64) -> Self {
        match age_seconds {
            ..DAY_SECONDS => Self::UnderOneDay,
            DAY_SECONDS..172_800 => Self::OneToTwoDays,
            172_800..259_200 => Self::TwoToThreeDays,
            259_200..604_800 => Self::ThreeToSevenDays,
            604_800.. => Self::SevenDaysOrMore,
        }
    }

    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::UnderOneDay => "< 24 h",
            Self::OneToTwoDays => "1–2 d",
            Self::TwoToThreeDays => "2–3 d",
            Self::ThreeToSevenDays => "3–7 d",
            Self::SevenDaysOrMore => "> 7 d",
        }
    }
}

/// The share of returned charts that were back in time.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct OnTime {
    /// Charts returned at or before their due time.
    pub on_time: u32,
    /// Charts returned.
    pub returned: u32,
    /// `on_time` ÷ `returned` × 100; none when nothing was returned.
    pub percent: Option<f64>,
    /// Wilson 95 % interval of the share.
    pub interval: Option<Interval>,
}

impl OnTime {
    /// Counts pairs of due and returned moments.
    pub fn of(due_and_returned: impl IntoIterator<Item = (Instant, Instant)>) -> Self {
        let (mut on_time, mut returned) = (0_u32, 0_u32);
        for (due_at, returned_at) in due_and_returned {
            on_time = on_time.saturating_add(u32::from(returned_at <= due_at));
            returned = returned.saturating_add(1);
        }
        Self {
            on_time,
            returned,
            percent: share_percent(on_time, returned),
            interval: wilson_interval_percent(on_time, returned),
        }
    }
}

/// How far off estimates were.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct EstimateError {
    /// Codings that were looked at.
    pub codings: u32,
    /// The middle coding's absolute error in percent of what it took; none without codings.
    pub median_error_percent: Option<f64>,
    /// Expected − active, in percent of active, all together; none without codings.
    pub bias_percent: Option<f64>,
}

impl EstimateError {
    /// Counts pairs of expected and active seconds; what took no time is left out.
    pub fn of(expected_and_active: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut errors = Vec::new();
        let (mut expected_sum, mut active_sum) = (0.0, 0.0);
        for (expected, active) in expected_and_active.into_iter().filter(|(_, active)| *active > 0)
        {
            let (expected, active) = (f64::from(expected), f64::from(active));
            errors.push((expected - active).abs() / active * 100.0);
            expected_sum += expected;
            active_sum += active;
        }
        errors.sort_by(f64::total_cmp);
        let upper = errors.get(errors.len() / 2);
        let lower = errors.len().checked_sub(1).and_then(|last| errors.get(last / 2));
        Self {
            codings: u32::try_from(errors.len()).unwrap_or(u32::MAX),
            median_error_percent: upper.zip(lower).map(|(a, b)| f64::midpoint(*a, *b)),
            bias_percent: (active_sum > 0.0)
                .then(|| (expected_sum - active_sum) / active_sum * 100.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{
        AgeBand, EstimateError, OnTime, median, percentile, productive_seconds,
        productivity_percent, wilson_interval,
    };
    use proptest::prelude::*;

    fn is_close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-4
    }

    #[test]
    fn the_wilson_interval_agrees_with_published_values() {
        // Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
        let cases = [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ];
        for (successes, n, low, high) in cases {
            let (l, h) = wilson_interval(successes, n).unwrap();
            assert!(is_close(l, low) && is_close(h, high), "{successes}/{n}: {l} {h}");
        }
        assert_eq!(wilson_interval(0, 0), None);
        assert_eq!(wilson_interval(3, 2), None);
    }

    #[test]
    fn percentiles_are_values_that_occur() {
        let sorted = [15, 20, 35, 40, 50];
        let at = |percent| percentile(&sorted, percent);
        assert_eq!(
            [at(0), at(5), at(30), at(40), at(50), at(100)].map(Option::unwrap),
            [15, 15, 20, 20, 35, 50]
        );
        assert_eq!(at(101), None);
        assert_eq!(percentile(&[], 50), None);
    }

    #[test]
    fn the_median_of_an_even_number_is_the_mean_of_the_middle_two() {
        assert_eq!(median(&[1, 2, 9]), Some(2));
        assert_eq!(median(&[1, 2, 6, 9]), Some(4));
        assert_eq!(median(&[]), None);
    }

    #[test]
    fn seven_productive_hours_of_standard_work_are_one_hundred_percent() {
        let productive = productive_seconds(8 * 3600, 0);
        assert_eq!(productive, 7 * 3600);
        // 84 visits of 300 s.
        assert!(is_close(productivity_percent(84 * 300, productive).unwrap(), 100.0));
        assert_eq!(productivity_percent(300, productive_seconds(3600, 7200)), None);
    }

    #[test]
    fn a_bound_between_ages_belongs_to_the_older_band() {
        let day = 86_400;
        for (at, younger, older) in [
            (day, AgeBand::UnderOneDay, AgeBand::OneToTwoDays),
            (2 * day, AgeBand::OneToTwoDays, AgeBand::TwoToThreeDays),
            (3 * day, AgeBand::TwoToThreeDays, AgeBand::ThreeToSevenDays),
            (7 * day, AgeBand::ThreeToSevenDays, AgeBand::SevenDaysOrMore),
        ] {
            assert_eq!((AgeBand::of(at - 1), AgeBand::of(at)), (younger, older));
        }
        assert_eq!(AgeBand::of(-5), AgeBand::UnderOneDay);
    }

    #[test]
    fn a_chart_returned_at_its_due_second_is_on_time() {
        let due: crate::Instant = "2026-03-02T09:00:00Z".parse().unwrap();
        let share =
            OnTime::of([(due, due), (due, due.plus_seconds(1)), (due, due.plus_seconds(-1))]);
        assert_eq!((share.on_time, share.returned), (2, 3));
        assert!(is_close(share.percent.unwrap(), 66.6667));
        assert_eq!(OnTime::of([]).percent, None);
    }

    #[test]
    fn an_estimate_is_measured_against_what_the_coding_took() {
        let seen = EstimateError::of([(600, 500), (600, 1_200), (600, 600), (600, 0)]);
        assert_eq!((seen.codings, seen.median_error_percent), (3, Some(20.0)));
        assert!(is_close(seen.bias_percent.unwrap(), -500.0 / 23.0));
        let two = EstimateError::of([(50, 100), (200, 100)]);
        assert_eq!((two.median_error_percent, two.bias_percent), (Some(75.0), Some(25.0)));
        assert_eq!(EstimateError::of([]).median_error_percent, None);
    }

    proptest! {
        #[test]
        fn an_interval_holds_its_share_and_stays_within_bounds(n in 1..5_000_u32, part in 0..=100_u32) {
            let successes = n * part / 100;
            let (low, high) = wilson_interval(successes, n).unwrap();
            let share = f64::from(successes) / f64::from(n);
            prop_assert!(0.0 <= low && low <= share && share <= high && high <= 1.0);
        }
    }
}
