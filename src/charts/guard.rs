//! Safety at every step: who holds a chart must still be somebody who may.

use crate::leases;
use crate::store::ChartRow;
use base::db::WorkTx;
use base::error::{Error, Result};
use rules::eligibility::{self, Work};
use rules::ids::PersonId;
use rules::words::AssignmentKind;

/// Whether the person may hold the chart by the rules that nobody can override: active, allow-listed,
/// skilled, credentialed, in an allowed country, independent. Asked at every view and every write.
///
/// # Errors
/// [`Error::Forbidden`] with the first rule that fails.
pub async fn safe(
    tx: &mut WorkTx,
    chart: &ChartRow,
    person: PersonId,
    kind: AssignmentKind,
) -> Result<()> {
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let terms = terms.eligibility_of_holders();
    let candidate = people::candidate(tx, person).await?;
    let involved = leases::involved(tx, chart.id).await?;
    let excluded = leases::excluded(tx, chart.id).await?;
    let work = Work {
        kind,
        expected_seconds: u32::try_from(chart.expected_seconds).unwrap_or(0),
        involved: &involved,
        excluded: &excluded,
    };
    let now = tx.now();
    eligibility::check_safety(&candidate, &terms, &work, now)
        .map_err(|rule| Error::Forbidden(format!("you may not hold this chart: {}", rule.label())))
}
