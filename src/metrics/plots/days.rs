//! Plots over days: two lines, or bars.

use super::{Px, Tick, axis, axis_end, real};
use crate::productivity::DayThroughput;
use crate::turnaround::DayReturns;
use askama::Template;
use jiff::civil::Date;

const LEFT: f64 = 36.0;
const RIGHT: f64 = 712.0;
const TOP: f64 = 12.0;
const BOTTOM: f64 = 180.0;
/// Days named below the axis, at most.
const NAMES_MAX: usize = 10;
/// Bars leave this part of a day's room free.
const GAP: f64 = 0.25;

/// What plots over days have in common.
struct Frame {
    ticks: Vec<Tick>,
    names: Vec<Tick>,
    day_width: f64,
    end: u32,
}

impl Frame {
    fn of(days: &[Date], most: u32) -> Self {
        let end = axis_end(most);
        let day_width = (RIGHT - LEFT) / real(days.len().max(1));
        let every = days.len().div_ceil(NAMES_MAX).max(1);
        let mut frame = Self { ticks: Vec::new(), names: Vec::new(), day_width, end };
        frame.ticks =
            axis(most).map(|n| Tick { at: Px(frame.y(n)), label: n.to_string() }).collect();
        frame.names = days
            .iter()
            .enumerate()
            .step_by(every)
            .map(|(place, day)| Tick { at: Px(frame.x(place)), label: in_short(*day) })
            .collect();
        frame
    }

    /// The middle of a day.
    fn x(&self, place: usize) -> f64 {
        LEFT + self.day_width * (real(place) + 0.5)
    }

    fn y(&self, n: u32) -> f64 {
        BOTTOM - (BOTTOM - TOP) * f64::from(n) / f64::from(self.end.max(1))
    }

    fn path(&self, values: impl Iterator<Item = u32>) -> String {
        let points = values.enumerate().map(|(place, n)| {
            let pen = if place == 0 { 'M' } else { 'L' };
            format!("{pen}{} {}", Px(self.x(place)), Px(self.y(n)))
        });
        points.collect::<Vec<_>>().join(" ")
    }
}

/// `23 Nov`.
fn in_short(day: Date) -> String {
    day.strftime("%-d %b").to_string()
}

#[derive(Template)]
#[template(path = "plots/lines.html")]
pub(crate) struct LinesPlot {
    frame: Frame,
    returned: String,
    on_time: String,
    area: String,
    dots: Vec<Dot>,
    total: u32,
}

struct Dot {
    x: Px,
    returned_y: Px,
    on_time_y: Px,
    title: String,
}

impl LinesPlot {
    /// Charts returned and charts in time by day; none when nothing was returned.
    pub(crate) fn of(days: &[DayReturns]) -> Option<Self> {
        let total = days.iter().fold(0_u32, |sum, day| sum.saturating_add(day.returned));
        if total == 0 {
            return None;
        }
        let dates: Vec<Date> = days.iter().map(|day| day.day.0).collect();
        let most = days.iter().map(|day| day.returned).max().unwrap_or(0);
        let frame = Frame::of(&dates, most);
        let returned = frame.path(days.iter().map(|day| day.returned));
        let last = Px(frame.x(days.len().saturating_sub(1)));
        let area = format!("{returned} L{last} {BOTTOM} L{} {BOTTOM} Z", Px(frame.x(0)));
        let dot = |(place, day): (usize, &DayReturns)| Dot {
            x: Px(frame.x(place)),
            returned_y: Px(frame.y(day.returned)),
            on_time_y: Px(frame.y(day.on_time)),
            title: format!(
                "{}: {} returned, {} on time",
                in_short(day.day.0),
                day.returned,
                day.on_time
            ),
        };
        let dots = days.iter().enumerate().map(dot).collect();
        let on_time = frame.path(days.iter().map(|day| day.on_time));
        Some(Self { frame, returned, on_time, area, dots, total })
    }
}

#[derive(Template)]
#[template(path = "plots/bars.html")]
pub(crate) struct BarsPlot {
    frame: Frame,
    bars: Vec<Bar>,
    total: u32,
}

struct Bar {
    x: Px,
    y: Px,
    width: Px,
    height: Px,
    title: String,
}

impl BarsPlot {
    /// Charts submitted by day; none when there were none.
    pub(crate) fn of(days: &[DayThroughput]) -> Option<Self> {
        let charts = |day: &DayThroughput| day.throughput.charts;
        let total = days.iter().fold(0_u32, |sum, day| sum.saturating_add(charts(day)));
        if total == 0 {
            return None;
        }
        let dates: Vec<Date> = days.iter().map(|day| day.day.0).collect();
        let frame = Frame::of(&dates, days.iter().map(charts).max().unwrap_or(0));
        let width = frame.day_width * (1.0 - GAP);
        let bar = |(place, day): (usize, &DayThroughput)| {
            let y = frame.y(charts(day));
            Bar {
                x: Px(frame.x(place) - width / 2.0),
                y: Px(y),
                width: Px(width),
                height: Px(BOTTOM - y),
                title: format!("{}: {} charts", in_short(day.day.0), charts(day)),
            }
        };
        let bars = days.iter().enumerate().filter(|(_, day)| charts(day) > 0).map(bar).collect();
        Some(Self { frame, bars, total })
    }
}

#[cfg(test)]
mod tests {
    use super::LinesPlot;
    use crate::turnaround::DayReturns;
    use askama::Template;
    use jiff::civil::date;
    use rules::time::Day;

    fn returns(day: i8, returned: u32, on_time: u32) -> DayReturns {
        DayReturns { day: Day(date(2026, 3, day)), returned, on_time, percent: None }
    }

    #[test]
    fn a_plot_says_each_number_in_words_and_nothing_returned_is_no_plot() {
        assert!(LinesPlot::of(&[returns(1, 0, 0)]).is_none());
        let days = [returns(1, 4, 4), returns(2, 0, 0), returns(3, 8, 6)];
        let svg = LinesPlot::of(&days).unwrap().render().unwrap();
        assert!(svg.contains("3 Mar: 8 returned, 6 on time"), "{svg}");
        assert!(svg.contains("12 charts") && !svg.contains("style="), "{svg}");
    }
}
