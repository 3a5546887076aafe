//! Takes one chart: checks, seals, stores, and decides whether it is ready or looks like a twin.

use crate::content::{Content, Stored};
use base::Services;
use base::audit::{self, Entry};
use base::db::{FacilityScope, FacilityTx};
use base::error::{Checks, Error, Result};
use base::seal::FacilityKey;
use charts::documents::{self, DocumentRow};
use charts::patient::{self, Encounter, Identity};
use charts::store::{self, Along, ChartRow, NewChart};
use diesel_async::RunQueryDsl;
use facilities::Terms;
use jiff::civil::Date;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId, QueueId};
use rules::learning::LengthBucket;
use rules::lifecycle::{self, Action, Actor, ActorKind, ChartState};
use std::sync::Arc;
use web::idempotency::Once;
use web::live::Topic;

/// Longest number or name that a facility gives.
const NUMBER_CHARACTERS_MAX: usize = 40;
const NAME_CHARACTERS_MAX: usize = 120;
const FILE_NAME_CHARACTERS_MAX: usize = 255;
/// Nobody alive was born before.
const BIRTH_YEAR_MIN: i16 = 1890;

/// A file of the chart as it came.
pub struct NewDocument {
    /// The file's name.
    pub name: String,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// A chart as it is handed in.
pub struct Submission {
    /// The queue it belongs to.
    pub queue: QueueId,
    /// Patient and dates.
    pub encounter: Encounter,
    /// The files, in the order in which a coder should read them.
    pub documents: Vec<NewDocument>,
}

/// What became of it.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize, utoipa::ToSchema)]
pub struct Received {
    /// The chart.
    pub id: ChartId,
    /// `ready`, or `duplicate` when it looks like one that is here already.
    pub state: ChartState,
    /// That one.
    pub duplicate_of: Option<ChartId>,
    /// When its codes are due.
    pub due_at: Option<Instant>,
}

/// Takes a chart.
///
/// # Errors
/// [`Error::Invalid`] with everything to correct; [`Error::Conflict`] for a reused idempotency key.
pub async fn receive(
    services: &Services,
    scope: &FacilityScope,
    submission: Submission,
    once: Option<&Once>,
) -> Result<Received> {
    let today = services.clock().now().in_zone(&jiff::tz::TimeZone::UTC).date();
    let contents = check(services, &submission, today).await?;
    let before = services
        .db
        .facility(scope, async |tx| prepare(services, tx, submission.queue, once).await)
        .await?;
    let (terms, key) = match before {
        Prepared::Answered(answer) => return Ok(answer),
        Prepared::New(terms, key) => (terms, key),
    };
    let stored = seal_all(services, &key, &submission.documents, &contents).await?;
    let encounter = &submission.encounter;
    let parcel = Parcel { terms: &terms, key: &key, encounter, stored: &stored };
    let kept = services.db.facility(scope, async |tx| keep(tx, &parcel, once).await).await;
    if kept.is_err() {
        for document in &stored {
            document.remove(services, &key).await;
        }
    }
    kept
}

/// Everything that can be told from the submission alone, all at once.
async fn check(services: &Services, submission: &Submission, today: Date) -> Result<Vec<Content>> {
    let Submission { encounter, documents, .. } = submission;
    let mut checks = Checks::default();
    check_identity(&mut checks, &encounter.identity, today);
    // Clinics east of Greenwich are a day ahead.
    let tomorrow = today.tomorrow().unwrap_or(today);
    checks
        .require(encounter.service_date <= tomorrow, "service_date", "lies in the future")
        .require(
            encounter.service_date >= encounter.identity.birth_date,
            "service_date",
            "lies before the birth date",
        )
        .require(
            encounter.discharge_date.is_none_or(|day| day >= encounter.service_date),
            "discharge_date",
            "lies before the date of service",
        )
        .require(
            encounter.discharge_date.is_none_or(|day| day <= tomorrow),
            "discharge_date",
            "lies in the future",
        )
        .require(!documents.is_empty(), "document", "at least one document is needed");
    let contents = read_all(services, &mut checks, documents).await?;
    checks.done()?;
    Ok(contents)
}

/// Each document as what it is; what cannot be taken is noted.
pub(crate) async fn read_all(
    services: &Services,
    checks: &mut Checks,
    documents: &[NewDocument],
) -> Result<Vec<Content>> {
    let mut contents = Vec::with_capacity(documents.len());
    for document in documents {
        let name = format!("document {}", document.name);
        checks.require(
            (1..=FILE_NAME_CHARACTERS_MAX).contains(&document.name.chars().count()),
            "document",
            "file names have 1 to 255 characters",
        );
        contents.extend(checks.take(&name, Content::of(services, &document.bytes).await?));
    }
    Ok(contents)
}

fn check_identity(checks: &mut Checks, identity: &Identity, today: Date) {
    let fits = |text: &str, max: usize| {
        let length = text.trim().chars().count();
        (1..=max).contains(&length) && !text.chars().any(char::is_control)
    };
    let numbers = "1 to 40 characters";
    checks
        .require(fits(&identity.account_number, NUMBER_CHARACTERS_MAX), "account_number", numbers)
        .require(fits(&identity.mrn, NUMBER_CHARACTERS_MAX), "mrn", numbers)
        .require(
            fits(&identity.patient_name, NAME_CHARACTERS_MAX),
            "patient_name",
            "1 to 120 characters",
        )
        .require(
            matches!(identity.sex.as_str(), "F" | "M" | "U"),
            "sex",
            "one of F, M, U (unknown)",
        )
        .require(
            identity.birth_date.year() >= BIRTH_YEAR_MIN && identity.birth_date <= today,
            "birth_date",
            "not a possible birth date",
        );
}

enum Prepared {
    Answered(Received),
    New(Box<Terms>, Arc<FacilityKey>),
}

async fn prepare(
    services: &Services,
    tx: &mut FacilityTx,
    queue: QueueId,
    once: Option<&Once>,
) -> Result<Prepared> {
    if let Some(once) = once
        && let Some(answer) = once.earlier(tx).await?
    {
        return Ok(Prepared::Answered(answer));
    }
    let facility = tx.facility();
    let terms = facilities::terms(tx, facility, queue).await;
    let unknown = || Error::invalid("queue_id", "not one of your queues");
    let terms = terms.map_err(|error| match error {
        Error::NotFound => unknown(),
        other => other,
    })?;
    if !terms.active {
        return Err(Error::invalid("queue_id", "this queue takes no charts at present"));
    }
    let key = services.keyring.key(tx, facility).await?;
    Ok(Prepared::New(Box::new(terms), key))
}

pub(crate) async fn seal_all(
    services: &Services,
    key: &FacilityKey,
    documents: &[NewDocument],
    contents: &[Content],
) -> Result<Vec<Stored>> {
    let mut stored = Vec::with_capacity(documents.len());
    for (document, content) in documents.iter().zip(contents) {
        stored.push(Stored::put(services, key, document, content).await?);
    }
    Ok(stored)
}

/// Everything that is known of a chart before it has a row.
struct Parcel<'a> {
    terms: &'a Terms,
    key: &'a FacilityKey,
    encounter: &'a Encounter,
    stored: &'a [Stored],
}

async fn keep(tx: &mut FacilityTx, parcel: &Parcel<'_>, once: Option<&Once>) -> Result<Received> {
    if let Some(once) = once
        && let Some(answer) = once.earlier(tx).await?
    {
        return Ok(answer);
    }
    let twin = find_twin(tx, parcel).await?;
    let chart = insert(tx, parcel, twin).await?;
    let chart = match twin {
        Some(_) => {
            let change =
                lifecycle::decide(&chart.life(), Action::FlagDuplicate, Actor::SYSTEM, tx.now())?;
            store::apply(tx, &change, Along::default()).await?
        }
        None => charts::open_for_coding(tx, &chart, Actor::SYSTEM).await?,
    };
    let received = Received {
        id: chart.id,
        state: chart.state,
        duplicate_of: chart.duplicate_of,
        due_at: chart.due_at,
    };
    if let Some(once) = once {
        once.keep(tx, &received).await?;
    }
    web::live::tell(tx, Topic::Facility(chart.facility_id))?;
    web::live::tell(tx, Topic::Board)?;
    let entry = Entry::of(chart.facility_id, "chart.received", "chart", chart.id.uuid());
    audit::append(tx, entry.with(format!("documents={}", parcel.stored.len()))).await?;
    Ok(received)
}

/// The oldest chart with the same account number and date of service, or with an equal document.
/// Equal uploads at the same moment wait for each other here, so that one of them sees the other.
async fn find_twin(tx: &mut FacilityTx, parcel: &Parcel<'_>) -> Result<Option<ChartId>> {
    let Parcel { key, encounter, stored, .. } = *parcel;
    let account = &encounter.identity.account_number;
    let mut locks: Vec<i64> = stored.iter().map(|document| lock(document.content_hash())).collect();
    locks.push(lock(&patient::account_hash(key, account)));
    locks.sort_unstable();
    locks.dedup();
    for lock in locks {
        diesel::sql_query("select pg_advisory_xact_lock($1)")
            .bind::<diesel::sql_types::BigInt, _>(lock)
            .execute(tx.conn())
            .await?;
    }
    let same_account = patient::twins(tx, key, account, encounter.service_date).await?;
    let hashes: Vec<Vec<u8>> =
        stored.iter().map(|document| document.content_hash().to_vec()).collect();
    let same_content = documents::twins(tx, key.facility(), &hashes).await?;
    Ok(same_account.into_iter().chain(same_content).min())
}

fn lock(hash: &[u8]) -> i64 {
    hash.first_chunk::<8>().map_or(0, |bytes| i64::from_be_bytes(*bytes))
}

/// How much there is to read.
fn length(stored: &[Stored]) -> LengthBucket {
    let bytes =
        stored.iter().fold(0_i64, |sum, document| sum.saturating_add(document.reading_bytes()));
    LengthBucket::of(u64::try_from(bytes).unwrap_or(0))
}

async fn insert(
    tx: &mut FacilityTx,
    parcel: &Parcel<'_>,
    twin: Option<ChartId>,
) -> Result<ChartRow> {
    let Parcel { terms, key, encounter, stored } = *parcel;
    let (facility, id, now): (FacilityId, ChartId, Instant) =
        (key.facility(), ChartId::new(), tx.now());
    let received_by: PersonId = tx.acting_person()?;
    let count = i32::try_from(stored.len()).unwrap_or(i32::MAX);
    let length_bucket = length(stored);
    let new = NewChart {
        facility_id: facility,
        id,
        queue_id: terms.queue_id,
        state: ChartState::Received,
        priority: terms.priority,
        expected_seconds: facilities::expected_seconds(tx, terms, length_bucket).await?,
        document_count: count,
        received_at: now,
        duplicate_of: twin,
        received_by,
        length_bucket,
        standard_seconds: terms.expected_seconds,
    };
    store::insert(tx, &new, ActorKind::Facility).await?;
    patient::insert(tx, key, id, encounter).await?;
    let rows: Vec<DocumentRow> = (0_i32..)
        .zip(stored)
        .map(|(position, document)| document.row(key, id, (position, now)))
        .collect();
    documents::insert(tx, &rows).await?;
    store::find(tx, id).await
}
