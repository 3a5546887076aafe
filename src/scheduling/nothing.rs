//! Why Next gives nothing: one sentence for the person who asked.

use crate::explain::closed_queues;
use crate::next::{KINDS, open_lanes};
use crate::snapshot::person_now;
use crate::store;
use base::Services;
use base::db::{OpsTx, VendorScope};
use base::error::Result;
use rules::Instant;
use rules::eligibility::{Person, Rule};
use rules::ids::PersonId;
use rules::words::AssignmentKind;
use std::collections::BTreeMap;

/// Waiting charts are counted up to here: more is "many" to the person who waits.
const WAITING_COUNTED_MAX: i64 = 1_000;

/// Why there is nothing for this person at the moment.
///
/// # Errors
/// When the database fails.
pub async fn why_nothing(
    services: &Services,
    scope: &VendorScope,
    person: PersonId,
    kind: Option<AssignmentKind>,
) -> Result<String> {
    services.db.ops(scope, async |tx| Box::pin(why(tx, person, kind)).await).await
}

/// Why there would be nothing if the person asked now; none when they may well be given something.
pub(crate) async fn why_if_nothing(tx: &mut OpsTx, person: &Person) -> Result<Option<String>> {
    if let Some(sentence) = not_at_work(person, tx.now()) {
        return Ok(Some(sentence));
    }
    let lanes = open_lanes(tx, person, None).await?;
    if !lanes.is_empty() && store::count_waiting(tx, &lanes, 1).await? > 0 {
        return Ok(None);
    }
    why(tx, person.id, None).await.map(Some)
}

pub(crate) async fn why(
    tx: &mut OpsTx,
    person: PersonId,
    kind: Option<AssignmentKind>,
) -> Result<String> {
    let (person, _) = person_now(tx, person).await?;
    let now = tx.now();
    if let Some(sentence) = not_at_work(&person, now) {
        return Ok(sentence);
    }
    let kinds: Vec<_> = KINDS
        .into_iter()
        .filter(|each| kind.is_none_or(|kind| kind == *each) && person.kinds.contains(each))
        .collect();
    if kinds.is_empty() {
        return Ok("You do not do this kind of work.".to_owned());
    }
    let lanes = open_lanes(tx, &person, kind).await?;
    if lanes.is_empty() {
        let terms = facilities::all_terms(tx).await?;
        return Ok(closed(&closed_queues(&person, &terms, &kinds, now).1));
    }
    let waiting = store::count_waiting(tx, &lanes, WAITING_COUNTED_MAX).await?;
    Ok(open_but_nothing(waiting, lanes.len()))
}

/// What keeps the person from any work, whatever waits.
fn not_at_work(person: &Person, now: Instant) -> Option<String> {
    if !person.active {
        return Some("Your account is not active.".to_owned());
    }
    if person.paused {
        return Some("You are paused; your lead can start you again.".to_owned());
    }
    if person.shift_seconds_left(now).is_none() {
        return Some(off_shift(person));
    }
    (person.open_work >= person.wip_limit).then(|| match person.open_work {
        1 => "You hold 1 chart, as many as you may: finish it or give it back first.".to_owned(),
        charts => {
            format!("You hold {charts} charts, as many as you may: finish or give back one first.")
        }
    })
}

fn off_shift(person: &Person) -> String {
    match person.next_shift_at {
        None => "You are off shift, and no further shift is planned.".to_owned(),
        Some(at) => {
            let begins = at.timestamp().to_zoned(person.zone.clone());
            format!("You are off shift; the next begins {}.", begins.strftime("%A %H:%M %Z"))
        }
    }
}

/// No queue is open to the person.
fn closed(by_rule: &BTreeMap<Rule, u32>) -> String {
    if by_rule.is_empty() {
        return "No facility has allow-listed you yet; your lead can settle that.".to_owned();
    }
    let parts: Vec<_> =
        by_rule.iter().map(|(rule, queues)| format!("{queues} {}", rule.label())).collect();
    format!("No queue is open to you: {}.", parts.join(", "))
}

fn open_but_nothing(waiting: i64, lanes: usize) -> String {
    let queues = if lanes == 1 { "1 queue".to_owned() } else { format!("{lanes} queues") };
    match waiting {
        0 => format!("Nothing waits in the {queues} open to you."),
        _ => format!(
            "What waits in the {queues} open to you is kept for others, is your own work, or would not \
             be done before your shift ends."
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::{closed, open_but_nothing};
    use rules::eligibility::Rule;
    use std::collections::BTreeMap;

    #[test]
    fn a_person_without_work_is_told_what_would_have_to_change() {
        let rules = BTreeMap::from([(Rule::Skills, 2), (Rule::AllowListed, 3)]);
        assert_eq!(
            closed(&rules),
            "No queue is open to you: 3 not allow-listed, 2 missing a skill."
        );
        assert_eq!(open_but_nothing(0, 4), "Nothing waits in the 4 queues open to you.");
        assert!(closed(&BTreeMap::new()).contains("allow-listed"));
    }
}
