//! What holds for any coding whatever.

use std::collections::BTreeSet;

use proptest::prelude::{Just, Strategy, any, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::lists::Lists;
use super::{DAY, found_in, visit_of};
use crate::compare::{Line, LineRole};
use crate::details::Details;
use crate::edits::EditFinding;
use crate::words::{CodeSystem, PresentOnAdmission, WorkType};

/// Codes that the lists say something of.
const LISTED: &[&str] = &[
    "I10", "I129", "J449", "J4520", "D630", "C61", "I509", "I110", "M1710", "M170", "M1711",
    "N390", "T148", "J18", "E119", "W1830XA", "Z794", "20610", "11042", "97597", "80053", "80048",
    "96372", "99213",
];

/// Those, and any others.
fn any_code() -> impl Strategy<Value = String> {
    prop_oneof![
        3 => proptest::sample::select(LISTED).prop_map(str::to_owned),
        1 => "[A-Z0-9.é]{0,8}",
    ]
}

fn any_line() -> impl Strategy<Value = Line> {
    let system = proptest::sample::select(CodeSystem::ALL);
    let role = proptest::sample::select(LineRole::ALL);
    let modifiers = proptest::collection::vec(
        prop_oneof![Just("LT".to_owned()), Just("59".to_owned()), "[A-Z0-9é]{0,3}"],
        0..6,
    );
    let pointers = proptest::collection::vec(prop_oneof![1..5, any::<i32>()], 0..6);
    let poa = proptest::option::of(proptest::sample::select(PresentOnAdmission::ALL));
    let units = prop_oneof![1..5, any::<i32>()];
    (system, role, any_code(), modifiers, units, pointers, poa).prop_map(
        |(system, role, code, modifiers, units, pointers, poa)| {
            let details = Details::default();
            Line { system, code, role, modifiers, units, poa, pointers, details }
        },
    )
}

fn check(work_type: WorkType, lines: &[Line]) -> Vec<EditFinding> {
    found_in(&visit_of(work_type), lines, Some("01"), &Lists { on: DAY })
}

/// Findings without the numbers of lines: each rule with the code that it speaks of.
fn told<'a>(findings: &'a [EditFinding], lines: &'a [Line]) -> BTreeSet<(&'a str, &'a str)> {
    let code = |line: usize| lines.get(line).map_or("", |line| line.code.as_str());
    findings.iter().map(|it| (it.rule.as_ref(), it.line.map_or("", code))).collect()
}

proptest! {
    #[test]
    fn any_coding_is_answered_in_order_with_lines_that_exist_and_always_alike(
        lines in proptest::collection::vec(any_line(), 0..60),
        work_type in proptest::sample::select(WorkType::ALL),
    ) {
        let findings = check(work_type, &lines);
        prop_assert!(findings.is_sorted_by_key(|finding| (finding.line, finding.rule.clone())));
        for finding in &findings {
            prop_assert!(finding.line.is_none_or(|line| line < lines.len()));
            prop_assert!(!finding.message.is_empty() && !finding.source.is_empty());
        }
        prop_assert_eq!(findings, check(work_type, &lines));
    }

    /// Services that have nothing to do with each other, and diagnoses that have nothing to do with them.
    #[test]
    fn lines_that_have_nothing_to_do_with_each_other_may_stand_in_any_order(
        order in Just(vec![
            "principal I214 poa=Y", "secondary E1165", "secondary W1830XA", "admitting R079",
            "secondary M1710", "service 71046-ZZ", "service 96372 x3", "service 80053", "service 80048",
            "secondary Q9999", "secondary J18", "service 20610-LT-RT",
        ]).prop_shuffle(),
        work_type in proptest::sample::select(WorkType::ALL),
    ) {
        let shuffled: Vec<Line> = order.iter().map(|text| super::line(text)).collect();
        let mut sorted = order;
        sorted.sort_unstable();
        let straight: Vec<Line> = sorted.iter().map(|text| super::line(text)).collect();
        let (one, other) = (check(work_type, &shuffled), check(work_type, &straight));
        prop_assert_eq!(told(&one, &shuffled), told(&other, &straight));
    }
}
