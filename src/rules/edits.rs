//! Coding validation: what a claim scrubber would say, said to the coder while it can be mended.
//!
//! A bad coding is data, not a failure: [`check`] never fails, it answers with findings.

mod details;
mod diagnoses;
mod form;
mod places;
mod procedures;
mod reference;
mod standing;
#[cfg(test)]
mod tests;

use jiff::civil::Date;
use serde::Serialize;

use crate::compare::{Line, LineRole};
use crate::details::DetailSet;
use crate::words::WorkType;

pub use details::check_disposition;
pub use form::code_form;
pub(crate) use form::written;
pub use places::{DISPOSITIONS, PLACES_OF_SERVICE};
pub use reference::{
    CodeRange, DiagnosisFacts, ModifierStanding, NcciSetting, NoteKind, PairBypass, PairEdit,
    Reference, Sex, TabularNote, UnlikelyBasis, UnlikelyEdit,
};
pub use standing::{CodeStanding, Validity};

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
    /// The (first) date of service.
    pub service_date: Date,
    /// The date of discharge, where there was a stay and it has ended.
    pub discharge_date: Option<Date>,
    /// What the queue asks to be said of each line to which it belongs.
    pub required: DetailSet,
}

impl EncounterFacts {
    /// The date by which codes are valid or not: of discharge for an inpatient stay, else of service.
    #[must_use]
    pub fn coded_on(&self) -> Date {
        let discharge = self.discharge_date.filter(|_| self.work_type.coded_by_discharge());
        discharge.unwrap_or(self.service_date)
    }
}

/// One thing to mend or to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct EditFinding {
    /// The rule, such as `code.leaf`.
    pub rule: &'static str,
    /// What it asks of the coder.
    pub severity: EditSeverity,
    /// Index of the line, from 0; none when it is about the coding as a whole.
    pub line: Option<usize>,
    /// The field of the line, or `lines` or `encounter`.
    pub field: &'static str,
    /// What is wrong and what to do, for the coder's eyes; it names codes, never a patient.
    pub message: String,
    /// Where the rule comes from.
    pub source: &'static str,
}

/// All that the rules have to say about a coding: first what is about the whole, then line by line,
/// within a line by rule. `reference` answers for [`EncounterFacts::coded_on`].
#[must_use]
pub fn check(
    encounter: &EncounterFacts,
    lines: &[Line],
    reference: &dyn Reference,
) -> Vec<EditFinding> {
    let coding = Coding { encounter, lines };
    let mut findings = Findings::default();
    diagnoses::check(&coding, &mut findings);
    procedures::check(&coding, &mut findings);
    details::check(&coding, &mut findings);
    standing::check(&coding, reference, &mut findings);
    findings.sorted()
}

/// The coding under the rules' eyes.
struct Coding<'a> {
    encounter: &'a EncounterFacts,
    lines: &'a [Line],
}

impl<'a> Coding<'a> {
    /// The lines of one role with their places.
    fn of_role(&self, role: LineRole) -> impl Iterator<Item = (usize, &'a Line)> {
        self.lines.iter().enumerate().filter(move |(_, line)| line.role == role)
    }

    /// The diagnoses that the claim numbers: all but the admitting one.
    fn reported_diagnoses(&self) -> impl Iterator<Item = (usize, &'a Line)> {
        self.lines
            .iter()
            .enumerate()
            .filter(|(_, line)| matches!(line.role, LineRole::Principal | LineRole::Secondary))
    }

    /// Whether the claim is a professional one, whose lines point at diagnoses.
    fn is_pro_fee(&self) -> bool {
        match self.encounter.work_type {
            WorkType::ProFeeEm
            | WorkType::EdProFee
            | WorkType::Radiology
            | WorkType::Pathology
            | WorkType::Anaesthesia => true,
            WorkType::EdFacility
            | WorkType::Outpatient
            | WorkType::AmbulatorySurgery
            | WorkType::Observation
            | WorkType::Inpatient
            | WorkType::RiskAdjustment => false,
        }
    }
}

/// A rule: its name, its weight, the field it looks at and where it comes from.
struct Rule {
    id: &'static str,
    severity: EditSeverity,
    field: &'static str,
    source: &'static str,
}

/// The findings so far.
#[derive(Default)]
struct Findings(Vec<EditFinding>);

impl Findings {
    fn add(&mut self, rule: &Rule, line: Option<usize>, message: String) {
        self.0.push(EditFinding {
            rule: rule.id,
            severity: rule.severity,
            line,
            field: rule.field,
            message,
            source: rule.source,
        });
    }

    fn sorted(self) -> Vec<EditFinding> {
        let mut all = self.0;
        all.sort_by(|a, b| (a.line, a.rule, &a.message).cmp(&(b.line, b.rule, &b.message)));
        all
    }
}
