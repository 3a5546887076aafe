//! Comparisons that a coding expert can check by eye, and laws that hold for all.

use proptest::prelude::*;

use super::{Agreed, Comparison, Line, LineRole, compare};
use crate::details::Details;
use crate::words::FindingCategory as Category;
use crate::words::{CodeSystem, PresentOnAdmission};

fn diagnosis(code: &str, role: LineRole) -> Line {
    Line {
        system: CodeSystem::Icd10Cm,
        code: code.to_owned(),
        role,
        modifiers: Vec::new(),
        units: 1,
        poa: None,
        pointers: Vec::new(),
        details: Details::default(),
    }
}

fn principal(code: &str) -> Line {
    diagnosis(code, LineRole::Principal)
}

fn secondary(code: &str) -> Line {
    diagnosis(code, LineRole::Secondary)
}

fn procedure(code: &str, modifiers: &[&str]) -> Line {
    let modifiers = modifiers.iter().map(|modifier| (*modifier).to_owned()).collect();
    Line { system: CodeSystem::Cpt, modifiers, ..diagnosis(code, LineRole::Procedure) }
}

/// Category, coder's line, reviewer's line and detail of each difference.
fn found(comparison: &Comparison) -> Vec<(Category, Option<usize>, Option<usize>, &str)> {
    let differences = comparison.differences.iter();
    differences.map(|d| (d.category, d.coder, d.reviewer, d.detail.as_str())).collect()
}

#[test]
fn a_code_of_the_same_category_is_changed_and_others_are_missed_or_added() {
    let coder = [principal("I2510"), secondary("E119"), secondary("Z720")];
    let reviewer = [principal("I2510"), secondary("E1165"), secondary("N179")];
    let comparison = compare(&coder, &reviewer);
    assert_eq!(comparison.agreed, [Agreed { coder: 0, reviewer: 0 }]);
    assert_eq!(
        found(&comparison),
        [
            (Category::Changed, Some(1), Some(1), "E11.9 → E11.65"),
            (Category::Missed, None, Some(2), "N179"),
            (Category::Added, Some(2), None, "Z720"),
        ]
    );
    assert_eq!(comparison.reviewer_lines, 3);
}

#[test]
fn another_visit_level_is_a_level_and_other_services_are_not_paired() {
    let coder = [procedure("99213", &[]), procedure("12001", &[])];
    let reviewer = [procedure("99214", &["25"]), procedure("12002", &[])];
    assert_eq!(
        found(&compare(&coder, &reviewer)),
        [
            (Category::Level, Some(0), Some(0), "99213 → 99214"),
            (Category::Missed, None, Some(1), "12002"),
            (Category::Added, Some(1), None, "12001"),
        ]
    );
}

#[test]
fn the_visit_family_ends_at_99202_and_99499() {
    for (a, b, pairs) in
        [("99202", "99499", 1), ("99201", "99202", 0), ("99499", "99500", 0), ("9920A", "99213", 0)]
    {
        let comparison = compare(&[procedure(a, &[])], &[procedure(b, &[])]);
        assert_eq!(comparison.count(Category::Level), pairs, "{a} {b}");
    }
}

#[test]
fn details_of_an_agreed_code_are_each_named() {
    let line = Line { units: 1, ..procedure("96372", &["59", "25"]) };
    let other = Line { units: 3, ..procedure("96372", &["25"]) };
    let same_set = procedure("96372", &["25", "59"]);
    assert!(compare(std::slice::from_ref(&line), &[same_set]).is_same(), "the order of modifiers");
    assert_eq!(
        found(&compare(&[line], &[other])),
        [
            (Category::Modifier, Some(0), Some(0), "96372: 25, 59 → 25"),
            (Category::Units, Some(0), Some(0), "96372: 1 → 3"),
        ]
    );
    let poa = |poa| Line { poa, ..secondary("J189") };
    let (no, yes) = (PresentOnAdmission::No, PresentOnAdmission::Yes);
    assert_eq!(
        found(&compare(&[poa(Some(no)), poa(None)], &[poa(Some(yes)), poa(None)])),
        [(Category::PresentOnAdmission, Some(0), Some(0), "J18.9: N → Y")]
    );
}

#[test]
fn repeated_codes_pair_one_to_one_and_equal_lines_find_each_other() {
    let coder = [procedure("11042", &["59"]), procedure("11042", &[]), procedure("11042", &[])];
    let reviewer = [procedure("11042", &[]), procedure("11042", &["59"])];
    let comparison = compare(&coder, &reviewer);
    assert_eq!(
        comparison.agreed,
        [Agreed { coder: 1, reviewer: 0 }, Agreed { coder: 0, reviewer: 1 }]
    );
    assert_eq!(found(&comparison), [(Category::Added, Some(2), None, "11042")]);
}

#[test]
fn swapping_the_principal_with_a_secondary_is_one_difference() {
    let comparison =
        compare(&[principal("A419"), secondary("N390")], &[principal("N390"), secondary("A419")]);
    assert_eq!(
        found(&comparison),
        [(Category::Resequenced, Some(1), Some(0), "N39.0: secondary → principal")]
    );
    assert!(comparison.differences.iter().all(|difference| difference.principal));

    let demoted = compare(&[principal("A419")], &[secondary("A419")]);
    assert_eq!(
        found(&demoted),
        [(Category::Resequenced, Some(0), Some(0), "A41.9: principal → secondary")]
    );
}

#[test]
fn the_order_of_secondary_diagnoses_is_no_difference() {
    let coder = [principal("A419"), secondary("N390"), secondary("E119")];
    let reviewer = [principal("A419"), secondary("E119"), secondary("N390")];
    assert!(compare(&coder, &reviewer).is_same());
}

#[test]
fn another_principal_diagnosis_is_a_change_of_the_principal() {
    let comparison = compare(&[principal("R079")], &[principal("I214")]);
    assert_eq!(found(&comparison), [(Category::Changed, Some(0), Some(0), "R07.9 → I21.4")]);
    assert!(comparison.differences.iter().all(|difference| difference.principal));
}

#[test]
fn an_admitting_diagnosis_is_never_taken_for_another_one() {
    let admitting = diagnosis("R079", LineRole::Admitting);
    let comparison = compare(&[admitting], &[secondary("R079")]);
    assert_eq!(
        found(&comparison),
        [(Category::Missed, None, Some(0), "R079"), (Category::Added, Some(0), None, "R079")]
    );
}

fn any_line() -> impl Strategy<Value = Line> {
    use LineRole::{Admitting, Principal, Procedure, Secondary};
    let diagnosis_code = prop::sample::select(vec!["I214", "I2510", "I219", "E119", "E1165", "A"]);
    let service_code = prop::sample::select(vec!["99213", "99214", "99285", "12001", "J1100"]);
    let role = prop::sample::select(vec![Admitting, Principal, Secondary, Secondary]);
    let coded = prop_oneof![
        (Just(CodeSystem::Icd10Cm), diagnosis_code, role),
        (
            prop::sample::select(vec![CodeSystem::Cpt, CodeSystem::Hcpcs]),
            service_code,
            Just(Procedure)
        ),
        (
            Just(CodeSystem::Icd10Pcs),
            prop::sample::select(vec!["0DTJ4ZZ", "0DTJ0ZZ", "02703DZ", "é"]),
            Just(Procedure)
        ),
    ];
    let modifiers = prop::collection::vec(prop::sample::select(vec!["25", "59", "LT"]), 0..3);
    let poa = prop::option::of(prop::sample::select(PresentOnAdmission::ALL));
    (coded, modifiers, 1..3_i32, poa).prop_map(|((system, code, role), modifiers, units, poa)| {
        Line {
            system,
            code: code.to_owned(),
            role,
            modifiers: modifiers.into_iter().map(str::to_owned).collect(),
            units,
            poa,
            pointers: Vec::new(),
            details: Details::default(),
        }
    })
}

fn any_lines() -> impl Strategy<Value = Vec<Line>> {
    prop::collection::vec(any_line(), 0..12)
}

/// Which lines of one side are placed, each as often as it is.
fn placed(
    comparison: &Comparison,
    agreed: fn(&Agreed) -> usize,
    line: fn(&super::Difference) -> Option<usize>,
) -> Vec<usize> {
    let placing = [Category::Missed, Category::Added, Category::Changed, Category::Level];
    let differences = comparison.differences.iter();
    let in_differences = differences.filter(|d| placing.contains(&d.category)).filter_map(line);
    let mut all: Vec<usize> = comparison.agreed.iter().map(agreed).chain(in_differences).collect();
    all.sort_unstable();
    all
}

proptest! {
    #[test]
    fn a_coding_does_not_differ_from_itself(lines in any_lines()) {
        let comparison = compare(&lines, &lines);
        prop_assert!(comparison.is_same(), "{comparison:?}");
        prop_assert_eq!(comparison.agreed.len(), lines.len());
    }

    #[test]
    fn every_line_is_placed_exactly_once(coder in any_lines(), reviewer in any_lines()) {
        let comparison = compare(&coder, &reviewer);
        let coders: Vec<usize> = (0..coder.len()).collect();
        let reviewers: Vec<usize> = (0..reviewer.len()).collect();
        prop_assert_eq!(placed(&comparison, |pair| pair.coder, |d| d.coder), coders);
        prop_assert_eq!(placed(&comparison, |pair| pair.reviewer, |d| d.reviewer), reviewers);
    }

    #[test]
    fn changing_sides_swaps_missed_and_added(coder in any_lines(), reviewer in any_lines()) {
        let (there, back) = (compare(&coder, &reviewer), compare(&reviewer, &coder));
        prop_assert_eq!(there.count(Category::Missed), back.count(Category::Added));
        prop_assert_eq!(there.count(Category::Added), back.count(Category::Missed));
        prop_assert_eq!(there.agreed.len(), back.agreed.len());
        for category in [
            Category::Changed,
            Category::Level,
            Category::PresentOnAdmission,
            Category::Modifier,
            Category::Units,
        ] {
            prop_assert_eq!(there.count(category), back.count(category));
        }
    }
}
