//! How soon charts were back.

use crate::asked::{Days, Definition, Slice};
use crate::sheet::{Cell, Sheet};
use crate::store::{self, Returned};
use base::db::WorkTx;
use base::error::{Error, Result};
use facilities::Terms;
use jiff::civil::Date;
use rules::clock::{Calendar, open_seconds_between};
use rules::ids::{FacilityId, QueueId};
use rules::metrics::{Measure, OnTime, median, percentile, share_percent, wilson_interval_percent};
use rules::time::Day;
use serde::Serialize;
use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap};

/// Returned charts of one report, at most: a report that left some out would be wrong.
const RETURNS_MAX: usize = 500_000;

/// How soon some charts were back.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Pace {
    /// How many were in time.
    #[serde(flatten)]
    pub on_time: OnTime,
    /// The middle chart's business seconds, stopped time left out.
    pub median_open_seconds: Option<i64>,
    /// What nine of ten charts took at most, counted alike.
    pub p90_open_seconds: Option<i64>,
    /// The middle chart's seconds on the wall clock, stopped time included.
    pub median_elapsed_seconds: Option<i64>,
    /// What nine of ten charts took at most, counted alike.
    pub p90_elapsed_seconds: Option<i64>,
}

/// One queue.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct QueueTurnaround {
    /// The tenant.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility: String,
    /// The queue.
    pub queue_id: QueueId,
    /// Its name.
    pub queue: String,
    /// What its contract promises, in business minutes.
    pub promised_minutes: i32,
    /// What it was.
    #[serde(flatten)]
    pub pace: Pace,
}

/// One day.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct DayReturns {
    /// Which.
    pub day: Day,
    /// Charts returned.
    pub returned: u32,
    /// Of these, in time.
    pub on_time: u32,
    /// `on_time` ÷ `returned` × 100; none when nothing was returned.
    pub percent: Option<f64>,
}

/// Turnaround in some days.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct TurnaroundReport {
    /// Which days.
    pub days: Days,
    /// What the numbers mean.
    pub definitions: Vec<Definition>,
    /// By queue.
    pub queues: Vec<QueueTurnaround>,
    /// Every day.
    pub by_day: Vec<DayReturns>,
    /// All together.
    pub total: Pace,
}

/// What the numbers mean.
pub(crate) fn definitions() -> Vec<Definition> {
    let open = "open is what the facility's business calendar calls open";
    vec![
        Definition::of(Measure::OnTime, "first returns only, each against its due time then"),
        Definition::of(Measure::MedianTurnaround, open),
        Definition::of(Measure::NinetiethTurnaround, open),
        Definition {
            name: "Elapsed",
            formula: "seconds on the wall clock from ready to returned, stopped time included"
                .to_owned(),
        },
    ]
}

/// Open and elapsed seconds of charts, and how many were in time.
#[derive(Default)]
struct Times {
    open: Vec<i64>,
    elapsed: Vec<i64>,
    returned: u32,
    on_time: u32,
}

impl Times {
    fn add(&mut self, row: &Returned, open_seconds: Option<i64>) {
        self.returned = self.returned.saturating_add(1);
        self.on_time = self.on_time.saturating_add(u32::from(row.on_time));
        self.open.extend(open_seconds);
        self.elapsed.extend(row.ready_at.map(|ready| row.made_at.seconds_since(ready).max(0)));
    }

    fn pace(mut self) -> Pace {
        self.open.sort_unstable();
        self.elapsed.sort_unstable();
        let (on_time, returned) = (self.on_time, self.returned);
        Pace {
            on_time: OnTime {
                on_time,
                returned,
                percent: share_percent(on_time, returned),
                interval: wilson_interval_percent(on_time, returned),
            },
            median_open_seconds: median(&self.open),
            p90_open_seconds: percentile(&self.open, 90),
            median_elapsed_seconds: median(&self.elapsed),
            p90_elapsed_seconds: percentile(&self.elapsed, 90),
        }
    }
}

/// Turnaround by queue and by day.
pub(crate) async fn report(tx: &mut WorkTx, slice: &Slice<'_>) -> Result<TurnaroundReport> {
    let asked = i64::try_from(RETURNS_MAX.saturating_add(1)).unwrap_or(i64::MAX);
    let rows = store::returned(tx, slice, asked).await?;
    if rows.len() > RETURNS_MAX {
        return Err(Error::invalid("from", "too many charts; choose fewer days or one facility"));
    }
    let calendars = calendars_of(tx, &rows).await?;
    let mut total = Times::default();
    let mut by_queue: BTreeMap<(FacilityId, QueueId), Times> = BTreeMap::new();
    let mut by_day: BTreeMap<Date, (u32, u32)> =
        slice.period.each().map(|day| (day, (0, 0))).collect();
    for row in &rows {
        let open = calendars.get(&row.facility_id).and_then(|calendar| open_seconds(calendar, row));
        total.add(row, open);
        by_queue.entry((row.facility_id, row.queue_id)).or_default().add(row, open);
        let (returned, on_time) =
            by_day.entry(row.made_at.in_zone(&slice.period.zone).date()).or_default();
        *returned = returned.saturating_add(1);
        *on_time = on_time.saturating_add(u32::from(row.on_time));
    }
    Ok(TurnaroundReport {
        days: slice.period.days(),
        definitions: definitions(),
        queues: queues_of(tx, by_queue).await?,
        by_day: by_day.into_iter().map(day_returns).collect(),
        total: total.pace(),
    })
}

fn day_returns((day, (returned, on_time)): (Date, (u32, u32))) -> DayReturns {
    DayReturns { day: Day(day), returned, on_time, percent: share_percent(on_time, returned) }
}

/// Business time from ready to returned, less stopped time.
fn open_seconds(calendar: &Calendar, row: &Returned) -> Option<i64> {
    let open = open_seconds_between(calendar, row.ready_at?, row.made_at);
    Some(open.saturating_sub(row.paused_seconds).max(0))
}

async fn calendars_of(tx: &mut WorkTx, rows: &[Returned]) -> Result<HashMap<FacilityId, Calendar>> {
    let mut calendars = HashMap::new();
    for row in rows {
        if let Entry::Vacant(missing) = calendars.entry(row.facility_id) {
            missing.insert(facilities::calendar(tx, row.facility_id).await?);
        }
    }
    Ok(calendars)
}

async fn queues_of(
    tx: &mut WorkTx,
    mut by_queue: BTreeMap<(FacilityId, QueueId), Times>,
) -> Result<Vec<QueueTurnaround>> {
    let names = facilities::names(tx).await?;
    let terms = facilities::all_terms(tx).await?;
    let shown = |terms: Terms| {
        let times = by_queue.remove(&(terms.facility_id, terms.queue_id))?;
        Some(QueueTurnaround {
            facility_id: terms.facility_id,
            facility: names.get(&terms.facility_id)?.name.clone(),
            queue_id: terms.queue_id,
            queue: terms.name,
            promised_minutes: terms.turnaround_minutes,
            pace: times.pace(),
        })
    };
    let mut queues: Vec<QueueTurnaround> = terms.into_iter().filter_map(shown).collect();
    queues.sort_by(|a, b| (&a.facility, &a.queue).cmp(&(&b.facility, &b.queue)));
    Ok(queues)
}

impl TurnaroundReport {
    pub(crate) fn queues_sheet(&self) -> Sheet {
        let row = |queue: &QueueTurnaround| {
            let Pace { on_time, .. } = queue.pace;
            vec![
                Cell::Text(queue.facility.clone()),
                Cell::Text(queue.queue.clone()),
                Cell::hours(Some(i64::from(queue.promised_minutes) * 60)),
                Cell::count(on_time.returned),
                Cell::count(on_time.on_time),
                Cell::tenths(on_time.percent),
                Cell::tenths(on_time.interval.map(|interval| interval.low_percent)),
                Cell::tenths(on_time.interval.map(|interval| interval.high_percent)),
                Cell::hours(queue.pace.median_open_seconds),
                Cell::hours(queue.pace.p90_open_seconds),
                Cell::hours(queue.pace.median_elapsed_seconds),
                Cell::hours(queue.pace.p90_elapsed_seconds),
            ]
        };
        let columns = vec![
            "Facility",
            "Queue",
            "Promised business h",
            "Returned",
            "On time",
            "On time %",
            "From %",
            "To %",
            "Median business h",
            "90th business h",
            "Median elapsed h",
            "90th elapsed h",
        ];
        Sheet { name: "turnaround", columns, rows: self.queues.iter().map(row).collect() }
    }

    pub(crate) fn days_sheet(&self) -> Sheet {
        let row = |day: &DayReturns| {
            vec![
                Cell::Text(day.day.to_string()),
                Cell::count(day.returned),
                Cell::count(day.on_time),
                Cell::tenths(day.percent),
            ]
        };
        let columns = vec!["Day", "Returned", "On time", "On time %"];
        Sheet { name: "returned-by-day", columns, rows: self.by_day.iter().map(row).collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::{Times, open_seconds};
    use crate::store::Returned;
    use rules::clock::{Calendar, Week};
    use rules::ids::{FacilityId, QueueId};
    use std::collections::BTreeSet;

    fn row(ready: &str, made: &str, paused_seconds: i64) -> Returned {
        Returned {
            facility_id: FacilityId::new(),
            queue_id: QueueId::new(),
            ready_at: Some(ready.parse().unwrap()),
            paused_seconds,
            made_at: made.parse().unwrap(),
            on_time: true,
        }
    }

    #[test]
    fn nights_and_stopped_time_are_no_business_time() {
        let hours = vec![vec![(480, 1020)]; 7];
        let calendar = Calendar {
            zone: jiff::tz::TimeZone::UTC,
            week: Week::parse(hours).unwrap(),
            holidays: BTreeSet::new(),
        };
        let overnight = row("2026-03-02T16:00:00Z", "2026-03-03T10:00:00Z", 1_800);
        assert_eq!(open_seconds(&calendar, &overnight), Some(3 * 3_600 - 1_800));
    }

    #[test]
    fn a_pace_counts_every_chart_and_takes_values_that_occur() {
        let mut times = Times::default();
        for hours in 1..=10_i64 {
            let made = format!("2026-03-02T{hours:02}:00:00Z");
            times.add(&row("2026-03-02T00:00:00Z", &made, 0), Some(hours * 3_600));
        }
        let pace = times.pace();
        assert_eq!((pace.on_time.returned, pace.on_time.percent), (10, Some(100.0)));
        assert_eq!(pace.p90_open_seconds, Some(9 * 3_600));
        assert_eq!(pace.median_elapsed_seconds, Some(5 * 3_600 + 1_800));
    }
}
