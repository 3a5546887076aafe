//! Words that people write together or apart where the lists do the other: "ear ache", "dequervains".

use crate::index::Index;
use crate::search::QUERY_WORDS_MAX;
use crate::shorthand::Reading;

/// Letters of the shorter half of a word that is taken apart.
const HALF_CHARACTERS_MIN: usize = 4;
/// Letters of a word that is put together.
const WHOLE_CHARACTERS_MIN: usize = 6;
/// Shorter beginnings that are words of their own all the same.
const BEGINNINGS: &[&str] = &["de", "pre"];
/// What it costs that two words are read as one.
const JOINED: i32 = 2;

/// The readings with unknown words taken apart, and the usual one with two words put together where
/// the list has them so.
pub(crate) fn read(readings: Vec<Reading>, index: &Index) -> Vec<Reading> {
    let mut all: Vec<Reading> = readings.into_iter().map(|one| parted(one, index)).collect();
    all.extend(all.first().and_then(|usual| joined(usual, index)));
    all
}

fn parted(reading: Reading, index: &Index) -> Reading {
    let words = reading.words.into_iter().flat_map(|word| match halves(&word, index) {
        Some((left, right)) => vec![left.to_owned(), right.to_owned()],
        None => vec![word],
    });
    Reading { words: words.take(QUERY_WORDS_MAX).collect(), ..reading }
}

/// The two known words of which an unknown one is made; a number may be the second.
fn halves<'a>(word: &'a str, index: &Index) -> Option<(&'a str, &'a str)> {
    if index.begins(word) {
        return None;
    }
    (1..word.len()).filter_map(|place| word.split_at_checked(place)).find(|(left, right)| {
        let digits = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
        let counted = !left.bytes().any(|b| b.is_ascii_digit()) && digits(right);
        let long = |text: &str| text.len() >= HALF_CHARACTERS_MIN && !digits(text);
        let plain = (long(left) || BEGINNINGS.contains(left)) && long(right);
        (counted || plain) && index.knows(left) && index.knows(right)
    })
}

fn joined(reading: &Reading, index: &Index) -> Option<Reading> {
    let pairs = reading.words.windows(2).enumerate();
    let (place, whole) = pairs
        .map(|(place, pair)| (place, pair.concat()))
        .find(|(_, whole)| whole.len() >= WHOLE_CHARACTERS_MIN && index.knows(whole))?;
    let mut words = reading.words.clone();
    words.splice(place..place + 2, [whole]);
    Some(Reading { words, cost: reading.cost + JOINED, open: reading.open })
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::index::Source;
    use crate::indexing;
    use crate::shorthand::{Reading, Vocabulary};

    fn read_as(words: &[&str]) -> Vec<String> {
        let row = |description: &'static str| Source {
            code: "A00",
            description: description.into(),
            billable: true,
            everyday: false,
            names: vec![],
        };
        let texts = ["Earache", "Radial styloid tenosynovitis [de Quervain]", "Vitamin B-12"];
        let index = indexing::index(&texts.map(row), Vocabulary::Diagnoses).unwrap();
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        let all = read(vec![Reading { words, cost: 0, open: true }], &index);
        all.into_iter().map(|reading| reading.words.join(" ")).collect()
    }

    #[test]
    fn what_is_written_together_is_taken_apart_where_the_list_does() {
        assert_eq!(read_as(&["dequervain"]), ["de quervain"]);
        assert_eq!(read_as(&["b12"]), ["b 12"]);
        assert_eq!(read_as(&["vitamin"]), ["vitamin"]);
        assert_eq!(read_as(&["vitaminxyz"]), ["vitaminxyz"]);
    }

    #[test]
    fn what_is_written_apart_is_also_read_together() {
        assert_eq!(read_as(&["ear", "ache"]), ["ear ache", "earache"]);
    }
}
