//! Productivity bars by coder, with their accuracy and its interval beside them.

use super::{Px, Tick, axis, axis_end, real, short};
use crate::accuracy::{Accuracy, AccuracyReport};
use crate::productivity::{CoderThroughput, ProductivityReport};
use askama::Template;

/// Coders in the plot, at most; the table below has all.
const CODERS_MAX: usize = 30;
const NAME_CHARACTERS_MAX: usize = 20;
const ROW: f64 = 26.0;
const TOP: f64 = 26.0;
/// Where the bars begin and end.
const BARS: (f64, f64) = (150.0, 410.0);
/// Where the accuracies begin and end.
const DOTS: (f64, f64) = (470.0, 676.0);

#[derive(Template)]
#[template(path = "plots/coders.html")]
pub(crate) struct CodersPlot {
    height: Px,
    bottom: Px,
    bar_ticks: Vec<Tick>,
    dot_ticks: Vec<Tick>,
    standard: Px,
    rows: Vec<Row>,
    left_out: usize,
}

struct Row {
    text_y: Px,
    bar_y: Px,
    centre: Px,
    name: String,
    whole_name: String,
    bar: Option<Bar>,
    dot: Option<Dot>,
}

struct Bar {
    width: Px,
    value_x: Px,
    percent: String,
    charts: u32,
}

struct Dot {
    x: Px,
    low: Px,
    width: Px,
    percent: String,
    interval: String,
    lines: u32,
}

impl CodersPlot {
    /// The plot; none without a coder whose productivity can be told.
    pub(crate) fn of(productivity: &ProductivityReport, accuracy: &AccuracyReport) -> Option<Self> {
        let mut coders: Vec<&CoderThroughput> =
            productivity.coders.iter().filter(|c| c.throughput.percent.is_some()).collect();
        coders.sort_by_key(|coder| std::cmp::Reverse(coder.throughput.charts));
        let left_out = coders.len().saturating_sub(CODERS_MAX);
        coders.truncate(CODERS_MAX);
        coders.sort_by_key(|coder| &coder.name);
        if coders.is_empty() {
            return None;
        }
        let accuracy_of = |coder: &CoderThroughput| {
            let mut all = accuracy.coders.iter().flatten();
            all.find(|other| other.person_id == coder.person_id).map(|other| other.accuracy)
        };
        let percents = coders.iter().filter_map(|coder| coder.throughput.percent);
        let end = axis_end(percents.fold(100, |most, percent| most.max(whole(percent))));
        let found: Vec<Option<Accuracy>> = coders.iter().map(|coder| accuracy_of(coder)).collect();
        let lowest = lowest(&found);
        let bottom = TOP + real(coders.len()) * ROW;
        Some(Self {
            height: Px(bottom + 20.0),
            bottom: Px(bottom),
            bar_ticks: axis(end).map(|n| tick(bar_x(f64::from(n), end), n)).collect(),
            dot_ticks: accuracy_ticks(lowest),
            standard: Px(bar_x(100.0, end)),
            rows: coders
                .iter()
                .zip(&found)
                .enumerate()
                .map(|(place, (coder, accuracy))| {
                    row(place, coder, accuracy.as_ref(), (end, lowest))
                })
                .collect(),
            left_out,
        })
    }
}

fn row(
    place: usize,
    coder: &CoderThroughput,
    accuracy: Option<&Accuracy>,
    (end, lowest): (u32, u32),
) -> Row {
    let centre = TOP + (real(place) + 0.5) * ROW;
    let bar = coder.throughput.percent.map(|percent| {
        let width = (bar_x(percent, end) - BARS.0).max(1.0);
        Bar {
            width: Px(width),
            value_x: Px(BARS.0 + width + 5.0),
            percent: format!("{percent:.0}"),
            charts: coder.throughput.charts,
        }
    });
    Row {
        text_y: Px(centre + 4.0),
        bar_y: Px(centre - 8.0),
        centre: Px(centre),
        name: short(&coder.name, NAME_CHARACTERS_MAX),
        whole_name: coder.name.clone(),
        bar,
        dot: accuracy.and_then(|accuracy| dot(accuracy, lowest)),
    }
}

fn dot(accuracy: &Accuracy, lowest: u32) -> Option<Dot> {
    let (percent, interval) = (accuracy.percent?, accuracy.interval?);
    let (low, high) = (interval.low_percent, interval.high_percent);
    Some(Dot {
        x: Px(dot_x(percent, lowest)),
        low: Px(dot_x(low, lowest)),
        width: Px((dot_x(high, lowest) - dot_x(low, lowest)).max(1.0)),
        percent: format!("{percent:.1}"),
        interval: format!("{low:.1}–{high:.1}"),
        lines: accuracy.lines,
    })
}

/// Where the accuracies' axis begins: at 80, or lower by tens when an interval reaches lower.
fn lowest(found: &[Option<Accuracy>]) -> u32 {
    let intervals = found.iter().flatten().filter_map(|accuracy| accuracy.interval);
    let low = intervals.fold(80.0_f64, |least, interval| least.min(interval.low_percent));
    whole(low) / 10 * 10
}

fn accuracy_ticks(lowest: u32) -> Vec<Tick> {
    let every = if lowest >= 80 { 5 } else { 20 };
    let numbers = (0..=100_u32).filter(|n| n % every == 0 && *n >= lowest);
    numbers.map(|n| tick(dot_x(f64::from(n), lowest), n)).collect()
}

/// The whole part of a percentage; those of over a million are a million.
fn whole(percent: f64) -> u32 {
    format!("{:.0}", percent.clamp(0.0, 1e6).floor()).parse().unwrap_or(0)
}

fn bar_x(percent: f64, end: u32) -> f64 {
    BARS.0 + (BARS.1 - BARS.0) * percent / f64::from(end.max(1))
}

fn dot_x(percent: f64, lowest: u32) -> f64 {
    let span = f64::from(100_u32.saturating_sub(lowest).max(1));
    DOTS.0 + (DOTS.1 - DOTS.0) * (percent - f64::from(lowest)) / span
}

fn tick(at: f64, n: u32) -> Tick {
    Tick { at: Px(at), label: n.to_string() }
}

#[cfg(test)]
mod tests {
    use super::{CodersPlot, whole};
    use crate::accuracy::{Accuracy, AccuracyReport, CoderAccuracy};
    use crate::asked::Days;
    use crate::productivity::{CoderThroughput, ProductivityReport, Throughput};
    use askama::Template;
    use jiff::civil::date;
    use rules::ids::PersonId;
    use rules::metrics::wilson_interval_percent;
    use rules::time::Day;

    #[test]
    fn names_cannot_become_markup_and_every_number_has_its_n() {
        let days = Days {
            from: Day(date(2026, 3, 1)),
            to: Day(date(2026, 3, 2)),
            time_zone: "UTC".into(),
        };
        let person_id = PersonId::new();
        let throughput = Throughput { charts: 7, percent: Some(112.0), ..Throughput::default() };
        let productivity = ProductivityReport {
            days: days.clone(),
            definitions: Vec::new(),
            coders: vec![CoderThroughput { person_id, name: "<b>Ana</b>".into(), throughput }],
            total: throughput,
        };
        let scored = Accuracy {
            lines: 40,
            correct_lines: 38,
            percent: Some(95.0),
            interval: wilson_interval_percent(38, 40),
            ..Accuracy::default()
        };
        let accuracy = AccuracyReport {
            days,
            definitions: Vec::new(),
            coders: Some(vec![CoderAccuracy { person_id, name: "Ana".into(), accuracy: scored }]),
            queues: Vec::new(),
            total: scored,
        };
        let svg = CodersPlot::of(&productivity, &accuracy).unwrap().render().unwrap();
        assert!(!svg.contains("<b>") && !svg.contains("style="), "{svg}");
        assert!(svg.contains("112 %, 7 charts") && svg.contains("95.0 % of 40 lines"), "{svg}");
    }

    #[test]
    fn a_percentage_is_cut_to_its_whole_part() {
        assert_eq!((whole(99.9), whole(-1.0), whole(f64::INFINITY)), (99, 0, 1_000_000));
    }
}
