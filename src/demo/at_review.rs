//! What reviewers do with a coding: accept it, mend it, or send it back with what they found.

use super::agenda::Job;
use super::at_desk::count_minutes;
use super::history::{History, unless_refused};
use base::error::Result;
use coding::{CodedLine, DraftLine};
use review::{Decision, FindingEntry, Proposed};
use rules::compare::{Line, compare};
use rules::ids::DocumentId;
use rules::words::{FindingCategory, ReviewOutcome};

/// Of the codings with a mistake so many in a hundred go back to their coder; the rest is mended.
const SENT_BACK_PERCENT: i64 = 30;

/// A reviewer is through with a coding.
pub(super) async fn finish(history: &mut History<'_>, worker: usize, job: Job) -> Result<()> {
    let Some(reviewer) = history.town.workers.get(worker) else { return Ok(()) };
    let scope = reviewer.scope.clone();
    let services = history.services;
    let opened = Box::pin(review::open(services, &scope, job.chart)).await;
    let Some(desk) = unless_refused("opening a review", opened)? else { return Ok(()) };
    let counted = count_minutes(services, &scope, job).await;
    if unless_refused("reviewing", counted)?.is_none() {
        return Ok(());
    }
    let documents: Vec<(DocumentId, String)> =
        desk.documents.into_iter().map(|document| (document.id, document.name)).collect();
    let Some(story) = history.stories.get(&job.chart) else { return Ok(()) };
    let lines = story.draft(&story.template.lines, &documents).lines;
    let sends_back = desk.chart.round == 0 && history.random.percent(SENT_BACK_PERCENT);
    let decision = decision(job.epoch, &desk.coding.lines, lines, sends_back);
    let decided = Box::pin(review::decide(services, &scope, job.chart, &decision, None)).await;
    unless_refused("deciding a review", decided)?;
    Ok(())
}

fn decision(epoch: i32, coder: &[CodedLine], lines: Vec<DraftLine>, sends_back: bool) -> Decision {
    let reviewer: Vec<CodedLine> = lines.iter().map(DraftLine::coded).collect();
    let bare = |lines: &[CodedLine]| -> Vec<Line> {
        lines.iter().map(|coded| coded.line.clone()).collect()
    };
    let comparison = compare(&bare(coder), &bare(&reviewer));
    if comparison.is_same() {
        let outcome = ReviewOutcome::Accepted;
        return Decision { epoch, outcome, lines: None, findings: Vec::new(), note: String::new() };
    }
    let (outcome, note) = if sends_back {
        (ReviewOutcome::SentBack, "Please look again at the lines I marked.")
    } else {
        (ReviewOutcome::FixedAndAccepted, "")
    };
    Decision {
        epoch,
        outcome,
        lines: Some(lines),
        findings: review::proposed(&comparison).iter().map(finding).collect(),
        note: note.to_owned(),
    }
}

fn finding(proposed: &Proposed) -> FindingEntry {
    let (rationale, citation) = words(proposed.category);
    FindingEntry {
        category: proposed.category,
        severity: proposed.severity,
        coder_line: proposed.coder_line,
        reviewer_line: proposed.reviewer_line,
        rationale: rationale.to_owned(),
        citation: citation.to_owned(),
    }
}

/// What reviewers write of a difference.
const fn words(category: FindingCategory) -> (&'static str, &'static str) {
    match category {
        FindingCategory::Missed => (
            "The provider assesses this condition and it affects the care given; report it.",
            "ICD-10-CM guidelines, section III, reporting additional diagnoses",
        ),
        FindingCategory::Added => (
            "Nothing in the record of this encounter supports the code.",
            "ICD-10-CM guidelines, section I.B, documentation by the provider",
        ),
        FindingCategory::Changed | FindingCategory::Level => (
            "The record says more than the code does; the more specific one is right.",
            "ICD-10-CM guidelines, section I.B.2, level of detail in coding",
        ),
        FindingCategory::Resequenced => (
            "The condition chiefly responsible for the encounter comes first.",
            "ICD-10-CM guidelines, sections II and IV",
        ),
        FindingCategory::PresentOnAdmission => (
            "The history and physical shows when the condition began.",
            "ICD-10-CM guidelines, appendix I",
        ),
        FindingCategory::Modifier => {
            ("A separately identifiable service, or another side, needs its modifier.", "")
        }
        FindingCategory::Units => ("The units differ from those in the record.", ""),
    }
}
