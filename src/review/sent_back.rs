//! What a reviewer found, for the coder who holds the chart again.

use crate::open::{EarlierReview, earlier_of};
use base::Services;
use base::audit::{self, Entry};
use base::db::VendorScope;
use base::error::Result;
use charts::{guard, leases, store};
use rules::ids::ChartId;
use rules::words::{AssignmentKind, ReviewOutcome};

/// The review that sent the chart back last, opened and written down as read; none when none did.
///
/// # Errors
/// [`base::Error::NotFound`] when the coder never held the chart; [`base::Error::Conflict`] when
/// they no longer do.
pub async fn sent_back(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
) -> Result<Option<EarlierReview>> {
    services
        .db
        .desk(scope, async |tx| {
            let kind = AssignmentKind::Coding;
            let chart = store::find(tx, chart).await?;
            let lease = leases::own(tx, chart.id, kind, None).await?;
            guard::safe(tx, &chart, lease.person_id, kind).await?;
            let reviews = earlier_of(services, tx, &chart).await?;
            let sent_back = Some(ReviewOutcome::SentBack);
            let last = reviews.into_iter().rfind(|review| review.outcome == sent_back);
            let entry = Entry::of(chart.facility_id, "findings.read", "chart", chart.id.uuid());
            audit::append(tx, entry).await?;
            Ok(last)
        })
        .await
}
