//! Editions: which list is in force on a date.

use std::borrow::Cow;

use jiff::civil::{Date, date};

/// One year's list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edition {
    /// The name of the list, such as `FY2026`.
    pub name: Cow<'static, str>,
    /// The first day on which it is in force.
    pub from: Date,
    /// The last day for which it was published; the newest one stays in use after that.
    pub until: Date,
}

/// Federal fiscal year 2025.
pub(crate) const FY2025: Edition =
    Edition { name: Cow::Borrowed("FY2025"), from: date(2024, 10, 1), until: date(2025, 9, 30) };

/// Federal fiscal year 2026.
pub(crate) const FY2026: Edition =
    Edition { name: Cow::Borrowed("FY2026"), from: date(2025, 10, 1), until: date(2026, 9, 30) };

/// The list by which a date is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EditionAnswer<'a> {
    /// The edition in force, or the nearest one that is loaded.
    pub edition: &'a Edition,
    /// False when the date lies outside every loaded edition: before the first (the first is
    /// used) or after the newest one's year (the newest is used). The coder is told so.
    pub certain: bool,
}

/// The place, in `editions` (sorted by date, never empty), of the list for a date.
pub(crate) fn place_for(editions: &[Edition], on: Date) -> usize {
    editions.partition_point(|edition| edition.from <= on).saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::{FY2025, FY2026, place_for};
    use jiff::civil::date;

    #[test]
    fn the_year_turns_on_the_first_of_october() {
        let both = [FY2025, FY2026];
        for (on, place) in [
            (date(2020, 1, 1), 0),
            (date(2024, 10, 1), 0),
            (date(2025, 9, 30), 0),
            (date(2025, 10, 1), 1),
            (date(2030, 1, 1), 1),
        ] {
            assert_eq!(place_for(&both, on), place, "{on}");
        }
    }
}
