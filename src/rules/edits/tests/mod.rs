//! The rules, each with what passes it and what fails it.

mod cases;
mod coding;
mod lists;
mod properties;
mod table;

use jiff::civil::{Date, date};

use super::{
    EditFinding, EncounterFacts, Patient, PoaExempt, PoaTerms, Reference, Sex, check,
    check_disposition,
};
use crate::compare::{Line, LineRole};
use crate::details::{DetailSet, Details, EmBasis, Meat};
use crate::words::{CodeSystem, WorkType};

const DAY: Date = date(2026, 1, 15);

pub(crate) fn visit_of(work_type: WorkType) -> EncounterFacts {
    let discharge_date = work_type.coded_by_discharge().then_some(date(2026, 1, 20));
    EncounterFacts {
        work_type,
        service_date: DAY,
        discharge_date,
        required: DetailSet::default(),
        patient: Patient { birth_date: Some(date(1980, 6, 1)), sex: Some(Sex::Female) },
        poa: PoaTerms::default(),
    }
}

fn born(birth_date: Date) -> EncounterFacts {
    let patient = Patient { birth_date: Some(birth_date), sex: Some(Sex::Male) };
    EncounterFacts { patient, ..visit_of(WorkType::Outpatient) }
}

fn exempt_as(exempt: PoaExempt) -> EncounterFacts {
    EncounterFacts { poa: PoaTerms { asked: true, exempt }, ..visit_of(WorkType::Inpatient) }
}

/// Lines as `principal I10, secondary E119 poa=Y, service 99213-25 x2 >1,2 @2026-01-15`.
pub(crate) fn lines(text: &str) -> Vec<Line> {
    text.split(';').map(str::trim).filter(|it| !it.is_empty()).map(line).collect()
}

fn line(text: &str) -> Line {
    let mut words = text.split_whitespace();
    let role = match words.next().unwrap() {
        "admitting" => LineRole::Admitting,
        "principal" => LineRole::Principal,
        "secondary" => LineRole::Secondary,
        "service" | "operation" => LineRole::Procedure,
        other => panic!("{other} is no role"),
    };
    let mut code = words.next().unwrap().split('-');
    let bare = code.next().unwrap().to_owned();
    let system = match (role, bare.len()) {
        (LineRole::Procedure, 7) => CodeSystem::Icd10Pcs,
        (LineRole::Procedure, _) if bare.starts_with(|c: char| c.is_ascii_digit()) => {
            CodeSystem::Cpt
        }
        (LineRole::Procedure, _) => CodeSystem::Hcpcs,
        _ => CodeSystem::Icd10Cm,
    };
    let mut line = Line {
        system,
        code: bare,
        role,
        modifiers: code.map(str::to_owned).collect(),
        units: i32::from(role == LineRole::Procedure),
        poa: None,
        pointers: Vec::new(),
        details: Details::default(),
    };
    for word in words {
        say(&mut line, word);
    }
    line
}

fn say(line: &mut Line, word: &str) {
    let details = &mut line.details;
    if let Some(units) = word.strip_prefix('x') {
        line.units = units.parse().unwrap();
    } else if let Some(pointers) = word.strip_prefix('>') {
        line.pointers = pointers.split(',').map(|it| it.parse().unwrap()).collect();
    } else if let Some(day) = word.strip_prefix('@') {
        details.service_date = Some(day.parse().unwrap());
    } else if let Some((name, value)) = word.split_once('=') {
        match name {
            "poa" => line.poa = Some(value.parse().unwrap()),
            "by" => details.provider = Some(value.to_owned()),
            "at" => details.place_of_service = Some(value.to_owned()),
            "revenue" => details.revenue_code = Some(value.to_owned()),
            "basis" => details.em_basis = Some(value.parse::<EmBasis>().unwrap()),
            "minutes" => details.minutes = Some(value.parse().unwrap()),
            "problems" => details.problems = Some(value.parse().unwrap()),
            "data" => details.data = Some(value.parse().unwrap()),
            "risk" => details.risk = Some(value.parse().unwrap()),
            "seen" => details.face_to_face = Some(value == "yes"),
            "meat" => details.meat = vec![value.parse::<Meat>().unwrap()],
            other => panic!("{other} is no detail"),
        }
    } else {
        panic!("{word} says nothing");
    }
}

/// The findings about the lines and about the whole.
fn found_in(
    encounter: &EncounterFacts,
    lines: &[Line],
    disposition: Option<&str>,
    reference: &dyn Reference,
) -> Vec<EditFinding> {
    let mut found = check_disposition(encounter, disposition);
    found.extend(check(encounter, lines, reference));
    found
}
