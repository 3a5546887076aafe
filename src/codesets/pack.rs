//! Packing what a file holds for storage, and taking it out again.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use formats::codes::{Content, ListedCode};
use jiff::civil::Date;

use crate::facts;
use crate::load::LoadError;
use crate::pairs;

/// Bytes of one list, unpacked; the largest known, ICD-10-CM with its names, has about 9,000,000.
const TEXT_BYTES_MAX: u64 = 64 << 20;
/// Bytes of one set of pairs, unpacked.
const PAIRS_BYTES_MAX: u64 = 320 << 20;

/// The bytes that are stored of a list: a gzip of lines with tabs between their fields, or, of pairs, of the
/// very records that are searched.
///
/// # Errors
/// When the packing fails, which it does only for want of memory.
pub fn pack(content: &Content) -> Result<Vec<u8>, LoadError> {
    let bytes = match content {
        Content::Pairs(table) => pairs::records(table),
        other => text_of(other).into_bytes(),
    };
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let packed = encoder.write_all(&bytes).and_then(|()| encoder.finish());
    packed.map_err(|error| LoadError::Unpack("being packed".to_owned(), error))
}

fn text_of(content: &Content) -> String {
    fn all<T>(rows: &[T], line: impl Fn(&T) -> String) -> String {
        let mut text = String::new();
        for row in rows {
            text.push_str(&line(row));
            text.push('\n');
        }
        text
    }
    match content {
        Content::Codes(rows) => all(rows, listed),
        Content::Notes(rows) => all(rows, |n| format!("{}\t{}\t{}", n.at, n.kind, plain(&n.text))),
        Content::Named(rows) => all(rows, Clone::clone),
        Content::Ages(rows) => all(rows, |(code, from, to)| format!("{code}\t{from}\t{to}")),
        Content::Sexes(rows) => all(rows, |(code, sex)| format!("{code}\t{sex}")),
        Content::Categories(rows) => {
            all(rows, |row| format!("{}\t{}\t{}", row.code, row.model, row.category))
        }
        Content::Units(rows) => {
            all(rows, |row| format!("{}\t{}\t{}", row.code, row.units, facts::digit_of(row.basis)))
        }
        Content::Replacing(rows) => {
            all(rows, |row| format!("{}\t{}\t{}", row.model, row.heavier, row.lighter))
        }
        Content::Labels(rows) => {
            all(rows, |row| format!("{}\t{}\t{}", row.model, row.category, plain(&row.text)))
        }
        Content::Drg(document, _) => document.clone(),
        Content::Pairs(_) => String::new(),
    }
}

/// A code as its line has it.
fn listed(row: &ListedCode) -> String {
    let terms: Vec<String> = row.terms.iter().map(|term| plain(term)).collect();
    let (billable, terms) = (u8::from(row.billable), terms.join("|"));
    let line = format!("{}\t{billable}\t{}\t{terms}", row.code, plain(&row.description));
    if row.from.is_none() && row.until.is_none() {
        return line;
    }
    let day = |day: Option<Date>| day.map(|day| day.to_string()).unwrap_or_default();
    format!("{line}\t{}\t{}", day(row.from), day(row.until))
}

/// Without what parts fields and names.
fn plain(text: &str) -> String {
    text.replace(['\t', '\n', '\r', '|'], " ")
}

/// The lines of a packed list.
pub(crate) fn text(name: &str, packed: &[u8]) -> Result<String, LoadError> {
    let mut text = String::new();
    let unpacked = GzDecoder::new(packed).take(TEXT_BYTES_MAX + 1).read_to_string(&mut text);
    unpacked.map_err(|error| LoadError::Unpack(name.to_owned(), error))?;
    within(text.len(), TEXT_BYTES_MAX)?;
    Ok(text)
}

/// The records of packed pairs.
pub(crate) fn bytes(name: &str, packed: &[u8]) -> Result<Vec<u8>, LoadError> {
    let mut bytes = Vec::new();
    let unpacked = GzDecoder::new(packed).take(PAIRS_BYTES_MAX + 1).read_to_end(&mut bytes);
    unpacked.map_err(|error| LoadError::Unpack(name.to_owned(), error))?;
    within(bytes.len(), PAIRS_BYTES_MAX)?;
    Ok(bytes)
}

fn within(length: usize, most: u64) -> Result<(), LoadError> {
    if u64::try_from(length).is_ok_and(|length| length <= most) {
        Ok(())
    } else {
        Err(LoadError::TooLarge)
    }
}
