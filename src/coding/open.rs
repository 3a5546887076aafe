//! Everything the desk shows of a chart, and its documents.

use crate::KIND;
use crate::check::Columns;
use crate::draft::Draft;
use crate::lease::LeaseView;
use crate::line::CodedLine;
use crate::{drafts, store};
use base::Services;
use base::audit::{self, Entry};
use base::db::{ClinicalTx, DeskTx, VendorScope};
use base::error::{Error, Result};
use charts::documents::{self, DocumentView};
use charts::held::{self, Held};
use charts::patient::{self, Encounter};
use charts::{ChartRow, notes};
use facilities::Terms;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId};
use rules::lifecycle::ChartState;
use rules::time::Day;
use rules::words::{AssignmentKind, WorkType};
use serde::Serialize;
use std::collections::HashMap;

/// A chart on its coder's desk.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Desk {
    /// Where the chart stands.
    pub chart: DeskChart,
    /// The contract's terms that matter here.
    pub queue: DeskQueue,
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
    /// What has been entered so far.
    pub draft: Option<DraftView>,
    /// The coder's lease.
    pub lease: LeaseView,
    /// What was handed in before, when the chart was sent back.
    pub previous: Option<Vec<CodedLine>>,
    /// What others wrote about the chart, oldest first.
    pub notes: Vec<NoteView>,
}

/// A chart's metadata on the desk.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeskChart {
    /// The chart.
    pub id: ChartId,
    /// Its state.
    pub state: ChartState,
    /// How often a reviewer sent it back.
    pub round: i32,
    /// When it came.
    pub received_at: Instant,
    /// When its codes are due.
    pub due_at: Option<Instant>,
}

/// A queue's terms on the desk.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeskQueue {
    /// The tenant.
    pub facility_id: FacilityId,
    /// Its name.
    pub facility: String,
    /// The queue's name.
    pub name: String,
    /// The kind of work.
    pub work_type: WorkType,
    /// The same for people.
    pub work_type_label: &'static str,
    /// How long a chart usually takes.
    pub expected_seconds: i32,
}

/// A draft with what the next saving must know of it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DraftView {
    /// To be given with the next saving.
    pub revision: i32,
    /// When it was saved.
    pub saved_at: Instant,
    /// Whether the asking person saved it, rather than whoever held the chart before.
    pub own: bool,
    /// What was entered.
    pub draft: Draft,
}

/// Something written about the chart.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct NoteView {
    /// `chart`, `hold`, `advice`, `review` or `coding`.
    pub about: String,
    /// The writer's name; someone of the facility is named by the facility.
    pub author: String,
    /// When.
    pub at: Instant,
    /// What.
    pub text: String,
}

/// Puts a chart on the desk of whoever holds it, and writes down that its patient was read.
///
/// # Errors
/// [`Error::NotFound`] when they never held it; [`Error::Conflict`] when they no longer do.
pub async fn open(services: &Services, scope: &VendorScope, chart: ChartId) -> Result<Desk> {
    services.db.desk(scope, async |tx| Box::pin(lay_out(services, tx, chart)).await).await
}

async fn lay_out(services: &Services, tx: &mut DeskTx, chart: ChartId) -> Result<Desk> {
    let Held { chart, lease } = held::to_read(tx, KIND, chart).await?;
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let queue = queue_view(tx, &chart, &terms).await?;
    let notes = notes_of(services, tx, &chart, &queue.facility).await?;
    let draft = draft_of(services, tx, &chart, lease.person_id).await?;
    let previous = previous_lines(tx, &chart).await?;
    let documents = documents::of_chart(tx, &services.keyring, chart.id).await?;
    let lease = LeaseView::of(&lease, tx.now());
    // Last, because it writes to the audit trail.
    let encounter = patient::read(tx, &services.keyring, chart.id).await?;
    let coded_on = terms.work_type.coded_on(encounter.service_date, encounter.discharge_date);
    let (edition, edition_certain) = services.codes()?.edition(coded_on);
    Ok(Desk {
        columns: Columns::of(terms.work_type),
        chart: DeskChart {
            id: chart.id,
            state: chart.state,
            round: chart.round,
            received_at: chart.received_at,
            due_at: chart.due_at,
        },
        queue,
        encounter,
        coded_on: Day(coded_on),
        edition,
        edition_certain,
        documents,
        draft,
        lease,
        previous,
        notes,
    })
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
        expected_seconds: chart.expected_seconds,
    })
}

/// The chart's draft, whoever of its holders wrote it.
pub(crate) async fn draft_of(
    services: &Services,
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    person: PersonId,
) -> Result<Option<DraftView>> {
    let stored = drafts::read(tx, &services.keyring, chart, AssignmentKind::Coding).await?;
    let Some(stored) = stored else { return Ok(None) };
    Ok(Some(DraftView {
        revision: stored.revision,
        saved_at: stored.saved_at,
        own: stored.author_id == person,
        draft: serde_json::from_slice(&stored.plain)?,
    }))
}

async fn previous_lines(tx: &mut ClinicalTx, chart: &ChartRow) -> Result<Option<Vec<CodedLine>>> {
    if chart.round == 0 {
        return Ok(None);
    }
    let Some(version) = store::last_by_coder(tx, chart).await? else { return Ok(None) };
    Ok(Some(store::lines_of(tx, chart, version).await?))
}

/// What was written about a chart, with the names of those whom the desk knows.
///
/// # Errors
/// When opening a note or the database fails.
pub async fn notes_of(
    services: &Services,
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    facility: &str,
) -> Result<Vec<NoteView>> {
    let notes = notes::of_chart(tx, &services.keyring, chart).await?;
    let authors: Vec<PersonId> = notes.iter().map(|note| note.author_id).collect();
    let names: HashMap<PersonId, String> = people::names(tx, &authors).await?;
    let author = |id: &PersonId| names.get(id).cloned().unwrap_or_else(|| facility.to_owned());
    Ok(notes
        .into_iter()
        .map(|note| NoteView {
            author: author(&note.author_id),
            about: note.about,
            at: note.at,
            text: note.text,
        })
        .collect())
}

/// The documents of a chart, and writes down that their names were read.
///
/// # Errors
/// As [`open`].
pub async fn documents_of(
    services: &Services,
    scope: &VendorScope,
    chart: ChartId,
) -> Result<Vec<DocumentView>> {
    services
        .db
        .desk(scope, async |tx| {
            let chart = held::to_read(tx, KIND, chart).await?.chart;
            let documents = documents::of_chart(tx, &services.keyring, chart.id).await?;
            let entry = Entry::of(chart.facility_id, "documents.listed", "chart", chart.id.uuid());
            audit::append(tx, entry).await?;
            Ok(documents)
        })
        .await
}
