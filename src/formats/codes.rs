//! Code lists and edits as their publishers give them, read whole or refused with the line at fault.
//!
//! A file has no errors that are passed over: one bad line and nothing of it is taken.

mod detect;
mod facts;
mod hcpcs;
mod ncci;
mod order;
mod ranges;
mod risk;
mod tabular;
mod titles;

pub use detect::{Guess, detect};
pub use ncci::{PairRow, PairTable};
pub use ranges::named;

use crate::msdrg;
use jiff::civil::Date;
use rules::edits::{NoteKind, Sex, UnlikelyBasis};
use rules::hcc::Model;
use rules::lists::ListKind;
use std::borrow::Cow;

/// Bytes of one file. The largest known, a part of the NCCI edits, has about 50,000,000.
pub const FILE_BYTES_MAX: usize = 256 << 20;
/// Codes of one list; the largest known, ICD-10-CM with its headings, has about 100,000.
pub const CODES_MAX: usize = 1_000_000;
/// Pairs of one set of NCCI edits, over all its parts; about 3,000,000 are known.
pub const PAIRS_MAX: usize = 16_000_000;
/// Characters of a description or note.
pub const TEXT_CHARACTERS_MAX: usize = 4_000;
/// Lines before the first line of data.
const PREAMBLE_LINES_MAX: usize = 60;

/// Why a file is not taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted from 1; 0 for the file as a whole.
    pub line: usize,
    /// What is wrong with it. Lists carry no patient data, so what was read may be quoted.
    pub what: String,
}

impl Fault {
    fn at(line: usize, what: impl Into<String>) -> Self {
        Self { line, what: what.into() }
    }
}

impl std::fmt::Display for Fault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(&self.what),
            line => write!(f, "line {line}: {}", self.what),
        }
    }
}

impl std::error::Error for Fault {}

/// A code of a list. A modifier is a code of two characters.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ListedCode {
    /// Bare and in capitals.
    pub code: String,
    /// Whether it may be reported, rather than being a heading.
    pub billable: bool,
    /// Its wording.
    pub description: String,
    /// Other names of it.
    pub terms: Vec<String>,
    /// Its own first day, where the list says so.
    pub from: Option<Date>,
    /// Its own last day, where the list says so.
    pub until: Option<Date>,
}

/// An instruction of the tabular list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Note {
    /// Where it stands: a bare code, or the block or chapter as `E08-E13`.
    pub at: String,
    /// Its kind.
    pub kind: NoteKind,
    /// Its words.
    pub text: String,
}

/// A medically unlikely edit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Units {
    /// The code.
    pub code: String,
    /// Units at most.
    pub units: i32,
    /// What they are counted over.
    pub basis: UnlikelyBasis,
}

/// A diagnosis's category in a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Category {
    /// The diagnosis, bare.
    pub code: String,
    /// The model: `V24` or `V28`.
    pub model: String,
    /// The category, a number.
    pub category: String,
}

/// A risk-adjustment category that replaces a lighter one.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Replacing {
    /// The model.
    pub model: Model,
    /// The heavier category.
    pub heavier: u16,
    /// The one that it replaces.
    pub lighter: u16,
}

/// The name of a risk-adjustment category.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Label {
    /// The model.
    pub model: Model,
    /// The category.
    pub category: u16,
    /// What it is called.
    pub text: String,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Codes of a system.
    Codes(Vec<ListedCode>),
    /// Instructions of the tabular list.
    Notes(Vec<Note>),
    /// Codes of which one thing is said.
    Named(Vec<String>),
    /// Codes with the ages in whole years for which they are plausible, both included.
    Ages(Vec<(String, i16, i16)>),
    /// Codes with the sex for which they are plausible.
    Sexes(Vec<(String, Sex)>),
    /// Categories of diagnoses.
    Categories(Vec<Category>),
    /// Procedure-to-procedure edits.
    Pairs(PairTable),
    /// Medically unlikely edits.
    Units(Vec<Units>),
    /// Which risk-adjustment categories replace which.
    Replacing(Vec<Replacing>),
    /// What risk-adjustment categories are called.
    Labels(Vec<Label>),
    /// MS-DRG definitions: the document as it was read, and how many DRGs it has.
    Drg(String, usize),
}

impl Content {
    /// Rows in it.
    #[must_use]
    pub fn rows(&self) -> usize {
        match self {
            Self::Codes(rows) => rows.len(),
            Self::Notes(rows) => rows.len(),
            Self::Named(rows) => rows.len(),
            Self::Ages(rows) => rows.len(),
            Self::Sexes(rows) => rows.len(),
            Self::Categories(rows) => rows.len(),
            Self::Pairs(table) => table.rows.len(),
            Self::Units(rows) => rows.len(),
            Self::Replacing(rows) => rows.len(),
            Self::Labels(rows) => rows.len(),
            Self::Drg(_, drgs) => *drgs,
        }
    }
}

/// Reads a file of a kind. The tabular list in XML gives codes and notes, everything else one content.
///
/// # Errors
/// The first line at fault.
pub fn read(kind: ListKind, bytes: &[u8]) -> Result<Vec<(ListKind, Content)>, Fault> {
    if bytes.len() > FILE_BYTES_MAX {
        let mebibytes = FILE_BYTES_MAX >> 20;
        return Err(Fault::at(0, format!("the file is larger than {mebibytes} MiB")));
    }
    let text = decoded(bytes);
    let content = match kind {
        ListKind::Icd10Cm | ListKind::Icd10CmNotes if tabular::is(&text) => {
            let (codes, notes) = tabular::read(&text)?;
            return Ok(vec![
                (ListKind::Icd10Cm, Content::Codes(settled(codes)?)),
                (ListKind::Icd10CmNotes, Content::Notes(notes)),
            ]);
        }
        ListKind::Icd10CmNotes => {
            return Err(Fault::at(0, "notes come from the tabular list in XML"));
        }
        ListKind::Icd10Cm | ListKind::Icd10Pcs if order::is(&text) => {
            Content::Codes(settled(order::read(&text)?)?)
        }
        ListKind::Hcpcs if hcpcs::is(&text) => Content::Codes(settled(hcpcs::read(&text)?)?),
        ListKind::Icd10Cm | ListKind::Icd10Pcs | ListKind::Hcpcs | ListKind::Cpt => {
            Content::Codes(settled(titles::read(kind, &text)?)?)
        }
        ListKind::PoaExempt | ListKind::UnacceptablePrincipal => {
            Content::Named(facts::named(&text)?)
        }
        ListKind::MceAge => Content::Ages(facts::ages(&text)?),
        ListKind::MceSex => Content::Sexes(facts::sexes(&text)?),
        ListKind::Hcc => Content::Categories(facts::categories(&text)?),
        ListKind::HccHierarchies => Content::Replacing(risk::hierarchies(&text)?),
        ListKind::HccLabels => Content::Labels(risk::labels(&text)?),
        ListKind::MsDrg => {
            let drgs = msdrg::read(text.as_bytes())
                .map_err(|malformed| Fault::at(0, malformed.to_string()))?
                .drgs
                .len();
            Content::Drg(text.into_owned(), drgs)
        }
        ListKind::PtpPractitioner | ListKind::PtpOutpatient => Content::Pairs(ncci::pairs(&text)?),
        ListKind::MuePractitioner | ListKind::MueOutpatient => Content::Units(ncci::units(&text)?),
    };
    Ok(vec![(kind, content)])
}

/// UTF-8 with or without its mark, or else Latin-1, which is what older files of CMS are written in.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    std::str::from_utf8(bytes).map_or_else(
        |_| Cow::Owned(bytes.iter().map(|byte| char::from(*byte)).collect()),
        Cow::Borrowed,
    )
}

/// Sorted, each code once.
fn settled(mut codes: Vec<ListedCode>) -> Result<Vec<ListedCode>, Fault> {
    codes.sort_by(|a, b| (&a.code, a.from).cmp(&(&b.code, b.from)));
    let twice = codes.windows(2).find_map(|pair| match pair {
        [a, b] if a.code == b.code && a.from == b.from => Some(a.code.clone()),
        _ => None,
    });
    match twice {
        Some(code) => Err(Fault::at(0, format!("{code} comes twice"))),
        None if codes.is_empty() => Err(Fault::at(0, "no codes were found")),
        None => Ok(codes),
    }
}

/// The lines that are not blank, counted from 1.
fn lines(text: &str) -> impl Iterator<Item = (usize, &str)> {
    text.lines()
        .zip(1..)
        .map(|(line, number)| (number, line))
        .filter(|(_, line)| !line.trim().is_empty() && line.trim() != "\u{1a}")
}

/// A bare code in capitals, of two to seven letters and digits.
fn bare(text: &str) -> Option<String> {
    let code: String = text.trim().chars().filter(|c| *c != '.').collect();
    let form = (2..=7).contains(&code.len())
        && code.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit());
    form.then_some(code)
}

/// A bare diagnosis: a letter and more, with a digit among it. The second may be a letter, too (QA0).
fn diagnosis(text: &str) -> Option<String> {
    let code = bare(text)?;
    let begins = code.starts_with(|c: char| c.is_ascii_uppercase())
        && code.contains(|c: char| c.is_ascii_digit());
    (begins && code.len() >= 3).then_some(code)
}

/// White space folded, and no longer than a description may be.
fn wording(text: &str) -> String {
    let folded = text.split_whitespace().collect::<Vec<_>>().join(" ");
    folded.chars().take(TEXT_CHARACTERS_MAX).collect()
}

/// A day as `20190101`, `2019-01-01` or `1/1/2019`; nothing for an empty field or a star.
fn day(text: &str) -> Result<Option<Date>, ()> {
    let text = text.trim();
    if matches!(text, "" | "*" | "00000000" | "99991231") {
        return Ok(None);
    }
    let format = match text.len() {
        8 if text.bytes().all(|b| b.is_ascii_digit()) => "%Y%m%d",
        _ if text.contains('/') => "%m/%d/%Y",
        _ => "%Y-%m-%d",
    };
    Date::strptime(format, text).map(Some).map_err(drop)
}

#[cfg(test)]
mod tests;
