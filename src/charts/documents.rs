//! Documents: sealed in the blob store, read only by whoever may, each reading written down.

use crate::schema::documents;
use base::Services;
use base::audit::{self, Entry};
use base::blobs::BlobKey;
use base::db::ClinicalTx;
use base::error::{Error, Result};
use base::keyring::Keyring;
use base::pages::PageImage;
use base::seal::{FacilityKey, FieldContext};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use formats::pages::PageFormat;
use rules::Instant;
use rules::holds::Awaited;
use rules::ids::{ChartId, DocumentId, FacilityId, PersonId};

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
    pub pages: Option<i32>,
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
    /// How many pages it has, where it is page images; none where it is a text.
    pub pages: Option<i32>,
    /// What it is, where the facility said so.
    pub kind: Option<Awaited>,
    /// Since when coders do not read it, because one marked it as another patient's. They do not see it.
    pub quarantined_at: Option<Instant>,
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
pub(crate) const DOCUMENTS_MAX: i64 = 200;

/// The chart's documents in their order, names opened. The caller writes down that the chart was read.
///
/// # Errors
/// When opening or the database fails.
pub async fn of_chart(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: ChartId,
) -> Result<Vec<DocumentView>> {
    let rows: Vec<(DocumentRow, Option<Awaited>, Option<Instant>)> = documents::table
        .filter(documents::chart_id.eq(chart))
        .order((documents::position, documents::id))
        .limit(DOCUMENTS_MAX)
        .select((DocumentRow::as_select(), documents::kind, documents::quarantined_at))
        .load(tx.conn())
        .await?;
    let Some((first, _, _)) = rows.as_slice().first() else { return Ok(Vec::new()) };
    let key = keyring.key(tx, first.facility_id).await?;
    rows.into_iter()
        .map(|(row, kind, quarantined_at)| {
            let plain = key.open_field(name_context(row.facility_id, row.id), &row.name_sealed)?;
            let name = String::from_utf8(plain.to_vec()).map_err(Error::internal)?;
            let DocumentRow { id, media_type, size_bytes, received_at, pages, .. } = row;
            let view = DocumentView {
                id,
                name,
                media_type,
                size_bytes,
                received_at,
                pages,
                kind,
                quarantined_at,
            };
            Ok(view)
        })
        .collect()
}

/// Whether a chart has this document, within reach of whoever asks.
///
/// # Errors
/// When the database fails.
pub async fn is_of(tx: &mut ClinicalTx, chart: ChartId, id: DocumentId) -> Result<bool> {
    let found = documents::table
        .filter(documents::chart_id.eq(chart))
        .filter(documents::id.eq(id))
        .count()
        .get_result::<i64>(tx.conn())
        .await?;
    Ok(found > 0)
}

/// What of a document is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it, as text.
    Text,
    /// One of its page images, counted from 1.
    Page(i32),
}

impl Part {
    fn is_of(self, row: &DocumentRow) -> bool {
        match (self, row.pages) {
            (Self::Text, None) => true,
            (Self::Page(number), Some(pages)) => (1..=pages).contains(&number),
            _ => false,
        }
    }
}

/// Who looks at a page, to be written on it.
#[derive(Debug, Clone, Copy)]
pub struct Viewer<'a> {
    /// Their name.
    pub name: &'a str,
    /// Their id: names are not unique.
    pub id: PersonId,
}

/// What it takes to read a document once the transaction that allowed it has ended.
#[derive(Debug)]
pub struct Permit {
    row: DocumentRow,
    key: std::sync::Arc<FacilityKey>,
    part: Part,
    at: Instant,
}

/// Finds a document within reach and writes down what of it is read.
///
/// # Errors
/// [`Error::NotFound`] when it is foreign, missing, no longer within reach or has no such part.
pub async fn permit(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: ChartId,
    (id, part): (DocumentId, Part),
) -> Result<Permit> {
    let row: DocumentRow = documents::table
        .filter(documents::chart_id.eq(chart))
        .filter(documents::id.eq(id))
        .select(DocumentRow::as_select())
        .first(tx.conn())
        .await?;
    if !part.is_of(&row) {
        return Err(Error::NotFound);
    }
    let key = keyring.key(tx, row.facility_id).await?;
    let mut entry = Entry::of(row.facility_id, "document.read", "document", id.uuid());
    if let Part::Page(number) = part {
        entry = entry.with(format!("page {number}"));
    }
    audit::append(tx, entry).await?;
    Ok(Permit { row, key, part, at: tx.now() })
}

impl Permit {
    /// The document's text.
    ///
    /// # Errors
    /// [`Error::Internal`] when the blob is missing or does not open: that is a loss, and it is loud.
    pub async fn text(&self, services: &Services) -> Result<String> {
        String::from_utf8(self.read(services).await?).map_err(Error::internal)
    }

    /// The page, with who looks at it, when, and at which chart written all over it.
    ///
    /// # Errors
    /// As [`Permit::text`]; [`Error::NotFound`] when no page is permitted; [`Error::Unavailable`] when
    /// too many pages are being drawn.
    pub async fn page(&self, services: &Services, viewer: Viewer<'_>) -> Result<PageImage> {
        let Part::Page(number) = self.part else { return Err(Error::NotFound) };
        let file = self.read(services).await?;
        let format = PageFormat::of(&file).ok_or_else(|| Error::internal("no page image"))?;
        let number = u32::try_from(number).map_err(Error::internal)?;
        services.pages.draw((format, &file), number, self.watermark(viewer)).await
    }

    /// Says nothing of the patient: what is photographed is told apart by who, when and which chart.
    fn watermark(&self, viewer: Viewer<'_>) -> String {
        let short = |id: uuid::Uuid| id.simple().to_string().split_off(SHORT_FROM);
        let at = self.at.in_zone(&jiff::tz::TimeZone::UTC).strftime("%Y-%m-%d %H:%M UTC");
        let (person, chart) = (short(viewer.id.uuid()), short(self.row.chart_id.uuid()));
        format!("{} {person} - {at} - chart {chart}", viewer.name)
    }

    async fn read(&self, services: &Services) -> Result<Vec<u8>> {
        let blob = BlobKey { facility: self.row.facility_id, document: self.row.id };
        let sealed = services.blobs.get(blob).await.map_err(Error::internal)?;
        let plain = base::seal::open_document(&self.key, self.row.id, &sealed)?;
        Ok(plain.to_vec())
    }
}

/// The last eight digits of an id are random ones.
const SHORT_FROM: usize = 24;
