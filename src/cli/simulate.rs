//! `chartrelay simulate`: what will be late, and what other people, hours or volume would change.

use super::Settings;
use crate::boot::BootError;
use base::clock::Clock;
use clap::Args;
use scheduling::{Asked, ForecastAnswer, Outlook};

/// Charts at risk that are listed.
const ROWS_MAX: usize = 20;

/// Run shifts and expected arrivals forward; writes nothing.
#[derive(Args)]
pub struct Simulate {
    #[command(flatten)]
    settings: Settings,
    /// How many days to look ahead, 1 to 14.
    #[arg(long, value_name = "DAYS", default_value_t = 3)]
    days: i64,
    /// What if so many charts came in, in percent of what is expected.
    #[arg(long, value_name = "PERCENT")]
    volume: Option<u32>,
    /// What if so many more people worked, by country, such as IN:3,PH:-1.
    #[arg(long, value_name = "COUNTRY:NUMBER,…", allow_hyphen_values = true)]
    people: Option<String>,
    /// What if every shift ended so many minutes later, or earlier below zero.
    #[arg(long, value_name = "MINUTES", allow_hyphen_values = true)]
    shift_minutes: Option<i32>,
    /// Print everything as JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(simulate: Simulate) -> Result<(), BootError> {
    let running = simulate.settings.boot(Clock::System).await?;
    let asked = Asked {
        days: Some(simulate.days),
        volume_percent: simulate.volume,
        shift_minutes: simulate.shift_minutes,
        people: simulate.people,
    };
    let scope = running.services.authority.system();
    let found = Box::pin(scheduling::outlook(&running.services, &scope, &asked)).await;
    tokio::task::spawn_blocking(move || running.stop()).await??;
    let found = found?;
    if simulate.json {
        println!("{}", serde_json::to_string_pretty(&found)?);
    } else {
        print(&found);
    }
    Ok(())
}

fn print(found: &ForecastAnswer) {
    println!(
        "From {} to {}; 24 runs, in brackets eight in ten of them.\n",
        found.as_of, found.until
    );
    println!("{:<32} {:>9} {:>18} {:>18}", "facility", "falls due", "in time", "with the change");
    for facility in &found.base.facilities {
        let share = |outlook: &Outlook| {
            let of = outlook.facilities.iter().find(|it| it.facility_id == facility.facility_id);
            of.and_then(|it| it.on_time_percent).map_or("–".to_owned(), |share| {
                format!("{:.0} % ({:.0}–{:.0})", share.mean, share.low, share.high)
            })
        };
        println!(
            "{:<32} {:>9.0} {:>18} {:>18}",
            facility.facility,
            facility.due_charts.mean,
            share(&found.base),
            found.changed.as_ref().map_or(String::new(), share),
        );
    }
    let shown = found.changed.as_ref().unwrap_or(&found.base);
    println!("\n{:<40} {:>8}  today's backlog is back", "queue", "open now");
    for queue in &shown.queues {
        let clears = queue.clears_at.map_or("not in these days".to_owned(), |at| at.to_string());
        println!(
            "{:<40} {:>8}  {clears}",
            format!("{}, {}", queue.facility, queue.queue),
            queue.open_now
        );
    }
    println!("\n{} charts at risk", shown.at_risk.len());
    for chart in shown.at_risk.iter().take(ROWS_MAX) {
        let late = format!("{:.0} %", chart.late_percent);
        println!("{} late in {late:>5}, due {}  {}", chart.reference, chart.due_at, chart.queue);
    }
}
