//! Returns and their packages: queries only.

use crate::package::check_digest;
use crate::schema::{return_packages, returns};
use base::db::FacilityTx;
use base::error::{Error, Result};
use base::seal::{FacilityKey, FieldContext};
use base::secret::sha256;
use charts::ChartRow;
use charts::schema::charts as chart_rows;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId, QueueId, ReturnId};
use std::collections::HashMap;
use web::paging::{Cursor, Paged, Paging};

/// A return without its package.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable, Insertable)]
#[diesel(table_name = returns, check_for_backend(diesel::pg::Pg))]
pub(crate) struct ReturnRow {
    pub facility_id: FacilityId,
    pub id: ReturnId,
    pub chart_id: ChartId,
    pub version: i32,
    pub coding_version: i32,
    pub line_count: i32,
    pub on_time: bool,
    pub made_at: Instant,
    pub acknowledged_at: Option<Instant>,
    pub acknowledged_by: Option<PersonId>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = return_packages, check_for_backend(diesel::pg::Pg))]
struct PackageRow {
    facility_id: FacilityId,
    return_id: ReturnId,
    sealed: Vec<u8>,
    sha256: Vec<u8>,
}

const fn place(facility: FacilityId, id: ReturnId) -> FieldContext {
    FieldContext { facility, table: "return_packages", row: id.uuid() }
}

/// Stores a return with its package, for good.
pub(crate) async fn insert(
    tx: &mut FacilityTx,
    key: &FacilityKey,
    row: &ReturnRow,
    package: &[u8],
) -> Result<()> {
    let sealed =
        key.seal_field(place(row.facility_id, row.id), package).map_err(Error::internal)?;
    let stored = PackageRow {
        facility_id: row.facility_id,
        return_id: row.id,
        sealed,
        sha256: sha256(package).to_vec(),
    };
    diesel::insert_into(returns::table).values(row).execute(tx.conn()).await?;
    diesel::insert_into(return_packages::table).values(&stored).execute(tx.conn()).await?;
    Ok(())
}

/// How often a chart has been returned.
pub(crate) async fn last_version(tx: &mut FacilityTx, chart: &ChartRow) -> Result<i32> {
    let last: Option<i32> = returns::table
        .filter(returns::facility_id.eq(chart.facility_id))
        .filter(returns::chart_id.eq(chart.id))
        .select(diesel::dsl::max(returns::version))
        .first(tx.conn())
        .await?;
    Ok(last.unwrap_or(0))
}

/// One return of the facility.
pub(crate) async fn find(tx: &mut FacilityTx, id: ReturnId) -> Result<ReturnRow> {
    let facility = tx.facility();
    let row =
        returns::table.find((facility, id)).select(ReturnRow::as_select()).first(tx.conn()).await?;
    Ok(row)
}

/// The bytes of a package as they were made.
///
/// # Errors
/// [`Error::Internal`] when they are not what was stored.
pub(crate) async fn package(
    tx: &mut FacilityTx,
    key: &FacilityKey,
    id: ReturnId,
) -> Result<Vec<u8>> {
    let facility = tx.facility();
    let row: PackageRow = return_packages::table
        .find((facility, id))
        .select(PackageRow::as_select())
        .first(tx.conn())
        .await?;
    let plain = key.open_field(place(facility, id), &row.sealed).map_err(Error::internal)?;
    check_digest(&plain, &row.sha256)?;
    Ok(plain.to_vec())
}

/// The queues of some of the facility's charts.
pub(crate) async fn queues_of(
    tx: &mut FacilityTx,
    charts: &[ChartId],
) -> Result<HashMap<ChartId, QueueId>> {
    let queues: Vec<(ChartId, QueueId)> = chart_rows::table
        .filter(chart_rows::facility_id.eq(tx.facility()))
        .filter(chart_rows::id.eq_any(charts))
        .select((chart_rows::id, chart_rows::queue_id))
        .load(tx.conn())
        .await?;
    Ok(queues.into_iter().collect())
}

/// Which returns are wanted.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Which {
    /// Only those that were acknowledged, or only those that were not.
    pub acknowledged: Option<bool>,
    /// Only those made then or later.
    pub since: Option<Instant>,
    /// Only those made before then.
    pub until: Option<Instant>,
}

/// One page of the facility's returns, newest first.
pub(crate) async fn list(
    tx: &mut FacilityTx,
    which: Which,
    paging: &Paging,
) -> Result<Paged<ReturnRow>> {
    let rows = paging.rows();
    let mut query = returns::table
        .filter(returns::facility_id.eq(tx.facility()))
        .order((returns::made_at.desc(), returns::id.desc()))
        .limit(rows + 1)
        .select(ReturnRow::as_select())
        .into_boxed();
    if let Some(Cursor { at, id }) = paging.cursor()? {
        let id = ReturnId::from(id);
        let earlier = returns::made_at.lt(at);
        query = query.filter(earlier.or(returns::made_at.eq(at).and(returns::id.lt(id))));
    }
    if let Some(since) = which.since {
        query = query.filter(returns::made_at.ge(since));
    }
    if let Some(until) = which.until {
        query = query.filter(returns::made_at.lt(until));
    }
    query = match which.acknowledged {
        Some(true) => query.filter(returns::acknowledged_at.is_not_null()),
        Some(false) => query.filter(returns::acknowledged_at.is_null()),
        None => query,
    };
    let found: Vec<ReturnRow> = query.load(tx.conn()).await?;
    Ok(Paged::of(found, rows, |row| Cursor { at: row.made_at, id: row.id.uuid() }))
}

/// Says once who took a return and when.
pub(crate) async fn set_acknowledged(
    tx: &mut FacilityTx,
    row: &ReturnRow,
    by: PersonId,
) -> Result<ReturnRow> {
    let now = tx.now();
    let open =
        returns::table.find((row.facility_id, row.id)).filter(returns::acknowledged_at.is_null());
    let taken = diesel::update(open)
        .set((returns::acknowledged_at.eq(now), returns::acknowledged_by.eq(by)))
        .returning(ReturnRow::as_returning())
        .get_result(tx.conn())
        .await?;
    Ok(taken)
}
