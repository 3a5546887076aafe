//! A week's opening hours.

use jiff::civil::Weekday;
use serde::{Deserialize, Serialize};

/// Minutes of a civil day; the end of an interval that closes at midnight.
pub const DAY_MINUTES: u16 = 1_440;

/// How often a day may open.
pub const INTERVALS_PER_DAY_MAX: usize = 24;

const WEEK_DAYS: usize = 7;

/// Open intervals of each weekday in minutes from midnight, Monday first: `[[[480,1020]], …]`.
///
/// Sorted, none overlapping another, several a day, each with an end after its beginning. An end of
/// 1440 joins the next day's 0.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(try_from = "Vec<Vec<(u16, u16)>>")]
#[schema(value_type = Vec<Vec<Vec<u16>>>, example = json!([
    [[480, 1020]], [[480, 1020]], [[480, 1020]], [[480, 1020]], [[480, 1020]], [], []
]))]
pub struct Week([Vec<(u16, u16)>; WEEK_DAYS]);

/// Why a list is not a week; weekdays count from 0 for Monday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WeekError {
    /// Not seven days but so many.
    Days(usize),
    /// An interval ends before it begins, is empty or leaves the day.
    Interval {
        /// The day.
        weekday: usize,
        /// Its beginning in minutes.
        from_minute: u16,
        /// Its end in minutes.
        to_minute: u16,
    },
    /// Two intervals of the day overlap.
    Overlap {
        /// The day.
        weekday: usize,
    },
    /// The day opens more than [`INTERVALS_PER_DAY_MAX`] times.
    TooMany {
        /// The day.
        weekday: usize,
    },
}

impl std::fmt::Display for WeekError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Days(days) => write!(f, "a week has 7 days, not {days}"),
            Self::Interval { weekday, from_minute, to_minute } => write!(
                f,
                "{}: {from_minute} to {to_minute} is no interval within 0 to {DAY_MINUTES} minutes",
                name(*weekday)
            ),
            Self::Overlap { weekday } => write!(f, "{}: hours overlap", name(*weekday)),
            Self::TooMany { weekday } => {
                write!(f, "{}: more than {INTERVALS_PER_DAY_MAX} intervals", name(*weekday))
            }
        }
    }
}

impl std::error::Error for WeekError {}

fn name(weekday: usize) -> &'static str {
    const NAMES: [&str; WEEK_DAYS] =
        ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];
    NAMES.get(weekday).copied().unwrap_or("no weekday")
}

impl Week {
    /// Takes seven lists of `(from, to)` minutes, Monday first; the order within a day is free.
    ///
    /// # Errors
    /// See [`WeekError`].
    pub fn parse(days: Vec<Vec<(u16, u16)>>) -> Result<Self, WeekError> {
        let mut days = <[Vec<(u16, u16)>; WEEK_DAYS]>::try_from(days)
            .map_err(|days| WeekError::Days(days.len()))?;
        for (weekday, intervals) in days.iter_mut().enumerate() {
            if intervals.len() > INTERVALS_PER_DAY_MAX {
                return Err(WeekError::TooMany { weekday });
            }
            intervals.sort_unstable();
            let mut closed_from = 0;
            for &(from_minute, to_minute) in intervals.iter() {
                if from_minute >= to_minute || to_minute > DAY_MINUTES {
                    return Err(WeekError::Interval { weekday, from_minute, to_minute });
                }
                if from_minute < closed_from {
                    return Err(WeekError::Overlap { weekday });
                }
                closed_from = to_minute;
            }
        }
        Ok(Self(days))
    }

    /// Round the clock.
    #[must_use]
    pub fn always() -> Self {
        Self(std::array::from_fn(|_| vec![(0, DAY_MINUTES)]))
    }

    /// A weekday's intervals in minutes, in order.
    #[must_use]
    pub fn day(&self, weekday: Weekday) -> &[(u16, u16)] {
        usize::try_from(weekday.to_monday_zero_offset())
            .ok()
            .and_then(|weekday| self.0.get(weekday))
            .map_or(&[], Vec::as_slice)
    }

    /// Whether it has no open minute.
    #[must_use]
    pub fn is_never_open(&self) -> bool {
        self.0.iter().all(Vec::is_empty)
    }
}

impl TryFrom<Vec<Vec<(u16, u16)>>> for Week {
    type Error = WeekError;
    fn try_from(days: Vec<Vec<(u16, u16)>>) -> Result<Self, Self::Error> {
        Self::parse(days)
    }
}
