//! A forecast in names and moments, for pages and programs.

use crate::work::Names;
use rules::Instant;
use rules::forecast::{Band, Forecast, World};
use rules::ids::{ChartId, FacilityId, QueueId};
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

pub(super) const DAY_SECONDS: i64 = 86_400;

/// A forecast, and the same with something different beside it.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ForecastAnswer {
    /// From when.
    pub as_of: Instant,
    /// Until when.
    pub until: Instant,
    /// The countries in which people work, with how many.
    pub countries: BTreeMap<String, usize>,
    /// As it stands.
    pub base: Outlook,
    /// With what was asked to be different.
    pub changed: Option<Outlook>,
}

/// What will probably happen.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Outlook {
    /// Facility by facility.
    pub facilities: Vec<FacilityAhead>,
    /// Queue by queue.
    pub queues: Vec<QueueAhead>,
    /// Hour by hour and country by country.
    pub hours: Vec<HourAhead>,
    /// Charts of today that may be late, the riskiest first; without those that are.
    pub at_risk: Vec<ChartAhead>,
}

/// A figure with how far it may stray: one run in ten lies below, one above.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, utoipa::ToSchema)]
pub struct Range {
    /// One run in ten lies below.
    pub low: f64,
    /// The average.
    pub mean: f64,
    /// One run in ten lies above.
    pub high: f64,
}

/// A facility's deadlines in these days.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct FacilityAhead {
    /// The tenant.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility: String,
    /// Charts that fall due.
    pub due_charts: Range,
    /// How many of a hundred of them are returned in time; none when nothing falls due.
    pub on_time_percent: Option<Range>,
}

/// A queue's backlog.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct QueueAhead {
    /// The tenant.
    pub facility_id: FacilityId,
    /// The queue.
    pub queue_id: QueueId,
    /// The tenant's name.
    pub facility: String,
    /// The queue's name.
    pub queue: String,
    /// Charts that wait or are in hand now.
    pub open_now: u32,
    /// When the last of them is back on average; none when that is later than these days.
    pub clears_at: Option<Instant>,
    /// How many of a hundred charts that fall due are returned in time.
    pub on_time_percent: Option<Range>,
    /// Open charts at the end of each hour, new ones included.
    pub open_by_hour: Vec<f64>,
}

/// One hour of one country's people.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct HourAhead {
    /// When it begins.
    pub at: Instant,
    /// The country.
    pub country: String,
    /// Minutes of shift.
    pub shift_minutes: f64,
    /// Minutes of work.
    pub work_minutes: f64,
}

impl HourAhead {
    /// Work in percent of the shift; all of it is overtime when there is no shift.
    #[must_use]
    pub fn load_percent(&self) -> f64 {
        if self.shift_minutes > 0.0 {
            100.0 * self.work_minutes / self.shift_minutes
        } else {
            100.0
        }
    }
}

/// A chart that may be late.
#[derive(Debug, Clone, PartialEq, Serialize, utoipa::ToSchema)]
pub struct ChartAhead {
    /// The chart.
    pub chart_id: ChartId,
    /// What it is called where no patient may be named.
    pub reference: String,
    /// The tenant's name.
    pub facility: String,
    /// The queue's name.
    pub queue: String,
    /// When it is due.
    pub due_at: Instant,
    /// In how many of a hundred runs it is late.
    pub late_percent: f64,
    /// When it is back in half of the runs; none when that is later than these days.
    pub back_at: Option<Instant>,
}

/// How many people work in each country.
pub(super) fn countries(world: &World) -> BTreeMap<String, usize> {
    let of = |country: &str| world.workers.iter().filter(|it| it.country == country).count();
    let named: BTreeSet<&str> = world
        .workers
        .iter()
        .filter(|it| !it.country.is_empty() && !it.shifts.is_empty())
        .map(|it| it.country.as_str())
        .collect();
    named.into_iter().map(|country| (country.to_owned(), of(country))).collect()
}

pub(super) fn outlook(forecast: &Forecast, now: Instant, names: &Names) -> Outlook {
    let facility = |it: &rules::forecast::FacilityOutlook| FacilityAhead {
        facility_id: it.facility,
        facility: names.facility(it.facility),
        due_charts: range(it.due_charts),
        on_time_percent: it.on_time_percent.map(range),
    };
    let hour = |it: &rules::forecast::HourOfWork| HourAhead {
        at: now.plus_seconds(i64::try_from(it.hour).unwrap_or(0) * 3_600),
        country: it.country.clone(),
        shift_minutes: f64::from(i32::try_from(it.on_shift_seconds).unwrap_or(i32::MAX)) / 60.0,
        work_minutes: it.worked_seconds / 60.0,
    };
    let chart = |it: &rules::forecast::RiskyChart| ChartAhead {
        chart_id: it.chart,
        reference: crate::reference(it.chart),
        facility: names.facility(it.facility),
        queue: names.queue(it.facility, it.queue),
        due_at: now.plus_seconds(it.due_seconds),
        late_percent: it.late_percent,
        back_at: it.done_seconds.map(|seconds| now.plus_seconds(seconds)),
    };
    Outlook {
        facilities: forecast.facilities.iter().map(facility).collect(),
        queues: forecast.queues.iter().map(|it| queue(it, now, names)).collect(),
        hours: forecast.hours.iter().map(hour).collect(),
        at_risk: forecast.at_risk.iter().map(chart).collect(),
    }
}

fn queue(it: &rules::forecast::QueueOutlook, now: Instant, names: &Names) -> QueueAhead {
    let seconds = |band: Band| format!("{:.0}", band.mean).parse().unwrap_or(0);
    QueueAhead {
        facility_id: it.facility,
        queue_id: it.queue,
        facility: names.facility(it.facility),
        queue: names.queue(it.facility, it.queue),
        open_now: it.open_now,
        clears_at: it.clears_seconds.map(|band| now.plus_seconds(seconds(band))),
        on_time_percent: it.on_time_percent.map(range),
        open_by_hour: it.open_by_hour.clone(),
    }
}

const fn range(band: Band) -> Range {
    Range { low: band.low, mean: band.mean, high: band.high }
}
