//! Rules about what a line says beside its code, and what the queue asks to be said.

#[cfg(test)]
mod tests;

use jiff::ToSpan;
use jiff::civil::Date;

use super::EncounterFacts;
use super::case::{Case, Entry, Say};
use super::places::{is_disposition, is_place_of_service};
use crate::compare::LineRole;
use crate::details::{Detail, drawn};
use crate::words::WorkType;

/// Days before admission whose services belong to the stay (the three-day payment window).
const DAYS_BEFORE_ADMISSION: i64 = 3;
const NPI_DIGITS: usize = 10;
/// What the NPI's check digit counts before the number itself (80840, doubled as Luhn does).
const NPI_PREFIX_SUM: u32 = 24;
/// Minutes of one line: a day.
const MINUTES_MAX: i32 = 1_440;
const REVENUE_DIGITS: usize = 4;

pub(super) fn required(case: &Case<'_>, say: &mut Say<'_>) {
    for Entry { place, line, .. } in case.entries() {
        let shown = drawn(case.encounter.work_type, line.role).iter();
        let asked = shown.filter(|it| case.encounter.required.contains(**it));
        for detail in asked.filter(|it| !line.details.says(**it)) {
            let label = detail.label().to_lowercase();
            say.of_field(place, detail.as_str(), format!("This queue asks for the {label}."));
        }
    }
}

pub(super) fn unexpected(case: &Case<'_>, say: &mut Say<'_>) {
    for Entry { place, line, .. } in case.entries() {
        let shown = drawn(case.encounter.work_type, line.role);
        let said = Detail::ALL.iter().filter(|it| line.details.says(**it));
        for detail in said.filter(|it| !shown.contains(it)) {
            let label = detail.label().to_lowercase();
            say.of_field(
                place,
                detail.as_str(),
                format!("This line has no {label} in this kind of work: remove it."),
            );
        }
    }
}

pub(super) fn disposition_required(case: &Case<'_>, say: &mut Say<'_>) {
    let asked = case.encounter.required.contains(Detail::Disposition);
    if asked && case.disposition.is_none() {
        say.of_all("Say where the patient went at discharge.");
    }
}

pub(super) fn disposition_known(case: &Case<'_>, say: &mut Say<'_>) {
    if let Some(code) = case.disposition.filter(|it| !is_disposition(it)) {
        say.of_all(format!("“{code}” is no discharge status: two digits, such as 01 for home."));
    }
}

pub(super) fn date(case: &Case<'_>, say: &mut Say<'_>) {
    let (first, last) = span(case.encounter);
    for Entry { place, line, .. } in case.entries() {
        if let Some(on) = line.details.service_date.filter(|on| !(first..=last).contains(on)) {
            let until = match last {
                Date::MAX => String::new(),
                last => format!(" to {last}"),
            };
            say.of(place, format!("{on} lies outside the encounter, {first}{until}."));
        }
    }
}

/// The days whose services belong to the encounter; a stay that has not ended has no last day.
fn span(encounter: &EncounterFacts) -> (Date, Date) {
    let service = encounter.service_date;
    let inpatient = encounter.work_type.coded_by_discharge();
    let before = if inpatient { DAYS_BEFORE_ADMISSION } else { 0 };
    let first = service.checked_sub(before.days()).unwrap_or(service);
    let open = if inpatient { Date::MAX } else { service };
    (first, encounter.discharge_date.unwrap_or(open))
}

pub(super) fn place_of_service(case: &Case<'_>, say: &mut Say<'_>) {
    for Entry { place, line, .. } in case.entries() {
        let said = line.details.place_of_service.as_deref();
        if let Some(code) = said.filter(|it| !is_place_of_service(it)) {
            say.of(
                place,
                format!("“{code}” is no place of service: two digits, such as 11 for an office."),
            );
        }
    }
}

pub(super) fn revenue_code(case: &Case<'_>, say: &mut Say<'_>) {
    for Entry { place, line, .. } in case.entries() {
        let said = line.details.revenue_code.as_deref();
        if let Some(code) = said.filter(|it| !is_digits(it, REVENUE_DIGITS)) {
            say.of(place, format!("“{code}” is no revenue code: four digits, such as 0450."));
        }
    }
}

/// A provider may be named instead; a number of another length is a name for all we know.
pub(super) fn provider(case: &Case<'_>, say: &mut Say<'_>) {
    for Entry { place, line, .. } in case.entries() {
        let said = line.details.provider.as_deref();
        if said.is_some_and(|it| is_digits(it, NPI_DIGITS) && !is_npi(it)) {
            say.of(place, "The NPI's check digit does not fit: look for a typing slip.");
        }
    }
}

pub(super) fn minutes(case: &Case<'_>, say: &mut Say<'_>) {
    for Entry { place, line, .. } in case.entries() {
        if let Some(minutes) = line.details.minutes.filter(|it| !(1..=MINUTES_MAX).contains(it)) {
            say.of(
                place,
                format!("Minutes are a whole number from 1 to {MINUTES_MAX}, not {minutes}."),
            );
        }
    }
}

/// The diagnoses of a risk-adjustment record.
fn at_risk<'a>(case: &'a Case<'_>) -> impl Iterator<Item = Entry<'a>> {
    let is_risk = case.encounter.work_type == WorkType::RiskAdjustment;
    case.entries().filter(move |it| is_risk && it.line.role != LineRole::Procedure)
}

pub(super) fn face_to_face(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in at_risk(case).filter(|it| it.line.details.face_to_face == Some(false)) {
        say.of(entry.place, "Only what a face-to-face visit documents counts for risk adjustment.");
    }
}

pub(super) fn support(case: &Case<'_>, say: &mut Say<'_>) {
    for entry in at_risk(case).filter(|it| it.line.details.meat.is_empty()) {
        say.of(
            entry.place,
            "Nothing says that it was monitored, evaluated, assessed or treated: a problem list \
             alone does not support it.",
        );
    }
}

fn is_digits(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// Luhn's check over 80840 and the number.
fn is_npi(digits: &str) -> bool {
    let sum = digits.bytes().rev().enumerate().fold(NPI_PREFIX_SUM, |sum, (place, byte)| {
        let digit = u32::from(byte.saturating_sub(b'0'));
        let doubled = if place % 2 == 1 { digit * 2 } else { digit };
        sum + if doubled > 9 { doubled - 9 } else { doubled }
    });
    sum.is_multiple_of(10)
}
