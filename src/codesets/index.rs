//! The inverted index: from a word, or the beginning of one, to the texts that have it, and from a
//! text back to its words.

use std::borrow::Cow;
use std::ops::Range;

use crate::tokens::Stand;
use crate::typo;

/// A stretch of a text arena.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Span {
    pub start: u32,
    pub length: u16,
}

/// A code with its texts, as the index is built from it; the rows come sorted by code.
#[derive(Debug, Clone)]
pub(crate) struct Source<'a> {
    /// Without its point.
    pub code: &'a str,
    pub description: Cow<'a, str>,
    /// False for a heading.
    pub billable: bool,
    /// Among the codes that everybody reports.
    pub everyday: bool,
    /// Other names.
    pub names: Vec<&'a str>,
}

/// One searchable text: the description of a row or another name of it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Entry {
    /// The row it speaks of.
    pub row: u32,
    /// Where the other name stands; nothing for the description itself.
    pub name: Option<Span>,
    /// Where its words begin.
    pub from: u32,
}

/// A word of a text with how it stands there, in one number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Placed(u32);

impl Placed {
    pub const fn new(word: u32, stand: Stand) -> Self {
        let stand = match stand {
            Stand::Said => 0,
            Stand::InBrackets => 1,
            Stand::Denied => 2,
            Stand::Above => 3,
        };
        Self(word << 2 | stand)
    }

    pub const fn word(self) -> u32 {
        self.0 >> 2
    }

    pub const fn stand(self) -> Stand {
        match self.0 & 3 {
            0 => Stand::Said,
            1 => Stand::InBrackets,
            2 => Stand::Denied,
            _ => Stand::Above,
        }
    }
}

/// Words that may stand for a word of the query: a stretch of the sorted vocabulary.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Choice {
    pub from: u32,
    pub to: u32,
    /// What it costs that the word is not quite the one that was typed.
    pub penalty: u8,
}

/// What is not there: no stem, no leaf, no label.
pub(crate) const NONE: u32 = u32::MAX;

#[derive(Debug, Default)]
pub(crate) struct Index {
    /// Sorted.
    pub(crate) words: Vec<Box<str>>,
    /// What each word costs a text when nobody asked for it.
    pub(crate) costs: Vec<i32>,
    /// Where the entries of a word begin in `postings`; one more than there are words.
    pub(crate) starts: Vec<u32>,
    /// The entries of each word, those first that are likeliest to be meant.
    pub(crate) postings: Vec<u32>,
    pub(crate) entries: Vec<Entry>,
    /// The words of the entries, one after the other.
    pub(crate) forward: Vec<Placed>,
    /// The other names, one after the other.
    pub(crate) names: String,
    /// By row: the code whose seventh character it writes out.
    pub(crate) stem: Vec<u32>,
    /// By row: what the seventh character says, a place in `labels`.
    pub(crate) label: Vec<u32>,
    /// By row: for a code that takes a seventh character, its set of labels.
    pub(crate) group: Vec<u32>,
    /// By row: the code below a heading that says no more than the heading.
    pub(crate) leaf: Vec<u32>,
    pub(crate) labels: Vec<Vec<Placed>>,
    pub(crate) groups: Vec<Vec<u32>>,
    /// Words by what they sound like: a hash of the sound and the word.
    pub(crate) sounds: Vec<(u64, u32)>,
}

/// The cost of matching only the beginning of a word.
const BEGINNING: u8 = 4;
/// The cost of matching a word of which only the first letter was typed: "hep c" is no "cirrhosis".
const FIRST_LETTER: u8 = 12;
/// The cost of matching another form of a word.
const OTHER_FORM: u8 = 5;
/// The cost of matching a corrected word, for each slip.
const SLIP: u8 = 5;
/// What is added when the corrected word doesn't even sound like the typed one.
const OTHER_SOUND: u8 = 2;
/// Corrections of one word that are followed.
const CORRECTIONS_MAX: usize = 12;
/// Slips between words that sound the same.
const SLIPS_OF_SOUND_MAX: u8 = 4;
/// The likeliest entries of a word that are looked at however many words begin so.
const ENTRIES_OF_WORD_MIN: usize = 12;
/// Letters of a stem under which other forms of a word are looked for.
const STEM_CHARACTERS_MIN: usize = 5;

/// Endings that make other forms of a word, the longest first.
const ENDINGS: &[&str] = &[
    "ations", "ation", "ating", "ated", "ions", "ing", "ion", "ies", "ical", "ive", "ous", "tic",
    "ic", "al", "ed", "es", "er", "ly", "is", "y", "s", "a", "e",
];

impl Index {
    /// The words that a typed word may stand for: itself, its singular and plural, longer words that
    /// begin with it and other forms of it. A number, and a letter that more words follow, stand for
    /// themselves only.
    pub fn choices(&self, typed: &str, last: bool) -> Vec<Choice> {
        let mut all = Vec::new();
        let mut add = |range: Range<usize>, penalty| {
            if let (Ok(from), Ok(to)) = (u32::try_from(range.start), u32::try_from(range.end))
                && from < to
            {
                all.push(Choice { from, to, penalty });
            }
        };
        add(self.exactly(typed), 0);
        if typed.bytes().all(|b| b.is_ascii_digit()) || typed.len() == 1 && !last {
            return all;
        }
        for other in numbers_of(typed) {
            add(self.exactly(&other), 0);
        }
        add(self.beginning(typed), if typed.len() == 1 { FIRST_LETTER } else { BEGINNING });
        if let Some(stem) = stem(typed) {
            add(self.beginning(stem), OTHER_FORM);
        }
        all
    }

    /// Exactly this word, at a cost.
    pub fn choice_of(&self, word: &str, penalty: u8) -> Option<Choice> {
        let range = self.exactly(word);
        let (from, to) = (u32::try_from(range.start).ok()?, u32::try_from(range.end).ok()?);
        (from < to).then_some(Choice { from, to, penalty })
    }

    /// The words that are a slip or two of the fingers away, or that sound the same.
    pub fn corrections(&self, typed: &str) -> Vec<Choice> {
        let slips = typo::slips_forgiven(typed);
        if slips == 0 || typed.bytes().any(|b| b.is_ascii_digit()) {
            return Vec::new();
        }
        let sound = typo::sound(typed);
        let (mut near, _) = typo::near(&self.words, typed, 1);
        near.extend(self.sounding(typed, &sound));
        if near.is_empty() && slips > 1 {
            near = typo::near(&self.words, typed, slips).0;
        }
        let penalty = |one: &typo::Near| {
            let alike = self.words.get(one.place).is_some_and(|word| typo::sound(word) == sound);
            let slips = one.slips.saturating_mul(SLIP);
            if alike { slips } else { slips.saturating_add(OTHER_SOUND) }
        };
        let mut ranked: Vec<(u8, std::cmp::Reverse<u32>, usize)> = near
            .iter()
            .map(|one| (penalty(one), std::cmp::Reverse(self.frequency(one.place)), one.place))
            .collect();
        ranked.sort_unstable();
        ranked.dedup_by_key(|(_, _, place)| *place);
        ranked.truncate(CORRECTIONS_MAX);
        let choice = |(penalty, _, place): (u8, _, usize)| {
            let from = u32::try_from(place).ok()?;
            Some(Choice { from, to: from + 1, penalty })
        };
        ranked.into_iter().filter_map(choice).collect()
    }

    fn sounding(&self, typed: &str, sound: &str) -> Vec<typo::Near> {
        const SOUND_LETTERS_MIN: usize = 3;
        if sound.len() < SOUND_LETTERS_MIN {
            return Vec::new();
        }
        let key = sound_key(sound);
        let start = self.sounds.partition_point(|(known, _)| *known < key);
        let rest = self.sounds.get(start..).unwrap_or_default();
        let alike = rest.iter().take_while(|(known, _)| *known == key);
        let near = |(_, word): &(u64, u32)| {
            let place = index_of(*word);
            let slips = typo::slips_between(self.words.get(place)?, typed, SLIPS_OF_SOUND_MAX)?;
            // A third of a word may be spelt otherwise, not more.
            (usize::from(slips) * 3 <= typed.len()).then_some(typo::Near { slips, place })
        };
        alike.take(4 * CORRECTIONS_MAX).filter_map(near).collect()
    }

    /// Whether a word is in the vocabulary as it stands.
    pub fn knows(&self, word: &str) -> bool {
        !self.exactly(word).is_empty()
    }

    /// Whether a word of the vocabulary begins so, or is its singular or plural.
    pub fn begins(&self, word: &str) -> bool {
        !self.beginning(word).is_empty() || numbers_of(word).iter().any(|other| self.knows(other))
    }

    fn frequency(&self, place: usize) -> u32 {
        match (self.starts.get(place), self.starts.get(place + 1)) {
            (Some(from), Some(to)) => to.saturating_sub(*from),
            _ => 0,
        }
    }

    /// How many entries the words of a choice have.
    pub fn reach(&self, choice: Choice) -> u32 {
        let at = |place: u32| self.starts.get(index_of(place)).copied().unwrap_or_default();
        at(choice.to).saturating_sub(at(choice.from))
    }

    /// The entries of the words of a choice, so many at most and as many of each word as the limit
    /// leaves; one may come several times.
    pub fn entries_of(&self, choice: Choice, most: usize) -> impl Iterator<Item = u32> {
        let words = index_of(choice.to.saturating_sub(choice.from)).max(1);
        let of_each = (most / words).max(ENTRIES_OF_WORD_MIN);
        (choice.from..choice.to)
            .flat_map(move |word| self.entries_of_word(word).iter().take(of_each))
            .copied()
    }

    /// The entries of a stretch of rows, which stand one after the other.
    pub fn entries_of_rows(&self, rows: &Range<usize>) -> Range<usize> {
        let before = |row: usize| self.entries.partition_point(|entry| index_of(entry.row) < row);
        before(rows.start)..before(rows.end)
    }

    fn entries_of_word(&self, word: u32) -> &[u32] {
        let at = |place: usize| self.starts.get(place).map(|start| index_of(*start));
        let place = index_of(word);
        at(place)
            .zip(at(place + 1))
            .and_then(|(from, to)| self.postings.get(from..to))
            .unwrap_or_default()
    }

    /// The words of an entry.
    pub fn words_of(&self, entry: usize) -> &[Placed] {
        let from = self.entries.get(entry).map_or(0, |entry| index_of(entry.from));
        let to = self.entries.get(entry + 1).map_or(self.forward.len(), |next| index_of(next.from));
        self.forward.get(from..to).unwrap_or_default()
    }

    /// The text of another name.
    pub fn name(&self, span: Span) -> &str {
        let start = index_of(span.start);
        self.names.get(start..start.saturating_add(usize::from(span.length))).unwrap_or_default()
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

/// The singular of a plural and the plurals of a singular, as far as the letters tell.
fn numbers_of(word: &str) -> Vec<String> {
    let mut all = vec![format!("{word}s"), format!("{word}es")];
    if word.len() < 3 || word.ends_with("ss") {
        return all;
    }
    if let Some(one) = word.strip_suffix("ies") {
        all.push(format!("{one}y"));
    } else if let Some(one) = word.strip_suffix("es") {
        all.extend([one.to_owned(), format!("{one}e"), format!("{one}is")]);
    } else if let Some(one) = word.strip_suffix('s').filter(|_| !word.ends_with("us")) {
        all.push(one.to_owned());
    } else if let Some(one) = word.strip_suffix('y') {
        all.push(format!("{one}ies"));
    }
    if let Some(one) = word.strip_suffix("is") {
        all.push(format!("{one}es"));
    }
    all
}

/// What the forms of a word have in common; nothing for a short word.
fn stem(word: &str) -> Option<&str> {
    ENDINGS.iter().find_map(|ending| {
        word.strip_suffix(ending).filter(|stem| stem.len() >= STEM_CHARACTERS_MIN)
    })
}

pub(crate) fn sound_key(sound: &str) -> u64 {
    // FNV-1a: small, and the same on every machine.
    sound.bytes().fold(0xcbf2_9ce4_8422_2325, |key, byte| {
        (key ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Widening only: no supported machine has fewer than 32 bits.
pub(crate) fn index_of(place: u32) -> usize {
    usize::try_from(place).unwrap_or(usize::MAX)
}

#[cfg(test)]
mod tests {
    use super::{Source, index_of, numbers_of, stem};
    use crate::indexing;
    use crate::shorthand::Vocabulary;

    fn index(texts: &[&'static str]) -> super::Index {
        let rows: Vec<Source<'_>> = texts
            .iter()
            .map(|text| Source {
                code: "A00",
                description: (*text).into(),
                billable: true,
                everyday: false,
                names: vec![],
            })
            .collect();
        indexing::index(&rows, Vocabulary::Diagnoses).unwrap()
    }

    fn words(index: &super::Index, typed: &str) -> Vec<(String, u8)> {
        let mut all: Vec<_> = index
            .choices(typed, true)
            .iter()
            .flat_map(|choice| {
                let places = choice.from..choice.to;
                places.map(|place| (index.words[index_of(place)].to_string(), choice.penalty))
            })
            .collect();
        all.sort();
        all.dedup_by(|a, b| a.0 == b.0);
        all
    }

    #[test]
    fn a_word_stands_for_itself_its_plural_and_what_begins_with_it() {
        let index = index(&["Pain in right knee", "Painful knees, 12 days", "Knee injury"]);
        assert_eq!(words(&index, "knee"), [("knee".into(), 0), ("knees".into(), 0)]);
        assert_eq!(words(&index, "pai"), [("pain".into(), 4), ("painful".into(), 4)]);
        assert_eq!(words(&index, "1"), [], "a number is never the beginning of another");
        assert_eq!(words(&index, "elbow"), []);
        assert!(index.choices("k", false).is_empty(), "one letter in the middle is one letter");
    }

    #[test]
    fn other_forms_of_a_word_are_found_by_what_they_have_in_common() {
        for (word, common) in [
            ("fractured", "fractur"),
            ("dislocated", "disloc"),
            ("diabetic", "diabe"),
            ("hypertensive", "hypertens"),
            ("cirrhotic", "cirrho"),
        ] {
            assert_eq!(stem(word), Some(common));
        }
        assert_eq!(stem("knees"), None);
        assert!(numbers_of("biopsies").contains(&"biopsy".to_owned()));
        assert!(numbers_of("metastases").contains(&"metastasis".to_owned()));
    }

    #[test]
    fn a_misspelt_word_finds_what_is_near_or_sounds_alike() {
        let index = index(&["Pneumonia", "Hemorrhage", "Diabetes mellitus", "Ammonia"]);
        for (typed, meant) in [
            ("pnemonia", "pneumonia"),
            ("newmonia", "pneumonia"),
            ("hemorage", "hemorrhage"),
            ("hemmorage", "hemorrhage"),
            ("diabetis", "diabetes"),
            ("dibetes", "diabetes"),
        ] {
            let first = index.corrections(typed).first().copied().unwrap();
            assert_eq!(&*index.words[index_of(first.from)], meant, "{typed}");
        }
        assert!(index.corrections("qqqqqq").is_empty());
        assert!(index.corrections("p12nia").is_empty(), "what has digits is no misspelt word");
    }
}
