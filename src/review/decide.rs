//! How a review ends: the coding is accepted, corrected, or sent back to its coder.
//!
//! The score is made where a decision is made, by code over code: an accepted coding is compared with
//! itself, a corrected one with the correction, one that is sent back with the reviewer's proposal, or
//! not scored when there is none. A revised coding is scored again when it is decided, in a review of
//! its own; what counts for its coder is the first one.

use crate::KIND;
use crate::compare::{ScoreView, bare, basis_of, coding_of};
use crate::draft::{check_findings, check_lines, coded};
use crate::findings::{self, Sides};
use crate::lease::count_minutes;
use crate::proposal::{FindingEntry, Settled, for_correction, for_sending_back, is_unchanged};
use crate::store::{self, Because, Ending, ReviewRow};
use base::audit::{self, Entry};
use base::db::{ClinicalTx, DeskTx, VendorScope, WorkTx};
use base::error::{Error, FieldError, Result};
use base::{Services, jobs};
use charts::ChartRow;
use charts::held::{self, Held};
use charts::leases::Worked;
use charts::leases::{self, Assignment};
use charts::notes::{self, About};
use charts::promises::{CodesSettled, WorkWaiting};
use charts::store::{Along, apply};
use coding::{AuthorKind, CodedLine, DraftLine, IDLE_SECONDS_MAX, NewVersion, drafts};
use rules::compare::compare;
use rules::edits::EditSeverity;
use rules::ids::ChartId;
use rules::lifecycle::{self, Action, Actor, ActorKind, ChartState};
use rules::words::{AssignmentKind, AssignmentState, ReviewOutcome};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::live::{self, Topic};

const SECONDS_PER_HOUR: i64 = 3_600;

/// How a reviewer wants a review to end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Decision {
    /// The lease on which it was made.
    pub epoch: i32,
    /// How it ends.
    pub outcome: ReviewOutcome,
    /// The codes as the reviewer would report them. Needed for a correction; absent means the
    /// coder's own otherwise.
    #[serde(default)]
    pub lines: Option<Vec<DraftLine>>,
    /// What was found. Of a correction: one for each difference; minor ones may be left out.
    #[serde(default)]
    pub findings: Vec<FindingEntry>,
    /// The reviewer's words to the coder.
    #[serde(default)]
    pub note: String,
}

/// A review that has ended.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Decided {
    /// The chart.
    pub chart_id: ChartId,
    /// `final`, or `findings_open` when it goes back to its coder.
    pub state: ChartState,
    /// How it ended.
    pub outcome: ReviewOutcome,
    /// Counts the chart's codings; a correction is one more.
    pub coding_version: i32,
    /// The coder's score; none when nothing was scored.
    pub score: Option<ScoreView>,
}

/// Ends a review. A repetition under the same key is answered as the first time.
///
/// # Errors
/// [`Error::Conflict`] when the lease is over or older than the live one: nothing has changed then.
/// [`Error::Invalid`] when lines and findings do not fit the outcome, or the edits refuse the lines.
pub async fn decide(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    decision: &Decision,
    once: Option<&Once>,
) -> Result<Decided> {
    check_lines(decision.lines.as_deref().unwrap_or_default(), &decision.note)?;
    check_findings(&decision.findings)?;
    services
        .db
        .desk(scope, async |tx| {
            if let Some(once) = once
                && let Some(earlier) = once.earlier::<Decided>(tx).await?
            {
                return Ok(earlier);
            }
            let held = held::to_write(tx, KIND, chart, decision.epoch).await?;
            held.require_started()?;
            let verdict = Box::pin(judge(services, tx, &held.chart, decision)).await?;
            let decided = Box::pin(write(services, tx, &held, &verdict)).await?;
            if let Some(once) = once {
                once.keep(tx, &decided).await?;
            }
            note_down(tx, &held.chart, &verdict).await?;
            Ok(decided)
        })
        .await
}

/// A decision that nothing stands against.
struct Verdict<'a> {
    outcome: ReviewOutcome,
    coder: Vec<CodedLine>,
    reviewer: Vec<CodedLine>,
    findings: Vec<Settled>,
    score: Option<ScoreView>,
    note: &'a str,
}

async fn judge<'a>(
    services: &Services,
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    decision: &'a Decision,
) -> Result<Verdict<'a>> {
    let coder = coding_of(tx, chart).await?;
    let given = decision.lines.as_deref().map(coded);
    let changed = given.as_ref().is_some_and(|lines| !is_unchanged(&coder, lines));
    let reviewer = given.filter(|_| changed).unwrap_or_else(|| coder.clone());
    let comparison = compare(&bare(&coder), &bare(&reviewer));
    let entries = &decision.findings;
    let (findings, scored) = match decision.outcome {
        ReviewOutcome::Accepted => {
            refuse(changed, "lines", "you changed the codes: fix and accept them")?;
            let said = "nothing was wrong with an accepted coding: fix it or send it back";
            refuse(!entries.is_empty(), "findings", said)?;
            (Vec::new(), true)
        }
        ReviewOutcome::FixedAndAccepted => {
            refuse(!changed, "lines", "these are the coder's own codes: accept them")?;
            check_correction(services, tx, chart, &reviewer).await?;
            (for_correction(&comparison, entries).map_err(Error::Invalid)?, true)
        }
        ReviewOutcome::SentBack => {
            let sides = (coder.len(), reviewer.len());
            let settled = for_sending_back(&comparison, entries, sides).map_err(Error::Invalid)?;
            (settled, !comparison.is_same())
        }
    };
    let score = scored.then(|| ScoreView::of(&comparison));
    let (outcome, note) = (decision.outcome, decision.note.as_str());
    Ok(Verdict { outcome, coder, reviewer, findings, score, note })
}

fn refuse(faulty: bool, name: &str, message: &str) -> Result<()> {
    if faulty { Err(Error::invalid(name, message)) } else { Ok(()) }
}

/// A correction passes the edits like any coding. Warnings inform: whoever corrects a coding answers
/// for it with the findings' rationales.
async fn check_correction(
    services: &Services,
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    lines: &[CodedLine],
) -> Result<()> {
    let basis = basis_of(services, tx, chart).await?;
    let disposition = coding::disposition_of(tx, chart, chart.coding_version).await?;
    let coding = (&*bare(lines), disposition.as_deref());
    let found = coding::findings(&*services.codes()?, &basis, coding);
    let errors = found.into_iter().filter(|finding| finding.severity == EditSeverity::Error);
    let mut faults: Vec<FieldError> = errors
        .map(|finding| {
            let place = finding.line.map_or_else(String::new, |line| format!("lines.{line}."));
            FieldError { name: format!("{place}{}", finding.field), message: finding.message }
        })
        .collect();
    faults.extend(coding::misplaced_evidence(tx, chart, lines).await?);
    if faults.is_empty() { Ok(()) } else { Err(Error::Invalid(faults)) }
}

/// Patient data is written before the lease ends: with the lease ends the reach.
async fn write(
    services: &Services,
    tx: &mut DeskTx,
    held: &Held,
    verdict: &Verdict<'_>,
) -> Result<Decided> {
    let (chart, now) = (&held.chart, tx.now());
    let reviewer = held.lease.person_id;
    let action = match verdict.outcome {
        ReviewOutcome::Accepted | ReviewOutcome::FixedAndAccepted => Action::AcceptReview,
        ReviewOutcome::SentBack => Action::SendBack,
    };
    let actor = Actor::person(ActorKind::Reviewer, reviewer);
    let change =
        lifecycle::decide(&chart.life(), action, actor, now)?.because(verdict.outcome.as_str());
    let review = review_of(tx, chart).await?;
    let lease =
        count_minutes(services, tx, &held.lease, Worked::UnlessSeconds(IDLE_SECONDS_MAX)).await?;
    let sides = Sides { coder: &verdict.coder, reviewer: &verdict.reviewer };
    findings::insert(tx, &services.keyring, &review, (&verdict.findings, sides)).await?;
    let coding_version = store_correction(tx, chart, &lease, verdict).await?;
    notes::write(tx, &services.keyring, chart, About::Review, verdict.note).await?;
    drafts::discard(tx, chart, AssignmentKind::Review).await?;
    store::close(tx, &review, ending(&lease, verdict)?).await?;
    leases::end(tx, &lease, AssignmentState::Submitted, verdict.outcome.as_str()).await?;

    let sticky_seconds = i64::from(services.config.review.sticky_hours) * SECONDS_PER_HOUR;
    let coder = chart.coder_id.filter(|_| verdict.outcome == ReviewOutcome::SentBack);
    let along = Along {
        coding_version: Some(coding_version),
        reviewer_id: Some(Some(reviewer)),
        sticky_person_id: Some(coder),
        sticky_until: Some(coder.map(|_| now.plus_seconds(sticky_seconds))),
        ..Along::default()
    };
    let after = apply(tx, &change, along).await?;
    promise_what_follows(tx, &after)?;
    Ok(Decided {
        chart_id: chart.id,
        state: after.state,
        outcome: verdict.outcome,
        coding_version,
        score: verdict.score.clone(),
    })
}

/// The review that is being decided. One of a revised coding may not be written down yet, when its
/// reviewer was quicker than the job that does it.
async fn review_of(tx: &mut WorkTx, chart: &ChartRow) -> Result<ReviewRow> {
    match store::undecided(tx, chart).await? {
        Some(review) => Ok(review),
        None => store::open(tx, chart, Because::Revised, chart.reviewer_id).await,
    }
}

/// A correction is the next version; anything else leaves the coder's.
async fn store_correction(
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    lease: &Assignment,
    verdict: &Verdict<'_>,
) -> Result<i32> {
    if verdict.outcome != ReviewOutcome::FixedAndAccepted {
        return Ok(chart.coding_version);
    }
    let version = chart.coding_version.saturating_add(1);
    let disposition = coding::disposition_of(tx, chart, chart.coding_version).await?;
    let new = NewVersion {
        version,
        by: AuthorKind::Reviewer,
        lines: &verdict.reviewer,
        disposition: disposition.as_deref(),
        active_seconds: lease.active_seconds,
    };
    coding::store_version(tx, chart, &new).await?;
    Ok(version)
}

fn ending(lease: &Assignment, verdict: &Verdict<'_>) -> Result<Ending> {
    let stored = |count: u32| i32::try_from(count).map_err(Error::internal);
    let length = |count: usize| i32::try_from(count).map_err(Error::internal);
    let score = verdict.score.as_ref().map(|view| view.score);
    Ok(Ending {
        reviewer_id: lease.person_id,
        outcome: verdict.outcome,
        correct_lines: score.map(|score| stored(score.correct)).transpose()?,
        reviewer_lines: score.map(|score| stored(score.total)).transpose()?,
        error_count: score.map(|score| stored(score.errors)).transpose()?,
        coder_lines: length(verdict.coder.len())?,
        finding_count: length(verdict.findings.len())?,
    })
}

fn promise_what_follows(tx: &mut WorkTx, chart: &ChartRow) -> Result<()> {
    if chart.state == ChartState::Final {
        let settled = CodesSettled { facility: chart.facility_id, chart: chart.id };
        jobs::enqueue(tx, &settled)?;
    } else {
        jobs::enqueue(tx, &WorkWaiting {})?;
    }
    if let Some(coder) = chart.sticky_person_id {
        live::tell(tx, Topic::Person(coder))?;
    }
    live::tell(tx, Topic::Board)?;
    live::tell(tx, Topic::Facility(chart.facility_id))
}

async fn note_down(tx: &mut WorkTx, chart: &ChartRow, verdict: &Verdict<'_>) -> Result<()> {
    let detail = format!("{}, {} findings", verdict.outcome, verdict.findings.len());
    let entry = Entry::of(chart.facility_id, "review.decided", "chart", chart.id.uuid());
    audit::append(tx, entry.with(detail)).await?;
    Ok(())
}
