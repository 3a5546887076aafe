//! The pages: plots, the tables they were drawn from, and what every number means.

use crate::accuracy::{self, Accuracy, AccuracyReport};
use crate::asked::{Asked, Days, Definition};
use crate::backlog::BacklogReport;
use crate::estimates::EstimatesReport;
use crate::plots::{AgesPlot, BarsPlot, CodersPlot, LinesPlot};
use crate::productivity::{Reviewing, Throughput, days_sheet};
use crate::reports;
use crate::sheet::{Cell, Sheet, in_units};
use crate::turnaround::{Pace, TurnaroundReport};
use actix_web::HttpResponse;
use actix_web::web::Query;
use askama::Template;
use rules::access::may;
use web::{Answer, May, Shell};

/// A table on a page, with the address of the same table as CSV.
#[derive(Template)]
#[template(path = "table.html")]
struct Table {
    id: &'static str,
    caption: &'static str,
    sheet: Sheet,
    csv: String,
    definitions: Vec<Definition>,
}

/// The days in the filter's fields.
struct Filter {
    from: String,
    to: String,
    time_zone: String,
}

impl Filter {
    fn of(days: &Days) -> Self {
        let (from, to) = (days.from.to_string(), days.to.to_string());
        Self { from, to, time_zone: days.time_zone.clone() }
    }
}

/// A number with its note, as tiles show it.
struct Figure {
    name: &'static str,
    value: String,
    unit: &'static str,
    note: String,
    tone: &'static str,
}

fn figure(name: &'static str, value: Option<f64>, unit: &'static str, note: String) -> Figure {
    let (value, unit) = match value {
        Some(value) => (format!("{value:.1}"), unit),
        None => ("–".to_owned(), ""),
    };
    Figure { name, value, unit, note, tone: "" }
}

fn of_throughput(work: &Throughput) -> [Figure; 2] {
    let hours = in_units(work.active_seconds, 3_600);
    let charts = Figure {
        name: "Charts coded",
        value: work.charts.to_string(),
        unit: "",
        note: format!("{hours:.1} active hours"),
        tone: "",
    };
    let note = format!("n = {} charts", work.charts);
    [charts, figure("Productivity", work.percent, "%", note)]
}

fn of_accuracy(accuracy: &Accuracy) -> [Figure; 2] {
    let interval = accuracy.interval.map_or_else(String::new, |interval| {
        format!(" · {:.1}–{:.1} %", interval.low_percent, interval.high_percent)
    });
    let note = format!("n = {} lines{interval}", accuracy.lines);
    let first = format!("n = {} charts reviewed", accuracy.reviews);
    [
        figure("Accuracy", accuracy.percent, "%", note),
        figure("First pass", accuracy.first_pass_percent, "%", first),
    ]
}

fn of_pace(pace: &Pace) -> [Figure; 2] {
    let on_time = &pace.on_time;
    let interval = on_time.interval.map_or_else(String::new, |interval| {
        format!(" · {:.1}–{:.1} %", interval.low_percent, interval.high_percent)
    });
    let note = format!("n = {} charts{interval}", on_time.returned);
    let hours = |seconds: Option<i64>| seconds.map(|seconds| in_units(seconds, 3_600));
    let slow = hours(pace.p90_open_seconds)
        .map_or_else(String::new, |hours| format!("nine of ten within {hours:.1} h"));
    [
        figure("On time", on_time.percent, "%", note),
        figure("Turnaround, median", hours(pace.median_open_seconds), "business h", slow),
    ]
}

fn of_backlog(backlog: &BacklogReport) -> Figure {
    Figure {
        name: "Not yet returned",
        value: backlog.charts.to_string(),
        unit: "",
        note: format!("{} overdue", backlog.overdue),
        tone: if backlog.overdue > 0 { "bad" } else { "" },
    }
}

fn of_reviewing(reviewing: &Reviewing) -> Figure {
    let hours = in_units(reviewing.active_seconds, 3_600);
    Figure {
        name: "Reviews decided",
        value: reviewing.reviews.to_string(),
        unit: "",
        note: format!("{} lines · {hours:.1} active hours", reviewing.lines),
        tone: "",
    }
}

#[derive(Template)]
#[template(path = "vendor.html")]
struct VendorPage {
    shell: Shell,
    filter: Filter,
    facilities: Vec<(String, String)>,
    facility: String,
    figures: Vec<Figure>,
    coders_plot: Option<CodersPlot>,
    returns_plot: Option<LinesPlot>,
    ages_plot: Option<AgesPlot>,
    productivity: Table,
    accuracy: Table,
    queue_accuracy: Table,
    turnaround: Table,
    days: Table,
    backlog: Table,
    estimates: Table,
}

/// Productivity, accuracy, turnaround and backlog of the scope.
pub async fn vendor(may: May<may::ViewMetrics>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let report = reports::whole(&may, &asked).await?;
    let facility = asked.facility()?.map(|id| id.to_string()).unwrap_or_default();
    let query = format!("{}&facility_id={facility}", report.period.query());
    let csv = |name: &str, part: &str| format!("/api/v1/metrics/{name}?{query}&format=csv{part}");
    let reports::VendorReport {
        period,
        facilities,
        productivity,
        accuracy,
        turnaround,
        backlog,
        estimates,
    } = report;
    let mut figures: Vec<Figure> = of_throughput(&productivity.total).into();
    figures.extend(of_accuracy(&accuracy.total));
    figures.extend(of_pace(&turnaround.total));
    figures.push(of_backlog(&backlog));
    web::html(&VendorPage {
        shell: Shell::new(&may, "Metrics", "/metrics"),
        filter: Filter::of(&period.days()),
        facilities: facilities.into_iter().map(|(id, name)| (id.to_string(), name)).collect(),
        facility,
        figures,
        coders_plot: CodersPlot::of(&productivity, &accuracy),
        returns_plot: LinesPlot::of(&turnaround.by_day),
        ages_plot: AgesPlot::of(&backlog),
        productivity: table(
            ("m-productivity", "Productivity by coder"),
            productivity.sheet(),
            csv("productivity", ""),
            productivity.definitions,
        ),
        accuracy: table(
            ("m-accuracy", "Accuracy by coder"),
            accuracy.coders_sheet(),
            csv("accuracy", ""),
            accuracy.definitions.clone(),
        ),
        queue_accuracy: by_queue(&accuracy, csv("accuracy", "&part=queues")),
        turnaround: by_pace(&turnaround, csv("turnaround", "")),
        days: by_day(&turnaround, csv("turnaround", "&part=days")),
        backlog: what_waits(backlog, csv("backlog", "")),
        estimates: how_far_off(estimates, csv("estimates", "")),
    })
}

fn table(
    (id, caption): (&'static str, &'static str),
    sheet: Sheet,
    csv: String,
    definitions: Vec<Definition>,
) -> Table {
    Table { id, caption, sheet, csv, definitions }
}

fn by_queue(report: &AccuracyReport, csv: String) -> Table {
    let (id, caption) = ("m-queue-accuracy", "Accuracy by queue");
    table((id, caption), report.queues_sheet(), csv, accuracy::definitions())
}

fn by_pace(report: &TurnaroundReport, csv: String) -> Table {
    let (id, caption) = ("m-turnaround", "Turnaround by queue");
    table((id, caption), report.queues_sheet(), csv, report.definitions.clone())
}

fn by_day(report: &TurnaroundReport, csv: String) -> Table {
    table(("m-days", "Returned by day"), report.days_sheet(), csv, Vec::new())
}

fn what_waits(report: BacklogReport, csv: String) -> Table {
    table(("m-backlog", "Backlog by queue"), report.sheet(), csv, report.definitions)
}

fn how_far_off(report: EstimatesReport, csv: String) -> Table {
    let (id, caption) = ("m-estimates", "Expected against needed minutes by queue");
    table((id, caption), report.sheet(), csv, report.definitions)
}

#[derive(Template)]
#[template(path = "mine.html")]
struct MinePage {
    shell: Shell,
    filter: Filter,
    figures: Vec<Figure>,
    plot: Option<BarsPlot>,
    days: Table,
    accuracy: Table,
}

/// One's own numbers.
pub async fn mine(may: May<may::ViewOwnMetrics>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let report = reports::own(&may, &asked).await?;
    let query = format!("from={}&to={}", report.days.from, report.days.to);
    let csv = |part: &str| format!("/api/v1/metrics/mine?{query}&format=csv{part}");
    let mut figures: Vec<Figure> = of_throughput(&report.total).into();
    figures.extend(of_accuracy(&report.accuracy.total));
    if report.reviewing.reviews > 0 {
        figures.push(of_reviewing(&report.reviewing));
    }
    web::html(&MinePage {
        shell: Shell::new(&may, "My numbers", "/metrics/mine"),
        filter: Filter::of(&report.days),
        figures,
        plot: BarsPlot::of(&report.by_day),
        days: table(
            ("m-days", "My charts by day"),
            days_sheet(&report.by_day),
            csv(""),
            report.definitions,
        ),
        accuracy: by_queue(&report.accuracy, csv("&part=accuracy")),
    })
}

#[derive(Template)]
#[template(path = "facility.html")]
struct FacilityPage {
    shell: Shell,
    filter: Filter,
    figures: Vec<Figure>,
    returns_plot: Option<LinesPlot>,
    ages_plot: Option<AgesPlot>,
    turnaround: Table,
    days: Table,
    backlog: Table,
    accuracy: Table,
}

/// A facility's own numbers, without the names of coders.
pub async fn facility(
    may: May<may::ViewFacilityMetrics>,
    asked: Query<Asked>,
) -> Answer<HttpResponse> {
    let report = reports::of_facility(&may, &asked).await?;
    let (turnaround, backlog) = (report.turnaround, report.backlog);
    let query = format!("from={}&to={}", turnaround.days.from, turnaround.days.to);
    let csv = |part: &str| format!("/api/v1/metrics/facility?{query}&format=csv{part}");
    let mut figures: Vec<Figure> = of_pace(&turnaround.total).into();
    figures.push(of_backlog(&backlog));
    figures.extend(of_accuracy(&report.accuracy.total));
    web::html(&FacilityPage {
        shell: Shell::new(&may, "Metrics", "/metrics/facility"),
        filter: Filter::of(&turnaround.days),
        figures,
        returns_plot: LinesPlot::of(&turnaround.by_day),
        ages_plot: AgesPlot::of(&backlog),
        turnaround: by_pace(&turnaround, csv("")),
        days: by_day(&turnaround, csv("&part=days")),
        backlog: what_waits(backlog, csv("&part=backlog")),
        accuracy: by_queue(&report.accuracy, csv("&part=accuracy")),
    })
}
