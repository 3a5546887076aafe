//! Rules about the level of an evaluation-and-management service: on what it rests. Codes by number only.

use super::case::{Case, Entry, Say};
use crate::details::EmBasis;
use crate::em;
use crate::words::CodeSystem;

/// The visits whose level rests on time.
fn by_time<'a>(case: &'a Case<'_>) -> impl Iterator<Item = Entry<'a>> {
    let chosen = |entry: &Entry<'_>| {
        entry.line.system == CodeSystem::Cpt && entry.line.details.em_basis == Some(EmBasis::Time)
    };
    case.services().filter(chosen)
}

pub(super) fn too_short(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in by_time(case) {
        let code = &entry.line.code;
        let Some(least) = em::least_minutes(code) else { continue };
        match entry.line.details.minutes {
            None => {
                say.of(
                    entry.place,
                    format!("Say how many minutes: {code} by time begins at {least}."),
                );
            }
            Some(minutes) if minutes < least => {
                say.of(
                    entry.place,
                    format!("{code} by time begins at {least} minutes; {minutes} are recorded."),
                );
            }
            Some(_) => {}
        }
    }
}

pub(super) fn too_long(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in by_time(case) {
        let (code, minutes) = (&entry.line.code, entry.line.details.minutes);
        let (Some(least), Some(minutes)) = (em::least_minutes(code), minutes) else { continue };
        let reached = em::amounts_to(entry.line).filter(|it| minutes >= least && it != code);
        if let Some(reached) = reached {
            say.of(
                entry.place,
                format!("{minutes} minutes are beyond {code} by time: they amount to {reached}."),
            );
        }
    }
}

/// The level by medical decision making: a lower one gives work away, a higher one must be defended.
pub(super) fn decision_making(case: &Case<'_>, say: &mut Say<'_>) {
    let by_mdm = |entry: &Entry<'_>| entry.line.details.em_basis == Some(EmBasis::Mdm);
    for entry in case.services().filter(by_mdm) {
        let amounts = em::amounts_to(entry.line).filter(|code| *code != entry.line.code);
        let (Some(code), Some(level)) = (amounts, em::decision_making(&entry.line.details)) else {
            continue;
        };
        let told = &entry.line.code;
        say.of(
            entry.place,
            format!("Two of the three elements are {level}, which is {code}, not {told}."),
        );
    }
}

/// The visits that were never chosen by time.
pub(super) fn emergency_by_time(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in by_time(case) {
        if ("99281"..="99285").contains(&entry.line.code.as_str()) {
            say.of(
                entry.place,
                "An emergency department level is not chosen by time: choose it by MDM.",
            );
        }
    }
}

/// The office level that needs no physician rests on neither.
pub(super) fn without_level(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in case.services().filter(|it| it.line.system == CodeSystem::Cpt) {
        if entry.line.code == "99211" && entry.line.details.em_basis.is_some() {
            say.of(entry.place, "99211 has no level by MDM or time: leave the basis empty.");
        }
    }
}
