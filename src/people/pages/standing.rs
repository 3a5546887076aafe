//! How somebody stands, in a word with a tone: what ends soon is seen before it has ended.

use crate::store::Person;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::Instant;

/// What ends within this many days is worth a look.
const ENDS_SOON_DAYS: i32 = 30;

/// A word with a tone, as badges show it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Standing {
    pub words: String,
    pub tone: &'static str,
}

impl Standing {
    fn new(words: impl Into<String>, tone: &'static str) -> Self {
        Self { words: words.into(), tone }
    }

    /// Whether somebody should look at it.
    pub(super) fn needs_a_look(&self) -> bool {
        matches!(self.tone, "bad" | "warn")
    }
}

/// Whether somebody may sign in and work.
pub(super) fn state(person: &Person) -> Standing {
    match (person.active, person.paused) {
        (false, _) => Standing::new("Disabled", "idle"),
        (true, true) => Standing::new("Paused", "warn"),
        (true, false) => Standing::new("Active", "good"),
    }
}

/// What day it is where somebody is.
pub(super) fn today(person: &Person, now: Instant) -> Date {
    let zone = rules::clock::zone(&person.time_zone).unwrap_or(TimeZone::UTC);
    now.in_zone(&zone).date()
}

/// From where somebody works, and until when that is attested. Nobody alarms for the disabled.
pub(super) fn attestation(person: &Person, today: Date) -> Standing {
    let standing = match (&person.country, person.attested_until) {
        (Some(country), Some(until)) => until_day(country, Some(until.0), today),
        (Some(country), None) => Standing::new(format!("{country}, not attested"), "bad"),
        (None, _) => Standing::new("No country", "idle"),
    };
    if person.active { standing } else { Standing { tone: "idle", ..standing } }
}

/// Something that may end on a day, which is its last.
pub(super) fn until_day(what: &str, until: Option<Date>, today: Date) -> Standing {
    let Some(until) = until else { return Standing::new(what, "idle") };
    match today.until(until).map_or(0, |span| span.get_days()) {
        ..0 => Standing::new(format!("{what}, expired {until}"), "bad"),
        0..=ENDS_SOON_DAYS => Standing::new(format!("{what}, expires {until}"), "warn"),
        _ => Standing::new(format!("{what} until {until}"), "idle"),
    }
}

#[cfg(test)]
mod tests {
    use super::until_day;
    use jiff::civil::date;

    #[test]
    fn what_ends_soon_is_seen_before_it_has_ended() {
        let today = date(2026, 3, 10);
        let tone = |until| until_day("CPC", until, today).tone;
        assert_eq!(tone(None), "idle");
        assert_eq!(tone(Some(date(2026, 3, 9))), "bad");
        assert_eq!(tone(Some(date(2026, 3, 10))), "warn", "the last day still counts");
        assert_eq!(tone(Some(date(2026, 4, 9))), "warn");
        assert_eq!(tone(Some(date(2026, 4, 10))), "idle");
    }
}
