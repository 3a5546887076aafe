//! Own rules: what they say and where, the sentence that tells it, and what can't be entered.

use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Coding, Entered, InForce, LineField, Matter, OwnRule, TESTS_MAX, VALUES_MAX, check};
use crate::edits::tests::{lines, visit_of};
use crate::edits::{CodeStanding, EncounterFacts, Patient, Reference, Sex, Validity};
use crate::words::{CodeSystem, WorkType};

/// Two wordings are all that this list knows.
struct Worded;

impl Reference for Worded {
    fn standing(&self, _: CodeSystem, _: &str) -> CodeStanding {
        CodeStanding::certain(Validity::Billable)
    }
    fn wording(&self, _: CodeSystem, code: &str) -> Option<String> {
        match code {
            "J189" => Some("Pneumonia, Unspecified organism".into()),
            "J13" => Some("Pneumonia due to Streptococcus pneumoniae".into()),
            _ => None,
        }
    }
}

fn entered(about: &Value, when: &Value) -> Entered {
    let rule = json!({ "name": "A rule", "severity": "warning", "message": "Look again.",
        "about": about, "when": when });
    serde_json::from_value(rule).unwrap()
}

fn read(about: &Value, when: &Value) -> OwnRule {
    OwnRule::read(&entered(about, when)).unwrap()
}

fn on(kind: &str, field: &str, is: &str, value: &str) -> Value {
    json!({ "kind": kind, "tests": [{ "field": field, "is": is, "value": value }] })
}

fn line(there: bool, kind: &str, field: &str, is: &str, value: &str) -> Value {
    let tests = json!([{ "field": field, "is": is, "value": value }]);
    json!({ "of": "line", "there": there, "kind": kind, "tests": tests })
}

fn coding(field: &str, is: &str, value: &str) -> Value {
    json!({ "of": "coding", "field": field, "is": is, "value": value })
}

const NOWHERE: [i32; 0] = [];

/// Where a rule speaks of a coding: line numbers from 0, -1 for the coding as a whole.
fn places(rule: &OwnRule, encounter: &EncounterFacts, text: &str) -> Vec<i32> {
    let lines = lines(text);
    let coding = Coding { encounter, lines: &lines, disposition: Some("01"), reference: &Worded };
    let place = |place: Option<usize>| place.map_or(-1, |at| i32::try_from(at).unwrap());
    rule.places(&coding).into_iter().map(place).collect()
}

#[test]
fn each_field_of_a_line_is_held_against_its_values() {
    let visit = visit_of(WorkType::Outpatient);
    let diagnoses = "principal E1165; secondary I10; secondary J189; admitting R509";
    let services = "service 99283; service 99284-25; service 10060-59-LT x3 >1,2; \
        service J1885 @2026-01-15 at=11 revenue=0450 by=1234567893 basis=time minutes=40";
    for (kind, field, is, value, text, expected) in [
        ("diagnosis", "code", "among", "E11", diagnoses, &[0][..]),
        ("diagnosis", "code", "among", "e11.6, i10-i15", diagnoses, &[0, 1]),
        ("diagnosis", "code", "not_among", "E00–E89; I10", diagnoses, &[2]),
        ("principal", "code", "not_among", "R", diagnoses, &[0]),
        ("secondary", "code", "among", "E,I,J", diagnoses, &[1, 2]),
        ("admitting", "code", "among", "R50.9", diagnoses, &[3]),
        ("diagnosis", "wording", "among", "unspecified", diagnoses, &[2]),
        ("diagnosis", "wording", "not_among", "Unspecified", diagnoses, &[0, 1]),
        ("procedure", "code", "among", "99281-99285", services, &[0, 1]),
        ("procedure", "modifiers", "among", "25, 59", services, &[1, 2]),
        ("procedure", "modifiers", "not_among", "25", services, &[0, 2, 3]),
        ("procedure", "modifiers", "among", "none", services, &[0, 3]),
        ("procedure", "modifiers", "not_among", "none", services, &[1, 2]),
        ("procedure", "units", "at_least", "2", services, &[2]),
        ("procedure", "units", "at_most", "2", services, &[0, 1, 3]),
        ("procedure", "pointers", "at_most", "0", services, &[0, 1, 3]),
        ("procedure", "pointers", "at_least", "2", services, &[2]),
        ("procedure", "place_of_service", "among", "11,12", services, &[3]),
        ("procedure", "place_of_service", "among", "none", services, &[0, 1, 2]),
        ("procedure", "revenue_code", "among", "0450", services, &[3]),
        ("procedure", "provider", "not_among", "none", services, &[3]),
        ("procedure", "em_basis", "among", "TIME", services, &[3]),
        ("procedure", "minutes", "at_least", "31", services, &[3]),
        // Minutes that are not entered are neither many nor few.
        ("procedure", "minutes", "at_most", "600", services, &[3]),
        (
            "diagnosis",
            "poa",
            "among",
            "u, none",
            "principal I10 poa=U; secondary E119 poa=Y; \
            secondary Z794",
            &[0, 2],
        ),
        ("diagnosis", "face_to_face", "among", "no", "principal I10 seen=no", &[0]),
        ("diagnosis", "face_to_face", "among", "yes", "principal I10 seen=no", &[]),
        ("diagnosis", "meat", "among", "treated", "principal I10 meat=treated", &[0]),
        ("diagnosis", "meat", "among", "none", "principal I10 meat=treated", &[]),
    ] {
        let rule = read(&on(kind, field, is, value), &json!([]));
        assert_eq!(places(&rule, &visit, text), expected, "{kind} {field} {is} {value}");
    }
}

#[test]
fn each_matter_of_the_coding_is_held_against_its_values() {
    let stay = visit_of(WorkType::Inpatient);
    let unknown = EncounterFacts {
        patient: Patient { birth_date: None, sex: None },
        discharge_date: None,
        ..stay
    };
    let child = Patient { birth_date: Some(date(2008, 1, 16)), sex: Some(Sex::Male) };
    let child = EncounterFacts { patient: child, ..stay };
    let text = "admitting R509; principal J189; secondary I10; operation 0W9G3ZZ";
    for (field, is, value, encounter, fires) in [
        ("age", "at_most", "17", &child, true),
        ("age", "at_least", "18", &child, false),
        ("age", "at_least", "45", &stay, true),
        ("age", "at_least", "0", &unknown, false),
        ("sex", "among", "f", &stay, true),
        ("sex", "not_among", "F", &child, true),
        ("sex", "among", "none", &unknown, true),
        ("sex", "not_among", "none", &unknown, false),
        ("stay", "at_least", "5", &stay, true),
        ("stay", "at_least", "6", &stay, false),
        ("stay", "at_most", "100", &unknown, false),
        ("disposition", "among", "01, 06", &stay, true),
        ("disposition", "among", "20", &stay, false),
        ("diagnoses", "at_most", "2", &stay, true),
        ("diagnoses", "at_least", "3", &stay, false),
        ("procedures", "at_least", "1", &stay, true),
    ] {
        let rule = read(&json!(null), &json!([coding(field, is, value)]));
        let expected: &[i32] = if fires { &[-1] } else { &[] };
        assert_eq!(places(&rule, encounter, text), expected, "{field} {is} {value}");
    }
}

#[test]
fn conditions_hold_together_and_another_line_is_another_one() {
    let visit = visit_of(WorkType::EdFacility);
    let about = json!({ "kind": "procedure", "tests": [
        { "field": "code", "is": "among", "value": "99281-99285" },
        { "field": "modifiers", "is": "not_among", "value": "25" } ] });
    let rule = read(&about, &json!([line(true, "procedure", "code", "not_among", "99281-99285")]));
    for (text, expected) in [
        ("service 99284; service 10060", &[0][..]),
        ("service 99284-25; service 10060", &[]),
        ("service 99284; service 99283", &[]),
        ("service 99284; service 99283; service 10060", &[0, 1]),
        ("service 10060", &[]),
    ] {
        assert_eq!(places(&rule, &visit, text), expected, "{text}");
    }
    // A line is not its own company.
    let twins = read(
        &on("procedure", "code", "among", "99284"),
        &json!([line(true, "procedure", "code", "among", "99284")]),
    );
    assert_eq!(places(&twins, &visit, "service 99284"), NOWHERE);
    assert_eq!(places(&twins, &visit, "service 99284; service 99284"), [0, 1]);
    let insulin = read(
        &on("diagnosis", "code", "among", "E11"),
        &json!([line(false, "secondary", "code", "among", "Z79.4, Z79.84")]),
    );
    assert_eq!(places(&insulin, &visit, "principal E119; secondary I10"), [0]);
    assert_eq!(places(&insulin, &visit, "principal E119; secondary Z794"), NOWHERE);
}

#[test]
fn a_finding_leads_to_what_is_to_be_mended_and_names_its_rule() {
    let rule = read(&on("procedure", "modifiers", "not_among", "25"), &json!([]));
    let whole = read(&json!(null), &json!([coding("diagnoses", "at_most", "1")]));
    let in_force =
        [InForce { number: 7, version: 2, rule }, InForce { number: 9, version: 1, rule: whole }];
    let visit = visit_of(WorkType::ProFeeEm);
    let lines = lines("principal I10; service 99213");
    let coding = Coding { encounter: &visit, lines: &lines, disposition: None, reference: &Worded };
    let found = check(&in_force, &coding);
    let told: Vec<_> = found.iter().map(|it| (it.rule.as_ref(), it.line, it.field)).collect();
    assert_eq!(told, [("own.9", None, "lines"), ("own.7", Some(1), "modifiers")]);
    assert_eq!(found[1].source, "the facility's own rule 7, version 2: A rule");
    assert_eq!(found[1].message, "Look again.");
}

#[test]
fn a_rule_is_said_back_as_a_sentence() {
    for (about, when, words) in [
        (
            on("procedure", "code", "among", "99281-99285"),
            json!([
                line(true, "procedure", "modifiers", "among", "none"),
                coding("age", "at_least", "18"),
            ]),
            "The coder gives a reason or changes the coding for each procedure or service \
             99281–99285, when there is another procedure or service without a modifier and the \
             patient's age in years is 18 or more.",
        ),
        (
            json!(null),
            json!([
                line(true, "principal", "code", "among", "e11.65, I10"),
                line(false, "secondary", "wording", "among", "Unspecified"),
            ]),
            "The coder gives a reason or changes the coding, when there is a principal or \
             first-listed diagnosis E11.65 or I10 and there is no secondary diagnosis whose \
             wording has “unspecified”.",
        ),
        (
            on("diagnosis", "poa", "not_among", "Y, 1, none"),
            json!([coding("sex", "not_among", "none")]),
            "The coder gives a reason or changes the coding for each diagnosis whose present on \
             admission is not Y, 1 or none, when the patient's sex is not unknown.",
        ),
    ] {
        assert_eq!(read(&about, &when).words(), words);
    }
    let many: Vec<String> = (100..130).map(|code| format!("99{code}")).collect();
    let rule = read(&on("procedure", "code", "among", &many.join(",")), &json!([]));
    assert!(rule.words().ends_with("99110, 99111 or 18 more."), "{}", rule.words());
}

#[test]
fn what_cannot_be_read_is_told_by_its_entry_all_at_once() {
    let about = json!({ "kind": "procedure", "tests": [
        { "field": "code", "is": "among", "value": "99285-99281" },
        { "field": "units", "is": "among", "value": "two" },
        { "field": "modifiers", "is": "among", "value": "25, LEFT" },
        { "field": "poa", "is": "among", "value": "Q" },
        { "field": "code", "is": "among", "value": " , " } ] });
    let when =
        json!([coding("age", "at_least", "-1"), line(true, "diagnosis", "code", "among", "E11%")]);
    let rule = Entered { name: " ".into(), message: "x".repeat(301), ..entered(&about, &when) };
    let faults = OwnRule::read(&rule).unwrap_err();
    let told: Vec<_> = faults.iter().map(|it| (it.name.as_str(), it.message.as_str())).collect();
    assert_eq!(
        told,
        [
            ("name", "is needed"),
            ("message", "at most 300 characters"),
            ("about.tests.0.value", "“99285-99281” ends before it begins"),
            ("about.tests.1.is", "this field is not compared like this"),
            ("about.tests.1.value", "a whole number from 0 to 100000"),
            ("about.tests.2.value", "“LEFT” has not 2 letters or digits"),
            ("about.tests.3.value", "“Q” is none of Y, N, U, W, 1, none"),
            ("about.tests.4.value", "what should it be held against?"),
            ("when.0.value", "a whole number from 0 to 100000"),
            ("when.1.tests.0.value", "“E11%” is no code, beginning or range"),
        ]
    );
    let always = entered(&json!({ "kind": "procedure" }), &json!([]));
    assert_eq!(OwnRule::read(&always).unwrap_err()[0].name, "when");
    let test = json!({ "field": "units", "is": "at_least", "value": "2" });
    let long = json!({ "kind": "procedure", "tests": vec![test; TESTS_MAX + 1] });
    assert_eq!(OwnRule::read(&entered(&long, &json!([]))).unwrap_err()[0].name, "about.tests");
    let many = vec!["E11"; VALUES_MAX + 1].join(",");
    let many = entered(&on("diagnosis", "code", "among", &many), &json!([]));
    assert_eq!(OwnRule::read(&many).unwrap_err()[0].message, "at most 100 values");
}

#[test]
fn every_field_says_what_to_enter_and_takes_what_it_names() {
    for field in LineField::ALL {
        assert!(!field.hint().is_empty() && !field.comparisons().is_empty(), "{field}");
    }
    for matter in Matter::ALL {
        assert!(!matter.hint().is_empty() && !matter.comparisons().is_empty(), "{matter}");
    }
}

proptest! {
    /// Whatever is entered is read or refused, and what is read never stumbles over a coding.
    #[test]
    fn anything_entered_is_answered(value in "\\PC{0,40}", field in 0..LineField::ALL.len(), not: bool) {
        let field = LineField::ALL[field];
        let is = field.comparisons()[usize::from(not)];
        let about = on("diagnosis", field.as_str(), is.as_str(), &value);
        if let Ok(rule) = OwnRule::read(&entered(&about, &json!([]))) {
            let visit = visit_of(WorkType::Outpatient);
            let found = places(&rule, &visit, "principal I10; secondary E119 poa=Y");
            prop_assert!(found.len() <= 2);
            prop_assert!(rule.words().ends_with('.'));
        }
    }

    /// Being among the values and not being among them never both hold, and one of them always does.
    #[test]
    fn a_comparison_and_its_opposite_part_the_lines(value in "[A-Z][0-9]{1,2}(, [A-Z][0-9]{2})?") {
        let visit = visit_of(WorkType::Outpatient);
        let text = "principal I10; secondary E119; secondary J189; secondary Z794";
        let of = |is: &str| {
            places(&read(&on("diagnosis", "code", is, &value), &json!([])), &visit, text)
        };
        let mut both = of("among");
        both.extend(of("not_among"));
        both.sort_unstable();
        prop_assert_eq!(both, [0, 1, 2, 3]);
    }
}
