//! The table itself: its names, its words, and its likeness in the documentation.

use std::collections::BTreeSet;

use super::lists::Lists;
use super::{DAY, found_in, lines, visit_of};
use crate::edits::{EditSeverity, OF_THE_WHOLE, RULES};
use crate::words::WorkType;

#[test]
fn every_rule_has_a_name_of_its_own_words_and_a_source() {
    let mut names = BTreeSet::new();
    for rule in RULES.iter().chain(OF_THE_WHOLE) {
        assert!(names.insert(rule.id), "{} is there twice", rule.id);
        assert!(rule.id.contains('.'), "{}", rule.id);
        assert!(!rule.words.is_empty() && !rule.source.is_empty(), "{}", rule.id);
        let set_aside = rule.severity == EditSeverity::Warning;
        assert!(
            set_aside || rule.excuses.is_empty(),
            "{} has excuses and can't be excused",
            rule.id
        );
    }
}

#[test]
fn messages_say_what_to_do_in_the_words_of_a_coder() {
    let said = |work_type, text: &str| {
        let found = found_in(&visit_of(work_type), &lines(text), Some("01"), &Lists { on: DAY });
        let mut told: Vec<String> = found.into_iter().map(|finding| finding.message).collect();
        assert_eq!(told.len(), 1, "{told:?}");
        told.remove(0)
    };
    let clinic = |text| said(WorkType::Outpatient, text);
    assert_eq!(
        clinic("principal J18"),
        "J18 is a heading and needs more characters: J18.0 (Bronchopneumonia, unspecified organism); \
         J18.1 (Lobar pneumonia, unspecified organism); J18.2 (Hypostatic pneumonia, unspecified \
         organism) … and 2 more."
    );
    assert_eq!(
        clinic("principal T148"),
        "T14.8 lacks its 7th character: T14.8XXA (initial encounter); T14.8XXD (subsequent encounter); \
         T14.8XXS (sequela)."
    );
    assert_eq!(
        clinic("principal T148A"),
        "T14.8A is not in ICD-10-CM: with its placeholders it is T14.8XXA."
    );
    assert_eq!(
        clinic("principal I10; secondary I129"),
        "I12.9 and I10 (at I10: “hypertensive kidney disease (I12.-)”) exclude each other when they are \
         the same condition. Keep the one that the record supports, or say why they are unrelated."
    );
    assert_eq!(
        clinic("principal I10; service 80053; service 80048"),
        "80048 is column two of 80053 on 2026-01-15 (standards of practice): only 80053 is paid. No \
         modifier bypasses it: remove 80048."
    );
    assert_eq!(
        clinic("principal I10; service 20610-LT x2; service 20610-RT"),
        "20610 has 3 units on 2026-01-15 over 2 lines; at most 2 a day. The limit is absolute (indicator \
         2): modifiers don't raise it."
    );
}

#[test]
fn the_documentation_has_every_rule_as_it_is() {
    let page = include_str!("../../../../docs/edits.md");
    for rule in RULES.iter().chain(OF_THE_WHOLE) {
        let row =
            format!("| `{}` | {} | {} | {} |", rule.id, rule.severity, rule.words, rule.source);
        assert!(page.contains(&row), "docs/edits.md lacks the row\n{row}");
    }
}
