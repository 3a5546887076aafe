//! Rules about the diagnoses together, and their present-on-admission indicators.

use std::collections::BTreeMap;

use super::form::{bare, written};
use super::{
    Coding, DIAGNOSES_INSTITUTIONAL_MAX, DIAGNOSES_PRO_FEE_MAX, EditSeverity, Findings, Rule,
};
use crate::compare::LineRole;
use crate::words::CodeSystem;

const REQUIRED: Rule = Rule {
    id: "diagnosis.required",
    severity: EditSeverity::Error,
    field: "lines",
    source: "ICD-10-CM Official Guidelines II, IV",
};
const PRINCIPAL: Rule = Rule {
    id: "diagnosis.principal",
    severity: EditSeverity::Error,
    field: "role",
    source: "ICD-10-CM Official Guidelines II, IV.A",
};
const COUNT: Rule = Rule {
    id: "diagnosis.count",
    severity: EditSeverity::Error,
    field: "lines",
    source: "X12 837 segment HI",
};
const DUPLICATE: Rule = Rule {
    id: "diagnosis.duplicate",
    severity: EditSeverity::Error,
    field: "code",
    source: "ICD-10-CM Official Guidelines I.B.8",
};
const EXTERNAL_CAUSE: Rule = Rule {
    id: "diagnosis.external_cause_principal",
    severity: EditSeverity::Error,
    field: "code",
    source: "ICD-10-CM Official Guidelines I.C.20.a.6",
};
const POA_REQUIRED: Rule = Rule {
    id: "poa.required",
    severity: EditSeverity::Error,
    field: "poa",
    source: "ICD-10-CM Official Guidelines, Appendix I",
};
const POA_UNEXPECTED: Rule = Rule {
    id: "poa.unexpected",
    severity: EditSeverity::Error,
    field: "poa",
    source: "ICD-10-CM Official Guidelines, Appendix I",
};

pub(super) fn check(coding: &Coding<'_>, findings: &mut Findings) {
    number_of_diagnoses(coding, findings);
    principal(coding, findings);
    duplicates(coding, findings);
    external_cause(coding, findings);
    present_on_admission(coding, findings);
}

fn number_of_diagnoses(coding: &Coding<'_>, findings: &mut Findings) {
    let (max, kind) = if coding.is_pro_fee() {
        (DIAGNOSES_PRO_FEE_MAX, "A professional claim")
    } else {
        (DIAGNOSES_INSTITUTIONAL_MAX, "The claim")
    };
    match coding.reported_diagnoses().count() {
        0 => findings.add(&REQUIRED, None, "Add at least one diagnosis.".to_owned()),
        count if count > max => {
            let message = format!("{kind} carries at most {max} diagnoses; there are {count}.");
            findings.add(&COUNT, None, message);
        }
        _ => {}
    }
}

fn principal(coding: &Coding<'_>, findings: &mut Findings) {
    let word =
        if coding.encounter.work_type.coded_by_discharge() { "principal" } else { "first-listed" };
    let mut principals = coding.of_role(LineRole::Principal);
    if principals.next().is_none() && coding.reported_diagnoses().next().is_some() {
        findings.add(&PRINCIPAL, None, format!("Mark one diagnosis as {word}."));
    }
    for (place, _) in principals {
        findings.add(
            &PRINCIPAL,
            Some(place),
            format!("There is a {word} diagnosis already: keep one."),
        );
    }
}

/// The admitting diagnosis may be repeated: it is reported apart.
fn duplicates(coding: &Coding<'_>, findings: &mut Findings) {
    let mut first_place = BTreeMap::new();
    for (place, line) in coding.reported_diagnoses() {
        let first = *first_place.entry(bare(&line.code)).or_insert(place);
        if first != place {
            let code = written(CodeSystem::Icd10Cm, &line.code);
            let message = format!("{code} is on line {} already: remove one.", first + 1);
            findings.add(&DUPLICATE, Some(place), message);
        }
    }
}

fn external_cause(coding: &Coding<'_>, findings: &mut Findings) {
    let cause = |code: &str| code.starts_with(['V', 'W', 'X', 'Y']);
    for (place, line) in coding.of_role(LineRole::Principal) {
        if line.system == CodeSystem::Icd10Cm && cause(&line.code) {
            let code = written(CodeSystem::Icd10Cm, &line.code);
            let message = format!(
                "{code} is an external cause (V00–Y99): list the injury or condition first."
            );
            findings.add(&EXTERNAL_CAUSE, Some(place), message);
        }
    }
}

fn present_on_admission(coding: &Coding<'_>, findings: &mut Findings) {
    let inpatient = coding.encounter.work_type.needs_present_on_admission();
    for (place, line) in coding.lines.iter().enumerate() {
        let needed = inpatient && matches!(line.role, LineRole::Principal | LineRole::Secondary);
        if needed && line.poa.is_none() {
            let message = "Say whether it was present on admission: Y, N, U, W, or 1 when exempt.";
            findings.add(&POA_REQUIRED, Some(place), message.to_owned());
        }
        if !needed && line.poa.is_some() {
            let message = "Only the principal and secondary diagnoses of an inpatient stay have a \
                           present-on-admission indicator: remove it.";
            findings.add(&POA_UNEXPECTED, Some(place), message.to_owned());
        }
    }
}
