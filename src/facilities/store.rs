//! Facilities, queues and allow-lists as rows.

use crate::ladder::StoredLadder;
use crate::schema::{allow_list, facilities, facility_holidays, queues};
use base::db::WorkTx;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::time::Day;
use rules::words::WorkType;

#[derive(Insertable)]
#[diesel(table_name = facilities)]
pub(crate) struct FacilityRow {
    pub id: FacilityId,
    pub name: String,
    pub code: String,
    pub time_zone: String,
    pub week: serde_json::Value,
    pub weight: i32,
    pub created_at: Instant,
}

#[derive(Insertable)]
#[diesel(table_name = queues)]
pub(crate) struct QueueRow {
    pub facility_id: FacilityId,
    pub id: QueueId,
    pub name: String,
    pub work_type: WorkType,
    pub required_skills: Vec<String>,
    pub required_credentials: Vec<String>,
    pub onshore_only: bool,
    pub allowed_countries: Vec<String>,
    pub turnaround_minutes: i32,
    pub priority: i32,
    pub unit_price_cents: i64,
    pub sampling_percent: i32,
    pub accuracy_target_percent: i32,
    pub expected_seconds: i32,
    pub active: bool,
    pub created_at: Instant,
    pub preferred_skills: Vec<String>,
    pub escalation: StoredLadder,
    pub required_details: Option<Vec<String>>,
    pub shows_history: bool,
}

/// What a queue's terms become.
#[derive(AsChangeset)]
#[diesel(table_name = queues, treat_none_as_null = true)]
pub(crate) struct QueueChange {
    pub name: String,
    pub required_skills: Vec<String>,
    pub required_credentials: Vec<String>,
    pub onshore_only: bool,
    pub allowed_countries: Vec<String>,
    pub turnaround_minutes: i32,
    pub priority: i32,
    pub unit_price_cents: i64,
    pub sampling_percent: i32,
    pub accuracy_target_percent: i32,
    pub expected_seconds: i32,
    pub active: bool,
    pub preferred_skills: Vec<String>,
    pub escalation: StoredLadder,
    pub required_details: Option<Vec<String>>,
    pub shows_history: bool,
}

pub(crate) async fn insert_facility(tx: &mut WorkTx, row: &FacilityRow) -> QueryResult<usize> {
    diesel::insert_into(facilities::table).values(row).execute(tx.conn()).await
}

pub(crate) async fn insert_queue(tx: &mut WorkTx, row: &QueueRow) -> QueryResult<usize> {
    diesel::insert_into(queues::table)
        .values(row)
        .on_conflict((queues::facility_id, queues::name))
        .do_nothing()
        .execute(tx.conn())
        .await
}

/// Changes a queue's terms if nobody has since `version`; answers how many rows that were.
pub(crate) async fn change_queue(
    tx: &mut WorkTx,
    (facility, queue): (FacilityId, QueueId),
    version: i32,
    change: &QueueChange,
) -> QueryResult<usize> {
    diesel::update(queues::table.find((facility, queue)).filter(queues::version.eq(version)))
        .set((change, queues::version.eq(version.saturating_add(1))))
        .execute(tx.conn())
        .await
}

pub(crate) async fn set_holidays(
    tx: &mut WorkTx,
    facility: FacilityId,
    days: &[Day],
) -> QueryResult<usize> {
    diesel::delete(facility_holidays::table.filter(facility_holidays::facility_id.eq(facility)))
        .execute(tx.conn())
        .await?;
    let rows: Vec<_> = days
        .iter()
        .map(|day| (facility_holidays::facility_id.eq(facility), facility_holidays::day.eq(*day)))
        .collect();
    diesel::insert_into(facility_holidays::table).values(rows).execute(tx.conn()).await
}

pub(crate) async fn set_calendar(
    tx: &mut WorkTx,
    facility: FacilityId,
    time_zone: &str,
    week: &serde_json::Value,
) -> QueryResult<usize> {
    diesel::update(facilities::table.find(facility))
        .set((
            facilities::time_zone.eq(time_zone),
            facilities::week.eq(week),
            facilities::version.eq(facilities::version + 1),
        ))
        .execute(tx.conn())
        .await
}

pub(crate) async fn allow(
    tx: &mut WorkTx,
    facility: FacilityId,
    person: PersonId,
    overflow: bool,
) -> QueryResult<usize> {
    let (by, at) = (tx.person(), tx.now());
    diesel::insert_into(allow_list::table)
        .values((
            allow_list::facility_id.eq(facility),
            allow_list::person_id.eq(person),
            allow_list::added_by.eq(by),
            allow_list::added_at.eq(at),
            allow_list::overflow.eq(overflow),
        ))
        .on_conflict((allow_list::facility_id, allow_list::person_id))
        .do_update()
        .set(allow_list::overflow.eq(overflow))
        .execute(tx.conn())
        .await
}

pub(crate) async fn set_weight(
    tx: &mut WorkTx,
    facility: FacilityId,
    weight: i32,
) -> QueryResult<usize> {
    diesel::update(facilities::table.find(facility))
        .set(facilities::weight.eq(weight))
        .execute(tx.conn())
        .await
}

pub(crate) async fn weight(tx: &mut WorkTx, facility: FacilityId) -> QueryResult<i32> {
    facilities::table.find(facility).select(facilities::weight).first(tx.conn()).await
}

pub(crate) async fn disallow(
    tx: &mut WorkTx,
    facility: FacilityId,
    person: PersonId,
) -> QueryResult<usize> {
    diesel::delete(allow_list::table.find((facility, person))).execute(tx.conn()).await
}

/// Who may work for a facility, and whether they only help out.
pub(crate) async fn allowed(
    tx: &mut WorkTx,
    facility: FacilityId,
) -> QueryResult<Vec<(PersonId, bool)>> {
    allow_list::table
        .filter(allow_list::facility_id.eq(facility))
        .order(allow_list::person_id)
        .select((allow_list::person_id, allow_list::overflow))
        .load(tx.conn())
        .await
}
