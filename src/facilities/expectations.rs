//! How long a coding is expected to take: the queue's default until more is known.

use crate::schema::expectations;
use crate::terms::Terms;
use base::db::WorkTx;
use base::error::Result;
use diesel::prelude::*;
use diesel::upsert::excluded;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{FacilityId, QueueId};
use rules::learning::{Estimate, LengthBucket, Queue};
use std::collections::BTreeMap;

/// Estimates written by one statement, at most.
const ESTIMATES_PER_STATEMENT_MAX: usize = 1_000;

#[derive(Insertable)]
#[diesel(table_name = expectations)]
struct ExpectationRow {
    facility_id: FacilityId,
    queue_id: QueueId,
    length_bucket: LengthBucket,
    default_seconds: i32,
    expected_seconds: i32,
    observations: i32,
    learned_at: Instant,
}

/// What a chart of this length is expected to take: as learned for its length, else for its queue, else the
/// queue's default. What was learned from another default than today's is not believed any more.
///
/// # Errors
/// When the database fails.
pub async fn expected_seconds(tx: &mut WorkTx, terms: &Terms, length: LengthBucket) -> Result<i32> {
    let known: Vec<(LengthBucket, i32)> = expectations::table
        .filter(expectations::facility_id.eq(terms.facility_id))
        .filter(expectations::queue_id.eq(terms.queue_id))
        .filter(expectations::length_bucket.eq_any([length, LengthBucket::Any]))
        .filter(expectations::default_seconds.eq(terms.expected_seconds))
        .select((expectations::length_bucket, expectations::expected_seconds))
        .load(tx.conn())
        .await?;
    // `Any` is the least of them.
    let nearest = known.into_iter().max_by_key(|(bucket, _)| *bucket);
    Ok(nearest.map_or(terms.expected_seconds, |(_, seconds)| seconds))
}

/// Keeps what was learned with these defaults; what was not learned again is forgotten.
///
/// # Errors
/// When the database fails.
pub async fn keep_estimates(
    tx: &mut WorkTx,
    defaults: &BTreeMap<Queue, u32>,
    estimates: &BTreeMap<(Queue, LengthBucket), Estimate>,
) -> Result<()> {
    let learned_at = tx.now();
    let stored = |n: u32| i32::try_from(n).unwrap_or(i32::MAX);
    let row = |(at, estimate): (&(Queue, LengthBucket), &Estimate)| {
        let ((facility_id, queue_id), length_bucket) = *at;
        Some(ExpectationRow {
            facility_id,
            queue_id,
            length_bucket,
            default_seconds: stored(*defaults.get(&at.0)?),
            expected_seconds: stored(estimate.expected_seconds),
            observations: stored(estimate.observations),
            learned_at,
        })
    };
    let rows: Vec<ExpectationRow> = estimates.iter().filter_map(row).collect();
    for rows in rows.chunks(ESTIMATES_PER_STATEMENT_MAX) {
        diesel::insert_into(expectations::table)
            .values(rows)
            .on_conflict((
                expectations::facility_id,
                expectations::queue_id,
                expectations::length_bucket,
            ))
            .do_update()
            .set((
                expectations::default_seconds.eq(excluded(expectations::default_seconds)),
                expectations::expected_seconds.eq(excluded(expectations::expected_seconds)),
                expectations::observations.eq(excluded(expectations::observations)),
                expectations::learned_at.eq(excluded(expectations::learned_at)),
            ))
            .execute(tx.conn())
            .await?;
    }
    diesel::delete(expectations::table.filter(expectations::learned_at.lt(learned_at)))
        .execute(tx.conn())
        .await?;
    Ok(())
}
