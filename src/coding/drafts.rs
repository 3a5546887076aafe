//! Drafts kept with the chart, sealed: whoever holds it next goes on from there.

use crate::schema::drafts;
use base::db::ClinicalTx;
use base::error::Result;
use base::keyring::Keyring;
use base::seal::FieldContext;
use charts::ChartRow;
use charts::leases::Assignment;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId};
use rules::words::AssignmentKind;

/// A draft, opened. What is in it is known to whoever wrote it.
pub struct Stored {
    /// Counts the savings; the next one must have seen it.
    pub revision: i32,
    /// Who saved it last.
    pub author_id: PersonId,
    /// On which lease.
    pub epoch: i32,
    /// When.
    pub saved_at: Instant,
    /// The draft as JSON.
    pub plain: Vec<u8>,
}

impl std::fmt::Debug for Stored {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Stored").field("revision", &self.revision).finish_non_exhaustive()
    }
}

/// That a draft is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Kept {
    /// To be given with the next saving.
    pub revision: i32,
    /// When.
    pub saved_at: Instant,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = drafts, check_for_backend(diesel::pg::Pg))]
struct DraftRow {
    facility_id: FacilityId,
    chart_id: ChartId,
    kind: AssignmentKind,
    revision: i32,
    sealed: Vec<u8>,
    author_id: PersonId,
    epoch: i32,
    saved_at: Instant,
}

const fn context(facility: FacilityId, chart: ChartId, kind: AssignmentKind) -> FieldContext {
    let table = match kind {
        AssignmentKind::Coding => "drafts.coding",
        AssignmentKind::Review => "drafts.review",
        AssignmentKind::Arbitration => "drafts.arbitration",
    };
    FieldContext { facility, table, row: chart.uuid() }
}

/// The chart's draft of this kind of work. The caller writes down that the chart was read.
///
/// # Errors
/// When opening or the database fails.
pub async fn read(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
    kind: AssignmentKind,
) -> Result<Option<Stored>> {
    let row: Option<DraftRow> = drafts::table
        .find((chart.facility_id, chart.id, kind))
        .select(DraftRow::as_select())
        .first(tx.conn())
        .await
        .optional()?;
    let Some(row) = row else { return Ok(None) };
    let key = keyring.key(tx, row.facility_id).await?;
    let plain = key.open_field(context(row.facility_id, row.chart_id, row.kind), &row.sealed)?;
    let DraftRow { revision, author_id, epoch, saved_at, .. } = row;
    Ok(Some(Stored { revision, author_id, epoch, saved_at, plain: plain.to_vec() }))
}

/// Keeps a draft on a lease. `seen` is the revision that its author saw, 0 when there was none;
/// nothing is kept, and nothing answered, when somebody has saved another since.
///
/// # Errors
/// When sealing or the database fails.
pub async fn keep(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    lease: &Assignment,
    seen: i32,
    plain: &[u8],
) -> Result<Option<Kept>> {
    let key = keyring.key(tx, lease.facility_id).await?;
    let context = context(lease.facility_id, lease.chart_id, lease.kind);
    let row = DraftRow {
        facility_id: lease.facility_id,
        chart_id: lease.chart_id,
        kind: lease.kind,
        revision: seen.saturating_add(1),
        sealed: key.seal_field(context, plain)?,
        author_id: lease.person_id,
        epoch: lease.epoch,
        saved_at: tx.now(),
    };
    let mark = Kept { revision: row.revision, saved_at: row.saved_at };
    let kept = if seen == 0 {
        let insert = diesel::insert_into(drafts::table).values(&row).on_conflict_do_nothing();
        insert.execute(tx.conn()).await?
    } else {
        let place = drafts::table.find((row.facility_id, row.chart_id, row.kind));
        diesel::update(place.filter(drafts::revision.eq(seen)))
            .set((
                drafts::revision.eq(row.revision),
                drafts::sealed.eq(row.sealed),
                drafts::author_id.eq(row.author_id),
                drafts::epoch.eq(row.epoch),
                drafts::saved_at.eq(row.saved_at),
            ))
            .execute(tx.conn())
            .await?
    };
    Ok((kept == 1).then_some(mark))
}

/// Takes a draft away, once what it was for is handed in.
///
/// # Errors
/// When the database fails.
pub async fn discard(tx: &mut ClinicalTx, chart: &ChartRow, kind: AssignmentKind) -> Result<()> {
    let place = drafts::table.find((chart.facility_id, chart.id, kind));
    diesel::delete(place).execute(tx.conn()).await?;
    Ok(())
}
