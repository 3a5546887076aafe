//! What waits for a facility: holds that it answers, documents to be settled, possible duplicates.

use crate::holds::Hold;
use crate::patient;
use crate::schema::{charts, holds};
use base::db::FacilityTx;
use base::error::Result;
use base::keyring::Keyring;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::holds::{HoldOwner, HoldReason};
use rules::ids::ChartId;
use rules::lifecycle::ChartState;
use serde::Serialize;

/// Holds that are listed, at most.
const ROWS_MAX: i64 = 200;

/// A hold that the facility answers, or its provider.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct MissingItem {
    /// The hold.
    #[serde(flatten)]
    pub hold: Hold,
    /// The account number of its chart.
    pub account_number: String,
    /// The reason, in words.
    pub reason_words: &'static str,
    /// What ends it, in words.
    pub ends: String,
}

impl MissingItem {
    /// Whether somebody has to say whose document it is.
    #[must_use]
    pub fn is_disclosure(&self) -> bool {
        self.hold.reason == HoldReason::WrongPatient
    }
}

/// What waits for a facility, with counts.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct Missing {
    /// Documents that a coder marked as another patient's.
    pub disclosures: usize,
    /// Other holds that it answers, or its providers.
    pub holds: usize,
    /// Charts of which somebody must say whether they are new.
    pub duplicates: i64,
    /// Charts of which intake found something odd.
    pub exceptions: i64,
    /// The holds: documents of other patients first, then the oldest; 200 at most.
    pub items: Vec<MissingItem>,
}

impl Missing {
    /// Everything counted.
    #[must_use]
    pub fn total(&self) -> i64 {
        let holds = self.disclosures.saturating_add(self.holds);
        i64::try_from(holds)
            .unwrap_or(i64::MAX)
            .saturating_add(self.duplicates)
            .saturating_add(self.exceptions)
    }
}

async fn in_state(tx: &mut FacilityTx, state: ChartState) -> Result<i64> {
    let counted = charts::table
        .filter(charts::facility_id.eq(tx.facility()))
        .filter(charts::state.eq(state))
        .count()
        .get_result(tx.conn())
        .await?;
    Ok(counted)
}

/// What waits for the facility.
///
/// # Errors
/// When opening or the database fails.
pub async fn missing(tx: &mut FacilityTx, keyring: &Keyring) -> Result<Missing> {
    let facility = tx.facility();
    let mut open: Vec<Hold> = holds::table
        .filter(holds::facility_id.eq(facility))
        .filter(holds::owner.eq_any([HoldOwner::Facility, HoldOwner::Provider]))
        .filter(holds::closed_at.is_null())
        .order((holds::opened_at, holds::id))
        .limit(ROWS_MAX)
        .select(Hold::as_select())
        .load(tx.conn())
        .await?;
    open.sort_by_key(|hold| hold.reason != HoldReason::WrongPatient);
    let duplicates = in_state(tx, ChartState::Duplicate).await?;
    let exceptions = in_state(tx, ChartState::IntakeException).await?;
    let ids: Vec<ChartId> = open.iter().map(|hold| hold.chart_id).collect();
    let patients = patient::read_list(tx, keyring, facility, &ids).await?;
    let items: Vec<MissingItem> = open
        .into_iter()
        .map(|hold| MissingItem {
            account_number: patients
                .get(&hold.chart_id)
                .map_or_else(String::new, |found| found.identity.account_number.clone()),
            reason_words: hold.reason.label(),
            ends: hold.ends(),
            hold,
        })
        .collect();
    let disclosures = items.iter().filter(|item| item.is_disclosure()).count();
    Ok(Missing {
        disclosures,
        holds: items.len().saturating_sub(disclosures),
        duplicates,
        exceptions,
        items,
    })
}
