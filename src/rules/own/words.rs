//! A rule said back, so that whoever enters it sees what it will do.

use super::fields::{LineField, LineKind, Matter};
use super::read::NONE;
use super::{Lines, OwnRule, Relation, Test, Wanted, When};
use crate::edits::{CodeRange, EditSeverity};
use crate::words::CodeSystem;

/// Values that a sentence names; the others are counted.
const NAMED_MAX: usize = 12;

impl OwnRule {
    /// The whole of it as one sentence, without its message.
    #[must_use]
    pub fn words(&self) -> String {
        let asks = match self.severity {
            EditSeverity::Error => "The coding can't be handed in",
            EditSeverity::Warning => "The coder gives a reason or changes the coding",
            EditSeverity::Advice => "The coder is told",
        };
        let spoken = self.about.as_ref().map(|lines| format!(" for each {}", lines.words()));
        let other = self.about.is_some();
        let when: Vec<String> = self.when.iter().map(|when| when.words(other)).collect();
        let when =
            if when.is_empty() { String::new() } else { format!(", when {}", when.join(" and ")) };
        format!("{asks}{}{when}.", spoken.unwrap_or_default())
    }

    /// What it is called.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What it asks of the coder.
    #[must_use]
    pub const fn severity(&self) -> EditSeverity {
        self.severity
    }
}

impl When {
    fn words(&self, other: bool) -> String {
        match self {
            Self::Line { there, lines } => {
                let article = match (there, other) {
                    (true, true) => "another",
                    (true, false) => lines.kind.article(),
                    (false, true) => "no other",
                    (false, false) => "no",
                };
                format!("there is {article} {}", lines.words())
            }
            Self::Coding(test) => test.words(),
        }
    }
}

impl LineKind {
    const fn article(self) -> &'static str {
        match self {
            Self::Admitting => "an",
            _ => "a",
        }
    }
}

impl Lines {
    /// `procedure or service 99281–99285 without modifier 25`.
    fn words(&self) -> String {
        let mut words = self.kind.label().to_owned();
        for (at, test) in self.tests.iter().enumerate() {
            let after_code = self.tests.iter().take(at).all(|it| it.field == LineField::Code);
            words.push_str(if after_code && (at == 0 || test.field != LineField::Code) {
                " "
            } else {
                " and "
            });
            words.push_str(&test.words(self.kind));
        }
        words
    }
}

impl Test<LineField> {
    fn words(&self, kind: LineKind) -> String {
        let value = match &self.wanted {
            Wanted::Codes(ranges) => listed(ranges.iter().map(|range| written(range, kind))),
            wanted => wanted.words(),
        };
        let (field, not) = (self.field.label(), self.relation == Relation::NotAmong);
        match (self.field, self.relation) {
            (_, Relation::AtLeast) => format!("with {field} of {value} or more"),
            (_, Relation::AtMost) => format!("with {field} of {value} or less"),
            (LineField::Code, _) if not => format!("other than {value}"),
            (LineField::Code, _) => value,
            (LineField::Wording, _) => {
                format!("whose wording {} {value}", if not { "does not have" } else { "has" })
            }
            (LineField::Modifiers, _) if self.wanted.is_none() => {
                format!("{} a modifier", if not { "with" } else { "without" })
            }
            (LineField::Modifiers, _) => {
                format!("{} modifier {value}", if not { "without" } else { "with" })
            }
            _ if self.wanted.is_none() => {
                format!("{} {field}", if not { "with" } else { "without" })
            }
            _ => format!("whose {field} is {}{value}", if not { "not " } else { "" }),
        }
    }
}

impl Test<Matter> {
    fn words(&self) -> String {
        let (field, value) = (self.field.label(), self.wanted.words());
        let verb = match self.relation {
            Relation::Among => "is ",
            Relation::NotAmong => "is not ",
            Relation::AtLeast => return format!("the {field} is {value} or more"),
            Relation::AtMost => return format!("the {field} is {value} or less"),
        };
        let value = if self.wanted.is_none() { "unknown" } else { &value };
        format!("the {field} {verb}{value}")
    }
}

impl Wanted {
    /// Whether "nothing is entered" is all that is asked.
    fn is_none(&self) -> bool {
        matches!(self, Self::Texts { values, none: true } if values.is_empty())
    }

    fn words(&self) -> String {
        match self {
            Self::Number(number) => number.to_string(),
            Self::Codes(ranges) => listed(ranges.iter().map(|range| range.from.clone())),
            Self::Words(words) => listed(words.iter().map(|word| format!("“{word}”"))),
            Self::Texts { values, none } => {
                listed(values.iter().cloned().chain(none.then(|| NONE.to_owned())))
            }
        }
    }
}

/// `a, b or c`; of a long list its beginning and how many more there are.
fn listed(names: impl Iterator<Item = String>) -> String {
    let mut names: Vec<String> = names.collect();
    let beyond = names.len().saturating_sub(NAMED_MAX);
    names.truncate(NAMED_MAX);
    let last = if beyond > 0 { Some(format!("{beyond} more")) } else { names.pop() };
    let last = last.unwrap_or_default();
    if names.is_empty() { last } else { format!("{} or {last}", names.join(", ")) }
}

/// A range as people write codes of the kind of line.
fn written(range: &CodeRange, kind: LineKind) -> String {
    let written = |code: &str| match kind {
        LineKind::Procedure => code.to_owned(),
        _ => CodeSystem::Icd10Cm.written(code),
    };
    if range.from == range.to {
        written(&range.from)
    } else {
        format!("{}–{}", written(&range.from), written(&range.to))
    }
}
