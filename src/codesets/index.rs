//! The inverted index: from a word, or the beginning of one, to the texts that have it.

use std::collections::HashMap;
use std::ops::Range;

use crate::load::LoadError;
use crate::shorthand;
use crate::tokens;
use crate::typo;

/// A stretch of the arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: u32,
    pub length: u16,
}

/// One searchable text: the description of a row or another name of it. The texts of a row are
/// neighbours.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The row it speaks of.
    pub row: u32,
    /// What its words cost together.
    pub cost: i32,
    /// Where the other name stands; nothing for the description itself.
    pub term: Option<Span>,
}

/// A word that may stand for a word of the query.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    word: u32,
    /// What it costs that the word is not quite the one that was typed.
    penalty: i32,
}

/// The cost of matching only the beginning of a word.
const PREFIX_PENALTY: i32 = 4;
/// The cost of matching a corrected word.
const TYPO_PENALTY: i32 = 6;
/// The cost of matching another word of the same meaning.
const OTHER_WORD_PENALTY: i32 = 5;

#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Sorted.
    words: Vec<Box<str>>,
    costs: Vec<i32>,
    /// Where the entries of a word begin in `postings`; one more than there are words.
    starts: Vec<u32>,
    postings: Vec<u32>,
    pub entries: Vec<Entry>,
}

/// Gathers texts in any order of words and sorts the vocabulary at the end.
#[derive(Debug, Default)]
pub(crate) struct Builder {
    places: HashMap<Box<str>, u32>,
    /// The last entry in which each word was seen, so that a repeated word counts once.
    last: Vec<u32>,
    pairs: Vec<(u32, u32)>,
    entries: Vec<Entry>,
}

impl Builder {
    /// Adds one text.
    pub fn add(&mut self, row: u32, text: &str, term: Option<Span>) -> Result<(), LoadError> {
        let Self { places, last, pairs, entries } = self;
        let entry = number(entries.len())?;
        let mut cost = 0;
        let mut too_large = false;
        tokens::for_each_word(text, |word, in_brackets| {
            let place = if let Some(place) = places.get(word) {
                *place
            } else {
                let Ok(place) = u32::try_from(last.len()) else {
                    too_large = true;
                    return;
                };
                places.insert(word.into(), place);
                last.push(u32::MAX);
                place
            };
            let seen = usize::try_from(place).ok().and_then(|place| last.get_mut(place));
            if seen.is_some_and(|seen| std::mem::replace(seen, entry) != entry) {
                pairs.push((place, entry));
                cost += if in_brackets { 0 } else { tokens::cost(word) };
            }
        });
        if too_large {
            return Err(LoadError::TooLarge);
        }
        entries.push(Entry { row, cost, term });
        Ok(())
    }

    /// The finished index.
    pub fn finish(self) -> Result<Index, LoadError> {
        let mut words: Vec<(Box<str>, u32)> = self.places.into_iter().collect();
        words.sort_unstable();
        let mut sorted_place = vec![0_u32; words.len()];
        for (sorted, (_, place)) in words.iter().enumerate() {
            if let Some(slot) = sorted_place.get_mut(index_of(*place)) {
                *slot = number(sorted)?;
            }
        }
        let mut pairs = self.pairs;
        for (word, _) in &mut pairs {
            *word = sorted_place.get(index_of(*word)).copied().unwrap_or_default();
        }
        pairs.sort_unstable();
        let mut starts = Vec::with_capacity(words.len() + 1);
        for word in 0..=number(words.len())? {
            starts.push(number(pairs.partition_point(|(at, _)| *at < word))?);
        }
        Ok(Index {
            costs: words.iter().map(|(word, _)| tokens::cost(word)).collect(),
            words: words.into_iter().map(|(word, _)| word).collect(),
            starts,
            postings: pairs.into_iter().map(|(_, entry)| entry).collect(),
            entries: self.entries,
        })
    }
}

impl Index {
    /// The words that a typed word may stand for: itself, its singular, longer words that begin with
    /// it, and others of its meaning. A number stands for itself only. The nearest come first.
    pub fn choices(&self, typed: &str) -> Vec<Choice> {
        let stem = singular(typed);
        let range = if typed.bytes().all(|b| b.is_ascii_digit()) {
            self.exactly(typed)
        } else {
            self.beginning(stem)
        };
        let mut all: Vec<Choice> = range
            .filter_map(|place| {
                let word = self.words.get(place)?;
                let same = **word == *typed || **word == *stem || singular(word) == stem;
                let penalty = if same { 0 } else { PREFIX_PENALTY };
                Some(Choice { word: u32::try_from(place).ok()?, penalty })
            })
            .collect();
        for other in shorthand::other_words(typed) {
            let places = self.exactly(other).filter_map(|place| u32::try_from(place).ok());
            all.extend(places.map(|word| Choice { word, penalty: OTHER_WORD_PENALTY }));
        }
        all.sort_by_key(|choice| choice.penalty);
        all
    }

    /// The words that are one slip of the fingers away.
    pub fn corrections(&self, typed: &str) -> Vec<Choice> {
        if typed.chars().count() < typo::CORRECTED_CHARACTERS_MIN {
            return Vec::new();
        }
        let near =
            self.words.iter().enumerate().filter(|(_, word)| typo::one_slip_apart(word, typed));
        near.filter_map(|(place, _)| {
            Some(Choice { word: u32::try_from(place).ok()?, penalty: TYPO_PENALTY })
        })
        .collect()
    }

    /// Every entry that has a choice of each typed word, with the cost of what remains of it.
    pub fn matching(&self, typed: &[Vec<Choice>]) -> Vec<(&Entry, i32)> {
        let mut reached = vec![0_u8; self.entries.len()];
        let mut credit = vec![0_i32; self.entries.len()];
        for (before, choices) in (0_u8..).zip(typed) {
            for choice in choices {
                let gain = self.costs.get(index_of(choice.word)).copied().unwrap_or_default();
                for entry in self.postings_of(choice.word) {
                    let place = index_of(*entry);
                    let (Some(count), Some(sum)) = (reached.get_mut(place), credit.get_mut(place))
                    else {
                        continue;
                    };
                    if *count == before {
                        *count += 1;
                        *sum += gain - choice.penalty;
                    }
                }
            }
        }
        let all = u8::try_from(typed.len()).unwrap_or(u8::MAX);
        let found =
            self.entries.iter().zip(reached).zip(credit).filter(|((_, count), _)| *count == all);
        found.map(|((entry, _), credit)| (entry, entry.cost - credit)).collect()
    }

    fn postings_of(&self, word: u32) -> &[u32] {
        let place = index_of(word);
        let bounds = self.starts.get(place).zip(self.starts.get(place + 1));
        bounds
            .and_then(|(from, to)| self.postings.get(index_of(*from)..index_of(*to)))
            .unwrap_or_default()
    }

    fn exactly(&self, word: &str) -> Range<usize> {
        let start = self.words.partition_point(|known| **known < *word);
        let found = self.words.get(start).is_some_and(|known| **known == *word);
        start..start + usize::from(found)
    }

    fn beginning(&self, prefix: &str) -> Range<usize> {
        let start = self.words.partition_point(|known| **known < *prefix);
        let rest = self.words.get(start..).unwrap_or_default();
        start..start + rest.partition_point(|known| known.starts_with(prefix))
    }
}

/// A word without the ending of the plural; short words keep it.
fn singular(word: &str) -> &str {
    let cut = match word {
        _ if word.ends_with("ss") || word.ends_with("us") || word.ends_with("is") => None,
        _ if word.len() >= 8 => word.strip_suffix("ies").or_else(|| word.strip_suffix('s')),
        _ if word.len() >= 4 => word.strip_suffix('s'),
        _ => None,
    };
    cut.unwrap_or(word)
}

fn number(place: usize) -> Result<u32, LoadError> {
    u32::try_from(place).ok().ok_or(LoadError::TooLarge)
}

/// Widening only: no supported machine has fewer than 32 bits.
fn index_of(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Builder, Index};

    fn index(texts: &[&str]) -> Index {
        let mut builder = Builder::default();
        for (row, text) in (0..).zip(texts) {
            builder.add(row, text, None).unwrap();
        }
        builder.finish().unwrap()
    }

    fn rows(index: &Index, typed: &[&str]) -> Vec<u32> {
        let choices: Vec<_> = typed.iter().map(|word| index.choices(word)).collect();
        index.matching(&choices).iter().map(|(entry, _)| entry.row).collect()
    }

    #[test]
    fn each_typed_word_begins_a_word_of_the_text_in_any_order() {
        let index = index(&[
            "Pain in right knee",
            "Pain in left knee",
            "Knee injury",
            "Painful knees, 12 days",
        ]);
        assert_eq!(rows(&index, &["knee", "pai"]), [0, 1, 3]);
        assert_eq!(rows(&index, &["knees"]), [0, 1, 2, 3], "the plural finds the singular");
        assert_eq!(rows(&index, &["1"]), [0_u32; 0], "a number is never the beginning of another");
        assert_eq!(rows(&index, &["12"]), [3]);
        assert_eq!(rows(&index, &["elbow"]), [0_u32; 0]);
    }

    #[test]
    fn the_cost_is_that_of_the_words_nobody_asked_for() {
        let index =
            index(&["Asthma", "Asthma asthma", "Asthma attack", "Unspecified asthma (allergic)"]);
        let costs: Vec<i32> =
            index.matching(&[index.choices("asthma")]).iter().map(|found| found.1).collect();
        assert_eq!(costs, [0, 0, 10, 0]);
    }
}
