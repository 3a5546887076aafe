//! Tables for spreadsheets: CSV whose cells cannot become formulas.

/// A table as CSV with CRLF line ends (RFC 4180), header first.
///
/// A cell that a spreadsheet would run (`= + - @`, tab or return first) is given a leading apostrophe.
///
/// # Errors
/// When a row's length differs from the header's.
pub fn csv(header: &[&str], rows: &[Vec<String>]) -> Result<Vec<u8>, csv::Error> {
    let mut writer =
        csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
    writer.write_record(header)?;
    for row in rows {
        writer.write_record(row.iter().map(|cell| harmless(cell)))?;
    }
    writer.into_inner().map_err(|error| csv::Error::from(error.into_error()))
}

fn harmless(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::csv;

    #[test]
    fn cells_that_would_run_are_defused_and_commas_are_quoted() {
        let rows = vec![vec!["=1+1".to_owned(), "Doe, Jane".to_owned()]];
        let table = csv(&["a", "b"], &rows).unwrap();
        assert_eq!(String::from_utf8(table).unwrap(), "a,b\r\n'=1+1,\"Doe, Jane\"\r\n");
    }
}
