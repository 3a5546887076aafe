//! Rules about procedure lines: modifiers, units and diagnosis pointers.

use std::collections::BTreeSet;

use super::form::name;
use super::{
    Coding, EditSeverity, Findings, MODIFIERS_MAX, POINTERS_MAX, PROCEDURES_INPATIENT_MAX,
    PROCEDURES_LINES_MAX, Rule, UNITS_MAX,
};
use crate::compare::{Line, LineRole};
use crate::words::CodeSystem;

/// Characters of a modifier.
const MODIFIER_CHARACTERS: usize = 2;

const COUNT: Rule = Rule {
    id: "procedure.count",
    severity: EditSeverity::Error,
    field: "lines",
    source: "X12 837 segments HI and LX",
};
const MODIFIER_FORM: Rule = Rule {
    id: "modifier.form",
    severity: EditSeverity::Error,
    field: "modifiers",
    source: "X12 837 SV1/SV2 modifiers",
};
const MODIFIER_COUNT: Rule = Rule {
    id: "modifier.count",
    severity: EditSeverity::Error,
    field: "modifiers",
    source: "X12 837 SV1/SV2 modifiers",
};
const MODIFIER_REPEATED: Rule = Rule {
    id: "modifier.repeated",
    severity: EditSeverity::Error,
    field: "modifiers",
    source: "X12 837 SV1/SV2 modifiers",
};
const MODIFIER_UNEXPECTED: Rule = Rule {
    id: "modifier.unexpected",
    severity: EditSeverity::Error,
    field: "modifiers",
    source: "X12 837 SV1/SV2 modifiers",
};
const UNITS: Rule = Rule {
    id: "units.range",
    severity: EditSeverity::Error,
    field: "units",
    source: "X12 837 SV1/SV2 service unit count",
};
const POINTER_REQUIRED: Rule = Rule {
    id: "pointer.required",
    severity: EditSeverity::Error,
    field: "pointers",
    source: "X12 837P SV107",
};
const POINTER_COUNT: Rule = Rule {
    id: "pointer.count",
    severity: EditSeverity::Error,
    field: "pointers",
    source: "X12 837P SV107",
};
const POINTER_RANGE: Rule = Rule {
    id: "pointer.range",
    severity: EditSeverity::Error,
    field: "pointers",
    source: "X12 837P SV107",
};
const POINTER_REPEATED: Rule = Rule {
    id: "pointer.repeated",
    severity: EditSeverity::Error,
    field: "pointers",
    source: "X12 837P SV107",
};

pub(super) fn check(coding: &Coding<'_>, findings: &mut Findings) {
    number_of_procedures(coding, findings);
    for (place, line) in coding.lines.iter().enumerate() {
        modifiers(place, line, findings);
        if line.role == LineRole::Procedure {
            units(place, line, findings);
            pointers(coding, place, line, findings);
        }
    }
}

fn number_of_procedures(coding: &Coding<'_>, findings: &mut Findings) {
    let inpatient = coding.encounter.work_type.procedures_are_pcs();
    let max = if inpatient { PROCEDURES_INPATIENT_MAX } else { PROCEDURES_LINES_MAX };
    let count = coding.of_role(LineRole::Procedure).count();
    if count > max {
        findings.add(
            &COUNT,
            None,
            format!("The claim carries at most {max} procedures; there are {count}."),
        );
    }
}

fn modifiers(place: usize, line: &Line, findings: &mut Findings) {
    if line.modifiers.is_empty() {
        return;
    }
    if !matches!(line.system, CodeSystem::Cpt | CodeSystem::Hcpcs) {
        let message = format!("{} codes take no modifiers: remove them.", name(line.system));
        findings.add(&MODIFIER_UNEXPECTED, Some(place), message);
        return;
    }
    let well_formed = |modifier: &str| {
        modifier.len() == MODIFIER_CHARACTERS
            && modifier.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
    };
    let mut seen = BTreeSet::new();
    for modifier in &line.modifiers {
        if !well_formed(modifier) {
            let message = format!(
                "“{modifier}” is not a modifier: two capital letters or digits, such as 25 or LT."
            );
            findings.add(&MODIFIER_FORM, Some(place), message);
        } else if !seen.insert(modifier) {
            findings.add(
                &MODIFIER_REPEATED,
                Some(place),
                format!("Modifier {modifier} is there twice: remove one."),
            );
        }
    }
    let count = line.modifiers.len();
    if count > MODIFIERS_MAX {
        let message =
            format!("A line carries at most {MODIFIERS_MAX} modifiers; there are {count}.");
        findings.add(&MODIFIER_COUNT, Some(place), message);
    }
}

fn units(place: usize, line: &Line, findings: &mut Findings) {
    if !(1..=UNITS_MAX).contains(&line.units) {
        let message =
            format!("Units are a whole number from 1 to {UNITS_MAX}, not {}.", line.units);
        findings.add(&UNITS, Some(place), message);
    }
}

fn pointers(coding: &Coding<'_>, place: usize, line: &Line, findings: &mut Findings) {
    let diagnoses = coding.reported_diagnoses().count();
    if line.pointers.is_empty() && coding.is_pro_fee() {
        let message = "Point at the diagnosis that the service was for.";
        findings.add(&POINTER_REQUIRED, Some(place), message.to_owned());
    }
    let count = line.pointers.len();
    if count > POINTERS_MAX {
        let message =
            format!("A line points at no more than {POINTERS_MAX} diagnoses; there are {count}.");
        findings.add(&POINTER_COUNT, Some(place), message);
    }
    let mut seen = BTreeSet::new();
    for pointer in &line.pointers {
        let there = usize::try_from(*pointer).is_ok_and(|number| (1..=diagnoses).contains(&number));
        if !there {
            let message =
                format!("There is no diagnosis number {pointer}: the coding has {diagnoses}.");
            findings.add(&POINTER_RANGE, Some(place), message);
        } else if !seen.insert(pointer) {
            let message = format!("The line points at diagnosis {pointer} twice: remove one.");
            findings.add(&POINTER_REPEATED, Some(place), message);
        }
    }
}
