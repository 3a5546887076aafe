//! What a report is asked for: which days, which facility, in which form.

use base::error::{Checks, Error, Result};
use jiff::civil::Date;
use jiff::tz::TimeZone;
use rules::Instant;
use rules::ids::{FacilityId, PersonId};
use rules::time::Day;
use serde::{Deserialize, Serialize};

/// Days of one report, at most.
pub const DAYS_MAX: i32 = 92;
/// Days of a report when nobody says.
const DAYS_USUAL: i32 = 30;

/// The query of every report.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Asked {
    /// The first day, `YYYY-MM-DD`; 29 days before the last one when absent.
    pub from: Option<String>,
    /// The last day, `YYYY-MM-DD`; today when absent. At most 92 days in all.
    pub to: Option<String>,
    /// One facility alone; all of the scope when absent.
    pub facility_id: Option<String>,
    /// `json`, or `csv` for a spreadsheet.
    pub format: Option<Format>,
    /// Which table of the report as CSV, where it has several.
    pub part: Option<Part>,
}

/// The form of an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    /// Everything.
    Json,
    /// One table.
    Csv,
}

/// A table of a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// Coder by coder.
    Coders,
    /// Queue by queue.
    Queues,
    /// Day by day.
    Days,
    /// Accuracy by queue.
    Accuracy,
    /// What waits, by queue.
    Backlog,
}

/// The days that a report covers, both included.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Days {
    /// The first.
    pub from: Day,
    /// The last.
    pub to: Day,
    /// Where they begin and end at midnight.
    pub time_zone: String,
}

/// What a published number means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Definition {
    /// The number's name on pages.
    pub name: &'static str,
    /// How it is made.
    pub formula: String,
}

impl Definition {
    /// A measure of the rules, with what its words mean here.
    #[must_use]
    pub fn of(measure: rules::metrics::Measure, here: &str) -> Self {
        let formula = measure.formula();
        let separator = if here.is_empty() { "" } else { "; " };
        Self { name: measure.label(), formula: format!("{formula}{separator}{here}") }
    }
}

/// The days as moments.
#[derive(Debug, Clone)]
pub(crate) struct Period {
    pub from: Date,
    pub to: Date,
    pub zone_name: String,
    pub zone: TimeZone,
    pub starts_at: Instant,
    pub ends_at: Instant,
}

impl Period {
    /// The days asked for, in a time zone.
    pub(crate) fn of(asked: &Asked, zone_name: &str, now: Instant) -> Result<Self> {
        let zone = rules::clock::zone(zone_name).map_err(Error::internal)?;
        let today = now.in_zone(&zone).date();
        let mut checks = Checks::default();
        let to = day(&mut checks, "to", asked.to.as_deref()).unwrap_or(today);
        let usual = to.saturating_sub(jiff::Span::new().days(DAYS_USUAL - 1));
        let from = day(&mut checks, "from", asked.from.as_deref()).unwrap_or(usual);
        let days = from.until(to).map_or(-1, |span| span.get_days());
        checks.require((0..DAYS_MAX).contains(&days), "from", "1 to 92 days, the last one last");
        checks.done()?;
        let after = to.tomorrow().map_err(Error::internal)?;
        Ok(Self {
            starts_at: midnight(from, &zone)?,
            ends_at: midnight(after, &zone)?,
            from,
            to,
            zone_name: zone_name.to_owned(),
            zone,
        })
    }

    pub(crate) fn days(&self) -> Days {
        Days { from: Day(self.from), to: Day(self.to), time_zone: self.zone_name.clone() }
    }

    /// Every day of it, in order.
    pub(crate) fn each(&self) -> impl Iterator<Item = Date> {
        let to = self.to;
        std::iter::successors(Some(self.from), |day| day.tomorrow().ok())
            .take_while(move |day| *day <= to)
    }

    /// The days as the query of another address.
    pub(crate) fn query(&self) -> String {
        format!("from={}&to={}", self.from, self.to)
    }
}

fn day(checks: &mut Checks, name: &str, text: Option<&str>) -> Option<Date> {
    let text = text.map(str::trim).filter(|text| !text.is_empty())?;
    let day = text.parse::<Date>();
    checks.require(day.is_ok(), name, "a day such as 2026-03-31");
    day.ok()
}

fn midnight(day: Date, zone: &TimeZone) -> Result<Instant> {
    let start = day.to_zoned(zone.clone()).map_err(Error::internal)?;
    Ok(Instant::new(start.timestamp()))
}

/// Which rows a report counts.
pub(crate) struct Slice<'a> {
    pub period: &'a Period,
    /// One facility alone.
    pub facility: Option<FacilityId>,
    /// One person alone.
    pub person: Option<PersonId>,
}

impl Asked {
    /// The facility asked for; a blank one is none.
    pub(crate) fn facility(&self) -> Result<Option<FacilityId>> {
        let text = self.facility_id.as_deref().map(str::trim).filter(|text| !text.is_empty());
        // A word that is no id is the id of nothing.
        text.map(|text| text.parse().map_err(|_malformed| Error::NotFound)).transpose()
    }

    pub(crate) fn as_csv(&self) -> bool {
        self.format == Some(Format::Csv)
    }
}

#[cfg(test)]
mod tests {
    use super::{Asked, Period};

    fn asked(from: &str, to: &str) -> Asked {
        Asked { from: Some(from.into()), to: Some(to.into()), ..Asked::default() }
    }

    fn period(asked: &Asked) -> base::Result<Period> {
        Period::of(asked, "America/New_York", "2026-11-23T15:00:00Z".parse().unwrap())
    }

    #[test]
    fn days_begin_and_end_at_midnight_of_their_zone_even_when_clocks_change() {
        let days = period(&asked("2026-11-01", "2026-11-01")).unwrap();
        assert_eq!(days.starts_at.to_string(), "2026-11-01T04:00:00Z");
        assert_eq!(days.ends_at.to_string(), "2026-11-02T05:00:00Z");
        assert_eq!(days.each().count(), 1);
    }

    #[test]
    fn a_report_covers_the_last_thirty_days_unless_it_is_told() {
        let days = period(&asked("", " ")).unwrap();
        assert_eq!(days.query(), "from=2026-10-25&to=2026-11-23");
        assert_eq!(days.each().count(), 30);
    }

    #[test]
    fn more_than_ninety_two_days_or_a_backward_range_is_refused() {
        assert!(period(&asked("2026-08-24", "2026-11-23")).is_ok());
        for (from, to) in [
            ("2026-08-23", "2026-11-23"),
            ("2026-11-24", "2026-11-23"),
            ("last week", "2026-11-23"),
        ] {
            assert!(period(&asked(from, to)).is_err(), "{from} {to}");
        }
    }

    #[test]
    fn a_blank_facility_is_every_facility_and_a_word_is_none() {
        let with = |text: &str| Asked { facility_id: Some(text.into()), ..Asked::default() };
        assert_eq!(with("").facility().unwrap(), None);
        assert!(with("all").facility().is_err());
    }
}
