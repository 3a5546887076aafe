//! Who works when, in the days ahead.

use crate::schema::{leave_days, people, shifts};
use crate::workforce::interval;
use base::db::WorkTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use jiff::civil::Date;
use rules::Instant;
use rules::clock::{ShiftInterval, shifts_between};
use rules::ids::PersonId;
use rules::time::Day;
use std::collections::HashMap;

/// The times at which each of these people works between two moments.
///
/// # Errors
/// When the database fails.
pub async fn hours(
    tx: &mut WorkTx,
    ids: &[PersonId],
    between: (Instant, Instant),
) -> Result<HashMap<PersonId, Vec<(Instant, Instant)>>> {
    let zones: Vec<(PersonId, String)> = people::table
        .filter(people::id.eq_any(ids))
        .select((people::id, people::time_zone))
        .load(tx.conn())
        .await?;
    let mut shifts = shifts_of(tx, ids).await?;
    let mut leave = leave_of(tx, ids).await?;
    let mut hours = HashMap::with_capacity(zones.len());
    for (person, zone) in zones {
        let zone = rules::clock::zone(&zone).map_err(Error::internal)?;
        let shifts = shifts.remove(&person).unwrap_or_default();
        let leave = leave.remove(&person).unwrap_or_default();
        hours.insert(person, shifts_between(&zone, &shifts, &leave, between));
    }
    Ok(hours)
}

/// The weekly shifts of people.
pub(crate) async fn shifts_of(
    tx: &mut WorkTx,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, Vec<ShiftInterval>>> {
    let rows: Vec<(PersonId, i32, i32, i32)> = shifts::table
        .filter(shifts::person_id.eq_any(ids))
        .select((shifts::person_id, shifts::weekday, shifts::from_minute, shifts::to_minute))
        .load(tx.conn())
        .await?;
    let mut of: HashMap<PersonId, Vec<ShiftInterval>> = HashMap::new();
    for (person, weekday, from, to) in rows {
        of.entry(person).or_default().push(interval(weekday, from, to)?);
    }
    Ok(of)
}

/// The leave of people, first and last days.
pub(crate) async fn leave_of(
    tx: &mut WorkTx,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, Vec<(Date, Date)>>> {
    let rows: Vec<(PersonId, Day, Day)> = leave_days::table
        .filter(leave_days::person_id.eq_any(ids))
        .select((leave_days::person_id, leave_days::first_day, leave_days::last_day))
        .load(tx.conn())
        .await?;
    let mut of: HashMap<PersonId, Vec<(Date, Date)>> = HashMap::new();
    for (person, first, last) in rows {
        of.entry(person).or_default().push((first.0, last.0));
    }
    Ok(of)
}
