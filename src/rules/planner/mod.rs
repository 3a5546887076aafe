//! The plan: who does what in which order, what stays waiting and why, and when each will be done.
//!
//! First a simple plan: most urgent first, to the eligible person who can finish it soonest. When
//! that leaves anything late, a search over everybody's work at once tries to do better. Only a
//! small reserve for each person is offered, so that urgent work can still overtake; the rest is
//! foretold.

mod board;
pub mod fairness;
mod greedy;
mod improve;
pub mod objective;
pub mod search;
#[cfg(test)]
mod tests;
pub mod urgency;

use crate::eligibility::{Explanation, Person, QueueTerms};
use crate::ids::{ChartId, FacilityId, PersonId, QueueId};
use crate::time::Instant;
use crate::words::AssignmentKind;

use board::Board;
use fairness::Shares;
use greedy::Choice;

/// How many other people are named with their finishing time for each placed chart.
pub const RUNNER_UPS_MAX: usize = 3;

/// Everything that waits for somebody.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Backlog {
    /// The queues that have waiting charts, in any order.
    pub queues: Vec<QueueBacklog>,
    /// What each facility has in hand, and its weight.
    pub shares: Shares,
}

/// One queue's terms and its waiting charts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct QueueBacklog {
    /// What the contract asks of people.
    pub terms: QueueTerms,
    /// The charts that wait, in any order.
    pub charts: Vec<WaitingChart>,
}

/// A chart that waits for a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WaitingChart {
    /// The chart.
    pub id: ChartId,
    /// What is to be done next.
    pub kind: AssignmentKind,
    /// How long it takes at the usual speed.
    pub expected_seconds: u32,
    /// When the contract wants it back.
    pub due_at: Option<Instant>,
    /// 1 is most urgent.
    pub priority: i32,
    /// Since when it has been complete enough to work on.
    pub ready_at: Instant,
    /// Whose chart it is for a while, such as a coding sent back to its coder.
    pub sticky: Option<Sticky>,
    /// Who has touched this chart, and in which capacity.
    pub involved: Vec<(PersonId, AssignmentKind)>,
    /// Who is barred from this chart.
    pub excluded: Vec<PersonId>,
}

/// A chart kept for one person. It lapses early when a safety rule bars that person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sticky {
    /// For whom.
    pub person: PersonId,
    /// The last instant at which it is kept.
    pub until: Instant,
}

/// How far a plan reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlanSettings {
    /// How much work a person may have ahead, held and offered, in their own seconds. Someone who
    /// holds nothing is offered one chart of any length.
    pub reserve_seconds: u32,
    /// How many charts one plan may offer to one person.
    pub reserve_charts: u32,
    /// How many of the most urgent charts one plan looks at.
    pub horizon_charts: usize,
    /// How hard to search when the simple plan leaves something late, in looks of about 4 ns.
    pub search_looks_max: u64,
    /// The same seed finds the same plan.
    pub seed: u64,
}

impl Default for PlanSettings {
    fn default() -> Self {
        Self {
            reserve_seconds: 30 * 60,
            reserve_charts: 5,
            horizon_charts: 50_000,
            search_looks_max: 40_000_000,
            seed: 1,
        }
    }
}

/// What a plan answers. Every chart of the backlog is in exactly one of the lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Plan {
    /// To be given now, soonest begun first, then most urgent.
    pub offers: Vec<Placement>,
    /// Foretold for this shift, soonest begun first; not to be given yet.
    pub planned: Vec<Placement>,
    /// For nobody in this shift, most urgent first, with the reason.
    pub waiting: Vec<Waiting>,
    /// Less urgent than the plan's horizon, most urgent first.
    pub beyond_horizon: Vec<ChartId>,
}

/// One chart with one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    /// The tenant.
    pub facility: FacilityId,
    /// The queue.
    pub queue: QueueId,
    /// The chart.
    pub chart: ChartId,
    /// What is to be done.
    pub kind: AssignmentKind,
    /// By whom.
    pub person: PersonId,
    /// When the person gets to it.
    pub starts_at: Instant,
    /// When it will be done.
    pub done_at: Instant,
    /// When the contract wants it back.
    pub due_at: Option<Instant>,
    /// Who would have been next, soonest first; empty when it was kept for the person.
    pub runner_ups: Vec<RunnerUp>,
}

impl Placement {
    /// Whether it will be done too late.
    #[must_use]
    pub fn misses_deadline(&self) -> bool {
        self.due_at.is_some_and(|due| due < self.done_at)
    }
}

/// Somebody who could have done it, but later or with less to spare.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RunnerUp {
    /// Who.
    pub person: PersonId,
    /// When they would have been done.
    pub done_at: Instant,
}

/// A chart for which nobody has time in this shift.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// The chart.
    pub chart: ChartId,
    /// What stops whom; "too little shift left" counts what the plan gave them already.
    pub explanation: Explanation,
}

/// Plans the running shift. The order of queues, charts and people makes no difference.
///
/// A chart listed twice counts once. Costs charts × eligible people, with queue rules asked once
/// for each queue and person.
#[must_use]
pub fn plan(now: Instant, backlog: &Backlog, people: &[Person], settings: &PlanSettings) -> Plan {
    let board = Board::set_up(now, backlog, people, settings.horizon_charts);
    let first = greedy::choose_all(board.instance());
    let effort = (settings.search_looks_max, settings.seed);
    let choices = improve::improve(board.instance(), first, effort);
    let mut plan = Plan { beyond_horizon: board.beyond_horizon().to_vec(), ..Plan::default() };
    let mut reasons = board.reasons();
    let mut placed = Vec::new();
    for (entry, choice) in board.entries().iter().zip(choices) {
        let taken = choice.and_then(|choice| Some((board.placement(entry, &choice)?, choice)));
        if let Some(taken) = taken {
            placed.push(taken);
        } else {
            let explanation = reasons.why_waiting(entry);
            plan.waiting.push(Waiting { chart: entry.chart.id, explanation });
        }
    }
    // A person's offers are the beginning of their work, so they are counted in its order.
    placed.sort_by_key(|(_, choice)| choice.starts_seconds);
    let mut reserves: Vec<Reserve> = board.people().iter().map(|it| Reserve::of(it)).collect();
    for (placement, choice) in placed {
        let reserve = reserves.get_mut(choice.coder);
        if reserve.is_some_and(|reserve| reserve.takes(&choice, settings)) {
            plan.offers.push(placement);
        } else {
            plan.planned.push(placement);
        }
    }
    plan
}

/// What one person has ahead while a plan is being written down.
struct Reserve {
    held_charts: u32,
    wip_limit: u32,
    offered_charts: u32,
    ahead_seconds: i64,
    closed: bool,
}

impl Reserve {
    fn of(person: &Person) -> Self {
        Self {
            held_charts: person.open_work,
            wip_limit: person.wip_limit,
            offered_charts: 0,
            ahead_seconds: i64::from(person.queued_seconds),
            closed: false,
        }
    }

    /// Whether this chart is still offered. The first that is not ends the person's offers, so that
    /// offers are always the beginning of what the person will do.
    fn takes(&mut self, choice: &Choice, settings: &PlanSettings) -> bool {
        let seconds = choice.done_seconds - choice.starts_seconds;
        let held = self.held_charts.saturating_add(self.offered_charts);
        let ahead = self.ahead_seconds.saturating_add(seconds);
        let fits = held == 0 || ahead <= i64::from(settings.reserve_seconds);
        let room = held < self.wip_limit && self.offered_charts < settings.reserve_charts;
        self.closed |= !(fits && room);
        if !self.closed {
            self.offered_charts += 1;
            self.ahead_seconds = ahead;
        }
        !self.closed
    }
}
