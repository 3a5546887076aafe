//! Leases that end by themselves: run out, or held by somebody who may no longer hold them.

use crate::escalate::escalate;
use crate::snapshot;
use crate::store;
use crate::take_back::{Ending, take_back, tell_waiting};
use base::Services;
use base::audit::{self, Entry};
use base::db::OpsTx;
use base::error::{Result, can_fail};
use charts::leases::{self, Assignment};
use rules::Instant;
use rules::eligibility::{Person, QueueTerms, Rule, check_queue};
use rules::ids::{FacilityId, PersonId, QueueId};
use rules::lifecycle::Actor;
use rules::words::AssignmentState;
use std::collections::{HashMap, HashSet};

const SECONDS_PER_MINUTE: i64 = 60;

/// Why a lease is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Because {
    RanOut,
    /// The holder fails a rule that nobody can override.
    Unsafe,
    /// The holder's shift is over, and so is their work on it.
    ShiftOver,
}

/// Ends what has to end and answers how many leases that were. A lease that moved meanwhile is left
/// alone, one that can't be ended now is tried again with the next sweep.
///
/// # Errors
/// When the leases cannot be read.
pub async fn sweep(services: &Services) -> Result<u32> {
    can_fail("escalating", Box::pin(escalate(services)).await);
    let system = services.authority.system();
    let due = services.db.ops(&system, async |tx| due(tx, after_shift(services)).await).await?;
    let mut ended = 0_u32;
    for (lease, because) in due {
        let done = Box::pin(end(services, &lease, because)).await;
        if can_fail("ending a lease", done) == Some(true) {
            ended = ended.saturating_add(1);
        }
    }
    Ok(ended)
}

/// How long after the end of a shift somebody may be silent and still keep their work, in seconds.
fn after_shift(services: &Services) -> i64 {
    i64::from(services.config.leases.after_shift_minutes) * SECONDS_PER_MINUTE
}

async fn due(tx: &mut OpsTx, after_shift_seconds: i64) -> Result<Vec<(Assignment, Because)>> {
    let mut due = Vec::new();
    let mut seen = HashSet::new();
    for lease in leases::run_out(tx).await? {
        seen.insert(lease.id);
        due.push((lease, Because::RanOut));
    }
    let live = store::live_leases(tx).await?;
    if live.is_empty() {
        return Ok(due);
    }
    let holders: HashMap<PersonId, Person> =
        people::workforce(tx).await?.into_iter().map(|person| (person.id, person)).collect();
    let terms: HashMap<(FacilityId, QueueId), QueueTerms> = facilities::all_terms(tx)
        .await?
        .iter()
        .map(|terms| ((terms.facility_id, terms.queue_id), terms.eligibility_of_holders()))
        .collect();
    let barred = store::barred(tx).await?;
    let now = tx.now();
    for lease in live.into_iter().filter(|lease| !seen.contains(&lease.id)) {
        let Some(terms) = terms.get(&(lease.facility_id, lease.queue_id)) else { continue };
        // Who is not among the workforce is disabled, or does none of this work any more.
        let holder = holders.get(&lease.person_id);
        let fails = |person| check_queue(person, terms, lease.kind, now).is_err();
        if barred.contains(&lease.id) || holder.is_none_or(fails) {
            due.push((lease, Because::Unsafe));
        } else if holder.is_some_and(|it| has_left(it, &lease, (now, after_shift_seconds))) {
            due.push((lease, Because::ShiftOver));
        }
    }
    Ok(due)
}

/// Whether somebody began this piece of work, is off shift, on leave for instance, and has not touched it
/// for a while. Offers have a term of their own: one made for the next shift stays.
fn has_left(
    holder: &Person,
    lease: &Assignment,
    (now, after_shift_seconds): (Instant, i64),
) -> bool {
    let last_sign =
        lease.started_at.map(|started| lease.last_seen_at.unwrap_or(started).max(started));
    let silent = last_sign.is_some_and(|sign| now.seconds_since(sign) >= after_shift_seconds);
    lease.state == AssignmentState::Active && holder.shift_ends_at.is_none() && silent
}

/// Ends one lease, if it is still to be ended once its chart is locked.
async fn end(services: &Services, lease: &Assignment, because: Because) -> Result<bool> {
    let system = services.authority.system();
    services
        .db
        .ops(&system, async |tx| {
            let chart = charts::store::lock(tx, lease.chart_id).await?;
            let live = leases::live(tx, &chart, lease.kind).await?;
            let Some(live) = live.filter(|live| live.id == lease.id) else { return Ok(false) };
            let (how, reason) = match because {
                Because::RanOut if live.lease_expires_at >= tx.now() => return Ok(false),
                Because::RanOut => (AssignmentState::Expired, silence(&live)),
                Because::ShiftOver => {
                    let (holder, _) = snapshot::person_now(tx, live.person_id).await?;
                    if !has_left(&holder, &live, (tx.now(), after_shift(services))) {
                        return Ok(false);
                    }
                    (AssignmentState::Expired, "shift_over")
                }
                Because::Unsafe => match failed_rule(tx, &live).await? {
                    None => return Ok(false),
                    Some(rule) => (AssignmentState::Revoked, rule.as_str()),
                },
            };
            let ending = Ending { how, actor: Actor::SYSTEM, reason };
            take_back(tx, &chart, &live, ending).await?;
            tell_waiting(tx, &[live.person_id])?;
            if how == AssignmentState::Revoked {
                let detail = format!("kind {}, rule {reason}", live.kind);
                let id = chart.id.uuid();
                let entry = Entry::of(chart.facility_id, "work.revoked", "chart", id);
                audit::append(tx, entry.with(detail)).await?;
            }
            Ok(true)
        })
        .await
}

/// What ran out: the time to open an offer, or the time without activity.
const fn silence(lease: &Assignment) -> &'static str {
    match lease.state {
        AssignmentState::Offered => "offer_unopened",
        _ => "no_activity",
    }
}

/// The first rule of safety that the holder fails now, asked afresh.
async fn failed_rule(tx: &mut OpsTx, lease: &Assignment) -> Result<Option<Rule>> {
    if leases::excluded(tx, lease.chart_id).await?.contains(&lease.person_id) {
        return Ok(Some(Rule::NotExcluded));
    }
    let (holder, _) = snapshot::person_now(tx, lease.person_id).await?;
    let terms = facilities::terms(tx, lease.facility_id, lease.queue_id).await?;
    Ok(check_queue(&holder, &terms.eligibility_of_holders(), lease.kind, tx.now()).err())
}
