//! What a facility asks of its coders: a text for all of its queues and one for each, written by an account
//! manager or the facility's administrator, in versions that never change. Whoever codes says of each version
//! that they have read it.

pub(crate) mod api;
pub(crate) mod pages;
mod store;

use base::Services;
use base::audit::{self, Entry};
use base::db::{PlaneTx, WorkTx};
use base::error::{Checks, Error, Result};
use formats::guideline::CHARACTERS_MAX;
use rules::Instant;
use rules::ids::{FacilityId, GuidelineId, PersonId, QueueId};
use rules::words::AssignmentKind;
use std::collections::HashMap;
use store::GuidelineRow;

/// One version of a guideline.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, utoipa::ToSchema)]
pub struct Guideline {
    /// This version.
    pub id: GuidelineId,
    /// The tenant.
    pub facility_id: FacilityId,
    /// The queue that it is for; none for every queue of the facility.
    pub queue_id: Option<QueueId>,
    /// Counts the versions.
    pub version: i32,
    /// The text; empty once it is withdrawn.
    pub text: String,
    /// Who wrote it.
    pub written_by: PersonId,
    /// When.
    pub written_at: Instant,
}

impl From<GuidelineRow> for Guideline {
    fn from(row: GuidelineRow) -> Self {
        let GuidelineRow { facility_id, id, queue_id, version, text, written_by, written_at } = row;
        Self { id, facility_id, queue_id, version, text, written_by, written_at }
    }
}

/// A new version of a guideline.
#[derive(Debug, Clone, serde::Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGuideline {
    /// The queue that it is for; every queue when absent.
    #[serde(default)]
    pub queue_id: Option<QueueId>,
    /// The version that it replaces; 0 for the first.
    pub version: i32,
    /// Markdown: headings, lists, tables, emphasis. No patient data. Empty withdraws it.
    #[serde(default)]
    pub text: String,
}

/// The current guidelines of a facility, that for all queues first.
///
/// # Errors
/// When the database fails.
pub async fn current(tx: &mut WorkTx, facility: FacilityId) -> Result<Vec<Guideline>> {
    let mut rows = store::newest(tx, facility).await?;
    rows.sort_by_key(|row| row.queue_id);
    Ok(rows.into_iter().map(Guideline::from).collect())
}

/// Those that somebody who codes for a queue has to know, without the withdrawn ones.
///
/// # Errors
/// When the database fails.
pub async fn of_queue(
    tx: &mut WorkTx,
    facility: FacilityId,
    queue: QueueId,
) -> Result<Vec<Guideline>> {
    let mut all = current(tx, facility).await?;
    all.retain(|one| one.queue_id.is_none_or(|of| of == queue) && !one.text.is_empty());
    Ok(all)
}

/// Which of these versions a person has read.
///
/// # Errors
/// When the database fails.
pub async fn read_by(
    tx: &mut WorkTx,
    guidelines: &[Guideline],
    person: PersonId,
) -> Result<Vec<GuidelineId>> {
    let ids: Vec<GuidelineId> = guidelines.iter().map(|one| one.id).collect();
    Ok(store::read_by(tx, &ids, person).await?)
}

/// The version before a change, as a person knows it: the last that they have read, or else the one before.
///
/// # Errors
/// When the database fails.
pub async fn known_before(
    tx: &mut WorkTx,
    guideline: &Guideline,
    person: PersonId,
) -> Result<Option<Guideline>> {
    let which = (guideline.facility_id, guideline.queue_id, guideline.version);
    Ok(store::known_before(tx, which, person).await?.map(Guideline::from))
}

/// Writes down that the acting person has read these versions.
///
/// # Errors
/// When the database fails.
pub async fn acknowledge(tx: &mut WorkTx, guidelines: &[Guideline]) -> Result<()> {
    for guideline in guidelines {
        store::acknowledge(tx, (guideline.facility_id, guideline.id)).await?;
    }
    Ok(())
}

/// Writes a new version. Everybody who codes for the queue has to read it.
///
/// # Errors
/// [`Error::Invalid`] when it is too long; [`Error::Conflict`] when another version came meanwhile.
pub(crate) async fn write(
    tx: &mut WorkTx,
    facility: FacilityId,
    new: &NewGuideline,
) -> Result<Guideline> {
    let mut checks = Checks::default();
    let fits = new.text.chars().count() <= CHARACTERS_MAX;
    checks.require(fits, "text", "at most 40,000 characters");
    checks.require(new.version >= 0, "version", "the version that it replaces");
    checks.done()?;
    if let Some(queue) = new.queue_id {
        crate::terms(tx, facility, queue).await?;
    }
    let row = GuidelineRow {
        facility_id: facility,
        id: GuidelineId::new(),
        queue_id: new.queue_id,
        version: new.version.saturating_add(1),
        text: new.text.trim().to_owned(),
        written_by: tx.acting_person()?,
        written_at: tx.now(),
    };
    let newest = store::newest(tx, facility).await?;
    let before = newest.iter().find(|one| one.queue_id == new.queue_id);
    let is_next = before.map_or(0, |one| one.version) == new.version;
    if !is_next || store::insert(tx, &row).await? == 0 {
        return Err(Error::Conflict("somebody wrote another version meanwhile; look again".into()));
    }
    note(tx, &row).await?;
    Ok(row.into())
}

async fn note(tx: &mut PlaneTx, row: &GuidelineRow) -> Result<()> {
    let entry = Entry::of(row.facility_id, "guideline.written", "guideline", row.id.uuid());
    audit::append(tx, entry.with(format!("version {}", row.version))).await?;
    Ok(())
}

/// A guideline with who has read it.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct GuidelineStanding {
    /// The current version.
    #[serde(flatten)]
    pub guideline: Guideline,
    /// The queue's name; none for every queue.
    pub queue: Option<String>,
    /// Coders whom the facility allow-lists and who have read it.
    pub read: Vec<String>,
    /// Those who have not.
    pub unread: Vec<String>,
}

/// The current guidelines of a facility with the coders who have read them and those who have not.
///
/// # Errors
/// [`Error::NotFound`] for a facility outside the scope.
pub(crate) async fn standing(
    tx: &mut WorkTx,
    facility: FacilityId,
) -> Result<Vec<GuidelineStanding>> {
    let queues = queue_names(tx, facility).await?;
    let allowed: Vec<PersonId> =
        crate::store::allowed(tx, facility).await?.into_iter().map(|(person, _)| person).collect();
    let workforce = people::workforce(tx).await?;
    let coders: Vec<PersonId> = workforce
        .into_iter()
        .filter(|one| one.kinds.contains(&AssignmentKind::Coding) && allowed.contains(&one.id))
        .map(|one| one.id)
        .collect();
    let names = people::names(tx, &coders).await?;
    let mut standing = Vec::new();
    for guideline in current(tx, facility).await? {
        let readers = store::readers(tx, (facility, guideline.id)).await?;
        let (mut read, mut unread) = (Vec::new(), Vec::new());
        for coder in &coders {
            let list = if readers.contains(coder) { &mut read } else { &mut unread };
            list.push(names.get(coder).cloned().unwrap_or_default());
        }
        read.sort();
        unread.sort();
        let queue = guideline.queue_id.and_then(|id| queues.get(&id).cloned());
        standing.push(GuidelineStanding { guideline, queue, read, unread });
    }
    Ok(standing)
}

pub(crate) async fn queue_names(
    tx: &mut WorkTx,
    facility: FacilityId,
) -> Result<HashMap<QueueId, String>> {
    let terms = crate::all_terms(tx).await?;
    Ok(terms
        .into_iter()
        .filter(|terms| terms.facility_id == facility)
        .map(|terms| (terms.queue_id, terms.name))
        .collect())
}

/// The facility's name; a foreign one answers like a missing one.
pub(crate) async fn known(tx: &mut WorkTx, facility: FacilityId) -> Result<String> {
    let name = crate::names(tx).await?.remove(&facility).ok_or(Error::NotFound)?;
    Ok(name.name)
}

/// Writes a new version as one of the coding company's people.
///
/// # Errors
/// [`Error::NotFound`] for a facility outside the scope; otherwise as for the facility's own people.
pub async fn write_as(
    services: &Services,
    scope: &base::db::VendorScope,
    facility: FacilityId,
    new: &NewGuideline,
) -> Result<Guideline> {
    services
        .db
        .ops(scope, async |tx| {
            known(tx, facility).await?;
            write(tx, facility, new).await
        })
        .await
}
