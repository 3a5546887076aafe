//! Charts whose deadline comes near: which of them a ladder's step may concern.

use crate::schema::charts;
use crate::store::ChartRow;
use base::db::WorkTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::escalation::Step;
use rules::ids::{ChartId, FacilityId, QueueId};

/// Charts of one queue and step that are looked at in one sweep, at most; the most urgent ones.
const CHARTS_PER_STEP_MAX: i64 = 200;
/// Charts of all queues that are looked at in one sweep, at most.
const CHARTS_PER_SWEEP_MAX: i64 = 2_000;

/// Up to which deadline a step of a queue is due.
#[derive(Debug, Clone, Copy)]
pub struct Reach {
    /// The tenant.
    pub facility: FacilityId,
    /// The queue.
    pub queue: QueueId,
    /// The step.
    pub step: Step,
    /// The latest deadline.
    pub until: Instant,
}

/// A chart of a queue.
#[derive(Debug, Clone, Copy, QueryableByName)]
pub struct Near {
    /// The tenant.
    #[diesel(sql_type = Uuid)]
    pub facility_id: FacilityId,
    /// The queue.
    #[diesel(sql_type = Uuid)]
    pub queue_id: QueueId,
    /// The chart.
    #[diesel(sql_type = Uuid)]
    pub id: ChartId,
}

/// The states as the index has them, in words: a parameter could not be proven to be the same.
const UNDER_WAY: &str = "c.due_at is not null and c.paused_at is null and c.state in ('ready','assigned',\
    'in_progress','on_hold','query_open','coded','in_review','findings_open')";

/// Queues that have charts under way with a running clock.
///
/// # Errors
/// When the database fails.
pub async fn queues_under_way(tx: &mut WorkTx) -> QueryResult<Vec<(FacilityId, QueueId)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Uuid)]
        facility_id: FacilityId,
        #[diesel(sql_type = Uuid)]
        id: QueueId,
    }
    let rows: Vec<Row> = diesel::sql_query(format!(
        "select q.facility_id, q.id from app.queues q where exists (select from app.charts c \
         where c.facility_id = q.facility_id and c.queue_id = q.id and {UNDER_WAY})"
    ))
    .load(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.facility_id, row.id)).collect())
}

/// Charts within reach that have not taken the step, each once.
///
/// # Errors
/// When the database fails.
pub async fn near(tx: &mut WorkTx, reaches: &[Reach]) -> QueryResult<Vec<Near>> {
    let column = |reach: &Reach| (reach.facility, reach.queue);
    let (facilities, queues): (Vec<_>, Vec<_>) = reaches.iter().map(column).unzip();
    let steps: Vec<&str> = reaches.iter().map(|reach| reach.step.as_str()).collect();
    let until: Vec<Instant> = reaches.iter().map(|reach| reach.until).collect();
    diesel::sql_query(format!(
        "select distinct c.facility_id, c.queue_id, c.id \
         from unnest($1, $2, $3, $4) as l (facility, queue, step, until), \
         lateral (select c.facility_id, c.queue_id, c.id from app.charts c \
           where c.facility_id = l.facility and c.queue_id = l.queue and c.due_at <= l.until \
             and {UNDER_WAY} and not (l.step = any (c.escalated)) \
           order by c.due_at limit $5) c limit $6"
    ))
    .bind::<Array<Uuid>, _>(facilities)
    .bind::<Array<Uuid>, _>(queues)
    .bind::<Array<Text>, _>(steps)
    .bind::<Array<Timestamptz>, _>(until)
    .bind::<BigInt, _>(CHARTS_PER_STEP_MAX)
    .bind::<BigInt, _>(CHARTS_PER_SWEEP_MAX)
    .load(tx.conn())
    .await
}

/// These charts with the steps that each has taken, locked; what others hold locked is left for later, so
/// that nobody waits in a circle.
///
/// # Errors
/// When the database fails, or has a step that is none.
pub async fn lock_free(
    tx: &mut WorkTx,
    facility: FacilityId,
    ids: &[ChartId],
) -> Result<Vec<(ChartRow, Vec<Step>)>> {
    let rows: Vec<(ChartRow, Vec<String>)> = charts::table
        .filter(charts::facility_id.eq(facility))
        .filter(charts::id.eq_any(ids))
        .order((charts::due_at, charts::id))
        .select((ChartRow::as_select(), charts::escalated))
        .for_update()
        .skip_locked()
        .load(tx.conn())
        .await?;
    let parsed = |(row, taken): (ChartRow, Vec<String>)| {
        let taken: Result<Vec<Step>, _> = taken.iter().map(|step| step.parse()).collect();
        Ok((row, taken.map_err(Error::internal)?))
    };
    rows.into_iter().map(parsed).collect()
}

/// Opens and closes queues to people without the preferred skills, and to those who only help out: open
/// while a chart that has taken the step waits. Answers how many changed.
///
/// # Errors
/// When the database fails.
pub async fn open_queues(tx: &mut WorkTx) -> QueryResult<usize> {
    let skills = open_by(tx, ("widened_at", "c.widens", "q.preferred_skills <> '{}'")).await?;
    let someone =
        "exists (select from app.allow_list a where a.facility_id = q.facility_id and a.overflow)";
    let overflow = open_by(tx, ("overflow_at", "c.overflows", someone)).await?;
    Ok(skills.saturating_add(overflow))
}

/// One of the two: the queue's column, the chart's, and what makes it worth while.
async fn open_by(
    tx: &mut WorkTx,
    (since, step, has_use): (&str, &str, &str),
) -> QueryResult<usize> {
    let now = tx.now();
    let asked = format!(
        "{has_use} and exists (select from app.charts c where c.facility_id = q.facility_id \
         and c.queue_id = q.id and {step} and c.waiting_for is not null)"
    );
    let opened = diesel::sql_query(format!(
        "update app.queues q set {since} = $1 where {since} is null and {asked}"
    ))
    .bind::<Timestamptz, _>(now)
    .execute(tx.conn())
    .await?;
    let closed = diesel::sql_query(format!(
        "update app.queues q set {since} = null where {since} is not null and not ({asked})"
    ))
    .execute(tx.conn())
    .await?;
    Ok(opened.saturating_add(closed))
}
