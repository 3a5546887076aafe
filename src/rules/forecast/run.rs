//! One way in which the days may go.

use super::{CHARTS_PER_RUN_MAX, Chart, HOUR_SECONDS, Policy, Queue, Stage, World};
use crate::dice::{Dice, float};
use crate::eligibility::seconds_at_speed;
use crate::planner::urgency::{PRESSING_SLACK_SECONDS, THIS_SHIFT_SLACK_SECONDS};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap, HashMap};

/// Charts at a lane's head that are looked at, in case the first are too long for what is left of a shift.
const LOOKED_AT_MAX: usize = 8;

/// What became of a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fate {
    pub queue: usize,
    pub due: Option<i64>,
    /// When it came in.
    pub came: i64,
    /// When it was returned; none within the horizon.
    pub done: Option<i64>,
    /// Its place among the charts that wait or are held now; none of an arrival.
    pub known: Option<usize>,
}

/// What happened in one run.
#[derive(Debug, Clone, Default)]
pub struct Story {
    pub fates: Vec<Fate>,
    /// For each queue, how many charts were open at the end of each hour.
    pub open: Vec<Vec<u32>>,
    /// For each worker, how many seconds they worked in each hour.
    pub worked: Vec<Vec<i64>>,
}

/// Most urgent first: band by slack, priority, deadline, then who came first.
type Key = (i64, i64, i64, usize);

struct Lane {
    charts: BTreeSet<Key>,
    workers: Vec<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// The work of a worker is done.
    Done(usize),
    /// A chart waits.
    Arrives(usize),
    /// A worker's shift begins.
    Begins(usize),
}

#[derive(Clone, Copy)]
struct Item {
    fate: usize,
    stage: Stage,
    expected: u32,
    priority: i32,
    /// When it came.
    came: i64,
}

struct Run<'w> {
    world: &'w World,
    policy: Policy,
    dice: Dice,
    events: BinaryHeap<Reverse<(i64, Event)>>,
    items: Vec<Item>,
    lanes: HashMap<(usize, Stage), Lane>,
    /// What each worker is doing.
    hands: Vec<Option<usize>>,
    /// What each worker held from the beginning and has yet to do, the next one last.
    held: Vec<Vec<usize>>,
    story: Story,
}

pub fn run(world: &World, seed: u64, policy: Policy) -> Story {
    let hours = usize::try_from(world.horizon_seconds / HOUR_SECONDS + 1).unwrap_or(1);
    let mut run = Run {
        world,
        policy,
        dice: Dice::new(seed),
        events: BinaryHeap::new(),
        items: Vec::new(),
        lanes: lanes(world),
        hands: vec![None; world.workers.len()],
        held: vec![Vec::new(); world.workers.len()],
        story: Story {
            fates: Vec::new(),
            open: vec![vec![0; hours]; world.queues.len()],
            worked: vec![vec![0; hours]; world.workers.len()],
        },
    };
    run.set_up();
    run.play();
    run.count_open();
    run.story
}

fn lanes(world: &World) -> HashMap<(usize, Stage), Lane> {
    let mut lanes: HashMap<(usize, Stage), Lane> = HashMap::new();
    for (place, worker) in world.workers.iter().enumerate() {
        let open = worker.codes.iter().map(|queue| (*queue, Stage::Coding));
        for lane in open.chain(worker.reviews.iter().map(|queue| (*queue, Stage::Review))) {
            let empty = || Lane { charts: BTreeSet::new(), workers: Vec::new() };
            lanes.entry(lane).or_insert_with(empty).workers.push(place);
        }
    }
    lanes
}

impl Run<'_> {
    fn set_up(&mut self) {
        let world = self.world;
        let mut known = 0;
        for chart in &world.waiting {
            let item = self.add(chart, known);
            self.wait(item);
            known += 1;
        }
        for (place, worker) in world.workers.iter().enumerate() {
            for chart in &worker.held {
                let item = self.add(chart, known);
                if let Some(held) = self.held.get_mut(place) {
                    held.insert(0, item);
                }
                known += 1;
            }
            let begins = worker.shifts.iter().map(|(from, _)| (*from).max(0));
            self.events.extend(begins.map(|at| Reverse((at, Event::Begins(place)))));
        }
        for (place, queue) in world.queues.iter().enumerate() {
            self.add_arrivals(place, queue);
        }
    }

    fn add(&mut self, chart: &Chart, known: usize) -> usize {
        let (queue, due, came) = (chart.queue, chart.due_seconds, chart.came_seconds.min(0));
        self.story.fates.push(Fate { queue, due, came, done: None, known: Some(known) });
        let fate = self.story.fates.len() - 1;
        let (expected, priority) = (chart.expected_seconds, chart.priority);
        self.items.push(Item { fate, stage: chart.stage, expected, priority, came });
        self.items.len() - 1
    }

    fn add_arrivals(&mut self, place: usize, queue: &Queue) {
        for hour in &queue.arrivals {
            for _ in 0..poisson(hour.charts, &mut self.dice) {
                if self.items.len() >= CHARTS_PER_RUN_MAX {
                    return;
                }
                let within = self.dice.below(usize::try_from(HOUR_SECONDS).unwrap_or(1));
                let at = (hour.from_seconds + i64::try_from(within).unwrap_or(0)).max(0);
                let (due, came) = (hour.due_seconds, at);
                self.story.fates.push(Fate { queue: place, due, came, done: None, known: None });
                let fate = self.story.fates.len() - 1;
                let (expected, priority) = (queue.expected_seconds, queue.priority);
                self.items.push(Item { fate, stage: Stage::Coding, expected, priority, came });
                self.events.push(Reverse((at, Event::Arrives(self.items.len() - 1))));
            }
        }
    }

    fn play(&mut self) {
        while let Some(Reverse((at, event))) = self.events.pop() {
            if at > self.world.horizon_seconds {
                break;
            }
            match event {
                Event::Begins(worker) => self.give(worker, at),
                Event::Arrives(item) => self.arrive(item, at),
                Event::Done(worker) => {
                    self.finish(worker, at);
                    self.give(worker, at);
                }
            }
        }
    }

    /// A chart waits; somebody who has nothing to do takes it at once.
    fn arrive(&mut self, item: usize, at: i64) {
        let Some(lane) = self.wait(item).and_then(|lane| self.lanes.get(&lane)) else { return };
        let (hands, world) = (&self.hands, self.world);
        let idle = |worker: &&usize| {
            let free = hands.get(**worker).is_some_and(Option::is_none);
            free && world
                .workers
                .get(**worker)
                .is_some_and(|it| shift_end(&it.shifts, at).is_some())
        };
        let fastest = |worker: &&usize| world.workers.get(**worker).map(|it| it.speed_percent);
        let taker = lane.workers.iter().filter(idle).max_by_key(fastest).copied();
        if let Some(worker) = taker {
            self.give(worker, at);
        }
    }

    /// Puts a chart into its lane; none when nobody ever works in it.
    fn wait(&mut self, item: usize) -> Option<(usize, Stage)> {
        let it = self.items.get(item)?;
        let fate = self.story.fates.get(it.fate)?;
        let due = fate.due.unwrap_or(i64::MAX);
        let key = match self.policy {
            Policy::MostUrgent => (0, i64::from(it.priority), due, item),
            Policy::FirstIn => (0, it.came, 0, item),
        };
        let lane = (fate.queue, it.stage);
        self.lanes.get_mut(&lane)?.charts.insert(key);
        Some(lane)
    }

    /// A worker who has nothing to do takes what is most urgent for them.
    fn give(&mut self, worker: usize, at: i64) {
        let Some(who) = self.world.workers.get(worker) else { return };
        let Some(end) = shift_end(&who.shifts, at) else { return };
        if self.hands.get(worker).is_none_or(Option::is_some) {
            return;
        }
        let own = self.held.get_mut(worker).and_then(Vec::pop);
        let Some(item) = own.or_else(|| self.most_urgent(worker, at, end)) else { return };
        let seconds = self.seconds(worker, item);
        if let Some(hand) = self.hands.get_mut(worker) {
            *hand = Some(item);
        }
        // What is begun is finished: in this shift, or in overtime.
        self.note_work(worker, at, seconds);
        self.events.push(Reverse((at + seconds, Event::Done(worker))));
    }

    fn most_urgent(&mut self, worker: usize, at: i64, shift_end: i64) -> Option<usize> {
        let who = self.world.workers.get(worker)?;
        let codes = who.codes.iter().map(|queue| (*queue, Stage::Coding));
        let open = who.reviews.iter().map(|queue| (*queue, Stage::Review)).chain(codes);
        let mut best: Option<(Key, Key, (usize, Stage))> = None;
        for lane in open {
            let Some(head) = self.head(lane, (at, shift_end), who.speed_percent) else { continue };
            let now = self.urgency(head, at);
            if best.is_none_or(|(urgency, ..)| now < urgency) {
                best = Some((now, head, lane));
            }
        }
        let (_, head, lane) = best?;
        self.lanes.get_mut(&lane)?.charts.remove(&head);
        Some(head.3)
    }

    /// The most urgent chart of a lane that fits into the shift.
    fn head(&self, lane: (usize, Stage), (at, end): (i64, i64), speed: u32) -> Option<Key> {
        let fits = |key: &&Key| {
            let item = self.items.get(key.3);
            item.is_some_and(|it| at + seconds_at_speed(i64::from(it.expected), speed) <= end)
        };
        self.lanes.get(&lane)?.charts.iter().take(LOOKED_AT_MAX).find(fits).copied()
    }

    /// A head beside those of other lanes: how pressing it is counts first.
    fn urgency(&self, (_, priority, due, item): Key, at: i64) -> Key {
        let expected = self.items.get(item).map_or(0, |item| i64::from(item.expected));
        match self.policy {
            Policy::MostUrgent => (band(due, at, expected), priority, due, item),
            Policy::FirstIn => (0, priority, due, item),
        }
    }

    fn seconds(&mut self, worker: usize, item: usize) -> i64 {
        let expected = self.items.get(item).map_or(0, |item| item.expected);
        let speed = self.world.workers.get(worker).map_or(100, |it| it.speed_percent);
        let usual = seconds_at_speed(i64::from(expected), speed);
        stray(usual, self.world.spread_percent, &mut self.dice)
    }

    fn finish(&mut self, worker: usize, at: i64) {
        let Some(place) = self.hands.get_mut(worker).and_then(Option::take) else { return };
        let Some(item) = self.items.get(place).copied() else { return };
        let Some(fate) = self.story.fates.get_mut(item.fate) else { return };
        let Some(queue) = self.world.queues.get(fate.queue) else { return };
        let drawn = self.dice.below(100) < usize::try_from(queue.sampling_percent).unwrap_or(0);
        if item.stage == Stage::Coding && drawn {
            let expected = queue.review_seconds;
            self.items.push(Item { stage: Stage::Review, expected, ..item });
            self.arrive(self.items.len() - 1, at);
        } else {
            fate.done = Some(at);
        }
    }

    fn note_work(&mut self, worker: usize, from: i64, seconds: i64) {
        let Some(hours) = self.story.worked.get_mut(worker) else { return };
        let (mut at, end) = (from, from + seconds);
        while at < end {
            let hour = usize::try_from(at / HOUR_SECONDS).unwrap_or(usize::MAX);
            let until = ((at / HOUR_SECONDS + 1) * HOUR_SECONDS).min(end);
            let Some(seconds) = hours.get_mut(hour) else { return };
            *seconds += until - at;
            at = until;
        }
    }

    /// A chart is open from its arrival to its return.
    fn count_open(&mut self) {
        let mut change = vec![vec![0_i64; self.hours() + 1]; self.world.queues.len()];
        let hour = |at: i64| usize::try_from(at / HOUR_SECONDS).unwrap_or(0);
        for fate in &self.story.fates {
            let Some(change) = change.get_mut(fate.queue) else { continue };
            for (at, more) in [(Some(fate.came), 1), (fate.done, -1)] {
                if let Some(change) = at.and_then(|at| change.get_mut(hour(at))) {
                    *change += more;
                }
            }
        }
        for (open, change) in self.story.open.iter_mut().zip(change) {
            let mut now = 0;
            for (open, more) in open.iter_mut().zip(change) {
                now += more;
                *open = u32::try_from(now).unwrap_or(0);
            }
        }
    }

    fn hours(&self) -> usize {
        self.story.open.first().map_or(0, Vec::len)
    }
}

/// How pressing a deadline is: the same bands as Next's.
const fn band(due: i64, now: i64, expected: i64) -> i64 {
    if due == i64::MAX {
        return 3;
    }
    match due - expected - now {
        i64::MIN..0 => 0,
        0..PRESSING_SLACK_SECONDS => 1,
        PRESSING_SLACK_SECONDS..THIS_SHIFT_SLACK_SECONDS => 2,
        THIS_SHIFT_SLACK_SECONDS.. => 3,
    }
}

/// The end of the shift that runs at a moment.
fn shift_end(shifts: &[(i64, i64)], at: i64) -> Option<i64> {
    shifts.iter().find(|(from, to)| *from <= at && at < *to).map(|(_, to)| *to)
}

/// A number of events of which so many are expected (Knuth 1969), for expectations of an hour.
fn poisson(expected: f64, dice: &mut Dice) -> u32 {
    const AT_ONCE_MAX: f64 = 30.0;
    let (mut left, mut count) = (expected.clamp(0.0, 100_000.0), 0);
    while left > 0.0 {
        let limit = (-left.min(AT_ONCE_MAX)).exp();
        let mut product = dice.share();
        while product > limit {
            product *= dice.share();
            count += 1;
        }
        left -= AT_ONCE_MAX;
    }
    count
}

/// A length around the usual one: log-normal, with the usual length as its mean.
#[expect(clippy::as_conversions, clippy::cast_possible_truncation, reason = "saturates")]
fn stray(usual: i64, spread_percent: u32, dice: &mut Dice) -> i64 {
    let sigma = f64::from(spread_percent.min(200)) / 100.0;
    // The sum of twelve even draws less six is close to normal, with a variance of one.
    let normal: f64 = (0..12).map(|_| dice.share()).sum::<f64>() - 6.0;
    let seconds = float(usual) * (sigma * normal - sigma * sigma / 2.0).exp();
    (seconds as i64).max(1)
}
