//! Rules about a single code: its system, its form, and whether it may be reported on the date.

use std::collections::BTreeSet;

use jiff::civil::Date;

use super::form::{code_form, name, written};
use super::{Coding, EditSeverity, Findings, Reference, Rule};
use crate::compare::{Line, LineRole};
use crate::words::CodeSystem;

/// What a code is on the date of the encounter, by the lists that are loaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CodeStanding {
    /// Whether it may be reported.
    pub validity: Validity,
    /// The edition that was used when none is loaded for the date; none when the right one is.
    pub edition_in_doubt: Option<String>,
}

impl CodeStanding {
    /// A standing by the edition that is in force.
    #[must_use]
    pub const fn certain(validity: Validity) -> Self {
        Self { validity, edition_in_doubt: None }
    }
}

/// Whether a code may be reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Validity {
    /// It may.
    Billable,
    /// It is a heading and needs more characters.
    Header,
    /// It is listed, but not on the date.
    NotInForce {
        /// The first day on which it is known to be listed.
        from: Date,
        /// The last day; none when it still is.
        until: Option<Date>,
    },
    /// It is in no list.
    Unknown,
    /// No list of its system is loaded: its form is all that can be judged.
    FormOnly,
}

const SYSTEM: Rule = Rule {
    id: "code.system",
    severity: EditSeverity::Error,
    field: "system",
    source: "45 CFR 162.1002",
};
const FORM: Rule = Rule {
    id: "code.form",
    severity: EditSeverity::Error,
    field: "code",
    source: "45 CFR 162.1002",
};
const LEAF: Rule = Rule {
    id: "code.leaf",
    severity: EditSeverity::Error,
    field: "code",
    source: "ICD-10-CM Official Guidelines I.B.2",
};
const IN_FORCE: Rule = Rule {
    id: "code.in_force",
    severity: EditSeverity::Error,
    field: "code",
    source: "45 CFR 162.1011",
};
const KNOWN: Rule = Rule {
    id: "code.known",
    severity: EditSeverity::Error,
    field: "code",
    source: "45 CFR 162.1002",
};
const EDITION: Rule = Rule {
    id: "encounter.edition",
    severity: EditSeverity::Advice,
    field: "encounter",
    source: "45 CFR 162.1011",
};
const DISCHARGE: Rule = Rule {
    id: "encounter.discharge",
    severity: EditSeverity::Advice,
    field: "encounter",
    source: "ICD-10-CM editions are in force by date of discharge",
};

pub(super) fn check(coding: &Coding<'_>, reference: &dyn Reference, findings: &mut Findings) {
    let encounter = coding.encounter;
    let mut in_doubt = BTreeSet::new();
    for (place, line) in coding.lines.iter().enumerate() {
        if let Some(message) = wrong_system(coding, line) {
            findings.add(&SYSTEM, Some(place), message);
        }
        if let Err(expected) = code_form(line.system, &line.code) {
            let message =
                format!("“{}” is not a code of {}: {expected}.", line.code, name(line.system));
            findings.add(&FORM, Some(place), message);
            continue;
        }
        let answer = reference.standing(line.system, &line.code);
        if let Some((rule, message)) = objection(line, answer.validity, encounter.coded_on()) {
            findings.add(rule, Some(place), message);
        }
        in_doubt.extend(answer.edition_in_doubt.map(|edition| (line.system, edition)));
    }
    for (system, edition) in in_doubt {
        let message = format!(
            "No {} list is loaded for {}; the codes were checked against {edition}.",
            name(system),
            encounter.coded_on(),
        );
        findings.add(&EDITION, None, message);
    }
    if encounter.work_type.coded_by_discharge() && encounter.discharge_date.is_none() {
        let message = "There is no discharge date; the codes were checked by the date of service.";
        findings.add(&DISCHARGE, None, message.to_owned());
    }
}

fn wrong_system(coding: &Coding<'_>, line: &Line) -> Option<String> {
    let inpatient = coding.encounter.work_type.procedures_are_pcs();
    let expected = match (line.role, line.system) {
        (LineRole::Procedure, CodeSystem::Icd10Pcs) if inpatient => return None,
        (LineRole::Procedure, CodeSystem::Cpt | CodeSystem::Hcpcs) if !inpatient => return None,
        (LineRole::Procedure, _) if inpatient => "Inpatient procedures are coded in ICD-10-PCS",
        (LineRole::Procedure, _) => {
            "Procedures outside an inpatient stay are coded in CPT or HCPCS"
        }
        (_, CodeSystem::Icd10Cm) => return None,
        (LineRole::Admitting | LineRole::Principal | LineRole::Secondary, _) => {
            "Diagnoses are coded in ICD-10-CM"
        }
    };
    Some(format!("{expected}, not in {}.", name(line.system)))
}

fn objection(line: &Line, validity: Validity, on: Date) -> Option<(&'static Rule, String)> {
    let code = written(line.system, &line.code);
    match validity {
        Validity::Billable | Validity::FormOnly => None,
        Validity::Header => Some((
            &LEAF,
            format!(
                "{code} is a heading and needs more characters: choose one of the codes below it."
            ),
        )),
        Validity::NotInForce { until: Some(until), .. } if until < on => Some((
            &IN_FORCE,
            format!(
                "{code} was valid until {until} and is not on {on}: choose the code that replaces it."
            ),
        )),
        Validity::NotInForce { from, .. } => {
            Some((&IN_FORCE, format!("{code} is valid from {from} only and is not on {on}.")))
        }
        Validity::Unknown => Some((
            &KNOWN,
            format!("{code} is not in {}: look for a typing slip.", name(line.system)),
        )),
    }
}
