//! Sealing of patient data: a key for each facility, wrapped by one master key.
//!
//! master key → facility's key → key of each document; fields are sealed by a key derived from the
//! facility's. Every box is bound to where it belongs (facility, table, row or document), so that a box
//! moved elsewhere does not open. Everything is AES-256-GCM with random nonces.

mod documents;
mod facility;
mod master;

pub use documents::{
    CHUNK_BYTES, DocumentOpener, DocumentSealer, HEADER_BYTES, SealedDocument, open_document,
    rewrap_document, seal_document,
};
pub use facility::{FacilityKey, FieldContext, LOOKUP_HASH_BYTES, field_key_version};
pub use master::{KeyProvider, MasterKey, MasterKeyError};

use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use aws_lc_rs::error::Unspecified;

/// Bytes that the tag adds to a box.
const TAG_BYTES: usize = 16;

/// Why something could not be sealed or opened. Never says what was inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SealError {
    /// The bytes are no box of ours: too short, cut off, or of an unknown format.
    #[error("sealed data is cut off or in an unknown format")]
    Malformed,
    /// Sealed by another version of the facility's key.
    #[error("sealed with version {sealed} of the facility's key, not {held}")]
    OtherKeyVersion {
        /// The version that the box names.
        sealed: u32,
        /// The version at hand.
        held: u32,
    },
    /// The box was altered or moved, or the key is another one.
    #[error("sealed data does not open: altered, moved, or of another key")]
    Forged,
    /// The range lies outside the document.
    #[error("the range lies outside the document")]
    OutOfRange,
    /// More than 2³² chunks.
    #[error("the document is too large to be sealed")]
    TooLarge,
    /// The key could not be used by the cipher.
    #[error("the cipher refused the key")]
    Cipher,
    /// No random bytes for a key or a nonce.
    #[error(transparent)]
    NoRandomness(#[from] crate::secret::NoRandomness),
}

impl From<SealError> for crate::error::Error {
    fn from(error: SealError) -> Self {
        Self::internal(error)
    }
}

fn cipher(key: &[u8; 32]) -> Result<LessSafeKey, SealError> {
    UnboundKey::new(&AES_256_GCM, key)
        .map(LessSafeKey::new)
        .map_err(|Unspecified| SealError::Cipher)
}

/// Appends nonce, ciphertext and tag to `out`.
fn seal_box(
    key: &LessSafeKey,
    bound: &[u8],
    plain: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), SealError> {
    let nonce: [u8; NONCE_LEN] = crate::secret::random()?;
    out.extend_from_slice(&nonce);
    seal_with(key, nonce, bound, plain, out)
}

/// Appends ciphertext and tag to `out`; the nonce must never have been used with this key.
fn seal_with(
    key: &LessSafeKey,
    nonce: [u8; NONCE_LEN],
    bound: &[u8],
    plain: &[u8],
    out: &mut Vec<u8>,
) -> Result<(), SealError> {
    let start = out.len();
    out.reserve(plain.len() + TAG_BYTES);
    out.extend_from_slice(plain);
    let nonce = Nonce::assume_unique_for_key(nonce);
    let place = out.get_mut(start..).ok_or(SealError::Cipher)?;
    let tag = key
        .seal_in_place_separate_tag(nonce, Aad::from(bound), place)
        .map_err(|Unspecified| SealError::Cipher)?;
    out.extend_from_slice(tag.as_ref());
    Ok(())
}

/// Opens what [`seal_box`] wrote.
fn open_box(key: &LessSafeKey, bound: &[u8], sealed: &[u8]) -> Result<Vec<u8>, SealError> {
    let (nonce, sealed) = sealed.split_first_chunk::<NONCE_LEN>().ok_or(SealError::Malformed)?;
    let mut plain = sealed.to_vec();
    open_with(key, *nonce, bound, &mut plain)?;
    Ok(plain)
}

/// Opens in place what [`seal_with`] wrote and cuts the tag off; on failure nothing is left in it.
fn open_with(
    key: &LessSafeKey,
    nonce: [u8; NONCE_LEN],
    bound: &[u8],
    sealed: &mut Vec<u8>,
) -> Result<(), SealError> {
    let nonce = Nonce::assume_unique_for_key(nonce);
    let opened = key.open_in_place(nonce, Aad::from(bound), sealed).map(|plain| plain.len());
    if let Ok(length) = opened {
        sealed.truncate(length);
        Ok(())
    } else {
        sealed.clear();
        Err(SealError::Forged)
    }
}
