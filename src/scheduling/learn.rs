//! Once a day: what coding really took becomes what is expected of it.

use base::Services;
use base::db::WorkTx;
use base::error::Result;
use base::jobs::{self, Job, JobError};
use charts::observed::{Observed, observed};
use rules::ids::FacilityId;
use rules::learning::{LEARNING_DAYS, Lessons, Observation, Queue, learn as learn_from};
use rules::time::Day;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// Codings that are learned from, at most; the latest ones.
const LEARNED_CODINGS_MAX: i64 = 200_000;
const DAY_SECONDS: i64 = 86_400;

/// The promise to learn on a day. Twice on one day teaches the same.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct LearnMinutes {
    day: Day,
}

impl Job for LearnMinutes {
    const KIND: &'static str = "scheduling.learn";
    fn facility(&self) -> Option<FacilityId> {
        None
    }
    fn unique_key(&self) -> Option<String> {
        Some(format!("{}:{}", Self::KIND, self.day))
    }
}

/// What was learned, in numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Learned {
    /// Codings that taught it.
    pub codings: usize,
    /// Estimates by queue and length.
    pub estimates: usize,
    /// People whose speed is known.
    pub people: usize,
}

/// Learns the expected length of codings and the speed of coders anew from the last weeks.
///
/// # Errors
/// When the database fails.
pub async fn learn(services: &Services) -> Result<Learned> {
    let system = services.authority.system();
    services
        .db
        .ops(&system, async |tx| {
            let defaults = defaults(tx).await?;
            let now = tx.now();
            let since = now.plus_seconds(-LEARNING_DAYS * DAY_SECONDS);
            let until = now.plus_seconds(1);
            let seen = observed(tx, (since, until), None, LEARNED_CODINGS_MAX).await?;
            let seen: Vec<Observation> = seen.iter().map(observation).collect();
            let Lessons { estimates, speeds } = learn_from(&defaults, &seen);
            facilities::keep_estimates(tx, &defaults, &estimates).await?;
            people::keep_speeds(tx, &speeds).await?;
            Ok(Learned { codings: seen.len(), estimates: estimates.len(), people: speeds.len() })
        })
        .await
}

async fn defaults(tx: &mut WorkTx) -> Result<BTreeMap<Queue, u32>> {
    let terms = facilities::all_terms(tx).await?;
    let default = |terms: &facilities::Terms| {
        ((terms.facility_id, terms.queue_id), crate::snapshot::seconds(terms.expected_seconds))
    };
    Ok(terms.iter().map(default).collect())
}

fn observation(seen: &Observed) -> Observation {
    Observation {
        queue: (seen.facility_id, seen.queue_id),
        length: seen.length_bucket,
        coder: seen.person_id,
        active_seconds: crate::snapshot::seconds(seen.active_seconds),
    }
}

/// Promises to learn today. Each day promises the next, so that once is enough.
pub(crate) async fn promise(services: &Services) -> Result<()> {
    let system = services.authority.system();
    services
        .db
        .ops(&system, async |tx| {
            let day = Day(tx.now().in_zone(&jiff::tz::TimeZone::UTC).date());
            jobs::enqueue(tx, &LearnMinutes { day })
        })
        .await
}

/// Does [`LearnMinutes`]. The next day is promised first: a day on which nothing can be learned must not be
/// the last.
pub(crate) async fn learn_daily(
    services: Arc<Services>,
    today: LearnMinutes,
) -> Result<(), JobError> {
    let system = services.authority.system();
    let tomorrow = today.day.0.tomorrow().map_err(base::Error::internal)?;
    services
        .db
        .ops(&system, async |tx| {
            let at = tx.now().plus_seconds(DAY_SECONDS);
            jobs::enqueue_at(tx, &LearnMinutes { day: Day(tomorrow) }, at)
        })
        .await?;
    let learned = Box::pin(learn(&services)).await?;
    let Learned { codings, estimates, people } = learned;
    tracing::info!(codings, estimates, people, "learned what coding takes");
    Ok(())
}
