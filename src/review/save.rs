//! Keeping what a reviewer has entered, without overwriting what they entered elsewhere.

use crate::KIND;
use crate::draft::ReviewDraft;
use crate::open::{ReviewDraftView, draft_of};
use base::Services;
use base::db::VendorScope;
use base::error::{Error, Result};
use charts::held;
use coding::drafts::{self, Kept};
use rules::ids::ChartId;

/// A draft on its way.
#[derive(Debug, Clone, Copy)]
pub struct Saving<'a> {
    /// The lease on which it was entered.
    pub epoch: i32,
    /// The revision that its author saw last; 0 when there was none.
    pub seen: i32,
    /// What was entered.
    pub draft: &'a ReviewDraft,
}

/// What became of it.
#[derive(Debug)]
pub enum Saved {
    /// It is kept.
    Kept(Kept),
    /// It is not: somebody, perhaps in another window, saved this one meanwhile.
    Behind(Box<ReviewDraftView>),
}

/// Keeps a draft.
///
/// # Errors
/// [`Error::Conflict`] when the lease is over; [`Error::Invalid`] when the draft is too large.
pub async fn save_draft(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    saving: Saving<'_>,
) -> Result<Saved> {
    saving.draft.check_size()?;
    let plain = serde_json::to_vec(saving.draft)?;
    services
        .db
        .desk(scope, async |tx| {
            let held = held::to_write(tx, KIND, chart, saving.epoch).await?;
            held.require_started()?;
            let kept =
                drafts::keep(tx, &services.keyring, &held.lease, saving.seen, &plain).await?;
            if let Some(kept) = kept {
                return Ok(Saved::Kept(kept));
            }
            let theirs = draft_of(services, tx, &held.chart, held.lease.person_id).await?;
            let theirs = theirs.ok_or_else(|| {
                Error::Conflict("the draft was taken away meanwhile; reload the page".into())
            })?;
            Ok(Saved::Behind(Box::new(theirs)))
        })
        .await
}
