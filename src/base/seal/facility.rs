//! A facility's key: fields sealed in their place, and hashes to look values up by.

use super::master::{expand, extract};
use super::{SealError, cipher, open_box, seal_box};
use aws_lc_rs::aead::LessSafeKey;
use aws_lc_rs::hmac;
use rules::ids::{DocumentId, FacilityId};
use uuid::Uuid;
use zeroize::Zeroizing;

/// The first byte of a sealed field.
const FORMAT: u8 = 1;
/// Format, key version.
const PREFIX_BYTES: usize = 5;
/// Bytes of a look-up hash: enough against chance, of no use for guessing back without the key.
pub const LOOKUP_HASH_BYTES: usize = 16;

/// One version of a facility's key.
pub struct FacilityKey {
    facility: FacilityId,
    version: u32,
    fields: LessSafeKey,
    documents: LessSafeKey,
    look_up: Zeroizing<[u8; 32]>,
    look_up_hash: hmac::Key,
}

impl std::fmt::Debug for FacilityKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("FacilityKey(…)")
    }
}

/// Where a sealed field belongs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct FieldContext {
    /// Whose row it is.
    pub facility: FacilityId,
    /// The table; `table.column` where a row has several sealed columns, lest they be swapped.
    pub table: &'static str,
    /// The row.
    pub row: Uuid,
}

impl FieldContext {
    fn bound(&self) -> Vec<u8> {
        let facility = self.facility.uuid();
        // A NUL cannot be part of a table's name, so the end of the name is certain.
        [facility.as_bytes().as_slice(), self.table.as_bytes(), &[0], self.row.as_bytes()].concat()
    }
}

/// The key version that a sealed field names; none when it is no sealed field.
#[must_use]
pub fn field_key_version(sealed: &[u8]) -> Option<u32> {
    let [FORMAT, rest @ ..] = sealed else {
        return None;
    };
    rest.first_chunk::<4>().map(|version| u32::from_be_bytes(*version))
}

impl FacilityKey {
    /// `secrets`: 32 bytes for sealing, then 32 for look-ups.
    pub(super) fn new(
        facility: FacilityId,
        version: u32,
        secrets: &[u8; 64],
    ) -> Result<Self, SealError> {
        let (sealing, look_up) = secrets.split_first_chunk::<32>().ok_or(SealError::Malformed)?;
        let look_up: &[u8; 32] = look_up.first_chunk().ok_or(SealError::Malformed)?;
        let extracted = extract(b"chartrelay facility key 1", sealing);
        Ok(Self {
            facility,
            version,
            fields: cipher(&Zeroizing::new(expand(&extracted, "fields")))?,
            documents: cipher(&Zeroizing::new(expand(&extracted, "documents")))?,
            look_up: Zeroizing::new(*look_up),
            look_up_hash: hmac::Key::new(
                hmac::HMAC_SHA256,
                &*Zeroizing::new(expand(&extract(b"chartrelay look-up key 1", look_up), "look-up")),
            ),
        })
    }

    /// Whose it is.
    #[must_use]
    pub const fn facility(&self) -> FacilityId {
        self.facility
    }

    /// Which of the facility's keys it is, from 1.
    #[must_use]
    pub const fn version(&self) -> u32 {
        self.version
    }

    pub(super) fn look_up_secret(&self) -> &[u8; 32] {
        &self.look_up
    }

    /// Seals a field for one place: format, key version, nonce, ciphertext, tag (33 bytes more than
    /// the plain text).
    ///
    /// # Errors
    /// [`SealError::Forged`] when the context is of another facility than the key.
    pub fn seal_field(&self, context: FieldContext, plain: &[u8]) -> Result<Vec<u8>, SealError> {
        self.require_own(context.facility)?;
        let mut sealed = vec![FORMAT];
        sealed.extend_from_slice(&self.version.to_be_bytes());
        seal_box(&self.fields, &context.bound(), plain, &mut sealed)?;
        Ok(sealed)
    }

    /// Opens a field that was sealed for this place.
    ///
    /// # Errors
    /// [`SealError::Forged`] when it was altered or belongs elsewhere.
    pub fn open_field(
        &self,
        context: FieldContext,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, SealError> {
        self.require_own(context.facility)?;
        let version = field_key_version(sealed).ok_or(SealError::Malformed)?;
        self.require_version(version)?;
        let sealed = sealed.get(PREFIX_BYTES..).ok_or(SealError::Malformed)?;
        open_box(&self.fields, &context.bound(), sealed).map(Zeroizing::new)
    }

    /// What a value is looked up by: equal for equal kind and normalised text within the facility,
    /// unrelated elsewhere, the same in every version of the facility's key.
    #[must_use]
    pub fn lookup_hash(&self, kind: &'static str, normalised: &str) -> [u8; LOOKUP_HASH_BYTES] {
        let mut context = hmac::Context::with_key(&self.look_up_hash);
        context.update(kind.as_bytes());
        context.update(&[0]);
        context.update(normalised.as_bytes());
        let mut hash = [0; LOOKUP_HASH_BYTES];
        if let Some(first) = context.sign().as_ref().first_chunk() {
            hash = *first;
        }
        hash
    }

    pub(super) fn wrap_document_key(
        &self,
        document: DocumentId,
        key: &[u8; 32],
        out: &mut Vec<u8>,
    ) -> Result<(), SealError> {
        seal_box(&self.documents, &self.document_bound(document), key, out)
    }

    pub(super) fn unwrap_document_key(
        &self,
        document: DocumentId,
        version: u32,
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; 32]>, SealError> {
        self.require_version(version)?;
        let key = open_box(&self.documents, &self.document_bound(document), wrapped)?;
        let key = Zeroizing::new(key);
        let key: [u8; 32] = key.as_slice().try_into().ok().ok_or(SealError::Malformed)?;
        Ok(Zeroizing::new(key))
    }

    fn document_bound(&self, document: DocumentId) -> Vec<u8> {
        let (facility, document) = (self.facility.uuid(), document.uuid());
        let version = self.version.to_be_bytes();
        [facility.as_bytes().as_slice(), document.as_bytes(), &version].concat()
    }

    fn require_own(&self, facility: FacilityId) -> Result<(), SealError> {
        if facility == self.facility { Ok(()) } else { Err(SealError::Forged) }
    }

    fn require_version(&self, sealed: u32) -> Result<(), SealError> {
        if sealed == self.version {
            Ok(())
        } else {
            Err(SealError::OtherKeyVersion { sealed, held: self.version })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{FacilityKey, FieldContext, field_key_version};
    use crate::seal::SealError;
    use proptest::prelude::*;
    use rules::ids::FacilityId;
    use uuid::Uuid;

    fn key(facility: FacilityId, version: u32) -> FacilityKey {
        FacilityKey::new(facility, version, &[9; 64]).unwrap()
    }

    #[test]
    fn a_field_opens_in_its_place_and_nowhere_else() {
        let (facility, other) = (FacilityId::new(), FacilityId::new());
        let place = FieldContext { facility, table: "encounters.name", row: Uuid::now_v7() };
        let key = key(facility, 2);
        let sealed = key.seal_field(place, b"Ada Lovelace").unwrap();
        assert_eq!(sealed.len(), 12 + 33);
        assert_eq!(field_key_version(&sealed), Some(2));
        assert_eq!(**key.open_field(place, &sealed).unwrap(), *b"Ada Lovelace");
        assert_ne!(key.seal_field(place, b"Ada Lovelace").unwrap(), sealed, "nonces are fresh");

        let elsewhere = [
            FieldContext { table: "encounters.mrn", ..place },
            FieldContext { row: Uuid::now_v7(), ..place },
            FieldContext { facility: other, ..place },
        ];
        for context in elsewhere {
            assert_eq!(key.open_field(context, &sealed).err(), Some(SealError::Forged));
        }
        // Even with the same secret another facility's key does not open it.
        let foreign = FacilityKey::new(other, 2, &[9; 64]).unwrap();
        assert!(foreign.open_field(FieldContext { facility: other, ..place }, &sealed).is_err());
    }

    #[test]
    fn an_older_key_is_named_when_it_is_needed() {
        let facility = FacilityId::new();
        let place = FieldContext { facility, table: "notes", row: Uuid::now_v7() };
        let sealed = key(facility, 1).seal_field(place, b"x").unwrap();
        let refused = key(facility, 2).open_field(place, &sealed).err();
        assert_eq!(refused, Some(SealError::OtherKeyVersion { sealed: 1, held: 2 }));
    }

    #[test]
    fn look_ups_tell_kinds_and_facilities_apart() {
        let facility = FacilityId::new();
        let first = key(facility, 1);
        let second = FacilityKey::new(FacilityId::new(), 1, &[8; 64]).unwrap();
        assert_eq!(first.lookup_hash("mrn", "42"), first.lookup_hash("mrn", "42"));
        assert_ne!(first.lookup_hash("mrn", "42"), first.lookup_hash("account", "42"));
        assert_ne!(first.lookup_hash("mrn", "42"), second.lookup_hash("mrn", "42"));
        assert_eq!(format!("{first:?}"), "FacilityKey(…)");
    }

    proptest! {
        #[test]
        fn hostile_bytes_never_open_and_never_panic(
            bytes in proptest::collection::vec(any::<u8>(), 0..100),
            prefixed in any::<bool>(),
        ) {
            let facility = FacilityId::new();
            let place = FieldContext { facility, table: "notes", row: Uuid::nil() };
            let sealed = if prefixed { [&[1, 0, 0, 0, 1], bytes.as_slice()].concat() } else { bytes };
            prop_assert!(key(facility, 1).open_field(place, &sealed).is_err());
        }
    }
}
