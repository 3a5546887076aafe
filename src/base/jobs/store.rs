//! The jobs table.

use crate::db::JobsTx;
use diesel::prelude::*;
use diesel::sql_types::{Array, BigInt, Jsonb, Text, Timestamptz, Uuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use rules::Instant;
use rules::ids::{FacilityId, JobId};

diesel::table! {
    app.jobs (id) {
        id -> Uuid,
        for_facility_id -> Nullable<Uuid>,
        kind -> Text,
        args -> Jsonb,
        state -> Text,
        run_at -> Timestamptz,
        attempt -> Integer,
        max_attempts -> Integer,
        locked_until -> Nullable<Timestamptz>,
        unique_key -> Nullable<Text>,
        errors -> Jsonb,
        created_at -> Timestamptz,
        finished_at -> Nullable<Timestamptz>,
    }
}

#[derive(Insertable)]
#[diesel(table_name = jobs)]
pub(crate) struct NewJob {
    pub id: JobId,
    pub for_facility_id: Option<FacilityId>,
    pub kind: &'static str,
    pub args: serde_json::Value,
    pub run_at: Instant,
    pub unique_key: Option<String>,
    pub created_at: Instant,
}

#[derive(Debug, QueryableByName)]
pub(super) struct Claimed {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pub id: JobId,
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub kind: String,
    #[diesel(sql_type = diesel::sql_types::Jsonb)]
    pub args: serde_json::Value,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub attempt: i32,
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pub max_attempts: i32,
}

pub(crate) async fn insert(
    connection: &mut AsyncPgConnection,
    jobs: &[NewJob],
) -> QueryResult<usize> {
    // No conflict target: naming one would need the right to read the table.
    diesel::insert_into(jobs::table).values(jobs).on_conflict_do_nothing().execute(connection).await
}

/// Takes due jobs of these kinds, and those whose runner is gone. What this server does not know is left
/// for one that does, as while a new version is rolled out. The CTE is materialised, or the planner may lock
/// more rows than the limit.
pub(super) async fn claim(
    tx: &mut JobsTx,
    kinds: &[&str],
    limit: i64,
    lease_until: Instant,
) -> QueryResult<Vec<Claimed>> {
    let now = tx.now();
    diesel::sql_query(
        "with due as materialized ( \
           select id from app.jobs where kind = any($4) and ((state = 'ready' and run_at <= $1) \
             or (state = 'running' and locked_until < $1)) \
           order by priority, run_at, id limit $2 for update skip locked) \
         update app.jobs j set state = 'running', attempt = attempt + 1, locked_until = $3 \
         from due where j.id = due.id returning j.id, j.kind, j.args, j.attempt, j.max_attempts",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<BigInt, _>(limit)
    .bind::<Timestamptz, _>(lease_until)
    .bind::<Array<Text>, _>(kinds)
    .load(tx.conn())
    .await
}

/// What becomes of a job that goes back to those that wait: one that was promised anew meanwhile does
/// its work, too.
const BACK: &str = "case when exists (select from app.jobs o where o.unique_key = j.unique_key \
     and o.state = 'ready') then 'done' else 'ready' end";

/// Gives up jobs that were claimed and not begun.
pub(super) async fn put_back(tx: &mut JobsTx, ids: &[JobId]) -> QueryResult<usize> {
    let now = tx.now();
    let query = format!(
        "update app.jobs j set state = {BACK}, locked_until = null, attempt = attempt - 1, \
         finished_at = $2 where id = any($1) and state = 'running'"
    );
    diesel::sql_query(query)
        .bind::<Array<Uuid>, _>(ids)
        .bind::<Timestamptz, _>(now)
        .execute(tx.conn())
        .await
}

/// Makes everything ready that was begun; its try counts.
pub(super) async fn put_back_all(tx: &mut JobsTx) -> QueryResult<usize> {
    let now = tx.now();
    let query = format!(
        "update app.jobs j set state = {BACK}, locked_until = null, finished_at = $1 \
         where state = 'running'"
    );
    diesel::sql_query(query).bind::<Timestamptz, _>(now).execute(tx.conn()).await
}

pub(super) async fn finish(tx: &mut JobsTx, id: JobId) -> QueryResult<usize> {
    let now = tx.now();
    diesel::update(jobs::table.find(id))
        .set((
            jobs::state.eq("done"),
            jobs::finished_at.eq(now),
            jobs::locked_until.eq(None::<Instant>),
        ))
        .execute(tx.conn())
        .await
}

/// Back to ready for a later time, or dead when there is none.
pub(super) async fn fail(
    tx: &mut JobsTx,
    id: JobId,
    again_at: Option<Instant>,
    message: &str,
) -> QueryResult<usize> {
    let now = tx.now();
    let state = if again_at.is_some() { BACK } else { "'dead'" };
    let error = serde_json::json!([{ "at": now.to_string(), "message": message }]);
    let query = format!(
        "update app.jobs j set state = {state}, run_at = $2, locked_until = null, finished_at = $3, \
         errors = errors || $4 where id = $1"
    );
    diesel::sql_query(query)
        .bind::<Uuid, _>(id)
        .bind::<Timestamptz, _>(again_at.unwrap_or(now))
        .bind::<Timestamptz, _>(now)
        .bind::<Jsonb, _>(error)
        .execute(tx.conn())
        .await
}

/// How many jobs stand in each state.
pub(super) async fn counts(tx: &mut JobsTx) -> QueryResult<Vec<(String, i64)>> {
    jobs::table
        .group_by(jobs::state)
        .select((jobs::state, diesel::dsl::count_star()))
        .load(tx.conn())
        .await
}

/// Removes what was finished before `before`.
pub(super) async fn sweep(tx: &mut JobsTx, before: Instant) -> QueryResult<usize> {
    diesel::delete(jobs::table.filter(jobs::state.eq("done")).filter(jobs::finished_at.lt(before)))
        .execute(tx.conn())
        .await
}
