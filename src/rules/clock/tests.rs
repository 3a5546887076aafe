//! Business time in zones that jump, that never do, and laws that hold in all of them.

use std::collections::BTreeSet;

use jiff::civil::Date;
use proptest::prelude::*;

use super::{
    Calendar, ClockError, ContractClock, DAY_MINUTES, ShiftInterval, ShiftNow, Week, WeekError,
    due_at, open_seconds_between, shift_at, shift_minutes_left, shifts_between, zone,
};
use crate::Instant;

const NEW_YORK: &str = "America/New_York";

fn at(text: &str) -> Instant {
    text.parse().unwrap()
}

fn day(text: &str) -> Date {
    text.parse().unwrap()
}

fn weekdays(hours: &[(u16, u16)]) -> Week {
    let open = |weekday| {
        if weekday < 5 { hours.to_vec() } else { Vec::new() }
    };
    Week::parse((0..7).map(open).collect()).unwrap()
}

fn calendar(zone_name: &str, week: Week, holidays: &[&str]) -> Calendar {
    let holidays = holidays.iter().map(|text| day(text)).collect();
    Calendar { zone: zone(zone_name).unwrap(), week, holidays }
}

#[test]
fn work_spills_over_the_night_the_weekend_and_a_holiday() {
    // Friday 3 July 2026 is the holiday; New York is at UTC-4.
    let calendar = calendar(NEW_YORK, weekdays(&[(480, 720), (780, 1020)]), &["2026-07-03"]);
    let ready = at("2026-07-02T19:00:00.25Z"); // Thursday 15:00, two hours before closing
    assert_eq!(due_at(&calendar, ready, 60), Ok(at("2026-07-02T20:00:00.25Z")));
    assert_eq!(due_at(&calendar, ready, 180), Ok(at("2026-07-06T13:00:00.25Z")));
    let over_lunch = due_at(&calendar, ready, 7 * 60); // Monday 8 to 12, then from 13:00
    assert_eq!(over_lunch, Ok(at("2026-07-06T18:00:00.25Z")));
}

#[test]
fn what_is_due_at_closing_time_is_due_then_and_not_the_next_morning() {
    let calendar = calendar("Asia/Manila", weekdays(&[(480, 1020)]), &[]);
    let ready = at("2026-03-02T00:00:00Z"); // Monday 08:00 in Manila
    assert_eq!(due_at(&calendar, ready, 540), Ok(at("2026-03-02T09:00:00Z")));
    assert_eq!(due_at(&calendar, ready, 541), Ok(at("2026-03-03T00:01:00Z")));
    let night = at("2026-03-02T20:00:00Z");
    assert_eq!(due_at(&calendar, night, 0), Ok(night), "nothing to wait for");
}

#[test]
fn a_day_has_23_open_hours_in_spring_and_25_in_autumn() {
    let always = calendar(NEW_YORK, Week::always(), &[]);
    for (from, to, hours) in [
        ("2026-03-08T05:00:00Z", "2026-03-09T04:00:00Z", 23),
        ("2026-11-01T04:00:00Z", "2026-11-02T05:00:00Z", 25),
    ] {
        assert_eq!(open_seconds_between(&always, at(from), at(to)), hours * 3600);
    }
    let closed = calendar(NEW_YORK, Week::always(), &["2026-03-08"]);
    let saturday = at("2026-03-08T04:00:00Z"); // 23:00, an hour before the closed Sunday
    assert_eq!(due_at(&closed, saturday, 90), Ok(at("2026-03-09T04:30:00Z")));
}

#[test]
fn minutes_that_the_clock_skips_are_not_open_and_never_overlap() {
    let sunday = |hours: &[(u16, u16)]| {
        let mut days = vec![Vec::new(); 6];
        days.push(hours.to_vec());
        calendar(NEW_YORK, Week::parse(days).unwrap(), &[])
    };
    let (from, to) = (at("2026-03-08T05:00:00Z"), at("2026-03-09T04:00:00Z"));
    // From 02:00 to 03:00 the clock of 8 March 2026 shows nothing.
    for (hours, open_minutes) in [
        (vec![(120, 180)], 0),
        (vec![(90, 150), (150, 210)], 60),
        (vec![(90, 150), (180, 210)], 60),
        (vec![(150, 170), (175, 240)], 60),
    ] {
        let open = open_seconds_between(&sunday(&hours), from, to);
        assert_eq!(open, open_minutes * 60, "{hours:?}");
    }
    // From 01:00 to 02:00 the clock of 1 November 2026 shows everything twice.
    let (from, to) = (at("2026-11-01T04:00:00Z"), at("2026-11-02T05:00:00Z"));
    for (hours, open_minutes) in
        [(vec![(60, 120)], 120), (vec![(0, 90), (90, 120)], 180), (vec![(30, 90)], 60)]
    {
        let open = open_seconds_between(&sunday(&hours), from, to);
        assert_eq!(open, open_minutes * 60, "{hours:?}");
    }
}

#[test]
fn a_civil_day_that_a_zone_skipped_has_no_open_time() {
    // Samoa went from 29 to 31 December 2011.
    let samoa = calendar("Pacific/Apia", Week::always(), &[]);
    let (from, to) = (at("2011-12-29T10:00:00Z"), at("2011-12-31T10:00:00Z"));
    assert_eq!(open_seconds_between(&samoa, from, to), 48 * 3600);
    let closed = calendar("Pacific/Apia", Week::always(), &["2011-12-31"]);
    assert_eq!(open_seconds_between(&closed, from, to), 24 * 3600);
}

#[test]
fn a_calendar_that_cannot_be_met_says_why() {
    let never = calendar(NEW_YORK, Week::parse(vec![Vec::new(); 7]).unwrap(), &[]);
    let ready = at("2026-03-02T09:00:00Z");
    assert_eq!(due_at(&never, ready, 1), Err(ClockError::NeverOpen));
    assert_eq!(open_seconds_between(&never, ready, ready.plus_seconds(9_000_000)), 0);
    let always = calendar(NEW_YORK, Week::always(), &[]);
    assert_eq!(due_at(&always, ready, -1), Err(ClockError::NegativeTurnaround));
    assert_eq!(due_at(&always, ready, i64::MAX), Err(ClockError::TooFar));
    assert!(zone("Europe/Atlantis").is_err());
}

#[test]
fn a_week_is_read_and_written_as_lists_of_minutes() {
    let text = "[[[480,720],[780,1020]],[],[],[],[],[],[[0,1440]]]";
    let week: Week = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&week).unwrap(), text);
    let unsorted = "[[[780,1020],[480,720]],[],[],[],[],[],[[0,1440]]]";
    assert_eq!(serde_json::from_str::<Week>(unsorted).unwrap(), week);
}

#[test]
fn lists_that_are_no_week_are_refused() {
    let monday = |hours: &[(u16, u16)]| {
        let mut days = vec![Vec::new(); 7];
        days[0] = hours.to_vec();
        Week::parse(days)
    };
    assert_eq!(Week::parse(vec![Vec::new(); 6]), Err(WeekError::Days(6)));
    assert_eq!(monday(&[(60, 120), (119, 180)]), Err(WeekError::Overlap { weekday: 0 }));
    assert!(monday(&[(60, 120), (120, 180)]).is_ok(), "touching is not overlapping");
    for (from_minute, to_minute) in [(60, 60), (60, 59), (0, DAY_MINUTES + 1)] {
        let refused = WeekError::Interval { weekday: 0, from_minute, to_minute };
        assert_eq!(monday(&[(from_minute, to_minute)]), Err(refused));
    }
    let many: Vec<_> = (0..25).map(|hour| (hour * 10, hour * 10 + 5)).collect();
    assert_eq!(monday(&many), Err(WeekError::TooMany { weekday: 0 }));
}

#[test]
fn a_hold_moves_the_due_time_by_the_open_time_it_took() {
    let calendar = calendar("Asia/Kolkata", weekdays(&[(540, 1020)]), &[]);
    let ready = at("2026-03-02T04:30:00Z"); // Monday 10:00 in Kolkata
    let clock = ContractClock::default().start(ready).start(ready.plus_seconds(5));
    assert_eq!(clock.due_at(&calendar, 60), Ok(Some(at("2026-03-02T05:30:00Z"))));

    let held = clock.pause(at("2026-03-02T05:00:00Z")); // 10:30
    let held_again = held.pause(at("2026-03-02T06:00:00Z"));
    assert_eq!(held_again, held);
    assert_eq!(held.due_at(&calendar, 60), Ok(None), "it moves while the clock stands");
    let next_day = at("2026-03-03T05:00:00Z");
    assert_eq!(held.seconds_left(&calendar, 60, next_day), Some(30 * 60));

    let running = held.resume(&calendar, next_day); // Tuesday 10:30, after 8 open hours
    assert_eq!(running.paused_seconds, 8 * 3600);
    assert_eq!(running.resume(&calendar, next_day), running);
    assert_eq!(running.due_at(&calendar, 60), Ok(Some(at("2026-03-03T05:30:00Z"))));
    let late = at("2026-03-03T05:31:00Z");
    assert_eq!(running.seconds_left(&calendar, 60, late), Some(-60));
}

#[test]
fn a_clock_that_has_not_started_neither_stops_nor_is_due() {
    let calendar = calendar(NEW_YORK, Week::always(), &[]);
    let now = at("2026-03-02T04:30:00Z");
    let clock = ContractClock::default().pause(now).resume(&calendar, now);
    assert_eq!(clock, ContractClock::default());
    assert_eq!(clock.due_at(&calendar, 60), Ok(None));
    assert_eq!(clock.seconds_left(&calendar, 60, now), None);
}

fn night_shifts() -> Vec<ShiftInterval> {
    (0..5).map(|weekday| ShiftInterval::new(weekday, 22 * 60, 30 * 60).unwrap()).collect()
}

#[test]
fn a_night_shift_runs_into_the_next_day() {
    let (manila, shifts) = (zone("Asia/Manila").unwrap(), night_shifts());
    let on = |now: &str| shift_at(&manila, &shifts, &[], at(now));
    let ends_at = at("2026-03-02T22:00:00Z"); // Tuesday 06:00 in Manila
    assert_eq!(on("2026-03-02T14:00:00Z"), ShiftNow::On { ends_at });
    assert_eq!(on("2026-03-02T21:59:59Z"), ShiftNow::On { ends_at });
    let next_starts_at = Some(at("2026-03-03T14:00:00Z"));
    assert_eq!(on("2026-03-02T22:00:00Z"), ShiftNow::Off { next_starts_at });
    let monday = Some(at("2026-03-09T14:00:00Z"));
    assert_eq!(on("2026-03-07T12:00:00Z"), ShiftNow::Off { next_starts_at: monday });
    let left = |now: &str| shift_minutes_left(&manila, &shifts, &[], at(now));
    assert_eq!(left("2026-03-02T21:29:30Z"), 30);
    assert_eq!(left("2026-03-02T22:00:00Z"), 0);
}

#[test]
fn leave_takes_the_shifts_that_start_on_its_days() {
    let (manila, shifts) = (zone("Asia/Manila").unwrap(), night_shifts());
    let leave = [(day("2026-03-03"), day("2026-03-04"))];
    let on = |now: &str| shift_at(&manila, &shifts, &leave, at(now));
    // Tuesday 01:00: Monday's shift runs on into the first day of leave.
    assert_eq!(on("2026-03-02T17:00:00Z"), ShiftNow::On { ends_at: at("2026-03-02T22:00:00Z") });
    // Thursday 01:00 would be Wednesday's shift.
    let thursday = Some(at("2026-03-05T14:00:00Z"));
    assert_eq!(on("2026-03-04T17:00:00Z"), ShiftNow::Off { next_starts_at: thursday });
    let for_good = [(day("2026-01-01"), day("2027-01-01"))];
    let off = shift_at(&manila, &shifts, &for_good, at("2026-03-04T17:00:00Z"));
    assert_eq!(off, ShiftNow::Off { next_starts_at: None });
}

#[test]
fn shifts_that_join_are_one() {
    let shift = |from, to| ShiftInterval::new(0, from, to).unwrap();
    let new_york = zone(NEW_YORK).unwrap();
    let shifts = [shift(720, 1020), shift(480, 720), shift(500, 510), shift(1021, 1080)];
    let now = shift_at(&new_york, &shifts, &[], at("2026-03-02T14:00:00Z")); // Monday 09:00
    assert_eq!(now, ShiftNow::On { ends_at: at("2026-03-02T22:00:00Z") });
}

#[test]
fn a_night_shift_lasts_an_hour_less_when_the_clock_jumps() {
    let saturday = [ShiftInterval::new(5, 22 * 60, 30 * 60).unwrap()];
    let new_york = zone(NEW_YORK).unwrap();
    let minutes = |now: &str| shift_minutes_left(&new_york, &saturday, &[], at(now));
    assert_eq!(minutes("2026-03-08T03:00:00Z"), 7 * 60);
    assert_eq!(minutes("2026-11-01T02:00:00Z"), 9 * 60);
}

#[test]
fn impossible_shifts_are_refused_also_in_json() {
    for (weekday, from, to) in [(7, 0, 60), (0, 1440, 1500), (0, 60, 60), (0, 60, 1501)] {
        assert!(ShiftInterval::new(weekday, from, to).is_err(), "{weekday} {from} {to}");
    }
    let text = r#"{"weekday":6,"from_minute":1320,"to_minute":1800}"#;
    let shift: ShiftInterval = serde_json::from_str(text).unwrap();
    assert_eq!(serde_json::to_string(&shift).unwrap(), text);
    assert!(serde_json::from_str::<ShiftInterval>(&text.replace('6', "7")).is_err());
}

fn any_hours() -> impl Strategy<Value = Vec<(u16, u16)>> {
    // Whole quarters of an hour, so that intervals often touch.
    prop::collection::btree_set(0..=96_u16, 0..5).prop_map(|bounds| {
        let bounds: Vec<u16> = bounds.into_iter().map(|quarter| quarter * 15).collect();
        bounds.windows(2).step_by(1 + bounds.len() % 2).map(|pair| (pair[0], pair[1])).collect()
    })
}

fn any_calendar() -> impl Strategy<Value = Calendar> {
    let names =
        vec![NEW_YORK, "Asia/Kolkata", "Asia/Manila", "Australia/Lord_Howe", "Africa/Cairo"];
    let days = prop::collection::vec(any_hours(), 7);
    let holidays = prop::collection::btree_set(1..=365_i16, 0..12);
    (prop::sample::select(names), days, holidays).prop_map(|(name, days, holidays)| {
        let of_year = |day| Date::constant(2026, 1, 1).with().day_of_year(day).build().unwrap();
        let holidays: BTreeSet<Date> = holidays.into_iter().map(of_year).collect();
        Calendar { zone: zone(name).unwrap(), week: Week::parse(days).unwrap(), holidays }
    })
}

/// Any microsecond of 2026.
fn any_instant() -> impl Strategy<Value = Instant> {
    (0..31_536_000_000_000_i64).prop_map(|microsecond| {
        let start = at("2026-01-01T00:00:00Z").timestamp().as_microsecond();
        Instant::new(jiff::Timestamp::from_microsecond(start + microsecond).unwrap())
    })
}

proptest! {
    #[test]
    fn exactly_the_turnaround_is_open_until_due(
        calendar in any_calendar(), ready in any_instant(), minutes in 0..6_000_i64
    ) {
        match due_at(&calendar, ready, minutes) {
            Ok(due) => prop_assert_eq!(open_seconds_between(&calendar, ready, due), minutes * 60),
            Err(error) => {
                prop_assert_eq!(error, ClockError::NeverOpen);
                prop_assert!(calendar.week.is_never_open());
            }
        }
    }

    #[test]
    fn later_work_and_longer_turnarounds_are_never_due_earlier(
        calendar in any_calendar(), a in any_instant(), b in any_instant(),
        short in 0..3_000_i64, more in 0..3_000_i64,
    ) {
        prop_assume!(!calendar.week.is_never_open());
        let due = |ready, minutes| due_at(&calendar, ready, minutes).unwrap();
        prop_assert!(due(a.min(b), short) <= due(a.max(b), short));
        prop_assert!(due(a, short) <= due(a, short + more));
        prop_assert!(due(a, short) >= a);
    }

    #[test]
    fn open_time_adds_up_and_is_never_more_than_all_time(
        calendar in any_calendar(), mut moments in prop::array::uniform3(any_instant())
    ) {
        moments.sort_unstable();
        let [a, b, c] = moments;
        let open = |from, to| open_seconds_between(&calendar, from, to);
        // Each stretch is cut to whole seconds.
        prop_assert!((0..=1).contains(&(open(a, c) - open(a, b) - open(b, c))));
        prop_assert!(open(a, c) <= c.seconds_since(a));
        prop_assert_eq!(open(c, a), 0);
        let always = Calendar { week: Week::always(), holidays: BTreeSet::new(), ..calendar.clone() };
        prop_assert_eq!(open_seconds_between(&always, a, c), c.seconds_since(a));
    }

    #[test]
    fn a_hold_never_costs_the_coder_open_time(
        calendar in any_calendar(), mut moments in prop::array::uniform3(any_instant()),
        minutes in 0..3_000_i64,
    ) {
        prop_assume!(!calendar.week.is_never_open());
        moments.sort_unstable();
        let [ready, held, lifted] = moments;
        let clock = ContractClock::default().start(ready);
        let paused = clock.pause(held);
        let resumed = paused.resume(&calendar, lifted);
        let before = paused.seconds_left(&calendar, minutes, lifted).unwrap();
        let after = resumed.seconds_left(&calendar, minutes, lifted).unwrap();
        prop_assert!((0..=1).contains(&(before - after)), "{} {}", before, after);
        let due = |clock: ContractClock| clock.due_at(&calendar, minutes).unwrap();
        prop_assert!(due(clock) <= due(resumed));
    }

    #[test]
    fn a_shift_says_the_same_all_along(
        shifts in prop::collection::vec((0..7_u8, 0..1_440_u16, 1..=1_440_u16), 0..6),
        now in any_instant(), name in prop::sample::select(vec![NEW_YORK, "Asia/Manila"]),
    ) {
        let zone = zone(name).unwrap();
        let shifts: Vec<ShiftInterval> = shifts
            .into_iter()
            .map(|(weekday, from, length)| ShiftInterval::new(weekday, from, from + length).unwrap())
            .collect();
        let seen_at = |moment| shift_at(&zone, &shifts, &[], moment);
        let is_on = |moment| matches!(seen_at(moment), ShiftNow::On { .. });
        match seen_at(now) {
            ShiftNow::On { ends_at } => {
                prop_assert!(ends_at > now);
                if ends_at.seconds_since(now) < 86_400 * 60 {
                    prop_assert_eq!(seen_at(ends_at.plus_seconds(-1)), ShiftNow::On { ends_at });
                    prop_assert!(!is_on(ends_at));
                }
            }
            ShiftNow::Off { next_starts_at: Some(starts) } => {
                prop_assert!(starts > now);
                prop_assert!(is_on(starts));
                prop_assert!(!is_on(starts.plus_seconds(-1)));
            }
            ShiftNow::Off { next_starts_at: None } => prop_assert!(shifts.is_empty()),
        }
    }
}

#[test]
fn the_shifts_of_some_days_are_told_in_order_without_leave_and_cut_at_both_ends() {
    let zone = zone("Asia/Kolkata").unwrap();
    let night = |weekday| ShiftInterval::new(weekday, 18 * 60, 27 * 60).unwrap();
    let shifts = [night(0), night(1), night(2)];
    let leave = [(Date::constant(2026, 3, 3), Date::constant(2026, 3, 3))];
    // Monday 20:00 in Kolkata is in the middle of the first; Tuesday is leave; Wednesday is cut.
    let from: Instant = "2026-03-02T14:30:00Z".parse().unwrap();
    let to: Instant = "2026-03-04T13:30:00Z".parse().unwrap();
    let found = shifts_between(&zone, &shifts, &leave, (from, to));
    let ends: Instant = "2026-03-02T21:30:00Z".parse().unwrap();
    let begins: Instant = "2026-03-04T12:30:00Z".parse().unwrap();
    assert_eq!(found, [(from, ends), (begins, to)]);
}
