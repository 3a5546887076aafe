//! A facility collects what was returned: it lists, opens and acknowledges.

use crate::package::Package;
use crate::store::{self, ReturnRow, Which};
use base::Services;
use base::audit::{self, Entry};
use base::db::{FacilityScope, FacilityTx};
use base::error::{Error, Result};
use base::keyring::Keyring;
use charts::patient;
use charts::store::{Along, apply};
use jiff::civil::Date;
use rules::Instant;
use rules::ids::{ChartId, ReturnId};
use rules::lifecycle::{self, Action, Actor, ActorKind, ChartState};
use serde::{Deserialize, Serialize};
use std::collections::HashMap;
use web::live::{self, Topic};
use web::paging::{Paged, Paging};

/// What a list of returns is asked for.
#[derive(Debug, Clone, Default, Deserialize, utoipa::IntoParams)]
pub struct Filter {
    /// Rows wanted, 1 to 200.
    pub limit: Option<u32>,
    /// The `next` of the page before.
    pub after: Option<String>,
    /// Only those that were acknowledged, or only those that were not.
    pub acknowledged: Option<bool>,
    /// Only those made then or later, such as `2026-03-01T00:00:00Z`.
    pub since: Option<Instant>,
    /// Only those made before then.
    pub until: Option<Instant>,
}

impl Filter {
    const fn which(&self) -> Which {
        Which { acknowledged: self.acknowledged, since: self.since, until: self.until }
    }

    fn paging(&self) -> Paging {
        Paging { limit: self.limit, after: self.after.clone() }
    }
}

/// A return in a list.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ListedReturn {
    /// The return.
    pub id: ReturnId,
    /// The chart that it answers.
    pub chart_id: ChartId,
    /// Counts the chart's returns from 1.
    pub version: i32,
    /// The facility's own number for the encounter.
    pub account_number: String,
    /// The patient, as registered.
    pub patient_name: String,
    /// Date of service, or of admission.
    #[schema(value_type = String, format = Date)]
    pub service_date: Date,
    /// The name that the chart's queue has today.
    pub queue: String,
    /// Codes in it.
    pub line_count: i32,
    /// Whether it was back when the contract wanted it.
    pub on_time: bool,
    /// When it was made.
    pub made_at: Instant,
    /// When the facility took it.
    pub acknowledged_at: Option<Instant>,
}

/// A return with all that it says.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReturnView {
    /// The package as it was made.
    pub package: Package,
    /// SHA-256 of its bytes, in hexadecimal.
    pub sha256: String,
    /// When the facility took it.
    pub acknowledged_at: Option<Instant>,
}

/// What was said of a return that was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Acknowledged {
    /// The return.
    pub id: ReturnId,
    /// When it was first said.
    pub acknowledged_at: Instant,
}

/// One page of the facility's returns, newest first.
///
/// # Errors
/// [`base::Error::Invalid`] for a foreign cursor.
pub async fn list(
    tx: &mut FacilityTx,
    keyring: &Keyring,
    filter: &Filter,
) -> Result<Paged<ListedReturn>> {
    let page = store::list(tx, filter.which(), &filter.paging()).await?;
    let charts: Vec<ChartId> = page.items.iter().map(|row| row.chart_id).collect();
    let facility = tx.facility();
    let queues = store::queues_of(tx, &charts).await?;
    let names: HashMap<_, _> = facilities::all_terms(tx)
        .await?
        .into_iter()
        .map(|terms| (terms.queue_id, terms.name))
        .collect();
    let patients = patient::read_list(tx, keyring, facility, &charts).await?;
    Ok(page.map(|row| {
        let queue = queues.get(&row.chart_id).and_then(|queue| names.get(queue));
        listed(&row, queue.cloned().unwrap_or_default(), &patients)
    }))
}

fn listed(
    row: &ReturnRow,
    queue: String,
    patients: &HashMap<ChartId, patient::Encounter>,
) -> ListedReturn {
    let encounter = patients.get(&row.chart_id);
    let identity = encounter.map(|encounter| &encounter.identity);
    ListedReturn {
        id: row.id,
        chart_id: row.chart_id,
        version: row.version,
        account_number: identity.map(|it| it.account_number.clone()).unwrap_or_default(),
        patient_name: identity.map(|it| it.patient_name.clone()).unwrap_or_default(),
        service_date: encounter.map(|it| it.service_date).unwrap_or_default(),
        queue,
        line_count: row.line_count,
        on_time: row.on_time,
        made_at: row.made_at,
        acknowledged_at: row.acknowledged_at,
    }
}

/// The bytes of a package, as they were made, and its row. That it was read is written down.
pub(crate) async fn open(
    tx: &mut FacilityTx,
    keyring: &Keyring,
    id: ReturnId,
) -> Result<(ReturnRow, Vec<u8>)> {
    let row = store::find(tx, id).await?;
    let key = keyring.key(tx, row.facility_id).await?;
    let bytes = store::package(tx, &key, id).await?;
    audit::append(tx, Entry::of(row.facility_id, "return.read", "return", id.uuid())).await?;
    Ok((row, bytes))
}

/// One return, opened.
///
/// # Errors
/// [`base::Error::NotFound`] for a return of nobody or somebody else.
pub async fn one(tx: &mut FacilityTx, keyring: &Keyring, id: ReturnId) -> Result<ReturnView> {
    let (row, bytes) = open(tx, keyring, id).await?;
    Ok(ReturnView {
        package: serde_json::from_slice(&bytes)?,
        sha256: base::secret::hex(&base::secret::sha256(&bytes)),
        acknowledged_at: row.acknowledged_at,
    })
}

/// Returns of one export, at most.
const EXPORTED_MAX: usize = 2_000;

/// The packages of many returns, newest first, and where the rest begins, if there is more.
pub(crate) async fn packages(
    tx: &mut FacilityTx,
    keyring: &Keyring,
    filter: &Filter,
) -> Result<Paged<Package>> {
    let facility = tx.facility();
    let key = keyring.key(tx, facility).await?;
    let mut packages = Vec::new();
    let mut paging = Paging { limit: Some(web::paging::PAGE_ROWS_MAX), ..filter.paging() };
    loop {
        let page = store::list(tx, filter.which(), &paging).await?;
        for row in &page.items {
            packages.push(serde_json::from_slice(&store::package(tx, &key, row.id).await?)?);
        }
        paging.after = page.next;
        if paging.after.is_none() || packages.len() >= EXPORTED_MAX {
            break;
        }
    }
    let entry = Entry {
        facility: Some(facility),
        action: "returns.exported",
        object: "returns",
        id: None,
        detail: format!("{} returns", packages.len()),
    };
    audit::append(tx, entry).await?;
    Ok(Paged { items: packages, next: paging.after })
}

/// Says that the facility has a return. Saying it again changes nothing.
///
/// # Errors
/// [`base::Error::NotFound`] for a return of nobody or somebody else.
pub async fn acknowledge(
    services: &Services,
    scope: &FacilityScope,
    id: ReturnId,
) -> Result<Acknowledged> {
    services.db.facility(scope, async |tx| take_one(tx, id).await).await
}

async fn take_one(tx: &mut FacilityTx, id: ReturnId) -> Result<Acknowledged> {
    let mut taken = take(tx, &[id]).await?;
    taken.pop().ok_or(Error::NotFound)
}

/// Says of several returns that the facility has them, each once, in no order.
///
/// # Errors
/// [`Error::NotFound`] when one of them is of nobody or somebody else; then nothing is said of any.
pub(crate) async fn take(tx: &mut FacilityTx, ids: &[ReturnId]) -> Result<Vec<Acknowledged>> {
    let mut wanted = Vec::with_capacity(ids.len());
    for id in ids {
        wanted.push((store::find(tx, *id).await?.chart_id, *id));
    }
    // Whoever takes several charts takes them in this order, so nobody waits in a circle.
    wanted.sort_unstable();
    wanted.dedup();
    let (mut taken, mut news) = (Vec::with_capacity(wanted.len()), Vec::new());
    for (chart, id) in wanted {
        let (acknowledged, first) = mark(tx, chart, id).await?;
        taken.push(acknowledged);
        if first {
            news.push(id);
        }
    }
    // The audit chain is held until the end: no chart is locked after it.
    if !news.is_empty() {
        let facility = tx.facility();
        live::tell(tx, Topic::Facility(facility))?;
        for id in news {
            let entry = Entry::of(facility, "return.acknowledged", "return", id.uuid());
            audit::append(tx, entry).await?;
        }
    }
    Ok(taken)
}

/// Says it of one, and whether that was the first time.
async fn mark(tx: &mut FacilityTx, chart: ChartId, id: ReturnId) -> Result<(Acknowledged, bool)> {
    // The chart's lock keeps two who say so at once apart.
    let chart = charts::store::lock(tx, chart).await?;
    let row = store::find(tx, id).await?;
    if let Some(acknowledged_at) = row.acknowledged_at {
        return Ok((Acknowledged { id, acknowledged_at }, false));
    }
    let by = tx.acting_person()?;
    store::set_acknowledged(tx, &row, by).await?;
    // An older return of a chart that is in work again, or was returned anew, moves nothing.
    if chart.state == ChartState::Returned && chart.return_version == row.version {
        let actor = Actor::person(ActorKind::Facility, by);
        let change = lifecycle::decide(&chart.life(), Action::Acknowledge, actor, tx.now())?;
        apply(tx, &change, Along::default()).await?;
    }
    Ok((Acknowledged { id, acknowledged_at: tx.now() }, true))
}
