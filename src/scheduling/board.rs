//! The lead's board: what waits and why, who is at work on what, and what is about to be late. It names
//! charts by their last digits; patients are not on this plane.

mod at_work;
mod bands;
mod page;
mod queues;

pub use at_work::PersonRow;
pub use bands::Band;
pub(crate) use page::page;
pub use queues::QueueRow;

use crate::assign::given_by;
use crate::board_store::{self, Begun};
use crate::explain;
use crate::next::KINDS;
use crate::snapshot::{Histories, pause_absent, people_now, seconds};
use crate::store::{self, Depth, Lane, WaitingRow};
use crate::work::Names;
use base::db::OpsTx;
use base::error::Result;
use facilities::Terms;
use jiff::tz::TimeZone;
use rules::Instant;
use rules::eligibility::{Person, Work};
use rules::ids::{ChartId, PersonId, QueueId};
use rules::lifecycle::ChartState;
use rules::words::{AssignmentKind, AssignmentState};
use serde::{Deserialize, Serialize};
use std::collections::{HashMap, HashSet};

/// Charts in hand that are listed, at most.
const IN_HAND_ROWS_MAX: i64 = 500;
/// Waiting charts that are listed, at most: the nearest deadlines.
const WAITING_ROWS_MAX: i64 = 100;

/// Which of the charts that wait are listed; everything else is there in any case.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct BoardFilter {
    /// Only those of this queue.
    pub queue: Option<QueueId>,
    /// Only those that are as urgent as this.
    pub band: Option<Band>,
}

/// To whom the board is shown, and how much of it.
#[derive(Debug, Clone)]
pub(crate) struct Looking {
    /// The zone in which sentences name an hour.
    pub zone: TimeZone,
    /// What the plan keeps before each person.
    pub reserve_minutes: u32,
    pub filter: BoardFilter,
}

/// Everything that a lead looks at.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Board {
    /// When it was so.
    pub at: Instant,
    /// What the plan keeps before each person, in minutes of work.
    pub reserve_minutes: u32,
    /// Every queue that something waits in, the most pressing first.
    pub queues: Vec<QueueRow>,
    /// Everybody who codes or reviews: those on shift come first, the least busy at their head.
    pub people: Vec<PersonRow>,
    /// What is in hand, the nearest deadline first; 500 at most.
    pub in_hand: Vec<HandRow>,
    /// What waits, the nearest deadline first; 100 at most.
    pub waiting: Vec<WaitingView>,
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
    pub person_id: PersonId,
    /// Who, by name.
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
    /// How urgent that is.
    pub band: Band,
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
    /// What it takes at the usual speed, in minutes.
    pub expected_minutes: i64,
    /// When it is due.
    pub due_at: Option<Instant>,
    /// How urgent that is.
    pub band: Band,
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
    teams: HashMap<PersonId, String>,
    absent: HashSet<PersonId>,
    begun: HashMap<PersonId, Begun>,
}

/// The board as somebody looks at it.
///
/// # Errors
/// When the database fails.
pub(crate) async fn board(tx: &mut OpsTx, looking: &Looking) -> Result<Board> {
    let seen = Seen::now(tx).await?;
    let counts = board_store::band_counts(tx, Band::ends(seen.now)).await?;
    let held = store::in_hand(tx, None, IN_HAND_ROWS_MAX).await?;
    Ok(Board {
        at: seen.now,
        reserve_minutes: looking.reserve_minutes,
        queues: seen.queues(&counts),
        people: seen.people(),
        in_hand: held.into_iter().map(|held| seen.hand(held)).collect(),
        waiting: waiting(tx, &seen, looking).await?,
    })
}

async fn waiting(tx: &mut OpsTx, seen: &Seen, looking: &Looking) -> Result<Vec<WaitingView>> {
    let BoardFilter { queue, band } = looking.filter;
    let lanes: Vec<Lane> = seen
        .terms
        .iter()
        .filter(|terms| queue.is_none_or(|queue| queue == terms.queue_id))
        .flat_map(|terms| {
            let (facility, queue) = (terms.facility_id, terms.queue_id);
            KINDS.map(|kind| Lane { facility, queue, kind })
        })
        .collect();
    let depth = Depth { per_tier: WAITING_ROWS_MAX, in_all: WAITING_ROWS_MAX };
    let reach = band.map_or((None, None), |band| band.reach(seen.now));
    let rows = board_store::waiting_due(tx, &lanes, depth, reach).await?;
    let mut histories = Histories::of(tx, &rows).await?;
    Ok(rows.iter().map(|row| seen.waiting(row, &mut histories, &looking.zone)).collect())
}

impl Seen {
    async fn now(tx: &mut OpsTx) -> Result<Self> {
        let terms = facilities::all_terms(tx).await?;
        let names = Names::from(facilities::names(tx).await?, &terms);
        let people = people_now(tx).await?;
        let ids: Vec<_> = people.iter().map(|person| person.id).collect();
        let mut planned = people.clone();
        pause_absent(tx, &mut planned).await?;
        let passed_over =
            planned.iter().zip(&people).filter(|(then, now)| then.paused != now.paused);
        Ok(Self {
            now: tx.now(),
            names,
            terms,
            called: people::names(tx, &ids).await?,
            teams: board_store::teams(tx, &ids).await?,
            absent: passed_over.map(|(person, _)| person.id).collect(),
            begun: board_store::begun(tx).await?,
            people,
        })
    }

    fn hand(&self, (lease, (state, _, due_at)): store::Held) -> HandRow {
        HandRow {
            chart_id: lease.chart_id,
            reference: crate::reference(lease.chart_id),
            facility: self.names.facility(lease.facility_id),
            queue: self.names.queue(lease.facility_id, lease.queue_id),
            person_id: lease.person_id,
            person: self.called.get(&lease.person_id).cloned().unwrap_or_default(),
            kind: lease.kind,
            state,
            begun: lease.state == AssignmentState::Active,
            given_by: given_by(&lease),
            since: lease.started_at.unwrap_or(lease.offered_at),
            held_until: lease.lease_expires_at,
            due_at,
            band: Band::of(due_at, self.now),
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
            expected_minutes: crate::minutes(i64::from(row.expected_seconds)),
            due_at: row.due_at,
            band: Band::of(row.due_at, self.now),
            why: why.unwrap_or_default(),
        }
    }
}
