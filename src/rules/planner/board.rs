//! A snapshot laid out for planning: people and charts in their fixed order, who may do what.

use std::collections::{HashMap, HashSet};

use super::greedy::Choice;
use super::objective::{CARRYOVER_SECONDS_MIN, Charges, Chart, Coder, Instance, weight_of};
use super::urgency::Urgency;
use super::{Backlog, Placement, QueueBacklog, RunnerUp, WaitingChart};
use crate::eligibility::{
    Explanation, Person, QueueTerms, Rule, Work, check_chart, check_involvement, check_queue,
};
use crate::ids::{ChartId, PersonId};
use crate::time::Instant;
use crate::words::AssignmentKind;

const DAY_SECONDS: i64 = 24 * 3_600;
/// A chart's weight grows at most so many times.
const AGED_WEIGHT_MAX: i64 = 8;

/// The laid-out snapshot.
pub struct Board<'a> {
    now: Instant,
    people: Vec<&'a Person>,
    groups: Vec<Group>,
    entries: Vec<Entry<'a>>,
    beyond_horizon: Vec<ChartId>,
    instance: Instance,
}

/// One kind of work of one queue: what stops whom before any chart is looked at.
struct Group {
    /// For each person, the queue's rule that fails first.
    barred_by: Vec<Option<Rule>>,
    /// The people who can be planned for, as a class of the instance.
    class: usize,
}

/// A chart on the board.
pub struct Entry<'a> {
    /// The chart.
    pub chart: &'a WaitingChart,
    terms: &'a QueueTerms,
    group: usize,
    /// The person it is kept for, by place.
    kept_for: Option<usize>,
}

impl<'a> Entry<'a> {
    const fn work(&self) -> Work<'a> {
        Work {
            kind: self.chart.kind,
            expected_seconds: self.chart.expected_seconds,
            involved: self.chart.involved.as_slice(),
            excluded: self.chart.excluded.as_slice(),
        }
    }

    /// Whether this chart's own history bars anyone.
    const fn has_history(&self) -> bool {
        !self.chart.involved.is_empty() || !self.chart.excluded.is_empty()
    }
}

impl<'a> Board<'a> {
    /// Lays out the `horizon_charts` most urgent charts.
    pub fn set_up(
        now: Instant,
        backlog: &'a Backlog,
        people: &'a [Person],
        horizon_charts: usize,
    ) -> Self {
        let mut people: Vec<&Person> = people.iter().collect();
        people.sort_by_key(|person| person.id);
        people.dedup_by_key(|person| person.id);
        let mut waiting = by_urgency(now, backlog);
        let beyond = waiting.split_off(horizon_charts.min(waiting.len()));
        let instance = Instance {
            charges: charges(now, &people),
            coders: people.iter().map(|person| coder(now, person)).collect(),
            ..Instance::default()
        };
        let mut board = Self {
            now,
            people,
            groups: Vec::new(),
            entries: Vec::with_capacity(waiting.len()),
            beyond_horizon: beyond.iter().map(|found| found.chart.id).collect(),
            instance,
        };
        board.place_all(&waiting);
        board
    }

    /// The numbers to plan with; charts and coders are in the order of entries and people.
    pub const fn instance(&self) -> &Instance {
        &self.instance
    }

    /// The people, by id.
    pub fn people(&self) -> &[&'a Person] {
        &self.people
    }

    /// The charts, most urgent first.
    pub fn entries(&self) -> &[Entry<'a>] {
        &self.entries
    }

    /// The charts that were left out, most urgent first.
    pub fn beyond_horizon(&self) -> &[ChartId] {
        &self.beyond_horizon
    }

    /// A choice in the words of a plan.
    pub fn placement(&self, entry: &Entry<'_>, choice: &Choice) -> Option<Placement> {
        let at = |seconds| self.now.plus_seconds(seconds);
        let runner_up = |(place, done): &(usize, i64)| {
            let person = self.people.get(*place)?.id;
            Some(RunnerUp { person, done_at: at(*done) })
        };
        Some(Placement {
            facility: entry.terms.facility,
            queue: entry.terms.queue,
            chart: entry.chart.id,
            kind: entry.chart.kind,
            person: self.people.get(choice.coder)?.id,
            starts_at: at(choice.starts_seconds),
            done_at: at(choice.done_seconds),
            due_at: entry.chart.due_at,
            runner_ups: choice.runner_ups.iter().filter_map(runner_up).collect(),
        })
    }

    /// Explains charts that nobody has time for.
    pub fn reasons(&self) -> Reasons<'_, 'a> {
        Reasons { board: self, of_group: HashMap::new() }
    }

    fn place_all(&mut self, waiting: &[Found<'a>]) {
        let places: HashMap<PersonId, usize> =
            self.people.iter().enumerate().map(|(place, person)| (person.id, place)).collect();
        let mut group_of: HashMap<(usize, AssignmentKind), usize> = HashMap::new();
        for found in waiting {
            let Found { terms, chart, .. } = *found;
            let group = *group_of
                .entry((found.queue, chart.kind))
                .or_insert_with(|| self.add_group(terms, chart.kind));
            let mut entry = Entry { chart, terms, group, kept_for: None };
            entry.kept_for = self.kept_for(&entry, &places);
            let class = match entry.kept_for {
                None => self.groups.get(group).map_or(usize::MAX, |group| group.class),
                Some(place) => self.add_class(std::iter::once(place)),
            };
            self.instance.charts.push(Chart {
                expected_seconds: i64::from(chart.expected_seconds),
                due_seconds: chart.due_at.map(|due| due.seconds_since(self.now)),
                weight: weight(chart, self.now),
                class,
                barred: self.barred(&entry, &places),
            });
            self.entries.push(entry);
        }
    }

    /// Asks the queue's rules of everybody, once.
    fn add_group(&mut self, terms: &QueueTerms, kind: AssignmentKind) -> usize {
        let fails = |person: &&Person| check_queue(person, terms, kind, self.now).err();
        let barred_by: Vec<Option<Rule>> = self.people.iter().map(fails).collect();
        let passes = |(place, rule): (usize, &Option<Rule>)| rule.is_none().then_some(place);
        let class = self.add_class(barred_by.iter().enumerate().filter_map(passes));
        self.groups.push(Group { barred_by, class });
        self.groups.len() - 1
    }

    /// A class of those among these people who are at work. Whoever is full is planned for all the
    /// same: they will have finished something by then.
    fn add_class(&mut self, places: impl Iterator<Item = usize>) -> usize {
        let at_work = |place: &usize| {
            self.people
                .get(*place)
                .is_some_and(|it| !it.paused && it.shift_seconds_left(self.now).is_some())
        };
        let class = places.filter(at_work).collect();
        self.instance.classes.push(class);
        self.instance.classes.len() - 1
    }

    /// The person a chart is kept for, unless that lapsed or a safety rule bars them.
    fn kept_for(&self, entry: &Entry<'_>, places: &HashMap<PersonId, usize>) -> Option<usize> {
        let sticky = entry.chart.sticky.filter(|sticky| sticky.until >= self.now)?;
        let place = *places.get(&sticky.person)?;
        let person = self.people.get(place)?;
        let may = self.queue_rule(entry, place).is_none();
        (may && check_involvement(person, &entry.work()).is_ok()).then_some(place)
    }

    /// The people whom the chart's own history bars, by place.
    fn barred(&self, entry: &Entry<'_>, places: &HashMap<PersonId, usize>) -> Vec<usize> {
        let work = entry.work();
        let involved = work.involved.iter().map(|(person, _)| person);
        let mut barred: Vec<usize> = involved
            .chain(work.excluded)
            .filter_map(|person| places.get(person).copied())
            .filter(|place| {
                self.people.get(*place).is_some_and(|it| check_involvement(it, &work).is_err())
            })
            .collect();
        barred.sort_unstable();
        barred.dedup();
        barred
    }

    fn queue_rule(&self, entry: &Entry<'_>, place: usize) -> Option<Rule> {
        *self.groups.get(entry.group)?.barred_by.get(place)?
    }
}

/// Explains charts that nobody has time for, remembering what is the same for a whole queue.
pub struct Reasons<'b, 'a> {
    board: &'b Board<'a>,
    of_group: HashMap<usize, Explanation>,
}

impl Reasons<'_, '_> {
    /// Who fails what for a chart that the plan could not place.
    pub fn why_waiting(&mut self, entry: &Entry<'_>) -> Explanation {
        if let Some(place) = entry.kept_for {
            return self.count(entry, std::iter::once(place));
        }
        if entry.has_history() {
            return self.count(entry, 0..self.board.people.len());
        }
        if let Some(known) = self.of_group.get(&entry.group) {
            return known.clone();
        }
        let explanation = self.count(entry, 0..self.board.people.len());
        self.of_group.insert(entry.group, explanation.clone());
        explanation
    }

    fn count(&self, entry: &Entry<'_>, places: impl Iterator<Item = usize>) -> Explanation {
        let mut explanation = Explanation::none(entry.chart.kind);
        for place in places {
            if let Some(person) = self.board.people.get(place) {
                explanation.count(person, Some(self.rule(entry, place, person)));
            }
        }
        explanation
    }

    /// The first rule that fails. Those whom no other rule stops have their shift full of more
    /// urgent work.
    fn rule(&self, entry: &Entry<'_>, place: usize, person: &Person) -> Rule {
        let of_queue = self.board.queue_rule(entry, place);
        let first = of_queue.or_else(|| check_chart(person, &entry.work(), self.board.now).err());
        match first {
            None | Some(Rule::WipLimit) => Rule::ShiftLeft,
            Some(rule) => rule,
        }
    }
}

/// A waiting chart with its queue.
#[derive(Clone, Copy)]
struct Found<'a> {
    /// The queue's place in the backlog.
    queue: usize,
    terms: &'a QueueTerms,
    chart: &'a WaitingChart,
}

/// Every chart once, most urgent first.
fn by_urgency(now: Instant, backlog: &Backlog) -> Vec<Found<'_>> {
    let mut found = Vec::new();
    for (queue, QueueBacklog { terms, charts }) in backlog.queues.iter().enumerate() {
        found.extend(
            charts
                .iter()
                .map(|chart| (Urgency::of(chart, terms.queue, now), Found { queue, terms, chart })),
        );
    }
    found.sort_by_key(|(urgency, _)| *urgency);
    let mut seen = HashSet::with_capacity(found.len());
    found.retain(|(_, it)| seen.insert(it.chart.id));
    for band in found.chunk_by_mut(|(one, _), (next, _)| one.band() == next.band()) {
        let mut shares = backlog.shares.clone();
        for (urgency, it) in &mut *band {
            let start = shares.take(it.terms.facility, it.chart.expected_seconds);
            *urgency = urgency.at_turn(start);
        }
        band.sort_by_key(|(urgency, _)| *urgency);
    }
    found.into_iter().map(|(_, found)| found).collect()
}

/// How much a chart's lateness counts: by its priority, and more with each day that it is late
/// already, so that hard charts do not wait for ever behind easy ones.
fn weight(chart: &WaitingChart, now: Instant) -> i64 {
    let late = chart.due_at.map_or(0, |due| now.seconds_since(due).max(0));
    weight_of(chart.priority).saturating_mul((1 + late / DAY_SECONDS).min(AGED_WEIGHT_MAX))
}

fn coder(now: Instant, person: &Person) -> Coder {
    let queued = i64::from(person.queued_seconds);
    let left = person.shift_seconds_left(now).unwrap_or(0);
    Coder {
        available_from_seconds: queued,
        capacity_seconds: left.saturating_sub(queued).max(0),
        speed_percent: person.speed_percent,
        skills: person.skills.len(),
    }
}

/// A chart left over counts as done in a day, or when the last shift ends if that is later.
fn charges(now: Instant, people: &[&Person]) -> Charges {
    let last = people.iter().filter_map(|person| person.shift_seconds_left(now)).max();
    let carryover_seconds = last.unwrap_or(0).max(CARRYOVER_SECONDS_MIN);
    Charges { carryover_seconds, ..Charges::default() }
}
