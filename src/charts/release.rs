//! What holds promise: that they end on their day.

use crate::holds::{self, Lifting};
use crate::promises::ReleaseHold;
use crate::settle::tell;
use crate::store;
use base::Services;
use base::error::Error;
use base::jobs::JobError;
use rules::holds::HoldEnd;
use rules::lifecycle::{Actor, ChartState};
use std::sync::Arc;

/// Does [`ReleaseHold`]. Late is fine and twice is harmless: what was lifted before, by whomever, stays so.
///
/// # Errors
/// [`JobError::Retry`] when the database fails, or somebody else is at the chart.
pub(crate) async fn release_hold(
    services: Arc<Services>,
    promise: ReleaseHold,
) -> Result<(), JobError> {
    let scope = services.authority.facility(promise.facility, None);
    let lifting = Lifting::by(&services, Actor::SYSTEM, HoldEnd::Date);
    services
        .db
        .facility(&scope, async |tx| {
            let chart = store::lock(tx, promise.chart).await?;
            if chart.state != ChartState::OnHold {
                return Ok(());
            }
            match holds::lift(tx, &chart, promise.hold, lifting).await {
                Ok(chart) => tell(tx, &chart, chart.sticky_person_id),
                Err(Error::NotFound) => Ok(()),
                Err(other) => Err(other),
            }
        })
        .await?;
    Ok(())
}
