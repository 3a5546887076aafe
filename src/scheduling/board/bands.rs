//! How near a deadline is: overdue, due within two hours, within eight, or later.

use rules::Instant;
use rules::planner::urgency::{PRESSING_SLACK_SECONDS, THIS_SHIFT_SLACK_SECONDS};
use serde::{Deserialize, Serialize};

/// How urgent a chart is.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, utoipa::ToSchema,
)]
#[serde(rename_all = "snake_case")]
pub enum Band {
    /// Its deadline has passed.
    Overdue,
    /// It is due within two hours.
    Red,
    /// It is due within eight hours.
    Amber,
    /// It is due later, or never.
    Green,
}

impl Band {
    /// From the most urgent on.
    pub(crate) const ALL: [Self; 4] = [Self::Overdue, Self::Red, Self::Amber, Self::Green];

    /// When each band but the last ends.
    pub(crate) fn ends(now: Instant) -> [Instant; 3] {
        [now, now.plus_seconds(PRESSING_SLACK_SECONDS), now.plus_seconds(THIS_SHIFT_SLACK_SECONDS)]
    }

    /// The band of a deadline.
    pub(crate) fn of(due_at: Option<Instant>, now: Instant) -> Self {
        let Some(due_at) = due_at else { return Self::Green };
        let mut bands = Self::ALL.into_iter().zip(Self::ends(now));
        bands.find(|(_, end)| due_at < *end).map_or(Self::Green, |(band, _)| band)
    }

    /// The band that the database counts under this number.
    pub(crate) fn counted_as(number: i32) -> Self {
        let place = usize::try_from(number).unwrap_or(usize::MAX);
        Self::ALL.get(place).copied().unwrap_or(Self::Green)
    }

    /// From when to when its deadlines lie.
    pub(crate) fn reach(self, now: Instant) -> (Option<Instant>, Option<Instant>) {
        let [overdue, red, amber] = Self::ends(now);
        match self {
            Self::Overdue => (None, Some(overdue)),
            Self::Red => (Some(overdue), Some(red)),
            Self::Amber => (Some(red), Some(amber)),
            Self::Green => (Some(amber), None),
        }
    }

    /// As it stands in an address.
    pub(crate) const fn as_str(self) -> &'static str {
        match self {
            Self::Overdue => "overdue",
            Self::Red => "red",
            Self::Amber => "amber",
            Self::Green => "green",
        }
    }

    /// In words.
    pub(crate) const fn words(self) -> &'static str {
        match self {
            Self::Overdue => "Overdue",
            Self::Red => "Due in 2 hours",
            Self::Amber => "Due in 8 hours",
            Self::Green => "Due later, or never",
        }
    }

    /// At the head of a column.
    pub(crate) const fn label(self) -> &'static str {
        match self {
            Self::Overdue => "Overdue",
            Self::Red => "In 2 h",
            Self::Amber => "In 8 h",
            Self::Green => "Later",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Band;
    use rules::Instant;

    #[test]
    fn a_deadline_belongs_to_the_one_band_whose_reach_it_lies_in() {
        let now: Instant = "2026-03-03T15:00:00Z".parse().unwrap();
        for seconds in [-1, 0, 7_199, 7_200, 28_799, 28_800, 900_000] {
            let due = now.plus_seconds(seconds);
            let reached = Band::ALL.into_iter().filter(|band| {
                let (from, to) = band.reach(now);
                from.is_none_or(|from| due >= from) && to.is_none_or(|to| due < to)
            });
            assert_eq!(reached.collect::<Vec<_>>(), [Band::of(Some(due), now)], "{seconds}");
        }
        assert_eq!(Band::of(None, now), Band::Green);
        assert_eq!([0, 1, 2, 3].map(Band::counted_as), Band::ALL);
    }
}
