//! What each facility has in hand, for fair turns in Next: read now and then, counted on in between.
//!
//! It only decides whose turn it is among equally urgent charts, so that a few seconds' age does no harm.

use crate::store::{self, Lane};
use base::Services;
use base::error::Result;
use rules::Instant;
use rules::ids::FacilityId;
use rules::planner::fairness::Share;
use std::collections::{HashMap, HashSet};
use std::sync::{LazyLock, Mutex, PoisonError};

/// After so long the database is asked again.
const AGE_SECONDS_MAX: i64 = 10;
/// Facilities that are remembered, at most; then all are forgotten.
const FACILITIES_MAX: usize = 20_000;

type Remembered = HashMap<FacilityId, (Share, Instant)>;
static REMEMBERED: LazyLock<Mutex<Remembered>> = LazyLock::new(Mutex::default);

fn with_remembered<T>(look: impl FnOnce(&mut Remembered) -> T) -> T {
    look(&mut REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// Asks the database when what is remembered of these lanes' facilities is old.
pub(crate) async fn refresh(services: &Services, lanes: &[Lane]) -> Result<()> {
    let now = services.clock().now();
    let is_fresh = |at: Instant| now.seconds_since(at).abs() < AGE_SECONDS_MAX;
    let all_fresh = with_remembered(|all| {
        lanes.iter().all(|lane| all.get(&lane.facility).is_some_and(|(_, at)| is_fresh(*at)))
    });
    // Of one facility there is no other whose turn it could be.
    if all_fresh || facilities_of(lanes).len() < 2 {
        return Ok(());
    }
    let system = services.authority.system();
    let shares = services.db.ops(&system, async |tx| Ok(store::shares(tx).await?)).await?;
    with_remembered(|all| {
        if all.len() >= FACILITIES_MAX {
            all.clear();
        }
        all.extend(shares.into_iter().map(|(facility, share)| (facility, (share, now))));
    });
    Ok(())
}

/// Counts what this server gave since then.
pub(crate) fn count(facility: FacilityId, expected_seconds: u32) {
    with_remembered(|all| {
        if let Some((share, _)) = all.get_mut(&facility) {
            *share = share.with(expected_seconds);
        }
    });
}

/// Where the next chart of each of these lanes' facilities begins, as columns.
pub(crate) fn starts(lanes: &[Lane]) -> (Vec<FacilityId>, Vec<i64>) {
    let facilities = facilities_of(lanes);
    with_remembered(|all| {
        let start = |facility: FacilityId| {
            let share = all.get(&facility).map(|(share, _)| *share).unwrap_or_default();
            (facility, i64::try_from(share.start()).unwrap_or(i64::MAX))
        };
        facilities.into_iter().map(start).unzip()
    })
}

fn facilities_of(lanes: &[Lane]) -> HashSet<FacilityId> {
    lanes.iter().map(|lane| lane.facility).collect()
}
