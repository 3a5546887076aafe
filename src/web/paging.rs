//! Lists in pages: a limit, and a cursor that says where the next page begins.

use base::error::{Error, Result};
use rules::Instant;

/// Rows on one page, at most.
pub const PAGE_ROWS_MAX: u32 = 200;
/// Rows on one page when nobody says.
pub const PAGE_ROWS: u32 = 50;

/// What a list is asked for.
#[derive(Debug, Clone, Default, serde::Deserialize, utoipa::IntoParams)]
pub struct Paging {
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
}

/// One page of a list.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Paged<T> {
    /// The rows.
    pub items: Vec<T>,
    /// Where the next page begins; none on the last.
    pub next: Option<String>,
}

/// A place in a list ordered by time and id.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cursor {
    /// The last row's time.
    pub at: Instant,
    /// The last row's id.
    pub id: uuid::Uuid,
}

impl Paging {
    /// Rows to fetch, within the limit.
    #[must_use]
    pub fn rows(&self) -> i64 {
        i64::from(self.limit.unwrap_or(PAGE_ROWS).clamp(1, PAGE_ROWS_MAX))
    }

    /// Where to begin.
    ///
    /// # Errors
    /// [`Error::Invalid`] when the cursor is not one of ours.
    pub fn cursor(&self) -> Result<Option<Cursor>> {
        let Some(text) = self.after.as_deref() else { return Ok(None) };
        let fault = || Error::invalid("after", "not a cursor of this list");
        let (at, id) = text.split_once('_').ok_or_else(fault)?;
        let at = at.parse().map_err(|_malformed: jiff::Error| fault())?;
        let id = id.parse().map_err(|_malformed: uuid::Error| fault())?;
        Ok(Some(Cursor { at, id }))
    }
}

impl<T> Paged<T> {
    /// A page from rows fetched with one row more than asked, which tells whether there is a next page.
    #[must_use]
    pub fn of(mut items: Vec<T>, rows: i64, place: impl Fn(&T) -> Cursor) -> Self {
        let rows = usize::try_from(rows).unwrap_or(0);
        let more = items.len() > rows;
        items.truncate(rows);
        let next = items.last().filter(|_| more).map(|last| {
            let Cursor { at, id } = place(last);
            format!("{at}_{id}")
        });
        Self { items, next }
    }

    /// The same page with its rows in another form.
    #[must_use]
    pub fn map<U>(self, form: impl FnMut(T) -> U) -> Paged<U> {
        Paged { items: self.items.into_iter().map(form).collect(), next: self.next }
    }
}

#[cfg(test)]
mod tests {
    use super::{Cursor, Paged, Paging};

    #[test]
    fn a_page_names_the_next_only_when_there_is_one() {
        let at: rules::Instant = "2026-03-01T10:00:00.123456Z".parse().unwrap();
        let place = |id: &u128| Cursor { at, id: uuid::Uuid::from_u128(*id) };
        assert_eq!(Paged::of(vec![1, 2], 2, place).next, None);
        let page = Paged::of(vec![1, 2, 3], 2, place);
        assert_eq!(page.items, [1, 2]);
        let cursor = Paging { limit: None, after: page.next }.cursor().unwrap().unwrap();
        assert_eq!(cursor, place(&2));
    }

    #[test]
    fn a_foreign_cursor_is_a_clear_error() {
        let paging = Paging { limit: None, after: Some("; drop table".into()) };
        assert!(paging.cursor().is_err());
    }
}
