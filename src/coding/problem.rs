//! A document that can't be used: another patient's, or unreadable. The coder marks it, and the chart waits
//! for the facility.

use crate::KIND;
use crate::give_back::{GivenBack, put_on_hold};
use base::Services;
use base::audit::{self, Entry};
use base::db::VendorScope;
use base::error::{Checks, Error, Result};
use base::jobs;
use charts::documents;
use charts::held::{self, Held};
use charts::holds::Placing;
use charts::later;
use charts::promises::DisclosureSuspected;
use rules::holds::{Awaited, HoldReason, Until};
use rules::ids::{ChartId, DocumentId};
use serde::{Deserialize, Serialize};

/// Pages of one document.
const PAGES: std::ops::RangeInclusive<i32> = 1..=10_000;

/// What is wrong with a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum DocumentFault {
    /// It seems to be another patient's.
    WrongPatient,
    /// It cannot be read.
    UnreadableDocument,
}

impl DocumentFault {
    const fn reason(self) -> HoldReason {
        match self {
            Self::WrongPatient => HoldReason::WrongPatient,
            Self::UnreadableDocument => HoldReason::UnreadableDocument,
        }
    }

    /// A new copy of what could not be read lifts the hold. Whose document it is only a person can say.
    const fn until(self) -> Until {
        match self {
            Self::WrongPatient => Until { day: None, document: None },
            Self::UnreadableDocument => Until { day: None, document: Some(Awaited::Any) },
        }
    }

    /// What the facility is told when the coder says no more.
    const fn words(self) -> &'static str {
        match self {
            Self::WrongPatient => "This document seems to belong to another patient.",
            Self::UnreadableDocument => "This document cannot be read. Please send a new copy.",
        }
    }
}

/// A document to be marked.
#[derive(Debug, Clone, Copy)]
pub struct Marking<'a> {
    /// The lease on which it is marked.
    pub epoch: i32,
    /// What is wrong with it.
    pub fault: DocumentFault,
    /// Which it is.
    pub document: DocumentId,
    /// Which of its pages, where one is meant.
    pub page: Option<i32>,
    /// What the facility should know.
    pub note: &'a str,
}

/// Marks a document; the chart goes on hold with its draft and comes back to the coder first.
///
/// # Errors
/// [`Error::Invalid`] for a document of another chart; [`Error::Conflict`] when the lease is over.
pub async fn mark(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    marking: Marking<'_>,
) -> Result<GivenBack> {
    let Marking { fault, document, page, .. } = marking;
    let mut checks = Checks::default();
    checks.require(page.is_none_or(|page| PAGES.contains(&page)), "page", "1 to 10,000");
    checks.done()?;
    let note = match marking.note.trim() {
        "" => fault.words(),
        said => said,
    };
    services
        .db
        .desk(scope, async |tx| {
            let held = held::to_write(tx, KIND, chart, marking.epoch).await?;
            held.require_started()?;
            let Held { chart, .. } = &held;
            if !documents::is_of(tx, chart.id, document).await? {
                return Err(Error::invalid("document_id", "not a document of this chart"));
            }
            if fault == DocumentFault::WrongPatient {
                later::quarantine(tx, chart, document).await?;
            }
            let about = Some((document, page));
            let placing = Placing { reason: fault.reason(), until: fault.until(), about, note };
            let given = put_on_hold(services, tx, &held, &[placing]).await?;
            let facility = chart.facility_id;
            let action = match fault {
                DocumentFault::WrongPatient => "disclosure.suspected",
                DocumentFault::UnreadableDocument => "document.unreadable",
            };
            if fault == DocumentFault::WrongPatient {
                jobs::enqueue(tx, &DisclosureSuspected { facility, chart: chart.id, document })?;
            }
            audit::append(tx, Entry::of(facility, action, "document", document.uuid())).await?;
            Ok(given)
        })
        .await
}
