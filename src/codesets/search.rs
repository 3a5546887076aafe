//! Finding a code by its beginning or by the words of its description.

use jiff::civil::Date;
use rules::words::CodeSystem;
use serde::Serialize;

use crate::code::normalise;
use crate::index::{Choice, Span};
use crate::list::{CodeList, InForce, Row};
use crate::load::unpadded;
use crate::shorthand;

/// Hits of one search.
pub const SEARCH_HITS_MAX: usize = 100;
/// Characters of a query that are read; the rest is ignored.
pub const QUERY_CHARACTERS_MAX: usize = 200;
/// Words of a query that are read, abbreviations written out; the rest is ignored.
pub const QUERY_WORDS_MAX: usize = 16;

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
    /// Higher is nearer; meant for comparing the hits of one search.
    pub score: u32,
}

const EXACT_CODE: i32 = 10_000;
const CODE_BEGINNING: i32 = 9_000;
const WORDS: i32 = 6_000;
/// The words as typed, where an abbreviation was written out first.
const WORDS_AS_TYPED: i32 = 4_000;
const CORRECTED_WORDS: i32 = 2_000;
const ALL_WORDS_BUT_ONE: i32 = 1_000;
/// With fewer words, what remains after leaving one out says too little.
const WORDS_TO_LEAVE_ONE_OUT_MIN: usize = 3;

/// A heading loses against codes that may be reported unless it fits better by this much.
const HEADING_COST: i32 = 15;
/// A code that everybody reports wins by this much.
const EVERYDAY_GAIN: i32 = 30;
/// Found through another name than its description.
const OTHER_NAME_COST: i32 = 5;

/// A row with its score, before the best are written out.
struct Ranked<'a> {
    score: i32,
    row: &'a Row,
    term: Option<Span>,
}

impl CodeList {
    /// The codes in force on a date that fit a query, nearest first: a code or its beginning, with
    /// or without the point, or words in any order, each at least the beginning of a word of the
    /// description or of another name. Usual abbreviations are understood, and one slip in a word
    /// of five letters or more when nothing fits otherwise; as a last resort one word of three or
    /// more may go unanswered.
    pub fn search(&self, query: &str, on: Date, limit: usize) -> Vec<Hit> {
        let limit = limit.min(SEARCH_HITS_MAX);
        let query: String = query.chars().take(QUERY_CHARACTERS_MAX).collect();
        let in_force = self.in_force(on);
        let mut found = self.by_code(&query, in_force, limit);
        let written_out = shorthand::written_out(&query);
        let typed = shorthand::as_typed(&query);
        if found.len() < limit {
            add_new(&mut found, self.by_words(&self.choices(&written_out), in_force, WORDS, limit));
        }
        if found.len() < limit && typed != written_out {
            add_new(
                &mut found,
                self.by_words(&self.choices(&typed), in_force, WORDS_AS_TYPED, limit),
            );
        }
        if found.is_empty() {
            found = self.by_words(&self.corrected(&written_out), in_force, CORRECTED_WORDS, limit);
        }
        if found.is_empty() {
            found = self.by_all_words_but_one(self.corrected(&written_out), in_force, limit);
        }
        found.truncate(limit);
        let hit = |one: Ranked<'_>| {
            self.hit(one.row, in_force, u32::try_from(one.score).unwrap_or_default(), one.term)
        };
        found.into_iter().map(hit).collect()
    }

    fn by_code(&self, query: &str, in_force: InForce, limit: usize) -> Vec<Ranked<'_>> {
        let code = normalise(query);
        if !begins_like_a_code(self.system(), &code) {
            return Vec::new();
        }
        let rows = self.rows_under(&code).iter().filter(|row| row.is_listed(in_force));
        let mut found: Vec<Ranked<'_>> = rows
            .map(|row| {
                let exact = unpadded(&row.code) == code;
                let base = if exact { EXACT_CODE } else { CODE_BEGINNING };
                Ranked { score: base - standing_cost(row, in_force), row, term: None }
            })
            .collect();
        best(&mut found, limit);
        found
    }

    fn by_words(
        &self,
        words: &[Vec<Choice>],
        in_force: InForce,
        base: i32,
        limit: usize,
    ) -> Vec<Ranked<'_>> {
        if words.is_empty() || words.iter().any(Vec::is_empty) {
            return Vec::new();
        }
        let mut found: Vec<Ranked<'_>> = Vec::new();
        for (entry, cost) in self.index.matching(words) {
            let row = usize::try_from(entry.row).ok().and_then(|place| self.rows.get(place));
            let Some(row) = row.filter(|row| row.is_listed(in_force)) else {
                continue;
            };
            let through = if entry.term.is_some() { OTHER_NAME_COST } else { 0 };
            let score = base - cost - through - standing_cost(row, in_force);
            match found.last_mut() {
                // The texts of a row come one after the other: keep the nearest.
                Some(last) if last.row.code == row.code => {
                    if last.score < score {
                        *last = Ranked { score, row, term: entry.term };
                    }
                }
                _ => found.push(Ranked { score, row, term: entry.term }),
            }
        }
        best(&mut found, limit);
        found
    }

    fn by_all_words_but_one(
        &self,
        mut words: Vec<Vec<Choice>>,
        in_force: InForce,
        limit: usize,
    ) -> Vec<Ranked<'_>> {
        let mut found = Vec::new();
        if words.len() < WORDS_TO_LEAVE_ONE_OUT_MIN {
            return found;
        }
        for _ in 0..words.len() {
            let left_out = words.pop();
            add_new(&mut found, self.by_words(&words, in_force, ALL_WORDS_BUT_ONE, limit));
            words.splice(0..0, left_out);
        }
        best(&mut found, limit);
        found
    }

    fn choices(&self, words: &[String]) -> Vec<Vec<Choice>> {
        words.iter().map(|word| self.index.choices(word)).collect()
    }

    fn corrected(&self, words: &[String]) -> Vec<Vec<Choice>> {
        let near = |word: &String| {
            let known = self.index.choices(word);
            if known.is_empty() { self.index.corrections(word) } else { known }
        };
        words.iter().map(near).collect()
    }
}

/// At least two characters, the first a letter where the system's codes begin with one. The second may be
/// a letter (QA0), so that words are let through as well: no code begins like one of them.
fn begins_like_a_code(system: CodeSystem, code: &str) -> bool {
    let letter_first = matches!(system, CodeSystem::Icd10Cm | CodeSystem::Hcpcs);
    let first = |c: char| c.is_ascii_uppercase() || (!letter_first && c.is_ascii_digit());
    code.len() > 1 && code.starts_with(first)
}

fn standing_cost(row: &Row, in_force: InForce) -> i32 {
    let heading = if row.is_billable(in_force) { 0 } else { HEADING_COST };
    let everyday = if row.everyday { EVERYDAY_GAIN } else { 0 };
    heading - everyday
}

/// Keeps the best, sorted; equal scores in the order of the list.
fn best(found: &mut Vec<Ranked<'_>>, limit: usize) {
    let key = |one: &Ranked<'_>| (std::cmp::Reverse(one.score), one.row.code);
    if found.len() > limit {
        found.select_nth_unstable_by_key(limit, key);
        found.truncate(limit);
    }
    found.sort_unstable_by_key(key);
}

fn add_new<'a>(found: &mut Vec<Ranked<'a>>, more: Vec<Ranked<'a>>) {
    let known: Vec<_> = found.iter().map(|one| one.row.code).collect();
    found.extend(more.into_iter().filter(|one| !known.contains(&one.row.code)));
}
