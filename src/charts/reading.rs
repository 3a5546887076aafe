//! A chart's documents as whoever holds it reads them: as long as they hold it, each reading written down.

use crate::documents::{self, Part, Permit, Viewer};
use crate::held;
use base::Services;
use base::db::VendorScope;
use base::error::Result;
use base::pages::PageImage;
use rules::ids::{ChartId, DocumentId};
use rules::words::AssignmentKind;

/// A document that somebody wants to read for the work that they hold its chart for.
#[derive(Debug, Clone, Copy)]
pub struct Wanted {
    /// What they hold the chart for.
    pub kind: AssignmentKind,
    /// The chart.
    pub chart: ChartId,
    /// The document.
    pub document: DocumentId,
}

/// The text of a document.
///
/// # Errors
/// [`base::Error::Conflict`] when they no longer hold the chart; [`base::Error::NotFound`] when they never
/// did, for a document of another chart, or of page images.
pub async fn text(services: &Services, scope: &VendorScope, wanted: Wanted) -> Result<String> {
    permit(services, scope, (wanted, Part::Text)).await?.text(services).await
}

/// One page of a document of page images, counted from 1.
///
/// # Errors
/// As [`text`]; [`base::Error::NotFound`] for a text, or a page that is not there.
pub async fn page(
    services: &Services,
    scope: &VendorScope,
    (wanted, page): (Wanted, i32),
    viewer: Viewer<'_>,
) -> Result<PageImage> {
    let permit = permit(services, scope, (wanted, Part::Page(page))).await?;
    permit.page(services, viewer).await
}

async fn permit(
    services: &Services,
    scope: &VendorScope,
    (wanted, part): (Wanted, Part),
) -> Result<Permit> {
    services
        .db
        .desk(scope, async |tx| {
            let held = held::to_read(tx, wanted.kind, wanted.chart).await?;
            documents::permit(tx, &services.keyring, held.chart.id, (wanted.document, part)).await
        })
        .await
}
