//! The shipped editions: what is in them on a date, and whether everyday phrases find their codes.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::sync::LazyLock;

use codesets::{
    CodeList, EditionSource, Hit, LoadError, SEARCH_HITS_MAX, Search, Standing, Usual,
    procedure_form,
};
use jiff::civil::{Date, date};
use proptest::prelude::{prop_assert, proptest};
use rules::edits::{CodeStanding, Validity};
use rules::words::CodeSystem;

static SET: LazyLock<CodeList> = LazyLock::new(|| CodeList::shipped().unwrap());

const LAST_DAY_OF_2025: Date = date(2025, 9, 30);
const FIRST_DAY_OF_2026: Date = date(2025, 10, 1);
const DAY: Date = date(2026, 1, 15);

fn search(query: &str, limit: usize) -> Vec<Hit> {
    let usual = &Usual::default();
    SET.search(&Search { query, on: DAY, limit, usual })
}

fn codes(query: &str, limit: usize) -> Vec<String> {
    search(query, limit).into_iter().map(|hit| hit.code).collect()
}

/// All billable codes that begin so, by walking down.
fn billable_below(code: &str, on: Date) -> usize {
    let below = SET.children(code, on, &Usual::default());
    below.iter().map(|hit| usize::from(hit.billable) + billable_below(&hit.code, on)).sum()
}

fn billable(on: Date) -> usize {
    ('A'..='Z').map(|letter| billable_below(&letter.to_string(), on)).sum()
}

#[test]
fn each_edition_has_exactly_its_published_number_of_billable_codes() {
    assert_eq!(billable(LAST_DAY_OF_2025), 74_260);
    assert_eq!(billable(FIRST_DAY_OF_2026), 74_719);
}

#[test]
fn a_dropped_code_is_accepted_on_its_last_day_and_refused_the_day_after() {
    // T78.07XA is among the removed codes of the change list from April 2025 to April 2026.
    assert!(matches!(SET.standing("T78.07XA", LAST_DAY_OF_2025), Standing::Billable { .. }));
    let after = SET.standing("T78.07XA", FIRST_DAY_OF_2026);
    let Standing::NotInForce { edition, from, until, description } = after else {
        panic!("{after:?}")
    };
    assert_eq!(
        (edition.as_str(), from, until),
        ("FY2025", date(2024, 10, 1), Some(LAST_DAY_OF_2025))
    );
    assert!(description.starts_with("Anaphylactic reaction"), "{description}");
    let expected = Validity::NotInForce { from, until };
    assert_eq!(SET.code_standing("T7807XA", FIRST_DAY_OF_2026), CodeStanding::certain(expected));
    assert!(codes("T78.07XA", 5).is_empty(), "a search offers only what is in force");
}

#[test]
fn a_new_code_is_refused_until_its_first_day() {
    assert!(matches!(SET.standing("G35.D", FIRST_DAY_OF_2026), Standing::Billable { .. }));
    let before = SET.standing("G35.D", LAST_DAY_OF_2025);
    let Standing::NotInForce { edition, from, until, .. } = before else { panic!("{before:?}") };
    assert_eq!((edition.as_str(), from, until), ("FY2026", FIRST_DAY_OF_2026, None));
}

#[test]
fn a_code_that_became_a_heading_needs_more_characters_from_then_on() {
    assert!(matches!(SET.standing("G35", LAST_DAY_OF_2025), Standing::Billable { .. }));
    assert!(matches!(SET.standing("G35", FIRST_DAY_OF_2026), Standing::Header { .. }));
    assert!(SET.children("G35", LAST_DAY_OF_2025, &Usual::default()).is_empty());
    assert!(
        SET.children("G35", FIRST_DAY_OF_2026, &Usual::default())
            .iter()
            .any(|hit| hit.code == "G35.D" && hit.billable)
    );
}

#[test]
fn unusual_shapes_of_codes_are_known() {
    for code in
        ["U07.1", "u071", "C7A.00", "C4A.9", "S52.501A", "QA0.0101", "I10", "T36.AX5A", "O80"]
    {
        assert!(matches!(SET.standing(code, DAY), Standing::Billable { .. }), "{code}");
    }
    for heading in ["C7A", "C4A", "E11", "S52.501", "S52.5"] {
        assert!(matches!(SET.standing(heading, DAY), Standing::Header { .. }), "{heading}");
    }
    for unknown in ["", "E", "E1", "E11.99", "U99.9", "E119XXXXXXXX", "É11", "S52.501 A B"] {
        assert_eq!(SET.standing(unknown, DAY), Standing::Unknown, "{unknown}");
    }
}

#[test]
fn a_description_is_that_of_the_date() {
    let wording = |on| SET.describe("L02.212", on).unwrap();
    assert_eq!(wording(LAST_DAY_OF_2025), "Cutaneous abscess of back [any part, except buttock]");
    assert_eq!(wording(DAY), "Cutaneous abscess of back [any part, except buttock and flank]");
    assert!(SET.describe("T78.07XA", DAY).is_some(), "a dropped code keeps its name");
    assert_eq!(SET.describe("Q99.99", DAY), None);
}

#[test]
fn the_codes_below_a_heading_come_in_the_order_of_the_list() {
    let below = |code: &str| -> Vec<String> {
        SET.children(code, DAY, &Usual::default()).into_iter().map(|hit| hit.code).collect()
    };
    assert_eq!(
        below("I21"),
        ["I21.0", "I21.1", "I21.2", "I21.3", "I21.4", "I21.9", "I21.A", "I21.B"]
    );
    assert_eq!(below("S01.10"), ["S01.101", "S01.102", "S01.109"]);
    // The placeholder X is no level of its own.
    assert_eq!(below("S00.03"), ["S00.03XA", "S00.03XD", "S00.03XS"]);
    assert!(below("I10").is_empty());
}

#[test]
fn dates_outside_the_loaded_years_are_answered_in_doubt() {
    for (on, name, certain) in [
        (date(2023, 5, 1), "FY2025", false),
        (date(2024, 10, 1), "FY2025", true),
        (LAST_DAY_OF_2025, "FY2025", true),
        (FIRST_DAY_OF_2026, "FY2026", true),
        (date(2026, 9, 30), "FY2026", true),
        (date(2026, 10, 1), "FY2026", false),
    ] {
        let answer = SET.edition_for(on);
        assert_eq!((&*answer.edition.name, answer.certain), (name, certain), "{on}");
        let doubt = SET.code_standing("I10", on).edition_in_doubt;
        assert_eq!(doubt.as_deref(), (!certain).then_some(name), "{on}");
    }
}

#[test]
fn the_plainest_phrases_find_their_code_first() {
    for (query, code) in [
        ("type 2 diabetes", "E11.9"),
        ("hypertension", "I10"),
        ("pneumonia", "J18.9"),
        ("uti", "N39.0"),
        ("copd", "J44.9"),
        ("covid", "U07.1"),
        ("E11.9", "E11.9"),
        ("e119", "E11.9"),
        ("S52501A", "S52.501A"),
        ("c7a", "C7A"),
        ("C4A", "C4A"),
    ] {
        assert_eq!(codes(query, 5).first().map(String::as_str), Some(code), "{query}");
    }
}

#[test]
fn words_come_in_any_order_and_need_only_their_beginning() {
    let expected = codes("fracture radius right", 10);
    assert_eq!(expected.len(), 10);
    assert_eq!(codes("right radius fracture", 10), expected);
    assert!(codes("diab neurop type 2", 5).contains(&"E11.40".to_owned()));
}

#[test]
fn a_code_finds_itself_and_what_is_below_it_alone() {
    assert_eq!(codes("J18.9", 20), ["J18.9"]);
    let below = codes("s52.501", 20);
    assert!(below.len() > 5 && below.iter().all(|code| code.starts_with("S52.501")), "{below:?}");
    // What is no code is looked for as words, whatever it looks like.
    assert!(!codes("covid19", 5).is_empty());
}

#[test]
fn words_beside_the_beginning_of_a_code_are_looked_for_below_it() {
    let below = codes("E11 neuropathy", 3);
    assert!(below.iter().all(|code| code.starts_with("E11.4")), "{below:?}");
    assert_eq!(codes("left c50 female", 5)[0], "C50.912");
    // Iodine, and no code of hypertension.
    assert!(!codes("i131 therapy", 5).iter().any(|code| code.starts_with("I13")));
}

#[test]
fn both_sides_are_offered_where_no_code_has_both() {
    assert_eq!(codes("pain in both knees", 2), ["M25.561", "M25.562"]);
    assert_eq!(codes("hearing loss sensorineural both", 1), ["H90.3"]);
}

#[test]
fn another_name_is_shown_when_it_led_to_the_code() {
    let hits = search("classical cholera", 5);
    let first = hits.first().unwrap();
    assert_eq!((first.code.as_str(), first.term.as_deref()), ("A00.0", Some("Classical cholera")));
}

#[test]
fn a_search_is_bounded_and_an_empty_one_finds_nothing() {
    assert_eq!(search("a", usize::MAX).len(), SEARCH_HITS_MAX);
    assert_eq!(search("pain", 0).len(), 0);
    for nothing in ["", "  ", "...", "qqqqq", "E", "😷"] {
        let found = codes(nothing, 5);
        assert!(nothing == "E" || found.is_empty(), "{nothing:?}: {found:?}");
    }
    assert!(codes(&"pain ".repeat(10_000), 5).len() <= 5);
}

#[test]
fn procedure_codes_are_judged_by_form() {
    assert_eq!(procedure_form(CodeSystem::Cpt, "99213"), Ok(()));
    assert!(procedure_form(CodeSystem::Cpt, "G0439").is_err());
    assert_eq!(procedure_form(CodeSystem::Hcpcs, "G0439"), Ok(()));
    assert_eq!(procedure_form(CodeSystem::Icd10Pcs, "0DTJ4ZZ"), Ok(()));
    assert!(procedure_form(CodeSystem::Icd10Pcs, "0DTJ4ZI").is_err());
}

#[test]
fn a_list_that_is_missing_or_broken_is_an_error_and_no_panic() {
    let load =
        |sources: &[EditionSource<'_>]| CodeList::from_editions(CodeSystem::Icd10Cm, sources);
    assert!(matches!(load(&[]), Err(LoadError::Editions(0))));
    let edition = SET.edition_for(DAY).edition.clone();
    let twice = EditionSource { edition: edition.clone(), packed: &[] };
    let same_day = load(&[twice.clone(), twice]);
    assert!(matches!(same_day, Err(LoadError::SameDay(name)) if name == "FY2026"));
    let broken = load(&[EditionSource { edition, packed: b"not gzip" }]);
    assert!(matches!(broken, Err(LoadError::Unpack(name, _)) if name == "FY2026"));
}

proptest! {
    #[test]
    fn any_query_is_answered_with_codes_in_force_best_first(query in "\\PC{0,24}", limit in 0_usize..30) {
        let hits = search(&query, limit);
        prop_assert!(hits.len() <= limit);
        prop_assert!(hits.is_sorted_by(|a, b| a.score >= b.score));
        for hit in &hits {
            let standing = SET.standing(&hit.code, DAY);
            let as_said = match standing {
                Standing::Billable { description } => hit.billable && description == hit.description,
                Standing::Header { description } => !hit.billable && description == hit.description,
                Standing::NotInForce { .. } | Standing::Unknown => false,
            };
            prop_assert!(as_said, "{:?}", hit);
        }
    }
}
