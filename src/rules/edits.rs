//! Coding validation: what a claim scrubber would say, said to the coder while it can be mended.
//!
//! A bad coding is data, not a failure: [`check`] never fails, it answers with findings. Which rules there
//! are, what each weighs and where it comes from stands in one table, [`RULES`].

mod case;
mod characters;
mod companions;
mod details;
mod diagnoses;
mod exclusions;
mod form;
mod level;
mod modifiers;
mod pairs;
mod patient;
mod places;
mod poa;
mod pointers;
mod procedures;
mod reference;
mod sides;
mod standing;
mod table;
#[cfg(test)]
pub(crate) mod tests;
mod units;

use std::borrow::Cow;

use jiff::civil::Date;
use serde::Serialize;

use crate::compare::Line;
use crate::details::DetailSet;
use crate::words::WorkType;

use case::{Case, Say};
pub use form::code_form;
pub(crate) use form::written;
pub use patient::Patient;
pub use places::{DISPOSITIONS, PLACES_OF_SERVICE};
pub use poa::{PoaExempt, PoaTerms};
pub use reference::{
    CodeRange, DiagnosisFacts, LongerCode, ModifierStanding, NcciSetting, NoteKind, PairBypass,
    PairEdit, Reference, Sex, TabularNote, UnlikelyBasis, UnlikelyEdit,
};
pub use standing::{CodeStanding, Validity};
pub use table::{OF_THE_WHOLE, RULES};

/// Diagnoses of a professional claim; the admitting one is not counted.
pub const DIAGNOSES_PRO_FEE_MAX: usize = 12;
/// Diagnoses of an institutional claim: the principal and 24 others.
pub const DIAGNOSES_INSTITUTIONAL_MAX: usize = 25;
/// ICD-10-PCS procedures of an inpatient claim.
pub const PROCEDURES_INPATIENT_MAX: usize = 25;
/// Service lines of any other claim.
pub const PROCEDURES_LINES_MAX: usize = 50;
/// Modifiers of one line.
pub const MODIFIERS_MAX: usize = 4;
/// Diagnosis pointers of one line.
pub const POINTERS_MAX: usize = 4;
/// Units of service of one line.
pub const UNITS_MAX: i32 = 9999;

text_enum!(
    /// What a finding asks of the coder.
    EditSeverity {
        /// The coding can't be handed in like this.
        Error = "error",
        /// It can, with a reason.
        Warning = "warning",
        /// Good to know.
        Advice = "advice",
    }
);

/// What the rules need to know of the encounter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EncounterFacts {
    /// The kind of work, which decides the kind of claim.
    pub work_type: WorkType,
    /// The (first) date of service, or of admission.
    pub service_date: Date,
    /// The date of discharge, where there was a stay and it has ended.
    pub discharge_date: Option<Date>,
    /// What the queue asks to be said of each line to which it belongs.
    pub required: DetailSet,
    /// Age and sex, as far as they are known.
    pub patient: Patient,
    /// How the facility reports what was present on admission.
    pub poa: PoaTerms,
}

impl EncounterFacts {
    /// The date by which codes are valid or not: of discharge for an inpatient stay, else of service.
    #[must_use]
    pub fn coded_on(&self) -> Date {
        self.work_type.coded_on(self.service_date, self.discharge_date)
    }
}

/// A rule: its name, its weight, where it looks, where it comes from, and how it is asked.
#[derive(Debug)]
pub struct Rule {
    /// Its name, such as `code.leaf`: the room and the matter.
    pub id: &'static str,
    /// What it asks of the coder.
    pub severity: EditSeverity,
    /// The field of the line that it is about, or `lines` or `encounter`.
    pub field: &'static str,
    /// What it demands, in a sentence.
    pub words: &'static str,
    /// Where it comes from.
    pub source: &'static str,
    /// Reasons that usually hold for setting its warning aside.
    pub excuses: &'static [&'static str],
    check: fn(&Case<'_>, &mut Say<'_>),
}

/// One thing to mend or to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EditFinding {
    /// The rule, such as `code.leaf`.
    pub rule: Cow<'static, str>,
    /// What it asks of the coder.
    pub severity: EditSeverity,
    /// Index of the line, from 0; none when it is about the coding as a whole.
    pub line: Option<usize>,
    /// The field of the line, or `lines` or `encounter`.
    pub field: &'static str,
    /// What is wrong and what to do, for the coder's eyes; it names codes, never a patient.
    pub message: String,
    /// Where the rule comes from.
    pub source: Cow<'static, str>,
    /// Reasons that usually hold for setting the warning aside; the coder may write another.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(value_type = Vec<String>)]
    pub excuses: &'static [&'static str],
}

/// All that the rules have to say about a coding: first what is about the whole, then line by line,
/// within a line by rule. `reference` answers for [`EncounterFacts::coded_on`].
#[must_use]
pub fn check(
    encounter: &EncounterFacts,
    lines: &[Line],
    reference: &dyn Reference,
) -> Vec<EditFinding> {
    ask(RULES, &Case::of(encounter, lines, None, reference))
}

/// What the rules say of a coding's discharge disposition and of the discharge itself.
#[must_use]
pub fn check_disposition(
    encounter: &EncounterFacts,
    disposition: Option<&str>,
) -> Vec<EditFinding> {
    ask(OF_THE_WHOLE, &Case::of(encounter, &[], disposition, &reference::NoLists))
}

fn ask(rules: &'static [Rule], case: &Case<'_>) -> Vec<EditFinding> {
    let mut findings = Vec::new();
    for rule in rules {
        (rule.check)(case, &mut Say::under(rule, &mut findings));
    }
    in_order(findings)
}

/// The order in which findings are read: about the whole first, then line by line.
#[must_use]
pub fn in_order(mut findings: Vec<EditFinding>) -> Vec<EditFinding> {
    findings.sort_by(|a, b| (a.line, &a.rule, &a.message).cmp(&(b.line, &b.rule, &b.message)));
    findings
}
