//! How much was done, and how fast against the standard time.

use crate::asked::{Days, Definition, Slice};
use crate::sheet::{Cell, Sheet};
use crate::store;
use base::db::WorkTx;
use base::error::Result;
use rules::ids::PersonId;
use rules::metrics::{Measure, productivity_percent};
use rules::time::Day;
use rules::words::AssignmentKind;
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};

/// Work of a person or a day.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Throughput {
    /// Distinct charts submitted for the first time.
    pub charts: u32,
    /// Measured seconds at work, breaks left out.
    pub active_seconds: i64,
    /// The charts' standard seconds.
    pub standard_seconds: i64,
    /// `standard_seconds` ÷ `active_seconds` × 100; none without active time.
    pub percent: Option<f64>,
    /// `charts` an hour of active time; none without active time.
    pub charts_per_hour: Option<f64>,
}

impl Throughput {
    fn add(&mut self, charts: i64, active_seconds: i64, standard_seconds: i64) {
        self.charts = self.charts.saturating_add(count(charts));
        self.active_seconds = self.active_seconds.saturating_add(active_seconds);
        self.standard_seconds = self.standard_seconds.saturating_add(standard_seconds);
        self.percent = productivity_percent(self.standard_seconds, self.active_seconds);
        self.charts_per_hour = per_hour(self.charts, self.active_seconds);
    }

    fn cells(&self) -> [Cell; 5] {
        [
            Cell::count(self.charts),
            Cell::minutes(self.active_seconds),
            Cell::minutes(self.standard_seconds),
            Cell::tenths(self.percent),
            Cell::tenths(self.charts_per_hour),
        ]
    }
}

const THROUGHPUT_COLUMNS: [&str; 5] =
    ["Charts", "Active minutes", "Standard minutes", "Productivity %", "Charts an hour"];

/// Counts beyond 4 billion are 4 billion.
pub(crate) fn count(n: i64) -> u32 {
    u32::try_from(n.max(0)).unwrap_or(u32::MAX)
}

fn per_hour(n: u32, seconds: i64) -> Option<f64> {
    (seconds > 0).then(|| f64::from(n) / crate::sheet::in_units(seconds, 3_600))
}

/// One coder.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct CoderThroughput {
    /// Who.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// What they did.
    #[serde(flatten)]
    pub throughput: Throughput,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct DayThroughput {
    /// Which.
    pub day: Day,
    /// What was done.
    #[serde(flatten)]
    pub throughput: Throughput,
}

/// Productivity in some days.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ProductivityReport {
    /// Which days.
    pub days: Days,
    /// What the numbers mean.
    pub definitions: Vec<Definition>,
    /// By coder, by name.
    pub coders: Vec<CoderThroughput>,
    /// All of them together.
    pub total: Throughput,
}

/// What the numbers mean.
pub(crate) fn definitions() -> Vec<Definition> {
    let here = "productive seconds are the active seconds of the coding leases that ended in these \
                days, whether the chart was submitted or given back; a pause of over two minutes is \
                no active time";
    let per_hour = "charts submitted for the first time ÷ active hours".to_owned();
    vec![
        Definition::of(Measure::Productivity, here),
        Definition { name: "Charts an hour", formula: per_hour },
    ]
}

/// Productivity by coder.
pub(crate) async fn report(tx: &mut WorkTx, slice: &Slice<'_>) -> Result<ProductivityReport> {
    let mut by_person: HashMap<PersonId, Throughput> = HashMap::new();
    let mut total = Throughput::default();
    for row in store::submissions(tx, slice).await? {
        by_person.entry(row.person_id).or_default().add(row.charts, 0, row.standard_seconds);
        total.add(row.charts, 0, row.standard_seconds);
    }
    for row in store::activity(tx, slice, AssignmentKind::Coding).await? {
        by_person.entry(row.person_id).or_default().add(0, row.active_seconds, 0);
        total.add(0, row.active_seconds, 0);
    }
    let ids: Vec<PersonId> = by_person.keys().copied().collect();
    let names = people::names(tx, &ids).await?;
    let mut coders: Vec<CoderThroughput> = by_person
        .into_iter()
        .map(|(person_id, throughput)| CoderThroughput {
            person_id,
            name: names.get(&person_id).cloned().unwrap_or_else(|| "Unknown".to_owned()),
            throughput,
        })
        .collect();
    coders.sort_by(|a, b| (&a.name, a.person_id).cmp(&(&b.name, b.person_id)));
    Ok(ProductivityReport { days: slice.period.days(), definitions: definitions(), coders, total })
}

impl ProductivityReport {
    pub(crate) fn sheet(&self) -> Sheet {
        let row = |coder: &CoderThroughput| {
            let name = Cell::Text(coder.name.clone());
            std::iter::once(name).chain(coder.throughput.cells()).collect()
        };
        let columns = std::iter::once("Coder").chain(THROUGHPUT_COLUMNS).collect();
        Sheet { name: "productivity", columns, rows: self.coders.iter().map(row).collect() }
    }
}

/// One person's own coding, every day of the period, and all of it together.
pub(crate) async fn own(
    tx: &mut WorkTx,
    slice: &Slice<'_>,
) -> Result<(Vec<DayThroughput>, Throughput)> {
    let empty = slice.period.each().map(|day| (Day(day), Throughput::default()));
    let mut by_day: BTreeMap<Day, Throughput> = empty.collect();
    let mut total = Throughput::default();
    for row in store::submissions(tx, slice).await? {
        by_day.entry(row.day).or_default().add(row.charts, 0, row.standard_seconds);
        total.add(row.charts, 0, row.standard_seconds);
    }
    for row in store::activity(tx, slice, AssignmentKind::Coding).await? {
        by_day.entry(row.day).or_default().add(0, row.active_seconds, 0);
        total.add(0, row.active_seconds, 0);
    }
    let days = by_day.into_iter().map(|(day, throughput)| DayThroughput { day, throughput });
    Ok((days.collect(), total))
}

pub(crate) fn days_sheet(days: &[DayThroughput]) -> Sheet {
    let row = |day: &DayThroughput| {
        let date = Cell::Text(day.day.to_string());
        std::iter::once(date).chain(day.throughput.cells()).collect()
    };
    let columns = std::iter::once("Day").chain(THROUGHPUT_COLUMNS).collect();
    Sheet { name: "my-productivity", columns, rows: days.iter().map(row).collect() }
}

/// What a person did as a reviewer.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Reviewing {
    /// Reviews decided.
    pub reviews: u32,
    /// Lines of the codes that came out of them.
    pub lines: u32,
    /// Measured seconds at work in review leases that ended in these days.
    pub active_seconds: i64,
    /// `reviews` an hour of active time; none without active time.
    pub reviews_per_hour: Option<f64>,
}

/// One person's own reviewing; `slice.person` is whose.
pub(crate) async fn reviewing(
    tx: &mut WorkTx,
    slice: &Slice<'_>,
    reviewer: PersonId,
) -> Result<Reviewing> {
    let decided = store::decided(tx, slice, reviewer).await?;
    let activity = store::activity(tx, slice, AssignmentKind::Review).await?;
    let active_seconds = activity.iter().fold(0_i64, |sum, row| {
        sum.saturating_add(if row.person_id == reviewer { row.active_seconds } else { 0 })
    });
    let reviews = count(decided.reviews);
    Ok(Reviewing {
        reviews,
        lines: count(decided.lines),
        active_seconds,
        reviews_per_hour: per_hour(reviews, active_seconds),
    })
}

#[cfg(test)]
mod tests {
    use super::{Throughput, per_hour};

    #[test]
    fn four_charts_of_five_minutes_in_sixteen_active_minutes_are_125_percent_and_15_an_hour() {
        let mut work = Throughput::default();
        work.add(4, 0, 4 * 300);
        assert_eq!((work.percent, work.charts_per_hour), (None, None));
        work.add(0, 16 * 60, 0);
        assert_eq!((work.percent, work.charts_per_hour), (Some(125.0), Some(15.0)));
    }

    #[test]
    fn no_time_gives_no_rate() {
        assert_eq!(per_hour(3, 0), None);
    }
}
