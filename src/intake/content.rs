//! What a file is: a text or page images, decided by its bytes and never by its name.

use crate::receive::NewDocument;
use base::Services;
use base::blobs::BlobKey;
use base::error::{Error, Result};
use base::seal::FacilityKey;
use charts::documents::{self, DocumentRow};
use formats::pages::{Checked, PageFormat};
use formats::text::NotText;
use rules::Instant;
use rules::ids::{ChartId, DocumentId};

/// Reading a page takes about as long as reading this much text.
const TEXT_BYTES_PER_PAGE: i64 = 2_048;

/// A file that is taken, in the form in which it is kept.
#[derive(Debug)]
pub struct Content {
    /// A text with its line ends made one; page images as they came.
    bytes: Vec<u8>,
    media_type: &'static str,
    pages: Option<i32>,
}

impl Content {
    /// Takes a file as what it is; the inner error says in words why it is not taken.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when page images can't be checked at present.
    pub async fn of(services: &Services, bytes: &[u8]) -> Result<Result<Self, String>> {
        let Some(format) = PageFormat::of(bytes) else {
            let text = formats::text::read(bytes).map_err(|refused: NotText| refused.to_string());
            return Ok(text.map(Self::text));
        };
        let checked = services.pages.check(format, bytes).await?;
        Ok(checked.and_then(|Checked { format, pages }| {
            let pages = i32::try_from(pages).map_err(|_too_many| "too many pages".to_owned())?;
            let (bytes, media_type) = (bytes.to_vec(), format.media_type());
            Ok(Self { bytes, media_type, pages: Some(pages) })
        }))
    }

    fn text(text: String) -> Self {
        Self { bytes: text.into_bytes(), media_type: "text/plain", pages: None }
    }
}

/// A document that is sealed and in the blob store.
#[derive(Debug)]
pub struct Stored {
    id: DocumentId,
    name_sealed: Vec<u8>,
    size_bytes: i64,
    content_hash: Vec<u8>,
    media_type: &'static str,
    pages: Option<i32>,
}

impl Stored {
    /// Seals a file and puts it into the blob store; nothing refers to it yet.
    ///
    /// # Errors
    /// When sealing or the blob store fails.
    pub async fn put(
        services: &Services,
        key: &FacilityKey,
        document: &NewDocument,
        content: &Content,
    ) -> Result<Self> {
        let id = DocumentId::new();
        let Content { bytes, media_type, pages } = content;
        let (sealed, _) = base::seal::seal_document(key, id, bytes)?;
        let blob = BlobKey { facility: key.facility(), document: id };
        services.blobs.put(blob, sealed.into()).await.map_err(Error::internal)?;
        Ok(Self {
            id,
            name_sealed: documents::seal_name(key, id, &document.name)?,
            size_bytes: i64::try_from(bytes.len()).unwrap_or(i64::MAX),
            content_hash: documents::content_hash(key, bytes),
            media_type,
            pages: *pages,
        })
    }

    /// Takes it out of the blob store again: nothing refers to it. A failure costs space, not safety.
    pub async fn remove(&self, services: &Services, key: &FacilityKey) {
        let blob = BlobKey { facility: key.facility(), document: self.id };
        base::error::can_fail("removing an unused document", services.blobs.delete(blob).await);
    }

    /// Its id.
    pub(crate) const fn id(&self) -> DocumentId {
        self.id
    }

    /// What equal content is found by.
    #[must_use]
    pub fn content_hash(&self) -> &[u8] {
        &self.content_hash
    }

    /// How much there is to read, as bytes of text.
    #[must_use]
    pub fn reading_bytes(&self) -> i64 {
        let as_text = |pages| TEXT_BYTES_PER_PAGE.saturating_mul(i64::from(pages));
        self.pages.map_or(self.size_bytes, as_text)
    }

    /// Its row in a chart.
    #[must_use]
    pub fn row(
        &self,
        key: &FacilityKey,
        chart: ChartId,
        (position, received_at): (i32, Instant),
    ) -> DocumentRow {
        DocumentRow {
            facility_id: key.facility(),
            id: self.id,
            chart_id: chart,
            position,
            name_sealed: self.name_sealed.clone(),
            media_type: self.media_type.to_owned(),
            size_bytes: self.size_bytes,
            content_hash: self.content_hash.clone(),
            received_at,
            pages: self.pages,
        }
    }
}
