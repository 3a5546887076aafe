//! The same done with many charts: each in a transaction of its own, each with its own answer.

use crate::assign::{self, Assigning, Given};
use crate::fit::at_once;
use base::Services;
use base::db::VendorScope;
use base::error::{Error, Result};
use rules::eligibility::Rule;
use rules::ids::ChartId;
use rules::lifecycle::ChartState;
use serde::Serialize;

/// What became of some charts.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct BulkDone {
    /// With how many it was done.
    pub done: u32,
    /// With how many it was not.
    pub refused: u32,
    /// One answer for each, in the order asked.
    pub charts: Vec<ChartDone>,
}

/// What became of one chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct ChartDone {
    /// The chart.
    pub chart_id: ChartId,
    /// What it is called where no patient is named.
    pub reference: String,
    /// Whether it was done.
    pub done: bool,
    /// Where the chart stands now, if it was done.
    pub state: Option<ChartState>,
    /// The rules of load that were set aside.
    pub set_aside: Vec<Rule>,
    /// Why it was not done.
    pub refused: Option<String>,
}

/// Gives charts to one person, as offers.
///
/// # Errors
/// [`Error::Invalid`] for no charts, or too many; what stops one chart stands in its own answer.
pub(crate) async fn assign(
    services: &Services,
    scope: &VendorScope,
    charts: &[ChartId],
    assigning: Assigning<'_>,
) -> Result<BulkDone> {
    let mut bulk = BulkDone::default();
    for chart in at_once(charts)? {
        let given = Box::pin(assign::assign(services, scope, chart, assigning)).await;
        bulk.add(chart, given)?;
    }
    Ok(bulk)
}

/// Takes charts back from whoever holds them; drafts stay.
///
/// # Errors
/// [`Error::Invalid`] for no charts, or too many, or without a reason.
pub(crate) async fn revoke(
    services: &Services,
    scope: &VendorScope,
    charts: &[ChartId],
    reason: &str,
) -> Result<BulkDone> {
    assign::reason_to_take_back(reason)?;
    let mut bulk = BulkDone::default();
    for chart in at_once(charts)? {
        let taken = Box::pin(assign::revoke(services, scope, chart, reason)).await;
        bulk.add(chart, taken)?;
    }
    Ok(bulk)
}

impl BulkDone {
    fn add(&mut self, chart_id: ChartId, given: Result<Given>) -> Result<()> {
        let (given, refused) = match given {
            Ok(given) => (Some(given), None),
            Err(error) => (None, Some(why_not(error)?)),
        };
        let count = if given.is_some() { &mut self.done } else { &mut self.refused };
        *count = count.saturating_add(1);
        self.charts.push(ChartDone {
            chart_id,
            reference: crate::reference(chart_id),
            done: given.is_some(),
            state: given.as_ref().map(|given| given.state),
            set_aside: given.map(|given| given.set_aside).unwrap_or_default(),
            refused,
        });
        Ok(())
    }
}

/// What stops one chart, in words; a fault of ours stops it alone, too, and is logged.
fn why_not(error: Error) -> Result<String> {
    match error {
        Error::Invalid(fields) => {
            let words: Vec<_> = fields.into_iter().map(|field| field.message).collect();
            Ok(words.join("; "))
        }
        Error::Internal(source) | Error::Unavailable(source) => {
            tracing::error!(%source, "one of several charts failed");
            Ok("this failed for now; try it again".to_owned())
        }
        Error::Forbidden(_) | Error::Conflict(_) | Error::NotFound => Ok(error.to_string()),
        Error::Unauthenticated | Error::Refused(_) | Error::TooMany(_) | Error::TooLarge(_) => {
            Err(error)
        }
    }
}
