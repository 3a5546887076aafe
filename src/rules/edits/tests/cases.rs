//! For every rule of the table, codings that it lets pass and codings that it speaks of.

use std::collections::BTreeSet;

use jiff::civil::date;

use super::lists::Lists;
use super::{born, exempt_as, found_in, lines, visit_of};
use crate::details::Detail;
use crate::edits::{EncounterFacts, OF_THE_WHOLE, Patient, PoaExempt, PoaTerms, RULES};
use crate::words::WorkType::{
    AmbulatorySurgery, EdFacility, EdProFee, Inpatient, Outpatient, ProFeeEm, RiskAdjustment,
};

const CASES: &str = include_str!("cases.txt");

fn encounter(name: &str) -> EncounterFacts {
    let (clinic, stay) = (visit_of(Outpatient), visit_of(Inpatient));
    match name {
        "office" => visit_of(ProFeeEm),
        "clinic" => clinic,
        "centre" => visit_of(AmbulatorySurgery),
        "emergency" => visit_of(EdProFee),
        "risk" => visit_of(RiskAdjustment),
        "stay" => stay,
        "dated" => EncounterFacts { required: [Detail::ServiceDate].into_iter().collect(), ..stay },
        "unasked" => {
            EncounterFacts { poa: PoaTerms { asked: false, ..PoaTerms::default() }, ..stay }
        }
        "one" => exempt_as(PoaExempt::One),
        "blank" => exempt_as(PoaExempt::Blank),
        "before" => EncounterFacts { service_date: date(2025, 9, 1), ..clinic },
        "later" => EncounterFacts { service_date: date(2027, 1, 1), ..clinic },
        "newborn" => born(date(2026, 1, 10)),
        "adult" => born(date(1990, 1, 1)),
        "old" => born(date(1940, 1, 1)),
        "nobody" => EncounterFacts { patient: Patient::default(), ..clinic },
        other => panic!("{other} is no encounter"),
    }
}

/// Whether a rule speaks of a coding.
fn speaks(rule: &str, encounter: &EncounterFacts, text: &str) -> bool {
    let lists = Lists { on: encounter.coded_on() };
    let found = found_in(encounter, &lines(text), Some("01"), &lists);
    found.iter().any(|finding| finding.rule == rule)
}

#[test]
fn each_rule_lets_pass_what_its_source_allows_and_speaks_of_what_it_forbids() {
    let (mut passed, mut failed) = (BTreeSet::new(), BTreeSet::new());
    let mut rule = "";
    for row in CASES.lines().filter(|row| !row.starts_with('#') && !row.is_empty()) {
        let Some(case) = row.strip_prefix("    ") else {
            rule = row;
            continue;
        };
        let (head, text) = case.split_once(':').unwrap();
        let (expected, name) = head.split_once(' ').unwrap();
        let fails = expected == "fail";
        assert_eq!(speaks(rule, &encounter(name), text), fails, "{rule} in {name}: {text}");
        if fails {
            failed.insert(rule)
        } else {
            passed.insert(rule)
        };
    }
    // Numbers of lines and what is about the whole have tests of their own.
    let apart = ["diagnosis.count", "procedure.count"];
    for rule in RULES.iter().map(|rule| rule.id).filter(|id| !apart.contains(id)) {
        assert!(passed.contains(rule), "nothing passes {rule}");
        assert!(failed.contains(rule), "nothing fails {rule}");
    }
}

#[test]
fn a_stay_is_over_and_says_where_the_patient_went() {
    let stay = visit_of(Inpatient);
    let asked = EncounterFacts { required: [Detail::Disposition].into_iter().collect(), ..stay };
    let open = EncounterFacts { discharge_date: None, ..stay };
    for (encounter, disposition, expected) in [
        (stay, None, None),
        (asked, Some("01"), None),
        (asked, None, Some("disposition.required")),
        (asked, Some("08"), Some("disposition.known")),
        (open, Some("01"), Some("encounter.discharge")),
        (open, None, Some("encounter.discharge")),
        (open, Some("30"), None),
        (visit_of(EdFacility), None, None),
    ] {
        let found =
            found_in(&encounter, &lines("principal Z8673"), disposition, &Lists { on: super::DAY });
        let told = found.first().map(|finding| finding.rule.as_ref());
        assert_eq!(told, expected, "{disposition:?}");
    }
    assert_eq!(OF_THE_WHOLE.len(), 3, "each of them is above");
}
