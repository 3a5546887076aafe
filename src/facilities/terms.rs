//! Contract terms of a queue.

use crate::ladder::StoredLadder;
use crate::schema::queues;
use base::db::WorkTx;
use base::error::{Error, Result};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::details::{self, Detail};
use rules::eligibility::QueueTerms;
use rules::escalation::Ladder;
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
    /// Skills that its people need, too, until a waiting chart has taken the step that widens.
    pub preferred_skills: Vec<String>,
    /// What is done as deadlines come nearer.
    #[diesel(deserialize_as = StoredLadder)]
    #[schema(value_type = std::collections::BTreeMap<rules::escalation::Step, String>)]
    pub escalation: Ladder,
    /// Since when preferred skills are not asked; none while they are.
    pub widened_at: Option<Instant>,
    /// Since when those who only help out are asked, too; none while they are not.
    pub overflow_at: Option<Instant>,
    /// What is asked to be said beside the codes; none for what is usual for the kind of work.
    pub required_details: Option<Vec<String>>,
    /// Whether its coders see what was coded of the patient before, in this facility.
    pub shows_history: bool,
}

impl Terms {
    /// The part that decides who may get its work now.
    #[must_use]
    pub fn eligibility(&self) -> QueueTerms {
        let mut terms = self.eligibility_of_holders();
        if self.widened_at.is_none() {
            terms.required_skills.extend(self.preferred_skills.iter().cloned());
        }
        terms.overflow_open = self.overflow_at.is_some();
        terms
    }

    /// What is asked to be said beside the codes.
    ///
    /// # Errors
    /// When the database has a detail that is none.
    pub fn required(&self) -> Result<Vec<Detail>> {
        let Some(named) = &self.required_details else {
            return Ok(details::usually_required(self.work_type).to_vec());
        };
        named.iter().map(|name| name.parse().map_err(Error::internal)).collect()
    }

    /// The part that decides who may keep what they hold: what was only preferred when they got it is not
    /// asked of them later, and who helped out finishes it.
    #[must_use]
    pub fn eligibility_of_holders(&self) -> QueueTerms {
        QueueTerms {
            facility: self.facility_id,
            queue: self.queue_id,
            required_skills: self.required_skills.iter().cloned().collect(),
            required_credentials: self.required_credentials.iter().cloned().collect(),
            onshore_only: self.onshore_only,
            allowed_countries: self.allowed_countries.iter().cloned().collect(),
            overflow_open: true,
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
