//! Keeping what a coder has entered, without overwriting what they entered elsewhere.

use crate::KIND;
use crate::check::{all_findings, basis};
use crate::draft::Draft;
use crate::drafts::{self, Kept};
use crate::grouping::{Meaning, meaning};
use crate::line::DraftLine;
use crate::open::{DraftView, draft_of};
use crate::submit::Handover;
use base::Services;
use base::db::VendorScope;
use base::error::{Checks, Error, Result};
use charts::held;
use rules::compare::Line;
use rules::edits::EditFinding;
use rules::ids::ChartId;
use rules::words::AssignmentKind;
use serde::Serialize;

/// A draft on its way.
#[derive(Debug, Clone, Copy)]
pub struct Saving<'a> {
    /// The lease on which it was entered.
    pub epoch: i32,
    /// The revision that its author saw last; 0 when there was none.
    pub seen: i32,
    /// What was entered.
    pub draft: &'a Draft,
}

/// What became of it.
#[derive(Debug)]
pub enum Saved {
    /// It is kept.
    Kept(Kept),
    /// It is not: somebody, perhaps in another window, saved this one meanwhile.
    Behind(Box<DraftView>),
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

/// Keeps what was handed in on an older lease of a person who holds the chart again, unless they have
/// saved something since.
pub(crate) async fn keep_late(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    handover: Handover<'_>,
) -> Result<()> {
    let plain = serde_json::to_vec(handover.draft)?;
    let kind = AssignmentKind::Coding;
    services
        .db
        .desk(scope, async |tx| {
            let held = held::to_start(tx, KIND, chart).await?;
            held.require_started()?;
            let stored = drafts::read(tx, &services.keyring, &held.chart, kind).await?;
            if stored.as_ref().is_none_or(|stored| stored.epoch <= handover.epoch) {
                let seen = stored.map_or(0, |stored| stored.revision);
                drafts::keep(tx, &services.keyring, &held.lease, seen, &plain).await?;
            }
            Ok(())
        })
        .await
}

/// What the edits say of lines as they are entered.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Checked {
    /// About the whole first, then line by line.
    pub findings: Vec<EditFinding>,
    /// The wording of each line's code on the day that decides; none where no list tells.
    pub descriptions: Vec<Option<String>>,
    /// The code to which each line's decision making or time amounts; none where it says neither.
    pub levels: Vec<Option<&'static str>>,
    /// What the lines group to, where lists are loaded that tell.
    pub meaning: Meaning,
}

/// Asks the edits, without keeping anything.
///
/// # Errors
/// As [`save_draft`].
pub async fn check(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    (lines, disposition): (&[DraftLine], Option<&str>),
) -> Result<Checked> {
    let mut checks = Checks::default();
    checks.require(lines.len() <= crate::draft::LINES_MAX, "lines", "at most 100 lines");
    checks.done()?;
    let basis = services
        .db
        .desk(scope, async |tx| {
            let chart = held::to_read(tx, KIND, chart).await?.chart;
            let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
            basis(tx, &services.keyring, &chart, &terms).await
        })
        .await?;
    let lines: Vec<Line> = lines.iter().map(|line| line.coded().line).collect();
    let (codes, on) = (services.codes()?, basis.coded_on());
    let about = basis.about(disposition);
    let describe = |line: &Line| codes.describe(line.system, &line.code, on).map(str::to_owned);
    Ok(Checked {
        findings: all_findings(&codes, &basis, (&lines, disposition)),
        descriptions: lines.iter().map(describe).collect(),
        levels: lines.iter().map(rules::em::amounts_to).collect(),
        meaning: meaning(&codes, about, &lines),
    })
}
