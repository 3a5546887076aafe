//! Opening hours as a list, as the API and pages carry them.

use base::error::{Error, Result};
use rules::clock::Week;
use rules::time::Day;
use serde::{Deserialize, Serialize};

/// Minutes of a day.
const DAY_MINUTES: u16 = 1_440;
const WEEK_DAYS: usize = 7;
/// The days' names, Monday first.
pub(crate) const WEEKDAYS: [&str; WEEK_DAYS] =
    ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

/// One interval in which the facility's clock runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OpenHours {
    /// 0 for Monday to 6 for Sunday.
    pub weekday: u8,
    /// Minutes from midnight.
    pub from_minute: u16,
    /// Minutes from midnight; 0 and 1440 are the midnight at the end of the day.
    pub to_minute: u16,
}

/// A business calendar to be.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BusinessCalendar {
    /// IANA time zone.
    pub time_zone: String,
    /// When the clock of turnarounds runs.
    pub hours: Vec<OpenHours>,
    /// Days on which it does not.
    #[serde(default)]
    pub holidays: Vec<Day>,
}

/// A list as a week.
///
/// # Errors
/// [`Error::Invalid`] for what is no week.
pub(crate) fn week_of(hours: &[OpenHours]) -> Result<Week> {
    let mut days = vec![Vec::new(); WEEK_DAYS];
    for open in hours {
        let day = days
            .get_mut(usize::from(open.weekday))
            .ok_or_else(|| Error::invalid("hours", "a weekday is 0 for Monday to 6 for Sunday"))?;
        let to_minute = if open.to_minute == 0 { DAY_MINUTES } else { open.to_minute };
        day.push((open.from_minute, to_minute));
    }
    Week::parse(days).map_err(|fault| Error::invalid("hours", fault.to_string()))
}

/// A week as a list, Monday first.
pub(crate) fn hours_of(week: &Week) -> Vec<OpenHours> {
    let mut hours = Vec::new();
    for (weekday, day) in (0..).zip(jiff::civil::Weekday::Monday.cycle_forward().take(WEEK_DAYS)) {
        let open = week.day(day).iter();
        hours.extend(open.map(|&(from_minute, to_minute)| OpenHours {
            weekday,
            from_minute,
            to_minute,
        }));
    }
    hours
}

#[cfg(test)]
mod tests {
    use super::{OpenHours, hours_of, week_of};

    #[test]
    fn hours_become_a_week_and_come_back_in_order() {
        let open = |weekday, from_minute, to_minute| OpenHours { weekday, from_minute, to_minute };
        let week = week_of(&[open(6, 600, 0), open(0, 780, 1_020), open(0, 480, 720)]).unwrap();
        let sunday_until_midnight = open(6, 600, 1_440);
        assert_eq!(
            hours_of(&week),
            [open(0, 480, 720), open(0, 780, 1_020), sunday_until_midnight]
        );
        assert!(week_of(&[open(7, 480, 720)]).is_err());
        assert!(week_of(&[open(0, 480, 720), open(0, 700, 800)]).is_err(), "hours overlap");
    }
}
