//! Charts as a facility sees them: with their patients, for its own people alone.

use crate::documents::{self, DocumentView};
use crate::holds::{self, Hold};
use crate::notes::{self, Note};
use crate::patient::{self, Encounter};
use crate::schema::{charts, encounters};
use crate::store::{self, ChartRow};
use base::db::FacilityTx;
use base::error::Result;
use base::keyring::Keyring;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::holds::HoldOwner;
use rules::ids::{ChartId, QueueId};
use rules::lifecycle::ChartState;
use serde::{Deserialize, Serialize};
use web::paging::{Cursor, Paged, Paging};

/// What a list of charts is asked for.
#[derive(Debug, Default, Deserialize, utoipa::IntoParams)]
pub struct Filter {
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only charts that stand here.
    pub state: Option<ChartState>,
    /// Only charts of this queue.
    pub queue: Option<QueueId>,
    /// Only charts with this account number.
    pub account: Option<String>,
}

impl Filter {
    fn paging(&self) -> Paging {
        Paging { limit: self.limit, after: self.after.clone() }
    }
}

/// A chart in a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ListedChart {
    /// The chart.
    pub id: ChartId,
    /// Its queue's name.
    pub queue: String,
    /// Where it stands.
    pub state: ChartState,
    /// The state in words.
    pub state_words: &'static str,
    /// Patient and dates.
    pub encounter: Option<Encounter>,
    /// When it came.
    pub received_at: Instant,
    /// When its codes are due.
    pub due_at: Option<Instant>,
    /// When they were returned.
    pub returned_at: Option<Instant>,
}

/// One page of the facility's charts, newest first.
///
/// # Errors
/// [`base::Error::Invalid`] for a foreign cursor.
pub async fn list(
    tx: &mut FacilityTx,
    keyring: &Keyring,
    filter: &Filter,
) -> Result<Paged<ListedChart>> {
    let (facility, paging) = (tx.facility(), filter.paging());
    let rows = paging.rows();
    let mut query = charts::table
        .filter(charts::facility_id.eq(facility))
        .order((charts::received_at.desc(), charts::id.desc()))
        .limit(rows + 1)
        .select(ChartRow::as_select())
        .into_boxed();
    if let Some(Cursor { at, id }) = paging.cursor()? {
        let earlier = charts::received_at.lt(at);
        let beside = charts::received_at.eq(at).and(charts::id.lt(id));
        query = query.filter(earlier.or(beside));
    }
    if let Some(state) = filter.state {
        query = query.filter(charts::state.eq(state));
    }
    if let Some(queue) = filter.queue {
        query = query.filter(charts::queue_id.eq(queue));
    }
    if let Some(account) = filter.account.as_deref().filter(|text| !text.trim().is_empty()) {
        let key = keyring.key(tx, facility).await?;
        let of_account = encounters::table
            .filter(encounters::facility_id.eq(facility))
            .filter(encounters::account_hash.eq(patient::account_hash(&key, account)))
            .select(encounters::chart_id);
        query = query.filter(charts::id.eq_any(of_account));
    }
    let found: Vec<ChartRow> = query.load(tx.conn()).await?;
    let page = Paged::of(found, rows, |row| Cursor { at: row.received_at, id: row.id.uuid() });
    let queues = facilities::all_terms(tx).await?;
    let ids: Vec<ChartId> = page.items.iter().map(|row| row.id).collect();
    let mut patients = patient::read_list(tx, keyring, facility, &ids).await?;
    Ok(page.map(|row| ListedChart {
        id: row.id,
        queue: queues
            .iter()
            .find(|queue| queue.queue_id == row.queue_id)
            .map_or_else(String::new, |queue| queue.name.clone()),
        state: row.state,
        state_words: row.state.label(),
        encounter: patients.remove(&row.id),
        received_at: row.received_at,
        due_at: row.due_at,
        returned_at: row.returned_at,
    }))
}

/// A chart with everything that its facility may know.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ChartView {
    /// The chart.
    pub id: ChartId,
    /// Its queue's name.
    pub queue: String,
    /// Where it stands.
    pub state: ChartState,
    /// The state in words.
    pub state_words: &'static str,
    /// Counts its moves.
    pub version: i32,
    /// Patient and dates.
    pub encounter: Encounter,
    /// Its documents, in their order.
    pub documents: Vec<DocumentView>,
    /// What keeps it from going on until the facility or a provider has acted.
    pub holds: Vec<Hold>,
    /// What was written about it.
    pub notes: Vec<Note>,
    /// The chart that it looks like.
    pub duplicate_of: Option<ChartId>,
    /// When it came.
    pub received_at: Instant,
    /// When its codes are due.
    pub due_at: Option<Instant>,
    /// When they were returned.
    pub returned_at: Option<Instant>,
}

/// One chart, opened and written down as read.
///
/// # Errors
/// [`base::Error::NotFound`] for a chart of nobody or somebody else.
pub async fn one(tx: &mut FacilityTx, keyring: &Keyring, id: ChartId) -> Result<ChartView> {
    let chart = store::find(tx, id).await?;
    let queue = facilities::terms(tx, chart.facility_id, chart.queue_id).await?.name;
    let documents = documents::of_chart(tx, keyring, id).await?;
    let mut holds = holds::open_of(tx, &chart).await?;
    // What the coding company settles itself is not the facility's to worry about.
    holds.retain(|hold| hold.owner != HoldOwner::Vendor);
    let notes = notes::of_chart(tx, keyring, &chart).await?;
    // What was written for a hold is for the facility; what reviewers and leads write is for coders.
    let theirs = |note: &Note| !matches!(note.about.as_str(), "review" | "advice");
    let notes = notes.into_iter().filter(theirs).collect();
    let encounter = patient::read(tx, keyring, id).await?;
    Ok(ChartView {
        id,
        queue,
        state: chart.state,
        state_words: chart.state.label(),
        version: chart.version,
        encounter,
        documents,
        holds,
        notes,
        duplicate_of: chart.duplicate_of,
        received_at: chart.received_at,
        due_at: chart.due_at,
        returned_at: chart.returned_at,
    })
}
