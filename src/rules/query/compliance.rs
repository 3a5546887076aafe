//! Whether a question may be asked like this: findings, never a failure.

use super::wording::{self, contains, first, words};
use super::{
    INDICATORS_MAX, OPTION_CHARACTERS_MAX, OPTIONS_MAX, OPTIONS_MIN, QUOTE_CHARACTERS_MAX,
    QueryKind, QueryQuestion, TEXT_CHARACTERS_MAX, TITLE_CHARACTERS_MAX, YesNoUse,
};
use crate::edits::EditSeverity as Severity;
use serde::Serialize;

/// Where the rules come from.
const BRIEF: &str =
    "AHIMA/ACDIS, Guidelines for Achieving a Compliant Query Practice (2022 update)";
/// Rules of form.
const FORM: &str = "A question must be complete before it is sent";

/// One thing to mend, or to know, about a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QueryFinding {
    /// Which rule.
    pub rule: &'static str,
    /// Whether it keeps the question from being sent.
    pub severity: Severity,
    /// Where: `title`, `text`, `options.2`, `indicators`, `about`, `condition`, `cause`.
    pub field: String,
    /// What, in words that a coder can act on.
    pub message: String,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// Whether nothing keeps the question from being sent.
#[must_use]
pub fn may_be_sent(findings: &[QueryFinding]) -> bool {
    findings.iter().all(|finding| finding.severity != Severity::Error)
}

/// Everything that the rules say of a question, place by place.
#[must_use]
pub fn check(question: &QueryQuestion) -> Vec<QueryFinding> {
    let mut found = Found::default();
    found.form(question);
    found.wording(&question.title, &question.text, &question.options);
    let quoted: Vec<Vec<String>> =
        question.indicators.iter().map(|indicator| words(&indicator.quote)).collect();
    found.indicators(question);
    match question.kind {
        QueryKind::MultipleChoice => {
            found.options(&question.options);
            found.choices_in_wording(question, &quoted);
            found.new_diagnosis(question, &quoted);
        }
        QueryKind::YesNo => found.yes_no(question, &quoted),
        QueryKind::OpenEnded => found.no_options(question),
    }
    found.0
}

/// What the rules say of words alone, as for a template that rests on no record yet.
#[must_use]
pub fn check_wording(
    kind: QueryKind,
    title: &str,
    text: &str,
    options: &[String],
) -> Vec<QueryFinding> {
    let mut found = Found::default();
    found.texts(title, text);
    found.wording(title, text, options);
    if kind == QueryKind::MultipleChoice {
        found.options(options);
    }
    found.0
}

#[derive(Default)]
struct Found(Vec<QueryFinding>);

impl Found {
    fn error(&mut self, rule: &'static str, field: &str, message: impl Into<String>) {
        self.add(Severity::Error, rule, (field, BRIEF), message.into());
    }

    fn warning(&mut self, rule: &'static str, field: &str, message: impl Into<String>) {
        self.add(Severity::Warning, rule, (field, BRIEF), message.into());
    }

    fn incomplete(&mut self, rule: &'static str, field: &str, message: impl Into<String>) {
        self.add(Severity::Error, rule, (field, FORM), message.into());
    }

    fn add(
        &mut self,
        severity: Severity,
        rule: &'static str,
        (field, source): (&str, &'static str),
        message: String,
    ) {
        self.0.push(QueryFinding { rule, severity, field: field.to_owned(), message, source });
    }

    fn form(&mut self, question: &QueryQuestion) {
        self.texts(&question.title, &question.text);
        for (field, text) in [("condition", &question.condition), ("cause", &question.cause)] {
            if text.chars().count() > OPTION_CHARACTERS_MAX {
                self.incomplete("query.length", field, "At most 160 characters.");
            }
        }
    }

    fn texts(&mut self, title: &str, text: &str) {
        if title.trim().is_empty() {
            self.incomplete("query.title", "title", "Say in a few words what it is about.");
        }
        if title.chars().count() > TITLE_CHARACTERS_MAX {
            self.incomplete("query.length", "title", "At most 120 characters.");
        }
        if text.trim().is_empty() {
            self.incomplete("query.text", "text", "Write the question.");
        }
        if text.chars().count() > TEXT_CHARACTERS_MAX {
            self.incomplete("query.length", "text", "At most 2,000 characters.");
        }
    }

    fn wording(&mut self, title: &str, text: &str, options: &[String]) {
        self.words_of("title", title);
        self.words_of("text", text);
        for (place, option) in options.iter().enumerate() {
            self.words_of(&format!("options.{place}"), option);
        }
    }

    fn words_of(&mut self, field: &str, text: &str) {
        let said = words(text);
        if let Some(phrase) = first(&said, wording::LEADING) {
            let told = format!("“{}” leads to an answer: ask without it.", shown(phrase));
            self.error("query.leading", field, told);
        }
        self.money(field, text, &said);
        if let Some(phrase) = first(&said, wording::SEVERITY) {
            let told = format!(
                "Say nothing of “{}”, which is a statistic: ask for the degree, stage or type.",
                shown(phrase)
            );
            self.error("query.severity", field, told);
        }
        if let Some(phrase) = first(&said, wording::QUALITY) {
            let told = format!("“{}”: how care is measured is not asked about.", shown(phrase));
            self.error("query.quality", field, told);
        } else if first(&said, &["quality"]).is_some() {
            let told = "“quality” can be read as a measure of care: say it in another word.";
            self.warning("query.quality", field, told);
        }
        if let Some(phrase) = first(&said, wording::IMPACT) {
            let told = format!("“{}”: say nothing of what the answer changes.", shown(phrase));
            self.error("query.impact", field, told);
        }
        if let Some(phrase) = first(&said, wording::CODING) {
            let told = format!("“{}”: ask about the patient, not about codes.", shown(phrase));
            self.warning("query.coding", field, told);
        }
        if let Some(phrase) = first(&said, wording::CONCLUDING) {
            let told = format!(
                "“{}” is your conclusion: quote the record and let the provider conclude.",
                shown(phrase)
            );
            self.warning("query.concluding", field, told);
        }
    }

    fn money(&mut self, field: &str, text: &str, said: &[String]) {
        let sign = text.contains(['$', '€']).then_some("$");
        if let Some(phrase) = first(said, wording::PAYMENT).or(sign) {
            let told = format!("“{}”: payment has no place in a question.", shown(phrase));
            self.error("query.payment", field, told);
        }
        // 500 cc is a volume.
        let volume = |at: usize| {
            let before = at.checked_sub(1).and_then(|before| said.get(before));
            before.is_some_and(|word| word.chars().all(|letter| letter.is_ascii_digit()))
        };
        if said.iter().enumerate().any(|(at, word)| word == "cc" && !volume(at)) {
            let told = "“CC” can be read as a class of payment: write out what is meant.";
            self.warning("query.payment", field, told);
        }
    }

    fn indicators(&mut self, question: &QueryQuestion) {
        let indicators = &question.indicators;
        if indicators.is_empty() {
            let told = "Quote at least one clinical indicator: select it in the chart.";
            self.error("query.indicators", "indicators", told);
        }
        if indicators.len() > INDICATORS_MAX {
            self.incomplete("query.length", "indicators", "At most 20 clinical indicators.");
        }
        for (place, indicator) in indicators.iter().enumerate() {
            let field = format!("indicators.{place}");
            if indicator.quote.trim().is_empty() || indicator.start >= indicator.end {
                self.incomplete("query.quote", &field, "Select the words in the chart again.");
            }
            if indicator.quote.chars().count() > QUOTE_CHARACTERS_MAX {
                let told = "At most 600 characters: quote what matters.";
                self.incomplete("query.length", &field, told);
            }
        }
    }

    fn options(&mut self, options: &[String]) {
        if options.len() < OPTIONS_MIN {
            let told = "Offer at least two choices that the record supports: one alone leads.";
            self.error("query.options", "options", told);
        }
        if options.len() > OPTIONS_MAX {
            self.incomplete("query.length", "options", "At most 8 choices.");
        }
        let said: Vec<Vec<String>> = options.iter().map(|option| words(option)).collect();
        for (place, option) in options.iter().enumerate() {
            let field = format!("options.{place}");
            let own = said.get(place).map_or(&[][..], Vec::as_slice);
            if own.is_empty() {
                self.incomplete("query.option", &field, "Write the choice, or take it away.");
                continue;
            }
            if option.chars().count() > OPTION_CHARACTERS_MAX {
                self.incomplete("query.length", &field, "At most 160 characters.");
            }
            if said.iter().take(place).any(|earlier| earlier == own) {
                self.incomplete("query.option", &field, "This choice is there already.");
            }
            if wording::ALWAYS_THERE.contains(&own.join(" ").as_str()) {
                let told = "“Other” and “Unable to determine” are always offered: take this away.";
                self.incomplete("query.option", &field, told);
            }
            self.loud(&field, option, own, options);
        }
    }

    /// A choice that stands out is the one that is wanted.
    fn loud(&mut self, field: &str, option: &str, own: &[String], all: &[String]) {
        if let Some(phrase) = first(own, wording::STEERING) {
            let told = format!("“{}” makes one choice louder than the others.", shown(phrase));
            self.error("query.steering", field, told);
        }
        let shouted = |text: &str| {
            let letters = text.chars().filter(|letter| letter.is_alphabetic());
            letters.clone().count() > 5 && letters.clone().all(char::is_uppercase)
        };
        let alone = shouted(option) && !all.iter().all(|option| shouted(option));
        if option.contains(['!', '*']) || alone {
            let told = "Write every choice alike: capitals, stars and exclamation marks steer.";
            self.error("query.steering", field, told);
        }
    }

    /// Title and question must not say one of the choices, unless the record says it already.
    fn choices_in_wording(&mut self, question: &QueryQuestion, quoted: &[Vec<String>]) {
        let options: Vec<Vec<String>> = question.options.iter().map(|it| words(it)).collect();
        let documented = |option: &[String]| quoted.iter().any(|quote| contains(quote, option));
        for (field, text) in [("title", &question.title), ("text", &question.text)] {
            let said = words(text);
            let named = options.iter().filter(|option| contains(&said, option));
            let all_named = named.clone().count() == options.len() && field == "text";
            if !all_named && named.clone().any(|option| !documented(option)) {
                let told = "One of the choices stands here and is not quoted from the record: leave \
                    it out.";
                self.error("query.names_choice", field, told);
            }
        }
    }

    fn new_diagnosis(&mut self, question: &QueryQuestion, quoted: &[Vec<String>]) {
        let documented = |option: &String| {
            let option = wording::carrying(option);
            let all: Vec<&String> = quoted.iter().flatten().collect();
            option.iter().all(|word| all.contains(&word))
        };
        if question.indicators.len() == 1 && !question.options.iter().all(documented) {
            let told = "A choice that the record does not name rests on one indicator alone: \
                quote what else supports it.";
            self.warning("query.new_diagnosis", "indicators", told);
        }
    }

    fn no_options(&mut self, question: &QueryQuestion) {
        if !question.options.is_empty() {
            let told = "This kind of question has no choices of its own.";
            self.incomplete("query.options", "options", told);
        }
    }

    /// Yes/no has three uses, and each is about what the record already names.
    fn yes_no(&mut self, question: &QueryQuestion, quoted: &[Vec<String>]) {
        self.no_options(question);
        let Some(about) = question.about else {
            let told = "Yes or no is allowed for three uses alone: present on admission, \
                confirming what a report says, cause and effect. Ask anything else with choices.";
            self.error("query.yes_no_use", "about", told);
            return;
        };
        self.documented("condition", &question.condition, quoted);
        if about == YesNoUse::CauseAndEffect {
            self.documented("cause", &question.cause, quoted);
        }
    }

    fn documented(&mut self, field: &'static str, condition: &str, quoted: &[Vec<String>]) {
        let wanted = wording::carrying(condition);
        if wanted.is_empty() {
            let told = "Name it as the record does.";
            self.incomplete("query.condition", field, told);
            return;
        }
        let stands_in = |quote: &Vec<String>| wanted.iter().all(|word| quote.contains(word));
        if !quoted.iter().any(stands_in) {
            let told = "Yes or no must not introduce a diagnosis: quote where the record names \
                this, in the same words, or ask with choices.";
            self.error("query.new_diagnosis", field, told);
        }
    }
}

/// A phrase as people read it.
fn shown(phrase: &str) -> String {
    phrase.replace('*', "…")
}
