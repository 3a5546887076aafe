//! Cutting descriptions and queries into words, and what each word weighs in the ranking.

/// What one ordinary word that nobody asked for costs a description.
pub(crate) const WORD_COST: i32 = 10;
/// Whole numbers that a range such as "40.0-44.9" is written out to, at most.
const RANGE_NUMBERS_MAX: u32 = 12;

/// How a word stands in its text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Stand {
    /// It says what the code is.
    Said,
    /// In round brackets: the list of tables puts words there that change nothing.
    InBrackets,
    /// After "without", "not" or "unspecified as": it says what the code is not.
    Denied,
    /// Only a heading above says it.
    Above,
}

/// Lower-case words without accents; an apostrophe joins ("Crohn's" is `crohns`).
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut all = Vec::new();
    for_each_word(text, |word, _| all.push(word.to_owned()));
    all
}

/// Calls `take` for each word, in its American spelling, with how it stands.
pub(crate) fn for_each_word(text: &str, mut take: impl FnMut(&str, Stand)) {
    let mut reader = Reader::default();
    for character in text.chars() {
        match folded(character) {
            Some(letter) => reader.word.push(letter),
            None if matches!(character, '\'' | '’') => {}
            None => {
                reader.word_ends(&mut take);
                reader.sign(character);
            }
        }
    }
    reader.word_ends(&mut take);
    for number in ranges(text) {
        take(&number.to_string(), Stand::InBrackets);
    }
}

#[derive(Default)]
struct Reader {
    word: String,
    depth: u32,
    denying: bool,
    /// The word before, when it decides what "as" or "whether" means.
    unspecified: bool,
}

impl Reader {
    fn word_ends(&mut self, take: &mut impl FnMut(&str, Stand)) {
        if self.word.is_empty() {
            return;
        }
        let plain = american(&self.word);
        let word = plain.as_deref().unwrap_or(&self.word);
        if ends_denial(word) {
            self.denying = false;
        }
        let stand = match (self.denying, self.depth) {
            (true, _) => Stand::Denied,
            (false, 0) => Stand::Said,
            (false, _) => Stand::InBrackets,
        };
        take(word, stand);
        self.denying |= matches!(word, "without" | "not" | "no" | "except" | "excluding")
            || self.unspecified && matches!(word, "as" | "whether");
        self.unspecified = word == "unspecified";
        self.word.clear();
    }

    fn sign(&mut self, sign: char) {
        match sign {
            '(' | '[' => self.depth = self.depth.saturating_add(1),
            ')' | ']' => self.depth = self.depth.saturating_sub(1),
            ';' => self.denying = false,
            _ => {}
        }
    }
}

/// After these words a text speaks again of what is.
fn ends_denial(word: &str) -> bool {
    matches!(
        word,
        "with"
            | "of"
            | "in"
            | "on"
            | "due"
            | "left"
            | "right"
            | "bilateral"
            | "unspecified"
            | "initial"
            | "subsequent"
            | "sequela"
    )
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

/// British letters within a word, and the American ones.
const BRITISH: &[(&str, &str)] = &[
    ("aem", "em"),
    ("aesth", "esth"),
    ("aetio", "etio"),
    ("caec", "cec"),
    ("caes", "ces"),
    ("coeli", "celi"),
    ("faec", "fec"),
    ("foet", "fet"),
    ("gynaec", "gynec"),
    ("haem", "hem"),
    ("oedem", "edem"),
    ("oesoph", "esoph"),
    ("oestr", "estr"),
    ("paed", "ped"),
    ("pnoe", "pne"),
    ("rrhoe", "rrhe"),
    ("sulph", "sulf"),
    ("colour", "color"),
    ("humour", "humor"),
    ("labour", "labor"),
    ("tumour", "tumor"),
    ("behaviour", "behavior"),
    ("fibre", "fiber"),
    ("centre", "center"),
    ("isation", "ization"),
    ("ised", "ized"),
    ("ilis", "iliz"),
];
/// Words that only look British.
const AMERICAN_ALREADY: &[&str] = &[
    "dilis", "ilisc", "bilis", "philis", "raised", "bruised", "gioedem", "eoesoph", "roesoph",
    "risedron",
];

/// The American spelling of a British word; nothing when it has none of its own.
fn american(word: &str) -> Option<String> {
    const LETTERS_MIN: usize = 5;
    if word.len() < LETTERS_MIN || AMERICAN_ALREADY.iter().any(|known| word.contains(known)) {
        return None;
    }
    let fits = |(british, _): &&(&str, &str)| word.contains(british);
    let mut plain = None;
    for (british, american) in BRITISH.iter().filter(fits) {
        let before = plain.unwrap_or_else(|| word.to_owned());
        plain = Some(before.replace(british, american));
    }
    plain
}

/// The whole numbers within ranges such as "40.0-44.9": whoever types 42 means that one.
fn ranges(text: &str) -> Vec<u32> {
    let mut all = Vec::new();
    let decimal = |part: &str| {
        let (whole, tenths) = part.split_once('.')?;
        let digits =
            |digits: &str| !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        (digits(whole) && digits(tenths)).then(|| whole.parse::<u32>().ok()).flatten()
    };
    if !text.contains('.') {
        return all;
    }
    for word in text.split([' ', ',']) {
        let ends = word.split_once('-').and_then(|(a, b)| decimal(a).zip(decimal(b)));
        if let Some((from, to)) = ends
            && to > from
            && to - from <= RANGE_NUMBERS_MAX
        {
            all.extend(from + 1..to);
        }
    }
    all
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
            | "is"
            | "my"
            | "of"
            | "on"
            | "or"
            | "s"
            | "that"
            | "the"
            | "to"
            | "with"
    )
}

/// What a word that was not asked for costs. "Unspecified", "uncomplicated" and "initial encounter"
/// are what is meant when nothing is said, so they are free; "other", "sequela" and a later
/// encounter are what nobody means without saying so.
pub(crate) fn cost(word: &str) -> i32 {
    match word {
        "unspecified" | "nos" | "uncomplicated" | "without" | "complication" | "complications"
        | "initial" | "encounter" | "closed" | "personal" | "routine" | "healing" => 0,
        _ if is_filler(word) => 1,
        "organism" | "part" | "side" | "site" | "type" | "not" | "region" | "severity" | "area"
        | "current" | "disease" | "disorder" | "syndrome" => 2,
        "accidental" | "unintentional" | "fascia" | "level" => 3,
        "other" | "specified" | "elsewhere" | "classified" => 12,
        "subsequent" | "sequela" | "secondary" | "open" => 2 * WORD_COST,
        _ => WORD_COST,
    }
}

/// What a word costs that says what the code is not.
pub(crate) const DENIED_COST: i32 = 1;

#[cfg(test)]
mod tests {
    use super::{Stand, american, for_each_word, words};

    fn standing(text: &str, wanted: Stand) -> Vec<String> {
        let mut seen = Vec::new();
        for_each_word(text, |word, stand| {
            if stand == wanted {
                seen.push(word.to_owned());
            }
        });
        seen
    }

    #[test]
    fn accents_apostrophes_and_hyphens_do_not_stand_in_the_way() {
        assert_eq!(words("Ménière's disease, right-ear"), ["menieres", "disease", "right", "ear"]);
        assert_eq!(words("COVID-19"), ["covid", "19"]);
    }

    #[test]
    fn words_in_brackets_are_known_as_such() {
        assert_eq!(standing("Essential (primary) hypertension", Stand::InBrackets), ["primary"]);
    }

    #[test]
    fn what_a_code_is_not_is_told_from_what_it_is() {
        for (text, denied) in [
            ("Diabetes mellitus without coma", &["coma"][..]),
            ("Laceration without foreign body of left thumb", &["foreign", "body"]),
            ("Migraine, not intractable, without aura", &["intractable", "without", "aura"]),
            ("Ulcer, unspecified as acute or chronic", &["acute", "or", "chronic"]),
            ("Neoplasm of left kidney, except renal pelvis", &["renal", "pelvis"]),
            ("Failure, unspecified whether with hypoxia", &[]),
        ] {
            assert_eq!(standing(text, Stand::Denied), denied, "{text}");
        }
    }

    #[test]
    fn british_words_are_read_as_american_ones() {
        for (british, expected) in [
            ("haematuria", "hematuria"),
            ("anaemia", "anemia"),
            ("oesophagitis", "esophagitis"),
            ("diarrhoea", "diarrhea"),
            ("oedema", "edema"),
            ("orthopaedic", "orthopedic"),
            ("tumour", "tumor"),
            ("hypokalaemia", "hypokalemia"),
            ("dyspnoea", "dyspnea"),
        ] {
            assert_eq!(american(british).as_deref(), Some(expected));
        }
        for same in ["toe", "syphilis", "raised", "does", "aerosol"] {
            assert_eq!(american(same), None, "{same}");
        }
    }

    #[test]
    fn a_number_within_a_range_finds_the_range() {
        assert_eq!(
            words("[BMI] 40.0-44.9, adult"),
            ["bmi", "40", "0", "44", "9", "adult", "41", "42", "43"]
        );
        assert_eq!(words("0.1-900.5"), ["0", "1", "900", "5"]);
    }
}
