//! Rules about the diagnoses together: how many, which one is first, none twice.

use std::collections::BTreeMap;

use super::case::{Case, Entry, Say};
use super::form::bare;
use super::{DIAGNOSES_INSTITUTIONAL_MAX, DIAGNOSES_PRO_FEE_MAX};
use crate::compare::LineRole;

pub(super) fn required(case: &Case<'_>, say: &mut Say<'_>) {
    if case.numbered().next().is_none() {
        say.of_all("Add at least one diagnosis.");
    }
}

pub(super) fn count(case: &Case<'_>, say: &mut Say<'_>) {
    let (max, kind) = if case.is_pro_fee() {
        (DIAGNOSES_PRO_FEE_MAX, "A professional claim")
    } else {
        (DIAGNOSES_INSTITUTIONAL_MAX, "The claim")
    };
    let count = case.numbered().count();
    if count > max {
        say.of_all(format!("{kind} carries at most {max} diagnoses; there are {count}."));
    }
}

pub(super) fn one_principal(case: &Case<'_>, say: &mut Say<'_>) {
    let word = case.first_word();
    let mut principals = case.of_role(LineRole::Principal);
    if principals.next().is_none() && case.numbered().next().is_some() {
        say.of_all(format!("Mark one diagnosis as {word}."));
    }
    for another in principals {
        say.of(another.place, format!("There is a {word} diagnosis already: keep one."));
    }
}

/// The admitting diagnosis may be repeated: it is reported apart.
pub(super) fn duplicate(case: &Case<'_>, say: &mut Say<'_>) {
    let mut first_place = BTreeMap::new();
    for entry in case.reported_diagnoses() {
        let first = *first_place.entry(bare(&entry.line.code)).or_insert(entry.place);
        if first != entry.place {
            let code = entry.written();
            say.of(entry.place, format!("{code} is on line {} already: remove one.", first + 1));
        }
    }
}

pub(super) fn external_cause_principal(case: &Case<'_>, say: &mut Say<'_>) {
    let is_cause = |code: &str| code.starts_with(['V', 'W', 'X', 'Y']);
    for entry in case.of_role(LineRole::Principal).filter(Entry::is_diagnosis) {
        if is_cause(&entry.line.code) {
            let code = entry.written();
            say.of(
                entry.place,
                format!(
                    "{code} is an external cause (V00–Y99): list the injury or condition first."
                ),
            );
        }
    }
}

pub(super) fn manifestation_principal(case: &Case<'_>, say: &mut Say<'_>) {
    let word = case.first_word();
    for entry in case.of_role(LineRole::Principal) {
        if entry.known.diagnosis.manifestation {
            let code = entry.written();
            say.of(
                entry.place,
                format!(
                    "{code} is a manifestation and can't be the {word} diagnosis: list the disease \
                     that it belongs to first."
                ),
            );
        }
    }
}

/// The Medicare Code Editor asks it of stays only.
pub(super) fn unacceptable_principal(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in case.of_role(LineRole::Principal).filter(|_| case.is_inpatient()) {
        if entry.known.diagnosis.unacceptable_principal {
            let code = entry.written();
            say.of(
                entry.place,
                format!(
                    "{code} says a circumstance, not why the patient was admitted, and is not taken as \
                     principal diagnosis: list the condition that was treated first."
                ),
            );
        }
    }
}
