//! The rows that scheduling reads: lanes of waiting charts, live leases, who has touched what.
//!
//! A lane is one kind of work of one queue; an index keeps its charts in order. Charts are looked for
//! lane by lane, never by walking everything that waits: the price follows what a person may do, not how
//! much they may not.

use base::db::WorkTx;
use charts::leases::Assignment;
use charts::schema::{assignments, charts as chart_rows, holds};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::lifecycle::ChartState;
use rules::planner::urgency::{PRESSING_SLACK_SECONDS, THIS_SHIFT_SLACK_SECONDS};
use rules::words::{AssignmentKind, AssignmentState, HoldOwner, HoldReason};
use std::collections::{HashMap, HashSet};

/// Live leases looked at, at most.
const LIVE_LEASES_MAX: i64 = 20_000;
const LIVE: [AssignmentState; 2] = [AssignmentState::Offered, AssignmentState::Active];

/// One kind of work of one queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lane {
    pub facility: FacilityId,
    pub queue: QueueId,
    pub kind: AssignmentKind,
}

/// Lanes as the columns of `unnest`.
struct Columns {
    facilities: Vec<FacilityId>,
    queues: Vec<QueueId>,
    kinds: Vec<AssignmentKind>,
}

impl Columns {
    fn of(lanes: &[Lane]) -> Self {
        Self {
            facilities: lanes.iter().map(|lane| lane.facility).collect(),
            queues: lanes.iter().map(|lane| lane.queue).collect(),
            kinds: lanes.iter().map(|lane| lane.kind).collect(),
        }
    }
}

/// A chart that waits in a lane.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct WaitingRow {
    #[diesel(sql_type = Uuid)]
    pub facility_id: FacilityId,
    #[diesel(sql_type = Uuid)]
    pub id: ChartId,
    #[diesel(sql_type = Uuid)]
    pub queue_id: QueueId,
    #[diesel(sql_type = Text)]
    pub kind: AssignmentKind,
    #[diesel(sql_type = Integer)]
    pub priority: i32,
    #[diesel(sql_type = Integer)]
    pub expected_seconds: i32,
    #[diesel(sql_type = Timestamptz)]
    pub received_at: Instant,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ready_at: Option<Instant>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub due_at: Option<Instant>,
    #[diesel(sql_type = Integer)]
    pub round: i32,
    #[diesel(sql_type = Integer)]
    pub coding_version: i32,
    #[diesel(sql_type = Nullable<Uuid>)]
    pub sticky_person_id: Option<PersonId>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub sticky_until: Option<Instant>,
}

/// How deep lanes are looked into, and how many charts are taken in all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Depth {
    pub per_lane: i64,
    pub in_all: i64,
}

/// The charts that wait in some lanes: each lane from its head, together the nearest deadline first.
pub(crate) async fn waiting(
    tx: &mut WorkTx,
    lanes: &[Lane],
    depth: Depth,
) -> QueryResult<Vec<WaitingRow>> {
    let columns = Columns::of(lanes);
    diesel::sql_query(
        "select h.* from unnest($1::uuid[], $2::uuid[], $3::text[]) \
             as lane (facility_id, queue_id, kind), \
         lateral (select c.facility_id, c.id, c.queue_id, c.waiting_for as kind, c.priority, \
             c.expected_seconds, c.received_at, c.ready_at, c.due_at, c.round, c.coding_version, \
             c.sticky_person_id, c.sticky_until from app.charts c \
           where c.facility_id = lane.facility_id and c.queue_id = lane.queue_id \
             and c.waiting_for = lane.kind \
           order by c.priority, c.due_at, c.id limit $4) h \
         order by h.due_at nulls last, h.priority, h.id limit $5",
    )
    .bind::<Array<Uuid>, _>(columns.facilities)
    .bind::<Array<Uuid>, _>(columns.queues)
    .bind::<Array<Text>, _>(columns.kinds)
    .bind::<BigInt, _>(depth.per_lane)
    .bind::<BigInt, _>(depth.in_all)
    .load(tx.conn())
    .await
}

/// For whom a chart is looked for.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Claimant {
    pub person: PersonId,
    /// The longest chart that still fits into the shift.
    pub expected_seconds_max: i32,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Uuid)]
    id: ChartId,
}

/// What keeps a chart from a person: it is too long, they are barred from it, or they have touched it in
/// another capacity. The person is $4 and the longest time $5 in every query that says so.
const OPEN_TO: &str = "c.expected_seconds <= $5 \
     and (c.waiting_for = 'coding' or c.coder_id is distinct from $4) \
     and not exists (select from app.exclusions x where x.facility_id = c.facility_id \
       and x.chart_id = c.id and x.person_id = $4) \
     and not exists (select from app.assignments a where a.facility_id = c.facility_id \
       and a.chart_id = c.id and a.person_id = $4 and a.kind <> c.waiting_for \
       and a.state in ('offered', 'active', 'submitted'))";

/// The most urgent chart that is kept for the person, locked; charts that others hold locked are passed.
pub(crate) async fn claim_sticky(
    tx: &mut WorkTx,
    lanes: &[Lane],
    claimant: Claimant,
) -> QueryResult<Option<ChartId>> {
    let (columns, now) = (Columns::of(lanes), tx.now());
    let found: Option<Found> = diesel::sql_query(format!(
        "select c.id from app.charts c join unnest($1::uuid[], $2::uuid[], $3::text[]) \
             as lane (facility_id, queue_id, kind) on c.facility_id = lane.facility_id \
             and c.queue_id = lane.queue_id and c.waiting_for = lane.kind \
         where c.sticky_person_id = $4 and c.waiting_for is not null and c.sticky_until >= $6 \
           and {OPEN_TO} \
         order by c.due_at nulls last, c.priority, c.id limit 1 for update of c skip locked"
    ))
    .bind::<Array<Uuid>, _>(columns.facilities)
    .bind::<Array<Uuid>, _>(columns.queues)
    .bind::<Array<Text>, _>(columns.kinds)
    .bind::<Uuid, _>(claimant.person)
    .bind::<Integer, _>(claimant.expected_seconds_max)
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await
    .optional()?;
    Ok(found.map(|found| found.id))
}

/// The best of the lanes' heads, locked; charts that others hold locked are passed. The order is the
/// planner's: little slack first, then priority, deadline and age; of two alike, the review, which is
/// nearer to its return.
pub(crate) async fn claim_head(
    tx: &mut WorkTx,
    lanes: &[Lane],
    claimant: Claimant,
    depth: Depth,
) -> QueryResult<Option<ChartId>> {
    let (columns, now) = (Columns::of(lanes), tx.now());
    let order =
        "band, h.priority, h.due_at nulls last, (h.waiting_for = 'coding'), h.ready_at, h.id";
    let query = format!(
        "with heads as (select h.*, row_number() over (order by {order}) as place from ( \
           select h.*, case when h.begin_by is null then 3 when h.begin_by < $6 then 0 \
             when h.begin_by < $7 then 1 when h.begin_by < $8 then 2 else 3 end as band \
           from unnest($1::uuid[], $2::uuid[], $3::text[]) as lane (facility_id, queue_id, kind), \
           lateral (select c.facility_id, c.id, c.waiting_for, c.priority, c.due_at, c.ready_at, \
               c.due_at - make_interval(secs => c.expected_seconds) as begin_by from app.charts c \
             where c.facility_id = lane.facility_id and c.queue_id = lane.queue_id \
               and c.waiting_for = lane.kind \
               and (c.sticky_person_id is null or c.sticky_person_id = $4 or c.sticky_until < $6) \
               and {OPEN_TO} \
             order by c.priority, c.due_at, c.id limit $9) h) h \
           order by place limit $10) \
         select c.id from heads join app.charts c on c.facility_id = heads.facility_id \
           and c.id = heads.id \
         where c.waiting_for = heads.waiting_for \
         order by heads.place limit 1 for update of c skip locked"
    );
    let found: Option<Found> = diesel::sql_query(query)
        .bind::<Array<Uuid>, _>(columns.facilities)
        .bind::<Array<Uuid>, _>(columns.queues)
        .bind::<Array<Text>, _>(columns.kinds)
        .bind::<Uuid, _>(claimant.person)
        .bind::<Integer, _>(claimant.expected_seconds_max)
        .bind::<Timestamptz, _>(now)
        .bind::<Timestamptz, _>(now.plus_seconds(PRESSING_SLACK_SECONDS))
        .bind::<Timestamptz, _>(now.plus_seconds(THIS_SHIFT_SLACK_SECONDS))
        .bind::<BigInt, _>(depth.per_lane)
        .bind::<BigInt, _>(depth.in_all)
        .get_result(tx.conn())
        .await
        .optional()?;
    Ok(found.map(|found| found.id))
}

/// How many charts wait in some lanes, counted up to `charts_max`.
pub(crate) async fn count_waiting(
    tx: &mut WorkTx,
    lanes: &[Lane],
    charts_max: i64,
) -> QueryResult<i64> {
    #[derive(QueryableByName)]
    struct Counted {
        #[diesel(sql_type = BigInt)]
        charts: i64,
    }
    let columns = Columns::of(lanes);
    let counted: Counted = diesel::sql_query(
        "select count(*) as charts from (select 1 from app.charts c \
           join unnest($1::uuid[], $2::uuid[], $3::text[]) as lane (facility_id, queue_id, kind) \
             on c.facility_id = lane.facility_id and c.queue_id = lane.queue_id \
             and c.waiting_for = lane.kind where c.waiting_for is not null limit $4) counted",
    )
    .bind::<Array<Uuid>, _>(columns.facilities)
    .bind::<Array<Uuid>, _>(columns.queues)
    .bind::<Array<Text>, _>(columns.kinds)
    .bind::<BigInt, _>(charts_max)
    .get_result(tx.conn())
    .await?;
    Ok(counted.charts)
}

/// Holds the person against being given other work until the transaction ends; false when there is no
/// such person. Signing in goes on meanwhile.
pub(crate) async fn lock_person(tx: &mut WorkTx, person: PersonId) -> QueryResult<bool> {
    let locked: Option<Found> =
        diesel::sql_query("select id from app.people where id = $1 for no key update")
            .bind::<Uuid, _>(person)
            .get_result(tx.conn())
            .await
            .optional()?;
    Ok(locked.is_some())
}

/// Everything that anybody holds, oldest offer first.
pub(crate) async fn live_leases(tx: &mut WorkTx) -> QueryResult<Vec<Assignment>> {
    assignments::table
        .filter(assignments::state.eq_any(LIVE))
        .order((assignments::offered_at, assignments::id))
        .limit(LIVE_LEASES_MAX)
        .select(Assignment::as_select())
        .load(tx.conn())
        .await
}

/// A live lease beside its chart.
pub(crate) type Held = (Assignment, (ChartState, i32, Option<Instant>));

/// What is in hand, the nearest deadline first: a person's, or everybody's.
pub(crate) async fn in_hand(
    tx: &mut WorkTx,
    person: Option<PersonId>,
    rows_max: i64,
) -> QueryResult<Vec<Held>> {
    let mut held = assignments::table
        .inner_join(
            chart_rows::table.on(chart_rows::facility_id
                .eq(assignments::facility_id)
                .and(chart_rows::id.eq(assignments::chart_id))),
        )
        .filter(assignments::state.eq_any(LIVE))
        .order((chart_rows::due_at.asc().nulls_last(), assignments::offered_at, assignments::id))
        .limit(rows_max)
        .select((
            Assignment::as_select(),
            (chart_rows::state, chart_rows::round, chart_rows::due_at),
        ))
        .into_boxed();
    if let Some(person) = person {
        held = held.filter(assignments::person_id.eq(person));
    }
    held.load(tx.conn()).await
}

/// A hold that somebody opened and that is still open.
#[derive(Debug, Clone, Queryable)]
pub(crate) struct OpenHold {
    pub facility_id: FacilityId,
    pub chart_id: ChartId,
    pub reason: HoldReason,
    pub owner: HoldOwner,
    pub opened_at: Instant,
}

/// The open holds that a person wrote down, newest first.
pub(crate) async fn holds_of(
    tx: &mut WorkTx,
    person: PersonId,
    rows_max: i64,
) -> QueryResult<Vec<OpenHold>> {
    holds::table
        .filter(holds::opened_by.eq(person))
        .filter(holds::closed_at.is_null())
        .order((holds::opened_at.desc(), holds::id))
        .limit(rows_max)
        .select((
            holds::facility_id,
            holds::chart_id,
            holds::reason,
            holds::owner,
            holds::opened_at,
        ))
        .load(tx.conn())
        .await
}

/// Who has been given each of these charts and did not lose it, by chart.
pub(crate) async fn involved_in(
    tx: &mut WorkTx,
    pairs: &[(FacilityId, ChartId)],
) -> QueryResult<HashMap<ChartId, Vec<(PersonId, AssignmentKind)>>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Uuid)]
        chart_id: ChartId,
        #[diesel(sql_type = Uuid)]
        person_id: PersonId,
        #[diesel(sql_type = Text)]
        kind: AssignmentKind,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "select distinct a.chart_id, a.person_id, a.kind from app.assignments a \
         join unnest($1::uuid[], $2::uuid[]) as asked (facility_id, chart_id) \
           on a.facility_id = asked.facility_id and a.chart_id = asked.chart_id \
         where a.state in ('offered', 'active', 'submitted')",
    )
    .bind::<Array<Uuid>, _>(pairs.iter().map(|(facility, _)| *facility).collect::<Vec<_>>())
    .bind::<Array<Uuid>, _>(pairs.iter().map(|(_, chart)| *chart).collect::<Vec<_>>())
    .load(tx.conn())
    .await?;
    let mut involved: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        involved.entry(row.chart_id).or_default().push((row.person_id, row.kind));
    }
    Ok(involved)
}

/// Who must not get each of these charts, by chart.
pub(crate) async fn excluded_from(
    tx: &mut WorkTx,
    pairs: &[(FacilityId, ChartId)],
) -> QueryResult<HashMap<ChartId, Vec<PersonId>>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Uuid)]
        chart_id: ChartId,
        #[diesel(sql_type = Uuid)]
        person_id: PersonId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "select x.chart_id, x.person_id from app.exclusions x \
         join unnest($1::uuid[], $2::uuid[]) as asked (facility_id, chart_id) \
           on x.facility_id = asked.facility_id and x.chart_id = asked.chart_id",
    )
    .bind::<Array<Uuid>, _>(pairs.iter().map(|(facility, _)| *facility).collect::<Vec<_>>())
    .bind::<Array<Uuid>, _>(pairs.iter().map(|(_, chart)| *chart).collect::<Vec<_>>())
    .load(tx.conn())
    .await?;
    let mut excluded: HashMap<_, Vec<_>> = HashMap::new();
    for row in rows {
        excluded.entry(row.chart_id).or_default().push(row.person_id);
    }
    Ok(excluded)
}

/// Whose latest sign since a moment was an offer that ran out unopened: they are not at their desk.
pub(crate) async fn absent_since(
    tx: &mut WorkTx,
    since: Instant,
) -> QueryResult<HashSet<PersonId>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Uuid)]
        person_id: PersonId,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "select person_id from ( \
           select person_id, max(ended_at) filter (where state = 'expired' and started_at is null) \
               as missed_at, max(greatest(started_at, last_seen_at)) as seen_at \
           from (select person_id, state, started_at, last_seen_at, ended_at \
                 from app.assignments where ended_at > $1 \
               union all select person_id, state, started_at, last_seen_at, ended_at \
                 from app.assignments where state in ('offered', 'active')) recent \
           group by person_id) signs \
         where missed_at is not null and (seen_at is null or seen_at < missed_at)",
    )
    .bind::<Timestamptz, _>(since)
    .load(tx.conn())
    .await?;
    Ok(rows.into_iter().map(|row| row.person_id).collect())
}

/// What waits in one queue, by how near its deadlines are.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct QueueCount {
    #[diesel(sql_type = Uuid)]
    pub facility_id: FacilityId,
    #[diesel(sql_type = Uuid)]
    pub queue_id: QueueId,
    #[diesel(sql_type = BigInt)]
    pub coding: i64,
    #[diesel(sql_type = BigInt)]
    pub review: i64,
    #[diesel(sql_type = BigInt)]
    pub overdue: i64,
    #[diesel(sql_type = BigInt)]
    pub red: i64,
    #[diesel(sql_type = BigInt)]
    pub amber: i64,
    #[diesel(sql_type = BigInt)]
    pub green: i64,
    #[diesel(sql_type = BigInt)]
    pub expected_seconds: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest_received_at: Option<Instant>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_due_at: Option<Instant>,
}

/// Counts what waits, queue by queue; `red` and `amber` end these seconds from now.
pub(crate) async fn queue_counts(
    tx: &mut WorkTx,
    (red_seconds, amber_seconds): (i64, i64),
) -> QueryResult<Vec<QueueCount>> {
    let now = tx.now();
    diesel::sql_query(
        "select facility_id, queue_id, count(*) filter (where waiting_for = 'coding') as coding, \
           count(*) filter (where waiting_for = 'review') as review, \
           count(*) filter (where due_at < $1) as overdue, \
           count(*) filter (where due_at >= $1 and due_at < $2) as red, \
           count(*) filter (where due_at >= $2 and due_at < $3) as amber, \
           count(*) filter (where due_at is null or due_at >= $3) as green, \
           sum(expected_seconds)::bigint as expected_seconds, \
           min(received_at) as oldest_received_at, \
           min(due_at) filter (where due_at >= $1) as next_due_at \
         from app.charts where waiting_for is not null group by facility_id, queue_id",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<Timestamptz, _>(now.plus_seconds(red_seconds))
    .bind::<Timestamptz, _>(now.plus_seconds(amber_seconds))
    .load(tx.conn())
    .await
}

/// Adds what was told to the reasons that a lease carries.
pub(crate) async fn add_to_explanation(
    tx: &mut WorkTx,
    lease: &Assignment,
    told: serde_json::Value,
) -> QueryResult<usize> {
    diesel::sql_query(
        "update app.assignments set explanation = explanation || $3 where facility_id = $1 and id = $2",
    )
    .bind::<Uuid, _>(lease.facility_id)
    .bind::<Uuid, _>(lease.id)
    .bind::<diesel::sql_types::Jsonb, _>(told)
    .execute(tx.conn())
    .await
}
