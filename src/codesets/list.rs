//! The list of one code system with its editions: what a code is on a date.

use std::collections::HashMap;
use std::ops::Range;

use jiff::civil::Date;
use rules::edits::{CodeRange, CodeStanding, Validity};
use rules::words::CodeSystem;
use serde::Serialize;

use crate::code::normalise;
use crate::days::{Day, OPEN, date_of, day_of};
use crate::edition::{Edition, EditionAnswer, place_for};
use crate::everyday;
use crate::index::{Index, Source, Span};
use crate::indexing;
use crate::load::{self, Code, EditionSource, LoadError, padded, unpadded};
use crate::names::{self, Names};
use crate::search::{self, Hit};
use crate::usual::Usual;

/// Every loaded edition of a system, merged: a row says in which editions it holds.
#[derive(Debug)]
pub struct CodeList {
    system: CodeSystem,
    /// The last of `editions`, which are never none.
    newest: Edition,
    /// Sorted by date.
    editions: Vec<Edition>,
    /// Every description and other name, one after the other.
    arena: String,
    /// Sorted by code.
    pub(crate) rows: Vec<Row>,
    pub(crate) index: Index,
}

/// A code with one wording; a code that was reworded has a row for each wording.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Row {
    pub code: Code,
    /// Its own first day, where the list gives each code one.
    from: Day,
    /// Its own last day.
    until: Day,
    /// A bit for each edition that lists it so.
    editions: u32,
    /// A bit for each edition in which it may be reported.
    billable: u32,
    /// Among the codes that everybody reports.
    pub everyday: bool,
    description: Span,
}

/// A date, and the edition by which it is judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct InForce {
    edition: u32,
    day: Day,
}

impl Row {
    /// Whether the edition lists it so, and the date lies within its own days.
    pub const fn is_listed(&self, in_force: InForce) -> bool {
        self.editions & in_force.edition != 0
            && self.from <= in_force.day
            && in_force.day <= self.until
    }

    /// Whether the edition lists it so, whatever its own days.
    pub const fn is_in(&self, in_force: InForce) -> bool {
        self.editions & in_force.edition != 0
    }

    /// Whether it may be reported, rather than being a heading.
    pub const fn is_billable(&self, in_force: InForce) -> bool {
        self.billable & in_force.edition != 0
    }
}

/// What a code is on a date.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
#[serde(tag = "standing", rename_all = "snake_case")]
pub enum Standing {
    /// It may be reported.
    Billable {
        /// Its wording in the edition in force.
        description: String,
    },
    /// A heading: it needs more characters.
    Header {
        /// Its wording in the edition in force.
        description: String,
    },
    /// Listed, but not in the edition in force on that date: dropped, or not valid yet.
    NotInForce {
        /// The nearest edition that lists it.
        edition: String,
        /// The first day on which a loaded edition lists it.
        #[schema(value_type = String, format = Date)]
        from: Date,
        /// The last day; nothing when the newest edition lists it.
        #[schema(value_type = Option<String>, format = Date)]
        until: Option<Date>,
        /// Its wording there.
        description: String,
    },
    /// In no loaded edition.
    Unknown,
}

impl CodeList {
    /// Any editions, in any order; none may begin on the same day as another.
    pub fn from_editions(
        system: CodeSystem,
        sources: &[EditionSource<'_>],
    ) -> Result<Self, LoadError> {
        let mut sources = sources.to_vec();
        sources.sort_by_key(|source| source.edition.from);
        let texts = load::unpack(&sources)?;
        let mut lines = load::lines(&sources, &texts)?;
        lines.retain(|line| !line.is_modifier());
        let editions = sources.into_iter().map(|source| source.edition).collect();
        Self::of_lines(system, editions, &lines)
    }

    fn of_lines(
        system: CodeSystem,
        editions: Vec<Edition>,
        lines: &[load::Line<'_>],
    ) -> Result<Self, LoadError> {
        let newest = editions.last().ok_or(LoadError::Editions(0))?.clone();
        let words: usize = lines.iter().map(|line| line.description.len()).sum();
        let mut arena = Arena(String::with_capacity(words));
        let names = Names::of(system)?;
        let (mut rows, mut sources_of_words) = (Vec::new(), Vec::new());
        let by_code = names.by_code();
        for same in lines.chunk_by(load::Line::is_of_one_row_with) {
            rows.extend(merge(same, &mut arena)?);
            sources_of_words.extend(source(system, same, &by_code));
        }
        if system == CodeSystem::Icd10Cm {
            for row in &mut rows {
                row.everyday = everyday::is(unpadded(&row.code));
            }
        }
        let index = indexing::index(&sources_of_words, search::vocabulary(system))?;
        rows.shrink_to_fit();
        arena.0.shrink_to_fit();
        Ok(Self { system, newest, editions, arena: arena.0, rows, index })
    }

    /// The modifiers of a system's lists, by those editions that have some; none when none has.
    pub fn modifiers(
        system: CodeSystem,
        sources: &[EditionSource<'_>],
    ) -> Result<Option<Self>, LoadError> {
        let mut having = Vec::new();
        for source in sources {
            let texts = load::unpack(std::slice::from_ref(source))?;
            if texts.iter().flat_map(|text| text.lines()).any(load::is_of_modifier) {
                having.push(source.clone());
            }
        }
        if having.is_empty() {
            return Ok(None);
        }
        having.sort_by_key(|source| source.edition.from);
        let texts = load::unpack(&having)?;
        let mut lines = load::lines(&having, &texts)?;
        lines.retain(load::Line::is_modifier);
        let editions = having.into_iter().map(|source| source.edition).collect();
        Self::of_lines(system, editions, &lines).map(Some)
    }

    /// The system whose codes these are.
    pub const fn system(&self) -> CodeSystem {
        self.system
    }

    /// The editions, by date.
    pub fn editions(&self) -> &[Edition] {
        &self.editions
    }

    /// The edition by which a date is judged.
    pub fn edition_for(&self, on: Date) -> EditionAnswer<'_> {
        let edition = self.editions.get(place_for(&self.editions, on)).unwrap_or(&self.newest);
        EditionAnswer { edition, certain: edition.from <= on && on <= edition.until }
    }

    /// What a code is on a date, written with or without its point.
    pub fn standing(&self, code: &str, on: Date) -> Standing {
        let rows = self.rows_of(&normalise(code));
        let in_force = self.in_force(on);
        let Some(row) = rows.iter().find(|row| row.is_listed(in_force)) else {
            return self.not_in_force(rows, on);
        };
        let description = self.text(row.description).to_owned();
        if row.is_billable(in_force) {
            Standing::Billable { description }
        } else {
            Standing::Header { description }
        }
    }

    /// The standing in the words of the edits, with the edition's certainty.
    pub fn code_standing(&self, code: &str, on: Date) -> CodeStanding {
        let validity = match self.standing(code, on) {
            Standing::Billable { .. } => Validity::Billable,
            Standing::Header { .. } => Validity::Header,
            Standing::NotInForce { from, until, .. } => Validity::NotInForce { from, until },
            Standing::Unknown => Validity::Unknown,
        };
        let answer = self.edition_for(on);
        let edition_in_doubt = (!answer.certain).then(|| answer.edition.name.to_string());
        CodeStanding { validity, edition_in_doubt }
    }

    /// The wording on a date; for a code that is not in force then, the wording it has elsewhere.
    pub fn describe(&self, code: &str, on: Date) -> Option<&str> {
        let rows = self.rows_of(&normalise(code));
        let in_force = self.in_force(on);
        let row = rows.iter().find(|row| row.is_listed(in_force)).or_else(|| rows.last())?;
        Some(self.text(row.description))
    }

    /// The codes one step below a heading on a date, in the order of the list.
    pub fn children(&self, code: &str, on: Date, usual: &Usual) -> Vec<Hit> {
        let parent = normalise(code);
        let in_force = self.in_force(on);
        let mut taken: Option<&str> = None;
        let mut children = Vec::new();
        for row in self.rows_under(&parent).iter().filter(|row| row.is_listed(in_force)) {
            let code = unpadded(&row.code);
            if code.len() == parent.len() || taken.is_some_and(|taken| code.starts_with(taken)) {
                continue;
            }
            taken = Some(code);
            let usual = usual.gain(code) > 0;
            children.push(Hit { usual, ..self.hit(row, in_force, None) });
        }
        children
    }

    /// The headings above a code on a date, the widest first.
    pub fn above(&self, code: &str, on: Date) -> Vec<Hit> {
        let code = normalise(code);
        let in_force = self.in_force(on);
        let lengths = 1..code.len();
        let heading = |length| {
            let rows = self.rows_of(code.get(..length)?);
            let row = rows.iter().find(|row| row.is_listed(in_force))?;
            Some(self.hit(row, in_force, None))
        };
        lengths.filter_map(heading).collect()
    }

    /// The words that a query is read as, for marking them in what was found.
    pub fn words_of(&self, query: &str) -> Vec<String> {
        search::words_of(self.system, query)
    }

    pub(crate) fn hit(&self, row: &Row, in_force: InForce, term: Option<&str>) -> Hit {
        Hit {
            code: self.system.written(unpadded(&row.code)),
            description: self.text(row.description).to_owned(),
            term: term.map(str::to_owned),
            billable: row.is_billable(in_force),
            usual: false,
            score: 0,
        }
    }

    /// The edition by which a date is judged, as rows are asked for it.
    pub(crate) fn in_force(&self, on: Date) -> InForce {
        InForce { edition: 1 << place_for(&self.editions, on), day: day_of(on) }
    }

    /// The rows whose code begins so; none for what is too long to be a code.
    pub(crate) fn rows_under(&self, prefix: &str) -> &[Row] {
        self.rows.get(self.places_under(prefix)).unwrap_or_default()
    }

    /// Where the rows stand whose code begins so.
    pub(crate) fn places_under(&self, prefix: &str) -> Range<usize> {
        let Some(from) = padded(prefix) else { return 0..0 };
        let start = self.rows.partition_point(|row| row.code < from);
        let rest = self.rows.get(start..).unwrap_or_default();
        start..start + rest.partition_point(|row| row.code.starts_with(prefix.as_bytes()))
    }

    /// The edition that begins on a day.
    pub(crate) fn edition_beginning(&self, on: Date) -> Option<InForce> {
        self.editions.iter().any(|edition| edition.from == on).then(|| self.in_force(on))
    }

    /// The rows of each code, in the order of the codes.
    pub(crate) fn rows_by_code(&self) -> impl Iterator<Item = &[Row]> {
        self.rows.chunk_by(|a, b| a.code == b.code)
    }

    /// A row's wording.
    pub(crate) fn wording(&self, row: &Row) -> &str {
        self.text(row.description)
    }

    /// A row's code as people write it.
    pub(crate) fn written(&self, row: &Row) -> String {
        self.system.written(unpadded(&row.code))
    }

    /// Whether any edition lists a code within a range.
    pub(crate) fn has_any(&self, range: &CodeRange) -> bool {
        let start = self.rows.partition_point(|row| unpadded(&row.code) < range.from.as_str());
        self.rows.get(start).is_some_and(|row| range.covers(unpadded(&row.code)))
    }

    /// Whether the edition for a date lists a code that begins so.
    pub(crate) fn has_beginning(&self, prefix: &str, on: Date) -> bool {
        let edition = self.in_force(on).edition;
        self.rows_under(prefix).iter().any(|row| row.editions & edition != 0)
    }

    fn rows_of(&self, code: &str) -> &[Row] {
        let Some(code) = padded(code) else { return &[] };
        let start = self.rows.partition_point(|row| row.code < code);
        let rest = self.rows.get(start..).unwrap_or_default();
        rest.get(..rest.partition_point(|row| row.code == code)).unwrap_or_default()
    }

    fn not_in_force(&self, rows: &[Row], on: Date) -> Standing {
        let listed = rows.iter().fold(0, |bits, row| bits | row.editions);
        let having = |edition: &(usize, &Edition)| listed & (1 << edition.0) != 0;
        let mut listing =
            self.editions.iter().enumerate().filter(having).map(|(_, edition)| edition);
        let (Some(first), Some(row)) = (listing.next(), rows.last()) else {
            return Standing::Unknown;
        };
        let last = listing.next_back().unwrap_or(first);
        let own_from = rows.iter().map(|row| row.from).min().unwrap_or(0);
        let own_until = rows.iter().map(|row| row.until).max().unwrap_or(OPEN);
        let from = if own_from > 0 { date_of(own_from) } else { first.from };
        let until = match own_until {
            OPEN => (self.editions.last() != Some(last)).then_some(last.until),
            day => Some(date_of(day)),
        };
        Standing::NotInForce {
            edition: if on < first.from { first.name.to_string() } else { last.name.to_string() },
            from,
            until,
            description: self.text(row.description).to_owned(),
        }
    }

    fn text(&self, span: Span) -> &str {
        let start = usize::try_from(span.start).unwrap_or(usize::MAX);
        self.arena.get(start..start.saturating_add(usize::from(span.length))).unwrap_or_default()
    }
}

/// Text under construction.
struct Arena(String);

impl Arena {
    fn keep(&mut self, text: &str) -> Result<Span, LoadError> {
        let start = u32::try_from(self.0.len()).ok();
        let length = u16::try_from(text.len()).ok();
        let (Some(start), Some(length)) = (start, length) else {
            return Err(LoadError::TooLarge);
        };
        self.0.push_str(text);
        Ok(Span { start, length })
    }
}

/// One row out of the lines of a code with one wording.
fn merge(same: &[load::Line<'_>], arena: &mut Arena) -> Result<Option<Row>, LoadError> {
    let Some(first) = same.first() else {
        return Ok(None);
    };
    let description = arena.keep(first.description)?;
    let bits = |lines: &mut dyn Iterator<Item = &load::Line<'_>>| {
        lines.fold(0, |bits, line| bits | line.edition)
    };
    Ok(Some(Row {
        code: first.code,
        from: first.from,
        until: first.until,
        editions: bits(&mut same.iter()),
        billable: bits(&mut same.iter().filter(|line| line.billable)),
        everyday: false,
        description,
    }))
}

/// The texts of that row, for the index.
fn source<'a>(
    system: CodeSystem,
    same: &'a [load::Line<'a>],
    other_names: &HashMap<&str, Vec<&'a str>>,
) -> Option<Source<'a>> {
    let first = same.first()?;
    let code = unpadded(&first.code);
    let mut names: Vec<&str> = same.iter().flat_map(|line| line.terms.split('|')).collect();
    names.extend(other_names.get(code).into_iter().flatten());
    names.retain(|name| !name.is_empty());
    names.sort_unstable();
    names.dedup();
    let billable = same.iter().any(|line| line.billable);
    let description = names::spelt_out(system, first.description);
    let everyday = system == CodeSystem::Icd10Cm && everyday::is(code);
    Some(Source { code, description, billable, everyday, names })
}
