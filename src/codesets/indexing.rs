//! Building the index from the rows of a list.

use std::collections::HashMap;

use crate::index::{Entry, Index, NONE, Placed, Source, Span, index_of, sound_key};
use crate::load::LoadError;
use crate::shorthand::{self, Vocabulary};
use crate::tokens::{self, DENIED_COST, Stand};
use crate::typo;

/// Rows below a heading that still take over its other names.
const HEIRS_MAX: usize = 160;
/// What the code that says no more than its heading may add to it.
const LEAF_COST_MAX: i32 = 14;
/// Characters of a code that has a seventh one.
const WHOLE_CODE_CHARACTERS: usize = 7;

/// The index of rows that are sorted by code.
///
/// A code that only writes out a seventh character is no text of its own: it is found through the
/// code that takes the character, and which one is decided when the answer is written out. The
/// other names of a heading also stand for the codes below it, with what those add.
pub(crate) fn index(rows: &[Source<'_>], vocabulary: Vocabulary) -> Result<Index, LoadError> {
    let mut builder = Builder::default();
    for (place, row) in rows.iter().enumerate() {
        builder.row(place, row, rows)?;
    }
    let Builder { vocabulary: words, mut index, groups, .. } = builder;
    index.groups = groups;
    leaves(&mut index, rows);
    sort_vocabulary(&mut index, words)?;
    index.costs = index.words.iter().map(|word| cost(word, vocabulary)).collect();
    postings(&mut index, rows)?;
    Ok(index)
}

#[derive(Default)]
struct Builder<'a> {
    vocabulary: HashMap<Box<str>, u32>,
    labels: HashMap<&'a str, u32>,
    groups: Vec<Vec<u32>>,
    index: Index,
    /// The headings above the row at hand.
    above: Vec<Above<'a>>,
}

/// A heading above a row.
struct Above<'a> {
    row: usize,
    code: &'a str,
    description: &'a str,
    words: Vec<Placed>,
    /// Its other names, when few enough codes are below it to take them over.
    names: Vec<(Span, Vec<Placed>)>,
}

impl<'a> Builder<'a> {
    fn row(
        &mut self,
        place: usize,
        row: &'a Source<'_>,
        rows: &'a [Source<'_>],
    ) -> Result<(), LoadError> {
        while self.above.last().is_some_and(|above| !row.code.starts_with(above.code)) {
            self.above.pop();
        }
        let stem = self.stem_of(row);
        let (label, of) = match &stem {
            Some((stem, suffix)) => (self.label(suffix)?, number(*stem)?),
            None => (NONE, NONE),
        };
        self.index.stem.push(of);
        self.index.label.push(label);
        self.index.group.push(NONE);
        if let Some((stem, _)) = stem {
            self.join_group(stem, label)?;
            return Ok(());
        }
        let words = self.placed(&row.description)?;
        let whole = self.with_headings(&words);
        self.entry(place, None, &whole)?;
        let mut names = Vec::new();
        for name in &row.names {
            let span = self.keep(name)?;
            let spoken = self.placed(name)?;
            self.entry(place, Some(span), &spoken)?;
            names.push((span, spoken));
            // A query's abbreviations are written out: so must be those of the names.
            if let Some(long) = shorthand::name_written_out(name, Vocabulary::Diagnoses) {
                let spoken = self.placed(&long)?;
                self.entry(place, Some(span), &spoken)?;
                names.push((span, spoken));
            }
        }
        self.inherit(place, &words)?;
        let below = rows.get(place + 1..).unwrap_or_default();
        let heirs = below.iter().take(HEIRS_MAX + 1).take_while(|b| b.code.starts_with(row.code));
        if heirs.count() > HEIRS_MAX {
            names.clear();
        }
        let (code, description) = (row.code, &*row.description);
        self.above.push(Above { row: place, code, description, words, names });
        Ok(())
    }

    /// The code to which this row adds only the seventh character, and the words that it adds.
    fn stem_of(&self, row: &'a Source<'_>) -> Option<(usize, &'a str)> {
        let (stem, _) = row.code.split_at_checked(WHOLE_CODE_CHARACTERS - 1)?;
        if row.code.len() != WHOLE_CODE_CHARACTERS {
            return None;
        }
        let stem = stem.trim_end_matches('X');
        self.above.iter().rev().take_while(|above| above.code == stem).find_map(|above| {
            let suffix = row.description.strip_prefix(above.description)?;
            suffix.starts_with(',').then_some((above.row, suffix))
        })
    }

    fn label(&mut self, suffix: &'a str) -> Result<u32, LoadError> {
        if let Some(known) = self.labels.get(suffix) {
            return Ok(*known);
        }
        let label = number(self.index.labels.len())?;
        let words = self.placed(suffix)?;
        self.index.labels.push(words);
        self.labels.insert(suffix, label);
        Ok(label)
    }

    fn join_group(&mut self, stem: usize, label: u32) -> Result<(), LoadError> {
        let Some(slot) = self.index.group.get_mut(stem) else { return Ok(()) };
        let mut labels = self.groups.get(index_of(*slot)).cloned().unwrap_or_default();
        if labels.contains(&label) {
            return Ok(());
        }
        labels.push(label);
        // Equal sets share one: there are few, and the rows of a code come one after the other.
        let known = self.groups.iter().position(|group| *group == labels);
        *slot = number(known.unwrap_or(self.groups.len()))?;
        if known.is_none() {
            self.groups.push(labels);
        }
        Ok(())
    }

    /// The words of a description and those that only the headings above it say.
    fn with_headings(&self, words: &[Placed]) -> Vec<Placed> {
        let mut whole = words.to_vec();
        for placed in self.above.iter().flat_map(|above| &above.words) {
            let said = placed.stand() == Stand::Said;
            if said && !whole.iter().any(|known| known.word() == placed.word()) {
                whole.push(Placed::new(placed.word(), Stand::Above));
            }
        }
        whole
    }

    /// The other names of the headings above, with what this row adds to the heading; its other words
    /// may be asked for and cost nothing.
    fn inherit(&mut self, place: usize, words: &[Placed]) -> Result<(), LoadError> {
        let mut heirs = Vec::new();
        for above in &self.above {
            let known = |word: u32| above.words.iter().any(|placed| placed.word() == word);
            for (span, name) in &above.names {
                let mut joined = name.clone();
                for placed in words {
                    let word = placed.word();
                    let stand = if known(word) { Stand::InBrackets } else { placed.stand() };
                    if !name.iter().any(|placed| placed.word() == word) {
                        joined.push(Placed::new(word, stand));
                    }
                }
                heirs.push((*span, joined));
            }
        }
        for (span, joined) in heirs {
            self.entry(place, Some(span), &joined)?;
        }
        Ok(())
    }

    fn entry(
        &mut self,
        place: usize,
        name: Option<Span>,
        words: &[Placed],
    ) -> Result<(), LoadError> {
        let from = number(self.index.forward.len())?;
        self.index.entries.push(Entry { row: number(place)?, name, from });
        self.index.forward.extend_from_slice(words);
        Ok(())
    }

    /// The words of a text, each once, as it stands most plainly.
    fn placed(&mut self, text: &str) -> Result<Vec<Placed>, LoadError> {
        let mut all: Vec<Placed> = Vec::new();
        let mut too_large = false;
        tokens::for_each_word(text, |word, stand| {
            let next = u32::try_from(self.vocabulary.len()).unwrap_or(NONE);
            let place = match self.vocabulary.get(word) {
                Some(place) => *place,
                None => *self.vocabulary.entry(word.into()).or_insert(next),
            };
            too_large |= place >= NONE >> 2;
            let placed = Placed::new(place, stand);
            match all.iter_mut().find(|known| known.word() == place) {
                Some(known) => *known = (*known).min(placed),
                None => all.push(placed),
            }
        });
        if too_large { Err(LoadError::TooLarge) } else { Ok(all) }
    }

    fn keep(&mut self, name: &str) -> Result<Span, LoadError> {
        let start = number(self.index.names.len())?;
        let length = u16::try_from(name.len()).ok().ok_or(LoadError::TooLarge)?;
        self.index.names.push_str(name);
        Ok(Span { start, length })
    }
}

/// For each heading the code below it that says no more than the heading itself: the one that is
/// meant when nobody says more.
fn leaves(index: &mut Index, rows: &[Source<'_>]) {
    index.leaf = vec![NONE; rows.len()];
    for (place, row) in rows.iter().enumerate().rev().filter(|(_, row)| !row.billable) {
        let mut best: Option<(i32, usize)> = None;
        let mut taken: Option<&str> = None;
        let below = rows.iter().enumerate().skip(place + 1);
        for (child, below) in below.take_while(|(_, below)| below.code.starts_with(row.code)) {
            let deeper = taken.is_some_and(|taken| below.code.starts_with(taken));
            if below.code == row.code || deeper {
                continue;
            }
            taken = Some(below.code);
            if index.stem.get(child) == u32::try_from(place).ok().as_ref() {
                continue;
            }
            let cost = added_cost(&row.description, &below.description);
            if cost <= LEAF_COST_MAX && best.is_none_or(|(least, _)| cost <= least) {
                best = Some((cost, child));
            }
        }
        let leaf = best.and_then(|(_, child)| {
            let deeper = index.leaf.get(child).copied().filter(|leaf| *leaf != NONE);
            deeper.or_else(|| u32::try_from(child).ok())
        });
        if let (Some(slot), Some(leaf)) = (index.leaf.get_mut(place), leaf) {
            *slot = leaf;
        }
    }
}

/// What the words cost that a text adds to the text of its heading.
fn added_cost(heading: &str, text: &str) -> i32 {
    let known = tokens::words(heading);
    let mut cost = 0;
    tokens::for_each_word(text, |word, stand| {
        if !known.iter().any(|known| known == word) {
            cost += match stand {
                // Rather the other one than any that is named.
                Stand::Said if word == "other" => tokens::WORD_COST - 1,
                Stand::Said => tokens::cost(word),
                Stand::InBrackets | Stand::Above => 0,
                Stand::Denied => DENIED_COST,
            };
        }
    });
    cost
}

/// What a word costs that nobody asked for. An open fracture is the rarer one, an open approach what
/// is meant when nothing is said.
fn cost(word: &str, vocabulary: Vocabulary) -> i32 {
    const OPEN_APPROACH: i32 = 7;
    match (vocabulary, word) {
        (Vocabulary::Procedures, "open") => OPEN_APPROACH,
        _ => tokens::cost(word),
    }
}

fn sort_vocabulary(index: &mut Index, vocabulary: HashMap<Box<str>, u32>) -> Result<(), LoadError> {
    let mut words: Vec<(Box<str>, u32)> = vocabulary.into_iter().collect();
    words.sort_unstable();
    let mut sorted_place = vec![0_u32; words.len()];
    for (sorted, (_, place)) in words.iter().enumerate() {
        if let Some(slot) = sorted_place.get_mut(index_of(*place)) {
            *slot = number(sorted)?;
        }
    }
    let renamed = |placed: &Placed| {
        let word = sorted_place.get(index_of(placed.word())).copied().unwrap_or_default();
        Placed::new(word, placed.stand())
    };
    for placed in index.forward.iter_mut().chain(index.labels.iter_mut().flatten()) {
        *placed = renamed(placed);
    }
    index.words = words.into_iter().map(|(word, _)| word).collect();
    index.sounds = (0..)
        .zip(&index.words)
        .map(|(place, word)| (sound_key(&typo::sound(word)), place))
        .collect();
    index.sounds.sort_unstable();
    Ok(())
}

/// The entries of each word, those first that are likeliest to be meant: of everybody's codes, then
/// of short texts.
fn postings(index: &mut Index, rows: &[Source<'_>]) -> Result<(), LoadError> {
    let mut pairs: Vec<(u32, u16, u32)> = Vec::with_capacity(index.forward.len());
    for (entry, of) in index.entries.iter().enumerate() {
        let place = number(entry)?;
        let words = index.words_of(entry);
        let everyday = rows.get(index_of(of.row)).is_some_and(|row| row.everyday);
        let own = words.iter().filter(|placed| placed.stand() != Stand::Above).count();
        let length = u16::try_from(own).unwrap_or(u16::MAX);
        let rank = if everyday { 0 } else { length };
        pairs.extend(words.iter().map(|placed| (placed.word(), rank, place)));
    }
    pairs.sort_unstable();
    index.starts = Vec::with_capacity(index.words.len() + 1);
    let mut at = 0;
    for word in 0..=number(index.words.len())? {
        at += pairs.get(at..).unwrap_or_default().partition_point(|(known, ..)| *known < word);
        index.starts.push(number(at)?);
    }
    index.postings = pairs.into_iter().map(|(_, _, entry)| entry).collect();
    Ok(())
}

fn number(place: usize) -> Result<u32, LoadError> {
    u32::try_from(place).ok().ok_or(LoadError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::index;
    use crate::index::{NONE, Source, index_of};
    use crate::shorthand::Vocabulary;
    use crate::tokens::Stand;

    fn row(
        code: &'static str,
        description: &'static str,
        names: &[&'static str],
    ) -> Source<'static> {
        Source {
            code,
            description: description.into(),
            billable: code.len() > 4,
            everyday: false,
            names: names.to_vec(),
        }
    }

    #[test]
    fn a_seventh_character_is_no_text_of_its_own() {
        let rows = [
            row("S003", "Injury of nose", &[]),
            row("S003XXA", "Injury of nose, initial encounter", &[]),
            row("S003XXD", "Injury of nose, subsequent encounter", &[]),
            row("S0040XA", "Injury of ear, initial encounter", &[]),
        ];
        let index = index(&rows, Vocabulary::Diagnoses).unwrap();
        assert_eq!(index.stem, [NONE, 0, 0, NONE]);
        assert_eq!(index.entries.len(), 2);
        assert_eq!(index.labels.len(), 2);
    }

    #[test]
    fn a_code_is_also_found_by_what_only_its_heading_says() {
        let rows = [row("Z37", "Outcome of delivery", &[]), row("Z370", "Single live birth", &[])];
        let index = index(&rows, Vocabulary::Diagnoses).unwrap();
        let above = index.words_of(1).iter().filter(|placed| placed.stand() == Stand::Above);
        let words: Vec<&str> = above.map(|placed| &*index.words[index_of(placed.word())]).collect();
        assert_eq!(words, ["outcome", "of", "delivery"]);
    }

    #[test]
    fn the_other_names_of_a_heading_stand_for_the_codes_below_it() {
        let rows = [
            row("M750", "Adhesive capsulitis of shoulder", &["Frozen shoulder"]),
            row("M7500", "Adhesive capsulitis of unspecified shoulder", &[]),
            row("M7501", "Adhesive capsulitis of right shoulder", &[]),
        ];
        let index = index(&rows, Vocabulary::Diagnoses).unwrap();
        let texts: Vec<Vec<&str>> = (0..index.entries.len())
            .filter(|entry| index.entries[*entry].name.is_some())
            .map(|entry| {
                let words = index.words_of(entry).iter();
                words.map(|placed| &*index.words[index_of(placed.word())]).collect()
            })
            .collect();
        assert_eq!(
            texts,
            [
                vec!["frozen", "shoulder"],
                vec!["frozen", "shoulder", "adhesive", "capsulitis", "of", "unspecified"],
                vec!["frozen", "shoulder", "adhesive", "capsulitis", "of", "right"]
            ]
        );
        assert_eq!(index.leaf, [1, NONE, NONE]);
    }
}
