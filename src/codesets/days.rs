//! Days as two bytes, for tables of millions of rows.

use jiff::civil::{Date, date};

const FIRST: Date = date(1900, 1, 1);

/// Days since 1900; days before it are its first, days after June 2079 its last.
pub(crate) type Day = u16;

/// No last day.
pub(crate) const OPEN: Day = Day::MAX;

pub(crate) fn day_of(on: Date) -> Day {
    let days = (on - FIRST).get_days();
    Day::try_from(days.max(0)).unwrap_or(OPEN - 1).min(OPEN - 1)
}

pub(crate) fn date_of(day: Day) -> Date {
    FIRST.saturating_add(jiff::Span::new().days(i64::from(day)))
}

#[cfg(test)]
mod tests {
    use super::{OPEN, date_of, day_of};
    use jiff::civil::date;

    #[test]
    fn a_day_becomes_a_number_and_a_day_again() {
        for on in [date(1900, 1, 1), date(1996, 2, 29), date(2026, 11, 28), date(2079, 6, 4)] {
            assert_eq!(date_of(day_of(on)), on);
        }
        assert_eq!(day_of(date(1850, 1, 1)), 0);
        assert_eq!(day_of(date(9999, 12, 31)), OPEN - 1);
    }
}
