//! Whole codings, and the form of codes.

use std::borrow::Cow;

use jiff::civil::{Date, date};

use super::super::{
    CodeStanding, EditFinding, EditSeverity, EncounterFacts, Validity, check, code_form,
};
use super::visit_of;
use crate::compare::{Line, LineRole};
use crate::details::Details;
use crate::words::{CodeSystem, PresentOnAdmission, WorkType};

fn office() -> EncounterFacts {
    visit_of(WorkType::ProFeeEm)
}

fn emergency() -> EncounterFacts {
    EncounterFacts { work_type: WorkType::EdFacility, ..office() }
}

fn stay() -> EncounterFacts {
    EncounterFacts {
        service_date: date(2025, 9, 28),
        discharge_date: Some(date(2025, 10, 2)),
        ..visit_of(WorkType::Inpatient)
    }
}

fn diagnosis(role: LineRole, code: &str) -> Line {
    Line {
        system: CodeSystem::Icd10Cm,
        code: code.to_owned(),
        role,
        modifiers: Vec::new(),
        units: 0,
        poa: None,
        pointers: Vec::new(),
        details: Details::default(),
    }
}

fn principal(code: &str) -> Line {
    diagnosis(LineRole::Principal, code)
}

fn secondary(code: &str) -> Line {
    diagnosis(LineRole::Secondary, code)
}

fn present(line: Line) -> Line {
    Line { poa: Some(PresentOnAdmission::Yes), ..line }
}

fn procedure(system: CodeSystem, code: &str) -> Line {
    Line { system, units: 1, ..diagnosis(LineRole::Procedure, code) }
}

fn visit() -> Line {
    Line { pointers: vec![1], ..procedure(CodeSystem::Cpt, "99213") }
}

/// A small list of codes: E11 is a heading, C50A0 came in October 2025, D71 went then.
fn standing(on: Date) -> impl Fn(CodeSystem, &str) -> CodeStanding {
    let turn = date(2025, 10, 1);
    move |system, code| {
        let validity = match (system, code) {
            (CodeSystem::Cpt | CodeSystem::Hcpcs, _) => Validity::FormOnly,
            (_, "E11") => Validity::Header,
            (_, "Q9999") => Validity::Unknown,
            (_, "C50A0") if on < turn => Validity::NotInForce { from: turn, until: None },
            (_, "D71") if on >= turn => {
                Validity::NotInForce { from: date(2024, 10, 1), until: Some(date(2025, 9, 30)) }
            }
            _ => Validity::Billable,
        };
        CodeStanding::certain(validity)
    }
}

fn found(encounter: &EncounterFacts, lines: &[Line]) -> Vec<EditFinding> {
    check(encounter, lines, &standing(encounter.coded_on()))
}

/// The rules that speak, each with the line it speaks of.
fn rules(encounter: &EncounterFacts, lines: &[Line]) -> Vec<(&'static str, Option<usize>)> {
    let named = |finding: EditFinding| match finding.rule {
        Cow::Borrowed(id) => (id, finding.line),
        Cow::Owned(id) => panic!("{id} is not of the table"),
    };
    found(encounter, lines).into_iter().map(named).collect()
}

const NOTHING: [(&str, Option<usize>); 0] = [];

#[test]
fn a_sound_coding_of_each_setting_draws_no_finding() {
    assert_eq!(rules(&office(), &[principal("I10"), secondary("E119"), visit()]), NOTHING);
    let supply = procedure(CodeSystem::Hcpcs, "J1885");
    assert_eq!(rules(&emergency(), &[principal("R079"), supply]), NOTHING);
    let inpatient = [
        diagnosis(LineRole::Admitting, "R079"),
        present(principal("I214")),
        present(secondary("R079")),
        procedure(CodeSystem::Icd10Pcs, "027034Z"),
    ];
    assert_eq!(rules(&stay(), &inpatient), NOTHING);
}

#[test]
fn each_system_has_its_form() {
    use CodeSystem::{Cpt, Hcpcs, Icd10Cm, Icd10Pcs};
    for (system, code) in [
        (Icd10Cm, "I10"),
        (Icd10Cm, "E11.9"),
        (Icd10Cm, "U071"),
        (Icd10Cm, "C7A"),
        (Icd10Cm, "QA00101"),
        (Icd10Cm, "C4A0"),
        (Icd10Cm, "S52501A"),
        (Cpt, "99213"),
        (Cpt, "0042T"),
        (Cpt, "0001U"),
        (Hcpcs, "G0439"),
        (Icd10Pcs, "0DTJ4ZZ"),
    ] {
        assert_eq!(code_form(system, code), Ok(()), "{code}");
    }
    for (system, code) in [
        (Icd10Cm, ""),
        (Icd10Cm, "E1"),
        (Icd10Cm, "119"),
        (Icd10Cm, "e119"),
        (Icd10Cm, "E-1"),
        (Icd10Cm, "E11."),
        (Icd10Cm, "E1.19"),
        (Icd10Cm, "S52501AA"),
        (Icd10Cm, "É11"),
        (Cpt, "9921"),
        (Cpt, "992133"),
        (Cpt, "A9213"),
        (Hcpcs, "W0001"),
        (Hcpcs, "G043"),
        (Hcpcs, "G043A"),
        (Icd10Pcs, "0DTJ4Z"),
        (Icd10Pcs, "0DTJ4ZO"),
        (Icd10Pcs, "IDTJ4ZZ"),
        (Icd10Pcs, "0DTJ4Z."),
    ] {
        assert!(code_form(system, code).is_err(), "{code}");
    }
    assert_eq!(rules(&emergency(), &[principal("10I")]), [("code.form", Some(0))]);
}

#[test]
fn the_discharge_date_decides_for_a_stay_and_the_date_of_service_elsewhere() {
    assert_eq!(rules(&stay(), &[present(principal("D71"))]), [("code.in_force", Some(0))]);
    let office_then = EncounterFacts { service_date: stay().service_date, ..office() };
    let lines = |code| [principal(code), visit()];
    assert_eq!(rules(&office_then, &lines("D71")), NOTHING);
    assert_eq!(rules(&office_then, &lines("C50A0")), [("code.in_force", Some(0))]);
    assert_eq!(rules(&office(), &lines("D71")), [("code.in_force", Some(0))]);
    assert_eq!(rules(&office(), &lines("C50A0")), NOTHING);
    let on_the_day = EncounterFacts { discharge_date: Some(date(2025, 10, 2)), ..office_then };
    assert_eq!(rules(&on_the_day, &lines("D71")), NOTHING, "an office visit has no discharge");
}

#[test]
fn a_date_outside_every_edition_is_told_once() {
    let in_doubt = |_: CodeSystem, _: &str| CodeStanding {
        validity: Validity::Billable,
        edition_in_doubt: Some("FY2026".to_owned()),
    };
    let findings = check(&emergency(), &[principal("I10"), secondary("E119")], &in_doubt);
    let told: Vec<_> = findings.iter().map(|it| (it.rule.as_ref(), it.severity, it.line)).collect();
    assert_eq!(told, [("encounter.edition", EditSeverity::Advice, None)]);
}

#[test]
fn a_claim_holds_so_many_lines_and_no_more() {
    let diagnoses = |count: usize| -> Vec<Line> {
        (0..count)
            .map(|n| if n == 0 { principal("I10") } else { secondary(&format!("Z{n:02}")) })
            .collect()
    };
    let office_visit = |count| [diagnoses(count), vec![visit()]].concat();
    assert_eq!(rules(&office(), &office_visit(12)), NOTHING);
    assert_eq!(rules(&office(), &office_visit(13)), [("diagnosis.count", None)]);
    assert_eq!(rules(&emergency(), &diagnoses(25)), NOTHING);
    assert_eq!(rules(&emergency(), &diagnoses(26)), [("diagnosis.count", None)]);

    let again = |n: usize| if n == 0 { Vec::new() } else { vec!["76".to_owned()] };
    let services = |count| {
        let visits = (0..count).map(|n| Line { modifiers: again(n), ..visit() });
        [principal("I10")].into_iter().chain(visits).collect::<Vec<_>>()
    };
    assert_eq!(rules(&office(), &services(50)), NOTHING);
    assert_eq!(rules(&office(), &services(51)), [("procedure.count", None)]);
    let pcs = procedure(CodeSystem::Icd10Pcs, "0DTJ4ZZ");
    let operations = |count| [vec![present(principal("I10"))], vec![pcs.clone(); count]].concat();
    assert_eq!(rules(&stay(), &operations(25)), NOTHING);
    assert_eq!(rules(&stay(), &operations(26)), [("procedure.count", None)]);
}
