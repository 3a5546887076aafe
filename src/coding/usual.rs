//! Which codes a facility reports often: counted from what was handed in, remembered for the search.

use crate::store;
use base::Services;
use base::db::{FacilityScope, PlaneTx, VendorScope};
use base::error::Result;
use base::jobs::{self, Job, JobError};
use codesets::Usual;
use rules::Instant;
use rules::ids::{FacilityId, PersonId};
use rules::words::CodeSystem;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use std::sync::{Arc, LazyLock, Mutex, PoisonError};

/// Codings of so many days are counted, so that what is no longer reported is forgotten.
const COUNTED_DAYS: i64 = 180;
/// A code is usual from so many charts on; of fewer nothing is kept.
const CHARTS_MIN: i64 = 5;
/// Codes that are kept of a facility, at most: the most usual ones.
const CODES_MAX: i64 = 1_000;
/// A count waits so long, so that a busy facility is counted once in that time.
const COUNT_AFTER_SECONDS: i64 = 3_600;
/// After so long the database is asked again.
const AGE_SECONDS_MAX: i64 = 300;
/// People and facilities that are remembered, at most; then all are forgotten.
const REMEMBERED_MAX: usize = 2_000;
const DAY_SECONDS: i64 = 86_400;

/// The promise to count a facility's codes. Twice counts the same.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct CountUsual {
    facility: FacilityId,
}

impl Job for CountUsual {
    const KIND: &'static str = "coding.count_usual";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
    fn unique_key(&self) -> Option<String> {
        Some(format!("{}:{}", Self::KIND, self.facility))
    }
}

/// Promises that the facility's codes are counted within the hour.
pub(crate) fn count_soon(tx: &mut PlaneTx, facility: FacilityId) -> Result<()> {
    let at = tx.now().plus_seconds(COUNT_AFTER_SECONDS);
    jobs::enqueue_at(tx, &CountUsual { facility }, at)
}

/// Does [`CountUsual`].
pub(crate) async fn do_count(
    services: Arc<Services>,
    count: CountUsual,
) -> std::result::Result<(), JobError> {
    let scope = services.authority.facility(count.facility, None);
    services
        .db
        .facility(&scope, async |tx| {
            let since = tx.now().plus_seconds(-COUNTED_DAYS * DAY_SECONDS);
            store::count_usual(tx, count.facility, (since, CHARTS_MIN, CODES_MAX)).await?;
            Ok(())
        })
        .await?;
    Ok(())
}

/// What a facility reports often, by system.
#[derive(Debug, Default)]
pub(crate) struct OfFacility(HashMap<CodeSystem, Arc<Usual>>);

impl OfFacility {
    /// The usual codes of one system.
    pub fn of(&self, system: CodeSystem) -> Arc<Usual> {
        self.0.get(&system).cloned().unwrap_or_default()
    }
}

/// Who asks: their own reach decides which facilities' counts they may use.
#[derive(Debug)]
pub(crate) enum Asking {
    /// Somebody of the vendor, of whose facilities one is named.
    Vendor(VendorScope, FacilityId),
    /// Somebody of the facility itself.
    Facility(FacilityScope),
}

type Key = (Option<PersonId>, FacilityId);
type Remembered = HashMap<Key, (Arc<OfFacility>, Instant)>;
static REMEMBERED: LazyLock<Mutex<Remembered>> = LazyLock::new(Mutex::default);

fn with_remembered<T>(look: impl FnOnce(&mut Remembered) -> T) -> T {
    look(&mut REMEMBERED.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What the facility reports often, some minutes old at most. Nothing of a facility that the person
/// does not work for: it answers like one that has reported nothing yet.
///
/// # Errors
/// When the database fails.
pub(crate) async fn of(services: &Services, asking: &Asking) -> Result<Arc<OfFacility>> {
    let (person, facility) = match asking {
        Asking::Vendor(scope, facility) => (scope.person(), *facility),
        Asking::Facility(scope) => (scope.person(), scope.facility()),
    };
    let now = services.clock().now();
    let known = with_remembered(|all| all.get(&(person, facility)).cloned());
    if let Some((usual, at)) = known
        && now.seconds_since(at).abs() < AGE_SECONDS_MAX
    {
        return Ok(usual);
    }
    let counts = match asking {
        Asking::Vendor(scope, _) => {
            services.db.desk(scope, async |tx| Ok(store::usual(tx, facility).await?)).await?
        }
        Asking::Facility(scope) => {
            services.db.facility(scope, async |tx| Ok(store::usual(tx, facility).await?)).await?
        }
    };
    let usual = Arc::new(by_system(counts));
    with_remembered(|all| {
        if all.len() >= REMEMBERED_MAX {
            all.clear();
        }
        all.insert((person, facility), (Arc::clone(&usual), now));
    });
    Ok(usual)
}

fn by_system(counts: Vec<(CodeSystem, String, i32)>) -> OfFacility {
    let mut systems: HashMap<CodeSystem, Vec<(String, u32)>> = HashMap::new();
    for (system, code, charts) in counts {
        let charts = u32::try_from(charts).unwrap_or_default();
        systems.entry(system).or_default().push((code, charts));
    }
    let usual = |(system, counts)| (system, Arc::new(Usual::from_counts(counts)));
    OfFacility(systems.into_iter().map(usual).collect())
}
