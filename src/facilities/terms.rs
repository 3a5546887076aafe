//! Contract terms of a queue.

use crate::schema::queues;
use base::db::WorkTx;
use base::error::Result;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::eligibility::QueueTerms;
use rules::ids::{FacilityId, QueueId};
use rules::words::WorkType;

/// A queue with the terms of its contract.
#[derive(Debug, Clone, Queryable, Selectable, serde::Serialize, utoipa::ToSchema)]
#[diesel(table_name = queues, check_for_backend(diesel::pg::Pg))]
pub struct Terms {
    /// The tenant.
    pub facility_id: FacilityId,
    /// The queue.
    #[diesel(column_name = id)]
    pub queue_id: QueueId,
    /// Its name, unique in the facility.
    pub name: String,
    /// The kind of work it brings.
    pub work_type: WorkType,
    /// Skills that its people need, all of them.
    pub required_skills: Vec<String>,
    /// Credentials that its people need, all of them, unexpired.
    pub required_credentials: Vec<String>,
    /// Whether only people in the United States may see its charts.
    pub onshore_only: bool,
    /// Countries from which its charts may be seen; empty for any attested country.
    pub allowed_countries: Vec<String>,
    /// Business minutes from complete enough to code until returned.
    pub turnaround_minutes: i32,
    /// 1 is most urgent, 9 least.
    pub priority: i32,
    /// Price of one chart.
    pub unit_price_cents: i64,
    /// Share of codings that are reviewed.
    pub sampling_percent: i32,
    /// Share of lines that are to be right.
    pub accuracy_target_percent: i32,
    /// Expected seconds of coding.
    pub expected_seconds: i32,
    /// Whether it takes charts.
    pub active: bool,
    /// Counts its changes.
    pub version: i32,
}

impl Terms {
    /// The part that decides who may work on it.
    #[must_use]
    pub fn eligibility(&self) -> QueueTerms {
        QueueTerms {
            facility: self.facility_id,
            queue: self.queue_id,
            required_skills: self.required_skills.iter().cloned().collect(),
            required_credentials: self.required_credentials.iter().cloned().collect(),
            onshore_only: self.onshore_only,
            allowed_countries: self.allowed_countries.iter().cloned().collect(),
        }
    }
}

/// The terms of one queue.
///
/// # Errors
/// `NotFound` for a queue outside the scope.
pub async fn terms(tx: &mut WorkTx, facility: FacilityId, queue: QueueId) -> Result<Terms> {
    let terms =
        queues::table.find((facility, queue)).select(Terms::as_select()).first(tx.conn()).await?;
    Ok(terms)
}

/// Queues that are loaded at once, at most.
const QUEUES_MAX: i64 = 5_000;

/// Every queue of the scope, by facility and name.
///
/// # Errors
/// When the database fails.
pub async fn all_terms(tx: &mut WorkTx) -> Result<Vec<Terms>> {
    let all = queues::table
        .order((queues::facility_id, queues::name))
        .limit(QUEUES_MAX)
        .select(Terms::as_select())
        .load(tx.conn())
        .await?;
    Ok(all)
}
