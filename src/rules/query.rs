//! Questions to a provider about what the record says: what may be asked and how, what counts as an answer,
//! and how a question goes on.
//!
//! The rules follow the practice brief of AHIMA and ACDIS, "Guidelines for Achieving a Compliant Query
//! Practice" (2022 update): a question must not lead, must not speak of money or measures, and rests on
//! what is written in the record.

mod answer;
mod compliance;
mod status;
mod templates;
#[cfg(test)]
mod tests;
mod wording;

use crate::ids::DocumentId;
use serde::{Deserialize, Serialize};

pub use answer::{AnswerChoice, AnswerFault, QueryAnswer, faults, in_words};
pub use compliance::{QueryFinding, check, check_wording, may_be_sent};
pub use status::{
    AnsweredThrough, CancelReason, CodesEffect, GiveUpReason, QueryAct, QueryOutcome, QueryStatus,
    next,
};
pub use templates::{BUILT_IN, BuiltIn, built_in};

/// Longest title, in characters.
pub const TITLE_CHARACTERS_MAX: usize = 120;
/// Longest question, in characters.
pub const TEXT_CHARACTERS_MAX: usize = 2_000;
/// Quotations of one question, at most.
pub const INDICATORS_MAX: usize = 20;
/// Longest quotation, in characters.
pub const QUOTE_CHARACTERS_MAX: usize = 600;
/// Choices of one question, at most; those that are always there are not counted.
pub const OPTIONS_MAX: usize = 8;
/// Fewest choices of a multiple-choice question, those that are always there not counted: with fewer, the
/// one that is left would be the answer that is wanted.
pub const OPTIONS_MIN: usize = 2;
/// Longest choice, condition or cause, in characters.
pub const OPTION_CHARACTERS_MAX: usize = 160;
/// Questions about one chart that may be asked at once.
pub const QUESTIONS_MAX: usize = 5;

/// The choice beside all others: the provider's own words.
pub const OTHER: &str = "Other (please specify)";
/// The choice not to choose.
pub const UNABLE: &str = "Unable to determine";

text_enum!(
    /// How a question may be answered.
    QueryKind {
        /// One of several choices.
        MultipleChoice = "multiple_choice",
        /// Yes or no, for three uses alone.
        YesNo = "yes_no",
        /// In the provider's own words.
        OpenEnded = "open_ended",
    }
);

impl QueryKind {
    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::MultipleChoice => "Multiple choice",
            Self::YesNo => "Yes or no",
            Self::OpenEnded => "Open question",
        }
    }
}

text_enum!(
    /// What a yes/no question may be for.
    YesNoUse {
        /// Whether a documented condition was present on admission.
        PresentOnAdmission = "present_on_admission",
        /// Whether a condition that is documented elsewhere, in a report for instance, is confirmed.
        DocumentedElsewhere = "documented_elsewhere",
        /// Whether one documented condition is due to another.
        CauseAndEffect = "cause_and_effect",
    }
);

impl YesNoUse {
    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::PresentOnAdmission => "Present on admission",
            Self::DocumentedElsewhere => "Confirms what a report says",
            Self::CauseAndEffect => "Cause and effect",
        }
    }
}

/// A place in the record that a question rests on, in the record's own words.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryIndicator {
    /// Which document.
    pub document_id: DocumentId,
    /// The first character, counted from 0.
    pub start: i32,
    /// The character after the last.
    pub end: i32,
    /// The words that stand there.
    pub quote: String,
}

/// A question as it is written.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryQuestion {
    /// What it is about, without an answer in it.
    pub title: String,
    /// How it may be answered.
    pub kind: QueryKind,
    /// The question itself.
    pub text: String,
    /// What it rests on.
    #[serde(default)]
    pub indicators: Vec<QueryIndicator>,
    /// The choices of a multiple-choice question, without those that are always there.
    #[serde(default)]
    pub options: Vec<String>,
    /// What a yes/no question is for.
    #[serde(default)]
    pub about: Option<YesNoUse>,
    /// The documented condition that a yes/no question is about.
    #[serde(default)]
    pub condition: String,
    /// The documented condition that may have caused it.
    #[serde(default)]
    pub cause: String,
    /// The template that it was begun from, with its version.
    #[serde(default)]
    pub template: Option<String>,
}

impl QueryQuestion {
    /// Everything that the provider may choose, in the order in which it is shown: those that are always
    /// there come last and look like the others, so that they steer nobody.
    #[must_use]
    pub fn choices(&self) -> Vec<String> {
        let own: Vec<String> = match self.kind {
            QueryKind::MultipleChoice => self.options.clone(),
            QueryKind::YesNo => vec!["Yes".to_owned(), "No".to_owned()],
            QueryKind::OpenEnded => return Vec::new(),
        };
        own.into_iter().chain([OTHER.to_owned(), UNABLE.to_owned()]).collect()
    }
}
