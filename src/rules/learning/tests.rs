use super::{LengthBucket, Observation, Queue, learn, rounded};
use crate::ids::{FacilityId, PersonId, QueueId};
use proptest::prelude::*;
use std::collections::BTreeMap;

const DEFAULT: u32 = 600;

struct World {
    queue: Queue,
    coder: PersonId,
    defaults: BTreeMap<Queue, u32>,
}

impl World {
    fn new() -> Self {
        let queue = (FacilityId::new(), QueueId::new());
        Self { queue, coder: PersonId::new(), defaults: BTreeMap::from([(queue, DEFAULT)]) }
    }

    fn took(&self, active_seconds: u32) -> Observation {
        let (queue, coder) = (self.queue, self.coder);
        Observation { queue, coder, length: LengthBucket::Short, active_seconds }
    }

    fn estimate(&self, seen: &[Observation], length: LengthBucket) -> Option<u32> {
        let lessons = learn(&self.defaults, seen);
        lessons.estimates.get(&(self.queue, length)).map(|it| it.expected_seconds)
    }
}

#[test]
fn one_chart_changes_little_and_many_decide() {
    let world = World::new();
    let after = |n: usize| world.estimate(&vec![world.took(1_200); n], LengthBucket::Any);
    assert_eq!(after(0), None);
    assert_eq!(after(1), Some(630), "(20 × 600 + 1200) ÷ 21 = 629");
    assert_eq!(after(20), Some(900));
    assert_eq!(after(1_000), Some(1_200));
}

#[test]
fn a_length_is_shrunk_towards_its_queue_and_not_towards_the_default() {
    let world = World::new();
    let long = |seconds| Observation { length: LengthBucket::Long, ..world.took(seconds) };
    let mut seen = vec![world.took(600); 180];
    seen.extend([long(1_800); 20]);
    let at = |length| world.estimate(&seen, length).unwrap();
    assert_eq!(at(LengthBucket::Any), 720, "(20 × 600 + 144000) ÷ 220 = 709");
    assert_eq!(at(LengthBucket::Long), 1_260, "(20 × 720 + 36000) ÷ 40");
    assert!(at(LengthBucket::Short) < at(LengthBucket::Any));
    assert_eq!(world.estimate(&seen, LengthBucket::VeryLong), None);
}

#[test]
fn a_chart_left_open_over_lunch_counts_as_four_times_the_middle_one() {
    let world = World::new();
    let mut seen = vec![world.took(600); 20];
    seen.push(world.took(40_000));
    let bounded = world.estimate(&seen, LengthBucket::Any).unwrap();
    seen.pop();
    seen.push(world.took(2_400));
    assert_eq!(Some(bounded), world.estimate(&seen, LengthBucket::Any));
}

#[test]
fn a_speed_is_told_from_the_others_and_stays_within_bounds() {
    let world = World::new();
    let by = |coder, seconds| Observation { coder, ..world.took(seconds) };
    let (fast, slow, new) = (PersonId::new(), PersonId::new(), PersonId::new());
    let mut seen = vec![by(fast, 300); 400];
    seen.extend(vec![by(slow, 900); 400]);
    seen.push(by(new, 300));
    let speeds = learn(&world.defaults, &seen).speeds;
    assert!((180..=200).contains(&speeds[&fast].percent), "{speeds:?}");
    assert!((60..=75).contains(&speeds[&slow].percent), "{speeds:?}");
    assert!((100..=105).contains(&speeds[&new].percent), "one chart tells nothing");
    assert_eq!(speeds[&new].observations, 1);
}

#[test]
fn who_takes_as_long_as_everybody_has_the_usual_speed_whatever_the_default_says() {
    let world = World::new();
    let speeds = learn(&world.defaults, &vec![world.took(1_500); 2_000]).speeds;
    assert!((98..=101).contains(&speeds[&world.coder].percent), "{speeds:?}");
}

#[test]
fn a_queue_that_is_gone_teaches_nothing() {
    let world = World::new();
    assert_eq!(learn(&BTreeMap::new(), &[world.took(500)]), super::Lessons::default());
}

#[test]
fn lengths_are_told_by_the_bytes_of_text() {
    let of = |bytes| LengthBucket::of(bytes);
    assert_eq!((of(0), of(4_095), of(4_096)), {
        use LengthBucket::{Medium, Short};
        (Short, Short, Medium)
    });
    assert_eq!((of(65_535), of(65_536)), (LengthBucket::Long, LengthBucket::VeryLong));
}

proptest! {
    #[test]
    fn estimates_lie_between_default_and_bounds_and_never_depend_on_the_order(
        mut seconds in prop::collection::vec(1..20_000_u32, 1..60),
    ) {
        let world = World::new();
        let seen: Vec<_> = seconds.iter().map(|it| world.took(*it)).collect();
        let one = learn(&world.defaults, &seen);
        seconds.reverse();
        let seen: Vec<_> = seconds.iter().map(|it| world.took(*it)).collect();
        prop_assert_eq!(&one, &learn(&world.defaults, &seen));
        let estimate = one.estimates[&(world.queue, LengthBucket::Any)].expected_seconds;
        let low = rounded(DEFAULT.min(*seconds.iter().min().unwrap())).saturating_sub(15);
        let high = rounded(DEFAULT.max(*seconds.iter().max().unwrap()));
        prop_assert!(low <= estimate && estimate <= high, "{} {} {}", low, estimate, high);
        let speed = one.speeds[&world.coder].percent;
        prop_assert!((50..=200).contains(&speed));
    }

    #[test]
    fn steps_are_fixed_points_and_never_far(seconds in 10..86_400_u32) {
        let step = rounded(seconds);
        prop_assert_eq!(rounded(step), step);
        prop_assert!(step.abs_diff(seconds) <= seconds / 20 + 8);
    }
}
