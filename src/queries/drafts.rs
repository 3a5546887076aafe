//! Questions that are being written: one draft for a chart, kept with it whoever holds it.

use crate::ask::{AskedQuestion, KIND, check_count};
use crate::schema::query_drafts;
use base::Services;
use base::db::{ClinicalTx, DeskTx, VendorScope};
use base::error::{Error, Result};
use base::keyring::Keyring;
use base::seal::FieldContext;
use charts::ChartRow;
use charts::held;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId};
use serde::Serialize;

/// Largest draft, in bytes of JSON.
const DRAFT_BYTES_MAX: usize = 131_072;

/// What is being written about a chart.
#[derive(Debug, Clone, Default, Serialize, utoipa::ToSchema)]
pub struct QueryDraft {
    /// Counts the savings; to be given with the next one.
    pub revision: i32,
    /// The questions.
    pub questions: Vec<AskedQuestion>,
}

/// Questions on their way into the draft.
#[derive(Debug, Clone, Copy)]
pub struct Drafting<'a> {
    /// The lease on which they are written.
    pub epoch: i32,
    /// The revision that their author saw last; 0 when there was none.
    pub seen: i32,
    /// The questions.
    pub questions: &'a [AskedQuestion],
}

#[derive(Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = query_drafts, check_for_backend(diesel::pg::Pg))]
struct DraftRow {
    facility_id: FacilityId,
    chart_id: ChartId,
    revision: i32,
    sealed: Vec<u8>,
    author_id: PersonId,
    saved_at: Instant,
}

const fn context(chart: &ChartRow) -> FieldContext {
    FieldContext { facility: chart.facility_id, table: "query_drafts", row: chart.id.uuid() }
}

/// The chart's draft, empty when there is none.
pub(crate) async fn read(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
) -> Result<QueryDraft> {
    let row: Option<DraftRow> = query_drafts::table
        .find((chart.facility_id, chart.id))
        .select(DraftRow::as_select())
        .first(tx.conn())
        .await
        .optional()?;
    let Some(row) = row else { return Ok(QueryDraft::default()) };
    let key = keyring.key(tx, chart.facility_id).await?;
    let plain = key.open_field(context(chart), &row.sealed)?;
    Ok(QueryDraft { revision: row.revision, questions: serde_json::from_slice(&plain)? })
}

/// Keeps what is being written, and answers the revision that it has now.
///
/// # Errors
/// [`Error::Conflict`] when the lease is over, or when another window has saved since; nothing is written
/// over.
pub async fn save(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    drafting: Drafting<'_>,
) -> Result<i32> {
    check_count(drafting.questions)?;
    let plain = serde_json::to_vec(drafting.questions)?;
    if plain.len() > DRAFT_BYTES_MAX {
        return Err(Error::invalid("questions", "at most 128 KiB"));
    }
    services
        .db
        .desk(scope, async |tx| {
            let held = held::to_write(tx, KIND, chart, drafting.epoch).await?;
            held.require_started()?;
            keep(tx, &services.keyring, &held.chart, (drafting.seen, &plain)).await
        })
        .await
}

async fn keep(
    tx: &mut DeskTx,
    keyring: &Keyring,
    chart: &ChartRow,
    (seen, plain): (i32, &[u8]),
) -> Result<i32> {
    let key = keyring.key(tx, chart.facility_id).await?;
    let row = DraftRow {
        facility_id: chart.facility_id,
        chart_id: chart.id,
        revision: seen.saturating_add(1),
        sealed: key.seal_field(context(chart), plain)?,
        author_id: tx.acting_person()?,
        saved_at: tx.now(),
    };
    let kept = if seen == 0 {
        let insert = diesel::insert_into(query_drafts::table).values(&row);
        insert.on_conflict_do_nothing().execute(tx.conn()).await?
    } else {
        let place = query_drafts::table.find((chart.facility_id, chart.id));
        let place = place.filter(query_drafts::revision.eq(seen));
        diesel::update(place).set(&row).execute(tx.conn()).await?
    };
    if kept == 0 {
        return Err(Error::Conflict("these questions were changed in another window".into()));
    }
    Ok(row.revision)
}

/// Takes the draft away, once its questions are sent.
pub(crate) async fn discard(tx: &mut ClinicalTx, chart: &ChartRow) -> Result<()> {
    let place = query_drafts::table.find((chart.facility_id, chart.id));
    diesel::delete(place).execute(tx.conn()).await?;
    Ok(())
}
