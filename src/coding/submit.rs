//! Handing a coding in: the edits once more, then a version for good.

use crate::KIND;
use crate::check::{all_findings, basis, obstacles};
use crate::draft::{Dismissal, Draft};
use crate::lease::{IDLE_SECONDS_MAX, held_until};
use crate::line::CodedLine;
use crate::save::keep_late;
use crate::store::{self, AuthorKind, NewVersion};
use crate::{dismissals, drafts, guidelines, usual};
use base::audit::{self, Entry};
use base::db::{ClinicalTx, DeskTx, VendorScope, WorkTx};
use base::error::{Error, FieldError, Result, can_fail};
use base::{Services, jobs};
use charts::ChartRow;
use charts::held::{self, Held};
use charts::leases::{self, Assignment, Worked};
use charts::notes::{self, About};
use charts::promises::CodingSubmitted;
use charts::store::{Along, apply};
use codesets::Codes;
use rules::compare::Line;
use rules::edits::EditFinding;
use rules::ids::ChartId;
use rules::lifecycle::{self, Action, Actor, ActorKind, ChartState};
use rules::words::{AssignmentKind, AssignmentState};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::live::{self, Topic};

const SECONDS_PER_HOUR: i64 = 3_600;

/// A coding to be handed in.
#[derive(Debug, Clone, Copy)]
pub struct Handover<'a> {
    /// The lease on which it was made.
    pub epoch: i32,
    /// Its lines, note and dismissals.
    pub draft: &'a Draft,
}

/// What became of it.
#[derive(Debug)]
pub enum Outcome {
    /// It is handed in.
    Submitted(Submitted),
    /// It is not, and nothing has changed.
    Refused(Refused),
}

/// A coding that was handed in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Submitted {
    /// The chart.
    pub chart_id: ChartId,
    /// Counts the chart's codings.
    pub coding_version: i32,
    /// `coded`, or `in_review` when it goes back to its reviewer.
    pub state: ChartState,
}

/// Why a coding can't be handed in like this.
#[derive(Debug)]
pub struct Refused {
    /// What to correct, as `lines.3.code`.
    pub fields: Vec<FieldError>,
    /// Everything the edits said.
    pub findings: Vec<EditFinding>,
}

/// Hands a coding in. A repetition under the same key is answered as the first time.
///
/// # Errors
/// [`Error::Conflict`] when the lease is over or older than the live one: nothing is handed in
/// then, and the draft is kept with the chart as far as the person may still write to it.
pub async fn submit(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    handover: Handover<'_>,
    once: Option<&Once>,
) -> Result<Outcome> {
    handover.draft.check_size()?;
    let outcome = try_to_submit(services, scope, chart, handover, once).await;
    if let Err(Error::Conflict(_)) = &outcome {
        let kept = keep_late(services, scope, chart, handover).await;
        can_fail("keeping a draft that came late", kept);
    }
    outcome
}

async fn try_to_submit(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
    handover: Handover<'_>,
    once: Option<&Once>,
) -> Result<Outcome> {
    let codes = services.codes()?;
    services
        .db
        .desk(scope, async |tx| {
            if let Some(once) = once
                && let Some(earlier) = once.earlier::<Submitted>(tx).await?
            {
                return Ok(Outcome::Submitted(earlier));
            }
            let held = held::to_write(tx, KIND, chart, handover.epoch).await?;
            held.require_started()?;
            let work = match prepare((services, &codes), tx, &held.chart, handover.draft).await? {
                Ok(work) => work,
                Err(refused) => return Ok(Outcome::Refused(refused)),
            };
            let submitted = Box::pin(hand_in(services, tx, &held, &work)).await?;
            if let Some(once) = once {
                once.keep(tx, &submitted).await?;
            }
            note_down(tx, &held.chart, &submitted, work.lines.len()).await?;
            Ok(Outcome::Submitted(submitted))
        })
        .await
}

/// A coding that nothing stands against.
struct Work<'a> {
    lines: Vec<CodedLine>,
    disposition: Option<&'a str>,
    note: &'a str,
    dismissals: Vec<Dismissal>,
}

async fn prepare<'a>(
    (services, codes): (&Services, &Codes),
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    draft: &'a Draft,
) -> Result<Result<Work<'a>, Refused>> {
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let basis = basis(tx, &services.keyring, chart, &terms).await?;
    let lines: Vec<CodedLine> = draft.lines.iter().map(crate::DraftLine::coded).collect();
    let bare: Vec<Line> = lines.iter().map(|coded| coded.line.clone()).collect();
    let findings = all_findings(codes, &basis, (&bare, draft.disposition.as_deref()));
    let mut fields = obstacles(draft, &findings);
    fields.extend(store::misplaced_evidence(tx, chart, &lines).await?);
    fields.extend(guidelines::unread(tx, chart).await?);
    if !fields.is_empty() {
        return Ok(Err(Refused { fields, findings }));
    }
    // Reasons for what the edits no longer say are left behind.
    let dismissals = findings
        .iter()
        .filter_map(|finding| draft.reason_for(&finding.rule, finding.line).cloned())
        .collect();
    let disposition = draft.disposition.as_deref();
    Ok(Ok(Work { lines, disposition, note: &draft.note, dismissals }))
}

/// Patient data is written before the lease ends: with the lease ends the reach.
async fn hand_in(
    services: &Services,
    tx: &mut DeskTx,
    held: &Held,
    work: &Work<'_>,
) -> Result<Submitted> {
    let (chart, now) = (&held.chart, tx.now());
    let actor = Actor::person(ActorKind::Coder, held.lease.person_id);
    let change = lifecycle::decide(&chart.life(), Action::Submit, actor, now)?;
    let lease = count_last_minutes(services, tx, &held.lease).await?;
    let version = chart.coding_version.saturating_add(1);
    let sealed = dismissals::seal(tx, &services.keyring, chart, &work.dismissals).await?;
    let new = NewVersion {
        version,
        by: AuthorKind::Coder,
        lines: &work.lines,
        disposition: work.disposition,
        active_seconds: lease.active_seconds,
    };
    store::insert_version(tx, chart, &new, sealed).await?;
    notes::write(tx, &services.keyring, chart, About::Coding, work.note).await?;
    drafts::discard(tx, chart, AssignmentKind::Coding).await?;
    leases::end(tx, &lease, AssignmentState::Submitted, "submitted").await?;

    // A revised coding goes to the reviewer who sent it back, for a while.
    let reviewer = chart.reviewer_id.filter(|_| chart.round > 0);
    let sticky_seconds = i64::from(services.config.review.sticky_hours) * SECONDS_PER_HOUR;
    let along = Along {
        coding_version: Some(version),
        coder_id: Some(Some(lease.person_id)),
        coded_at: Some(Some(now)),
        sticky_person_id: Some(reviewer),
        sticky_until: Some(reviewer.map(|_| now.plus_seconds(sticky_seconds))),
        ..Along::default()
    };
    let after = apply(tx, &change, along).await?;
    Ok(Submitted { chart_id: chart.id, coding_version: version, state: after.state })
}

/// The minutes since the last sign of life belong to the work, too.
async fn count_last_minutes(
    services: &Services,
    tx: &mut WorkTx,
    lease: &Assignment,
) -> Result<Assignment> {
    let until = held_until(services, tx.now());
    leases::beat(tx, lease, until, Worked::UnlessSeconds(IDLE_SECONDS_MAX)).await?;
    leases::own(tx, lease.chart_id, lease.kind, Some(lease.epoch)).await
}

async fn note_down(
    tx: &mut DeskTx,
    chart: &ChartRow,
    submitted: &Submitted,
    line_count: usize,
) -> Result<()> {
    let facility = chart.facility_id;
    let coding_version = submitted.coding_version;
    let promise = CodingSubmitted { facility, chart: chart.id, coding_version };
    jobs::enqueue(tx, &promise)?;
    usual::count_soon(tx, facility)?;
    live::tell(tx, Topic::Board)?;
    live::tell(tx, Topic::Facility(facility))?;
    let detail = format!("version {coding_version}, {line_count} lines");
    let entry = Entry::of(facility, "coding.submitted", "chart", chart.id.uuid()).with(detail);
    audit::append(tx, entry).await?;
    Ok(())
}
