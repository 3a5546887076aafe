//! Where questions stand, as rows: queries only. Nothing here is patient data.

use crate::schema::queries;
use ::charts::ChartRow;
use ::charts::schema::charts;
use base::db::WorkTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId, QueryId};
use rules::lifecycle::ChartState;
use rules::query::{AnsweredThrough, QueryOutcome, QueryStatus};

/// Where a question stands.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = queries, check_for_backend(diesel::pg::Pg))]
pub(crate) struct QueryRow {
    pub facility_id: FacilityId,
    pub id: QueryId,
    pub chart_id: ChartId,
    pub status: QueryStatus,
    pub provider_id: Option<PersonId>,
    pub named_at: Option<Instant>,
    pub asked_by: PersonId,
    pub asked_at: Instant,
    pub reminded_at: Option<Instant>,
    pub escalated_at: Option<Instant>,
    pub answered_at: Option<Instant>,
    pub answered_by: Option<PersonId>,
    pub answered_through: Option<AnsweredThrough>,
    pub ended_at: Option<Instant>,
    pub ended_by: Option<PersonId>,
    pub end_reason: Option<String>,
    pub outcome: Option<QueryOutcome>,
}

impl QueryRow {
    /// When whoever is asked now was reminded; a reminder to somebody before them does not count.
    pub(crate) fn reminded(&self) -> Option<Instant> {
        let since = self.named_at.unwrap_or(self.asked_at);
        self.reminded_at.filter(|at| *at >= since)
    }
}

/// What changes with a step of a question; `None` leaves a column as it is.
#[derive(Debug, Clone, Default, AsChangeset)]
#[diesel(table_name = queries)]
pub(crate) struct Step {
    pub status: Option<QueryStatus>,
    pub provider_id: Option<PersonId>,
    pub named_at: Option<Instant>,
    pub reminded_at: Option<Instant>,
    pub escalated_at: Option<Instant>,
    pub answered_at: Option<Instant>,
    pub answered_by: Option<PersonId>,
    pub answered_through: Option<AnsweredThrough>,
    pub ended_at: Option<Instant>,
    pub ended_by: Option<PersonId>,
    pub end_reason: Option<String>,
    pub outcome: Option<QueryOutcome>,
}

/// Questions of one chart, at most, that are loaded.
const OF_CHART_MAX: i64 = 100;
/// Questions of one list, at most.
pub(crate) const LISTED_MAX: i64 = 500;

pub(crate) async fn insert(tx: &mut WorkTx, row: &QueryRow) -> QueryResult<usize> {
    diesel::insert_into(queries::table).values(row).execute(tx.conn()).await
}

/// The question, if it is in the scope. Its chart is locked before it is.
pub(crate) async fn find(tx: &mut WorkTx, id: QueryId) -> QueryResult<QueryRow> {
    queries::table.filter(queries::id.eq(id)).select(QueryRow::as_select()).first(tx.conn()).await
}

/// The question with its chart, both held against changes until the transaction ends.
pub(crate) async fn lock(tx: &mut WorkTx, id: QueryId) -> Result<(ChartRow, QueryRow)> {
    let found = find(tx, id).await?;
    let chart = ::charts::store::lock(tx, found.chart_id).await?;
    let row = queries::table
        .find((found.facility_id, id))
        .select(QueryRow::as_select())
        .for_update()
        .first(tx.conn())
        .await?;
    Ok((chart, row))
}

/// Writes a step, if the question still stands where it stood.
pub(crate) async fn step(tx: &mut WorkTx, before: &QueryRow, step: Step) -> Result<QueryRow> {
    let place = queries::table
        .find((before.facility_id, before.id))
        .filter(queries::status.eq(before.status));
    let row = diesel::update(place)
        .set(step)
        .returning(QueryRow::as_returning())
        .get_result(tx.conn())
        .await
        .optional()?;
    row.ok_or_else(|| Error::Conflict("this question moved on meanwhile".into()))
}

/// The questions about a chart, oldest first.
pub(crate) async fn of_chart(tx: &mut WorkTx, chart: &ChartRow) -> QueryResult<Vec<QueryRow>> {
    queries::table
        .filter(queries::facility_id.eq(chart.facility_id))
        .filter(queries::chart_id.eq(chart.id))
        .order((queries::asked_at, queries::id))
        .limit(OF_CHART_MAX)
        .select(QueryRow::as_select())
        .load(tx.conn())
        .await
}

/// How many questions about a chart wait for an answer.
pub(crate) async fn open_count(tx: &mut WorkTx, chart: &ChartRow) -> QueryResult<i64> {
    queries::table
        .filter(queries::facility_id.eq(chart.facility_id))
        .filter(queries::chart_id.eq(chart.id))
        .filter(queries::status.eq(QueryStatus::Open))
        .count()
        .get_result(tx.conn())
        .await
}

/// An open question with its chart's part of a list.
pub(crate) type Listed = (QueryRow, ChartRow);

/// The scope's open questions on charts that wait for them, the longest-waiting first.
pub(crate) async fn open(tx: &mut WorkTx) -> QueryResult<Vec<Listed>> {
    listed(tx, None, None).await
}

/// Those of one provider.
pub(crate) async fn open_of_provider(
    tx: &mut WorkTx,
    provider: PersonId,
) -> QueryResult<Vec<Listed>> {
    listed(tx, Some(provider), None).await
}

/// Those that one coder asked.
pub(crate) async fn open_of_coder(tx: &mut WorkTx, coder: PersonId) -> QueryResult<Vec<Listed>> {
    listed(tx, None, Some(coder)).await
}

async fn listed(
    tx: &mut WorkTx,
    provider: Option<PersonId>,
    coder: Option<PersonId>,
) -> QueryResult<Vec<Listed>> {
    let mut query = queries::table
        .filter(queries::status.eq(QueryStatus::Open))
        .order((queries::asked_at, queries::id))
        .limit(LISTED_MAX)
        .select(QueryRow::as_select())
        .into_boxed();
    if let Some(provider) = provider {
        query = query.filter(queries::provider_id.eq(provider));
    }
    if let Some(coder) = coder {
        query = query.filter(queries::asked_by.eq(coder));
    }
    let rows: Vec<QueryRow> = query.load(tx.conn()).await?;
    let (facilities, ids): (Vec<FacilityId>, Vec<ChartId>) =
        rows.iter().map(|row| (row.facility_id, row.chart_id)).unzip();
    // One whose chart went another way waits for nobody; the product takes it back in time.
    let waiting: Vec<ChartRow> = charts::table
        .filter(charts::facility_id.eq_any(facilities))
        .filter(charts::id.eq_any(ids))
        .filter(charts::state.eq(ChartState::QueryOpen))
        .select(ChartRow::as_select())
        .load(tx.conn())
        .await?;
    let of = |row: &QueryRow| waiting.iter().find(|chart| chart.id == row.chart_id).cloned();
    Ok(rows.into_iter().filter_map(|row| of(&row).map(|chart| (row, chart))).collect())
}
