//! `chartrelay plan`: plans a batch from a file, without a server or a database.

use crate::boot::BootError;
use clap::Args;
use formats::chart_assign::{self, Batch};
use rules::planner::objective::{Assignment, Evaluation};
use rules::planner::search::{Effort, search};
use std::io::{Read as _, Write as _};
use std::time::{Duration, Instant};

/// Bytes of an instance, at most: a million charts are a quarter of a gigabyte.
const INSTANCE_BYTES_MAX: u64 = 2 << 30;
/// Longest search that can be asked for: an hour.
const BUDGET_MILLISECONDS_MAX: u64 = 3_600_000;

/// Plan a batch: a chart-assign/1 instance on standard input, the assignment on standard output.
#[derive(Args)]
pub struct Plan {
    /// How long to improve the first plan, in milliseconds; 0 leaves it as it is.
    #[arg(
        long,
        value_name = "MILLISECONDS",
        default_value_t = 1000,
        value_parser = clap::value_parser!(u64).range(..=BUDGET_MILLISECONDS_MAX)
    )]
    budget_ms: u64,
    /// The same seed finds the same plan.
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    seed: u64,
    /// Say on standard error how good the plan is.
    #[arg(long)]
    report: bool,
}

pub(super) fn run(plan: &Plan) -> Result<(), BootError> {
    let bytes = read_all()?;
    let batch = chart_assign::read(&bytes)?;
    let (assignment, cut_short) = search_within(plan, &batch);
    if cut_short {
        eprintln!(
            "chartrelay: the machine was too slow for the whole search in {} ms; \
             the plan holds, but another run may find another one",
            plan.budget_ms
        );
    }
    if plan.report {
        report(&batch.instance.evaluate(&assignment)?);
    }
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    batch.write(&assignment, &mut out)?;
    out.write_all(b"\n")?;
    Ok(out.flush()?)
}

fn read_all() -> Result<Vec<u8>, BootError> {
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(INSTANCE_BYTES_MAX + 1).read_to_end(&mut bytes)?;
    if u64::try_from(bytes.len())? > INSTANCE_BYTES_MAX {
        return Err("the instance is larger than 2 GiB".into());
    }
    Ok(bytes)
}

/// The plan, and whether time ran out before the search was through.
fn search_within(plan: &Plan, batch: &Batch<'_>) -> (Assignment, bool) {
    let effort = Effort::within(plan.budget_ms, batch.instance.charts.len(), plan.seed);
    let (begun, budget) = (Instant::now(), Duration::from_millis(plan.budget_ms));
    let mut cut_short = false;
    let mut stop = || {
        cut_short |= begun.elapsed() > budget;
        cut_short
    };
    let assignment = search(&batch.instance, effort, &mut stop);
    (assignment, cut_short && effort.looks > 0)
}

fn report(evaluation: &Evaluation) {
    let Evaluation { score, late_charts, left_over_charts, weight_on_time } = evaluation;
    eprintln!(
        "F1 {} seconds, F2 {:.4} percentage points, {late_charts} charts late, \
         {left_over_charts} left over, weight in time {weight_on_time}",
        score.lateness_seconds,
        score.spread_points(),
    );
}
