//! What coders type: abbreviations, roman numerals and signs, written out as the lists word them.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use crate::search::QUERY_WORDS_MAX;
use crate::tokens;

/// Words of the longest phrase in the table.
const PHRASE_WORDS_MAX: usize = 4;
/// Letters of a word that may be the beginning of one of the table.
const UNFINISHED_CHARACTERS_MIN: usize = 5;
/// Ways to read one query.
const READINGS_MAX: usize = 4;

/// `phrase <TAB> meaning | another meaning`, the usual one first; lines that begin with `#` are
/// headings.
const DIAGNOSES: &str = include_str!("data/shorthand.tsv");
const PROCEDURES: &str = include_str!("data/shorthand-procedures.tsv");

type Phrases = BTreeMap<&'static str, Vec<&'static str>>;

static OF_DIAGNOSES: LazyLock<Phrases> = LazyLock::new(|| phrases(DIAGNOSES));
static OF_PROCEDURES: LazyLock<Phrases> = LazyLock::new(|| phrases(PROCEDURES));

/// The field whose shorthand is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    Diagnoses,
    Procedures,
}

impl Vocabulary {
    fn phrases(self) -> &'static Phrases {
        match self {
            Self::Diagnoses => &OF_DIAGNOSES,
            Self::Procedures => &OF_PROCEDURES,
        }
    }
}

fn phrases(table: &'static str) -> Phrases {
    let line = |line: &'static str| {
        let (phrase, meanings) = line.split_once('\t')?;
        Some((phrase, meanings.split('|').collect()))
    };
    table.lines().filter(|line| !line.starts_with('#')).filter_map(line).collect()
}

/// Written with signs, and what is meant.
const SIGNS: &[(&str, &str)] = &[
    ("w/o", "without"),
    ("w/out", "without"),
    ("w/", "with"),
    ("s/p", "status"),
    ("h/o", "history"),
    ("f/h", "family history"),
    ("r/o", ""),
    ("c/o", ""),
    ("2/2", "due"),
    ("d/t", "due"),
    ("b/l", "bilateral"),
    ("n/v", "nausea vomiting"),
    ("n/v/d", "nausea vomiting diarrhea"),
    ("f/u", "follow up"),
    ("r/t", "due"),
    ("&", "and"),
];

/// Words that say how sure somebody is, not what it is.
const NOISE: &[&str] = &[
    "patient",
    "pt",
    "presents",
    "presenting",
    "possible",
    "probable",
    "probably",
    "suspected",
    "suspect",
    "likely",
    "complains",
    "complaint",
    "complaints",
    "please",
    "code",
    "icd",
    "icd10",
    "dx",
    "diagnosis",
    "apparent",
    "very",
    "some",
    "has",
    "have",
    "having",
    "had",
    "was",
    "secondary",
    "w",
];
/// Noise that means something to others than who types it: kept where nothing else is said.
const RULED_OUT: &str = "rule out";

/// Words after which a roman numeral is a number.
const COUNTED: &[&str] =
    &["type", "stage", "grade", "class", "degree", "category", "ckd", "factor"];
const ROMAN: &[(&str, &str)] = &[
    ("i", "1"),
    ("ii", "2"),
    ("iii", "3"),
    ("iv", "4"),
    ("v", "5"),
    ("vi", "6"),
    ("vii", "7"),
    ("viii", "8"),
];
/// Cut off in front of the bone that a phrase of the table names.
const CUT_OFF: &[(&str, &str)] = &[("prox", "proximal"), ("dist", "distal")];
const ORDINALS: &[(&str, &str)] = &[
    ("1st", "first"),
    ("2nd", "second"),
    ("3rd", "third"),
    ("4th", "fourth"),
    ("5th", "fifth"),
    ("6th", "sixth"),
    ("7th", "seventh"),
    ("8th", "eighth"),
    ("9th", "ninth"),
    ("10th", "tenth"),
];

/// One way to read a query.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reading {
    /// American spelling, fillers left out.
    pub words: Vec<String>,
    /// What it costs that it is not the usual way.
    pub cost: i32,
    /// The last word may be unfinished.
    pub open: bool,
}

/// What is added for each less usual meaning.
const LESS_USUAL: i32 = 8;
/// What is added for the letters as they stand, where they are an abbreviation.
const AS_TYPED: i32 = 3;

/// A name as a query would be read that abbreviates nothing; none when it already stands so.
pub(crate) fn name_written_out(name: &str, vocabulary: Vocabulary) -> Option<String> {
    let phrases = vocabulary.phrases();
    let typed = as_typed(name, phrases);
    let (words, _) = written_out(&typed, phrases, 0);
    (words != typed).then(|| words.join(" "))
}

/// The ways to read a query, the usual one first.
pub(crate) fn readings(query: &str, vocabulary: Vocabulary) -> Vec<Reading> {
    let phrases = vocabulary.phrases();
    let typed = as_typed(query, phrases);
    let mut all: Vec<Reading> = Vec::new();
    let mut add = |words: Vec<String>, cost, open| {
        if !words.is_empty() && all.iter().all(|known| known.words != words) {
            all.push(Reading { words, cost, open });
        }
    };
    let finished: Vec<String> = typed.iter().map(|word| finished(word, phrases)).collect();
    let (usual, open) = written_out(&finished, phrases, 0);
    add(usual, 0, open);
    add(typed, AS_TYPED, true);
    for (meaning, cost) in (1..).zip([LESS_USUAL, 2 * LESS_USUAL]) {
        let (other, open) = written_out(&finished, phrases, meaning);
        add(other, cost, open);
    }
    all.truncate(READINGS_MAX);
    all
}

/// The words with each phrase of the table replaced by its n-th meaning, or its last; and whether
/// the last word stands as it was typed.
fn written_out(typed: &[String], phrases: &Phrases, meaning: usize) -> (Vec<String>, bool) {
    let mut words: Vec<String> = Vec::new();
    let mut open = true;
    let mut rest = typed;
    while let [first, after @ ..] = rest {
        if let Some((length, meanings)) = phrase_at(rest, phrases) {
            let chosen = meanings.get(meaning).or_else(|| meanings.last()).copied();
            words.extend(chosen.unwrap_or_default().split(' ').map(str::to_owned));
            rest = rest.get(length..).unwrap_or_default();
            open = false;
        } else {
            words.push(first.clone());
            rest = after;
            open = true;
        }
    }
    let mut kept: Vec<String> = Vec::new();
    for word in words.into_iter().filter(|word| !word.is_empty()) {
        if !kept.contains(&word) {
            kept.push(word);
        }
    }
    kept.truncate(QUERY_WORDS_MAX);
    (kept, open)
}

/// The words of a query as they stand: signs read, fillers and noise left out.
fn as_typed(query: &str, phrases: &Phrases) -> Vec<String> {
    let all = tokens::words(&signs_read(query));
    let all = numerals_read(all, phrases);
    let last = all.len().saturating_sub(1);
    // "Hepatitis A": at the end the letter means something.
    let speaks = |place: usize, word: &str| {
        let filler = tokens::is_filler(word) && !(place == last && place > 0 && word == "a");
        !filler && !NOISE.contains(&word)
    };
    let mut kept: Vec<String> = all
        .iter()
        .enumerate()
        .filter(|(place, word)| speaks(*place, word))
        .map(|(_, word)| word.clone())
        .collect();
    if kept.is_empty() {
        kept = all;
    }
    kept.truncate(QUERY_WORDS_MAX);
    kept
}

fn signs_read(query: &str) -> String {
    let lower = query.to_lowercase().replace(RULED_OUT, " ");
    let mut read = String::with_capacity(lower.len());
    for word in lower.split_whitespace() {
        let bare = word.trim_matches([',', ';', ':', '.', '?', '!']);
        let sign = SIGNS.iter().find(|(sign, _)| *sign == bare).map(|(_, meaning)| *meaning);
        let whole = whole_part(bare);
        let begins = bare.strip_prefix("w/").filter(|rest| !rest.is_empty());
        match (sign, whole, begins) {
            (Some(meaning), _, _) => read.push_str(meaning),
            (None, Some(whole), _) => read.push_str(whole),
            (None, None, Some(rest)) => read.push_str(rest),
            (None, None, None) => read.push_str(word),
        }
        read.push(' ');
    }
    read
}

/// The whole part of a decimal number: no list counts in tenths.
fn whole_part(word: &str) -> Option<&str> {
    let (whole, part) = word.split_once('.')?;
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    (digits(whole) && digits(part)).then_some(whole)
}

fn numerals_read(words: Vec<String>, phrases: &Phrases) -> Vec<String> {
    let mut read: Vec<String> = Vec::with_capacity(words.len());
    for word in words {
        let after_count = read.last().is_some_and(|before| COUNTED.contains(&before.as_str()));
        let roman = ROMAN.iter().find(|(roman, _)| after_count && *roman == word);
        let mut others = ORDINALS.iter().chain(CUT_OFF);
        let ordinal = others.find(|(ordinal, _)| *ordinal == word);
        if let Some((_, meaning)) = roman.or(ordinal) {
            read.push((*meaning).to_owned());
        } else if let Some(stage) = read.last_mut().filter(|_| matches!(&*word, "a" | "b"))
            && stage == "3"
        {
            // The third stage of kidney disease has two halves.
            stage.push_str(&word);
        } else if let Some((letters, digits)) = apart(&word, phrases) {
            read.push(letters.to_owned());
            read.push(digits.to_owned());
        } else {
            read.push(word);
        }
    }
    read
}

/// "ckd4" and "stage3" are two words, "t12" and "b12" are one.
fn apart<'a>(word: &'a str, phrases: &Phrases) -> Option<(&'a str, &'a str)> {
    let (letters, digits) = word.split_at_checked(word.find(|c: char| c.is_ascii_digit())?)?;
    let known = COUNTED.contains(&letters) || letters.len() > 2 && phrases.contains_key(letters);
    (known && !phrases.contains_key(word)).then_some((letters, digits))
}

/// The longest phrase of the table with which the words begin: its length in words, its meanings.
fn phrase_at<'a>(words: &[String], phrases: &'a Phrases) -> Option<(usize, &'a [&'static str])> {
    (1..=PHRASE_WORDS_MAX).rev().find_map(|length| {
        let phrase = words.get(..length)?.join(" ");
        phrases.get(phrase.as_str()).map(|meanings| (length, meanings.as_slice()))
    })
}

/// A word with its end, when it begins just one long word of the table: "splenec" is a
/// splenectomy.
fn finished(word: &str, phrases: &Phrases) -> String {
    let long = |phrase: &str| !phrase.contains(' ') && phrase.len() > word.len() + 2;
    let mut begun = phrases
        .range(word..)
        .map(|(phrase, _)| *phrase)
        .take_while(|phrase| word.len() >= UNFINISHED_CHARACTERS_MIN && phrase.starts_with(word))
        .filter(|phrase| *phrase == word || long(phrase));
    match (begun.next(), begun.next()) {
        (Some(one), None) => one.to_owned(),
        _ => word.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::{DIAGNOSES, PHRASE_WORDS_MAX, PROCEDURES, Vocabulary, phrases};
    use crate::tokens;

    fn readings(query: &str) -> Vec<super::Reading> {
        super::readings(query, Vocabulary::Diagnoses)
    }

    fn as_typed(query: &str) -> Vec<String> {
        super::as_typed(query, Vocabulary::Diagnoses.phrases())
    }

    fn usual(query: &str) -> Vec<String> {
        readings(query).first().map(|reading| reading.words.clone()).unwrap_or_default()
    }

    #[test]
    fn shorthand_is_written_out_and_fillers_fall_away() {
        for (query, expected) in [
            ("T2DM w/ CKD", "type 2 diabetes mellitus chronic kidney disease"),
            ("Fx of the L radius, init", "fracture left radius initial encounter"),
            ("r/o DVT", "deep vein thrombosis"),
            ("pt c/o n/v", "nausea vomiting"),
            ("diabetes w/o coma", "diabetes without coma"),
            ("stage IV ckd", "stage 4 chronic kidney disease"),
            ("ckd iii a", "chronic kidney disease stage 3a"),
            ("ckd4", "chronic kidney disease stage 4"),
            ("2nd degree burn", "second degree burn"),
            ("bmi 31.5", "bmi 31"),
            ("hepatitis a", "hepatitis a"),
            ("anaemia 2/2 ckd", "anemia chronic kidney disease"),
        ] {
            assert_eq!(usual(query).join(" "), expected, "{query}");
        }
        assert_eq!(as_typed("of the"), ["of", "the"]);
        assert!(readings("  ,. ").is_empty());
    }

    #[test]
    fn an_abbreviation_of_several_meanings_is_read_in_each_of_them() {
        let all: Vec<String> = readings("cp").iter().map(|one| one.words.join(" ")).collect();
        assert_eq!(all, ["chest pain", "cp", "cerebral palsy"]);
        assert!(readings("cp").is_sorted_by_key(|one| one.cost > 0));
    }

    #[test]
    fn an_unfinished_long_word_of_the_table_is_written_out() {
        let first = |query: &str| super::readings(query, Vocabulary::Procedures).swap_remove(0);
        assert_eq!(first("open splenec").words, ["open", "resection", "spleen"]);
        assert_eq!(first("open sple").words, ["open", "sple"], "too short to tell");
        assert_eq!(first("thora").words, ["thora"], "several begin so");
    }

    #[test]
    fn the_table_has_each_phrase_once_and_only_phrases_that_can_be_met() {
        for table in [DIAGNOSES, PROCEDURES] {
            let lines = table.lines().filter(|line| !line.starts_with('#'));
            let known = phrases(table);
            assert_eq!(lines.clone().count(), known.len(), "one comes twice or has no meaning");
            for line in lines {
                let (phrase, meanings) = line.split_once('\t').unwrap();
                assert!(phrase.split(' ').count() <= PHRASE_WORDS_MAX, "{phrase}");
                assert_eq!(super::as_typed(phrase, &known).join(" "), phrase);
                for meaning in meanings.split('|') {
                    assert_eq!(tokens::words(meaning).join(" "), meaning);
                }
            }
        }
    }
}
