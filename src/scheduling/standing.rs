//! What a server remembers of a person between two Nexts: the lanes open to them, as the rules decided.
//!
//! Remembered is never believed: every Next tells the database from which revision it was decided, and the
//! database refuses another one. Time is looked at here: nothing is remembered past the person's midnight,
//! or past the beginning or end of a shift.

use crate::next::KINDS;
use crate::store::{self, Lane};
use base::Services;
use base::db::{OpsTx, VendorScope};
use base::error::Result;
use facilities::Terms;
use rules::Instant;
use rules::eligibility::{Person, check_queue};
use rules::ids::PersonId;
use rules::words::AssignmentKind;
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// People who are remembered, at most; then all are forgotten.
const PEOPLE_MAX: usize = 4_096;

type Remembered = HashMap<(PersonId, bool), Arc<Standing>>;
static REMEMBERED: LazyLock<Mutex<Remembered>> = LazyLock::new(Mutex::default);

/// A person without their load, and their lanes.
#[derive(Debug)]
pub(crate) struct Standing {
    pub person: Person,
    /// The person's revision and the queues'.
    pub revisions: Vec<i64>,
    /// From which new work is given.
    pub open: Vec<Lane>,
    /// In which what is held already may be kept, and no more is given: a skill is only preferred.
    pub held_only: Vec<Lane>,
    from: Instant,
    until: Instant,
}

impl Standing {
    /// Whether nothing has changed by the clock alone.
    pub(crate) fn is_true_at(&self, now: Instant) -> bool {
        self.from <= now && now < self.until
    }
}

/// The person's standing, from memory where that is possible.
pub(crate) async fn of(
    services: &Services,
    scope: &VendorScope,
    person: PersonId,
) -> Result<Arc<Standing>> {
    let key = (person, scope.every_facility());
    let now = services.clock().now();
    let remembered = with_remembered(|all| all.get(&key).map(Arc::clone));
    if let Some(standing) = remembered.filter(|standing| standing.is_true_at(now)) {
        return Ok(standing);
    }
    let decided = services.db.ops(scope, async |tx| Box::pin(decide(tx, person)).await).await?;
    let standing = Arc::new(decided);
    with_remembered(|all| {
        if all.len() >= PEOPLE_MAX {
            all.clear();
        }
        all.insert(key, Arc::clone(&standing))
    });
    Ok(standing)
}

/// Forgets what turned out to be old.
pub(crate) fn forget(scope: &VendorScope, person: PersonId) {
    with_remembered(|all| all.remove(&(person, scope.every_facility())));
}

fn with_remembered<T>(look: impl FnOnce(&mut Remembered) -> T) -> T {
    look(&mut REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// The revisions are read first: what is read after them is at least as new.
async fn decide(tx: &mut OpsTx, id: PersonId) -> Result<Standing> {
    let revisions = store::revisions(tx, id).await?;
    let person = people::candidate(tx, id).await?;
    let terms = facilities::all_terms(tx).await?;
    let now = tx.now();
    let until = until(&person, now);
    let (open, held_only) = lanes(&person, &terms, now);
    Ok(Standing { person, revisions, open, held_only, from: now, until })
}

fn lanes(person: &Person, terms: &[Terms], now: Instant) -> (Vec<Lane>, Vec<Lane>) {
    let (mut open, mut held_only) = (Vec::new(), Vec::new());
    for terms in terms {
        let (asked, asked_of_holders) = (terms.eligibility(), terms.eligibility_of_holders());
        for kind in KINDS {
            let lane = lane(terms, kind);
            if check_queue(person, &asked, kind, now).is_ok() {
                open.push(lane);
            } else if check_queue(person, &asked_of_holders, kind, now).is_ok() {
                held_only.push(lane);
            }
        }
    }
    (open, held_only)
}

const fn lane(terms: &Terms, kind: AssignmentKind) -> Lane {
    Lane { facility: terms.facility_id, queue: terms.queue_id, kind }
}

/// When the clock alone may change an answer: credentials and attestations end with the person's day.
fn until(person: &Person, now: Instant) -> Instant {
    let today = now.in_zone(&person.zone).date();
    let midnight = today.tomorrow().and_then(|day| day.to_zoned(person.zone.clone()));
    let midnight = midnight.map_or(now, |midnight| Instant::new(midnight.timestamp()));
    [person.shift_ends_at, person.next_shift_at].into_iter().flatten().fold(midnight, Instant::min)
}

#[cfg(test)]
mod tests {
    use super::until;
    use rules::Instant;
    use rules::eligibility::Person;
    use rules::ids::PersonId;

    fn at(text: &str) -> Instant {
        text.parse().unwrap()
    }

    fn person(zone: &str) -> Person {
        Person {
            id: PersonId::new(),
            active: true,
            paused: false,
            kinds: [].into(),
            facilities: [].into(),
            overflow: [].into(),
            skills: [].into(),
            credentials: [].into(),
            country: None,
            attested_until: None,
            zone: rules::clock::zone(zone).unwrap(),
            shift_ends_at: None,
            next_shift_at: None,
            open_work: 0,
            wip_limit: 3,
            queued_seconds: 0,
            speed_percent: 100,
        }
    }

    #[test]
    fn nothing_is_remembered_past_midnight_where_the_person_is_or_past_a_shift() {
        let now = at("2026-03-03T15:00:00Z");
        assert_eq!(until(&person("Asia/Kolkata"), now), at("2026-03-03T18:30:00Z"));
        let on = Person { shift_ends_at: Some(at("2026-03-03T16:00:00Z")), ..person("UTC") };
        assert_eq!(until(&on, now), at("2026-03-03T16:00:00Z"));
        let off = Person { next_shift_at: Some(at("2026-03-04T06:00:00Z")), ..person("UTC") };
        assert_eq!(until(&off, now), at("2026-03-04T00:00:00Z"));
    }
}
