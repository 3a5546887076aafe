//! The backlog of each queue as one bar, cut by age.

use super::{Px, Tick, axis, axis_end, real, short};
use crate::backlog::{BacklogReport, QueueBacklog};
use askama::Template;
use rules::metrics::AgeBand;

/// Queues in the plot, at most; the table below has all.
const QUEUES_MAX: usize = 20;
const NAME_CHARACTERS_MAX: usize = 34;
const ROW: f64 = 28.0;
const TOP: f64 = 22.0;
const LEFT: f64 = 220.0;
const RIGHT: f64 = 680.0;
/// A colour for each age, in the order of the bands.
const COLOURS: [&str; 5] = ["series-good", "series-1", "series-3", "series-warn", "series-bad"];

#[derive(Template)]
#[template(path = "plots/ages.html")]
pub(crate) struct AgesPlot {
    height: Px,
    bottom: Px,
    ticks: Vec<Tick>,
    legend: Vec<(&'static str, &'static str)>,
    rows: Vec<Row>,
    charts: u32,
    left_out: usize,
}

struct Row {
    text_y: Px,
    bar_y: Px,
    name: String,
    whole_name: String,
    pieces: Vec<Piece>,
    total_x: Px,
    total: u32,
}

struct Piece {
    x: Px,
    width: Px,
    colour: &'static str,
    title: String,
}

impl AgesPlot {
    /// The plot; none when nothing waits.
    pub(crate) fn of(report: &BacklogReport) -> Option<Self> {
        let mut queues: Vec<&QueueBacklog> = report.queues.iter().collect();
        queues.sort_by_key(|queue| std::cmp::Reverse(queue.charts));
        let left_out = queues.len().saturating_sub(QUEUES_MAX);
        queues.truncate(QUEUES_MAX);
        let most = queues.first()?.charts;
        let end = axis_end(most);
        let bottom = TOP + real(queues.len()) * ROW;
        let labels = AgeBand::ALL.iter().map(|band| band.label());
        Some(Self {
            height: Px(bottom + 20.0),
            bottom: Px(bottom),
            ticks: axis(most)
                .map(|n| Tick { at: Px(LEFT + width(n, end)), label: n.to_string() })
                .collect(),
            legend: COLOURS.into_iter().zip(labels).collect(),
            rows: queues.iter().enumerate().map(|(place, queue)| row(place, queue, end)).collect(),
            charts: report.charts,
            left_out,
        })
    }
}

fn width(charts: u32, end: u32) -> f64 {
    (RIGHT - LEFT) * f64::from(charts) / f64::from(end.max(1))
}

fn row(place: usize, queue: &QueueBacklog, end: u32) -> Row {
    let centre = TOP + (real(place) + 0.5) * ROW;
    let mut x = LEFT;
    let mut pieces = Vec::new();
    let bands = COLOURS.into_iter().zip(AgeBand::ALL).zip(queue.ages.each());
    for ((colour, band), charts) in bands.filter(|(_, charts)| *charts > 0) {
        let width = width(charts, end);
        let title = format!("{}: {charts} charts {}", queue.queue, band.label());
        pieces.push(Piece { x: Px(x), width: Px(width), colour, title });
        x += width;
    }
    let whole_name = format!("{} · {}", queue.queue, queue.facility);
    Row {
        text_y: Px(centre + 4.0),
        bar_y: Px(centre - 9.0),
        name: short(&whole_name, NAME_CHARACTERS_MAX),
        whole_name,
        pieces,
        total_x: Px(x + 6.0),
        total: queue.charts,
    }
}
