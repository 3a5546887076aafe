use super::{Deadline, Ladder, Mark, Step, due_steps, raised};
use crate::Instant;
use crate::clock::{Calendar, Week, due_at};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// Monday to Friday, nine to five.
fn calendar() -> Calendar {
    let mut week = vec![vec![(540, 1_020)]; 5];
    week.resize(7, Vec::new());
    let week = Week::parse(week).unwrap();
    Calendar { zone: jiff::tz::TimeZone::UTC, week, holidays: BTreeSet::new() }
}

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn ladder(steps: &[(Step, &str)]) -> Ladder {
    let steps = steps.iter().map(|(step, mark)| (*step, Some(mark.parse().unwrap())));
    Ladder::from(steps.collect::<BTreeMap<_, _>>())
}

/// Ready on Friday at nine with a turnaround of eight business hours and forty minutes.
fn deadline() -> Deadline {
    let turnaround_minutes = 520;
    let due_at = due_at(&calendar(), at("2026-03-06T09:00:00Z"), turnaround_minutes).unwrap();
    Deadline { due_at, turnaround_minutes }
}

#[test]
fn the_usual_ladder_is_climbed_in_business_time_and_each_step_once() {
    let deadline = deadline();
    assert_eq!(deadline.due_at, at("2026-03-09T09:40:00Z"));
    let mut taken = Vec::new();
    let mut log = Vec::new();
    for (now, due) in [
        ("2026-03-06T15:29:00Z", vec![]),
        ("2026-03-06T15:30:00Z", vec![Step::RaisePriority]),
        ("2026-03-06T16:47:00Z", vec![]),
        ("2026-03-06T16:48:00Z", vec![Step::TellLead]),
        ("2026-03-08T12:00:00Z", vec![]),
        ("2026-03-09T09:40:00Z", vec![]),
        ("2026-03-09T09:41:00Z", vec![Step::TellClient]),
        ("2026-04-09T09:41:00Z", vec![]),
    ] {
        let steps = due_steps(&Ladder::default(), deadline, &taken, at(now), &calendar());
        assert_eq!(steps, due, "{now}");
        taken.extend(steps.iter().copied());
        log.extend(steps);
    }
    assert_eq!(log, [Step::RaisePriority, Step::TellLead, Step::TellClient]);
}

#[test]
fn what_was_slept_through_is_made_good_at_once() {
    let monday = at("2026-03-09T10:00:00Z");
    let steps = due_steps(&Ladder::default(), deadline(), &[Step::TellLead], monday, &calendar());
    assert_eq!(steps, [Step::RaisePriority, Step::TellClient]);
}

#[test]
fn minutes_before_and_after_are_open_minutes() {
    let ladder = ladder(&[(Step::WidenSkills, "-60"), (Step::TellClient, "+480")]);
    let due = |now| due_steps(&ladder, deadline(), &[], at(now), &calendar());
    // Forty of the sixty minutes lie on Monday.
    assert_eq!(due("2026-03-06T16:39:00Z"), []);
    assert_eq!(due("2026-03-06T16:40:00Z"), [Step::WidenSkills]);
    assert_eq!(due("2026-03-10T09:39:00Z"), [Step::WidenSkills]);
    assert_eq!(due("2026-03-10T09:40:00Z"), [Step::WidenSkills, Step::TellClient]);
}

#[test]
fn marks_are_read_as_they_are_written_and_nothing_else() {
    for text in ["1%", "75%", "100%", "-0", "-60", "+0", "+129600"] {
        assert_eq!(text.parse::<Mark>().unwrap().to_string(), text);
    }
    for text in ["", "0%", "101%", "60", "--1", "+-1", "+129601", "75 % used", "-1.5", "+ 3", "%"] {
        assert!(text.parse::<Mark>().is_err(), "{text:?}");
    }
    assert_eq!(" 80 %".parse::<Mark>(), Ok(Mark::UsedPercent(80)));
}

#[test]
fn a_ladder_is_stored_as_it_is_sent_and_a_blank_mark_is_no_step() {
    let sent = r#"{"raise_priority":"50%","tell_lead":null}"#;
    let read: Ladder = serde_json::from_str(sent).unwrap();
    assert_eq!(read.mark(Step::TellLead), None);
    assert_eq!(serde_json::to_string(&read).unwrap(), r#"{"raise_priority":"50%"}"#);
    assert!(serde_json::from_str::<Ladder>(r#"{"call_the_chief":"50%"}"#).is_err());
}

#[test]
fn a_priority_is_raised_by_two_and_never_beyond_the_most_urgent() {
    assert_eq!([9, 5, 2, 1].map(raised), [7, 3, 1, 1]);
}

proptest! {
    /// What the store looks for leaves out nothing that is due.
    #[test]
    fn every_chart_with_a_step_due_is_within_its_reach(
        ready in 0..20_000_i64, turnaround in 15..3_000_i64, later in 0..30_000_i64,
        minutes in 0..1_500_u32, which in 0..3,
    ) {
        let calendar = calendar();
        let ready = at("2026-03-02T00:00:00Z").plus_seconds(ready * 60);
        let due_at = due_at(&calendar, ready, turnaround).unwrap();
        let deadline = Deadline { due_at, turnaround_minutes: turnaround };
        let mark = match which {
            0 => Mark::UsedPercent(minutes % 100 + 1),
            1 => Mark::BeforeMinutes(minutes),
            _ => Mark::AfterMinutes(minutes),
        };
        let ladder = Ladder::from(BTreeMap::from([(Step::TellLead, Some(mark))]));
        let now = ready.plus_seconds(later * 60 + 7);
        let is_due = !due_steps(&ladder, deadline, &[], now, &calendar).is_empty();
        let found = mark.reach(turnaround, now, &calendar).is_some_and(|reach| due_at <= reach);
        prop_assert!(found || !is_due, "{} due {} now {}", mark, due_at, now);
    }
}
