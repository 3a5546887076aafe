//! Everything a reviewer sees of a chart, and its documents.

use crate::KIND;
use crate::compare::{ScoreView, basis_of, coding_of, describe};
use crate::draft::ReviewDraft;
use crate::findings::{self, FindingView};
use crate::store;
use base::Services;
use base::db::{ClinicalTx, DeskTx, VendorScope};
use base::error::{Error, Result};
use charts::ChartRow;
use charts::documents::{self, DocumentView};
use charts::held::{self, Held};
use charts::patient::{self, Encounter};
use coding::{
    CodedLine, Columns, DeskChart, DeskQueue, Dismissal, LeaseView, NoteView, dismissals, drafts,
};
use facilities::Terms;
use jiff::civil::Date;
use rules::Instant;
use rules::compare::compare;
use rules::ids::{ChartId, PersonId};
use rules::time::Day;
use rules::words::{AssignmentKind, ReviewOutcome};
use serde::Serialize;

/// A chart on its reviewer's desk.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReviewDesk {
    /// Where the chart stands.
    pub chart: DeskChart,
    /// The contract's terms that matter here.
    pub queue: DeskQueue,
    /// Share of lines that are to be right, in percent.
    pub accuracy_target_percent: i32,
    /// Which columns this kind of work needs.
    pub columns: Columns,
    /// Patient and dates.
    pub encounter: Encounter,
    /// The day on which codes must be in force: of discharge for an inpatient stay, else of service.
    pub coded_on: Day,
    /// The diagnosis edition for that day.
    pub edition: String,
    /// False when that day lies outside every loaded edition.
    pub edition_certain: bool,
    /// The documents in the order in which to read them.
    pub documents: Vec<DocumentView>,
    /// The reviewer's lease.
    pub lease: LeaseView,
    /// `ramp`, `routine`, `requested` or `revised`.
    pub drawn_because: String,
    /// The coding under review.
    pub coding: CodingView,
    /// What the reviewer has entered so far.
    pub draft: Option<ReviewDraftView>,
    /// Earlier reviews of this chart, oldest first.
    pub earlier: Vec<EarlierReview>,
    /// What others wrote about the chart, oldest first.
    pub notes: Vec<NoteView>,
}

/// The coding under review.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct CodingView {
    /// Counts the chart's codings.
    pub version: i32,
    /// In the order of the claim.
    pub lines: Vec<CodedLine>,
    /// The wording of each code; none where no list tells.
    pub descriptions: Vec<Option<String>>,
    /// What the edits said and the coder set aside, with the reasons.
    pub dismissals: Vec<Dismissal>,
    /// Where the patient went at discharge, where there was a stay.
    pub disposition: Option<String>,
    /// The score if nothing is changed.
    pub score: ScoreView,
}

/// A reviewer's draft with what the next saving must know of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReviewDraftView {
    /// To be given with the next saving.
    pub revision: i32,
    /// When it was saved.
    pub saved_at: Instant,
    /// Whether the asking person saved it, rather than whoever reviewed the chart before.
    pub own: bool,
    /// What was entered.
    pub draft: ReviewDraft,
}

/// A review that was decided.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct EarlierReview {
    /// Which coding it was about.
    pub coding_version: i32,
    /// When.
    pub decided_at: Option<Instant>,
    /// How it ended.
    pub outcome: Option<ReviewOutcome>,
    /// What was found.
    pub findings: Vec<FindingView>,
}

/// Puts a chart on the desk of whoever reviews it, and writes down that its patient was read.
///
/// # Errors
/// [`Error::NotFound`] when they never held it; [`Error::Conflict`] when they no longer do.
pub async fn open(services: &Services, scope: &VendorScope, chart: ChartId) -> Result<ReviewDesk> {
    services.db.desk(scope, async |tx| Box::pin(lay_out(services, tx, chart)).await).await
}

async fn lay_out(services: &Services, tx: &mut DeskTx, chart: ChartId) -> Result<ReviewDesk> {
    let Held { chart, lease } = held::to_read(tx, KIND, chart).await?;
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let coded_on = basis_of(services, tx, &chart).await?.coded_on();
    let (edition, edition_certain) = services.codes()?.edition(coded_on);
    let queue = queue_view(tx, &chart, &terms).await?;
    let coding = coding_view(services, tx, (&chart, coded_on)).await?;
    let notes = coding::notes_of(services, tx, &chart, &queue.facility).await?;
    let draft = draft_of(services, tx, &chart, lease.person_id).await?;
    let earlier = earlier_of(services, tx, &chart).await?;
    let undecided = store::undecided(tx, &chart).await?;
    let documents = documents::of_chart(tx, &services.keyring, chart.id).await?;
    // Last, because it writes to the audit trail.
    let encounter = patient::read(tx, &services.keyring, chart.id).await?;
    Ok(ReviewDesk {
        columns: Columns::of(terms.work_type),
        accuracy_target_percent: terms.accuracy_target_percent,
        lease: LeaseView::of(&lease, tx.now()),
        // A revised coding may be taken up before its review is written down.
        drawn_because: undecided.map_or("revised".into(), |review| review.drawn_because),
        chart: chart_view(&chart),
        queue,
        encounter,
        coded_on: Day(coded_on),
        edition,
        edition_certain,
        documents,
        coding,
        draft,
        earlier,
        notes,
    })
}

const fn chart_view(chart: &ChartRow) -> DeskChart {
    DeskChart {
        id: chart.id,
        state: chart.state,
        round: chart.round,
        received_at: chart.received_at,
        due_at: chart.due_at,
    }
}

async fn queue_view(tx: &mut ClinicalTx, chart: &ChartRow, terms: &Terms) -> Result<DeskQueue> {
    let names = facilities::names(tx).await?;
    let facility = names.get(&chart.facility_id).ok_or(Error::NotFound)?;
    Ok(DeskQueue {
        facility_id: chart.facility_id,
        facility: facility.name.clone(),
        name: terms.name.clone(),
        work_type: terms.work_type,
        work_type_label: terms.work_type.label(),
        expected_seconds: terms.expected_seconds,
    })
}

async fn coding_view(
    services: &Services,
    tx: &mut ClinicalTx,
    (chart, coded_on): (&ChartRow, Date),
) -> Result<CodingView> {
    let version = chart.coding_version;
    let lines = coding_of(tx, chart).await?;
    let bare = crate::compare::bare(&lines);
    Ok(CodingView {
        version,
        descriptions: describe(&*services.codes()?, coded_on, &lines),
        dismissals: dismissals::dismissals_of(tx, &services.keyring, chart, version).await?,
        disposition: coding::disposition_of(tx, chart, version).await?,
        score: ScoreView::of(&compare(&bare, &bare)),
        lines,
    })
}

/// The chart's draft, whoever of its reviewers wrote it.
pub(crate) async fn draft_of(
    services: &Services,
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    person: PersonId,
) -> Result<Option<ReviewDraftView>> {
    let stored = drafts::read(tx, &services.keyring, chart, AssignmentKind::Review).await?;
    let Some(stored) = stored else { return Ok(None) };
    Ok(Some(ReviewDraftView {
        revision: stored.revision,
        saved_at: stored.saved_at,
        own: stored.author_id == person,
        draft: serde_json::from_slice(&stored.plain)?,
    }))
}

/// The chart's decided reviews with what they found.
pub(crate) async fn earlier_of(
    services: &Services,
    tx: &mut ClinicalTx,
    chart: &ChartRow,
) -> Result<Vec<EarlierReview>> {
    let decided = store::decided(tx, chart).await?;
    if decided.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = findings::of_chart(tx, &services.keyring, chart).await?;
    Ok(decided
        .into_iter()
        .map(|review| EarlierReview {
            coding_version: review.coding_version,
            decided_at: review.decided_at,
            outcome: review.outcome,
            findings: found.remove(&review.id).unwrap_or_default(),
        })
        .collect())
}
