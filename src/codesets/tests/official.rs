//! The official files, where they lie beside the checkout: what is read from them is what was counted when
//! they were taken.
#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

use std::collections::BTreeSet;
use std::io::Read;
use std::path::{Path, PathBuf};

use formats::codes::{Content, ListedCode, Note, read};
use rules::lists::ListKind;

const BILLABLE_APRIL_2026: usize = 74_719;
const BILLABLE_APRIL_2025: usize = 74_260;

/// A file of the data folder; nothing where there is none.
fn official(name: &str) -> Option<Vec<u8>> {
    let place: PathBuf =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/codesets").join(name);
    let bytes = std::fs::read(place).ok()?;
    if bytes.starts_with(b"\x1f\x8b") {
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).read_to_end(&mut unpacked).unwrap();
        return Some(unpacked);
    }
    Some(bytes)
}

fn codes(kind: ListKind, bytes: &[u8]) -> Vec<ListedCode> {
    match read(kind, bytes).unwrap().remove(0).1 {
        Content::Codes(codes) => codes,
        other => panic!("{} rows of something else", other.rows()),
    }
}

fn key(code: &ListedCode) -> (String, bool, String) {
    (code.code.clone(), code.billable, code.description.clone())
}

fn billable(codes: &[ListedCode]) -> usize {
    codes.iter().filter(|code| code.billable).count()
}

#[test]
fn the_tabular_list_gives_exactly_the_codes_of_the_list_that_was_made_of_it() {
    let Some(xml) = official("icd10cm/icd10c-tabular-April-1-2026.xml") else { return };
    let tabular = codes(ListKind::Icd10Cm, &xml);
    assert_eq!(billable(&tabular), BILLABLE_APRIL_2026);
    let listed = official("icd10cm/icd10cm_2026-04_codes.tsv").unwrap();
    let listed = codes(ListKind::Icd10Cm, &listed);
    assert_eq!(tabular.len(), listed.len());
    let differing = tabular.iter().zip(&listed).find(|(one, two)| key(one) != key(two));
    assert_eq!(differing, None);
}

#[test]
fn the_list_of_april_2025_has_its_published_number_of_codes() {
    let Some(listed) = official("icd10cm/icd10cm_2025-04_codes.tsv.gz") else { return };
    assert_eq!(billable(&codes(ListKind::Icd10Cm, &listed)), BILLABLE_APRIL_2025);
}

#[test]
fn the_notes_of_the_tabular_list_are_those_that_the_program_carries() {
    let Some(xml) = official("icd10cm/icd10c-tabular-April-1-2026.xml") else { return };
    let Content::Notes(notes) = read(ListKind::Icd10Cm, &xml).unwrap().remove(1).1 else {
        panic!()
    };
    let place = Path::new(env!("CARGO_MANIFEST_DIR")).join("data/icd10cm-fy2026-notes.tsv.gz");
    let mut shipped = String::new();
    let packed = std::fs::read(place).unwrap();
    flate2::read::GzDecoder::new(packed.as_slice()).read_to_string(&mut shipped).unwrap();
    let line = |note: &Note| format!("{}\t{}\t{}", note.at, note.kind, note.text);
    let read: BTreeSet<String> = notes.iter().map(line).collect();
    let carried: BTreeSet<String> = shipped.lines().map(str::to_owned).collect();
    let only: Vec<_> = read.symmetric_difference(&carried).take(5).collect();
    assert!(only.is_empty(), "{} read, {} carried: {only:#?}", read.len(), carried.len());
}

#[test]
fn every_other_file_at_hand_is_read_whole() {
    for (kind, name, rows) in [
        (ListKind::Icd10Pcs, "icd10pcs/icd10pcs_fy2019_codes.tsv", 79_758),
        (ListKind::Hcpcs, "hcpcs/hcpcs_2019_anweb.tsv", 6_440 + 360),
        (ListKind::Hcpcs, "hcpcs/hcpcs_2025_codes.tsv", 8_191),
        (ListKind::MceAge, "mce/H0519F3_ICD10_MCE_AGE.TXT", 797),
        (ListKind::MceSex, "mce/H0519F3_ICD10_MCE_SEX.TXT", 694),
        (ListKind::Hcc, "hcc/ra_dx_to_cc_2026.csv", 8_317 + 10_354),
    ] {
        let Some(bytes) = official(name) else { return };
        let all = read(kind, &bytes).unwrap_or_else(|fault| panic!("{name}: {fault}"));
        assert_eq!(all.iter().map(|(_, content)| content.rows()).sum::<usize>(), rows, "{name}");
    }
}
