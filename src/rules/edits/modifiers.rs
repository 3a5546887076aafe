//! Rules about modifiers: form, number, whether they exist, and which do not go together.

use std::collections::BTreeSet;

use super::MODIFIERS_MAX;
use super::case::{Case, Entry, Say};
use super::form::name;
use super::reference::ModifierStanding;
use crate::words::CodeSystem;

/// Characters of a modifier.
const MODIFIER_CHARACTERS: usize = 2;

/// Pairs that contradict each other on one line, with why.
const CONTRADICTIONS: [(&str, &str, &str); 12] = [
    ("LT", "RT", "use 50 for both sides, or a line for each side"),
    ("50", "LT", "50 says both sides already"),
    ("50", "RT", "50 says both sides already"),
    ("26", "TC", "the two together are the whole service: report it without either"),
    ("59", "XE", "an X modifier takes the place of 59"),
    ("59", "XP", "an X modifier takes the place of 59"),
    ("59", "XS", "an X modifier takes the place of 59"),
    ("59", "XU", "an X modifier takes the place of 59"),
    ("76", "77", "the repetition was by the same or by another physician"),
    ("78", "79", "the procedure was related or unrelated to the first"),
    ("52", "53", "the service was reduced or discontinued"),
    ("73", "74", "it was discontinued before or after anaesthesia"),
];

/// Modifiers that say something of an evaluation-and-management service only.
const OF_EVALUATIONS: [&str; 3] = ["24", "25", "57"];

/// The lines whose modifiers are looked at: the others have none to have.
fn with_modifiers<'a>(case: &'a Case<'_>) -> impl Iterator<Item = Entry<'a>> {
    case.entries().filter(|entry| takes_modifiers(entry) && !entry.line.modifiers.is_empty())
}

fn takes_modifiers(entry: &Entry<'_>) -> bool {
    matches!(entry.line.system, CodeSystem::Cpt | CodeSystem::Hcpcs)
}

fn is_well_formed(modifier: &str) -> bool {
    modifier.len() == MODIFIER_CHARACTERS
        && modifier.bytes().all(|byte| byte.is_ascii_digit() || byte.is_ascii_uppercase())
}

pub(super) fn unexpected(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in case.entries().filter(|entry| !takes_modifiers(entry)) {
        if !entry.line.modifiers.is_empty() {
            let system = name(entry.line.system);
            say.of(entry.place, format!("{system} codes take no modifiers: remove them."));
        }
    }
}

pub(super) fn form(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in with_modifiers(case) {
        for modifier in entry.line.modifiers.iter().filter(|it| !is_well_formed(it)) {
            say.of(
                entry.place,
                format!(
                    "“{modifier}” is not a modifier: two capital letters or digits, such as 25 or LT."
                ),
            );
        }
    }
}

pub(super) fn repeated(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in with_modifiers(case) {
        let mut seen = BTreeSet::new();
        for modifier in entry.line.modifiers.iter().filter(|it| is_well_formed(it)) {
            if !seen.insert(modifier) {
                say.of(entry.place, format!("Modifier {modifier} is there twice: remove one."));
            }
        }
    }
}

pub(super) fn count(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in with_modifiers(case) {
        let count = entry.line.modifiers.len();
        if count > MODIFIERS_MAX {
            say.of(
                entry.place,
                format!("A line carries at most {MODIFIERS_MAX} modifiers; there are {count}."),
            );
        }
    }
}

pub(super) fn known(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in with_modifiers(case) {
        let day = case.day_of(entry.line);
        for modifier in entry.line.modifiers.iter().filter(|it| is_well_formed(it)) {
            match case.reference.modifier(modifier, day) {
                ModifierStanding::InForce | ModifierStanding::NoList => {}
                ModifierStanding::NotInForce => {
                    say.of(entry.place, format!("Modifier {modifier} is not in force on {day}."));
                }
                ModifierStanding::Unknown => {
                    say.of(
                        entry.place,
                        format!("{modifier} is in no list of modifiers: look for a typing slip."),
                    );
                }
            }
        }
    }
}

pub(super) fn combination(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in with_modifiers(case) {
        for (one, other, why) in CONTRADICTIONS {
            if entry.has_modifier(one) && entry.has_modifier(other) {
                say.of(entry.place, format!("{one} and {other} do not go together: {why}."));
            }
        }
    }
}

/// Judged by the number of the code alone; HCPCS visits are many and are left alone.
pub(super) fn of_evaluations(case: &Case<'_>, say: &mut Say<'_>) {
    let evaluates = |code: &str| {
        ("99202".."99500").contains(&code)
            || ("92002".."92015").contains(&code)
            || ("90791".."90793").contains(&code)
    };
    for entry in with_modifiers(case).filter(|it| it.line.system == CodeSystem::Cpt) {
        for modifier in OF_EVALUATIONS.iter().filter(|it| entry.has_modifier(it)) {
            if !evaluates(&entry.line.code) {
                say.of(
                    entry.place,
                    format!(
                        "{modifier} belongs to an evaluation-and-management service, and {} is none: move \
                         it to the visit.",
                        entry.written(),
                    ),
                );
            }
        }
    }
}
