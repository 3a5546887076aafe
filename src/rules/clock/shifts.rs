//! Working hours of a person: on shift or off, and until when.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::{Deserialize, Serialize};

use super::week::DAY_MINUTES;
use super::{civil_minute, days_from};
use crate::Instant;

/// How far ahead the next shift is looked for, in days; longer leave has no known return.
pub const SHIFT_LOOKAHEAD_DAYS: u16 = 92;

/// The longest shift, in minutes.
pub const SHIFT_MINUTES_MAX: u16 = DAY_MINUTES;

const LAST_WEEKDAY: u8 = 6;

/// A weekly recurring shift in the person's civil time. One that runs over midnight ends after 1440.
#[derive(
    Debug,
    Clone,
    Copy,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
    Hash,
    Serialize,
    Deserialize,
    utoipa::ToSchema,
)]
#[serde(try_from = "Unchecked")]
pub struct ShiftInterval {
    /// The civil day on which it starts, 0 for Monday to 6 for Sunday.
    #[schema(maximum = 6)]
    weekday: u8,
    /// Minutes from that day's midnight, 0 to 1439.
    #[schema(maximum = 1439)]
    from_minute: u16,
    /// Minutes from that day's midnight, at most 1440 after the beginning.
    #[schema(maximum = 2879)]
    to_minute: u16,
}

#[derive(Deserialize)]
struct Unchecked {
    weekday: u8,
    from_minute: u16,
    to_minute: u16,
}

/// Three numbers that are no shift.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShiftError {
    /// As given.
    pub weekday: u8,
    /// As given.
    pub from_minute: u16,
    /// As given.
    pub to_minute: u16,
}

impl std::fmt::Display for ShiftError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(
            f,
            "weekday {}, minutes {} to {} is no shift: weekdays are 0 to 6, it starts before minute \
             {DAY_MINUTES} and lasts 1 to {SHIFT_MINUTES_MAX} minutes",
            self.weekday, self.from_minute, self.to_minute
        )
    }
}

impl std::error::Error for ShiftError {}

impl ShiftInterval {
    /// Takes a weekday (0 for Monday) and two minutes counted from its midnight.
    ///
    /// # Errors
    /// [`ShiftError`] when the weekday, the start or the length is out of range.
    pub const fn new(weekday: u8, from_minute: u16, to_minute: u16) -> Result<Self, ShiftError> {
        if weekday > LAST_WEEKDAY
            || from_minute >= DAY_MINUTES
            || to_minute <= from_minute
            || to_minute - from_minute > SHIFT_MINUTES_MAX
        {
            return Err(ShiftError { weekday, from_minute, to_minute });
        }
        Ok(Self { weekday, from_minute, to_minute })
    }

    /// The civil day on which it starts, 0 for Monday.
    #[must_use]
    pub const fn weekday(self) -> u8 {
        self.weekday
    }

    /// Its start in minutes from midnight.
    #[must_use]
    pub const fn from_minute(self) -> u16 {
        self.from_minute
    }

    /// Its end in minutes from the midnight before its start.
    #[must_use]
    pub const fn to_minute(self) -> u16 {
        self.to_minute
    }

    fn starts_on(self, day: Date) -> bool {
        i8::try_from(self.weekday) == Ok(day.weekday().to_monday_zero_offset())
    }
}

impl TryFrom<Unchecked> for ShiftInterval {
    type Error = ShiftError;
    fn try_from(raw: Unchecked) -> Result<Self, Self::Error> {
        Self::new(raw.weekday, raw.from_minute, raw.to_minute)
    }
}

/// Shifts that [`shifts_between`] tells, and the ways to them, at most.
const SPANS_MAX: usize = 1_000;

/// Whether somebody works now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "now", rename_all = "snake_case")]
pub enum ShiftNow {
    /// On shift; shifts that join are one.
    On {
        /// When work ends.
        ends_at: Instant,
    },
    /// Off shift.
    Off {
        /// When work begins again; none when not within [`SHIFT_LOOKAHEAD_DAYS`].
        next_starts_at: Option<Instant>,
    },
}

/// Whether somebody with these shifts works at a moment. `leave` lists first and last civil days; it
/// takes away the shifts that start on those days, also the part of them after midnight.
#[must_use]
pub fn shift_at(
    zone: &TimeZone,
    shifts: &[ShiftInterval],
    leave: &[(Date, Date)],
    at: Instant,
) -> ShiftNow {
    let mut shifts = shifts.to_vec();
    shifts.sort_unstable();
    let spans = days_from(at, zone, SHIFT_LOOKAHEAD_DAYS)
        .filter(|day| !leave.iter().any(|(first, last)| (first..=last).contains(&day)))
        .flat_map(|day| {
            shifts.iter().filter(move |s| s.starts_on(day)).map(move |shift| (day, shift))
        })
        .filter_map(|(day, shift)| {
            let starts = civil_minute(zone, day, shift.from_minute)?;
            Some((starts, civil_minute(zone, day, shift.to_minute)?))
        })
        .filter(|(starts, ends)| starts < ends && *ends > at);
    let mut on_until: Option<Instant> = None;
    // Spans come in the order of their starts, so the first gap ends the present shift.
    for (starts, ends) in spans {
        match on_until {
            None if starts > at => {
                return ShiftNow::Off { next_starts_at: Some(starts) };
            }
            Some(ends_at) if starts > ends_at => return ShiftNow::On { ends_at },
            None => on_until = Some(ends),
            Some(ends_at) => on_until = Some(ends_at.max(ends)),
        }
    }
    on_until.map_or(ShiftNow::Off { next_starts_at: None }, |ends_at| ShiftNow::On { ends_at })
}

/// The times of work between two moments, in order; shifts that join are one. Looks at most
/// [`SHIFT_LOOKAHEAD_DAYS`] ahead.
#[must_use]
pub fn shifts_between(
    zone: &TimeZone,
    shifts: &[ShiftInterval],
    leave: &[(Date, Date)],
    (from, to): (Instant, Instant),
) -> Vec<(Instant, Instant)> {
    let mut found = Vec::new();
    let mut at = from;
    // Each turn is one shift, or the way to it.
    for _ in 0..SPANS_MAX {
        match shift_at(zone, shifts, leave, at) {
            _ if at >= to => break,
            ShiftNow::On { ends_at } => {
                found.push((at, ends_at.min(to)));
                at = ends_at;
            }
            ShiftNow::Off { next_starts_at: Some(next) } => at = next,
            ShiftNow::Off { next_starts_at: None } => break,
        }
    }
    found
}

/// Whole minutes until the present shift ends; 0 when off shift.
#[must_use]
pub fn shift_minutes_left(
    zone: &TimeZone,
    shifts: &[ShiftInterval],
    leave: &[(Date, Date)],
    at: Instant,
) -> i64 {
    match shift_at(zone, shifts, leave, at) {
        ShiftNow::On { ends_at } => ends_at.seconds_since(at) / 60,
        ShiftNow::Off { .. } => 0,
    }
}
