//! This slice's pages.

mod account;
mod door;
mod people;
mod standing;
mod users;

use actix_web::web::{ServiceConfig, get};
use rules::access::{Role, Side};

/// Zones offered first; any other IANA name can be entered.
const ZONES: [&str; 14] = [
    "America/New_York",
    "America/Chicago",
    "America/Denver",
    "America/Phoenix",
    "America/Los_Angeles",
    "America/Anchorage",
    "Pacific/Honolulu",
    "America/Puerto_Rico",
    "Europe/London",
    "Asia/Kolkata",
    "Asia/Manila",
    "Asia/Dubai",
    "Australia/Sydney",
    "UTC",
];

/// Registers the pages.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/", get().to(door::start))
        .route("/sign-in", get().to(door::sign_in))
        .route("/welcome", get().to(door::welcome))
        .route("/account", get().to(account::page))
        .route("/people", get().to(people::list))
        .route("/people/{id}", get().to(people::one))
        .route("/users", get().to(users::list))
        .route("/users/{id}", get().to(users::one));
}

/// The roles that people of a side may hold.
fn roles_of(side: Side) -> Vec<Role> {
    let fits = |role: &Role| role.belongs_to(side) && *role != Role::ApiKey;
    Role::ALL.iter().copied().filter(fits).collect()
}

fn in_words(roles: &[String]) -> String {
    let roles = roles.iter().filter_map(|role| role.parse::<Role>().ok());
    roles.map(Role::label).collect::<Vec<_>>().join(", ")
}
