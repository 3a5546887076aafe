//! CMS's NCCI edits: pairs of procedures (PTP) and medically unlikely units (MUE).

use super::facts::{line_of, malformed};
use super::{Fault, PAIRS_MAX, PREAMBLE_LINES_MAX, Units, bare, day, lines, wording};
use jiff::civil::Date;
use rules::edits::UnlikelyBasis;

/// Bytes of a procedure code.
const CODE_BYTES: usize = 5;
/// Different reasons of one set of pairs; about a dozen are known.
const RATIONALES_MAX: usize = 250;
/// The largest number of units that an edit may name.
const UNITS_MAX: i32 = 1_000_000;

/// One window of a pair.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct PairRow {
    /// The column-one code.
    pub one: [u8; CODE_BYTES],
    /// The column-two code.
    pub two: [u8; CODE_BYTES],
    /// The first day of the window.
    pub from: Date,
    /// The last day; none while it is open.
    pub until: Option<Date>,
    /// The modifier indicator: 0, 1 or 9.
    pub indicator: u8,
    /// The place of its reason in the table.
    pub rationale: u8,
}

/// Pairs of procedures with the reasons that they share.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PairTable {
    /// The reasons, as CMS words them.
    pub rationales: Vec<String>,
    /// The windows, in the order of the file.
    pub rows: Vec<PairRow>,
}

impl PairTable {
    /// Takes another part of the same set in.
    ///
    /// # Errors
    /// When there would be too many pairs or reasons.
    pub fn append(&mut self, other: Self) -> Result<(), Fault> {
        let places = other.rationales.iter().map(|text| self.place_of(text));
        let places: Vec<u8> =
            places.collect::<Option<_>>().ok_or_else(|| Fault::at(0, too_many_reasons()))?;
        if self.rows.len() + other.rows.len() > PAIRS_MAX {
            return Err(Fault::at(0, format!("more than {PAIRS_MAX} pairs")));
        }
        self.rows.extend(other.rows.into_iter().map(|row| {
            let place = places.get(usize::from(row.rationale)).copied();
            PairRow { rationale: place.unwrap_or(row.rationale), ..row }
        }));
        Ok(())
    }

    fn place_of(&mut self, rationale: &str) -> Option<u8> {
        let known = self.rationales.iter().position(|known| known == rationale);
        let place = known.unwrap_or(self.rationales.len());
        if place >= RATIONALES_MAX {
            return None;
        }
        if known.is_none() {
            self.rationales.push(rationale.to_owned());
        }
        u8::try_from(place).ok()
    }
}

fn too_many_reasons() -> String {
    format!("more than {RATIONALES_MAX} different reasons")
}

/// Tab-delimited, after lines of preamble: both codes, a star for what is older than 1996, first day, last
/// day, modifier indicator, reason.
pub(super) fn pairs(text: &str) -> Result<PairTable, Fault> {
    let mut table = PairTable::default();
    for (number, line) in lines(text) {
        let cells: Vec<&str> = line.split('\t').map(str::trim).collect();
        let codes =
            cells.first().and_then(|c| procedure(c)).zip(cells.get(1).and_then(|c| procedure(c)));
        let Some((one, two)) = codes else {
            if table.rows.is_empty() && number <= PREAMBLE_LINES_MAX {
                continue;
            }
            return Err(Fault::at(number, "two procedure codes expected in the first two fields"));
        };
        let cell = |place: usize| cells.get(place).copied().unwrap_or_default();
        let date = |place: usize, name: &str| {
            day(cell(place)).map_err(|()| Fault::at(number, format!("the {name} is not a date")))
        };
        let from = date(3, "effective date")?
            .ok_or_else(|| Fault::at(number, "there is no effective date"))?;
        let until = date(4, "deletion date")?;
        let indicator = match cell(5) {
            "0" => 0,
            "1" => 1,
            "9" => 9,
            other => {
                let what = format!("modifier indicator {other:?}; 0, 1 or 9 expected");
                return Err(Fault::at(number, what));
            }
        };
        let rationale = table
            .place_of(&wording(cell(6)))
            .ok_or_else(|| Fault::at(number, too_many_reasons()))?;
        if table.rows.len() >= PAIRS_MAX {
            return Err(Fault::at(number, format!("more than {PAIRS_MAX} pairs")));
        }
        table.rows.push(PairRow { one, two, from, until, indicator, rationale });
    }
    if table.rows.is_empty() {
        return Err(Fault::at(0, "no pairs were found"));
    }
    Ok(table)
}

fn procedure(text: &str) -> Option<[u8; CODE_BYTES]> {
    let code = bare(text)?;
    let digits = code.bytes().filter(u8::is_ascii_digit).count();
    (digits >= CODE_BYTES - 1).then_some(())?;
    code.as_bytes().try_into().ok()
}

/// CSV after a preamble: the columns are found by the heading that has "CPT Code".
pub(super) fn units(text: &str) -> Result<Vec<Units>, Fault> {
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut columns = None;
    let mut all: Vec<Units> = Vec::new();
    for (place, record) in reader.records().enumerate() {
        let record = record.map_err(|error| malformed(&error))?;
        let number = line_of(&record);
        let Some(columns) = &columns else {
            columns = MueColumns::of(&record);
            if columns.is_none() && place >= PREAMBLE_LINES_MAX {
                return Err(Fault::at(number, NO_HEADING));
            }
            continue;
        };
        if record.iter().any(|cell| !cell.trim().is_empty()) {
            all.push(columns.row(&record).map_err(|what| Fault::at(number, what))?);
        }
        if all.len() > super::CODES_MAX {
            return Err(Fault::at(number, "more rows than there are codes"));
        }
    }
    if all.is_empty() {
        return Err(Fault::at(
            0,
            if columns.is_none() { NO_HEADING } else { "no codes were found" },
        ));
    }
    all.sort_by(|a, b| a.code.cmp(&b.code));
    match all
        .windows(2)
        .find_map(|two| matches!(two, [a, b] if a.code == b.code).then(|| two.first()))
    {
        Some(twice) => {
            let code = twice.map(|units| units.code.as_str()).unwrap_or_default();
            Err(Fault::at(0, format!("{code} comes twice")))
        }
        None => Ok(all),
    }
}

const NO_HEADING: &str = "no heading with \"CPT Code\" and \"MUE Values\"";

struct MueColumns {
    code: usize,
    value: usize,
    indicator: Option<usize>,
}

impl MueColumns {
    fn of(heading: &csv::StringRecord) -> Option<Self> {
        let find = |part: &str| {
            heading.iter().position(|cell| {
                let folded = cell.split_whitespace().collect::<Vec<_>>().join(" ");
                folded.to_ascii_lowercase().contains(part)
            })
        };
        let code = find("cpt code")?;
        let value = find("mue value")?;
        (code != value).then(|| Self { code, value, indicator: find("adjudication indicator") })
    }

    fn row(&self, record: &csv::StringRecord) -> Result<Units, String> {
        let cell = |place: usize| record.get(place).unwrap_or_default().trim();
        let code = procedure(cell(self.code)).and_then(|code| String::from_utf8(code.into()).ok());
        let code = code.ok_or_else(|| format!("{:?} is not a procedure code", cell(self.code)))?;
        let value = cell(self.value);
        let units = value.parse().ok().filter(|units| (0..=UNITS_MAX).contains(units));
        let units =
            units.ok_or_else(|| format!("MUE value {value:?} of {code} is not a number"))?;
        // Medicaid's files carry no indicator: each line is judged.
        let basis = match self.indicator.map(cell).and_then(|text| text.chars().next()) {
            None | Some('1') => UnlikelyBasis::Line,
            Some('2') => UnlikelyBasis::DatePolicy,
            Some('3') => UnlikelyBasis::DateClinical,
            Some(other) => {
                return Err(format!("adjudication indicator {other} of {code}; 1 to 3 expected"));
            }
        };
        Ok(Units { code, units, basis })
    }
}
