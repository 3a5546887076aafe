//! What differs between two editions of a list.

use jiff::civil::Date;
use serde::Serialize;

use crate::list::CodeList;

/// How a code differs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ChangeKind {
    /// Only the later edition lists it.
    Added,
    /// Only the earlier edition lists it.
    Dropped,
    /// It was a heading and may now be reported.
    NewlyBillable,
    /// It could be reported and has become a heading.
    NoLongerBillable,
    /// Its wording changed.
    Reworded,
}

impl ChangeKind {
    /// In words.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Dropped => "dropped",
            Self::NewlyBillable => "newly billable",
            Self::NoLongerBillable => "no longer billable",
            Self::Reworded => "reworded",
        }
    }
}

/// A code that differs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Change {
    /// As people write it.
    pub code: String,
    /// How it differs.
    pub change: ChangeKind,
    /// Whether it may be reported in the later edition, or could be in the earlier when it was dropped.
    pub billable: bool,
    /// Its wording in the earlier edition.
    pub before: Option<String>,
    /// Its wording in the later edition.
    pub after: Option<String>,
}

/// The codes that differ between the editions that begin on two days.
pub(crate) fn between(list: &CodeList, from: Date, to: Date) -> Option<Vec<Change>> {
    let (earlier, later) = (list.edition_beginning(from)?, list.edition_beginning(to)?);
    let mut changes = Vec::new();
    for rows in list.rows_by_code() {
        let before = rows.iter().find(|row| row.is_in(earlier));
        let after = rows.iter().find(|row| row.is_in(later));
        let change = match (before, after) {
            (None, None) => continue,
            (None, Some(_)) => ChangeKind::Added,
            (Some(_), None) => ChangeKind::Dropped,
            (Some(old), Some(new)) => match (old.is_billable(earlier), new.is_billable(later)) {
                (false, true) => ChangeKind::NewlyBillable,
                (true, false) => ChangeKind::NoLongerBillable,
                _ if list.wording(old) == list.wording(new) => continue,
                _ => ChangeKind::Reworded,
            },
        };
        let Some(row) = after.or(before) else { continue };
        changes.push(Change {
            code: list.written(row),
            change,
            billable: after.map_or_else(
                || before.is_some_and(|row| row.is_billable(earlier)),
                |row| row.is_billable(later),
            ),
            before: before.map(|row| list.wording(row).to_owned()),
            after: after.map(|row| list.wording(row).to_owned()),
        });
    }
    Some(changes)
}
