//! The coding under the rules' eyes, with what the lists say of each line looked up once.

use std::borrow::Cow;
use std::cell::OnceCell;

use jiff::civil::Date;

use super::form::{code_form, written};
use super::pairs::{self, Paired};
use super::{
    CodeStanding, DiagnosisFacts, EditFinding, EncounterFacts, NcciSetting, Reference, Rule,
    TabularNote, Validity,
};
use crate::compare::{Line, LineRole};
use crate::words::{CodeSystem, WorkType};

/// A coding, its encounter and the lists of the day.
pub(super) struct Case<'a> {
    pub encounter: &'a EncounterFacts,
    pub lines: &'a [Line],
    pub disposition: Option<&'a str>,
    pub reference: &'a dyn Reference,
    known: Vec<Known>,
    paired: OnceCell<Vec<Paired>>,
}

/// What the lists say of a line.
pub(super) struct Known {
    /// How its code offends the form of its system, if it does; the lists are not asked then.
    pub misformed: Option<&'static str>,
    pub standing: CodeStanding,
    /// Of a diagnosis; nothing of other codes.
    pub diagnosis: DiagnosisFacts,
    /// Of a diagnosis that can be reported: its own instructions and those above it, nearest first.
    pub notes: Vec<TabularNote>,
}

/// A line with its place and what is known of it.
#[derive(Clone, Copy)]
pub(super) struct Entry<'a> {
    pub place: usize,
    pub line: &'a Line,
    pub known: &'a Known,
}

impl Entry<'_> {
    /// The code as people write it.
    pub fn written(&self) -> Cow<'_, str> {
        written(self.line.system, &self.line.code)
    }

    pub fn is_diagnosis(&self) -> bool {
        self.line.system == CodeSystem::Icd10Cm && self.line.role != LineRole::Procedure
    }

    /// The principal and the secondary diagnoses: those that the claim numbers.
    pub fn is_reported_diagnosis(&self) -> bool {
        self.is_diagnosis() && self.line.role != LineRole::Admitting
    }

    /// A service or supply in CPT or HCPCS.
    pub fn is_service(&self) -> bool {
        self.line.role == LineRole::Procedure
            && matches!(self.line.system, CodeSystem::Cpt | CodeSystem::Hcpcs)
    }

    pub fn has_modifier(&self, modifier: &str) -> bool {
        self.line.modifiers.iter().any(|it| it == modifier)
    }
}

impl<'a> Case<'a> {
    pub fn of(
        encounter: &'a EncounterFacts,
        lines: &'a [Line],
        disposition: Option<&'a str>,
        reference: &'a dyn Reference,
    ) -> Self {
        let known = lines.iter().map(|line| look_up(line, reference)).collect();
        Self { encounter, lines, disposition, reference, known, paired: OnceCell::new() }
    }

    pub fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        let both = self.lines.iter().zip(&self.known).enumerate();
        both.map(|(place, (line, known))| Entry { place, line, known })
    }

    pub fn entry(&self, place: usize) -> Option<Entry<'_>> {
        Some(Entry { place, line: self.lines.get(place)?, known: self.known.get(place)? })
    }

    /// The services that NCCI edits pair, looked up when a rule first asks.
    pub fn paired(&self) -> &[Paired] {
        self.paired.get_or_init(|| pairs::paired(self))
    }

    pub fn of_role(&self, role: LineRole) -> impl Iterator<Item = Entry<'_>> {
        self.entries().filter(move |entry| entry.line.role == role)
    }

    pub fn reported_diagnoses(&self) -> impl Iterator<Item = Entry<'_>> {
        self.entries().filter(Entry::is_reported_diagnosis)
    }

    /// The lines that the claim numbers as diagnoses, whatever the system of their code: what pointers count.
    pub fn numbered(&self) -> impl Iterator<Item = Entry<'_>> {
        let numbered = |role| matches!(role, LineRole::Principal | LineRole::Secondary);
        self.entries().filter(move |entry| numbered(entry.line.role))
    }

    /// The reported diagnoses in the sequence of the claim: the principal one, then the others.
    pub fn sequence(&self) -> Vec<Entry<'_>> {
        let mut all: Vec<Entry<'_>> = self.reported_diagnoses().collect();
        all.sort_by_key(|entry| (entry.line.role != LineRole::Principal, entry.place));
        all
    }

    pub fn services(&self) -> impl Iterator<Item = Entry<'_>> {
        self.entries().filter(Entry::is_service)
    }

    pub fn is_inpatient(&self) -> bool {
        self.encounter.work_type.coded_by_discharge()
    }

    /// The word for the first diagnosis.
    pub fn first_word(&self) -> &'static str {
        if self.is_inpatient() { "principal" } else { "first-listed" }
    }

    /// The day of a line: its own, or the encounter's.
    pub fn day_of(&self, line: &Line) -> Date {
        line.details.service_date.unwrap_or(self.encounter.service_date)
    }

    /// Whether the claim is a professional one, whose lines point at diagnoses.
    pub fn is_pro_fee(&self) -> bool {
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

    /// Which of CMS's sets of NCCI edits the claim falls under, if any: a surgery centre's falls under the
    /// practitioners', a stay and a risk-adjustment record under none.
    pub fn ncci(&self) -> Option<NcciSetting> {
        match self.encounter.work_type {
            WorkType::ProFeeEm
            | WorkType::EdProFee
            | WorkType::Radiology
            | WorkType::Pathology
            | WorkType::Anaesthesia
            | WorkType::AmbulatorySurgery => Some(NcciSetting::Practitioner),
            WorkType::EdFacility | WorkType::Outpatient | WorkType::Observation => {
                Some(NcciSetting::OutpatientHospital)
            }
            WorkType::Inpatient | WorkType::RiskAdjustment => None,
        }
    }
}

fn look_up(line: &Line, reference: &dyn Reference) -> Known {
    let misformed = code_form(line.system, &line.code).err();
    let unknown = CodeStanding::certain(Validity::Unknown);
    let standing = match misformed {
        None => reference.standing(line.system, &line.code),
        Some(_) => unknown,
    };
    let told = misformed.is_none() && line.system == CodeSystem::Icd10Cm;
    let reported = told && line.role != LineRole::Procedure && line.role != LineRole::Admitting;
    let diagnosis = if told { reference.diagnosis(&line.code) } else { DiagnosisFacts::default() };
    let notes = if reported { reference.notes(&line.code) } else { Vec::new() };
    Known { misformed, standing, diagnosis, notes }
}

/// Where one rule says what it has to say.
pub(super) struct Say<'a> {
    rule: &'static Rule,
    findings: &'a mut Vec<EditFinding>,
}

impl<'a> Say<'a> {
    pub const fn under(rule: &'static Rule, findings: &'a mut Vec<EditFinding>) -> Self {
        Self { rule, findings }
    }

    /// About the coding as a whole.
    pub fn of_all(&mut self, message: impl Into<String>) {
        self.add(None, self.rule.field, message.into());
    }

    /// About one line, in the rule's own field.
    pub fn of(&mut self, place: usize, message: impl Into<String>) {
        self.add(Some(place), self.rule.field, message.into());
    }

    /// About another field of the line.
    pub fn of_field(&mut self, place: usize, field: &'static str, message: impl Into<String>) {
        self.add(Some(place), field, message.into());
    }

    fn add(&mut self, line: Option<usize>, field: &'static str, message: String) {
        let Rule { id, severity, source, excuses, .. } = *self.rule;
        let (rule, source) = (Cow::Borrowed(id), Cow::Borrowed(source));
        self.findings.push(EditFinding { rule, severity, line, field, message, source, excuses });
    }
}
