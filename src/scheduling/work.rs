//! What one person has in hand: what is offered to them, what they work on, what they put on hold.

use crate::next::Taken;
use crate::snapshot::person_now;
use crate::{nothing, store};
use base::Services;
use base::db::{OpsTx, VendorScope};
use base::error::Result;
use charts::holds::Hold;
use facilities::{FacilityName, Terms};
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::lifecycle::ChartState;
use rules::words::{AssignmentKind, AssignmentState, HoldOwner, HoldReason};
use serde::Serialize;
use std::collections::HashMap;

/// Charts and holds that are listed, at most.
const ROWS_MAX: i64 = 200;

/// Somebody's work at this moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Work {
    /// The kinds of work that they do.
    pub kinds: Vec<AssignmentKind>,
    /// Until when they are on shift; none when they are off.
    pub on_shift_until: Option<Instant>,
    /// When their next shift begins, as far as one is planned.
    pub next_shift_at: Option<Instant>,
    /// Charts that they may hold at once.
    pub wip_limit: u32,
    /// What they hold, the nearest deadline first.
    pub in_hand: Vec<InHand>,
    /// What they put on hold, newest first.
    pub holds: Vec<MyHold>,
    /// Why Next would give nothing; none while something is in hand, or may be had.
    pub nothing: Option<String>,
}

/// A chart that somebody holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct InHand {
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
    /// Where the chart stands.
    pub state: ChartState,
    /// Whether it is offered, or was begun.
    pub begun: bool,
    /// How often a reviewer has sent it back.
    pub round: i32,
    /// What it takes at the usual speed, in minutes.
    pub expected_minutes: i64,
    /// When it is due.
    pub due_at: Option<Instant>,
    /// Until when it is held without a sign of life.
    pub held_until: Instant,
}

/// A hold that somebody opened and that is still open.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct MyHold {
    /// The chart.
    pub chart_id: ChartId,
    /// What it is called where no patient is named.
    pub reference: String,
    /// The tenant, in words.
    pub facility: String,
    /// Why it is held.
    pub reason: HoldReason,
    /// The same in words.
    pub reason_words: &'static str,
    /// Whose turn it is.
    pub owner: HoldOwner,
    /// What ends it, in words.
    pub ends: String,
    /// Whether the contract clock stands still meanwhile.
    pub stops_clock: bool,
    /// Since when.
    pub since: Instant,
}

/// Where a chart that one was given is worked on.
pub(crate) fn place(taken: &Taken) -> String {
    match taken.kind {
        AssignmentKind::Coding => format!("/desk/{}", taken.chart_id),
        AssignmentKind::Review | AssignmentKind::Arbitration => {
            format!("/review/{}", taken.chart_id)
        }
    }
}

/// The names that rows are read with.
pub(crate) struct Names {
    facilities: HashMap<FacilityId, FacilityName>,
    queues: HashMap<(FacilityId, QueueId), String>,
}

impl Names {
    pub(crate) async fn of(tx: &mut OpsTx) -> Result<Self> {
        Ok(Self::from(facilities::names(tx).await?, &facilities::all_terms(tx).await?))
    }

    pub(crate) fn from(facilities: HashMap<FacilityId, FacilityName>, terms: &[Terms]) -> Self {
        let queues = terms
            .iter()
            .map(|terms| ((terms.facility_id, terms.queue_id), terms.name.clone()))
            .collect();
        Self { facilities, queues }
    }

    /// Whether the scope shows a facility.
    pub(crate) fn shows(&self, facility: FacilityId) -> bool {
        self.facilities.contains_key(&facility)
    }

    pub(crate) fn facility(&self, facility: FacilityId) -> String {
        self.facilities.get(&facility).map(|name| name.name.clone()).unwrap_or_default()
    }

    pub(crate) fn queue(&self, facility: FacilityId, queue: QueueId) -> String {
        self.queues.get(&(facility, queue)).cloned().unwrap_or_default()
    }
}

/// What a person has in hand.
///
/// # Errors
/// When the database fails.
pub async fn work(services: &Services, scope: &VendorScope, person: PersonId) -> Result<Work> {
    services.db.ops(scope, async |tx| Box::pin(of(tx, person)).await).await
}

async fn of(tx: &mut OpsTx, id: PersonId) -> Result<Work> {
    let names = Names::of(tx).await?;
    let (person, _) = person_now(tx, id).await?;
    let held = store::in_hand(tx, Some(id), ROWS_MAX).await?;
    let holds = store::holds_of(tx, id, ROWS_MAX).await?;
    let now = tx.now();
    let nothing = if held.is_empty() { nothing::why_if_nothing(tx, &person).await? } else { None };
    Ok(Work {
        kinds: person.kinds.iter().copied().collect(),
        on_shift_until: person.shift_seconds_left(now).and(person.shift_ends_at),
        next_shift_at: person.next_shift_at,
        wip_limit: person.wip_limit,
        in_hand: held.into_iter().map(|held| in_hand(&names, held)).collect(),
        holds: holds.iter().map(|hold| my_hold(&names, hold)).collect(),
        nothing,
    })
}

fn in_hand(names: &Names, (lease, (state, round, due_at)): store::Held) -> InHand {
    InHand {
        chart_id: lease.chart_id,
        reference: crate::reference(lease.chart_id),
        facility: names.facility(lease.facility_id),
        queue: names.queue(lease.facility_id, lease.queue_id),
        kind: lease.kind,
        state,
        begun: lease.state == AssignmentState::Active,
        round,
        expected_minutes: crate::minutes(i64::from(lease.expected_seconds)),
        due_at,
        held_until: lease.lease_expires_at,
    }
}

fn my_hold(names: &Names, hold: &Hold) -> MyHold {
    MyHold {
        chart_id: hold.chart_id,
        reference: crate::reference(hold.chart_id),
        facility: names.facility(hold.facility_id),
        reason: hold.reason,
        reason_words: hold.reason.label(),
        owner: hold.owner,
        ends: hold.ends(),
        stops_clock: hold.stops_clock,
        since: hold.opened_at,
    }
}
