//! Rules about the diagnoses that services point at.

use std::collections::BTreeSet;

use super::POINTERS_MAX;
use super::case::{Case, Say};
use crate::compare::LineRole;

pub(super) fn required(case: &Case<'_>, say: &mut Say<'_>) {
    for service in case.of_role(LineRole::Procedure).filter(|_| case.is_pro_fee()) {
        if service.line.pointers.is_empty() {
            say.of(service.place, "Point at the diagnosis that the service was for.");
        }
    }
}

pub(super) fn count(case: &Case<'_>, say: &mut Say<'_>) {
    for service in case.of_role(LineRole::Procedure) {
        let count = service.line.pointers.len();
        if count > POINTERS_MAX {
            say.of(
                service.place,
                format!(
                    "A line points at no more than {POINTERS_MAX} diagnoses; there are {count}."
                ),
            );
        }
    }
}

/// Whether there is a diagnosis of this number among so many.
fn is_there(pointer: i32, diagnoses: usize) -> bool {
    usize::try_from(pointer).is_ok_and(|number| (1..=diagnoses).contains(&number))
}

pub(super) fn range(case: &Case<'_>, say: &mut Say<'_>) {
    let diagnoses = case.numbered().count();
    for service in case.of_role(LineRole::Procedure) {
        for pointer in service.line.pointers.iter().filter(|it| !is_there(**it, diagnoses)) {
            say.of(
                service.place,
                format!("There is no diagnosis number {pointer}: the coding has {diagnoses}."),
            );
        }
    }
}

pub(super) fn repeated(case: &Case<'_>, say: &mut Say<'_>) {
    let diagnoses = case.numbered().count();
    for service in case.of_role(LineRole::Procedure) {
        let mut seen = BTreeSet::new();
        for pointer in service.line.pointers.iter().filter(|it| is_there(**it, diagnoses)) {
            if !seen.insert(pointer) {
                say.of(
                    service.place,
                    format!("The line points at diagnosis {pointer} twice: remove one."),
                );
            }
        }
    }
}
