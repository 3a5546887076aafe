//! The queries of the reports. They count; what the counts mean is said where they are used.

use crate::asked::Slice;
use base::db::WorkTx;
use diesel::prelude::*;
use diesel::sql_query;
use diesel::sql_types::{Array, BigInt, Bool, Date, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::lifecycle::ChartState;
use rules::time::Day;
use rules::words::AssignmentKind;

/// Charts whose first submission was on one day by one person.
#[derive(Debug, QueryableByName)]
pub(crate) struct Submissions {
    #[diesel(sql_type = Uuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Date)]
    pub day: Day,
    #[diesel(sql_type = BigInt)]
    pub charts: i64,
    #[diesel(sql_type = BigInt)]
    pub standard_seconds: i64,
}

/// A chart counts once, for whoever submitted it first, on the day of that event.
const SUBMISSIONS: &str = "
    select e.actor_id as person_id, (e.at at time zone $3)::date as day, count(*) as charts,
        sum(coalesce(c.standard_seconds, c.expected_seconds))::bigint as standard_seconds
    from app.chart_events e
    join app.charts c on c.facility_id = e.facility_id and c.id = e.chart_id
    where e.action = 'submit' and e.actor_id is not null and e.at >= $1 and e.at < $2
        and ($4::uuid is null or e.facility_id = $4)
        and ($5::uuid is null or e.actor_id = $5)
        and not exists (select 1 from app.chart_events earlier
            where earlier.facility_id = e.facility_id and earlier.chart_id = e.chart_id
                and earlier.action = 'submit' and earlier.seq < e.seq)
    group by 1, 2";

pub(crate) async fn submissions(
    tx: &mut WorkTx,
    slice: &Slice<'_>,
) -> QueryResult<Vec<Submissions>> {
    sql_query(SUBMISSIONS)
        .bind::<Timestamptz, _>(slice.period.starts_at)
        .bind::<Timestamptz, _>(slice.period.ends_at)
        .bind::<Text, _>(&slice.period.zone_name)
        .bind::<Nullable<Uuid>, _>(slice.facility)
        .bind::<Nullable<Uuid>, _>(slice.person)
        .load(tx.conn())
        .await
}

/// Measured work of one person in leases of one kind that ended on one day.
#[derive(Debug, QueryableByName)]
pub(crate) struct Activity {
    #[diesel(sql_type = Uuid)]
    pub person_id: PersonId,
    #[diesel(sql_type = Date)]
    pub day: Day,
    #[diesel(sql_type = BigInt)]
    pub active_seconds: i64,
}

const ACTIVITY: &str = "
    select person_id, (ended_at at time zone $3)::date as day,
        sum(active_seconds)::bigint as active_seconds
    from app.assignments
    where ended_at is not null and ended_at >= $1 and ended_at < $2
        and ($4::uuid is null or facility_id = $4)
        and ($5::uuid is null or person_id = $5)
        and kind = $6 and active_seconds > 0
    group by 1, 2";

pub(crate) async fn activity(
    tx: &mut WorkTx,
    slice: &Slice<'_>,
    kind: AssignmentKind,
) -> QueryResult<Vec<Activity>> {
    sql_query(ACTIVITY)
        .bind::<Timestamptz, _>(slice.period.starts_at)
        .bind::<Timestamptz, _>(slice.period.ends_at)
        .bind::<Text, _>(&slice.period.zone_name)
        .bind::<Nullable<Uuid>, _>(slice.facility)
        .bind::<Nullable<Uuid>, _>(slice.person)
        .bind::<Text, _>(kind)
        .load(tx.conn())
        .await
}

/// First reviews of one coder's charts of one queue.
#[derive(Debug, QueryableByName)]
pub(crate) struct Reviewed {
    #[diesel(sql_type = Uuid)]
    pub coder_id: PersonId,
    #[diesel(sql_type = Uuid)]
    pub facility_id: FacilityId,
    #[diesel(sql_type = Uuid)]
    pub queue_id: QueueId,
    #[diesel(sql_type = BigInt)]
    pub reviews: i64,
    #[diesel(sql_type = BigInt)]
    pub accepted: i64,
    #[diesel(sql_type = BigInt)]
    pub charts: i64,
    #[diesel(sql_type = BigInt)]
    pub correct_lines: i64,
    #[diesel(sql_type = BigInt)]
    pub lines: i64,
}

/// A review of a revised coding would score what the reviewer had pointed out: it is left aside.
const REVIEWED: &str = "
    select coder_id, facility_id, queue_id, count(*) as reviews,
        count(*) filter (where outcome = 'accepted') as accepted,
        count(*) filter (where reviewer_lines > 0) as charts,
        coalesce(sum(correct_lines), 0)::bigint as correct_lines,
        coalesce(sum(reviewer_lines), 0)::bigint as lines
    from app.reviews
    where decided_at is not null and decided_at >= $1 and decided_at < $2
        and drawn_because <> 'revised'
        and ($3::uuid is null or facility_id = $3)
        and ($4::uuid is null or coder_id = $4)
    group by 1, 2, 3";

pub(crate) async fn reviewed(tx: &mut WorkTx, slice: &Slice<'_>) -> QueryResult<Vec<Reviewed>> {
    sql_query(REVIEWED)
        .bind::<Timestamptz, _>(slice.period.starts_at)
        .bind::<Timestamptz, _>(slice.period.ends_at)
        .bind::<Nullable<Uuid>, _>(slice.facility)
        .bind::<Nullable<Uuid>, _>(slice.person)
        .load(tx.conn())
        .await
}

/// What one reviewer decided.
#[derive(Debug, QueryableByName)]
pub(crate) struct Decided {
    #[diesel(sql_type = BigInt)]
    pub reviews: i64,
    #[diesel(sql_type = BigInt)]
    pub lines: i64,
}

const DECIDED: &str = "
    select count(*) as reviews, coalesce(sum(reviewer_lines), 0)::bigint as lines
    from app.reviews
    where decided_at is not null and decided_at >= $1 and decided_at < $2
        and ($3::uuid is null or facility_id = $3) and reviewer_id = $4";

pub(crate) async fn decided(
    tx: &mut WorkTx,
    slice: &Slice<'_>,
    reviewer: PersonId,
) -> QueryResult<Decided> {
    sql_query(DECIDED)
        .bind::<Timestamptz, _>(slice.period.starts_at)
        .bind::<Timestamptz, _>(slice.period.ends_at)
        .bind::<Nullable<Uuid>, _>(slice.facility)
        .bind::<Uuid, _>(reviewer)
        .get_result(tx.conn())
        .await
}

/// A chart that was handed back.
#[derive(Debug, Clone, QueryableByName)]
pub(crate) struct Returned {
    #[diesel(sql_type = Uuid)]
    pub facility_id: FacilityId,
    #[diesel(sql_type = Uuid)]
    pub queue_id: QueueId,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub ready_at: Option<Instant>,
    #[diesel(sql_type = BigInt)]
    pub paused_seconds: i64,
    #[diesel(sql_type = Timestamptz)]
    pub made_at: Instant,
    #[diesel(sql_type = Bool)]
    pub on_time: bool,
}

/// The first return answers the contract; a corrected one is another matter.
const RETURNED: &str = "
    select r.facility_id, c.queue_id, c.ready_at, c.paused_seconds, r.made_at, r.on_time
    from app.returns r
    join app.charts c on c.facility_id = r.facility_id and c.id = r.chart_id
    where r.version = 1 and r.made_at >= $1 and r.made_at < $2
        and ($3::uuid is null or r.facility_id = $3)
    limit $4";

pub(crate) async fn returned(
    tx: &mut WorkTx,
    slice: &Slice<'_>,
    rows_max: i64,
) -> QueryResult<Vec<Returned>> {
    sql_query(RETURNED)
        .bind::<Timestamptz, _>(slice.period.starts_at)
        .bind::<Timestamptz, _>(slice.period.ends_at)
        .bind::<Nullable<Uuid>, _>(slice.facility)
        .bind::<BigInt, _>(rows_max)
        .load(tx.conn())
        .await
}

/// Waiting charts of one queue in one state and one stretch of age.
#[derive(Debug, QueryableByName)]
pub(crate) struct Waiting {
    #[diesel(sql_type = Uuid)]
    pub facility_id: FacilityId,
    #[diesel(sql_type = Uuid)]
    pub queue_id: QueueId,
    #[diesel(sql_type = Text)]
    pub state: ChartState,
    /// How many of the given ages it has reached.
    #[diesel(sql_type = Integer)]
    pub ages_reached: i32,
    #[diesel(sql_type = BigInt)]
    pub charts: i64,
    #[diesel(sql_type = Timestamptz)]
    pub oldest_received_at: Instant,
    #[diesel(sql_type = BigInt)]
    pub overdue: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub next_due_at: Option<Instant>,
}

/// A deadline whose clock stands still is neither missed nor next.
const WAITING: &str = "
    select facility_id, queue_id, state,
        width_bucket(floor(extract(epoch from ($1 - received_at)))::bigint, $2) as ages_reached,
        count(*) as charts, min(received_at) as oldest_received_at,
        count(*) filter (where due_at < $1 and paused_at is null) as overdue,
        min(due_at) filter (where due_at >= $1 and paused_at is null) as next_due_at
    from app.charts
    where state = any ($3) and ($4::uuid is null or facility_id = $4)
    group by 1, 2, 3, 4";

/// Charts in `states` by queue, state and how many of the `ages_seconds`, ascending, they have reached.
pub(crate) async fn waiting(
    tx: &mut WorkTx,
    facility: Option<FacilityId>,
    states: &[ChartState],
    ages_seconds: &[i64],
) -> QueryResult<Vec<Waiting>> {
    let now = tx.now();
    sql_query(WAITING)
        .bind::<Timestamptz, _>(now)
        .bind::<Array<BigInt>, _>(ages_seconds)
        .bind::<Array<Text>, _>(states)
        .bind::<Nullable<Uuid>, _>(facility)
        .load(tx.conn())
        .await
}
