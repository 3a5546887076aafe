//! The ladder of each queue, climbed in business time: what is due is done, once for each chart.

use crate::tell::TellDeadline;
use base::Services;
use base::audit::{self, Entry};
use base::db::OpsTx;
use base::error::{Result, can_fail};
use base::jobs;
use charts::ChartRow;
use charts::escalation::{Near, Reach, lock_free, near, open_queues, queues_under_way};
use facilities::Terms;
use rules::clock::Calendar;
use rules::escalation::{Deadline, Step, due_steps, raised};
use rules::ids::{ChartId, FacilityId, QueueId};
use rules::lifecycle::{self, Action, Actor};
use std::collections::hash_map::Entry as Slot;
use std::collections::{BTreeMap, HashMap};
use web::live::{self, Topic};

/// A queue with what its steps are measured by, and the charts that may be due for one.
struct Rising {
    terms: Terms,
    calendar: Calendar,
    charts: Vec<ChartId>,
}

/// Takes the steps that are due and answers how many. A chart that somebody else is at is left for the next
/// sweep.
///
/// # Errors
/// When it cannot be read what is due.
pub(crate) async fn escalate(services: &Services) -> Result<u32> {
    let system = services.authority.system();
    let rising = services.db.ops(&system, async |tx| rising(tx).await).await?;
    let mut steps = 0_u32;
    for queue in &rising {
        let taken = services.db.ops(&system, async |tx| climb(tx, queue).await).await;
        steps = steps.saturating_add(can_fail("escalating a queue", taken).unwrap_or(0));
    }
    let changed = services.db.ops(&system, async |tx| Ok(open_queues(tx).await?)).await?;
    if changed > 0 {
        services.db.ops(&system, async |tx| live::tell(tx, Topic::Board)).await?;
    }
    Ok(steps)
}

/// The queues with charts that are near enough to their deadlines.
async fn rising(tx: &mut OpsTx) -> Result<Vec<Rising>> {
    let busy = queues_under_way(tx).await?;
    let mut terms: HashMap<(FacilityId, QueueId), Terms> = facilities::all_terms(tx)
        .await?
        .into_iter()
        .map(|terms| ((terms.facility_id, terms.queue_id), terms))
        .collect();
    let mut calendars: HashMap<FacilityId, Calendar> = HashMap::new();
    let mut reaches = Vec::new();
    for terms in busy.iter().filter_map(|queue| terms.get(queue)) {
        let calendar = match calendars.entry(terms.facility_id) {
            Slot::Occupied(known) => known.into_mut(),
            Slot::Vacant(new) => new.insert(facilities::calendar(tx, terms.facility_id).await?),
        };
        let now = tx.now();
        reaches.extend(terms.escalation.steps().filter_map(|(step, mark)| {
            let until = mark.reach(i64::from(terms.turnaround_minutes), now, calendar)?;
            Some(Reach { facility: terms.facility_id, queue: terms.queue_id, step, until })
        }));
    }
    if reaches.is_empty() {
        return Ok(Vec::new());
    }
    let mut by_queue: BTreeMap<(FacilityId, QueueId), Vec<ChartId>> = BTreeMap::new();
    for Near { facility_id, queue_id, id } in near(tx, &reaches).await? {
        by_queue.entry((facility_id, queue_id)).or_default().push(id);
    }
    let found = by_queue.into_iter().filter_map(|(queue, charts)| {
        let calendar = calendars.get(&queue.0)?.clone();
        Some(Rising { terms: terms.remove(&queue)?, calendar, charts })
    });
    Ok(found.collect())
}

/// Takes what is due for the charts of one queue; who is to be told hears of all of them at once.
async fn climb(tx: &mut OpsTx, queue: &Rising) -> Result<u32> {
    let Rising { terms, calendar, charts } = queue;
    let now = tx.now();
    let mut told: BTreeMap<Step, Vec<ChartRow>> = BTreeMap::new();
    for (chart, taken) in lock_free(tx, terms.facility_id, charts).await? {
        let Some(due_at) = chart.due_at.filter(|_| chart.paused_at.is_none()) else { continue };
        let turnaround_minutes = i64::from(terms.turnaround_minutes);
        let deadline = Deadline { due_at, turnaround_minutes };
        let mut chart = chart;
        for step in due_steps(&terms.escalation, deadline, &taken, now, calendar) {
            let life = chart.life();
            let Ok(change) = lifecycle::decide(&life, Action::Escalate, Actor::SYSTEM, now) else {
                break;
            };
            let raises = step == Step::RaisePriority;
            let priority = if raises { raised(chart.priority) } else { chart.priority };
            chart = charts::store::escalate(tx, &change, step, priority).await?;
            told.entry(step).or_default().push(chart.clone());
        }
    }
    let mut steps = 0_u32;
    for (step, charts) in told {
        steps = steps.saturating_add(u32::try_from(charts.len()).unwrap_or(u32::MAX));
        note(tx, terms, step, &charts).await?;
    }
    Ok(steps)
}

async fn note(tx: &mut OpsTx, terms: &Terms, step: Step, charts: &[ChartRow]) -> Result<()> {
    match step {
        Step::WidenSkills | Step::RaisePriority | Step::OverflowTeam => {}
        Step::TellLead | Step::TellClient => {
            jobs::enqueue(tx, &TellDeadline::of(terms, step, charts))?;
        }
    }
    let detail = format!("step {step}, charts {}", charts.len());
    let entry = Entry::of(terms.facility_id, "queue.escalated", "queue", terms.queue_id.uuid());
    audit::append(tx, entry.with(detail)).await?;
    live::tell(tx, Topic::Board)?;
    live::tell(tx, Topic::Facility(terms.facility_id))
}
