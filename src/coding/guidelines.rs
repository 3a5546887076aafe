//! What the facility asks of whoever codes a chart, beside it on the desk. What changed must be read before
//! the next coding is handed in.

use crate::KIND;
use base::Services;
use base::db::{VendorScope, WorkTx};
use base::error::{Error, FieldError, Result};
use charts::{ChartRow, held};
use facilities::guidelines::{self, Guideline};
use formats::guideline::{Became, changes, to_html};
use rules::Instant;
use rules::ids::{ChartId, GuidelineId, PersonId};
use serde::Serialize;

/// A guideline as a coder has it beside the chart.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct DeskGuideline {
    /// This version, for the acknowledgement.
    pub id: GuidelineId,
    /// For the whole facility, or the queue's name.
    pub title: String,
    /// Counts the versions.
    pub version: i32,
    /// When it was written.
    pub written_at: Instant,
    /// The text, drawn: no markup of its own is in it.
    pub html: String,
    /// Whether the asking person has said that they have read this version.
    pub acknowledged: bool,
    /// What is different from the version that they know; nothing in a first version.
    pub changes: Vec<GuidelineChange>,
}

/// A line that is new or gone.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct GuidelineChange {
    /// Whether it is new, rather than gone.
    pub added: bool,
    /// The line as it was written.
    pub text: String,
}

/// The guidelines for a chart that one holds.
///
/// # Errors
/// [`Error::NotFound`] when they never held it; [`Error::Conflict`] when they no longer do.
pub async fn guidelines(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
) -> Result<Vec<DeskGuideline>> {
    services
        .db
        .desk(scope, async |tx| {
            let held = held::to_read(tx, KIND, chart).await?;
            let (facility, queue) = (held.chart.facility_id, held.chart.queue_id);
            let name = facilities::terms(tx, facility, queue).await?.name;
            let found = guidelines::of_queue(tx, facility, queue).await?;
            let person = held.lease.person_id;
            let read = guidelines::read_by(tx, &found, person).await?;
            let mut shown = Vec::with_capacity(found.len());
            for one in found {
                let changes = if read.contains(&one.id) {
                    Vec::new()
                } else {
                    changed(tx, &one, person).await?
                };
                let title = one.queue_id.map_or("Every queue", |_| name.as_str()).to_owned();
                shown.push(DeskGuideline {
                    id: one.id,
                    title,
                    version: one.version,
                    written_at: one.written_at,
                    html: to_html(&one.text),
                    acknowledged: read.contains(&one.id),
                    changes,
                });
            }
            Ok(shown)
        })
        .await
}

async fn changed(
    tx: &mut WorkTx,
    guideline: &Guideline,
    person: PersonId,
) -> Result<Vec<GuidelineChange>> {
    let Some(before) = guidelines::known_before(tx, guideline, person).await? else {
        return Ok(Vec::new());
    };
    let changed = changes(&before.text, &guideline.text).into_iter();
    Ok(changed
        .map(|line| GuidelineChange { added: line.became == Became::Added, text: line.text })
        .collect())
}

/// Says that the asking person has read these versions.
///
/// # Errors
/// [`Error::Conflict`] when one of them is not the current one any more.
pub async fn acknowledge(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    ids: &[GuidelineId],
) -> Result<()> {
    services
        .db
        .desk(scope, async |tx| {
            let chart = held::to_read(tx, KIND, chart).await?.chart;
            let mut current = guidelines::of_queue(tx, chart.facility_id, chart.queue_id).await?;
            if ids.iter().any(|id| current.iter().all(|one| one.id != *id)) {
                return Err(Error::Conflict(
                    "a newer version came meanwhile: read that one".into(),
                ));
            }
            current.retain(|one| ids.contains(&one.id));
            guidelines::acknowledge(tx, &current).await
        })
        .await
}

/// What stands against handing in: guidelines that changed and that the person has not read.
pub(crate) async fn unread(tx: &mut WorkTx, chart: &ChartRow) -> Result<Vec<FieldError>> {
    let person = tx.acting_person()?;
    let found = guidelines::of_queue(tx, chart.facility_id, chart.queue_id).await?;
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let read = guidelines::read_by(tx, &found, person).await?;
    if found.iter().all(|one| read.contains(&one.id)) {
        return Ok(Vec::new());
    }
    Ok(vec![FieldError {
        name: "guidelines".into(),
        message: "The guidelines of this facility changed: read them (I) and acknowledge.".into(),
    }])
}
