//! The rows that the lead's board reads, and those behind what a lead does with many charts at once.

use crate::store::{Depth, Lane, WaitingRow};
use base::db::WorkTx;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Bool, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::lifecycle::ChartState;
use rules::words::AssignmentKind;
use std::collections::HashMap;

/// Charts under work that are looked at, at most.
const BEGUN_ROWS_MAX: i64 = 5_000;

/// What waits in one queue and falls due in one stretch of time.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct BandCount {
    #[diesel(sql_type = Uuid)]
    pub facility_id: FacilityId,
    #[diesel(sql_type = Uuid)]
    pub queue_id: QueueId,
    /// Counted from the most urgent, which is 0.
    #[diesel(sql_type = Integer)]
    pub band: i32,
    #[diesel(sql_type = BigInt)]
    pub coding: i64,
    #[diesel(sql_type = BigInt)]
    pub review: i64,
    #[diesel(sql_type = BigInt)]
    pub expected_seconds: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest_received_at: Option<Instant>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_due_at: Option<Instant>,
}

/// Counts what waits, by queue and urgency; the bands end at these moments, the last one never.
pub(crate) async fn band_counts(
    tx: &mut WorkTx,
    ends: [Instant; 3],
) -> QueryResult<Vec<BandCount>> {
    let [overdue, red, amber] = ends;
    diesel::sql_query(
        "select facility_id, queue_id, case when due_at < $1 then 0 when due_at < $2 then 1 \
             when due_at < $3 then 2 else 3 end as band, \
           count(*) filter (where waiting_for = 'coding') as coding, \
           count(*) filter (where waiting_for = 'review') as review, \
           sum(expected_seconds)::bigint as expected_seconds, \
           min(received_at) as oldest_received_at, \
           min(due_at) filter (where due_at >= $1) as next_due_at \
         from app.charts where waiting_for is not null group by 1, 2, 3",
    )
    .bind::<Timestamptz, _>(overdue)
    .bind::<Timestamptz, _>(red)
    .bind::<Timestamptz, _>(amber)
    .load(tx.conn())
    .await
}

/// The charts of some lanes that fall due in `[from, to)`, the nearest deadline first. Without an end, those
/// that are never due belong to it.
pub(crate) async fn waiting_due(
    tx: &mut WorkTx,
    lanes: &[Lane],
    depth: Depth,
    (from, to): (Option<Instant>, Option<Instant>),
) -> QueryResult<Vec<WaitingRow>> {
    diesel::sql_query(
        "select h.* from app.tier_heads($1::uuid[], $2::uuid[], $3::text[]) tier, \
         lateral (select c.facility_id, c.id, c.queue_id, c.waiting_for as kind, c.priority, \
             c.expected_seconds, c.received_at, c.ready_at, c.due_at, c.round, c.coding_version, \
             c.sticky_person_id, c.sticky_until from app.charts c \
           where c.facility_id = tier.facility and c.queue_id = tier.queue \
             and c.waiting_for = tier.kind and c.priority = tier.priority \
             and c.expected_seconds = tier.expected and ($6 is null or c.due_at is null or c.due_at >= $6) \
             and ($7 is null or c.due_at < $7) \
           order by c.due_at, c.ready_at, c.id limit $4) h \
         order by h.due_at nulls last, h.priority, h.id limit $5",
    )
    .bind::<Array<Uuid>, _>(lanes.iter().map(|lane| lane.facility).collect::<Vec<_>>())
    .bind::<Array<Uuid>, _>(lanes.iter().map(|lane| lane.queue).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(lanes.iter().map(|lane| lane.kind).collect::<Vec<_>>())
    .bind::<BigInt, _>(depth.per_tier)
    .bind::<BigInt, _>(depth.in_all)
    .bind::<Nullable<Timestamptz>, _>(from)
    .bind::<Nullable<Timestamptz>, _>(to)
    .load(tx.conn())
    .await
}

/// A chart on which somebody works.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct Begun {
    #[diesel(sql_type = Uuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Uuid)]
    pub chart_id: ChartId,
    #[diesel(sql_type = Text)]
    pub kind: AssignmentKind,
    #[diesel(sql_type = Integer)]
    pub active_seconds: i32,
    #[diesel(sql_type = Integer)]
    pub expected_seconds: i32,
    #[diesel(sql_type = Timestamptz)]
    pub since: Instant,
}

/// What each person works on: of several charts the one on which they were last seen.
pub(crate) async fn begun(tx: &mut WorkTx) -> QueryResult<HashMap<PersonId, Begun>> {
    let rows: Vec<Begun> = diesel::sql_query(
        "select distinct on (person_id) person_id, chart_id, kind, active_seconds, \
           expected_seconds, coalesce(started_at, offered_at) as since \
         from app.assignments where state = 'active' \
         order by person_id, last_seen_at desc nulls last, id limit $1",
    )
    .bind::<BigInt, _>(BEGUN_ROWS_MAX)
    .load(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| (row.person_id, row)).collect())
}

/// The team of each person.
pub(crate) async fn teams(
    tx: &mut WorkTx,
    people: &[PersonId],
) -> QueryResult<HashMap<PersonId, String>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Uuid)]
        id: PersonId,
        #[diesel(sql_type = Text)]
        team: String,
    }
    let rows: Vec<Row> = diesel::sql_query("select id, team from app.people where id = any($1)")
        .bind::<Array<Uuid>, _>(people)
        .load(tx.conn())
        .await?;
    Ok(rows.into_iter().map(|row| (row.id, row.team)).collect())
}

/// A chart that a lead asks about, with whoever holds it.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct AskedRow {
    #[diesel(sql_type = Uuid)]
    pub facility_id: FacilityId,
    #[diesel(sql_type = Uuid)]
    pub id: ChartId,
    #[diesel(sql_type = Uuid)]
    pub queue_id: QueueId,
    #[diesel(sql_type = Text)]
    pub state: ChartState,
    #[diesel(sql_type = Nullable<Text>)]
    pub waiting_for: Option<AssignmentKind>,
    #[diesel(sql_type = Integer)]
    pub expected_seconds: i32,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub holder: Option<PersonId>,
    #[diesel(sql_type = Nullable<Text>)]
    pub held_for: Option<AssignmentKind>,
    #[diesel(sql_type = Bool)]
    pub begun: bool,
}

/// Some charts by their ids; those outside the scope are missing.
pub(crate) async fn asked(tx: &mut WorkTx, charts: &[ChartId]) -> QueryResult<Vec<AskedRow>> {
    diesel::sql_query(
        "select distinct on (c.id) c.facility_id, c.id, c.queue_id, c.state, c.waiting_for, \
           c.expected_seconds, a.person_id as holder, a.kind as held_for, \
           coalesce(a.state = 'active', false) as begun \
         from app.charts c left join app.assignments a on a.facility_id = c.facility_id \
           and a.chart_id = c.id and a.state in ('offered', 'active') \
         where c.id = any($1) order by c.id, a.epoch desc",
    )
    .bind::<Array<Uuid>, _>(charts)
    .load(tx.conn())
    .await
}
