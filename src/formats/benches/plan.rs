//! How good plans are, and how long they take: `cargo bench -p formats --bench plan [-- FOLDER]`.
//!
//! Plans batches of the bench's own making, or every chart-assign/1 instance of a folder, within a
//! second each, and prints them beside the simple policies that coding shops use today. With a
//! `bounds.json` in the folder, also how far from the proven bound and the best known plan.

use formats::chart_assign;
use rules::planner::objective::{Assignment, Chart, Evaluation, Instance};
use rules::planner::search::{Effort, search};
use serde_json::{Value, json};
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};

const SEED: u64 = 1;
/// Charts, coders and milliseconds of the batches of the bench's own making.
const OWN: [(usize, usize, u64); 6] = [
    (50, 5, 1_000),
    (300, 30, 1_000),
    (2_000, 100, 1_000),
    (10_000, 500, 1_000),
    (100_000, 2_000, 1_500),
    (1_000_000, 10_000, 4_000),
];

fn main() -> Result<(), Box<dyn Error>> {
    println!(
        "{:<20} {:>12} {:>8} {:>9} {:>8} {:>8} {:>7} | on time by weight: {:>7} {:>7} {:>7}",
        "instance", "F1", "F2", "ms", "to bound", "to best", "skill", "planned", "soonest", "fifo"
    );
    let folder = std::env::args().skip(1).find(|argument| !argument.starts_with('-'));
    match folder {
        Some(folder) => every_file(Path::new(&folder)),
        None => OWN.into_iter().try_for_each(|(charts, coders, milliseconds)| {
            let bytes = serde_json::to_vec(&made_up(charts, coders))?;
            row(&format!("{charts}x{coders}"), &bytes, milliseconds, &Value::Null)
        }),
    }
}

fn every_file(folder: &Path) -> Result<(), Box<dyn Error>> {
    let bounds = std::fs::read(folder.join("bounds.json")).unwrap_or_else(|_| b"{}".to_vec());
    let bounds: Value = serde_json::from_slice(&bounds)?;
    let mut files: Vec<_> = std::fs::read_dir(folder)?
        .map(|entry| entry.map(|it| it.path()))
        .collect::<Result<_, _>>()?;
    files.sort();
    for file in files {
        let bytes = std::fs::read(&file)?;
        let name = file.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        if chart_assign::read(&bytes).is_ok() {
            row(&name, &bytes, 1_000, bounds.get(&name).unwrap_or(&Value::Null))?;
        }
    }
    Ok(())
}

fn row(name: &str, bytes: &[u8], milliseconds: u64, known: &Value) -> Result<(), Box<dyn Error>> {
    let begun = Instant::now();
    let batch = chart_assign::read(bytes)?;
    let instance = &batch.instance;
    let (searching, budget) = (Instant::now(), Duration::from_millis(milliseconds));
    let effort = Effort::within(milliseconds, instance.charts.len(), SEED);
    let plan = search(instance, effort, &mut || searching.elapsed() > budget);
    let taken = begun.elapsed();
    let found = instance.evaluate(&plan)?;
    let f1 = found.score.lateness_seconds;
    let of = |field: &str| known.get(field).and_then(Value::as_i64).filter(|number| *number > 0);
    let gap = |to: Option<i64>| {
        to.map_or("-".to_owned(), |to| format!("{:.2} %", (ratio(f1, to) - 1.0) * 100.0))
    };
    let (bound, best) = (of("F1_lb"), of("F1_best"));
    let skill = of("F1_naive_best").zip(bound).map_or("-".to_owned(), |(naive, bound)| {
        format!("{:.4}", ratio(naive - f1, naive - bound))
    });
    let soonest = instance.evaluate(&soonest_done(instance))?;
    let fifo = instance.evaluate(&least_loaded(instance))?;
    println!(
        "{name:<20} {f1:>12} {:>8.4} {:>9} {:>8} {:>8} {skill:>7} | {:>26} {:>7} {:>7}",
        found.score.spread_points(),
        taken.as_millis(),
        gap(bound),
        gap(best),
        on_time(instance, &found),
        on_time(instance, &soonest),
        on_time(instance, &fifo),
    );
    Ok(())
}

fn on_time(instance: &Instance, found: &Evaluation) -> String {
    let all: i64 = instance.charts.iter().map(|chart| chart.weight).sum();
    format!("{:.1} %", ratio(found.weight_on_time, all) * 100.0)
}

fn ratio(part: i64, whole: i64) -> f64 {
    let float = |number: i64| number.to_string().parse::<f64>().unwrap_or(f64::NAN);
    float(part) / float(whole)
}

/// By weight, then deadline, to whoever is done first: the best of the simple policies.
fn soonest_done(instance: &Instance) -> Assignment {
    let mut order: Vec<usize> = (0..instance.charts.len()).collect();
    order.sort_by_key(|place| {
        instance.charts.get(*place).map(|chart| (-chart.weight, chart.due_seconds))
    });
    hand_out(instance, &order, |coder, load, chart| {
        instance
            .coders
            .get(coder)
            .map_or(i64::MAX, |it| it.available_from_seconds + load + it.seconds_for(chart))
    })
}

/// First in, first out, to whoever has least to do.
fn least_loaded(instance: &Instance) -> Assignment {
    let order: Vec<usize> = (0..instance.charts.len()).collect();
    hand_out(instance, &order, |_, load, _| load)
}

fn hand_out(
    instance: &Instance,
    order: &[usize],
    bid: impl Fn(usize, i64, &Chart) -> i64,
) -> Assignment {
    let mut lists: Assignment = vec![Vec::new(); instance.coders.len()];
    let mut loads = vec![0_i64; instance.coders.len()];
    for place in order {
        let Some(chart) = instance.charts.get(*place) else { continue };
        let fits = |coder: &usize| {
            let load = loads.get(*coder).copied().unwrap_or(i64::MAX / 2);
            instance
                .coders
                .get(*coder)
                .is_some_and(|it| load + it.seconds_for(chart) <= it.capacity_seconds)
        };
        let load_of = |coder: usize| loads.get(coder).copied().unwrap_or(0);
        let best = instance
            .eligible(chart)
            .filter(fits)
            .min_by_key(|coder| bid(*coder, load_of(*coder), chart));
        let Some(best) = best else { continue };
        let seconds = instance.coders.get(best).map_or(0, |coder| coder.seconds_for(chart));
        if let (Some(load), Some(list)) = (loads.get_mut(best), lists.get_mut(best)) {
            *load += seconds;
            list.push(*place);
        }
    }
    lists
}

/// A sequence without pattern that is the same in every run.
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: i64) -> i64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        i64::try_from(self.0 >> 33).unwrap_or(0) % limit.max(1)
    }

    fn any<T: Copy>(&mut self, first: T, others: &[T]) -> T {
        let place = self.below(i64::try_from(others.len()).unwrap_or(0) + 1);
        let other = usize::try_from(place - 1).ok().and_then(|place| others.get(place));
        other.copied().unwrap_or(first)
    }

    fn happens(&mut self, percent: i64) -> bool {
        self.below(100) < percent
    }
}

const SKILLS: [&str; 7] = ["IP", "FAC", "RAD", "PATH", "SDS", "HCC", "ONC"];

/// A shop with somewhat more work than time: three countries, tenants with allow-lists, charts of a
/// few minutes and some of an hour, most due within the shift.
fn made_up(charts: usize, coders: usize) -> Value {
    let mut numbers = Numbers(0x5EED);
    let tenants = i64::try_from(coders / 10).unwrap_or(4).clamp(3, 40);
    let per_coder = i64::try_from(charts / coders.max(1)).unwrap_or(20);
    let shift = per_coder * 450 + 7_200;
    let people: Vec<Value> =
        (0..coders).map(|number| coder(number, (tenants, per_coder), &mut numbers)).collect();
    let work: Vec<Value> =
        (0..charts).map(|number| chart(number, (tenants, shift), &mut numbers)).collect();
    json!({
        "format": "chart-assign/1", "id": format!("{charts}x{coders}"),
        "params": {
            "late_penalty_s": 86_400, "defer_penalty_s": 3_600,
            "carryover_s": 86_400.max(shift), "onshore_countries": ["US"],
        },
        "coders": people, "charts": work,
    })
}

fn coder(number: usize, (tenants, per_coder): (i64, i64), numbers: &mut Numbers) -> Value {
    let allowed: Vec<String> =
        (0..tenants).filter(|_| numbers.happens(40)).map(|tenant| format!("T{tenant}")).collect();
    let mut skills: Vec<&str> = SKILLS.into_iter().filter(|_| numbers.happens(60)).collect();
    skills.push("ED");
    json!({
        "id": format!("C{number}"), "country": numbers.any("US", &["IN", "PH"]),
        "tenants": allowed, "skills": skills, "available_from_s": numbers.below(7_200),
        "capacity_s": per_coder * (330 + numbers.below(120)), "speed_pct": 75 + numbers.below(50),
    })
}

fn chart(number: usize, (tenants, shift): (i64, i64), numbers: &mut Numbers) -> Value {
    let long = if numbers.happens(10) { 3_000 } else { 500 };
    let soon = if numbers.happens(60) { shift } else { 172_800 };
    json!({
        "id": format!("H{number}"), "tenant": format!("T{}", numbers.below(tenants)),
        "skills": [numbers.any("ED", &SKILLS)], "onshore_only": numbers.happens(10),
        "expected_s": 60 + numbers.below(long), "due_s": numbers.below(soon) - 3_600,
        "weight": numbers.any(2, &[2, 2, 2, 1, 1, 1, 4, 4, 8]),
    })
}
