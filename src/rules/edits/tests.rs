use jiff::civil::{Date, date};
use proptest::prelude::{Strategy, any, prop_assert, prop_assert_eq, proptest};

use super::{CodeStanding, EditFinding, EditSeverity, EncounterFacts, Validity, check, code_form};
use crate::compare::{Line, LineRole};
use crate::details::{DetailSet, Details};
use crate::words::{CodeSystem, PresentOnAdmission, WorkType};

const DAY: Date = date(2026, 1, 15);

fn office() -> EncounterFacts {
    EncounterFacts {
        work_type: WorkType::ProFeeEm,
        service_date: DAY,
        discharge_date: None,
        required: DetailSet::default(),
    }
}

fn emergency() -> EncounterFacts {
    EncounterFacts { work_type: WorkType::EdFacility, ..office() }
}

fn stay() -> EncounterFacts {
    EncounterFacts {
        work_type: WorkType::Inpatient,
        service_date: date(2025, 9, 28),
        discharge_date: Some(date(2025, 10, 2)),
        required: DetailSet::default(),
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

fn modified(modifiers: &[&str]) -> Line {
    Line { modifiers: modifiers.iter().map(|&text| text.to_owned()).collect(), ..visit() }
}

fn pointing(pointers: &[i32]) -> Line {
    Line { pointers: pointers.to_vec(), ..visit() }
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
    found(encounter, lines).iter().map(|finding| (finding.rule, finding.line)).collect()
}

/// The rules that speak of a visit for I10 with this line for the service.
fn of_service(line: Line) -> Vec<(&'static str, Option<usize>)> {
    rules(&office(), &[principal("I10"), secondary("E119"), line])
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
fn a_coding_has_a_diagnosis_and_exactly_one_principal() {
    assert_eq!(rules(&emergency(), &[]), [("diagnosis.required", None)]);
    let only_admitting = [diagnosis(LineRole::Admitting, "R079")];
    assert_eq!(rules(&emergency(), &only_admitting), [("diagnosis.required", None)]);
    assert_eq!(rules(&emergency(), &[secondary("I10")]), [("diagnosis.principal", None)]);
    let two = [principal("I10"), principal("E119")];
    assert_eq!(rules(&emergency(), &two), [("diagnosis.principal", Some(1))]);
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
fn a_heading_and_an_unknown_code_are_refused() {
    let findings = found(&emergency(), &[principal("E11"), secondary("Q9999")]);
    let said: Vec<_> =
        findings.iter().map(|finding| (finding.rule, finding.message.as_str())).collect();
    assert_eq!(
        said,
        [
            (
                "code.leaf",
                "E11 is a heading and needs more characters: choose one of the codes below it."
            ),
            ("code.known", "Q99.99 is not in ICD-10-CM: look for a typing slip."),
        ]
    );
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
fn a_date_outside_every_edition_and_a_missing_discharge_are_told_once() {
    let in_doubt = |_: CodeSystem, _: &str| CodeStanding {
        validity: Validity::Billable,
        edition_in_doubt: Some("FY2026".to_owned()),
    };
    let findings = check(&emergency(), &[principal("I10"), secondary("E119")], &in_doubt);
    let told: Vec<_> =
        findings.iter().map(|finding| (finding.rule, finding.severity, finding.line)).collect();
    assert_eq!(told, [("encounter.edition", EditSeverity::Advice, None)]);
    let open = EncounterFacts { discharge_date: None, ..stay() };
    assert_eq!(rules(&open, &[present(principal("I10"))]), [("encounter.discharge", None)]);
}

#[test]
fn a_diagnosis_is_reported_once_with_or_without_its_point() {
    let twice = [principal("I10"), secondary("E119"), secondary("E11.9"), visit()];
    let findings = found(&office(), &twice);
    let told: Vec<_> = findings
        .iter()
        .map(|finding| (finding.rule, finding.line, finding.message.as_str()))
        .collect();
    assert_eq!(told, [("diagnosis.duplicate", Some(2), "E11.9 is on line 2 already: remove one.")]);
    let visits = [principal("I10"), visit(), visit()];
    assert_eq!(rules(&office(), &visits), NOTHING, "services may be repeated");
}

#[test]
fn an_external_cause_is_never_principal() {
    for cause in ["V0001XA", "W1830XA", "X58XXXA", "Y9301"] {
        let lines = [principal(cause), secondary("S0990XA")];
        assert_eq!(rules(&emergency(), &lines), [("diagnosis.external_cause_principal", Some(0))]);
        assert_eq!(rules(&emergency(), &[principal("S0990XA"), secondary(cause)]), NOTHING);
    }
    assert_eq!(rules(&emergency(), &[principal("U071")]), NOTHING);
    assert_eq!(rules(&emergency(), &[principal("Z0000")]), NOTHING);
}

#[test]
fn present_on_admission_belongs_to_the_reported_diagnoses_of_a_stay() {
    let missing = [principal("I214"), present(secondary("E119"))];
    assert_eq!(rules(&stay(), &missing), [("poa.required", Some(0))]);
    let admitting = [present(diagnosis(LineRole::Admitting, "R079")), present(principal("I214"))];
    assert_eq!(rules(&stay(), &admitting), [("poa.unexpected", Some(0))]);
    assert_eq!(rules(&emergency(), &[present(principal("I10"))]), [("poa.unexpected", Some(0))]);
}

#[test]
fn each_setting_has_its_system() {
    let i10 = || principal("I10");
    let pcs = || procedure(CodeSystem::Icd10Pcs, "0DTJ4ZZ");
    assert_eq!(rules(&emergency(), &[i10(), pcs()]), [("code.system", Some(1))]);
    for outpatient in [procedure(CodeSystem::Cpt, "99213"), procedure(CodeSystem::Hcpcs, "G0439")] {
        assert_eq!(rules(&stay(), &[present(i10()), outpatient]), [("code.system", Some(1))]);
    }
    let number = Line { system: CodeSystem::Cpt, ..principal("99213") };
    assert_eq!(rules(&emergency(), &[number]), [("code.system", Some(0))]);
    let cause = procedure(CodeSystem::Icd10Cm, "I10");
    assert_eq!(rules(&emergency(), &[i10(), cause]), [("code.system", Some(1))]);
}

#[test]
fn modifiers_are_up_to_four_different_pairs_of_characters_on_outpatient_services() {
    assert_eq!(of_service(modified(&["25", "LT", "X1", "59"])), NOTHING);
    for bad in ["2", "255", "lt", "L-", "é"] {
        assert_eq!(of_service(modified(&[bad])), [("modifier.form", Some(2))], "{bad}");
    }
    assert_eq!(of_service(modified(&["25", "25"])), [("modifier.repeated", Some(2))]);
    assert_eq!(
        of_service(modified(&["25", "59", "LT", "RT", "76"])),
        [("modifier.count", Some(2))]
    );
    let diagnosis = Line { modifiers: vec!["25".to_owned()], ..principal("I10") };
    assert_eq!(rules(&emergency(), &[diagnosis]), [("modifier.unexpected", Some(0))]);
}

#[test]
fn units_are_one_to_9999() {
    for good in [1, 9999] {
        assert_eq!(of_service(Line { units: good, ..visit() }), NOTHING);
    }
    for bad in [i32::MIN, -1, 0, 10_000] {
        assert_eq!(of_service(Line { units: bad, ..visit() }), [("units.range", Some(2))]);
    }
}

#[test]
fn pointers_name_up_to_four_diagnoses_that_are_there() {
    assert_eq!(of_service(pointing(&[2, 1])), NOTHING);
    assert_eq!(of_service(pointing(&[])), [("pointer.required", Some(2))]);
    assert_eq!(of_service(pointing(&[1, 1])), [("pointer.repeated", Some(2))]);
    for bad in [0, -1, 3] {
        assert_eq!(of_service(pointing(&[bad])), [("pointer.range", Some(2))]);
    }
    let codes = ["E119", "N189", "E785", "J449"];
    let mut lines: Vec<Line> = codes.map(secondary).into();
    lines.extend([principal("I10"), pointing(&[1, 2, 3, 4, 5])]);
    assert_eq!(rules(&office(), &lines), [("pointer.count", Some(5))]);
    let facility = [principal("I10"), pointing(&[])];
    assert_eq!(rules(&emergency(), &facility), NOTHING, "institutional lines point at nothing");
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

    let services = |count| [vec![principal("I10")], vec![visit(); count]].concat();
    assert_eq!(rules(&office(), &services(50)), NOTHING);
    assert_eq!(rules(&office(), &services(51)), [("procedure.count", None)]);
    let pcs = procedure(CodeSystem::Icd10Pcs, "0DTJ4ZZ");
    let operations = |count| [vec![present(principal("I10"))], vec![pcs.clone(); count]].concat();
    assert_eq!(rules(&stay(), &operations(25)), NOTHING);
    assert_eq!(rules(&stay(), &operations(26)), [("procedure.count", None)]);
}

fn any_line() -> impl Strategy<Value = Line> {
    let system = proptest::sample::select(CodeSystem::ALL);
    let role = proptest::sample::select(LineRole::ALL);
    let code = "[A-Z0-9.é]{0,8}";
    let modifiers = proptest::collection::vec("[A-Z0-9]{1,3}", 0..6);
    let pointers = proptest::collection::vec(any::<i32>(), 0..6);
    let poa = proptest::option::of(proptest::sample::select(PresentOnAdmission::ALL));
    (system, role, code, modifiers, any::<i32>(), pointers, poa).prop_map(
        |(system, role, code, modifiers, units, pointers, poa)| Line {
            system,
            code,
            role,
            modifiers,
            units,
            poa,
            pointers,
            details: Details::default(),
        },
    )
}

proptest! {
    #[test]
    fn any_coding_is_answered_in_order_with_lines_that_exist(
        lines in proptest::collection::vec(any_line(), 0..60),
        work_type in proptest::sample::select(WorkType::ALL),
    ) {
        let encounter = EncounterFacts { work_type, ..stay() };
        let findings = found(&encounter, &lines);
        prop_assert!(findings.is_sorted_by_key(|finding| (finding.line, finding.rule)));
        for finding in &findings {
            prop_assert!(finding.line.is_none_or(|line| line < lines.len()));
            prop_assert!(!finding.message.is_empty() && !finding.source.is_empty());
        }
        prop_assert_eq!(findings, found(&encounter, &lines));
    }
}
