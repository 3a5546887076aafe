//! Code lists that were loaded: queries only.

use crate::schema::{code_lists, code_revision};
use base::db::OpsTx;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::lists::ListKind;
use rules::time::Day;

/// An edition as it is stored.
#[derive(Debug, Clone, Queryable, Selectable, Insertable, AsChangeset)]
#[diesel(table_name = code_lists)]
pub(super) struct ListRow {
    pub kind: ListKind,
    pub from_day: Day,
    pub until_day: Day,
    pub name: String,
    pub row_count: i64,
    pub files: String,
    pub sha256: String,
    pub packed: Vec<u8>,
    pub imported_at: Instant,
}

pub(super) async fn revision(tx: &mut OpsTx) -> QueryResult<i64> {
    code_revision::table.select(code_revision::revision).first(tx.conn()).await
}

/// Counts a change, and makes other changes wait until this one has ended.
pub(super) async fn count_revision(tx: &mut OpsTx) -> QueryResult<usize> {
    diesel::update(code_revision::table)
        .set(code_revision::revision.eq(code_revision::revision + 1))
        .execute(tx.conn())
        .await
}

pub(super) async fn all(tx: &mut OpsTx) -> QueryResult<Vec<ListRow>> {
    code_lists::table
        .order((code_lists::kind, code_lists::from_day))
        .select(ListRow::as_select())
        .load(tx.conn())
        .await
}

pub(super) async fn sha256_of(
    tx: &mut OpsTx,
    kind: ListKind,
    from: Day,
) -> QueryResult<Option<String>> {
    code_lists::table
        .filter(code_lists::kind.eq(kind).and(code_lists::from_day.eq(from)))
        .select(code_lists::sha256)
        .first(tx.conn())
        .await
        .optional()
}

pub(super) async fn put(tx: &mut OpsTx, row: &ListRow) -> QueryResult<usize> {
    diesel::insert_into(code_lists::table)
        .values(row)
        .on_conflict((code_lists::kind, code_lists::from_day))
        .do_update()
        .set(row)
        .execute(tx.conn())
        .await
}

pub(super) async fn remove(tx: &mut OpsTx, kind: ListKind, from: Day) -> QueryResult<usize> {
    diesel::delete(code_lists::table)
        .filter(code_lists::kind.eq(kind).and(code_lists::from_day.eq(from)))
        .execute(tx.conn())
        .await
}
