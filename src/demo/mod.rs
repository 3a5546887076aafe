//! The demonstration: three facilities, their coders, and three weeks of history that was not faked.
//!
//! Everything in it was done by the product's own functions under a clock that is moved by hand: charts
//! are handed in, planned, coded, reviewed and returned as they would be, and every row has its event.

mod agenda;
mod at_desk;
mod at_facility;
mod at_review;
mod cast;
mod closing;
mod found;
mod history;
mod names;
mod random;
mod story;
mod templates;

use base::Services;
use base::clock::Clock;
use base::error::Result;
use base::jobs::Runner;
use rules::Instant;
use std::sync::Arc;

/// Everyone's password. It opens nothing but the demonstration.
pub const PASSWORD: &str = "pass the baton please";
/// How long the story goes back.
const HISTORY_DAYS: i32 = 21;
const DAY_SECONDS: i64 = 86_400;

/// Somebody to sign in as.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Login {
    /// The address; a reserved domain, so nobody real.
    pub email: String,
    /// What they are here to do.
    pub role: &'static str,
    /// What to look at.
    pub hint: &'static str,
}

/// When the story begins that ends now.
#[must_use]
pub fn beginning(now: Instant) -> Instant {
    now.plus_seconds(-i64::from(HISTORY_DAYS) * DAY_SECONDS)
}

/// Whether the database holds a demonstration, or anything else, already.
///
/// # Errors
/// When the database fails.
pub async fn exists(services: &Services) -> Result<bool> {
    let system = services.authority.system();
    services.db.ops(&system, async |tx| Ok(!facilities::names(tx).await?.is_empty())).await
}

/// Whom to sign in as, in the order of a chart's way.
#[must_use]
pub fn logins() -> Vec<Login> {
    let company = cast::MEMBERS.iter().filter_map(|member| {
        let email = format!("{}@{}", member.login, cast::COMPANY_DOMAIN);
        Some(Login { email, role: member.role.label(), hint: member.hint? })
    });
    let neighbours = cast::NEIGHBOURS.iter().filter_map(|neighbour| {
        let email = format!("{}@{}", neighbour.login, cast::domain(neighbour.house));
        Some(Login { email, role: neighbour.role.label(), hint: neighbour.hint? })
    });
    neighbours.chain(company).collect()
}

/// Makes the demonstration; the services' clock is `clock`, which is left standing at `now`.
///
/// # Errors
/// The first thing that fails: the demonstration is then incomplete, and its folder to be removed.
pub async fn build(
    services: &Arc<Services>,
    runner: &Runner,
    clock: &Clock,
    now: Instant,
) -> Result<Vec<Login>> {
    let town = found::found(services).await?;
    Box::pin(history::live_through(services, runner, clock, (town, now))).await?;
    clock.set(now);
    Ok(logins())
}
