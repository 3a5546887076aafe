//! Two plots: how many charts are open hour by hour, and how busy each country's people are.

use super::view::{ForecastAnswer, HourAhead, Outlook};
use askama::Template;
use jiff::tz::TimeZone;
use rules::Instant;

const LEFT: f64 = 44.0;
const RIGHT: f64 = 712.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 190.0;
/// Lines across the plot.
const GRID_LINES: u32 = 4;
/// Hours named below the axis, at most.
const NAMES_MAX: usize = 8;
const ROW_HEIGHT: f64 = 26.0;

/// A place on an axis with its name.
struct Tick {
    at: String,
    label: String,
}

/// Open charts, hour by hour.
#[derive(Template)]
#[template(path = "plots/open.html")]
pub(super) struct OpenPlot {
    grid: Vec<Tick>,
    names: Vec<Tick>,
    base: String,
    changed: Option<String>,
    now: String,
    end: String,
}

impl OpenPlot {
    pub(super) fn of(comparison: &ForecastAnswer, zone: &TimeZone) -> Self {
        let base = totals(&comparison.base);
        let changed = comparison.changed.as_ref().map(totals);
        let all = base.iter().chain(changed.iter().flatten());
        let most = all.copied().fold(1.0, f64::max);
        let top = axis_end(most);
        let y = |charts: f64| BOTTOM - (BOTTOM - TOP) * charts / top;
        let width = (RIGHT - LEFT) / length(base.len());
        let x = |hour: usize| LEFT + width * length_from_zero(hour);
        let path = |line: &[f64]| {
            let point = |(hour, charts): (usize, &f64)| {
                let pen = if hour == 0 { 'M' } else { 'L' };
                format!("{pen}{:.1} {:.1}", x(hour), y(*charts))
            };
            line.iter().enumerate().map(point).collect::<Vec<_>>().join(" ")
        };
        let grid = (0..=GRID_LINES).map(|line| {
            let charts = top * f64::from(line) / f64::from(GRID_LINES);
            Tick { at: format!("{:.1}", y(charts)), label: format!("{charts:.0}") }
        });
        let last = base.last().copied().unwrap_or(0.0);
        Self {
            grid: grid.collect(),
            names: names(comparison.as_of, base.len(), zone, x),
            base: path(&base),
            changed: changed.as_deref().map(path),
            now: format!("{:.0}", base.first().copied().unwrap_or(0.0)),
            end: format!("{last:.0}"),
        }
    }
}

/// How busy each country is in each hour: a row of cells each.
#[derive(Template)]
#[template(path = "plots/load.html")]
pub(super) struct LoadPlot {
    rows: Vec<Row>,
    names: Vec<Tick>,
    height: String,
    names_at: String,
}

struct Row {
    country: String,
    label_at: String,
    cells: Vec<Cell>,
}

struct Cell {
    x: String,
    y: String,
    width: String,
    height: String,
    /// 0 to 4, from idle to full; 5 is overtime.
    level: u8,
    title: String,
}

impl LoadPlot {
    pub(super) fn of(comparison: &ForecastAnswer, outlook: &Outlook, zone: &TimeZone) -> Self {
        let hours = outlook.queues.first().map_or(1, |queue| queue.open_by_hour.len());
        let width = (RIGHT - LEFT) / length(hours);
        let x = |hour: usize| LEFT + width * length_from_zero(hour);
        let place = |hour: &HourAhead| {
            usize::try_from(hour.at.seconds_since(comparison.as_of) / 3_600).unwrap_or(0)
        };
        let rows = comparison.countries.keys().enumerate().map(|(row, country)| {
            let y = TOP + ROW_HEIGHT * length_from_zero(row);
            let cell = |hour: &HourAhead| Cell {
                x: format!("{:.1}", x(place(hour))),
                y: format!("{y:.1}"),
                width: format!("{:.1}", (width - 0.6).max(0.6)),
                height: format!("{:.1}", ROW_HEIGHT - 4.0),
                level: level(hour),
                title: title(hour, zone),
            };
            let of_country = outlook.hours.iter().filter(|hour| hour.country == *country);
            Row {
                country: country.clone(),
                label_at: format!("{:.1}", y + ROW_HEIGHT / 2.0),
                cells: of_country.map(cell).collect(),
            }
        });
        let bottom = TOP + ROW_HEIGHT * length_from_zero(comparison.countries.len());
        Self {
            rows: rows.collect(),
            names: names(comparison.as_of, hours, zone, x),
            height: format!("{:.0}", bottom + 22.0),
            names_at: format!("{:.0}", bottom + 14.0),
        }
    }
}

fn level(hour: &HourAhead) -> u8 {
    match hour.load_percent() {
        _ if hour.shift_minutes <= 0.0 => 5,
        load if load < 5.0 => 0,
        load if load < 40.0 => 1,
        load if load < 75.0 => 2,
        load if load < 95.0 => 3,
        _ => 4,
    }
}

fn title(hour: &HourAhead, zone: &TimeZone) -> String {
    let at = named(hour.at, zone, "%a %-d %b, %H:%M");
    if hour.shift_minutes > 0.0 {
        let people = hour.shift_minutes / 60.0;
        format!("{at}: {people:.1} people, {:.0} % busy", hour.load_percent())
    } else {
        format!("{at}: {:.0} minutes of overtime", hour.work_minutes)
    }
}

/// Open charts of all queues, hour by hour.
fn totals(outlook: &Outlook) -> Vec<f64> {
    let hours = outlook.queues.iter().map(|queue| queue.open_by_hour.len()).max().unwrap_or(1);
    let at = |hour: usize| {
        outlook.queues.iter().filter_map(|queue| queue.open_by_hour.get(hour)).sum::<f64>()
    };
    (0..hours).map(at).collect()
}

fn names(from: Instant, hours: usize, zone: &TimeZone, x: impl Fn(usize) -> f64) -> Vec<Tick> {
    let every = hours.div_ceil(NAMES_MAX).max(1);
    let tick = |hour: usize| {
        let at = from.plus_seconds(i64::try_from(hour).unwrap_or(0) * 3_600);
        Tick { at: format!("{:.1}", x(hour)), label: named(at, zone, "%a %H:%M") }
    };
    (0..hours).step_by(every).map(tick).collect()
}

fn named(at: Instant, zone: &TimeZone, form: &str) -> String {
    at.in_zone(zone).strftime(form).to_string()
}

/// The end of an axis that holds a figure: 1, 2 or 5 with noughts, in four even steps.
fn axis_end(most: f64) -> f64 {
    let mut unit = 4.0;
    while unit < most {
        let steps = [2.0, 5.0, 10.0].map(|step| unit * step);
        match steps.into_iter().find(|end| *end >= most) {
            Some(end) => return end,
            None => unit *= 10.0,
        }
    }
    unit
}

/// A count for a division: at least one.
fn length(count: usize) -> f64 {
    length_from_zero(count.max(1))
}

fn length_from_zero(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use super::axis_end;

    #[test]
    #[expect(clippy::float_cmp, reason = "whole numbers")]
    fn an_axis_ends_at_a_round_figure_that_holds_everything() {
        let ends = [0.0, 4.0, 5.0, 19.0, 40.0, 41.0, 1_900.0].map(axis_end);
        assert_eq!(ends, [4.0, 4.0, 8.0, 20.0, 40.0, 80.0, 2_000.0]);
    }
}
