//! The rows that scheduling reads: lanes of waiting charts, live leases, who has touched what.
//!
//! A lane is one kind of work of one queue; an index keeps its charts in order, tier by tier: a tier has one
//! priority and one expected length. Charts are looked for by tiers, never by walking everything that waits:
//! the price follows what a person may do, not how much they may not.

use base::db::WorkTx;
use charts::holds::Hold;
use charts::leases::Assignment;
use charts::schema::{assignments, charts as chart_rows, exclusions, holds};
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{AssignmentId, ChartId, FacilityId, PersonId, QueueId};
use rules::lifecycle::ChartState;
use rules::planner::fairness::Share;
use rules::words::{AssignmentKind, AssignmentState};
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

/// How deep the tiers of lanes are looked into, and how many charts are taken in all.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Depth {
    pub per_tier: i64,
    pub in_all: i64,
}

/// The charts that wait in some lanes: each tier from its head, together the nearest deadline first.
pub(crate) async fn waiting(
    tx: &mut WorkTx,
    lanes: &[Lane],
    depth: Depth,
) -> QueryResult<Vec<WaitingRow>> {
    let columns = Columns::of(lanes);
    diesel::sql_query(
        "select h.* from app.tier_heads($1::uuid[], $2::uuid[], $3::text[]) tier, \
         lateral (select c.facility_id, c.id, c.queue_id, c.waiting_for as kind, c.priority, \
             c.expected_seconds, c.received_at, c.ready_at, c.due_at, c.round, c.coding_version, \
             c.sticky_person_id, c.sticky_until from app.charts c \
           where c.facility_id = tier.facility and c.queue_id = tier.queue \
             and c.waiting_for = tier.kind and c.priority = tier.priority \
             and c.expected_seconds = tier.expected \
           order by c.due_at, c.ready_at, c.id limit $4) h \
         order by h.due_at nulls last, h.priority, h.id limit $5",
    )
    .bind::<Array<Uuid>, _>(columns.facilities)
    .bind::<Array<Uuid>, _>(columns.queues)
    .bind::<Array<Text>, _>(columns.kinds)
    .bind::<BigInt, _>(depth.per_tier)
    .bind::<BigInt, _>(depth.in_all)
    .load(tx.conn())
    .await
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

/// How often what decides a person's lanes has changed: the person themself, and the queues.
pub(crate) async fn revisions(tx: &mut WorkTx, person: PersonId) -> QueryResult<Vec<i64>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Array<BigInt>)]
        revisions: Vec<i64>,
    }
    let row: Row = diesel::sql_query(
        "select array(select coalesce(r.revision, 0) from unnest(array[$1, $2]) \
           with ordinality as asked (subject, place) left join app.revisions r using (subject) \
           order by place) as revisions",
    )
    .bind::<Uuid, _>(person)
    .bind::<Uuid, _>(uuid::Uuid::nil())
    .get_result(tx.conn())
    .await?;
    Ok(row.revisions)
}

/// Holds the person against being given other work until the transaction ends; false when there is no
/// such person. Signing in goes on meanwhile.
pub(crate) async fn lock_person(tx: &mut WorkTx, person: PersonId) -> QueryResult<bool> {
    let locked = diesel::sql_query("select from app.people where id = $1 for no key update")
        .bind::<Uuid, _>(person)
        .execute(tx.conn())
        .await?;
    Ok(locked > 0)
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

/// Live leases of people who are barred from their chart by now.
pub(crate) async fn barred(tx: &mut WorkTx) -> QueryResult<HashSet<AssignmentId>> {
    let ids: Vec<AssignmentId> = assignments::table
        .inner_join(
            exclusions::table.on(exclusions::facility_id
                .eq(assignments::facility_id)
                .and(exclusions::chart_id.eq(assignments::chart_id))
                .and(exclusions::person_id.eq(assignments::person_id))),
        )
        .filter(assignments::state.eq_any(LIVE))
        .select(assignments::id)
        .limit(LIVE_LEASES_MAX)
        .load(tx.conn())
        .await?;
    Ok(ids.into_iter().collect())
}

/// What each facility has in hand, with its weight.
pub(crate) async fn shares(tx: &mut WorkTx) -> QueryResult<Vec<(FacilityId, Share)>> {
    #[derive(QueryableByName)]
    struct Row {
        #[diesel(sql_type = Uuid)]
        id: FacilityId,
        #[diesel(sql_type = Integer)]
        weight: i32,
        #[diesel(sql_type = BigInt)]
        seconds: i64,
    }
    let rows: Vec<Row> = diesel::sql_query(
        "select f.id, f.weight, coalesce((select sum(a.expected_seconds) from app.assignments a \
         where a.facility_id = f.id and a.state in ('offered', 'active')), 0)::bigint as seconds \
         from app.facilities f",
    )
    .load(tx.conn())
    .await?;
    let share = |row: Row| {
        let weight = u32::try_from(row.weight).unwrap_or(1);
        let in_hand_seconds = u64::try_from(row.seconds).unwrap_or(0);
        (row.id, Share { weight, in_hand_seconds })
    };
    Ok(rows.into_iter().map(share).collect())
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

/// The open holds that a person wrote down, newest first.
pub(crate) async fn holds_of(
    tx: &mut WorkTx,
    person: PersonId,
    rows_max: i64,
) -> QueryResult<Vec<Hold>> {
    holds::table
        .filter(holds::opened_by.eq(person))
        .filter(holds::closed_at.is_null())
        .order((holds::opened_at.desc(), holds::id))
        .limit(rows_max)
        .select(Hold::as_select())
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
