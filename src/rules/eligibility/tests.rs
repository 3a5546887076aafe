//! The order of the rules, each rule's edge, and the sentence that explains a waiting chart.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::{Date, date};
use jiff::tz::TimeZone;
use proptest::prelude::*;

use super::{
    Person, QueueTerms, Rule, USUAL_SPEED_PERCENT, Work, check, check_chart, check_queue,
    check_safety, check_with_override, explain,
};
use crate::ids::{FacilityId, PersonId, QueueId};
use crate::time::Instant;
use crate::words::AssignmentKind;

const CHART_SECONDS: u32 = 1800;

fn now() -> Instant {
    "2026-03-02T15:00:00Z".parse().unwrap()
}

fn words(words: &[&str]) -> BTreeSet<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

fn terms() -> QueueTerms {
    QueueTerms {
        facility: FacilityId::new(),
        queue: QueueId::new(),
        required_skills: words(&["inpatient"]),
        required_credentials: words(&["CCS"]),
        onshore_only: false,
        allowed_countries: BTreeSet::new(),
        overflow_open: false,
    }
}

/// Somebody who passes every rule.
fn coder(terms: &QueueTerms) -> Person {
    Person {
        id: PersonId::new(),
        active: true,
        paused: false,
        kinds: BTreeSet::from([AssignmentKind::Coding]),
        facilities: BTreeSet::from([terms.facility]),
        overflow: BTreeSet::new(),
        skills: words(&["inpatient", "ed"]),
        credentials: BTreeMap::from([("CCS".to_owned(), Some(date(2026, 12, 31)))]),
        country: Some("US".to_owned()),
        attested_until: Some(date(2026, 12, 31)),
        zone: TimeZone::fixed(jiff::tz::offset(-6)),
        shift_ends_at: Some(now().plus_seconds(4 * 3600)),
        next_shift_at: Some(now().plus_seconds(23 * 3600)),
        open_work: 0,
        wip_limit: 3,
        queued_seconds: 0,
        speed_percent: USUAL_SPEED_PERCENT,
    }
}

const fn coding() -> Work<'static> {
    let (involved, excluded) = (&[], &[]);
    Work { kind: AssignmentKind::Coding, expected_seconds: CHART_SECONDS, involved, excluded }
}

#[test]
fn rules_are_asked_in_the_order_of_their_declaration_safety_first() {
    assert!(Rule::ALL.is_sorted_by_key(|rule| (!rule.is_safety(), *rule)));
    assert_eq!(Rule::ALL.iter().filter(|rule| rule.is_safety()).count(), 9);
}

#[test]
fn a_credential_counts_through_its_last_day_in_the_persons_own_zone() {
    let terms = terms();
    let mut person = coder(&terms);
    let late: Instant = "2026-03-03T02:00:00Z".parse().unwrap();
    let mut verdict = |last: Option<Date>, hours| {
        person.credentials.insert("CCS".to_owned(), last);
        person.zone = TimeZone::fixed(jiff::tz::offset(hours));
        check_queue(&person, &terms, AssignmentKind::Coding, late)
    };
    assert_eq!(verdict(Some(date(2026, 3, 2)), -6), Ok(()), "still the 2nd in Chicago");
    assert_eq!(verdict(Some(date(2026, 3, 2)), 8), Err(Rule::Credentials), "the 3rd in Manila");
    assert_eq!(verdict(None, 8), Ok(()), "never expires");
}

#[test]
fn the_work_country_must_be_attested_and_allowed() {
    let mut terms = terms();
    let mut person = coder(&terms);
    let verdict = |person: &Person, terms: &QueueTerms| {
        check_queue(person, terms, AssignmentKind::Coding, now())
    };
    person.country = Some("PH".to_owned());
    assert_eq!(verdict(&person, &terms), Ok(()), "an empty list allows any attested country");
    terms.allowed_countries = words(&["IN", "US"]);
    assert_eq!(verdict(&person, &terms), Err(Rule::Country));
    terms.allowed_countries = words(&["PH"]);
    assert_eq!(verdict(&person, &terms), Ok(()));
    terms.onshore_only = true;
    assert_eq!(verdict(&person, &terms), Err(Rule::Country), "onshore-only beats the list");
    person.country = Some("US".to_owned());
    assert_eq!(verdict(&person, &terms), Ok(()));
    person.attested_until = Some(date(2026, 3, 1));
    assert_eq!(verdict(&person, &terms), Err(Rule::Country), "the attestation has expired");
    (terms.onshore_only, terms.allowed_countries) = (false, BTreeSet::new());
    person.attested_until = None;
    assert_eq!(verdict(&person, &terms), Err(Rule::Country), "nothing is attested");
}

#[test]
fn whoever_only_helps_out_is_asked_when_the_queue_asks_for_it() {
    let mut terms = terms();
    let mut person = coder(&terms);
    person.overflow.insert(FacilityId::new());
    let verdict = |person: &Person, terms: &QueueTerms| {
        check_queue(person, terms, AssignmentKind::Coding, now())
    };
    assert_eq!(verdict(&person, &terms), Ok(()), "elsewhere they help out");
    person.overflow.insert(terms.facility);
    assert_eq!(verdict(&person, &terms), Err(Rule::Overflow));
    terms.overflow_open = true;
    assert_eq!(verdict(&person, &terms), Ok(()));
    person.facilities.clear();
    assert_eq!(verdict(&person, &terms), Err(Rule::AllowListed));
}

#[test]
fn nobody_checks_their_own_work_but_the_same_coder_may_code_again() {
    let terms = terms();
    let mut person = coder(&terms);
    person.kinds.extend([AssignmentKind::Review, AssignmentKind::Arbitration]);
    for was in AssignmentKind::ALL {
        for kind in AssignmentKind::ALL {
            let involved = [(person.id, *was)];
            let work = Work { kind: *kind, involved: &involved, ..coding() };
            let expected = if was == kind { Ok(()) } else { Err(Rule::NotInvolved) };
            assert_eq!(check(&person, &terms, &work, now()), expected);
        }
    }
    let work = Work { excluded: &[person.id], ..coding() };
    assert_eq!(check(&person, &terms, &work, now()), Err(Rule::NotExcluded));
}

#[test]
fn the_rest_of_the_shift_must_hold_the_work_in_hand_and_this_at_the_persons_speed() {
    let terms = terms();
    let mut person = coder(&terms);
    let mut verdict = |left, queued, speed| {
        person.shift_ends_at = Some(now().plus_seconds(left));
        (person.queued_seconds, person.speed_percent) = (queued, speed);
        check(&person, &terms, &coding(), now())
    };
    assert_eq!(verdict(1800, 0, 100), Ok(()));
    assert_eq!(verdict(1799, 0, 100), Err(Rule::ShiftLeft));
    assert_eq!(verdict(1800, 1, 100), Err(Rule::ShiftLeft));
    assert_eq!(verdict(1441, 1, 125), Ok(()));
    assert_eq!(verdict(1440, 1, 125), Err(Rule::ShiftLeft));
    assert_eq!(verdict(0, 0, 100), Err(Rule::OnShift));
}

#[test]
fn a_lead_may_set_load_rules_aside_but_never_safety_rules() {
    let terms = terms();
    let mut person = coder(&terms);
    (person.paused, person.open_work, person.shift_ends_at) = (true, 3, None);
    assert_eq!(check_safety(&person, &terms, &coding(), now()), Ok(()));
    let overridden = check_with_override(&person, &terms, &coding(), now());
    assert_eq!(overridden, Ok(vec![Rule::Paused, Rule::OnShift, Rule::WipLimit]));
    let work = Work { excluded: &[person.id], ..coding() };
    let refused = check_with_override(&person, &terms, &work, now());
    assert_eq!(refused, Err(Rule::NotExcluded));
}

#[test]
fn a_waiting_chart_is_explained_in_one_sentence() {
    let terms = terms();
    let mut people: Vec<Person> = (0..15).map(|_| coder(&terms)).collect();
    for (place, person) in people.iter_mut().enumerate() {
        match place {
            0..9 => person.facilities.clear(),
            9..12 => person.shift_ends_at = None,
            12..14 => person.open_work = person.wip_limit,
            _ => person.kinds = BTreeSet::from([AssignmentKind::Review]),
        }
    }
    let explanation = explain(&people, &terms, &coding(), now());
    assert_eq!(explanation.sentence(), "14 coders: 9 not allow-listed, 3 off shift, 2 full");
    assert_eq!(
        explanation.sentence_in(&TimeZone::fixed(jiff::tz::offset(-6)), now()),
        "14 coders: 9 not allow-listed, 3 off shift until Tue 08:00 -06, 2 full"
    );
    assert_eq!(explanation.by_rule.get(&Rule::Kind), Some(&1));
    let reviews = Work { kind: AssignmentKind::Arbitration, ..coding() };
    assert_eq!(explain(&people, &terms, &reviews, now()).sentence(), "no arbiters");
    let free = coder(&terms);
    assert_eq!(explain([&free], &terms, &coding(), now()).sentence(), "1 coder: 1 eligible");
}

/// A person and a chart's lists for which exactly these rules fail, and the flags they came from.
fn broken(terms: &QueueTerms, fails: &BTreeSet<Rule>) -> (Person, Lists) {
    let mut person = coder(terms);
    let mut lists = Lists::default();
    for rule in fails {
        match rule {
            Rule::Active => person.active = false,
            Rule::Kind => person.kinds.clear(),
            Rule::AllowListed => person.facilities.clear(),
            Rule::Overflow => drop(person.overflow.insert(terms.facility)),
            Rule::Skills => person.skills.clear(),
            Rule::Credentials => person.credentials.clear(),
            Rule::Country => person.country = None,
            Rule::NotInvolved => lists.involved.push((person.id, AssignmentKind::Review)),
            Rule::NotExcluded => lists.excluded.push(person.id),
            Rule::Paused => person.paused = true,
            Rule::OnShift => person.shift_ends_at = None,
            Rule::ShiftLeft => person.queued_seconds = u32::MAX,
            Rule::WipLimit => person.open_work = person.wip_limit,
        }
    }
    (person, lists)
}

#[derive(Default)]
struct Lists {
    involved: Vec<(PersonId, AssignmentKind)>,
    excluded: Vec<PersonId>,
}

impl Lists {
    fn work(&self) -> Work<'_> {
        Work { involved: &self.involved, excluded: &self.excluded, ..coding() }
    }
}

fn any_rules() -> impl Strategy<Value = BTreeSet<Rule>> {
    prop::collection::btree_set(prop::sample::select(Rule::ALL), 0..=Rule::ALL.len())
}

proptest! {
    /// The oracle is the set of rules that were broken on purpose, not the code under test.
    #[test]
    fn check_names_the_first_of_the_broken_rules(fails in any_rules()) {
        let terms = terms();
        let (person, lists) = broken(&terms, &fails);
        let work = lists.work();
        let verdict = check(&person, &terms, &work, now());
        prop_assert_eq!(verdict.err(), fails.first().copied());
        let in_two_parts = check_queue(&person, &terms, work.kind, now())
            .and_then(|()| check_chart(&person, &work, now()));
        prop_assert_eq!(verdict, in_two_parts);
        let safety = check_safety(&person, &terms, &work, now()).err();
        prop_assert_eq!(safety, fails.first().copied().filter(|rule| rule.is_safety()));
        if let Ok(overridden) = check_with_override(&person, &terms, &work, now()) {
            // Off shift, how much of the shift is left is not asked.
            let off = fails.contains(&Rule::OnShift);
            let expected = fails.iter().copied().filter(|rule| !off || *rule != Rule::ShiftLeft);
            prop_assert_eq!(overridden, expected.collect::<Vec<_>>());
        }
    }

    #[test]
    fn mending_the_rule_that_fails_never_brings_back_an_earlier_one(fails in any_rules()) {
        let terms = terms();
        let mut fails = fails;
        let mut last = None;
        loop {
            let (person, lists) = broken(&terms, &fails);
            match check(&person, &terms, &lists.work(), now()) {
                Ok(()) => break,
                Err(rule) => {
                    prop_assert!(last.is_none_or(|last| last < rule));
                    last = Some(rule);
                    prop_assert!(fails.remove(&rule));
                }
            }
        }
        prop_assert!(fails.is_empty());
    }
}
