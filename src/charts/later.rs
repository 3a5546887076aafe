//! Documents that come after their chart, are taken out of the coders' sight, or go to another chart.

use crate::documents::{self as stored, DOCUMENTS_MAX, DocumentRow};
use crate::schema::{charts, documents};
use crate::store::ChartRow;
use base::db::ClinicalTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::holds::Awaited;
use rules::ids::{DocumentId, PersonId};
use rules::lifecycle::ChartState;

/// Takes a document of a held chart out of every desk's sight: it seems to be another patient's.
///
/// # Errors
/// [`Error::Conflict`] when that was done already.
pub async fn quarantine(tx: &mut ClinicalTx, chart: &ChartRow, id: DocumentId) -> Result<()> {
    #[derive(QueryableByName)]
    struct Done {
        #[diesel(sql_type = diesel::sql_types::Bool)]
        done: bool,
    }
    let now = tx.now();
    let row: Done = diesel::sql_query("select app.quarantine_document($1, $2, $3, $4) as done")
        .bind::<diesel::sql_types::Uuid, _>(chart.facility_id)
        .bind::<diesel::sql_types::Uuid, _>(chart.id)
        .bind::<diesel::sql_types::Uuid, _>(id)
        .bind::<diesel::sql_types::Timestamptz, _>(now)
        .get_result(tx.conn())
        .await?;
    if row.done {
        return Ok(());
    }
    Err(Error::Conflict("somebody has marked this document already".into()))
}

/// Whether a chart still takes documents: until its codes are settled, or when it is withdrawn.
#[must_use]
pub const fn may_come(state: ChartState) -> bool {
    match state {
        ChartState::Duplicate | ChartState::IntakeException => true,
        ChartState::Final => false,
        other => other.is_backlog(),
    }
}

/// What a facility hands in after the chart.
#[derive(Debug, Clone, Copy)]
pub struct Later<'a> {
    /// Its rows; their position is given here.
    pub rows: &'a [DocumentRow],
    /// What they are, where the facility says so.
    pub kind: Option<Awaited>,
}

/// Stores documents that come after the chart, behind those that are there. The caller has the chart locked.
///
/// # Errors
/// [`Error::Conflict`] beyond the most that one chart has.
pub async fn add(tx: &mut ClinicalTx, chart: &ChartRow, later: Later<'_>) -> Result<()> {
    let first = next_position(tx, chart).await?;
    let rows: Vec<DocumentRow> = (first..)
        .zip(later.rows)
        .map(|(position, row)| DocumentRow { position, ..row.clone() })
        .collect();
    let most = i32::try_from(DOCUMENTS_MAX).unwrap_or(i32::MAX);
    if first.saturating_add(i32::try_from(rows.len()).unwrap_or(i32::MAX)) > most {
        return Err(Error::Conflict(format!("a chart has at most {most} documents")));
    }
    stored::insert(tx, &rows).await?;
    let ids: Vec<DocumentId> = rows.iter().map(|row| row.id).collect();
    diesel::update(documents::table)
        .filter(documents::facility_id.eq(chart.facility_id))
        .filter(documents::id.eq_any(ids))
        .set(documents::kind.eq(later.kind))
        .execute(tx.conn())
        .await?;
    count(tx, chart).await
}

async fn next_position(tx: &mut ClinicalTx, chart: &ChartRow) -> Result<i32> {
    let last: Option<i32> = documents::table
        .filter(documents::facility_id.eq(chart.facility_id))
        .filter(documents::chart_id.eq(chart.id))
        .select(diesel::dsl::max(documents::position))
        .first(tx.conn())
        .await?;
    Ok(last.map_or(0, |last| last.saturating_add(1)))
}

/// Counts the chart's documents into its row.
async fn count(tx: &mut ClinicalTx, chart: &ChartRow) -> Result<()> {
    let there: i64 = documents::table
        .filter(documents::facility_id.eq(chart.facility_id))
        .filter(documents::chart_id.eq(chart.id))
        .count()
        .get_result(tx.conn())
        .await?;
    diesel::update(charts::table.find((chart.facility_id, chart.id)))
        .set(charts::document_count.eq(i32::try_from(there).unwrap_or(i32::MAX)))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// How many of the chart's documents coders may read.
///
/// # Errors
/// When the database fails.
pub async fn readable(tx: &mut ClinicalTx, chart: &ChartRow) -> Result<i64> {
    let readable = documents::table
        .filter(documents::facility_id.eq(chart.facility_id))
        .filter(documents::chart_id.eq(chart.id))
        .filter(documents::quarantined_at.is_null())
        .count()
        .get_result(tx.conn())
        .await?;
    Ok(readable)
}

/// The document is this chart's after all.
///
/// # Errors
/// When the database fails.
pub async fn readmit(tx: &mut ClinicalTx, chart: &ChartRow, id: DocumentId) -> Result<()> {
    diesel::update(documents::table.find((chart.facility_id, id)))
        .filter(documents::chart_id.eq(chart.id))
        .set((
            documents::quarantined_at.eq(None::<Instant>),
            documents::quarantined_by.eq(None::<PersonId>),
        ))
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// The document goes to another chart of the facility, behind those that are there.
///
/// # Errors
/// When the database fails.
pub async fn move_to(
    tx: &mut ClinicalTx,
    (from, to): (&ChartRow, &ChartRow),
    id: DocumentId,
) -> Result<()> {
    let position = next_position(tx, to).await?;
    diesel::update(documents::table.find((from.facility_id, id)))
        .filter(documents::chart_id.eq(from.id))
        .set((documents::chart_id.eq(to.id), documents::position.eq(position)))
        .execute(tx.conn())
        .await?;
    readmit(tx, to, id).await?;
    count(tx, from).await?;
    count(tx, to).await
}
