//! Documents: sealed in the blob store, read only by whoever may, each reading written down.

use crate::schema::documents;
use base::Services;
use base::audit::{self, Entry};
use base::blobs::BlobKey;
use base::db::ClinicalTx;
use base::error::{Error, Result};
use base::keyring::Keyring;
use base::seal::{FacilityKey, FieldContext};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, DocumentId, FacilityId};

/// A document's row.
#[derive(Debug, Clone, Queryable, Selectable, Insertable)]
#[diesel(table_name = documents, check_for_backend(diesel::pg::Pg))]
#[expect(missing_docs, reason = "the columns' names are the field's words")]
pub struct DocumentRow {
    pub facility_id: FacilityId,
    pub id: DocumentId,
    pub chart_id: ChartId,
    pub position: i32,
    pub name_sealed: Vec<u8>,
    pub media_type: String,
    pub size_bytes: i64,
    pub content_hash: Vec<u8>,
    pub received_at: Instant,
}

/// A document in a list: its name, opened, without its content.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct DocumentView {
    /// The document.
    pub id: DocumentId,
    /// The file's name as it was uploaded.
    pub name: String,
    /// Its media type.
    pub media_type: String,
    /// Its size.
    pub size_bytes: i64,
    /// When it came.
    pub received_at: Instant,
}

fn name_context(facility: FacilityId, id: DocumentId) -> FieldContext {
    FieldContext { facility, table: "documents.name", row: id.uuid() }
}

/// Seals a file's name.
///
/// # Errors
/// When sealing fails.
pub fn seal_name(key: &FacilityKey, id: DocumentId, name: &str) -> Result<Vec<u8>> {
    Ok(key.seal_field(name_context(key.facility(), id), name.as_bytes())?)
}

/// What equal content is found by within a facility.
#[must_use]
pub fn content_hash(key: &FacilityKey, bytes: &[u8]) -> Vec<u8> {
    let digest = base::secret::hex(&base::secret::sha256(bytes));
    key.lookup_hash("document", &digest).to_vec()
}

/// Stores rows whose sealed bytes are in the blob store already.
///
/// # Errors
/// When the database refuses.
pub async fn insert(tx: &mut ClinicalTx, rows: &[DocumentRow]) -> Result<()> {
    diesel::insert_into(documents::table).values(rows).execute(tx.conn()).await?;
    Ok(())
}

/// Charts of the facility that hold a document with the same content, oldest first.
///
/// # Errors
/// When the database fails.
pub async fn twins(
    tx: &mut ClinicalTx,
    facility: FacilityId,
    hashes: &[Vec<u8>],
) -> Result<Vec<ChartId>> {
    let twins = documents::table
        .filter(documents::facility_id.eq(facility))
        .filter(documents::content_hash.eq_any(hashes))
        .select(documents::chart_id)
        .distinct()
        .order(documents::chart_id)
        .load(tx.conn())
        .await?;
    Ok(twins)
}

/// Documents of one chart, at most.
const DOCUMENTS_MAX: i64 = 200;

/// The chart's documents in their order, names opened. The caller writes down that the chart was read.
///
/// # Errors
/// When opening or the database fails.
pub async fn of_chart(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: ChartId,
) -> Result<Vec<DocumentView>> {
    let rows: Vec<DocumentRow> = documents::table
        .filter(documents::chart_id.eq(chart))
        .order((documents::position, documents::id))
        .limit(DOCUMENTS_MAX)
        .select(DocumentRow::as_select())
        .load(tx.conn())
        .await?;
    let Some(first) = rows.as_slice().first() else { return Ok(Vec::new()) };
    let key = keyring.key(tx, first.facility_id).await?;
    rows.into_iter()
        .map(|row| {
            let plain = key.open_field(name_context(row.facility_id, row.id), &row.name_sealed)?;
            let name = String::from_utf8(plain.to_vec()).map_err(Error::internal)?;
            let DocumentRow { id, media_type, size_bytes, received_at, .. } = row;
            Ok(DocumentView { id, name, media_type, size_bytes, received_at })
        })
        .collect()
}

/// What it takes to read a document once the transaction that allowed it has ended.
#[derive(Debug)]
pub struct Permit {
    row: DocumentRow,
    key: std::sync::Arc<FacilityKey>,
}

/// Finds a document within reach and writes down that it is read.
///
/// # Errors
/// [`Error::NotFound`] when it is foreign, missing or no longer within reach.
pub async fn permit(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: ChartId,
    id: DocumentId,
) -> Result<Permit> {
    let row: DocumentRow = documents::table
        .filter(documents::chart_id.eq(chart))
        .filter(documents::id.eq(id))
        .select(DocumentRow::as_select())
        .first(tx.conn())
        .await?;
    let key = keyring.key(tx, row.facility_id).await?;
    let entry = Entry::of(row.facility_id, "document.read", "document", id.uuid());
    audit::append(tx, entry).await?;
    Ok(Permit { row, key })
}

impl Permit {
    /// The document's bytes, opened.
    ///
    /// # Errors
    /// [`Error::Internal`] when the blob is missing or does not open: that is a loss, and it is loud.
    pub async fn read(&self, services: &Services) -> Result<Vec<u8>> {
        let blob = BlobKey { facility: self.row.facility_id, document: self.row.id };
        let sealed = services.blobs.get(blob).await.map_err(Error::internal)?;
        let plain = base::seal::open_document(&self.key, self.row.id, &sealed)?;
        Ok(plain.to_vec())
    }

    /// The media type.
    #[must_use]
    pub fn media_type(&self) -> &str {
        &self.row.media_type
    }
}
