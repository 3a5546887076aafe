//! Rules about the procedures together: how many, none twice without a word.

use std::collections::BTreeMap;

use super::case::{Case, Entry, Say};
use super::{PROCEDURES_INPATIENT_MAX, PROCEDURES_LINES_MAX};
use crate::compare::LineRole;

/// Modifiers that say why the same service is there again.
const REPEATS: [&str; 9] = ["59", "76", "77", "91", "XE", "XP", "XS", "XU", "27"];

pub(super) fn count(case: &Case<'_>, say: &mut Say<'_>) {
    let inpatient = case.encounter.work_type.procedures_are_pcs();
    let max = if inpatient { PROCEDURES_INPATIENT_MAX } else { PROCEDURES_LINES_MAX };
    let count = case.of_role(LineRole::Procedure).count();
    if count > max {
        say.of_all(format!("The claim carries at most {max} procedures; there are {count}."));
    }
}

/// The same service on the same day with the same modifiers, none of which says why. ICD-10-PCS repeats
/// codes by design (guideline B3.2), so procedures of a stay are left alone.
pub(super) fn duplicate(case: &Case<'_>, say: &mut Say<'_>) {
    let mut first_place = BTreeMap::new();
    for entry in case.services().filter(|entry| !says_why(entry)) {
        let mut modifiers = entry.line.modifiers.clone();
        modifiers.sort_unstable();
        let key = (&entry.line.code, case.day_of(entry.line), modifiers);
        let first = *first_place.entry(key).or_insert(entry.place);
        if first != entry.place {
            say.of(
                entry.place,
                format!(
                    "{} is on line {} already, the same day and with the same modifiers: report units, add \
                     the modifier that says why (76, 77, 91, 59 …), or remove one.",
                    entry.written(),
                    first + 1,
                ),
            );
        }
    }
}

fn says_why(entry: &Entry<'_>) -> bool {
    REPEATS.iter().any(|modifier| entry.has_modifier(modifier))
}
