//! The lead's board: what waits and why, who is at work on what, and what is about to be late. It names
//! charts by their last digits; patients are not on this plane.

use crate::assign::given_by;
use crate::explain;
use crate::next::KINDS;
use crate::snapshot::{Histories, people_now, seconds};
use crate::store::{self, Depth, Lane, QueueCount, WaitingRow};
use crate::work::Names;
use base::db::OpsTx;
use base::error::Result;
use facilities::Terms;
use jiff::tz::TimeZone;
use rules::Instant;
use rules::eligibility::{Person, Work};
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::lifecycle::ChartState;
use rules::planner::urgency::{PRESSING_SLACK_SECONDS, THIS_SHIFT_SLACK_SECONDS};
use rules::words::{AssignmentKind, AssignmentState};
use serde::Serialize;
use std::collections::HashMap;

/// Charts in hand that are listed, at most.
const IN_HAND_ROWS_MAX: i64 = 500;
/// Waiting charts that are listed, at most: the most urgent ones.
const WAITING_ROWS_MAX: i64 = 100;

/// Everything that a lead looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Board {
    /// When it was so.
    pub at: Instant,
    /// Every queue that something waits in, the most pressing first.
    pub queues: Vec<QueueRow>,
    /// Everybody who codes or reviews: those on shift come first.
    pub people: Vec<PersonRow>,
    /// What is in hand, the nearest deadline first; 500 at most.
    pub in_hand: Vec<HandRow>,
    /// What waits, the nearest deadline first; 100 at most.
    pub waiting: Vec<WaitingView>,
}

/// What waits in one queue.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct QueueRow {
    /// The tenant.
    pub facility_id: FacilityId,
    /// The tenant, in words.
    pub facility: String,
    /// The queue.
    pub queue_id: QueueId,
    /// The queue, in words.
    pub queue: String,
    /// Charts that wait for a coder.
    pub coding: i64,
    /// Charts that wait for a reviewer.
    pub review: i64,
    /// Of both, charts whose deadline has passed.
    pub overdue: i64,
    /// Charts that are due within two hours.
    pub red: i64,
    /// Charts that are due within eight hours.
    pub amber: i64,
    /// Charts that are due later, or never.
    pub green: i64,
    /// What waits, in minutes of work at the usual speed.
    pub expected_minutes: i64,
    /// When the oldest of them came.
    pub oldest_received_at: Option<Instant>,
    /// The next deadline.
    pub next_due_at: Option<Instant>,
}

/// One person on the board.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct PersonRow {
    /// The person.
    pub person_id: PersonId,
    /// Their name.
    pub name: String,
    /// The kinds of work that they do.
    pub kinds: Vec<AssignmentKind>,
    /// Whether they get no new work.
    pub paused: bool,
    /// Until when they are on shift; none when they are off.
    pub on_shift_until: Option<Instant>,
    /// When their next shift begins.
    pub next_shift_at: Option<Instant>,
    /// Charts that they hold.
    pub open_work: u32,
    /// Charts that they may hold.
    pub wip_limit: u32,
    /// What they hold, in minutes that they still need.
    pub queued_minutes: i64,
    /// Queues that are open to them now.
    pub open_queues: usize,
}

/// A chart in somebody's hand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct HandRow {
    /// The chart.
    pub chart_id: ChartId,
    /// What it is called where no patient is named.
    pub reference: String,
    /// The tenant, in words.
    pub facility: String,
    /// The queue, in words.
    pub queue: String,
    /// Who.
    pub person: String,
    /// What is done.
    pub kind: AssignmentKind,
    /// Where the chart stands.
    pub state: ChartState,
    /// Whether they have begun.
    pub begun: bool,
    /// How they came to it: planned, by Next, or by a lead.
    pub given_by: &'static str,
    /// Since when they have it.
    pub since: Instant,
    /// Until when it is held without a sign of life.
    pub held_until: Instant,
    /// When it is due.
    pub due_at: Option<Instant>,
}

/// A chart that waits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct WaitingView {
    /// The chart.
    pub chart_id: ChartId,
    /// What it is called where no patient is named.
    pub reference: String,
    /// The tenant, in words.
    pub facility: String,
    /// The queue, in words.
    pub queue: String,
    /// What is to be done.
    pub kind: AssignmentKind,
    /// How often a reviewer has sent it back.
    pub round: i32,
    /// When it is due.
    pub due_at: Option<Instant>,
    /// What stops whom, such as "14 coders: 9 not allow-listed, 3 off shift, 2 full".
    pub why: String,
}

/// What the board is made of, read in one transaction.
struct Seen {
    now: Instant,
    names: Names,
    terms: Vec<Terms>,
    people: Vec<Person>,
    called: HashMap<PersonId, String>,
}

/// The board, explained to somebody in a time zone.
///
/// # Errors
/// When the database fails.
pub(crate) async fn board(tx: &mut OpsTx, zone: &TimeZone) -> Result<Board> {
    let terms = facilities::all_terms(tx).await?;
    let names = Names::from(facilities::names(tx).await?, &terms);
    let people = people_now(tx).await?;
    let ids: Vec<_> = people.iter().map(|person| person.id).collect();
    let called = people::names(tx, &ids).await?;
    let seen = Seen { now: tx.now(), names, terms, people, called };
    let counts =
        store::queue_counts(tx, (PRESSING_SLACK_SECONDS, THIS_SHIFT_SLACK_SECONDS)).await?;
    let held = store::in_hand(tx, None, IN_HAND_ROWS_MAX).await?;
    Ok(Board {
        at: seen.now,
        queues: seen.queues(&counts),
        people: seen.people(),
        in_hand: held.into_iter().map(|held| seen.hand(held)).collect(),
        waiting: waiting(tx, &seen, zone).await?,
    })
}

async fn waiting(tx: &mut OpsTx, seen: &Seen, zone: &TimeZone) -> Result<Vec<WaitingView>> {
    let lanes: Vec<Lane> = seen
        .terms
        .iter()
        .flat_map(|terms| {
            let (facility, queue) = (terms.facility_id, terms.queue_id);
            KINDS.map(|kind| Lane { facility, queue, kind })
        })
        .collect();
    let depth = Depth { per_lane: WAITING_ROWS_MAX, in_all: WAITING_ROWS_MAX };
    let rows = store::waiting(tx, &lanes, depth).await?;
    let mut histories = Histories::of(tx, &rows).await?;
    Ok(rows.iter().map(|row| seen.waiting(row, &mut histories, zone)).collect())
}

impl Seen {
    fn queues(&self, counts: &[QueueCount]) -> Vec<QueueRow> {
        let mut rows: Vec<_> = counts.iter().map(|count| self.queue(count)).collect();
        let pressing = |row: &QueueRow| std::cmp::Reverse((row.overdue, row.red, row.amber));
        rows.sort_by(|a, b| {
            (pressing(a), &a.facility, &a.queue).cmp(&(pressing(b), &b.facility, &b.queue))
        });
        rows
    }

    fn queue(&self, count: &QueueCount) -> QueueRow {
        QueueRow {
            facility_id: count.facility_id,
            facility: self.names.facility(count.facility_id),
            queue_id: count.queue_id,
            queue: self.names.queue(count.facility_id, count.queue_id),
            coding: count.coding,
            review: count.review,
            overdue: count.overdue,
            red: count.red,
            amber: count.amber,
            green: count.green,
            expected_minutes: crate::minutes(count.expected_seconds),
            oldest_received_at: count.oldest_received_at,
            next_due_at: count.next_due_at,
        }
    }

    fn people(&self) -> Vec<PersonRow> {
        let mut rows: Vec<_> = self.people.iter().map(|person| self.person(person)).collect();
        rows.sort_by(|a, b| {
            let rank = |row: &PersonRow| row.on_shift_until.is_none();
            (rank(a), &a.name, a.person_id).cmp(&(rank(b), &b.name, b.person_id))
        });
        rows
    }

    fn person(&self, person: &Person) -> PersonRow {
        let kinds: Vec<_> = person.kinds.iter().copied().collect();
        let (open_queues, _) = explain::closed_queues(person, &self.terms, &kinds, self.now);
        PersonRow {
            person_id: person.id,
            name: self.called.get(&person.id).cloned().unwrap_or_default(),
            paused: person.paused,
            on_shift_until: person.shift_seconds_left(self.now).and(person.shift_ends_at),
            next_shift_at: person.next_shift_at,
            open_work: person.open_work,
            wip_limit: person.wip_limit,
            queued_minutes: crate::minutes(i64::from(person.queued_seconds)),
            open_queues,
            kinds,
        }
    }

    fn hand(&self, (lease, (state, _, due_at)): store::Held) -> HandRow {
        HandRow {
            chart_id: lease.chart_id,
            reference: crate::reference(lease.chart_id),
            facility: self.names.facility(lease.facility_id),
            queue: self.names.queue(lease.facility_id, lease.queue_id),
            person: self.called.get(&lease.person_id).cloned().unwrap_or_default(),
            kind: lease.kind,
            state,
            begun: lease.state == AssignmentState::Active,
            given_by: given_by(&lease),
            since: lease.started_at.unwrap_or(lease.offered_at),
            held_until: lease.lease_expires_at,
            due_at,
        }
    }

    fn waiting(&self, row: &WaitingRow, histories: &mut Histories, zone: &TimeZone) -> WaitingView {
        let (involved, excluded) = histories.of_chart(row.id);
        let work = Work {
            kind: row.kind,
            expected_seconds: seconds(row.expected_seconds),
            involved: &involved,
            excluded: &excluded,
        };
        let terms = self
            .terms
            .iter()
            .find(|terms| (terms.facility_id, terms.queue_id) == (row.facility_id, row.queue_id));
        let why =
            terms.map(|terms| explain::sentence(&self.people, terms, &work, (self.now, zone)));
        WaitingView {
            chart_id: row.id,
            reference: crate::reference(row.id),
            facility: self.names.facility(row.facility_id),
            queue: self.names.queue(row.facility_id, row.queue_id),
            kind: row.kind,
            round: row.round,
            due_at: row.due_at,
            why: why.unwrap_or_default(),
        }
    }
}
