//! A facility's own rules: what a lead puts together from fields, comparisons and values, without code, and
//! what the edits then say of a coding.
//!
//! A rule is entered as words ([`Entered`]), read once into what can be asked ([`OwnRule::read`]), and said
//! back as a sentence ([`OwnRule::words`]), so that whoever writes it sees what it will do.

mod entered;
mod fields;
mod read;
#[cfg(test)]
mod tests;
mod words;

use std::borrow::Cow;

use crate::compare::Line;
use crate::edits::{CodeRange, EditFinding, EditSeverity, EncounterFacts, Reference, in_order};

pub use entered::{
    Condition, Entered, Fault, LineChoice, LineTest, MESSAGE_CHARACTERS_MAX, NAME_CHARACTERS_MAX,
    Relation, TESTS_MAX, VALUE_CHARACTERS_MAX, VALUES_MAX, WHEN_MAX,
};
pub use fields::{LineField, LineKind, Matter};

/// A rule that can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnRule {
    name: String,
    severity: EditSeverity,
    message: String,
    about: Option<Lines>,
    when: Vec<When>,
}

/// Lines of a kind that pass every test.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Lines {
    kind: LineKind,
    tests: Vec<Test<LineField>>,
}

/// What must hold of the coding besides.
#[derive(Debug, Clone, PartialEq, Eq)]
enum When {
    /// Whether there is a line, other than the one that is spoken of.
    Line { there: bool, lines: Lines },
    /// Something of the encounter or of the coding as a whole.
    Coding(Test<Matter>),
}

/// One field held against what is wanted.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Test<F> {
    field: F,
    relation: Relation,
    wanted: Wanted,
}

/// What a field is held against.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Wanted {
    /// Codes, with everything below them.
    Codes(Vec<CodeRange>),
    /// Words within a wording, in small letters.
    Words(Vec<String>),
    /// Values as they are entered; `none` stands for "nothing is entered".
    Texts { values: Vec<String>, none: bool },
    /// A whole number.
    Number(i32),
}

/// A rule in force, under the name that findings and dismissals know it by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InForce {
    /// Its number in the facility.
    pub number: i32,
    /// The version in force.
    pub version: i32,
    /// The rule.
    pub rule: OwnRule,
}

/// A coding before a facility's own rules.
#[derive(Clone, Copy)]
pub struct Coding<'a> {
    /// Its encounter.
    pub encounter: &'a EncounterFacts,
    /// Its lines, in the order of the claim.
    pub lines: &'a [Line],
    /// Where the patient went at discharge.
    pub disposition: Option<&'a str>,
    /// The lists of the day that decides its codes.
    pub reference: &'a dyn Reference,
}

/// What a facility's own rules say of a coding, in the order of the edits.
#[must_use]
pub fn check(rules: &[InForce], coding: &Coding<'_>) -> Vec<EditFinding> {
    in_order(rules.iter().flat_map(|rule| rule.findings(coding)).collect())
}

impl InForce {
    fn findings(&self, coding: &Coding<'_>) -> Vec<EditFinding> {
        let Self { number, version, rule } = self;
        let finding = |place: Option<usize>| EditFinding {
            rule: Cow::Owned(format!("own.{number}")),
            severity: rule.severity,
            line: place,
            field: rule.field(),
            message: rule.message.clone(),
            source: Cow::Owned(format!(
                "the facility's own rule {number}, version {version}: {}",
                rule.name
            )),
            excuses: &[],
        };
        rule.places(coding).into_iter().map(finding).collect()
    }
}

impl OwnRule {
    /// Where it speaks: the lines that it is about, or once of the coding as a whole; nowhere when it has
    /// nothing to say.
    #[must_use]
    pub fn places(&self, coding: &Coding<'_>) -> Vec<Option<usize>> {
        let of_coding = |when: &&When| matches!(when, When::Coding(_));
        if !self.when.iter().filter(of_coding).all(|when| when.holds(coding, None)) {
            return Vec::new();
        }
        let holds = |place: Option<usize>| self.when.iter().all(|when| when.holds(coding, place));
        match &self.about {
            None => Some(None).filter(|place| holds(*place)).into_iter().collect(),
            Some(lines) => {
                let places = 0..coding.lines.len();
                places
                    .filter(|at| lines.takes(coding, *at))
                    .map(Some)
                    .filter(|at| holds(*at))
                    .collect()
            }
        }
    }

    /// The field that it leads to: what it tests beside the code, or the code.
    fn field(&self) -> &'static str {
        let Some(lines) = &self.about else { return "lines" };
        let fields = lines.tests.iter().map(|test| test.field.of_line());
        fields.rev().find(|field| *field != "code").unwrap_or("code")
    }
}

impl When {
    fn holds(&self, coding: &Coding<'_>, spoken_of: Option<usize>) -> bool {
        match self {
            Self::Coding(test) => test.holds(coding),
            Self::Line { there, lines } => {
                let mut others = (0..coding.lines.len()).filter(|at| Some(*at) != spoken_of);
                others.any(|at| lines.takes(coding, at)) == *there
            }
        }
    }
}

impl Lines {
    fn takes(&self, coding: &Coding<'_>, place: usize) -> bool {
        let Some(line) = coding.lines.get(place) else { return false };
        self.kind.has(line.role) && self.tests.iter().all(|test| test.holds(line, coding.reference))
    }
}

impl Test<LineField> {
    fn holds(&self, line: &Line, reference: &dyn Reference) -> bool {
        match &self.wanted {
            Wanted::Codes(ranges) => {
                self.relation.wants(ranges.iter().any(|range| range.covers(&line.code)))
            }
            Wanted::Words(words) => {
                let wording = reference.wording(line.system, &line.code);
                let wording = wording.unwrap_or_default().to_lowercase();
                self.relation.wants(words.iter().any(|word| wording.contains(word)))
            }
            Wanted::Texts { values, none } => {
                let said = self.field.texts(line);
                let among = said.iter().any(|said| values.iter().any(|it| it == said));
                self.relation.wants(among || (*none && said.is_empty()))
            }
            Wanted::Number(wanted) => self.relation.bounds(self.field.number(line), *wanted),
        }
    }
}

impl Test<Matter> {
    fn holds(&self, coding: &Coding<'_>) -> bool {
        match &self.wanted {
            Wanted::Number(wanted) => self.relation.bounds(self.field.number(coding), *wanted),
            Wanted::Texts { values, none } => {
                let said = self.field.text(coding);
                let among = said.is_some_and(|said| values.iter().any(|it| it == said));
                self.relation.wants(among || (*none && said.is_none()))
            }
            Wanted::Codes(_) | Wanted::Words(_) => false,
        }
    }
}

impl Relation {
    /// Whether being among the values is what is asked for.
    const fn wants(self, among: bool) -> bool {
        match self {
            Self::Among => among,
            Self::NotAmong => !among,
            Self::AtLeast | Self::AtMost => false,
        }
    }

    /// What is not known is neither large nor small.
    fn bounds(self, said: Option<i32>, wanted: i32) -> bool {
        said.is_some_and(|said| match self {
            Self::AtLeast => said >= wanted,
            Self::AtMost => said <= wanted,
            Self::Among | Self::NotAmong => false,
        })
    }
}
