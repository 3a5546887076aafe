//! What coders do with a chart: code it, rightly or not, hold it, or give it back.

use super::agenda::{Event, Job};
use super::at_facility::answer_later;
use super::history::{History, unless_refused};
use base::Services;
use base::db::VendorScope;
use base::error::Result;
use charts::holds::Placing;
use charts::leases::{self, Worked};
use coding::{Dismissal, Draft, Handover, Outcome, Refused, Releasing, SkipReason};
use queries::{AskedQuestion, Asking};
use rules::Instant;
use rules::edits::EditSeverity;
use rules::ids::{DocumentId, PersonId};
use rules::query::{QueryKind, QueryQuestion};
use rules::words::{HoldReason, WorkType};

/// How often in a hundred charts.
const HOLDS_PERCENT: i64 = 6;
const RELEASES_PERCENT: i64 = 2;
/// A provider answers within this time.
const REPLY_SECONDS: (i64, i64) = (2 * 3_600, 20 * 3_600);
/// No chart is worked on for longer without a pause.
const WORKED_SECONDS_MAX: i64 = 4 * 3_600;
const LEASE_SECONDS: i64 = 3_600;

/// A coder is through with a chart.
pub(super) async fn finish(history: &mut History<'_>, worker: usize, job: Job) -> Result<()> {
    let Some(coder) = history.town.workers.get(worker) else { return Ok(()) };
    let (scope, errs_percent) = (coder.scope.clone(), coder.member.errs_percent);
    let services = history.services;
    let Some(desk) = unless_refused(
        "opening a chart",
        Box::pin(coding::open(services, &scope, job.chart)).await,
    )?
    else {
        return Ok(());
    };
    let counted = count_minutes(services, &scope, job).await;
    if unless_refused("working", counted)?.is_none() {
        return Ok(());
    }
    let is_new = desk.previous.is_none();
    let documents: Vec<(DocumentId, String)> =
        desk.documents.into_iter().map(|document| (document.id, document.name)).collect();
    let waits = history.waits_for_visitor(job.facility);
    if is_new && (waits.is_some() || history.random.percent(HOLDS_PERCENT)) {
        return hold(history, &scope, (job, &documents), waits).await;
    }
    if is_new && history.random.percent(RELEASES_PERCENT) {
        let given = coding::release(services, &scope, job.chart, back(job, SkipReason::Other));
        unless_refused("releasing", given.await)?;
        return Ok(());
    }
    let errs = is_new && history.random.percent(errs_percent);
    let Some(story) = history.stories.get(&job.chart) else { return Ok(()) };
    let draft = if errs {
        let lines = story.mistaken(&mut history.random);
        story.draft(&lines, &documents)
    } else {
        story.draft(&story.template.lines, &documents)
    };
    Box::pin(submit(services, &scope, job, draft)).await
}

/// A browser gives a sign of life every few seconds; here one stands for them all.
pub(super) async fn count_minutes(
    services: &Services,
    scope: &VendorScope,
    job: Job,
) -> Result<Instant> {
    services
        .db
        .desk(scope, async |tx| {
            let lease = leases::own(tx, job.chart, job.kind, Some(job.epoch)).await?;
            let until = tx.now().plus_seconds(LEASE_SECONDS);
            leases::beat(tx, &lease, until, Worked::UnlessSeconds(WORKED_SECONDS_MAX)).await
        })
        .await
}

/// Hands in; what the edits warn of is set aside with a reason, as a coder would.
async fn submit(
    services: &Services,
    scope: &VendorScope,
    job: Job,
    mut draft: Draft,
) -> Result<()> {
    for _ in 0..2 {
        let handover = Handover { epoch: job.epoch, draft: &draft };
        let outcome = Box::pin(coding::submit(services, scope, job.chart, handover, None)).await;
        match unless_refused("submitting", outcome)? {
            Some(Outcome::Refused(refused)) => set_aside(&mut draft, &refused),
            Some(Outcome::Submitted(_)) | None => return Ok(()),
        }
    }
    // What stays refused goes back to the queue with the draft, for somebody who can mend it.
    tracing::warn!(chart = %job.chart, "the edits refuse a chart of the demonstration");
    let given = coding::release(services, scope, job.chart, back(job, SkipReason::OutsideSkill));
    unless_refused("releasing", given.await)?;
    Ok(())
}

const fn back(job: Job, reason: SkipReason) -> Releasing<'static> {
    Releasing { epoch: job.epoch, reason, skill: None }
}

fn set_aside(draft: &mut Draft, refused: &Refused) {
    let warnings =
        refused.findings.iter().filter(|finding| finding.severity == EditSeverity::Warning);
    draft.dismissals = warnings
        .map(|finding| Dismissal {
            rule: finding.rule.clone().into_owned(),
            line: finding.line,
            reason: "Documented so by the provider.".to_owned(),
        })
        .collect();
}

async fn hold(
    history: &mut History<'_>,
    scope: &VendorScope,
    (job, documents): (Job, &[(DocumentId, String)]),
    wanted: Option<HoldReason>,
) -> Result<()> {
    let work_type = history.stories.get(&job.chart).map(|story| story.template.work_type);
    let reasons: &[(HoldReason, &str)] = &[
        (
            HoldReason::ProviderClarification,
            "The assessment names two diagnoses; which one stands?",
        ),
        (HoldReason::MissingDocument, "The note refers to a report that is not in the chart."),
        (HoldReason::CodingAdvice, "Please advise on the sequence of the diagnoses."),
    ];
    let operative: &[(HoldReason, &str)] = &[
        (HoldReason::PendingPathology, "The specimen was sent; the result is not here yet."),
        (HoldReason::MissingOperativeReport, "The operative report of the second side is missing."),
    ];
    let of_surgery = matches!(work_type, Some(WorkType::AmbulatorySurgery | WorkType::Inpatient));
    let list = if of_surgery && wanted.is_none() { operative } else { reasons };
    let found = list.iter().find(|(reason, _)| Some(*reason) == wanted);
    let Some((reason, note)) = found.or_else(|| history.random.pick(list)).copied() else {
        return Ok(());
    };
    let provider = history.town.facility(job.facility).and_then(|founded| founded.provider);
    if let (HoldReason::ProviderClarification, Some(provider)) = (reason, provider) {
        return ask(history, (scope, provider), (job, documents)).await;
    }
    let (which, placings) = ((job.chart, job.epoch), [Placing::of(reason, note)]);
    let held = coding::hold(history.services, scope, which, &placings, None).await;
    if unless_refused("holding", held)?.is_some() && wanted.is_none() {
        answer_later(history, job.chart, job.facility);
    }
    Ok(())
}

/// Asks the provider what the record leaves open. What is asked in the last day waits for the visitor.
async fn ask(
    history: &mut History<'_>,
    (scope, provider): (&VendorScope, PersonId),
    (job, documents): (Job, &[(DocumentId, String)]),
) -> Result<()> {
    let story = history.stories.get(&job.chart);
    let Some(quotation) = story.and_then(|story| story.quotation(documents)) else {
        return Ok(());
    };
    let question = QueryQuestion {
        title: "Clinical significance".to_owned(),
        kind: QueryKind::OpenEnded,
        text: "Please document the diagnosis, if any, that this finding stands for, and whether it was \
               evaluated or treated at this encounter."
            .to_owned(),
        indicators: vec![quotation],
        options: Vec::new(),
        about: None,
        condition: String::new(),
        cause: String::new(),
        template: None,
    };
    let questions = [AskedQuestion { provider_id: Some(provider), question }];
    let asking = Asking { epoch: job.epoch, questions: &questions };
    let asked = Box::pin(queries::ask(history.services, scope, job.chart, asking, None)).await;
    let Some(asked) = unless_refused("asking a provider", asked)? else { return Ok(()) };
    let now = history.services.clock().now();
    if !history.is_closing(now) {
        for query in asked.queries {
            let at = now.plus_seconds(history.random.between(REPLY_SECONDS.0, REPLY_SECONDS.1));
            history.agenda.note(at, Event::Reply(query, job.facility));
        }
    }
    Ok(())
}
