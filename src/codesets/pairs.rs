//! NCCI's procedure-to-procedure edits: millions of pairs in sixteen bytes each.

use formats::codes::PairTable;
use jiff::civil::Date;
use rules::edits::{PairBypass, PairEdit};

use crate::days::{Day, OPEN, day_of};
use crate::load::LoadError;

/// Bytes of a procedure code.
const CODE_BYTES: usize = 5;
/// Bytes of a record: both codes, first and last day, indicator, place of the reason.
const RECORD_BYTES: usize = 16;
/// The indicator of a pair that was never meant to be one.
const NOT_APPLICABLE: u8 = 9;

type Procedure = [u8; CODE_BYTES];

/// One window of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Record {
    one: Procedure,
    two: Procedure,
    from: Day,
    until: Day,
    indicator: u8,
    rationale: u8,
}

/// Sorted by the codes; a pair may have several windows.
#[derive(Debug)]
pub(crate) struct PairList {
    rationales: Vec<String>,
    records: Vec<Record>,
}

/// A table as it is packed: the reasons, a line each, an empty line, and the records in their order.
pub(crate) fn records(table: &PairTable) -> Vec<u8> {
    let mut rows: Vec<Record> = table
        .rows
        .iter()
        .map(|row| Record {
            one: row.one,
            two: row.two,
            from: day_of(row.from),
            until: row.until.map_or(OPEN, day_of),
            indicator: row.indicator,
            rationale: row.rationale,
        })
        .collect();
    rows.sort_unstable();
    rows.dedup();
    let mut bytes = Vec::with_capacity(rows.len().saturating_mul(RECORD_BYTES));
    for rationale in &table.rationales {
        // An empty line ends the reasons, so a reason is never one.
        bytes.extend(if rationale.is_empty() { "Not stated" } else { rationale }.bytes());
        bytes.push(b'\n');
    }
    bytes.push(b'\n');
    for row in rows {
        bytes.extend(row.one);
        bytes.extend(row.two);
        bytes.extend(row.from.to_le_bytes());
        bytes.extend(row.until.to_le_bytes());
        bytes.extend([row.indicator, row.rationale]);
    }
    bytes
}

impl PairList {
    /// Out of unpacked bytes.
    pub fn new(name: &str, bytes: &[u8]) -> Result<Self, LoadError> {
        let damaged = || LoadError::Line(name.to_owned(), 0);
        let end = bytes.windows(2).position(|two| two == b"\n\n").ok_or_else(damaged)?;
        let (head, rest) = bytes.split_at_checked(end + 2).ok_or_else(damaged)?;
        let head = std::str::from_utf8(head).ok().ok_or_else(damaged)?;
        let rationales: Vec<String> =
            head.lines().filter(|line| !line.is_empty()).map(str::to_owned).collect();
        let (chunks, odd) = rest.as_chunks::<RECORD_BYTES>();
        let records: Vec<Record> = chunks.iter().filter_map(record).collect();
        let known = |record: &Record| usize::from(record.rationale) < rationales.len();
        if !odd.is_empty() || !records.is_sorted() || !records.iter().all(known) {
            return Err(damaged());
        }
        Ok(Self { rationales, records })
    }

    /// The edit of a pair whose window covers a day.
    pub fn find(&self, one: &str, two: &str, on: Date) -> Option<PairEdit> {
        let key: (Procedure, Procedure) =
            (one.as_bytes().try_into().ok()?, two.as_bytes().try_into().ok()?);
        let on = day_of(on);
        let start = self.records.partition_point(|record| (record.one, record.two) < key);
        let windows = self.records.get(start..).unwrap_or_default().iter();
        let found = windows
            .take_while(|record| (record.one, record.two) == key)
            .find(|record| record.from <= on && on <= record.until)?;
        let bypass = match found.indicator {
            0 => PairBypass::Never,
            NOT_APPLICABLE => return None,
            _ => PairBypass::WithModifier,
        };
        let rationale = self.rationales.get(usize::from(found.rationale)).cloned();
        Some(PairEdit { bypass, rationale: rationale.unwrap_or_default() })
    }
}

fn record(bytes: &[u8; RECORD_BYTES]) -> Option<Record> {
    let (one, rest) = bytes.split_first_chunk()?;
    let (two, rest) = rest.split_first_chunk()?;
    let (from, rest) = rest.split_first_chunk()?;
    let (until, rest) = rest.split_first_chunk()?;
    let [indicator, rationale] = rest else { return None };
    Some(Record {
        one: *one,
        two: *two,
        from: Day::from_le_bytes(*from),
        until: Day::from_le_bytes(*until),
        indicator: *indicator,
        rationale: *rationale,
    })
}

#[cfg(test)]
mod tests {
    use super::{PairList, RECORD_BYTES, Record, records};
    use formats::codes::{Content, read};
    use jiff::civil::date;
    use rules::edits::PairBypass;
    use rules::lists::ListKind;

    const ROWS: &str = "00002\t00001\t\t20200101\t*\t9\tOther\n\
        00001\t00002\t\t19960101\t20191231\t1\tStandards\n00001\t00002\t\t20210101\t*\t0\tStandards\n";

    fn list() -> Vec<u8> {
        let mut all = read(ListKind::PtpPractitioner, ROWS.as_bytes()).unwrap();
        let Content::Pairs(table) = all.remove(0).1 else { panic!() };
        records(&table)
    }

    #[test]
    fn a_pair_is_found_in_the_window_that_covers_the_day() {
        assert_eq!(size_of::<Record>(), RECORD_BYTES);
        let list = PairList::new("x", &list()).unwrap();
        let bypass = |one, two, on| list.find(one, two, on).map(|edit| edit.bypass);
        assert_eq!(bypass("00001", "00002", date(2019, 12, 31)), Some(PairBypass::WithModifier));
        assert_eq!(bypass("00001", "00002", date(2020, 6, 1)), None, "between its windows");
        assert_eq!(bypass("00001", "00002", date(2026, 1, 1)), Some(PairBypass::Never));
        assert_eq!(bypass("00002", "00001", date(2026, 1, 1)), None, "9 is no edit");
        assert_eq!(bypass("00001", "X", date(2026, 1, 1)), None);
    }

    #[test]
    fn damaged_records_are_refused() {
        let mut bytes = list();
        bytes.pop();
        assert!(PairList::new("x", &bytes).is_err());
        assert!(PairList::new("x", b"").is_err());
        let mut bytes = list();
        *bytes.last_mut().unwrap() = 7;
        assert!(PairList::new("x", &bytes).is_err(), "a reason that is not there");
    }
}
