//! What the month came to.

use super::life::{Life, codes, shift_of};
use super::{DAY_SECONDS, DAYS, Outcome, fifo};
use base::Services;
use diesel::sql_types::{BigInt, Nullable, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId};
use std::collections::HashMap;
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(diesel::QueryableByName)]
struct ChartRow {
    #[diesel(sql_type = Uuid)]
    id: ChartId,
    #[diesel(sql_type = Uuid)]
    facility_id: FacilityId,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    due_at: Option<Instant>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    returned_at: Option<Instant>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    coded_at: Option<Instant>,
}

#[derive(diesel::QueryableByName)]
struct Count {
    #[diesel(sql_type = BigInt)]
    count: i64,
}

/// Rules that must never have been broken: what would break them, as queries that count it.
const BROKEN: [(&str, &str); 5] = [
    (
        "the coder also reviewed",
        "select count(*) from app.assignments c join app.assignments r using (facility_id, chart_id) \
         where c.kind = 'coding' and r.kind = 'review' and c.person_id = r.person_id \
           and c.state = 'submitted' and r.state = 'submitted'",
    ),
    (
        "an onshore chart left the country",
        "select count(*) from app.assignments a join app.charts c on c.facility_id = a.facility_id \
           and c.id = a.chart_id join app.queues q on q.facility_id = c.facility_id \
           and q.id = c.queue_id join app.people p on p.id = a.person_id \
         where q.onshore_only and p.country <> 'US'",
    ),
    (
        "two held a chart at once",
        "select count(*) from app.assignments a join app.assignments b using (facility_id, chart_id) \
         where a.id < b.id and a.started_at < coalesce(b.ended_at, 'infinity') \
           and b.started_at < coalesce(a.ended_at, 'infinity')",
    ),
    (
        "somebody not allow-listed had a chart",
        "select count(*) from app.assignments a where not exists (select from app.allow_list l \
           where l.facility_id = a.facility_id and l.person_id = a.person_id)",
    ),
    (
        "a chart was returned twice",
        "select count(*) from (select 1 from app.chart_events where to_state = 'returned' \
           group by facility_id, chart_id having count(*) > 1) twice",
    ),
];

pub async fn report(services: &Services, life: &Life, plot: Option<PathBuf>) -> Outcome<()> {
    let scope = services.authority.system();
    let charts: Vec<ChartRow> = services
        .db
        .ops(&scope, async |tx| {
            let query = "select id, facility_id, due_at, returned_at, coded_at from app.charts";
            Ok(diesel::sql_query(query).load(tx.conn()).await?)
        })
        .await?;
    let back = charts.iter().filter(|chart| chart.returned_at.is_some()).count();
    println!("{} charts came in, {} are stored, {back} are back", life.came.len(), charts.len());
    println!("{} restarts of the server in the middle of the work", life.restarts);
    let mut broken = life.came.len().abs_diff(charts.len());
    for (what, query) in BROKEN {
        let found: Count = services
            .db
            .ops(&scope, async |tx| Ok(diesel::sql_query(query).get_result(tx.conn()).await?))
            .await?;
        println!("{what}: {} times", found.count);
        broken += usize::try_from(found.count)?;
    }
    in_time(life, &charts);
    load(life);
    let points = honesty(life, &charts);
    if let Some(file) = plot {
        std::fs::write(&file, calibration(&points))?;
        println!("calibration plot: {}", file.display());
    }
    if broken > 0 || back < charts.len() {
        return Err(format!("{broken} faults, {} charts not back", charts.len() - back).into());
    }
    Ok(())
}

fn percent(part: usize, whole: usize) -> f64 {
    let float = |count: usize| f64::from(u32::try_from(count).unwrap_or(u32::MAX));
    100.0 * float(part) / float(whole.max(1))
}

/// In time, beside the same charts done first in, first out.
fn in_time(life: &Life, charts: &[ChartRow]) {
    let fifo = fifo::coded_at(life);
    println!(
        "\n{:<20} {:>7} {:>14} {:>14} {:>26}",
        "facility", "charts", "back in time", "coded in time", "first in, first out: coded"
    );
    for client in &life.company.clients {
        let of: Vec<&ChartRow> = charts.iter().filter(|it| it.facility_id == client.id).collect();
        let share = |is: &dyn Fn(&ChartRow) -> bool| {
            percent(of.iter().filter(|it| is(it)).count(), of.len())
        };
        let before_due = |at: Option<Instant>, it: &ChartRow| {
            at.zip(it.due_at).is_some_and(|(at, due)| at <= due)
        };
        println!(
            "{:<20} {:>7} {:>12.1} % {:>12.1} % {:>24.1} %",
            client.name,
            of.len(),
            share(&|it| before_due(it.returned_at, it)),
            share(&|it| before_due(it.coded_at, it)),
            share(&|it| before_due(fifo.get(&it.id).copied(), it)),
        );
    }
}

/// How evenly the work was spread, as a share of everybody's hours.
fn load(life: &Life) {
    let shares = |is: &dyn Fn(&super::crew::Worker) -> bool| -> Vec<f64> {
        let of = life.company.workers.iter().enumerate().filter(|(_, worker)| is(worker));
        of.filter_map(|(place, _)| busy_percent(life, place)).collect()
    };
    for (who, shares) in
        [("coders", shares(&codes)), ("reviewers", shares(&|worker| !codes(worker)))]
    {
        let count = f64::from(u32::try_from(shares.len()).unwrap_or(1).max(1));
        let mean = shares.iter().sum::<f64>() / count;
        let variance = shares.iter().map(|share| (share - mean).powi(2)).sum::<f64>() / count;
        let deviation = variance.sqrt();
        println!(
            "{who} were busy {mean:.1} % of their hours, with a deviation of {deviation:.1} points"
        );
    }
}

fn busy_percent(life: &Life, place: usize) -> Option<f64> {
    const STEP_SECONDS: i64 = 900;
    let worker = life.company.workers.get(place)?;
    let begins: Instant = super::BEGINS.parse().ok()?;
    let steps = (0..DAYS * DAY_SECONDS / STEP_SECONDS)
        .filter(|step| shift_of(worker, begins.plus_seconds(step * STEP_SECONDS)).is_some());
    let on_shift = u32::try_from(steps.count()).ok()?.max(1);
    let busy = u32::try_from(*life.worked_seconds.get(place)?).ok()?;
    Some(100.0 * f64::from(busy) / (f64::from(on_shift) * 900.0))
}

struct Point {
    foretold: f64,
    actual: f64,
    within: bool,
    due: usize,
}

/// What was foretold of the charts due in the next day, beside what became of them.
fn honesty(life: &Life, charts: &[ChartRow]) -> Vec<Point> {
    let mut by_facility: HashMap<FacilityId, Vec<&ChartRow>> = HashMap::new();
    for chart in charts {
        by_facility.entry(chart.facility_id).or_default().push(chart);
    }
    let mut points = Vec::new();
    for told in &life.foretold {
        let until = told.at.plus_seconds(DAY_SECONDS);
        let due: Vec<&&ChartRow> = by_facility
            .get(&told.facility)
            .map(|all| {
                let due = all
                    .iter()
                    .filter(|it| it.due_at.is_some_and(|due| due >= told.at && due <= until));
                due.collect()
            })
            .unwrap_or_default();
        if due.is_empty() {
            continue;
        }
        let kept =
            |it: &&&&ChartRow| it.returned_at.zip(it.due_at).is_some_and(|(at, due)| at <= due);
        let actual = percent(due.iter().filter(kept).count(), due.len());
        let within = (told.low - 1.0..=told.high + 1.0).contains(&actual);
        points.push(Point { foretold: told.mean, actual, within, due: due.len() });
    }
    let count = f64::from(u32::try_from(points.len()).unwrap_or(1).max(1));
    let miss = points.iter().map(|it| (it.foretold - it.actual).abs()).sum::<f64>() / count;
    let bias = points.iter().map(|it| it.foretold - it.actual).sum::<f64>() / count;
    let within = percent(points.iter().filter(|it| it.within).count(), points.len());
    println!("\n{} forecasts of a facility's next day", points.len());
    println!(
        "off by {miss:.1} points on average, {bias:+.1} too hopeful; {within:.0} % within the range of \
         eight in ten runs"
    );
    points
}

/// Foretold across, actual up; a dot on the line was right, a large dot is of many charts.
fn calibration(points: &[Point]) -> String {
    let mut svg = String::from(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 460 440\" \
         font-family=\"sans-serif\" font-size=\"11\">\n\
         <rect width=\"460\" height=\"440\" fill=\"#fff\"/>\n\
         <line x1=\"50\" y1=\"400\" x2=\"450\" y2=\"0\" stroke=\"#bbb\" stroke-dasharray=\"4 3\"/>\n\
         <path d=\"M50 0V400H450\" fill=\"none\" stroke=\"#444\"/>\n\
         <text x=\"250\" y=\"432\" text-anchor=\"middle\">foretold a day ahead: in time, %</text>\n\
         <text transform=\"translate(14 200) rotate(-90)\" text-anchor=\"middle\">what came true, %</text>\n",
    );
    for mark in [0_u32, 25, 50, 75, 100] {
        let (x, y) = (50 + 4 * mark, 400 - 4 * mark);
        let tick = format!(
            "<text x=\"{x}\" y=\"416\" text-anchor=\"middle\">{mark}</text>\
             <text x=\"44\" y=\"{}\" text-anchor=\"end\">{mark}</text>\n",
            y + 4
        );
        svg.push_str(&tick);
    }
    for point in points {
        let radius = if point.due > 60 { 5 } else { 3 };
        let drawn = writeln!(
            svg,
            "<circle cx=\"{:.1}\" cy=\"{:.1}\" r=\"{radius}\" fill=\"#0b6e75\" fill-opacity=\"0.55\"/>",
            50.0 + 4.0 * point.foretold,
            400.0 - 4.0 * point.actual,
        );
        if drawn.is_err() {
            break;
        }
    }
    svg.push_str("</svg>\n");
    svg
}
