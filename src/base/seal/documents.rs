//! Documents sealed in chunks: constant memory, random access, and no chunk can be cut off, moved or
//! exchanged unnoticed (the STREAM construction).
//!
//! Header: `CRD1`, algorithm, nonce prefix, chunk size, key version, wrapped document key. The first
//! three after the mark never change and every chunk is bound to them, to the facility and to the
//! document; the key version and the wrapped key stand alone, so that a rotation rewrites
//! [`HEADER_BYTES`] and not the document. Chunk `i` lies at `HEADER_BYTES + i × (CHUNK_BYTES + 16)`; its
//! nonce is prefix, `i` as u32, and 1 for the last chunk. An empty document has one empty chunk.

use super::{FacilityKey, SealError, TAG_BYTES, cipher, open_with, seal_with};
use crate::secret;
use aws_lc_rs::aead::{LessSafeKey, NONCE_LEN};
use aws_lc_rs::digest;
use rules::ids::DocumentId;
use std::ops::Range;
use zeroize::Zeroizing;

/// Plain bytes of a chunk; only the last one has fewer.
pub const CHUNK_BYTES: usize = 65_536;
/// Bytes before the first chunk.
pub const HEADER_BYTES: usize = STABLE_BYTES + VERSION_BYTES + WRAPPED_BYTES;

const MARK: &[u8; 4] = b"CRD1";
const AES_256_GCM_STREAM: u8 = 1;
const PREFIX_BYTES: usize = 7;
/// Mark, algorithm, nonce prefix, chunk size: what chunks are bound to.
const STABLE_BYTES: usize = 4 + 1 + PREFIX_BYTES + 4;
const VERSION_BYTES: usize = 4;
const WRAPPED_BYTES: usize = NONCE_LEN + 32 + TAG_BYTES;
const SEALED_CHUNK_BYTES: usize = CHUNK_BYTES + TAG_BYTES;

/// The key, the nonces and the binding of one document's chunks.
struct Chunks {
    key: LessSafeKey,
    prefix: [u8; PREFIX_BYTES],
    bound: Vec<u8>,
}

impl Chunks {
    fn new(
        facility: &FacilityKey,
        document: DocumentId,
        key: &[u8; 32],
        stable: &[u8; STABLE_BYTES],
    ) -> Result<Self, SealError> {
        let [_, _, _, _, _, prefix @ .., _, _, _, _] = stable;
        let hash = secret::sha256(stable);
        let (owner, document) = (facility.facility().uuid(), document.uuid());
        let bound = [hash.as_slice(), owner.as_bytes(), document.as_bytes()].concat();
        Ok(Self { key: cipher(key)?, prefix: *prefix, bound })
    }

    fn nonce(&self, index: u64, last: bool) -> Result<[u8; NONCE_LEN], SealError> {
        let counter = u32::try_from(index).ok().ok_or(SealError::TooLarge)?;
        let mut nonce = [0; NONCE_LEN];
        let parts = self.prefix.into_iter().chain(counter.to_be_bytes()).chain([u8::from(last)]);
        for (place, byte) in nonce.iter_mut().zip(parts) {
            *place = byte;
        }
        Ok(nonce)
    }

    fn seal(
        &self,
        index: u64,
        last: bool,
        plain: &[u8],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        seal_with(&self.key, self.nonce(index, last)?, &self.bound, plain, out)
    }

    fn open(&self, index: u64, last: bool, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut plain = Zeroizing::new(sealed.to_vec());
        open_with(&self.key, self.nonce(index, last)?, &self.bound, &mut plain)?;
        Ok(plain)
    }
}

/// Seals a document as its bytes arrive, holding one chunk at a time.
pub struct DocumentSealer {
    chunks: Chunks,
    held: Zeroizing<Vec<u8>>,
    index: u64,
    plain_bytes: u64,
    sealed_bytes: u64,
    hash: digest::Context,
}

/// What is worth keeping about a sealed document, beside its bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedDocument {
    /// Length of the plain text.
    pub plain_bytes: u64,
    /// Length as sealed, header included.
    pub sealed_bytes: u64,
    /// SHA-256 of the sealed bytes.
    pub sealed_sha256: [u8; 32],
}

impl std::fmt::Debug for DocumentSealer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DocumentSealer")
            .field("plain_bytes", &self.plain_bytes)
            .finish_non_exhaustive()
    }
}

impl DocumentSealer {
    /// Makes the document's own key and appends the header to `out`.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn start(
        facility: &FacilityKey,
        document: DocumentId,
        out: &mut Vec<u8>,
    ) -> Result<Self, SealError> {
        let key = Zeroizing::new(secret::random::<32>()?);
        let prefix: [u8; PREFIX_BYTES] = secret::random()?;
        let chunk_bytes = u32::try_from(CHUNK_BYTES).unwrap_or(u32::MAX).to_be_bytes();
        let mut stable = [0; STABLE_BYTES];
        let parts = [MARK.as_slice(), &[AES_256_GCM_STREAM], &prefix, &chunk_bytes].concat();
        stable.copy_from_slice(&parts);
        let mut header = stable.to_vec();
        header.extend_from_slice(&facility.version().to_be_bytes());
        facility.wrap_document_key(document, &key, &mut header)?;
        let mut hash = digest::Context::new(&digest::SHA256);
        hash.update(&header);
        out.extend_from_slice(&header);
        Ok(Self {
            chunks: Chunks::new(facility, document, &key, &stable)?,
            held: Zeroizing::new(Vec::with_capacity(CHUNK_BYTES)),
            index: 0,
            plain_bytes: 0,
            sealed_bytes: header.len().try_into().unwrap_or(u64::MAX),
            hash,
        })
    }

    /// Takes the next bytes; appends the chunks that they complete to `out`.
    ///
    /// # Errors
    /// [`SealError::TooLarge`] beyond 2³² chunks.
    pub fn push(&mut self, mut bytes: &[u8], out: &mut Vec<u8>) -> Result<(), SealError> {
        while !bytes.is_empty() {
            // A full chunk waits for a further byte: it may yet be the last.
            if self.held.len() == CHUNK_BYTES {
                self.seal_held(false, out)?;
            }
            let room = CHUNK_BYTES.saturating_sub(self.held.len()).min(bytes.len());
            let (now, later) = bytes.split_at_checked(room).unwrap_or((bytes, &[]));
            self.held.extend_from_slice(now);
            bytes = later;
        }
        Ok(())
    }

    /// Appends the last chunk to `out`.
    ///
    /// # Errors
    /// [`SealError::TooLarge`] beyond 2³² chunks.
    pub fn finish(mut self, out: &mut Vec<u8>) -> Result<SealedDocument, SealError> {
        self.seal_held(true, out)?;
        let mut sealed_sha256 = [0; 32];
        sealed_sha256.copy_from_slice(self.hash.finish().as_ref());
        Ok(SealedDocument {
            plain_bytes: self.plain_bytes,
            sealed_bytes: self.sealed_bytes,
            sealed_sha256,
        })
    }

    fn seal_held(&mut self, last: bool, out: &mut Vec<u8>) -> Result<(), SealError> {
        let start = out.len();
        self.chunks.seal(self.index, last, &self.held, out)?;
        let sealed = out.get(start..).unwrap_or_default();
        self.hash.update(sealed);
        self.index += 1;
        self.plain_bytes += length(self.held.len());
        self.sealed_bytes += length(sealed.len());
        self.held.clear();
        Ok(())
    }
}

/// Seals a document that is at hand as a whole.
///
/// # Errors
/// As [`DocumentSealer`].
pub fn seal_document(
    facility: &FacilityKey,
    document: DocumentId,
    plain: &[u8],
) -> Result<(Vec<u8>, SealedDocument), SealError> {
    let chunks = plain.len().div_ceil(CHUNK_BYTES).max(1);
    let mut sealed = Vec::with_capacity(HEADER_BYTES + plain.len() + chunks * TAG_BYTES);
    let mut work = DocumentSealer::start(facility, document, &mut sealed)?;
    work.push(plain, &mut sealed)?;
    let summary = work.finish(&mut sealed)?;
    Ok((sealed, summary))
}

/// Opens a document that is at hand as a whole.
///
/// # Errors
/// [`SealError::Forged`] when anything was altered, cut off, moved or exchanged.
pub fn open_document(
    facility: &FacilityKey,
    document: DocumentId,
    sealed: &[u8],
) -> Result<Zeroizing<Vec<u8>>, SealError> {
    let (header, chunks) = sealed.split_at_checked(HEADER_BYTES).ok_or(SealError::Malformed)?;
    let opener = DocumentOpener::new(facility, document, header, length(sealed.len()))?;
    opener.open_chunks(0, chunks)
}

/// Opens parts of a document, given its header and its sealed length.
pub struct DocumentOpener {
    chunks: Chunks,
    count: u64,
    plain_bytes: u64,
}

impl std::fmt::Debug for DocumentOpener {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DocumentOpener")
            .field("plain_bytes", &self.plain_bytes)
            .finish_non_exhaustive()
    }
}

impl DocumentOpener {
    /// `header`: the first [`HEADER_BYTES`]; `sealed_bytes`: the length of the whole as it was stored.
    /// A wrong length is noticed when the last chunk is opened.
    ///
    /// # Errors
    /// When it is no header, or of another facility, document or key version.
    pub fn new(
        facility: &FacilityKey,
        document: DocumentId,
        header: &[u8],
        sealed_bytes: u64,
    ) -> Result<Self, SealError> {
        let parts = Header::parse(header)?;
        let key = facility.unwrap_document_key(document, parts.version, parts.wrapped)?;
        let chunks = Chunks::new(facility, document, &key, parts.stable)?;
        let body = sealed_bytes.checked_sub(length(HEADER_BYTES)).ok_or(SealError::Malformed)?;
        let count = body.div_ceil(length(SEALED_CHUNK_BYTES)).max(1);
        let plain_bytes =
            body.checked_sub(count * length(TAG_BYTES)).ok_or(SealError::Malformed)?;
        Ok(Self { chunks, count, plain_bytes })
    }

    /// Length of the plain text.
    #[must_use]
    pub const fn plain_bytes(&self) -> u64 {
        self.plain_bytes
    }

    /// Which sealed bytes to fetch for a range of the plain text.
    ///
    /// # Errors
    /// [`SealError::OutOfRange`] when the range is empty or leaves the document.
    pub fn sealed_range(&self, plain: Range<u64>) -> Result<Range<u64>, SealError> {
        let (first, last) = self.chunk_range(&plain)?;
        let start = length(HEADER_BYTES) + first * length(SEALED_CHUNK_BYTES);
        let whole = length(HEADER_BYTES) + self.plain_bytes + self.count * length(TAG_BYTES);
        let end = length(HEADER_BYTES) + (last + 1) * length(SEALED_CHUNK_BYTES);
        Ok(start..end.min(whole))
    }

    /// The plain text of a range; `sealed` are the bytes of [`DocumentOpener::sealed_range`].
    ///
    /// # Errors
    /// [`SealError::Forged`] when one of its chunks was altered, moved or exchanged.
    pub fn open_range(
        &self,
        plain: Range<u64>,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let (first, last) = self.chunk_range(&plain)?;
        let mut opened = self.open_chunks(first, sealed)?;
        let offset = plain.start - first * length(CHUNK_BYTES);
        let until = offset + (plain.end - plain.start);
        let place = |bytes: u64| usize::try_from(bytes).ok().ok_or(SealError::OutOfRange);
        let (offset, until) = (place(offset)?, place(until)?);
        if opened.len() < until || last >= self.count {
            return Err(SealError::Malformed);
        }
        opened.truncate(until);
        opened.drain(..offset);
        Ok(opened)
    }

    /// Opens whole chunks from number `first` on.
    fn open_chunks(&self, first: u64, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, SealError> {
        let mut plain = Zeroizing::new(Vec::with_capacity(sealed.len()));
        for (index, chunk) in (first..).zip(sealed.chunks(SEALED_CHUNK_BYTES)) {
            let last = index + 1 == self.count;
            plain.extend_from_slice(&self.chunks.open(index, last, chunk)?);
        }
        // No chunk at all would otherwise pass for an empty document.
        if sealed.is_empty() { Err(SealError::Malformed) } else { Ok(plain) }
    }

    /// The first and the last chunk of a range.
    fn chunk_range(&self, plain: &Range<u64>) -> Result<(u64, u64), SealError> {
        if plain.start >= plain.end || plain.end > self.plain_bytes {
            return Err(SealError::OutOfRange);
        }
        Ok((plain.start / length(CHUNK_BYTES), (plain.end - 1) / length(CHUNK_BYTES)))
    }
}

/// The header of a document with its key wrapped by another version of the facility's key.
///
/// # Errors
/// When the header is not of this document and the old key.
pub fn rewrap_document(
    old: &FacilityKey,
    new: &FacilityKey,
    document: DocumentId,
    header: &[u8],
) -> Result<Vec<u8>, SealError> {
    let parts = Header::parse(header)?;
    if old.facility() != new.facility() {
        return Err(SealError::Forged);
    }
    let key = old.unwrap_document_key(document, parts.version, parts.wrapped)?;
    let mut rewrapped = parts.stable.to_vec();
    rewrapped.extend_from_slice(&new.version().to_be_bytes());
    new.wrap_document_key(document, &key, &mut rewrapped)?;
    Ok(rewrapped)
}

struct Header<'a> {
    stable: &'a [u8; STABLE_BYTES],
    version: u32,
    wrapped: &'a [u8],
}

impl<'a> Header<'a> {
    fn parse(header: &'a [u8]) -> Result<Self, SealError> {
        let (stable, rest) =
            header.split_first_chunk::<STABLE_BYTES>().ok_or(SealError::Malformed)?;
        let (version, wrapped) =
            rest.split_first_chunk::<VERSION_BYTES>().ok_or(SealError::Malformed)?;
        let chunk_bytes = stable.last_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes));
        let ours = stable.starts_with(MARK)
            && stable.get(MARK.len()) == Some(&AES_256_GCM_STREAM)
            && chunk_bytes.map(usize::try_from) == Some(Ok(CHUNK_BYTES));
        if ours && wrapped.len() == WRAPPED_BYTES {
            Ok(Self { stable, version: u32::from_be_bytes(*version), wrapped })
        } else {
            Err(SealError::Malformed)
        }
    }
}

fn length(bytes: usize) -> u64 {
    u64::try_from(bytes).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
