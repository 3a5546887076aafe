use super::{Awaited, HOLD_DAYS_MAX, HoldFault, HoldOwner, HoldReason, Until, check, keep_clock};
use crate::Instant;
use crate::clock::{Calendar, ContractClock, Week, due_at, open_seconds_between, zone};
use jiff::civil::Date;
use proptest::prelude::*;
use std::collections::BTreeSet;

const TODAY: Date = Date::constant(2026, 3, 3);

fn on(day: Date) -> Until {
    Until { day: Some(day), document: None }
}

#[test]
fn only_the_vendors_own_reasons_leave_the_clock_running() {
    for reason in HoldReason::ALL {
        let vendors = reason.owner() == HoldOwner::Vendor;
        assert_eq!(reason.stops_clock(), !vendors, "{reason}");
    }
}

#[test]
fn what_can_end_by_itself_is_asked_of_the_table() {
    let tomorrow = TODAY.tomorrow().unwrap();
    for reason in HoldReason::ALL {
        let rule = reason.rule();
        assert_eq!(check(*reason, on(tomorrow), TODAY).is_ok(), rule.by_date, "{reason}");
        let awaits = Until { day: None, document: Some(Awaited::Any) };
        assert_eq!(check(*reason, awaits, TODAY).is_ok(), rule.by_document.is_some(), "{reason}");
        assert_eq!(check(*reason, Until::default(), TODAY), Ok(()), "{reason}");
    }
}

#[test]
fn a_day_lies_ahead_and_not_too_far() {
    let reason = HoldReason::PendingPathology;
    let after = |days: i64| TODAY.checked_add(jiff::SignedDuration::from_hours(24 * days)).unwrap();
    for (days, fine) in [(-1, false), (0, false), (1, true), (HOLD_DAYS_MAX, true)] {
        assert_eq!(check(reason, on(after(days)), TODAY).is_ok(), fine, "{days}");
    }
    let far = check(reason, on(after(HOLD_DAYS_MAX + 1)), TODAY);
    assert_eq!(far, Err(HoldFault::DayOutOfReach));
    assert_eq!(check(reason, on(Date::MAX), TODAY), Err(HoldFault::DayOutOfReach));
}

#[test]
fn a_document_without_a_kind_ends_only_what_waits_for_any() {
    let path = Some(Awaited::Pathology);
    assert!(Awaited::Any.is_met_by(None) && Awaited::Any.is_met_by(path));
    assert!(Awaited::Pathology.is_met_by(path));
    assert!(!Awaited::Pathology.is_met_by(None));
    assert!(!Awaited::Pathology.is_met_by(Some(Awaited::Imaging)));
}

/// A hold's life: whether it stops the clock, when it is placed, when it is lifted.
type Stretch = (bool, i64, i64);

fn at(second: i64) -> Instant {
    "2026-03-02T00:00:00Z".parse::<Instant>().unwrap().plus_seconds(second)
}

/// Every minute of the covered ones, so that overlaps count once.
fn union(stretches: &[(i64, i64)]) -> Vec<(i64, i64)> {
    let mut sorted = stretches.to_vec();
    sorted.sort_unstable();
    let mut merged: Vec<(i64, i64)> = Vec::new();
    for (from, to) in sorted {
        match merged.last_mut() {
            Some(last) if from <= last.1 => last.1 = last.1.max(to),
            _ => merged.push((from, to)),
        }
    }
    merged
}

fn any_stretch() -> impl Strategy<Value = Stretch> {
    (any::<bool>(), 0..1_000_000_i64, 1..400_000_i64)
        .prop_map(|(stops, from, length)| (stops, from, from + length))
}

fn calendars() -> impl Strategy<Value = Calendar> {
    let office =
        Week::parse(vec![vec![(480, 1_020)]; 5].into_iter().chain([vec![], vec![]]).collect());
    let weeks = vec![Week::always(), office.unwrap()];
    prop::sample::select(weeks).prop_map(|week| Calendar {
        zone: zone("America/New_York").unwrap(),
        week,
        holidays: BTreeSet::from([Date::constant(2026, 3, 4)]),
    })
}

proptest! {
    /// Whatever is placed and lifted in whatever order, one after another or overlapping: the time that the
    /// clock stood is the business time of the union of the stopping stretches, and the deadline moved by it.
    #[test]
    fn the_clock_stands_exactly_while_a_stopping_hold_is_open(
        holds in prop::collection::vec(any_stretch(), 0..12), calendar in calendars()
    ) {
        let ready = at(0);
        let mut moments: Vec<(i64, usize, bool)> = Vec::new();
        for (place, (_, from, to)) in holds.iter().enumerate() {
            moments.push((*from, place, true));
            moments.push((*to, place, false));
        }
        // Of one second, what is lifted is lifted before anything is placed.
        moments.sort_unstable_by_key(|(second, place, opens)| (*second, *opens, *place));
        let mut open: BTreeSet<usize> = BTreeSet::new();
        let mut clock = ContractClock::default().start(ready);
        for (second, place, opens) in moments {
            if opens { open.insert(place); } else { open.remove(&place); }
            let stopping = open.iter().map(|place| holds[*place].0);
            clock = keep_clock(clock, &calendar, stopping, at(second));
            let stands = open.iter().any(|place| holds[*place].0);
            prop_assert_eq!(clock.paused_at.is_some(), stands);
        }
        let stopping: Vec<(i64, i64)> =
            holds.iter().filter(|hold| hold.0).map(|hold| (hold.1, hold.2)).collect();
        let expected: i64 = union(&stopping)
            .into_iter()
            .map(|(from, to)| open_seconds_between(&calendar, at(from), at(to)))
            .sum();
        prop_assert_eq!(clock.paused_at, None);
        prop_assert_eq!(clock.paused_seconds, expected);
        let due = clock.due_at(&calendar, 600).unwrap().unwrap();
        prop_assert!(due >= due_at(&calendar, ready, 600).unwrap());
        let used = open_seconds_between(&calendar, ready, due);
        prop_assert_eq!(used, 600 * 60 + expected);
    }
}
