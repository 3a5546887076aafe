//! What the last weeks were like: how many charts came when, how long work took, how far it strayed.

use base::db::WorkTx;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Double, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::ids::{FacilityId, QueueId};
use rules::words::AssignmentKind;
use std::collections::HashMap;

/// How far back to look: long enough for a pattern, short enough to follow a change.
pub(super) const HISTORY_DAYS: i64 = 56;
/// The same for the share of codings that is reviewed, which falls as new coders settle in.
const REVIEW_HISTORY_DAYS: i64 = 14;
const DAY_SECONDS: i64 = 86_400;
/// Hours in a week, counted from the Thursday on which 1970 began.
pub(super) const WEEK_HOURS: i64 = 168;
/// Pieces of work from which a usual length is told.
const WORKS_MIN: i64 = 10;

type Queue = (FacilityId, QueueId);

/// Charts a week in one hour of it.
#[derive(QueryableByName)]
struct HourRow {
    #[diesel(sql_type = Uuid)]
    facility_id: FacilityId,
    #[diesel(sql_type = Uuid)]
    queue_id: QueueId,
    #[diesel(sql_type = BigInt)]
    hour: i64,
    #[diesel(sql_type = Double)]
    charts: f64,
}

/// Charts expected in each hour of the week, by queue.
pub(super) async fn arrivals(tx: &mut WorkTx) -> QueryResult<HashMap<Queue, Vec<(i64, f64)>>> {
    let now = tx.now();
    let rows: Vec<HourRow> = diesel::sql_query(
        "with seen as (select facility_id, queue_id, received_at, \
             greatest(extract(epoch from $2 - min(received_at) \
               over (partition by facility_id, queue_id)) / 604800.0, 1.0) as weeks \
           from app.charts where received_at >= $1 and received_at < $2 \
             and state not in ('duplicate', 'voided', 'intake_exception', 'rejected_to_facility')) \
         select facility_id, queue_id, (extract(epoch from received_at)::bigint / 3600) % 168 as hour, \
           (count(*) / max(weeks))::float8 as charts \
         from seen group by 1, 2, 3 order by 1, 2, 3",
    )
    .bind::<Timestamptz, _>(now.plus_seconds(-HISTORY_DAYS * DAY_SECONDS))
    .bind::<Timestamptz, _>(now)
    .load(tx.conn())
    .await?;
    let mut of: HashMap<Queue, Vec<(i64, f64)>> = HashMap::new();
    for row in rows {
        of.entry((row.facility_id, row.queue_id)).or_default().push((row.hour, row.charts));
    }
    Ok(of)
}

/// How long work took.
#[derive(QueryableByName)]
struct LengthRow {
    #[diesel(sql_type = Uuid)]
    facility_id: FacilityId,
    #[diesel(sql_type = Uuid)]
    queue_id: QueueId,
    #[diesel(sql_type = Text)]
    kind: AssignmentKind,
    #[diesel(sql_type = Double)]
    seconds: f64,
}

/// Average active seconds of finished work, by queue and kind, where there is enough of it.
pub(super) async fn lengths(tx: &mut WorkTx) -> QueryResult<HashMap<(Queue, AssignmentKind), f64>> {
    let now = tx.now();
    let rows: Vec<LengthRow> = diesel::sql_query(
        "select facility_id, queue_id, kind, avg(active_seconds)::float8 as seconds \
         from app.assignments where state = 'submitted' and ended_at >= $1 and active_seconds > 0 \
         group by 1, 2, 3 having count(*) >= $2",
    )
    .bind::<Timestamptz, _>(now.plus_seconds(-HISTORY_DAYS * DAY_SECONDS))
    .bind::<BigInt, _>(WORKS_MIN)
    .load(tx.conn())
    .await?;
    let key = |row: &LengthRow| ((row.facility_id, row.queue_id), row.kind);
    Ok(rows.into_iter().map(|row| (key(&row), row.seconds)).collect())
}

/// How many of a hundred codings of the last two weeks were reviewed, by queue, where there were enough:
/// new coders are reviewed in full, so that it is more than the contract's sample.
pub(super) async fn review_percents(tx: &mut WorkTx) -> QueryResult<HashMap<Queue, f64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Uuid)]
        facility_id: FacilityId,
        #[diesel(sql_type = Uuid)]
        queue_id: QueueId,
        #[diesel(sql_type = Double)]
        percent: f64,
    }
    let now = tx.now();
    let rows: Vec<Row> = diesel::sql_query(
        "select facility_id, queue_id, (100.0 * count(*) filter (where kind = 'review') \
             / count(*) filter (where kind = 'coding'))::float8 as percent \
         from app.assignments where state = 'submitted' and ended_at >= $1 \
         group by 1, 2 having count(*) filter (where kind = 'coding') >= $2",
    )
    .bind::<Timestamptz, _>(now.plus_seconds(-REVIEW_HISTORY_DAYS * DAY_SECONDS))
    .bind::<BigInt, _>(WORKS_MIN)
    .load(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| ((row.facility_id, row.queue_id), row.percent)).collect())
}

/// By how much coding strays from what was expected: the standard deviation of the logarithm of
/// their ratio, in percent; none while little is known.
pub(super) async fn spread_percent(tx: &mut WorkTx) -> QueryResult<Option<f64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Double)]
        percent: f64,
    }
    let now = tx.now();
    let row: Option<Row> = diesel::sql_query(
        "select (100 * stddev_samp(ln(active_seconds::float8 / expected_seconds)))::float8 as percent \
         from app.assignments where state = 'submitted' and kind = 'coding' and ended_at >= $1 \
           and active_seconds > 0 and expected_seconds > 0 having count(*) >= $2",
    )
    .bind::<Timestamptz, _>(now.plus_seconds(-HISTORY_DAYS * DAY_SECONDS))
    .bind::<BigInt, _>(WORKS_MIN)
    .get_result(tx.conn())
    .await
    .optional()?;
    Ok(row.map(|row| row.percent))
}
