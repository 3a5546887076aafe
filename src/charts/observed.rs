//! What coding took: the finished codings that tell it without doubt.

use base::db::WorkTx;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::learning::LengthBucket;

/// A chart's first coding, by one person alone.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Observed {
    /// The tenant.
    #[diesel(sql_type = Uuid)]
    pub facility_id: FacilityId,
    /// The queue.
    #[diesel(sql_type = Uuid)]
    pub queue_id: QueueId,
    /// Who coded it.
    #[diesel(sql_type = Uuid)]
    pub person_id: PersonId,
    /// How long the chart was.
    #[diesel(sql_type = Text)]
    pub length_bucket: LengthBucket,
    /// What was expected when it was given.
    #[diesel(sql_type = Integer)]
    pub expected_seconds: i32,
    /// What it took, breaks left out.
    #[diesel(sql_type = Integer)]
    pub active_seconds: i32,
}

/// What somebody had begun before, or had handed in before, is left aside: its time is that of two people,
/// or of a second look.
const OBSERVED: &str = "
    select a.facility_id, a.queue_id, a.person_id, c.length_bucket, a.expected_seconds, a.active_seconds
    from app.assignments a
    join app.charts c on c.facility_id = a.facility_id and c.id = a.chart_id
    where a.ended_at is not null and a.ended_at >= $1 and a.ended_at < $2
        and a.kind = 'coding' and a.state = 'submitted' and a.active_seconds > 0
        and ($3::uuid is null or a.facility_id = $3)
        and not exists (select 1 from app.assignments o
            where o.facility_id = a.facility_id and o.chart_id = a.chart_id and o.kind = 'coding'
                and o.epoch < a.epoch and (o.active_seconds > 0 or o.state = 'submitted'))
    order by a.ended_at desc
    limit $4";

/// First codings that ended between two moments, the latest first; of one facility, or of the scope.
///
/// # Errors
/// When the database fails.
pub async fn observed(
    tx: &mut WorkTx,
    (from, to): (Instant, Instant),
    facility: Option<FacilityId>,
    codings_max: i64,
) -> QueryResult<Vec<Observed>> {
    diesel::sql_query(OBSERVED)
        .bind::<Timestamptz, _>(from)
        .bind::<Timestamptz, _>(to)
        .bind::<Nullable<Uuid>, _>(facility)
        .bind::<BigInt, _>(codings_max)
        .load(tx.conn())
        .await
}
