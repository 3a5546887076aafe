//! Cutting descriptions and queries into words, and what each word weighs in the ranking.

/// What one ordinary word that nobody asked for costs a description.
pub(crate) const WORD_COST: i32 = 10;

/// Lower-case words without accents; an apostrophe joins ("Crohn's" is `crohns`).
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for_each_word(text, |word, _| all.push(word.to_owned()));
    all
}

/// Calls `take(word, in_brackets)` for each word; the list of tables puts words that change nothing
/// in round brackets.
pub(crate) fn for_each_word(text: &str, mut take: impl FnMut(&str, bool)) {
    let mut word = String::new();
    let mut depth = 0_u32;
    for character in text.chars() {
        match folded(character) {
            Some(letter) => word.push(letter),
            None if matches!(character, '\'' | '’') => {}
            None => {
                if !word.is_empty() {
                    take(&word, depth > 0);
                    word.clear();
                }
                match character {
                    '(' => depth = depth.saturating_add(1),
                    ')' => depth = depth.saturating_sub(1),
                    _ => {}
                }
            }
        }
    }
    if !word.is_empty() {
        take(&word, depth > 0);
    }
}

/// The plain letter or digit for a character of a word.
fn folded(character: char) -> Option<char> {
    match character {
        'a'..='z' | '0'..='9' => Some(character),
        'A'..='Z' => Some(character.to_ascii_lowercase()),
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'À' | 'Á' | 'Â' | 'Ä' => Some('a'),
        'ç' | 'Ç' => Some('c'),
        'è' | 'é' | 'ê' | 'ë' | 'È' | 'É' | 'Ê' | 'Ë' => Some('e'),
        'ì' | 'í' | 'î' | 'ï' => Some('i'),
        'ñ' | 'Ñ' => Some('n'),
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'Ô' | 'Ö' => Some('o'),
        'ù' | 'ú' | 'û' | 'ü' | 'Ü' => Some('u'),
        _ => None,
    }
}

/// Words that carry no meaning of their own: left out of queries, nearly free in descriptions.
pub(crate) fn is_filler(word: &str) -> bool {
    matches!(
        word,
        "a" | "an"
            | "and"
            | "as"
            | "at"
            | "by"
            | "due"
            | "for"
            | "from"
            | "in"
            | "of"
            | "on"
            | "or"
            | "the"
            | "to"
            | "with"
    )
}

/// What a word that was not asked for costs. "Unspecified", "without complications" and "initial
/// encounter" are what is meant when nothing is said, so they are free; "other", "sequela" and a
/// later encounter are what nobody means without saying so.
pub(crate) fn cost(word: &str) -> i32 {
    match word {
        "unspecified" | "nos" | "uncomplicated" | "without" | "complication" | "complications"
        | "initial" | "encounter" | "closed" => 0,
        _ if is_filler(word) => 1,
        "organism" | "part" | "side" | "site" | "type" => 2,
        "other" | "specified" | "not" | "elsewhere" | "classified" => 12,
        "subsequent" | "sequela" | "secondary" | "open" => 2 * WORD_COST,
        _ => WORD_COST,
    }
}

#[cfg(test)]
mod tests {
    use super::{for_each_word, words};

    #[test]
    fn accents_apostrophes_and_hyphens_do_not_stand_in_the_way() {
        assert_eq!(words("Ménière's disease, right-ear"), ["menieres", "disease", "right", "ear"]);
        assert_eq!(words("COVID-19"), ["covid", "19"]);
    }

    #[test]
    fn words_in_brackets_are_known_as_such() {
        let mut seen = Vec::new();
        for_each_word("Essential (primary) hypertension", |word, inside| {
            seen.push((word.to_owned(), inside));
        });
        let expected = [("essential", false), ("primary", true), ("hypertension", false)];
        assert_eq!(seen, expected.map(|(word, inside)| (word.to_owned(), inside)));
    }
}
