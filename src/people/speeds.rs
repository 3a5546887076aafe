//! How fast people work, as learned from their codings; what a lead set by hand stands with the person.

use crate::schema::person_speeds;
use base::db::WorkTx;
use base::error::Result;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::PersonId;
use rules::learning::Speed;
use std::collections::{BTreeMap, HashMap};

/// Speeds written by one statement, at most.
const SPEEDS_PER_STATEMENT_MAX: usize = 1_000;

#[derive(Insertable)]
#[diesel(table_name = person_speeds)]
struct SpeedRow {
    person_id: PersonId,
    percent: i32,
    observations: i32,
    learned_at: Instant,
}

/// The learned speed of each of these people of whom anything is known, with the number of codings.
pub(crate) async fn learned(
    tx: &mut WorkTx,
    ids: &[PersonId],
) -> QueryResult<HashMap<PersonId, (i32, i32)>> {
    let rows: Vec<(PersonId, i32, i32)> = person_speeds::table
        .filter(person_speeds::person_id.eq_any(ids))
        .select((person_speeds::person_id, person_speeds::percent, person_speeds::observations))
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|(person, percent, n)| (person, (percent, n))).collect())
}

/// Keeps what was learned; what was not learned again is forgotten.
///
/// # Errors
/// When the database fails.
pub async fn keep_speeds(tx: &mut WorkTx, speeds: &BTreeMap<PersonId, Speed>) -> Result<()> {
    let learned_at = tx.now();
    let stored = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let row = |(person_id, speed): (&PersonId, &Speed)| SpeedRow {
        person_id: *person_id,
        percent: stored(speed.percent),
        observations: stored(speed.observations),
        learned_at,
    };
    let rows: Vec<SpeedRow> = speeds.iter().map(row).collect();
    for rows in rows.chunks(SPEEDS_PER_STATEMENT_MAX) {
        diesel::insert_into(person_speeds::table)
            .values(rows)
            .on_conflict(person_speeds::person_id)
            .do_update()
            .set((
                person_speeds::percent.eq(excluded(person_speeds::percent)),
                person_speeds::observations.eq(excluded(person_speeds::observations)),
                person_speeds::learned_at.eq(excluded(person_speeds::learned_at)),
            ))
            .execute(tx.conn())
            .await?;
    }
    diesel::delete(person_speeds::table.filter(person_speeds::learned_at.lt(learned_at)))
        .execute(tx.conn())
        .await?;
    Ok(())
}
