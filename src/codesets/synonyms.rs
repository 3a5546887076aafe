//! Words that may stand for one another: what means the same, what a brand contains, and the whole of
//! which something is a part.

use std::collections::BTreeMap;
use std::sync::LazyLock;

/// `word <TAB> other | other`: what the lists may say instead.
const OTHERS: &str = include_str!("data/other-words.tsv");
/// An organ and its adjectives: each stands for the others.
const ORGANS: &str = include_str!("data/organ-words.tsv");
/// `brand <TAB> substance`: the lists name substances.
const BRANDS: &str = include_str!("data/brand-names.tsv");
/// `part <TAB> whole | whole`: where a list has no code for the part, that of the whole is meant.
const WHOLES: &str = include_str!("data/body-parts.tsv");

/// The cost of matching another word of the same meaning.
const OTHER_WORD: u8 = 4;
/// The cost of matching the whole of which something is a part.
const WHOLE: u8 = 12;
/// From so many letters on the beginning of a word stands for the word.
const BEGINNING_CHARACTERS_MIN: usize = 4;
/// A beginning that more words share stands for none of them.
const BEGUN_MAX: usize = 3;

type Others = BTreeMap<&'static str, Vec<(&'static str, u8)>>;

static ALL: LazyLock<Others> = LazyLock::new(|| {
    let mut all = Others::new();
    for (table, cost) in [(OTHERS, OTHER_WORD), (BRANDS, OTHER_WORD), (WHOLES, WHOLE)] {
        for (word, others) in table.lines().filter_map(|line| line.split_once('\t')) {
            let others = others.split('|').map(|other| (other, cost));
            all.entry(word).or_default().extend(others);
        }
    }
    for line in ORGANS.lines() {
        let alike: Vec<&str> = line.split(['\t', '|']).collect();
        for word in &alike {
            let others = alike.iter().filter(|other| *other != word);
            all.entry(word).or_default().extend(others.map(|other| (*other, OTHER_WORD)));
        }
    }
    all
});

/// The words that the lists may say instead of one, with what each costs; an unfinished word or a
/// plural stands for the one that it is of.
pub(crate) fn other_words(word: &str) -> Vec<(&'static str, u8)> {
    if let Some(others) = ALL.get(word) {
        return others.clone();
    }
    if let Some(others) = word.strip_suffix('s').and_then(|one| ALL.get(one)) {
        return others.clone();
    }
    if word.len() < BEGINNING_CHARACTERS_MIN {
        return Vec::new();
    }
    let begun = || ALL.range(word..).take_while(|(known, _)| known.starts_with(word));
    if begun().nth(BEGUN_MAX).is_some() {
        return Vec::new();
    }
    begun().flat_map(|(_, others)| others.iter().copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::{BRANDS, ORGANS, OTHERS, WHOLES, other_words};
    use crate::tokens;

    fn words(word: &str) -> Vec<&'static str> {
        other_words(word).into_iter().map(|(other, _)| other).collect()
    }

    #[test]
    fn an_organ_and_its_adjective_stand_for_one_another() {
        assert!(words("splenic").contains(&"spleen"));
        assert!(words("spleen").contains(&"splenic"));
    }

    #[test]
    fn the_beginning_of_a_word_and_its_plural_stand_for_the_word() {
        assert_eq!(words("pulm"), words("pulmonary"));
        assert_eq!(words("calves"), [""; 0]);
        assert_eq!(words("heels"), words("heel"));
        assert_eq!(words("p"), [""; 0]);
    }

    #[test]
    fn each_line_has_a_word_and_what_it_stands_for() {
        for line in [OTHERS, ORGANS, BRANDS, WHOLES].into_iter().flat_map(str::lines) {
            let (word, others) = line.split_once('\t').unwrap();
            for one in others.split('|').chain([word]) {
                assert_eq!(tokens::words(one), [one], "{line}");
            }
        }
    }
}
