//! A rule as it is entered and kept: words, before anybody has read them.

use serde::{Deserialize, Serialize};

use super::fields::{LineField, LineKind, Matter};
use crate::edits::EditSeverity;

/// A rule's name.
pub const NAME_CHARACTERS_MAX: usize = 80;
/// What a rule says to the coder.
pub const MESSAGE_CHARACTERS_MAX: usize = 300;
/// Tests of one kind of line.
pub const TESTS_MAX: usize = 6;
/// Further conditions of one rule.
pub const WHEN_MAX: usize = 6;
/// Values of one test.
pub const VALUES_MAX: usize = 100;
/// All values of one test, as they are entered.
pub const VALUE_CHARACTERS_MAX: usize = 1_000;

text_enum!(
    /// How a field is held against its values.
    Relation {
        /// It is one of them; of a field with several values, one of these is.
        Among = "among",
        /// It is none of them.
        NotAmong = "not_among",
        /// It is the number or more.
        AtLeast = "at_least",
        /// It is the number or less.
        AtMost = "at_most",
    }
);

/// A facility's own rule, as a lead enters it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = EnteredRule)]
#[serde(deny_unknown_fields)]
pub struct Entered {
    /// What it is called, for leads and coders.
    pub name: String,
    /// What it asks of the coder.
    pub severity: EditSeverity,
    /// What it says to the coder: what is wrong and what to do. No patient data.
    pub message: String,
    /// The lines that it speaks of, each by itself; the coding as a whole when absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub about: Option<LineChoice>,
    /// What must hold besides, all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub when: Vec<Condition>,
}

/// Lines of a kind that pass every test.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineChoice {
    /// The kind of line.
    pub kind: LineKind,
    /// What holds of the line, all of it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tests: Vec<LineTest>,
}

/// A field of a line held against values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LineTest {
    /// The field.
    pub field: LineField,
    /// How.
    pub is: Relation,
    /// A number, or values with commas between: codes such as `E11, I10-I15`; `none` for "not entered".
    pub value: String,
}

/// What must hold of the coding besides.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "of", rename_all = "snake_case", deny_unknown_fields)]
pub enum Condition {
    /// Whether there is a line like this, other than the one that is spoken of.
    Line {
        /// Whether there is one, or none.
        there: bool,
        /// The kind of line.
        kind: LineKind,
        /// What holds of it, all of it.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        tests: Vec<LineTest>,
    },
    /// Something of the encounter or of the coding as a whole.
    Coding {
        /// What.
        field: Matter,
        /// How it is held against the value.
        is: Relation,
        /// A number, or values with commas between; `none` for "not known".
        value: String,
    },
}

/// What can't be read of a rule, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The entry, such as `about.tests.0.value`.
    pub name: String,
    /// In words.
    pub message: String,
}
