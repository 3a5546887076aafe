//! Business time: what is open when, when a chart is due, and how the contract clock stops.
//!
//! Opening hours are civil: 480 means eight o'clock on the wall of the facility, summer and winter.
//! Where the wall clock jumps ahead, the minutes that never come are the moment of the jump; where it
//! is set back, a repeated minute is its first occurrence. So opening hours never overlap, and an hour
//! that is lived twice inside them is counted twice.

mod contract;
mod shifts;
#[cfg(test)]
mod tests;
mod week;

pub use contract::ContractClock;
pub use shifts::{
    SHIFT_LOOKAHEAD_DAYS, SHIFT_MINUTES_MAX, ShiftError, ShiftInterval, ShiftNow, shift_at,
    shift_minutes_left, shifts_between,
};
pub use week::{DAY_MINUTES, INTERVALS_PER_DAY_MAX, Week, WeekError};

use std::collections::BTreeSet;

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};

use crate::Instant;

/// How many days ahead business time is followed; ten years. It ends every walk through a calendar.
pub const CALENDAR_DAYS_MAX: u16 = 3_660;

const MICROSECONDS_PER_SECOND: i64 = 1_000_000;

/// When a facility's contract counts time: opening hours of a zone, less holidays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    /// Where the hours are read off the wall.
    pub zone: TimeZone,
    /// The opening hours.
    pub week: Week,
    /// Civil days that are closed from midnight to midnight.
    pub holidays: BTreeSet<Date>,
}

/// Why no due time can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClockError {
    /// The week has no open minute.
    NeverOpen,
    /// More business time is asked for than the next [`CALENDAR_DAYS_MAX`] days hold.
    TooFar,
    /// A turnaround of less than nothing.
    NegativeTurnaround,
}

impl std::fmt::Display for ClockError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NeverOpen => f.write_str("the business calendar is never open"),
            Self::TooFar => {
                write!(f, "the time lies more than {CALENDAR_DAYS_MAX} days of the calendar ahead")
            }
            Self::NegativeTurnaround => f.write_str("a turnaround cannot be negative"),
        }
    }
}

impl std::error::Error for ClockError {}

/// A name that is not in the time zone database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownZone(
    /// What was given.
    pub String,
);

impl std::fmt::Display for UnknownZone {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is not a time zone", self.0)
    }
}

impl std::error::Error for UnknownZone {}

/// The zone of an IANA name such as `America/New_York`.
///
/// # Errors
/// [`UnknownZone`] when the time zone database has no such name.
pub fn zone(name: &str) -> Result<TimeZone, UnknownZone> {
    match TimeZone::get(name) {
        Ok(zone) if !zone.is_unknown() => Ok(zone),
        _ => Err(UnknownZone(name.to_owned())),
    }
}

/// The moment at which so much open time has passed since `ready_at`.
///
/// Work that is due at closing time is due at closing time, not when the doors open again. Nothing to
/// wait for means due at once, even while closed.
///
/// # Errors
/// See [`ClockError`].
pub fn due_at(
    calendar: &Calendar,
    ready_at: Instant,
    turnaround_minutes: i64,
) -> Result<Instant, ClockError> {
    due_after_seconds(calendar, ready_at, turnaround_minutes.saturating_mul(60))
}

/// Whole open seconds from one moment to a later one; 0 when `to` is not later.
///
/// Counts at most the first [`CALENDAR_DAYS_MAX`] days.
pub fn open_seconds_between(calendar: &Calendar, from: Instant, to: Instant) -> i64 {
    let mut open: i64 = 0;
    for (opens, closes) in calendar.open_spans(from) {
        if opens >= to {
            break;
        }
        open = open.saturating_add(microseconds(opens, closes.min(to)));
    }
    open / MICROSECONDS_PER_SECOND
}

fn due_after_seconds(
    calendar: &Calendar,
    ready_at: Instant,
    open_seconds: i64,
) -> Result<Instant, ClockError> {
    if open_seconds < 0 {
        return Err(ClockError::NegativeTurnaround);
    }
    if open_seconds == 0 {
        return Ok(ready_at);
    }
    if calendar.week.is_never_open() {
        return Err(ClockError::NeverOpen);
    }
    let mut left = open_seconds.saturating_mul(MICROSECONDS_PER_SECOND);
    for (opens, closes) in calendar.open_spans(ready_at) {
        let span = microseconds(opens, closes);
        if left <= span {
            return plus_microseconds(opens, left).ok_or(ClockError::TooFar);
        }
        left -= span;
    }
    Err(ClockError::TooFar)
}

impl Calendar {
    /// The open stretches after a moment, in order, cut so that none begins before it.
    fn open_spans(&self, after: Instant) -> impl Iterator<Item = (Instant, Instant)> {
        days_from(after, &self.zone, CALENDAR_DAYS_MAX)
            .filter(|day| !self.holidays.contains(day))
            .flat_map(|day| self.week.day(day.weekday()).iter().map(move |hours| (day, *hours)))
            .filter_map(move |(day, (opens, closes))| {
                let opens = civil_minute(&self.zone, day, opens)?.max(after);
                let closes = civil_minute(&self.zone, day, closes)?;
                (opens < closes).then_some((opens, closes))
            })
    }
}

/// Civil days around and after a moment. It begins two days early: a shift may have begun then, and
/// a zone that is set back over midnight lives a piece of yesterday again.
fn days_from(after: Instant, zone: &TimeZone, days_max: u16) -> impl Iterator<Item = Date> {
    let mut day = Some(after.in_zone(zone).date());
    for _ in 0..2 {
        day = day.and_then(|day| day.yesterday().ok().or(Some(day)));
    }
    std::iter::successors(day, |day| day.tomorrow().ok()).take(usize::from(days_max))
}

/// The moment of a minute of a civil day, which may lie beyond its midnight. Never runs backwards.
fn civil_minute(zone: &TimeZone, day: Date, minute: u16) -> Option<Instant> {
    let wall = day
        .to_datetime(Time::midnight())
        .checked_add(jiff::SignedDuration::from_mins(i64::from(minute)))
        .ok()?;
    let at = match zone.to_ambiguous_timestamp(wall).offset() {
        AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(wall).ok()?,
        AmbiguousOffset::Fold { before, .. } => before.to_timestamp(wall).ok()?,
        // The offset after the jump puts a minute of the gap before the jump: it is the next one.
        AmbiguousOffset::Gap { after, .. } => {
            zone.following(after.to_timestamp(wall).ok()?).next()?.timestamp()
        }
    };
    Some(Instant::new(at))
}

fn microseconds(from: Instant, to: Instant) -> i64 {
    to.timestamp().as_microsecond().saturating_sub(from.timestamp().as_microsecond())
}

fn plus_microseconds(at: Instant, microseconds: i64) -> Option<Instant> {
    let moved = at.timestamp().as_microsecond().checked_add(microseconds)?;
    jiff::Timestamp::from_microsecond(moved).ok().map(Instant::new)
}
