//! Documents sealed, opened, and tampered with.

use super::{
    CHUNK_BYTES, DocumentOpener, DocumentSealer, HEADER_BYTES, SEALED_CHUNK_BYTES, TAG_BYTES,
    length, open_document, rewrap_document, seal_document,
};
use crate::seal::{FacilityKey, MasterKey, SealError};
use proptest::prelude::*;
use rules::ids::{DocumentId, FacilityId};

fn key(facility: FacilityId) -> FacilityKey {
    let master = MasterKey::from_bytes([5; 32]);
    let wrapped = master.new_facility_key(facility, 1).unwrap();
    master.unwrap_facility_key(facility, 1, &wrapped).unwrap()
}

fn text(bytes: usize) -> Vec<u8> {
    (0..bytes).map(|at| u8::try_from(at * 7 % 251).unwrap()).collect()
}

#[test]
fn documents_of_every_size_around_a_chunk_open_again() {
    let (key, document) = (key(FacilityId::new()), DocumentId::new());
    for bytes in [0, 1, CHUNK_BYTES - 1, CHUNK_BYTES, CHUNK_BYTES + 1, 3 * CHUNK_BYTES] {
        let plain = text(bytes);
        let (sealed, summary) = seal_document(&key, document, &plain).unwrap();
        let chunks = bytes.div_ceil(CHUNK_BYTES).max(1);
        assert_eq!(sealed.len(), HEADER_BYTES + bytes + chunks * TAG_BYTES);
        assert_eq!(summary.plain_bytes, length(bytes));
        assert_eq!(summary.sealed_bytes, length(sealed.len()));
        assert_eq!(summary.sealed_sha256, crate::secret::sha256(&sealed));
        assert_eq!(*open_document(&key, document, &sealed).unwrap(), plain);
    }
}

#[test]
fn how_the_bytes_arrive_does_not_matter() {
    let (key, document) = (key(FacilityId::new()), DocumentId::new());
    let plain = text(2 * CHUNK_BYTES + 500);
    let mut sealed = Vec::new();
    let mut work = DocumentSealer::start(&key, document, &mut sealed).unwrap();
    for part in plain.chunks(10_007) {
        work.push(part, &mut sealed).unwrap();
    }
    work.finish(&mut sealed).unwrap();
    assert_eq!(*open_document(&key, document, &sealed).unwrap(), plain);
}

#[test]
fn a_range_needs_only_its_chunks() {
    let (key, document) = (key(FacilityId::new()), DocumentId::new());
    let plain = text(3 * CHUNK_BYTES + 100);
    let (sealed, _) = seal_document(&key, document, &plain).unwrap();
    let total = length(sealed.len());
    let opener = DocumentOpener::new(&key, document, &sealed[..HEADER_BYTES], total).unwrap();
    assert_eq!(opener.plain_bytes(), length(plain.len()));
    let ranges = [0..1, 65_535..65_537, 65_536..131_072, 100..196_708, 196_707..196_708];
    for range in ranges {
        let fetch = opener.sealed_range(range.clone()).unwrap();
        let place = |bytes: u64| usize::try_from(bytes).unwrap();
        let fetched = &sealed[place(fetch.start)..place(fetch.end)];
        let found = opener.open_range(range.clone(), fetched).unwrap();
        assert_eq!(*found, plain[place(range.start)..place(range.end)]);
    }
    for range in [0..196_709, 5..5] {
        assert_eq!(opener.sealed_range(range), Err(SealError::OutOfRange));
    }
}

#[test]
fn cutting_moving_and_exchanging_are_noticed() {
    let facility = FacilityId::new();
    let (key, document, other) = (key(facility), DocumentId::new(), DocumentId::new());
    let (sealed, _) = seal_document(&key, document, &text(3 * CHUNK_BYTES)).unwrap();
    let (foreign, _) = seal_document(&key, other, &text(3 * CHUNK_BYTES)).unwrap();
    let chunk = |number: usize| {
        let start = HEADER_BYTES + number * SEALED_CHUNK_BYTES;
        start..start + SEALED_CHUNK_BYTES
    };

    let mut reordered = sealed.clone();
    reordered[chunk(0)].copy_from_slice(&sealed[chunk(1)]);
    reordered[chunk(1)].copy_from_slice(&sealed[chunk(0)]);
    let mut exchanged = sealed.clone();
    exchanged[chunk(1)].copy_from_slice(&foreign[chunk(1)]);
    let lengthened = [sealed.as_slice(), &sealed[chunk(2)]].concat();
    let forgeries = [
        sealed[..chunk(1).end].to_vec(),
        sealed[..HEADER_BYTES].to_vec(),
        sealed[..sealed.len() - 1].to_vec(),
        reordered,
        exchanged,
        lengthened,
        [&foreign[..HEADER_BYTES], &sealed[HEADER_BYTES..]].concat(),
    ];
    for (number, forgery) in forgeries.iter().enumerate() {
        assert!(open_document(&key, document, forgery).is_err(), "forgery {number}");
    }
    assert_eq!(open_document(&key, other, &sealed).err(), Some(SealError::Forged));
    let stranger = self::key(FacilityId::new());
    assert_eq!(open_document(&stranger, document, &sealed).err(), Some(SealError::Forged));
}

#[test]
fn a_rotation_rewrites_the_header_alone() {
    let (facility, document) = (FacilityId::new(), DocumentId::new());
    let master = MasterKey::from_bytes([5; 32]);
    let old = key(facility);
    let new = master.next_facility_key(&old).unwrap();
    let new = master.unwrap_facility_key(facility, 2, &new).unwrap();
    let (mut sealed, _) = seal_document(&old, document, b"a chart").unwrap();
    let header = rewrap_document(&old, &new, document, &sealed[..HEADER_BYTES]).unwrap();
    sealed[..HEADER_BYTES].copy_from_slice(&header);
    assert_eq!(**open_document(&new, document, &sealed).unwrap(), *b"a chart");
    assert!(open_document(&old, document, &sealed).is_err());
}

proptest! {
    #[test]
    fn one_flipped_bit_anywhere_is_noticed(at in any::<prop::sample::Index>(), bit in 0..8u8) {
        let (key, document) = (key(FacilityId::new()), DocumentId::new());
        let (mut sealed, _) = seal_document(&key, document, &text(300)).unwrap();
        let at = at.index(sealed.len());
        sealed[at] ^= 1 << bit;
        prop_assert!(open_document(&key, document, &sealed).is_err());
    }

    #[test]
    fn hostile_bytes_never_panic(
        bytes in proptest::collection::vec(any::<u8>(), 0..300),
        claimed in any::<u64>(),
    ) {
        let (key, document) = (key(FacilityId::new()), DocumentId::new());
        prop_assert!(open_document(&key, document, &bytes).is_err());
        let (sealed, _) = seal_document(&key, document, b"x").unwrap();
        if let Ok(opener) = DocumentOpener::new(&key, document, &sealed[..HEADER_BYTES], claimed) {
            let whole = 0..opener.plain_bytes().max(1);
            let ranged = opener.sealed_range(whole.clone()).is_ok();
            prop_assert!(!ranged || opener.open_range(whole, &bytes).is_err());
        }
    }
}
