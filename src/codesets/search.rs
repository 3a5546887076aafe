//! Finding a code by its beginning or by the words of its description.

use std::ops::Range;

use jiff::civil::Date;
use rules::words::CodeSystem;
use serde::Serialize;

use crate::code::normalise;
use crate::compounds;
use crate::index::{Choice, NONE, Span, index_of};
use crate::list::{CodeList, InForce, Row};
use crate::load::unpadded;
use crate::matching::{Asked, Found, Matching, WORDS_MAX};
use crate::shorthand::{self, Reading, Vocabulary};
use crate::synonyms;
use crate::usual::Usual;

/// Hits of one search.
pub const SEARCH_HITS_MAX: usize = 100;
/// Characters of a query that are read; the rest is ignored.
pub const QUERY_CHARACTERS_MAX: usize = 200;
/// Words of a query that are read, abbreviations written out; the rest is ignored.
pub const QUERY_WORDS_MAX: usize = WORDS_MAX;

/// A code that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Hit {
    /// With its point.
    pub code: String,
    /// Its wording on the date.
    pub description: String,
    /// The other name through which it was found, when it wasn't the description.
    pub term: Option<String>,
    /// Whether it may be reported, rather than being a heading.
    pub billable: bool,
    /// Among the codes that the facility reports often.
    pub usual: bool,
    /// Higher is nearer; meant for comparing the hits of one search.
    pub score: u32,
}

/// What to look for.
#[derive(Debug, Clone, Copy)]
pub struct Search<'a> {
    /// A code, its beginning, or words.
    pub query: &'a str,
    /// The day on which the codes must be in force.
    pub on: Date,
    /// Hits at most; never more than [`SEARCH_HITS_MAX`].
    pub limit: usize,
    /// What the facility reports often.
    pub usual: &'a Usual,
}

const EXACT_CODE: i32 = 40_000;
const CODE_BEGINNING: i32 = 30_000;
const WORDS: i32 = 10_000;

/// A heading loses against codes that may be reported unless it fits better by this much.
const HEADING_COST: i32 = 15;
/// The code below a heading that says no more than the heading.
const LEAF_COST: i32 = 2;
/// A code that everybody reports wins by this much.
const EVERYDAY_GAIN: i32 = 18;
/// Found through another name than its description.
const OTHER_NAME_COST: i32 = 3;
/// Nobody means a mother, a newborn or the cause of an accident without saying so.
const SPECIAL_CHAPTER_COST: i32 = 6;
/// A word that the list doesn't have in any form.
const UNKNOWN_WORD_COST: i32 = 30;
/// With so many hits that answer every word, nothing else is looked for.
const ENOUGH: usize = 10;
/// Words that may go unanswered when nothing else is found.
const HALF_UNANSWERED: u32 = 4;
/// Characters of a code's heading that stand for it among words.
const CATEGORY_CHARACTERS: usize = 3;
/// Texts that are ranked to the end, for each hit that is asked for.
const TEXTS_PER_HIT: usize = 6;

/// A row with what it leaves to be desired, before the best are written out.
#[derive(Debug, Clone, Copy)]
struct Ranked<'a> {
    cost: i32,
    row: &'a Row,
    name: Option<Span>,
}

impl CodeList {
    /// The codes in force on a date that fit a query, nearest first: a code or its beginning, with
    /// or without the point, or words in any order, each at least the beginning of a word of the
    /// description or of another name. Abbreviations, other forms, words of the same meaning and one
    /// or two slips are understood; when nothing answers every word, a few may go unanswered.
    pub fn search(&self, search: &Search<'_>) -> Vec<Hit> {
        let limit = search.limit.min(SEARCH_HITS_MAX);
        let query: String = search.query.chars().take(QUERY_CHARACTERS_MAX).collect();
        let in_force = self.in_force(search.on);
        let seek = Seek { list: self, in_force, limit, usual: search.usual, under: None };
        let mut found = seek.by_code(&query);
        if found.is_empty() {
            found = seek.by_code_and_words(&query);
        }
        let is_code = !found.is_empty() && is_spelt_as_code(&query);
        if found.len() < limit && !is_code {
            let known: Vec<_> = found.iter().map(|one| one.row.code).collect();
            let more = seek.by_words(&query).into_iter();
            found.extend(more.filter(|one| !known.contains(&one.row.code)));
        }
        found.truncate(limit);
        found.into_iter().map(|one| seek.hit(&one)).collect()
    }
}

/// Whether a text is as long as a heading's code, with a digit, and one word: whoever types a code is not
/// shown what has its parts among its words.
fn is_spelt_as_code(text: &str) -> bool {
    let text = text.trim();
    let one_word = !text.contains(char::is_whitespace);
    one_word && text.len() >= CATEGORY_CHARACTERS && text.bytes().any(|b| b.is_ascii_digit())
}

/// One search at work.
struct Seek<'a> {
    list: &'a CodeList,
    in_force: InForce,
    limit: usize,
    usual: &'a Usual,
    /// The rows among which words are looked for, where not among all.
    under: Option<Range<usize>>,
}

impl<'a> Seek<'a> {
    fn hit(&self, one: &Ranked<'_>) -> Hit {
        let score = u32::try_from(WORDS.saturating_sub(one.cost)).unwrap_or_default();
        let usual = self.usual.gain(unpadded(&one.row.code)) > 0;
        let term = one.name.map(|span| self.list.index.name(span));
        Hit { usual, score, ..self.list.hit(one.row, self.in_force, term) }
    }

    fn by_code(&self, query: &str) -> Vec<Ranked<'a>> {
        let code = normalise(query);
        if !begins_like_a_code(self.list.system(), &code) {
            return Vec::new();
        }
        let rows = self.list.rows_under(&code).iter();
        let mut found: Vec<Ranked<'_>> = rows
            .filter(|row| row.is_listed(self.in_force))
            .map(|row| {
                let exact = unpadded(&row.code) == code;
                let base = if exact { EXACT_CODE } else { CODE_BEGINNING };
                Ranked { cost: WORDS - base + self.standing_cost(row), row, name: None }
            })
            .collect();
        best(&mut found, self.limit);
        found
    }

    /// The beginning of a code together with words ("E11 neuropathy"): the words are looked for below
    /// the code. What only looks like one, as in "I131 therapy", finds nothing there.
    fn by_code_and_words(&self, query: &str) -> Vec<Ranked<'a>> {
        let words: Vec<&str> = query.split_whitespace().collect();
        let mut begun =
            words.iter().enumerate().filter(|_| words.len() > 1).filter_map(|(place, word)| {
                let code = normalise(word);
                let code = code.trim_end_matches([',', ':', '-']);
                let looks = is_spelt_as_code(code) && begins_like_a_code(self.list.system(), code);
                let under = looks.then(|| self.list.places_under(code))?;
                (!under.is_empty()).then_some((place, under))
            });
        let Some((place, under)) = begun.next() else { return Vec::new() };
        let others = words.iter().enumerate().filter(|(other, _)| *other != place);
        let others: Vec<&str> = others.map(|(_, word)| *word).collect();
        let mut found = Seek { under: Some(under), ..*self }.by_words(&others.join(" "));
        for one in &mut found {
            one.cost += WORDS - CODE_BEGINNING;
        }
        found
    }

    fn by_words(&self, query: &str) -> Vec<Ranked<'a>> {
        let readings = shorthand::readings(query, vocabulary(self.list.system()));
        let readings = compounds::read(readings, &self.list.index);
        let mut found = Vec::new();
        let mut answered = 0;
        for reading in &readings {
            let asked = self.asked(reading, false);
            let (more, whole) = self.by_reading(reading, &asked, 0);
            answered += whole;
            found.extend(more);
        }
        if answered == 0 {
            for reading in readings.iter().take(2) {
                let asked = self.asked(reading, true);
                let (more, whole) = self.by_reading(reading, &asked, 0);
                answered += whole;
                found.extend(more);
            }
        }
        if answered < ENOUGH {
            let corrected = answered == 0;
            for reading in readings.iter().take(2) {
                let asked = self.asked(reading, corrected);
                let unanswered = unanswered_max(asked.slots.len());
                if unanswered > 0 {
                    found.extend(self.by_reading(reading, &asked, unanswered).0);
                }
            }
        }
        if found.is_empty() {
            for reading in readings.iter().take(2) {
                let asked = self.asked(reading, true);
                found.extend(self.by_reading(reading, &asked, HALF_UNANSWERED).0);
            }
        }
        nearest_of_each(&mut found);
        best(&mut found, self.limit);
        found
    }

    /// What a reading's words may stand for; with corrections of those that the list doesn't have
    /// as they stand.
    fn asked(&self, reading: &Reading, corrected: bool) -> Asked {
        let index = &self.list.index;
        let last = reading.words.len().saturating_sub(1);
        let slot = |(place, word): (usize, &String)| {
            let mut choices = index.choices(word, reading.open && place == last);
            let others = synonyms::other_words(word).into_iter();
            choices.extend(others.filter_map(|(other, cost)| index.choice_of(other, cost)));
            if !index.begins(word) || corrected && !index.knows(word) {
                choices.extend(index.corrections(word));
            }
            choices
        };
        let slots: Vec<Vec<Choice>> = reading.words.iter().enumerate().map(slot).collect();
        let denies = reading.words.iter().any(|word| matches!(word.as_str(), "without" | "no"));
        Asked { slots, denies }
    }

    /// The rows of a reading, and how many of them answer every word.
    fn by_reading(
        &self,
        reading: &Reading,
        asked: &Asked,
        unanswered: u32,
    ) -> (Vec<Ranked<'a>>, usize) {
        let unknown = asked.slots.iter().filter(|slot| slot.is_empty()).count();
        let known: Vec<Vec<Choice>> =
            asked.slots.iter().filter(|slot| !slot.is_empty()).cloned().collect();
        if known.is_empty() || unknown > 0 && unanswered == 0 || unknown > known.len() {
            return (Vec::new(), 0);
        }
        let asked = Asked { slots: known, denies: asked.denies };
        let matching = Matching::new(&self.list.index, &asked);
        let base = reading.cost
            + UNKNOWN_WORD_COST.saturating_mul(i32::try_from(unknown).unwrap_or(i32::MAX));
        let found = match &self.under {
            Some(rows) => matching.texts_among(self.list.index.entries_of_rows(rows), unanswered),
            None => matching.texts(unanswered),
        };
        let mut texts: Vec<(i32, Found)> = found
            .into_iter()
            .filter_map(|found| {
                let row = self.row(found.row)?;
                Some((matching.at_best(&found) + self.prior(row, found.entry), found))
            })
            .collect();
        let key = |(cost, found): &(i32, Found)| (*cost, found.entry);
        let most = self.limit.max(ENOUGH).saturating_mul(TEXTS_PER_HIT);
        if texts.len() > most {
            texts.select_nth_unstable_by_key(most, key);
            texts.truncate(most);
        }
        let whole = texts.len();
        let mut ranked = Vec::with_capacity(2 * texts.len());
        for (_, found) in texts {
            self.write_out(&matching, &found, base, &mut ranked);
        }
        (ranked, whole)
    }

    /// A text becomes the code itself, the code with its seventh character, or the heading and the
    /// code below it that says no more.
    fn write_out(
        &self,
        matching: &Matching<'_>,
        found: &Found,
        base: i32,
        ranked: &mut Vec<Ranked<'a>>,
    ) {
        let index = &self.list.index;
        let Some(row) = self.row(found.row) else { return };
        let name = index.entries.get(index_of(found.entry)).and_then(|entry| entry.name);
        let through = base + if name.is_some() { OTHER_NAME_COST } else { 0 };
        let labelled = self.labelled(matching, found, found.row);
        if let Some((cost, row)) = labelled {
            ranked.push(Ranked { cost: cost + through, row, name });
            return;
        }
        let cost = matching.with_label(found, NONE) + through;
        ranked.push(Ranked { cost: cost + self.standing_cost(row), row, name });
        let leaf = index.leaf.get(index_of(found.row)).copied().unwrap_or(NONE);
        let Some(below) = self.row(leaf).filter(|_| !row.is_billable(self.in_force)) else {
            return;
        };
        if let Some((cost, row)) = self.labelled(matching, found, leaf) {
            ranked.push(Ranked { cost: cost + through + LEAF_COST, row, name });
        } else {
            let cost = cost + LEAF_COST + self.standing_cost(below);
            ranked.push(Ranked { cost, row: below, name });
        }
    }

    /// The seventh character that fits best, where the row takes one.
    fn labelled(
        &self,
        matching: &Matching<'_>,
        found: &Found,
        stem: u32,
    ) -> Option<(i32, &'a Row)> {
        let index = &self.list.index;
        let code = self.list.rows.get(index_of(stem))?.code;
        let prefix = unpadded(&code);
        let after = self.list.rows.get(index_of(stem) + 1..)?;
        let below = (stem + 1..).zip(after);
        below
            .take_while(|(_, row)| unpadded(&row.code).starts_with(prefix))
            .filter(|(place, row)| {
                index.stem.get(index_of(*place)) == Some(&stem) && row.is_listed(self.in_force)
            })
            .map(|(place, row)| {
                let label = index.label.get(index_of(place)).copied().unwrap_or(NONE);
                (matching.with_label(found, label) + self.standing_cost(row), row)
            })
            .min_by_key(|(cost, row)| (*cost, row.code))
    }

    fn row(&self, place: u32) -> Option<&'a Row> {
        let row = self.list.rows.get(index_of(place))?;
        (row.is_listed(self.in_force)).then_some(row)
    }

    /// What can be said of a text before its seventh character is known.
    fn prior(&self, row: &Row, entry: u32) -> i32 {
        let index = &self.list.index;
        let named = index.entries.get(index_of(entry)).is_some_and(|entry| entry.name.is_some());
        let through = if named { OTHER_NAME_COST } else { 0 };
        through + special_cost(self.list.system(), row)
            - if row.everyday { EVERYDAY_GAIN } else { 0 }
    }

    fn standing_cost(&self, row: &Row) -> i32 {
        let heading = if row.is_billable(self.in_force) { 0 } else { HEADING_COST };
        let everyday = if row.everyday { EVERYDAY_GAIN } else { 0 };
        heading + special_cost(self.list.system(), row)
            - everyday.max(self.usual.gain(unpadded(&row.code)))
    }
}

pub(crate) const fn vocabulary(system: CodeSystem) -> Vocabulary {
    match system {
        CodeSystem::Icd10Cm => Vocabulary::Diagnoses,
        CodeSystem::Icd10Pcs | CodeSystem::Cpt | CodeSystem::Hcpcs => Vocabulary::Procedures,
    }
}

/// The words of every reading of a query, and those that may stand for them.
pub(crate) fn words_of(system: CodeSystem, query: &str) -> Vec<String> {
    let query: String = query.chars().take(QUERY_CHARACTERS_MAX).collect();
    let readings = shorthand::readings(&query, vocabulary(system));
    let words = readings.into_iter().flat_map(|reading| reading.words);
    let mut all: Vec<String> = words
        .flat_map(|word| {
            let others = synonyms::other_words(&word).into_iter();
            others.map(|(other, _)| other.to_owned()).chain([word])
        })
        .collect();
    all.sort_unstable();
    all.dedup();
    all
}

/// At least two characters, the first a letter where the system's codes begin with one. The second may be
/// a letter (QA0), so that words are let through as well: no code begins like one of them.
fn begins_like_a_code(system: CodeSystem, code: &str) -> bool {
    let letter_first = matches!(system, CodeSystem::Icd10Cm | CodeSystem::Hcpcs);
    let first = |c: char| c.is_ascii_uppercase() || (!letter_first && c.is_ascii_digit());
    code.len() > 1 && code.starts_with(first)
}

fn special_cost(system: CodeSystem, row: &Row) -> i32 {
    match row.code.first().filter(|_| system == CodeSystem::Icd10Cm) {
        Some(b'O' | b'P' | b'V' | b'W' | b'X' | b'Y') => SPECIAL_CHAPTER_COST,
        _ => 0,
    }
}

/// How many words of so many may go unanswered.
const fn unanswered_max(words: usize) -> u32 {
    match words {
        0 | 1 => 0,
        2..=4 => 1,
        _ => 2,
    }
}

/// Each code once, as it fits best.
fn nearest_of_each(found: &mut Vec<Ranked<'_>>) {
    found.sort_unstable_by_key(|one| (one.row.code, one.cost, one.name.map(|name| name.start)));
    found.dedup_by_key(|one| one.row.code);
}

/// Keeps the best, sorted; equal costs in the order of the list.
fn best(found: &mut Vec<Ranked<'_>>, limit: usize) {
    let key = |one: &Ranked<'_>| (one.cost, one.row.code);
    if found.len() > limit {
        found.select_nth_unstable_by_key(limit, key);
        found.truncate(limit);
    }
    found.sort_unstable_by_key(key);
}
