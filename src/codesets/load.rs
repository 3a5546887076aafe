//! Unpacking the editions and merging them into rows that say in which edition they hold.

use formats::msdrg::Malformed;
use jiff::civil::Date;

use crate::days::{Day, OPEN, day_of};
use crate::edition::Edition;
use crate::pack;

/// Editions that one set can hold: one bit each.
pub(crate) const EDITIONS_MAX: usize = 32;
/// Characters of a modifier; codes are longer.
const MODIFIER_CHARACTERS: usize = 2;
/// Bytes of the longest code.
pub(crate) const CODE_BYTES: usize = 7;

/// A packed list and the dates for which it holds; `script/pack-codesets` makes the bytes.
#[derive(Debug, Clone)]
pub struct EditionSource<'a> {
    /// Name and dates.
    pub edition: Edition,
    /// Gzip of lines `code, billable, description, terms` with tabs between, and where a code has days of its
    /// own `from, until`.
    pub packed: &'a [u8],
}

/// Why a list could not be loaded. It names a list and a line, never a patient.
#[derive(Debug)]
pub enum LoadError {
    /// No edition, or more than 32.
    Editions(usize),
    /// Two editions that begin on the same day.
    SameDay(String),
    /// The bytes are not gzip or not UTF-8.
    Unpack(String, std::io::Error),
    /// A line that is not of the described form; lines count from 1.
    Line(String, usize),
    /// MS-DRG definitions that can't be used.
    Definitions(String, Malformed),
    /// A list unpacks to more than its limit, or all of them outgrow 32-bit offsets.
    TooLarge,
}

impl std::fmt::Display for LoadError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Editions(n) => write!(f, "{n} editions given, 1 to {EDITIONS_MAX} expected"),
            Self::SameDay(name) => write!(f, "another list begins on the same day as {name}"),
            Self::Unpack(name, error) => write!(f, "code list {name} cannot be unpacked: {error}"),
            Self::Line(name, line) => write!(f, "code list {name} is malformed at line {line}"),
            Self::Definitions(name, why) => write!(f, "MS-DRG definitions {name}: {why}"),
            Self::TooLarge => f.write_str("the code lists are too large"),
        }
    }
}

impl std::error::Error for LoadError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        match self {
            Self::Unpack(_, error) => Some(error),
            Self::Definitions(_, why) => Some(why),
            Self::Editions(_) | Self::SameDay(_) | Self::Line(..) | Self::TooLarge => None,
        }
    }
}

/// A code without its point, padded with zero bytes: it sorts as its text does.
pub(crate) type Code = [u8; CODE_BYTES];

/// The padded form; nothing when the text can't be a code.
pub(crate) fn padded(code: &str) -> Option<Code> {
    let mut bytes = [0; CODE_BYTES];
    bytes.get_mut(..code.len())?.copy_from_slice(code.as_bytes());
    code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit()).then_some(bytes)
}

/// The text of a padded code.
pub(crate) fn unpadded(code: &Code) -> &str {
    let length = code.iter().position(|b| *b == 0).unwrap_or(CODE_BYTES);
    code.get(..length).and_then(|bytes| std::str::from_utf8(bytes).ok()).unwrap_or_default()
}

/// A line of one edition.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Line<'a> {
    pub code: Code,
    pub description: &'a str,
    /// The first day of the code itself.
    pub from: Day,
    /// Its last day.
    pub until: Day,
    /// The bit of the edition.
    pub edition: u32,
    pub billable: bool,
    /// Other names, with `|` between.
    pub terms: &'a str,
}

impl Line<'_> {
    /// Whether another edition's line says the same.
    pub fn is_of_one_row_with(&self, other: &Self) -> bool {
        let key = |line: &Self| (line.code, line.from, line.until);
        key(self) == key(other) && self.description == other.description
    }

    /// Whether it lists a modifier: two characters.
    pub fn is_modifier(&self) -> bool {
        unpadded(&self.code).len() == MODIFIER_CHARACTERS
    }
}

/// Whether a line lists a modifier.
pub(crate) fn is_of_modifier(line: &str) -> bool {
    line.find('\t') == Some(MODIFIER_CHARACTERS)
}

/// The text of every edition, unpacked; the editions are sorted by their first day.
pub(crate) fn unpack(sources: &[EditionSource<'_>]) -> Result<Vec<String>, LoadError> {
    if sources.is_empty() || sources.len() > EDITIONS_MAX {
        return Err(LoadError::Editions(sources.len()));
    }
    for pair in sources.windows(2) {
        if let [earlier, later] = pair
            && earlier.edition.from == later.edition.from
        {
            return Err(LoadError::SameDay(later.edition.name.to_string()));
        }
    }
    sources.iter().map(|source| pack::text(&source.edition.name, source.packed)).collect()
}

/// Every line of every edition, sorted by code and description, so that equal ones are neighbours.
pub(crate) fn lines<'a>(
    sources: &[EditionSource<'_>],
    texts: &'a [String],
) -> Result<Vec<Line<'a>>, LoadError> {
    let mut all = Vec::with_capacity(texts.iter().map(|text| text.len() / 80).sum());
    for (place, (source, text)) in sources.iter().zip(texts).enumerate() {
        for (number, line) in text.lines().enumerate() {
            let malformed = || LoadError::Line(source.edition.name.to_string(), number + 1);
            all.push(line_of(line, 1 << place).ok_or_else(malformed)?);
        }
    }
    // Stable, and made for runs that are sorted already.
    all.sort();
    Ok(all)
}

fn line_of(line: &str, edition: u32) -> Option<Line<'_>> {
    let mut fields = line.split('\t');
    let code = padded(fields.next()?)?;
    let billable = match fields.next()? {
        "0" => false,
        "1" => true,
        _ => return None,
    };
    let description = fields.next().filter(|text| !text.is_empty())?;
    let terms = fields.next()?;
    let from = own_day(fields.next(), 0)?;
    let until = own_day(fields.next(), OPEN)?;
    let line = Line { code, description, from, until, edition, billable, terms };
    fields.next().is_none().then_some(line)
}

/// A day, or what stands for one that is left out; nothing when it is no day.
fn own_day(field: Option<&str>, left_out: Day) -> Option<Day> {
    match field {
        None | Some("") => Some(left_out),
        Some(text) => Some(day_of(text.parse::<Date>().ok()?)),
    }
}

#[cfg(test)]
mod tests {
    use super::{line_of, padded, unpadded};

    #[test]
    fn a_malformed_line_is_refused() {
        assert!(line_of("E119\t1\tType 2 diabetes\t", 1).is_some());
        for bad in [
            "",
            "E119",
            "E119\t2\tx\t",
            "E119\t1\t\t",
            "E119\t1\tx",
            "E119\t1\tx\t\tsoon\t",
            "E119\t1\tx\t\t2020-01-01\t\t",
            "e119\t1\tx\t",
            "E1190000\t1\tx\t",
        ] {
            assert!(line_of(bad, 1).is_none(), "{bad:?}");
        }
    }

    #[test]
    fn a_padded_code_sorts_as_its_text_does() {
        let (short, long) = (padded("E11").unwrap_or_default(), padded("E110").unwrap_or_default());
        assert!(short < long);
        assert_eq!((unpadded(&short), unpadded(&long)), ("E11", "E110"));
    }
}
