//! Each rule with what passes it and what fails it.

use std::borrow::Cow;

use jiff::civil::{Date, date};

use super::super::{
    CodeStanding, EditFinding, EncounterFacts, Patient, PoaTerms, Validity, check,
    check_disposition,
};
use super::is_npi;
use crate::compare::{Line, LineRole};
use crate::details::{Detail, Details, EmBasis, Meat, usually_required};
use crate::em::MdmLevel;
use crate::words::{CodeSystem, WorkType};

const DAY: Date = date(2026, 1, 15);

fn encounter(work_type: WorkType) -> EncounterFacts {
    EncounterFacts {
        work_type,
        service_date: DAY,
        discharge_date: work_type.coded_by_discharge().then_some(date(2026, 1, 20)),
        required: usually_required(work_type).iter().copied().collect(),
        patient: Patient::default(),
        poa: PoaTerms::default(),
    }
}

fn line(role: LineRole, code: &str, details: Details) -> Line {
    let system = match role {
        LineRole::Procedure if code.len() == 7 => CodeSystem::Icd10Pcs,
        LineRole::Procedure => CodeSystem::Cpt,
        _ => CodeSystem::Icd10Cm,
    };
    let (modifiers, pointers) = (Vec::new(), Vec::new());
    Line { system, code: code.to_owned(), role, modifiers, units: 1, poa: None, pointers, details }
}

/// The rules of this room that fire on one line, with their fields.
fn fired(work_type: WorkType, line: Line) -> Vec<(&'static str, &'static str)> {
    let billable = |_: CodeSystem, _: &str| CodeStanding::certain(Validity::Billable);
    let ours =
        ["detail.", "date.", "place_of_", "provider.", "revenue_", "minutes.", "em.", "risk."];
    let found: Vec<EditFinding> = check(&encounter(work_type), &[line], &billable);
    let of_ours = found.iter().filter(|it| ours.iter().any(|room| it.rule.starts_with(room)));
    let named = |finding: &EditFinding| match finding.rule {
        Cow::Borrowed(id) => (id, finding.field),
        Cow::Owned(_) => panic!("not of the table"),
    };
    of_ours.map(named).collect()
}

fn visit(details: Details) -> Line {
    line(LineRole::Procedure, "99214", details)
}

#[test]
fn a_queue_gets_what_it_asks_for_and_nothing_that_its_work_does_not_have() {
    let surgery = |service_date| {
        line(LineRole::Procedure, "0DTJ4ZZ", Details { service_date, ..Details::default() })
    };
    assert_eq!(fired(WorkType::Inpatient, surgery(Some(DAY))), []);
    assert_eq!(fired(WorkType::Inpatient, surgery(None)), [("detail.required", "service_date")]);
    assert_eq!(fired(WorkType::ProFeeEm, visit(Details::default())), []);
    let revenue = Details { revenue_code: Some("0450".to_owned()), ..Details::default() };
    let unexpected = [("detail.unexpected", "revenue_code")];
    assert_eq!(fired(WorkType::ProFeeEm, visit(revenue.clone())), unexpected);
    assert_eq!(fired(WorkType::EdFacility, visit(revenue)), []);
}

#[test]
fn a_service_lies_in_its_encounter_and_a_stay_begins_three_days_before() {
    let on = |work_type, code, day| {
        let details = Details { service_date: Some(day), ..Details::default() };
        fired(work_type, line(LineRole::Procedure, code, details))
    };
    let outside = [("date.encounter", "service_date")];
    assert_eq!(on(WorkType::ProFeeEm, "99214", DAY), []);
    assert_eq!(on(WorkType::ProFeeEm, "99214", date(2026, 1, 16)), outside);
    for (day, expected) in [(11, &outside[..]), (12, &[]), (20, &[]), (21, &outside[..])] {
        assert_eq!(on(WorkType::Inpatient, "0DTJ4ZZ", date(2026, 1, day)), expected, "{day}");
    }
}

#[test]
fn places_providers_revenue_codes_and_minutes_have_their_form() {
    let said = |change: fn(&mut Details)| {
        let mut details = Details::default();
        change(&mut details);
        fired(WorkType::EdProFee, visit(details))
    };
    assert_eq!(said(|it| it.place_of_service = Some("23".into())), []);
    let place = [("place_of_service.known", "place_of_service")];
    assert_eq!(said(|it| it.place_of_service = Some("28".into())), place);
    assert_eq!(said(|it| it.provider = Some("Dr. A. Example".into())), []);
    assert_eq!(said(|it| it.provider = Some("1234567893".into())), []);
    assert_eq!(said(|it| it.provider = Some("1234567890".into())), [("provider.npi", "provider")]);
    assert_eq!(said(|it| it.minutes = Some(0)), [("minutes.range", "minutes")]);
    assert!(is_npi("1234567893") && !is_npi("1234567983"));
}

#[test]
fn a_level_by_time_has_its_minutes_and_none_in_the_emergency_department() {
    let by_time = |code: &str, minutes| {
        let details = Details { em_basis: Some(EmBasis::Time), minutes, ..Details::default() };
        fired(WorkType::ProFeeEm, line(LineRole::Procedure, code, details))
    };
    let too_few = [("em.time", "minutes")];
    assert_eq!(by_time("99214", Some(30)), []);
    assert_eq!(by_time("99214", Some(29)), too_few);
    assert_eq!(by_time("99214", None), too_few);
    assert_eq!(by_time("99284", Some(40)), [("em.ed_by_time", "em_basis")]);
    let by_mdm = Details { em_basis: Some(EmBasis::Mdm), ..Details::default() };
    assert_eq!(fired(WorkType::ProFeeEm, visit(by_mdm)), []);
}

#[test]
fn a_level_by_decision_making_is_what_two_of_its_three_elements_are() {
    let of = |code: &str, problems, data| {
        let details = Details {
            em_basis: Some(EmBasis::Mdm),
            problems: Some(problems),
            data: Some(data),
            risk: Some(MdmLevel::Moderate),
            ..Details::default()
        };
        fired(WorkType::ProFeeEm, line(LineRole::Procedure, code, details))
    };
    assert_eq!(of("99214", MdmLevel::Moderate, MdmLevel::Low), []);
    assert_eq!(of("99215", MdmLevel::Moderate, MdmLevel::High), [("em.mdm", "code")]);
    assert_eq!(of("99214", MdmLevel::Low, MdmLevel::Low), [("em.mdm", "code")]);
    assert_eq!(of("93000", MdmLevel::Low, MdmLevel::Low), []);
}

#[test]
fn a_diagnosis_for_risk_adjustment_was_seen_face_to_face_and_is_supported() {
    let details = Details {
        service_date: Some(DAY),
        face_to_face: Some(true),
        meat: vec![Meat::Assessed],
        ..Details::default()
    };
    let said =
        |details| fired(WorkType::RiskAdjustment, line(LineRole::Principal, "E119", details));
    assert_eq!(said(details.clone()), []);
    let by_phone = Details { face_to_face: Some(false), ..details.clone() };
    assert_eq!(said(by_phone), [("risk.face_to_face", "face_to_face")]);
    let listed = Details { meat: Vec::new(), ..details };
    assert_eq!(said(listed), [("risk.support", "meat")]);
}

#[test]
fn a_stay_says_where_the_patient_went() {
    let said = |work_type, code| {
        let found = check_disposition(&encounter(work_type), code);
        found.first().map(|finding| finding.rule.clone())
    };
    assert_eq!(said(WorkType::Inpatient, Some("01")), None);
    assert_eq!(said(WorkType::Inpatient, None), Some("disposition.required".into()));
    assert_eq!(said(WorkType::Inpatient, Some("08")), Some("disposition.known".into()));
    assert_eq!(said(WorkType::ProFeeEm, None), None);
    assert!(!encounter(WorkType::ProFeeEm).required.contains(Detail::Disposition));
}
