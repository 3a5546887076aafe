//! Rules about what a line says beside its code, and what the queue asks to be said.

#[cfg(test)]
mod tests;

use jiff::ToSpan;
use jiff::civil::Date;

use super::places::{is_disposition, is_place_of_service};
use super::{Coding, EditFinding, EditSeverity, EncounterFacts, Findings, Rule};
use crate::compare::{Line, LineRole};
use crate::details::{Detail, EmBasis, drawn};
use crate::em;
use crate::words::{CodeSystem, WorkType};

/// Days before admission whose services belong to the stay (the three-day payment window).
const DAYS_BEFORE_ADMISSION: i64 = 3;
const NPI_DIGITS: usize = 10;
/// What the NPI's check digit counts before the number itself (80840, doubled as Luhn does).
const NPI_PREFIX_SUM: u32 = 24;
/// Minutes of one line: a day.
const MINUTES_MAX: i32 = 1_440;

const REQUIRED: Rule = rule("detail.required", EditSeverity::Error, "code", "the queue's terms");
const UNEXPECTED: Rule =
    rule("detail.unexpected", EditSeverity::Error, "code", "the queue's kind of work");
const DATE: Rule =
    rule("date.encounter", EditSeverity::Error, "service_date", "X12 837 DTP, 42 CFR 412.2(c)(5)");
const PLACE: Rule = rule(
    "place_of_service.known",
    EditSeverity::Error,
    "place_of_service",
    "CMS Place of Service Code Set",
);
const NPI: Rule = rule(
    "provider.npi",
    EditSeverity::Warning,
    "provider",
    "45 CFR 162.406: the NPI's check digit",
);
const REVENUE: Rule =
    rule("revenue_code.form", EditSeverity::Error, "revenue_code", "X12 837I SV201");
const MINUTES: Rule = rule("minutes.range", EditSeverity::Error, "minutes", "X12 837P SV104");
const EM_TIME: Rule = rule(
    "em.time",
    EditSeverity::Warning,
    "minutes",
    "CMS MLN006764, E/M services: levels by total time",
);
const EM_MDM: Rule = rule(
    "em.mdm",
    EditSeverity::Warning,
    "code",
    "CMS MLN006764, E/M services: two of three elements of MDM",
);
const EM_ED: Rule = rule(
    "em.ed_by_time",
    EditSeverity::Error,
    "em_basis",
    "CMS MLN006764, E/M services: ED levels are not chosen by time",
);
const FACE_TO_FACE: Rule = rule(
    "risk.face_to_face",
    EditSeverity::Error,
    "face_to_face",
    "CMS Medicare Managed Care Manual, ch. 7 §40",
);
const MEAT: Rule = rule(
    "risk.support",
    EditSeverity::Warning,
    "meat",
    "CMS RADV checklist: the record must support the diagnosis",
);
const DISPOSITION: Rule = rule(
    "disposition.known",
    EditSeverity::Error,
    "disposition",
    "CMS MCE: invalid discharge status",
);
const DISPOSITION_REQUIRED: Rule =
    rule("disposition.required", EditSeverity::Error, "disposition", "the queue's terms");

const fn rule(
    id: &'static str,
    severity: EditSeverity,
    field: &'static str,
    source: &'static str,
) -> Rule {
    Rule { id, severity, field, source }
}

pub(super) fn check(coding: &Coding<'_>, findings: &mut Findings) {
    for (place, line) in coding.lines.iter().enumerate() {
        asked_for(coding, (place, line), findings);
        dates(coding.encounter, (place, line), findings);
        where_and_who(place, line, findings);
        level(place, line, findings);
        decision_making(place, line, findings);
        risk(coding.encounter.work_type, (place, line), findings);
    }
}

/// What the rules say of a coding's discharge disposition.
#[must_use]
pub fn check_disposition(
    encounter: &EncounterFacts,
    disposition: Option<&str>,
) -> Vec<EditFinding> {
    let mut findings = Findings::default();
    let asked = encounter.required.contains(Detail::Disposition);
    match disposition {
        None if asked => {
            let message = "Say where the patient went at discharge.";
            findings.add(&DISPOSITION_REQUIRED, None, message.to_owned());
        }
        Some(code) if !is_disposition(code) => {
            let message =
                format!("“{code}” is no discharge status: two digits, such as 01 for home.");
            findings.add(&DISPOSITION, None, message);
        }
        _ => {}
    }
    findings.sorted()
}

fn asked_for(coding: &Coding<'_>, (place, line): (usize, &Line), findings: &mut Findings) {
    let shown = drawn(coding.encounter.work_type, line.role);
    for detail in Detail::ALL {
        let (said, here) = (line.details.says(*detail), shown.contains(detail));
        let label = detail.label().to_lowercase();
        if said && !here {
            let message = format!("This line has no {label} in this kind of work: remove it.");
            findings.add(&Rule { field: detail.as_str(), ..UNEXPECTED }, Some(place), message);
        } else if here && !said && coding.encounter.required.contains(*detail) {
            let rule = Rule { field: detail.as_str(), ..REQUIRED };
            findings.add(&rule, Some(place), format!("This queue asks for the {label}."));
        }
    }
}

fn dates(encounter: &EncounterFacts, (place, line): (usize, &Line), findings: &mut Findings) {
    let Some(on) = line.details.service_date else { return };
    let (first, last) = span(encounter);
    if !(first..=last).contains(&on) {
        let message = format!("{on} lies outside the encounter, {first} to {last}.");
        findings.add(&DATE, Some(place), message);
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

fn where_and_who(place: usize, line: &Line, findings: &mut Findings) {
    let details = &line.details;
    if let Some(code) = details.place_of_service.as_deref().filter(|it| !is_place_of_service(it)) {
        let message =
            format!("“{code}” is no place of service: two digits, such as 11 for an office.");
        findings.add(&PLACE, Some(place), message);
    }
    if let Some(code) = details.revenue_code.as_deref().filter(|it| !is_digits(it, 4)) {
        let message = format!("“{code}” is no revenue code: four digits, such as 0450.");
        findings.add(&REVENUE, Some(place), message);
    }
    if details.provider.as_deref().is_some_and(|it| is_digits(it, NPI_DIGITS) && !is_npi(it)) {
        let message = "The NPI's check digit does not fit: look for a typing slip.";
        findings.add(&NPI, Some(place), message.to_owned());
    }
    if let Some(minutes) = details.minutes.filter(|it| !(1..=MINUTES_MAX).contains(it)) {
        let message = format!("Minutes are a whole number from 1 to {MINUTES_MAX}, not {minutes}.");
        findings.add(&MINUTES, Some(place), message);
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

fn level(place: usize, line: &Line, findings: &mut Findings) {
    if line.system != CodeSystem::Cpt || line.details.em_basis != Some(EmBasis::Time) {
        return;
    }
    if ("99281"..="99285").contains(&line.code.as_str()) {
        let message = "An emergency department level is not chosen by time: choose it by MDM.";
        findings.add(&EM_ED, Some(place), message.to_owned());
        return;
    }
    let code = line.code.as_str();
    let Some(least) = em::least_minutes(code) else { return };
    match line.details.minutes {
        None => {
            let message = format!("Say how many minutes: {code} by time begins at {least}.");
            findings.add(&EM_TIME, Some(place), message);
        }
        Some(minutes) if minutes < least => {
            let message =
                format!("{code} by time begins at {least} minutes; {minutes} are recorded.");
            findings.add(&EM_TIME, Some(place), message);
        }
        Some(_) => {}
    }
}

/// The level by medical decision making: a lower one gives work away, a higher one must be defended.
fn decision_making(place: usize, line: &Line, findings: &mut Findings) {
    if line.details.em_basis != Some(EmBasis::Mdm) {
        return;
    }
    let Some(code) = em::amounts_to(line).filter(|code| *code != line.code) else { return };
    let Some(level) = em::decision_making(&line.details) else { return };
    let message =
        format!("Two of the three elements are {level}, which is {code}, not {}.", line.code);
    findings.add(&EM_MDM, Some(place), message);
}

fn risk(work_type: WorkType, (place, line): (usize, &Line), findings: &mut Findings) {
    if work_type != WorkType::RiskAdjustment || line.role == LineRole::Procedure {
        return;
    }
    if line.details.face_to_face == Some(false) {
        let message = "Only what a face-to-face visit documents counts for risk adjustment.";
        findings.add(&FACE_TO_FACE, Some(place), message.to_owned());
    }
    if line.details.meat.is_empty() {
        let message = "Nothing says that it was monitored, evaluated, assessed or treated: a problem \
                       list alone does not support it.";
        findings.add(&MEAT, Some(place), message.to_owned());
    }
}
