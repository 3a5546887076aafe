//! A table that is shown on a page and given as CSV: the same rows, the same cells.

use actix_web::HttpResponse;
use actix_web::http::header;
use base::error::{Error, Result};
use rules::Instant;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Cell {
    Text(String),
    Number(String),
    Time(Instant),
    Nothing,
}

impl Cell {
    /// A count.
    pub(crate) fn count(n: u32) -> Self {
        Self::Number(n.to_string())
    }

    /// A share or rate with one decimal place.
    pub(crate) fn tenths(value: Option<f64>) -> Self {
        value.map_or(Self::Nothing, |value| Self::Number(format!("{value:.1}")))
    }

    /// Seconds as minutes.
    pub(crate) fn minutes(seconds: i64) -> Self {
        Self::tenths(Some(in_units(seconds, 60)))
    }

    /// Seconds as hours.
    pub(crate) fn hours(seconds: Option<i64>) -> Self {
        Self::tenths(seconds.map(|seconds| in_units(seconds, 3_600)))
    }

    pub(crate) fn time(at: Option<Instant>) -> Self {
        at.map_or(Self::Nothing, Self::Time)
    }

    fn plain(&self) -> String {
        match self {
            Self::Text(text) | Self::Number(text) => text.clone(),
            Self::Time(at) => at.to_string(),
            Self::Nothing => String::new(),
        }
    }
}

/// Seconds in a larger unit; exact up to the 68 years that an `i32` of seconds holds.
pub(crate) fn in_units(seconds: i64, unit_seconds: i32) -> f64 {
    let seconds = i32::try_from(seconds).unwrap_or(if seconds < 0 { i32::MIN } else { i32::MAX });
    f64::from(seconds) / f64::from(unit_seconds)
}

/// The table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sheet {
    /// Its name, also of the file.
    pub name: &'static str,
    /// The columns' heads; units are in them.
    pub columns: Vec<&'static str>,
    /// As many cells in each row as there are columns.
    pub rows: Vec<Vec<Cell>>,
}

impl Sheet {
    /// The table as a file for a spreadsheet.
    pub(crate) fn download(&self) -> Result<HttpResponse> {
        let rows: Vec<Vec<String>> =
            self.rows.iter().map(|row| row.iter().map(Cell::plain).collect()).collect();
        let body = formats::table::csv(&self.columns, &rows).map_err(Error::internal)?;
        let file = format!("attachment; filename=\"{}.csv\"", self.name);
        Ok(HttpResponse::Ok()
            .content_type("text/csv; charset=utf-8")
            .insert_header((header::CONTENT_DISPOSITION, file))
            .body(body))
    }

    /// The columns' heads, each with whether it holds numbers: for alignment and order on pages.
    pub(crate) fn heads(&self) -> Vec<(&'static str, bool)> {
        let numeric = |column: usize| {
            self.rows.iter().any(|row| matches!(row.get(column), Some(Cell::Number(_))))
        };
        let heads = self.columns.iter().enumerate();
        heads.map(|(place, head)| (*head, numeric(place))).collect()
    }
}
