//! How the vendor's people are set up for work: skills, credentials, shifts, leave, limits.

use crate::store;
use base::Services;
use base::audit::{self, Entry};
use base::db::{OpsTx, PlaneTx, VendorScope};
use base::error::{Checks, Error, Result};
use rules::clock::ShiftInterval;
use rules::ids::PersonId;
use rules::time::Day;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use web::live::{Topic, tell};

/// Skills or credentials of one person.
const LIST_MAX: usize = 40;
/// Intervals of one week.
const SHIFTS_MAX: usize = 42;
/// Days of one leave, less one.
const LEAVE_DAYS_MAX: i32 = 366;
/// Charts that anybody may hold at once.
pub(crate) const WIP_LIMITS: std::ops::RangeInclusive<i32> = 1..=50;
/// Speeds that a lead may set.
const SPEEDS_PERCENT: std::ops::RangeInclusive<i32> = 50..=200;

/// How much somebody gets.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// The version of the person that is changed.
    pub version: i32,
    /// Charts that they may hold at once, 1 to 50.
    pub wip_limit: i32,
    /// Whether they get no new work for now.
    pub paused: bool,
    /// How fast they work, 50 to 200: 125 does a quarter more in an hour than expected. What was learned
    /// from their codings when absent.
    #[serde(default)]
    pub speed_percent: Option<i32>,
}

/// Sets a person's skills.
///
/// # Errors
/// [`Error::Invalid`] for words that are none; [`Error::NotFound`] for someone of a facility.
pub async fn set_skills(
    services: &Services,
    scope: &VendorScope,
    id: PersonId,
    skills: &[String],
) -> Result<()> {
    let formed = |text: &String| {
        (2..=40).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    let skills: BTreeSet<String> = skills.iter().map(|skill| skill.trim().to_owned()).collect();
    if skills.len() > LIST_MAX || !skills.iter().all(formed) {
        return Err(Error::invalid("skills", "at most 40 words of small letters, digits and _"));
    }
    let skills: Vec<String> = skills.into_iter().collect();
    let work = async |tx: &mut OpsTx| {
        store::find(tx, id).await?;
        store::set_skills(tx, id, &skills).await?;
        note(tx, id, "person.skills").await
    };
    services.db.ops(scope, work).await
}

/// Sets a person's credentials, each with the day on which it expires.
///
/// # Errors
/// As [`set_skills`].
pub async fn set_credentials(
    services: &Services,
    scope: &VendorScope,
    id: PersonId,
    credentials: &[(String, Option<Day>)],
) -> Result<()> {
    let formed = |text: &String| {
        (2..=20).contains(&text.len())
            && text.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit() || c == '-')
    };
    let held: BTreeMap<String, Option<Day>> =
        credentials.iter().map(|(name, until)| (name.trim().to_owned(), *until)).collect();
    let mut checks = Checks::default();
    checks
        .require(
            credentials.len() <= LIST_MAX && held.keys().all(formed),
            "credentials",
            "at most 40, in capital letters, such as CPC or CCS-P",
        )
        .require(held.len() == credentials.len(), "credentials", "each once");
    checks.done()?;
    let credentials: Vec<(String, Option<Day>)> = held.into_iter().collect();
    let work = async |tx: &mut OpsTx| {
        store::find(tx, id).await?;
        store::set_credentials(tx, id, &credentials).await?;
        note(tx, id, "person.credentials").await
    };
    services.db.ops(scope, work).await
}

/// Sets a person's weekly shifts, in their own time zone.
///
/// # Errors
/// As [`set_skills`].
pub async fn set_shifts(
    services: &Services,
    scope: &VendorScope,
    id: PersonId,
    shifts: &[ShiftInterval],
) -> Result<()> {
    let starts: BTreeSet<_> = shifts.iter().map(|s| (s.weekday(), s.from_minute())).collect();
    let mut checks = Checks::default();
    checks.require(shifts.len() <= SHIFTS_MAX, "shifts", "at most 42 intervals a week").require(
        starts.len() == shifts.len(),
        "shifts",
        "two intervals begin at the same time",
    );
    checks.done()?;
    let work = async |tx: &mut OpsTx| {
        store::find(tx, id).await?;
        store::set_shifts(tx, id, shifts).await?;
        note(tx, id, "person.shifts").await
    };
    services.db.ops(scope, work).await
}

/// Notes a leave, both days included; the same leave twice is one.
///
/// # Errors
/// As [`set_skills`].
pub async fn add_leave(
    services: &Services,
    scope: &VendorScope,
    id: PersonId,
    (first, last): (Day, Day),
) -> Result<()> {
    let days = first.0.until(last.0).map_or(-1, |span| span.get_days());
    if !(0..=LEAVE_DAYS_MAX).contains(&days) {
        return Err(Error::invalid("last_day", "from the first day to a year after it"));
    }
    let work = async |tx: &mut OpsTx| {
        store::find(tx, id).await?;
        let known = store::leave(tx, id).await?;
        if known.iter().any(|(_, from, to)| (*from, *to) == (first, last)) {
            return Ok(());
        }
        store::add_leave(tx, id, first, last).await?;
        note(tx, id, "person.leave").await
    };
    services.db.ops(scope, work).await
}

/// Takes a leave back.
///
/// # Errors
/// [`Error::NotFound`] when it is not this person's.
pub async fn remove_leave(
    services: &Services,
    scope: &VendorScope,
    id: PersonId,
    leave: uuid::Uuid,
) -> Result<()> {
    let work = async |tx: &mut OpsTx| {
        store::find(tx, id).await?;
        if store::remove_leave(tx, id, leave).await? == 0 {
            return Err(Error::NotFound);
        }
        note(tx, id, "person.leave").await
    };
    services.db.ops(scope, work).await
}

/// Sets how much a person gets, if nobody has changed them since.
///
/// # Errors
/// [`Error::Invalid`]; [`Error::Conflict`] when somebody has; [`Error::NotFound`].
pub async fn set_limits(
    services: &Services,
    scope: &VendorScope,
    id: PersonId,
    limits: Limits,
) -> Result<()> {
    if !WIP_LIMITS.contains(&limits.wip_limit) {
        return Err(Error::invalid("wip_limit", "1 to 50"));
    }
    if limits.speed_percent.is_some_and(|percent| !SPEEDS_PERCENT.contains(&percent)) {
        return Err(Error::invalid("speed_percent", "50 to 200, or nothing"));
    }
    let work = async |tx: &mut OpsTx| {
        store::find(tx, id).await?;
        let Limits { version, wip_limit, paused, speed_percent } = limits;
        let set = (wip_limit, paused, speed_percent);
        if store::set_limits(tx, id, version, set).await? == 0 {
            return Err(Error::Conflict("somebody changed this person; reload the page".into()));
        }
        note(tx, id, if paused { "person.paused" } else { "person.limits" }).await
    };
    services.db.ops(scope, work).await
}

/// What the boards show of this person has changed; the trail has the last word.
async fn note(tx: &mut PlaneTx, id: PersonId, action: &'static str) -> Result<()> {
    tell(tx, Topic::Board)?;
    audit::append(tx, Entry::installation(action, "person", Some(id.uuid()))).await?;
    Ok(())
}
