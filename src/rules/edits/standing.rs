//! Rules about a single code: its system, its form, and whether it may be reported on the date.

use std::borrow::Cow;
use std::collections::BTreeSet;

use jiff::civil::Date;

use super::case::{Case, Entry, Say};
use super::form::{name, written};
use super::reference::LongerCode;
use crate::compare::{Line, LineRole};
use crate::words::CodeSystem;

/// Longer codes that a message names.
const LONGER_NAMED_MAX: usize = 3;
/// Seventh characters that a message names.
const SEVENTH_NAMED_MAX: usize = 4;
/// Characters of a code with its seventh.
const WHOLE_CHARACTERS: usize = 7;

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

pub(super) fn system(case: &Case<'_>, say: &mut Say<'_>) {
    let inpatient = case.encounter.work_type.procedures_are_pcs();
    for Entry { place, line, .. } in case.entries() {
        let expected = match (line.role, line.system) {
            (LineRole::Procedure, CodeSystem::Icd10Pcs) if inpatient => continue,
            (LineRole::Procedure, CodeSystem::Cpt | CodeSystem::Hcpcs) if !inpatient => continue,
            (LineRole::Procedure, _) if inpatient => "Inpatient procedures are coded in ICD-10-PCS",
            (LineRole::Procedure, _) => {
                "Procedures outside an inpatient stay are coded in CPT or HCPCS"
            }
            (_, CodeSystem::Icd10Cm) => continue,
            (LineRole::Admitting | LineRole::Principal | LineRole::Secondary, _) => {
                "Diagnoses are coded in ICD-10-CM"
            }
        };
        say.of(place, format!("{expected}, not in {}.", name(line.system)));
    }
}

pub(super) fn form(case: &Case<'_>, say: &mut Say<'_>) {
    for Entry { place, line, known } in case.entries() {
        if let Some(expected) = known.misformed {
            let system = name(line.system);
            say.of(place, format!("“{}” is not a code of {system}: {expected}.", line.code));
        }
    }
}

/// The well-formed lines whose code stands so.
fn standing_so<'a>(
    case: &'a Case<'_>,
    so: impl Fn(Validity) -> bool + 'a,
) -> impl Iterator<Item = Entry<'a>> {
    case.entries().filter(move |it| it.known.misformed.is_none() && so(it.known.standing.validity))
}

pub(super) fn leaf(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in standing_so(case, |it| it == Validity::Header) {
        let longer = longer(case, entry.line);
        if !are_seventh(&longer) {
            say.of(entry.place, needs_more(&entry, &longer));
        }
    }
}

pub(super) fn seventh_character(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in standing_so(case, |it| it == Validity::Header) {
        let longer = longer(case, entry.line);
        if are_seventh(&longer) {
            say.of(entry.place, needs_seventh(&entry, &longer));
        }
    }
}

fn longer(case: &Case<'_>, line: &Line) -> Vec<LongerCode> {
    case.reference.longer(line.system, &line.code)
}

/// Whether what is missing is the seventh character, with placeholders before it where need be.
fn are_seventh(longer: &[LongerCode]) -> bool {
    !longer.is_empty() && longer.iter().all(|it| it.code.len() == WHOLE_CHARACTERS)
}

fn needs_more(entry: &Entry<'_>, longer: &[LongerCode]) -> String {
    let code = entry.written();
    if longer.is_empty() {
        return format!("{code} is a heading and needs more characters: choose a code below it.");
    }
    let named = longer.iter().take(LONGER_NAMED_MAX);
    let named: Vec<String> = named
        .map(|it| format!("{} ({})", written(entry.line.system, &it.code), it.title))
        .collect();
    let rest = longer.len().saturating_sub(LONGER_NAMED_MAX);
    let more = if rest > 0 { format!(" … and {rest} more") } else { String::new() };
    format!("{code} is a heading and needs more characters: {}{more}.", named.join("; "))
}

fn needs_seventh(entry: &Entry<'_>, longer: &[LongerCode]) -> String {
    let common = common_beginning(longer);
    let meaning = |it: &LongerCode| {
        let own = it.title.get(common..).unwrap_or(&it.title);
        own.trim_start_matches([',', ' ']).to_owned()
    };
    let named: Vec<String> = longer
        .iter()
        .take(SEVENTH_NAMED_MAX)
        .map(|it| format!("{} ({})", written(entry.line.system, &it.code), meaning(it)))
        .collect();
    let rest = longer.len().saturating_sub(SEVENTH_NAMED_MAX);
    let more = if rest > 0 { format!(" … and {rest} more") } else { String::new() };
    format!("{} lacks its 7th character: {}{more}.", entry.written(), named.join("; "))
}

/// Bytes up to the last comma of what all titles have in common.
fn common_beginning(longer: &[LongerCode]) -> usize {
    let Some((first, others)) = longer.split_first() else { return 0 };
    let same = others.iter().fold(first.title.len(), |same, it| {
        let both = first.title.bytes().zip(it.title.bytes());
        both.take_while(|(one, other)| one == other).count().min(same)
    });
    first.title.get(..same).and_then(|same| same.rfind(',')).unwrap_or(0)
}

pub(super) fn in_force(case: &Case<'_>, say: &mut Say<'_>) {
    let on = case.encounter.coded_on();
    for entry in case.entries() {
        let Validity::NotInForce { from, until } = entry.known.standing.validity else { continue };
        let code = entry.written();
        let message = match until {
            Some(until) if until < on => format!(
                "{code} was valid until {until} and is not on {on}: choose the code that replaces it."
            ),
            _ => format!("{code} is valid from {from} only and is not on {on}."),
        };
        say.of(entry.place, message);
    }
}

pub(super) fn known(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in standing_so(case, |it| it == Validity::Unknown) {
        let (code, system) = (entry.written(), name(entry.line.system));
        let message = match meant(case, entry.line) {
            Some(meant) => format!("{code} is not in {system}: {meant}."),
            None => format!("{code} is not in {system}: look for a typing slip."),
        };
        say.of(entry.place, message);
    }
}

/// What was meant by a diagnosis that lacks its placeholders, or has a character too many.
fn meant(case: &Case<'_>, line: &Line) -> Option<String> {
    let billable = |code: &str| {
        case.reference.standing(CodeSystem::Icd10Cm, code).validity == Validity::Billable
    };
    if line.system != CodeSystem::Icd10Cm {
        return None;
    }
    let (stem, last) = line.code.split_at_checked(line.code.len().checked_sub(1)?)?;
    let padded = format!("{stem:X<6}{last}");
    if padded.len() == WHOLE_CHARACTERS && padded != line.code && billable(&padded) {
        let padded = written(CodeSystem::Icd10Cm, &padded);
        return Some(format!("with its placeholders it is {padded}"));
    }
    let shorter = (3..line.code.len()).rev().filter_map(|length| line.code.get(..length));
    let shorter = shorter.map(|code| code.trim_end_matches('X')).find(|code| billable(code))?;
    let shorter = written(CodeSystem::Icd10Cm, shorter);
    Some(format!("{shorter} is complete and takes no further characters"))
}

pub(super) fn edition(case: &Case<'_>, say: &mut Say<'_>) {
    let told = case.entries().filter_map(|Entry { line, known, .. }| {
        let edition: Cow<'_, str> = known.standing.edition_in_doubt.as_deref()?.into();
        Some((line.system, edition))
    });
    for (system, edition) in told.collect::<BTreeSet<_>>() {
        say.of_all(format!(
            "No {} list is loaded for {}; the codes were checked against {edition}.",
            name(system),
            case.encounter.coded_on(),
        ));
    }
}

/// An interim bill, of a patient who is still there, has no discharge.
const STILL_A_PATIENT: &str = "30";

pub(super) fn discharge(case: &Case<'_>, say: &mut Say<'_>) {
    let missing = case.is_inpatient() && case.encounter.discharge_date.is_none();
    if missing && case.disposition != Some(STILL_A_PATIENT) {
        say.of_all(
            "The stay has no discharge date, so it can't be final: hold the chart for its admission \
             details, or give the disposition 30 for an interim bill.",
        );
    }
}
