//! Entered words, read: everything that can't be is told at once, by the name of its entry.

use super::entered::{
    Condition, Entered, Fault, LineChoice, LineTest, MESSAGE_CHARACTERS_MAX, NAME_CHARACTERS_MAX,
    Relation, TESTS_MAX, VALUE_CHARACTERS_MAX, VALUES_MAX, WHEN_MAX,
};
use super::fields::ValueKind;
use super::{Lines, OwnRule, Test, Wanted, When};
use crate::edits::CodeRange;

/// The word for "nothing is entered".
pub(super) const NONE: &str = "none";
/// A code, or what it begins with.
const CODE_CHARACTERS: std::ops::RangeInclusive<usize> = 1..=7;
/// Above what any field holds.
const NUMBER_MAX: i32 = 100_000;

impl OwnRule {
    /// Reads a rule as it was entered.
    ///
    /// # Errors
    /// Every entry that can't be read or is too long, and a rule that would always speak.
    pub fn read(entered: &Entered) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let name = faults.text("name", &entered.name, NAME_CHARACTERS_MAX);
        let message = faults.text("message", &entered.message, MESSAGE_CHARACTERS_MAX);
        let about = entered.about.as_ref().map(|choice| faults.lines("about", choice));
        if entered.when.len() > WHEN_MAX {
            faults.add("when", format!("at most {WHEN_MAX} conditions"));
        }
        let conditions = entered.when.iter().take(WHEN_MAX).enumerate();
        let when = conditions
            .map(|(at, condition)| faults.when(&format!("when.{at}"), condition))
            .collect();
        let rule = Self { name, severity: entered.severity, message, about, when };
        if rule.always_speaks() {
            faults.add("when", "say when it speaks: it has no condition");
        }
        if faults.0.is_empty() { Ok(rule) } else { Err(faults.0) }
    }

    fn always_speaks(&self) -> bool {
        self.when.is_empty() && self.about.as_ref().is_none_or(|lines| lines.tests.is_empty())
    }
}

#[derive(Default)]
struct Faults(Vec<Fault>);

impl Faults {
    fn add(&mut self, name: &str, message: impl Into<String>) {
        self.0.push(Fault { name: name.to_owned(), message: message.into() });
    }

    fn text(&mut self, name: &str, text: &str, characters_max: usize) -> String {
        let text = text.trim();
        match text.chars().count() {
            0 => self.add(name, "is needed"),
            length if length > characters_max => {
                self.add(name, format!("at most {characters_max} characters"));
            }
            _ if text.chars().any(char::is_control) => self.add(name, "one line of text"),
            _ => {}
        }
        text.to_owned()
    }

    fn lines(&mut self, name: &str, choice: &LineChoice) -> Lines {
        let tests = self.tests(&format!("{name}.tests"), &choice.tests);
        Lines { kind: choice.kind, tests }
    }

    fn tests(&mut self, name: &str, tests: &[LineTest]) -> Vec<Test<super::LineField>> {
        if tests.len() > TESTS_MAX {
            self.add(name, format!("at most {TESTS_MAX} tests"));
        }
        let mut read = Vec::new();
        for (at, test) in tests.iter().take(TESTS_MAX).enumerate() {
            let place = format!("{name}.{at}");
            let wanted = self.wanted(&place, test.field.values(), (test.is, &test.value));
            read.push(Test { field: test.field, relation: test.is, wanted });
        }
        read
    }

    fn when(&mut self, name: &str, condition: &Condition) -> When {
        match condition {
            Condition::Line { there, kind, tests } => {
                let tests = self.tests(&format!("{name}.tests"), tests);
                When::Line { there: *there, lines: Lines { kind: *kind, tests } }
            }
            Condition::Coding { field, is, value } => {
                let wanted = self.wanted(name, field.values(), (*is, value));
                When::Coding(Test { field: *field, relation: *is, wanted })
            }
        }
    }

    fn wanted(
        &mut self,
        name: &str,
        values: ValueKind,
        (comparison, text): (Relation, &str),
    ) -> Wanted {
        if !values.comparisons().contains(&comparison) {
            self.add(&format!("{name}.is"), "this field is not compared like this");
        }
        let read = match values {
            _ if text.chars().count() > VALUE_CHARACTERS_MAX => {
                Err(format!("at most {VALUE_CHARACTERS_MAX} characters"))
            }
            ValueKind::Number => number(text),
            _ => list(text).and_then(|words| read_list(values, &words)),
        };
        read.unwrap_or_else(|message| {
            self.add(&format!("{name}.value"), message);
            Wanted::Number(0)
        })
    }
}

fn number(text: &str) -> Result<Wanted, String> {
    let number = text.trim().parse().ok().filter(|number| (0..=NUMBER_MAX).contains(number));
    number.map(Wanted::Number).ok_or_else(|| format!("a whole number from 0 to {NUMBER_MAX}"))
}

fn list(text: &str) -> Result<Vec<&str>, String> {
    let words: Vec<&str> =
        text.split([',', ';', '\n']).map(str::trim).filter(|word| !word.is_empty()).collect();
    match words.len() {
        0 => Err("what should it be held against?".to_owned()),
        count if count > VALUES_MAX => Err(format!("at most {VALUES_MAX} values")),
        _ => Ok(words),
    }
}

fn read_list(values: ValueKind, words: &[&str]) -> Result<Wanted, String> {
    match values {
        ValueKind::Codes => {
            words.iter().map(|word| range(word)).collect::<Result<_, _>>().map(Wanted::Codes)
        }
        ValueKind::Words => Ok(Wanted::Words(words.iter().map(|it| it.to_lowercase()).collect())),
        _ => texts(values, words),
    }
}

fn texts(kind: ValueKind, words: &[&str]) -> Result<Wanted, String> {
    let none = words.iter().any(|word| word.eq_ignore_ascii_case(NONE));
    let mut values = Vec::new();
    for word in words.iter().filter(|word| !word.eq_ignore_ascii_case(NONE)) {
        let value = match kind {
            ValueKind::Closed(all) => {
                let all = all();
                let found = all.iter().find(|it| it.eq_ignore_ascii_case(word));
                found
                    .map(|it| (*it).to_owned())
                    .ok_or_else(|| format!("“{word}” is none of {}, {NONE}", all.join(", ")))?
            }
            ValueKind::Characters(length) => {
                let fits = word.len() == length && word.chars().all(|c| c.is_ascii_alphanumeric());
                let value = word.to_ascii_uppercase();
                fits.then_some(value)
                    .ok_or_else(|| format!("“{word}” has not {length} letters or digits"))?
            }
            _ => (*word).to_owned(),
        };
        values.push(value);
    }
    Ok(Wanted::Texts { values, none })
}

/// `E11`, `E11.9`, `E08-E13`, `99281–99285`.
fn range(word: &str) -> Result<CodeRange, String> {
    let bare = |end: &str| -> Result<String, String> {
        let code: String =
            end.chars().filter(|c| *c != '.' && !c.is_whitespace()).collect::<String>();
        let code = code.to_ascii_uppercase();
        let fits = CODE_CHARACTERS.contains(&code.len())
            && code.chars().all(|c| c.is_ascii_alphanumeric());
        fits.then_some(code).ok_or_else(|| format!("“{word}” is no code, beginning or range"))
    };
    let (from, to) = word.split_once(['-', '–']).unwrap_or((word, word));
    let range = CodeRange { from: bare(from)?, to: bare(to)? };
    if range.from > range.to && !range.from.starts_with(&range.to) {
        return Err(format!("“{word}” ends before it begins"));
    }
    Ok(range)
}
