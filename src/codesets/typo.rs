//! Misspelt words: what is one or two slips of the fingers away, and what sounds the same.
//!
//! Both look into the sorted vocabulary only where something near can stand, never through all
//! of it.

/// Shorter words are not corrected: too many others are near.
pub(crate) const CORRECTED_CHARACTERS_MIN: usize = 4;
/// From this length on two slips are forgiven.
const TWO_SLIPS_CHARACTERS_MIN: usize = 6;
/// Letters of a word that are looked at.
const CHARACTERS_MAX: usize = 24;
/// Letters of the vocabulary that one correction compares, at most.
pub(crate) const STEPS_MAX: usize = 60_000;

/// A word of the vocabulary that is near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Near {
    /// How many slips lie between.
    pub slips: u8,
    /// Its place in the vocabulary.
    pub place: usize,
}

/// How many slips are forgiven in a word.
pub(crate) fn slips_forgiven(word: &str) -> u8 {
    match word.len() {
        0..CORRECTED_CHARACTERS_MIN => 0,
        CORRECTED_CHARACTERS_MIN..TWO_SLIPS_CHARACTERS_MIN => 1,
        _ => 2,
    }
}

/// The words at most so many slips away, and the number of letters that were compared for it. A
/// slip is one letter added, left out, changed, or exchanged with its neighbour. The first letter
/// is taken as it stands when two slips are allowed.
pub(crate) fn near(words: &[Box<str>], typed: &str, slips: u8) -> (Vec<Near>, usize) {
    let mut walk = Walk::to(typed, slips);
    let (mut found, mut steps, mut place) = (Vec::new(), 0, 0);
    let mut end = words.len();
    if let Some(first) = walk.typed.first().filter(|_| slips > 1) {
        place = words.partition_point(|word| word.as_bytes().first() < Some(first));
        end = words.partition_point(|word| word.as_bytes().first() <= Some(first));
    }
    while let Some(word) = words.get(place).filter(|_| place < end && steps < STEPS_MAX) {
        match walk.read(word.as_bytes(), &mut steps) {
            Reading::Near(slips) => {
                found.push(Near { slips, place });
                place += 1;
            }
            Reading::Far => place += 1,
            // Everything that begins so is too far: the next word that doesn't.
            Reading::Hopeless(length) => {
                let prefix = word.as_bytes().get(..length).unwrap_or_default();
                let rest = words.get(place..end).unwrap_or_default();
                place += rest.partition_point(|other| other.as_bytes().starts_with(prefix)).max(1);
            }
        }
    }
    (found, steps)
}

enum Reading {
    Near(u8),
    Far,
    /// No word that shares this many letters can be near.
    Hopeless(usize),
}

/// The table of distances, kept as far as the next word begins like the last.
struct Walk {
    slips: u8,
    typed: Vec<u8>,
    /// The letters of the word that have a row.
    path: Vec<u8>,
    rows: Vec<Vec<u8>>,
}

fn first_row(length: usize) -> Vec<u8> {
    (0..=length).map(|place| u8::try_from(place).unwrap_or(u8::MAX)).collect()
}

/// How many slips lie between two words, as far as so many.
pub(crate) fn slips_between(word: &str, typed: &str, slips_max: u8) -> Option<u8> {
    match Walk::to(typed, slips_max).read(word.as_bytes(), &mut 0) {
        Reading::Near(slips) => Some(slips),
        Reading::Far | Reading::Hopeless(_) => None,
    }
}

impl Walk {
    fn to(typed: &str, slips: u8) -> Self {
        let typed: Vec<u8> = typed.bytes().take(CHARACTERS_MAX).collect();
        Self { slips, rows: vec![first_row(typed.len())], typed, path: Vec::new() }
    }

    fn read(&mut self, word: &[u8], steps: &mut usize) -> Reading {
        let same = self.path.iter().zip(word).take_while(|(a, b)| a == b).count();
        self.path.truncate(same);
        self.rows.truncate(same + 1);
        for letter in word.get(same..).unwrap_or_default().iter().take(CHARACTERS_MAX) {
            *steps += 1;
            let row = self.row_after(*letter);
            let least = row.iter().min().copied().unwrap_or(u8::MAX);
            self.path.push(*letter);
            self.rows.push(row);
            if least > self.slips {
                return Reading::Hopeless(self.path.len());
            }
        }
        let whole = self.rows.last().and_then(|row| row.last()).copied().unwrap_or(u8::MAX);
        if whole <= self.slips && word.len() <= CHARACTERS_MAX {
            Reading::Near(whole)
        } else {
            Reading::Far
        }
    }

    fn row_after(&self, letter: u8) -> Vec<u8> {
        let empty = Vec::new();
        let above = self.rows.last().unwrap_or(&empty);
        let two_above = self.rows.len().checked_sub(2).and_then(|place| self.rows.get(place));
        let before = self.path.last().copied();
        let mut row = Vec::with_capacity(above.len());
        let mut left = above.first().copied().unwrap_or_default().saturating_add(1);
        row.push(left);
        let mut typed_before = None;
        for (place, (typed, corner)) in self.typed.iter().zip(above).enumerate() {
            let over = above.get(place + 1).copied().unwrap_or(u8::MAX);
            let changed = corner.saturating_add(u8::from(*typed != letter));
            let mut least = changed.min(over.saturating_add(1)).min(left.saturating_add(1));
            if typed_before == Some(letter) && before == Some(*typed) {
                let exchanged = place
                    .checked_sub(1)
                    .and_then(|place| two_above?.get(place))
                    .map_or(u8::MAX, |cost| cost.saturating_add(1));
                least = least.min(exchanged);
            }
            row.push(least);
            left = least;
            typed_before = Some(*typed);
        }
        row
    }
}

/// A key that words share when they sound alike: consonants only, doubled letters once, and the
/// letters that people mix up made one.
pub(crate) fn sound(word: &str) -> String {
    let mut spelt = word.to_owned();
    for (written, heard) in [("pn", "n"), ("ps", "s"), ("kn", "n"), ("gn", "n"), ("wr", "r")] {
        if let Some(rest) = spelt.strip_prefix(written) {
            spelt = format!("{heard}{rest}");
        }
    }
    for (written, heard) in
        [("ph", "f"), ("rh", "r"), ("ch", "k"), ("ck", "k"), ("th", "t"), ("gh", "g"), ("x", "ks")]
    {
        spelt = spelt.replace(written, heard);
    }
    let mut key = String::new();
    let mut last = ' ';
    for (place, letter) in spelt.chars().enumerate() {
        let heard = match letter {
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' | 'h' | 'w' if place > 0 => {
                last = letter;
                continue;
            }
            'a' | 'e' | 'i' | 'o' | 'u' | 'y' => 'a',
            'c' | 'q' => 'k',
            'z' => 's',
            _ => letter,
        };
        if heard != last {
            key.push(heard);
        }
        last = heard;
    }
    key
}

#[cfg(test)]
mod tests {
    use super::{Near, STEPS_MAX, near, slips_forgiven, sound};
    use proptest::prelude::{prop_assert_eq, proptest};

    fn vocabulary(words: &[&str]) -> Vec<Box<str>> {
        let mut sorted: Vec<Box<str>> = words.iter().map(|word| (*word).into()).collect();
        sorted.sort_unstable();
        sorted
    }

    fn found(typed: &str, slips: u8) -> Vec<(String, u8)> {
        let words = vocabulary(&["ammonia", "pneumonia", "pneumonitis", "pneumothorax", "zoster"]);
        let (near, _) = near(&words, typed, slips);
        near.iter().map(|one| (words[one.place].to_string(), one.slips)).collect()
    }

    #[test]
    fn a_slip_is_one_letter_added_lost_changed_or_exchanged() {
        for slip in ["pneumona", "pneumoniia", "pneumomia", "pnuemonia", "neumonia", "pneumoniax"] {
            assert_eq!(found(slip, 1), [("pneumonia".to_owned(), 1)], "{slip}");
        }
        for two in ["pnumona", "pnuemona", "pnemoniia"] {
            assert_eq!(found(two, 2), [("pneumonia".to_owned(), 2)], "{two}");
        }
        assert_eq!(found("pneumonia", 2), [("pneumonia".to_owned(), 0)]);
        assert_eq!(found("xyz", 2), []);
        assert_eq!(found("", 1), []);
    }

    #[test]
    fn what_sounds_alike_has_one_key() {
        for (left, right) in [
            ("pnemonia", "pneumonia"),
            ("newmonia", "pneumonia"),
            ("diabetis", "diabetes"),
            ("hemorrage", "hemorrhage"),
            ("diarea", "diarrhea"),
            ("siatica", "siatica"),
            ("flegm", "phlegm"),
            ("cholesteral", "cholesterol"),
            ("axiety", "axiety"),
        ] {
            assert_eq!(sound(left), sound(right), "{left}");
        }
        assert_ne!(sound("asthma"), sound("anemia"));
    }

    #[test]
    fn only_a_part_of_the_vocabulary_is_looked_at() {
        let many: Vec<String> = (0..20_000_u32)
            .map(|n| format!("{:x}word{n}", n.wrapping_mul(2_654_435_761)))
            .collect();
        let words = vocabulary(&many.iter().map(String::as_str).collect::<Vec<_>>());
        let (_, steps) = near(&words, "pneumonia", 2);
        assert!(steps < 5_000, "{steps} letters compared");
        assert!(steps <= STEPS_MAX);
    }

    /// The distance by the book, over whole tables.
    fn slips_by_the_book(left: &[u8], right: &[u8]) -> usize {
        let mut table = vec![vec![0; right.len() + 1]; left.len() + 1];
        for i in 0..=left.len() {
            for j in 0..=right.len() {
                table[i][j] = match (i, j) {
                    (0, _) => j,
                    (_, 0) => i,
                    _ => {
                        let changed = usize::from(left[i - 1] != right[j - 1]);
                        let mut least = (table[i - 1][j - 1] + changed)
                            .min(table[i - 1][j] + 1)
                            .min(table[i][j - 1] + 1);
                        let exchanged = i > 1
                            && j > 1
                            && left[i - 1] == right[j - 2]
                            && left[i - 2] == right[j - 1];
                        if exchanged {
                            least = least.min(table[i - 2][j - 2] + 1);
                        }
                        least
                    }
                };
            }
        }
        table[left.len()][right.len()]
    }

    proptest! {
        #[test]
        fn the_walk_finds_what_comparing_each_word_finds(
            words in proptest::collection::vec("[abc]{1,6}", 1..30),
            typed in "[abc]{1,6}",
        ) {
            let words = vocabulary(&words.iter().map(String::as_str).collect::<Vec<_>>());
            let (walked, _) = near(&words, &typed, 1);
            let each: Vec<Near> = words
                .iter()
                .enumerate()
                .filter_map(|(place, word)| {
                    let slips = slips_by_the_book(word.as_bytes(), typed.as_bytes());
                    (slips <= 1).then(|| Near { slips: u8::try_from(slips).unwrap(), place })
                })
                .collect();
            prop_assert_eq!(walked, each);
        }
    }

    #[test]
    fn short_words_are_left_as_they_are() {
        assert_eq!(
            [slips_forgiven("flu"), slips_forgiven("gout"), slips_forgiven("asthma")],
            [0, 1, 2]
        );
    }
}
