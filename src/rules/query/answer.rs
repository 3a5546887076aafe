//! What counts as an answer to a question.

use super::{OTHER, QueryKind, QueryQuestion, TEXT_CHARACTERS_MAX, UNABLE};
use serde::{Deserialize, Serialize};

text_enum!(
    /// What the provider chose.
    AnswerChoice {
        /// One of the question's own choices.
        Option = "option",
        /// Yes.
        Yes = "yes",
        /// No.
        No = "no",
        /// None of the choices: their own words.
        Other = "other",
        /// That it cannot be determined.
        UnableToDetermine = "unable_to_determine",
        /// The text that an open question asks for.
        Text = "text",
    }
);

/// A provider's answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct QueryAnswer {
    /// What was chosen.
    pub choice: AnswerChoice,
    /// Which of the question's own choices, counted from 0.
    #[serde(default)]
    pub option: Option<usize>,
    /// The provider's words: of another choice, or in answer to an open question.
    #[serde(default)]
    pub text: String,
    /// Whatever else they want to say.
    #[serde(default)]
    pub comment: String,
}

/// Why an answer cannot be taken: the field and what to do.
pub type AnswerFault = (&'static str, &'static str);

/// Everything that keeps an answer from being taken.
#[must_use]
pub fn faults(question: &QueryQuestion, answer: &QueryAnswer) -> Vec<AnswerFault> {
    use AnswerChoice as Choice;
    let mut faults = Vec::new();
    let offered = match answer.choice {
        Choice::Option => question.kind == QueryKind::MultipleChoice,
        Choice::Yes | Choice::No => question.kind == QueryKind::YesNo,
        Choice::Other => question.kind != QueryKind::OpenEnded,
        Choice::Text => question.kind == QueryKind::OpenEnded,
        Choice::UnableToDetermine => true,
    };
    if !offered {
        faults.push(("choice", "Choose one of the answers that are offered."));
    }
    if answer.choice == Choice::Option
        && answer.option.is_none_or(|place| question.options.get(place).is_none())
    {
        faults.push(("option", "Choose one of the answers that are offered."));
    }
    if answer.choice != Choice::Option && answer.option.is_some() {
        faults.push(("option", "Only one answer can be chosen."));
    }
    let needs_words = matches!(answer.choice, Choice::Other | Choice::Text);
    if needs_words && answer.text.trim().is_empty() {
        faults.push(("text", "Write your answer."));
    }
    for (field, text) in [("text", &answer.text), ("comment", &answer.comment)] {
        if text.chars().count() > TEXT_CHARACTERS_MAX {
            faults.push((field, "At most 2,000 characters."));
        }
    }
    faults
}

/// The answer as people read it.
#[must_use]
pub fn in_words(question: &QueryQuestion, answer: &QueryAnswer) -> String {
    match answer.choice {
        AnswerChoice::Option => {
            let chosen = answer.option.and_then(|place| question.options.get(place));
            chosen.cloned().unwrap_or_default()
        }
        AnswerChoice::Yes => "Yes".to_owned(),
        AnswerChoice::No => "No".to_owned(),
        AnswerChoice::Other => format!("{OTHER}: {}", answer.text.trim()),
        AnswerChoice::UnableToDetermine => UNABLE.to_owned(),
        AnswerChoice::Text => answer.text.trim().to_owned(),
    }
}
