//! A month in a coding company, lived through by the product's own functions under a moved clock.
//!
//! `cargo bench --bench month [-- --charts-per-day N --plot FILE]`: three facilities, sixty coders in
//! three countries, a holiday, the change to summer time, sick leave, a surge and restarts of the server.
//! Says whether a chart was lost or a rule broken, how much was in time beside first-in-first-out to
//! the least loaded, and how honest each day's forecast for the next day was.

mod crew;
mod fifo;
mod life;
mod numbers;
mod report;

use base::clock::Clock;
use base::config::Config;
use base::private_postgres::Durability;
use chartrelay::boot::{self, Start};
use std::error::Error;
use std::path::PathBuf;

type Outcome<T> = Result<T, Box<dyn Error + Send + Sync>>;

/// Monday of the week before the United States change to summer time.
const BEGINS: &str = "2026-03-02T05:00:00Z";
/// Charts come in for four weeks; then the rest is worked off.
const DAYS: i64 = 28;
const DAYS_AFTER: i64 = 4;
const DAY_SECONDS: i64 = 86_400;
/// A coder new to a queue is not reviewed in full for long: sixty at once would be.
const RAMP_CHARTS: u32 = 3;

fn main() -> Outcome<()> {
    let arguments: Vec<String> = std::env::args().collect();
    let after = |name: &str| {
        let at = arguments.iter().position(|argument| argument == name)?;
        arguments.get(at + 1).cloned()
    };
    let per_day = after("--charts-per-day").and_then(|text| text.parse().ok()).unwrap_or(220);
    let plot = after("--plot").map(PathBuf::from);
    actix_web::rt::System::new().block_on(run(per_day, plot))
}

async fn run(charts_per_day: u32, plot: Option<PathBuf>) -> Outcome<()> {
    let folder = std::env::temp_dir().join(format!("chartrelay-month-{}", std::process::id()));
    let mut config = Config::load(None, [])?;
    config.data.folder.clone_from(&folder);
    config.review.ramp_charts = RAMP_CHARTS;
    let clock = Clock::standing_at(BEGINS.parse()?);
    let start = Start {
        config,
        clock: clock.clone(),
        search_folders: Vec::new(),
        durability: Durability::TestsOnly,
    };
    let mut running = boot::start(start).await?;
    let company = crew::found(&running.services).await?;
    let mut life = life::Life::plan(company, clock, charts_per_day);
    Box::pin(life.live(&mut running)).await?;
    report::report(&running.services, &life, plot).await?;
    running.stop()?;
    std::fs::remove_dir_all(&folder)?;
    Ok(())
}
