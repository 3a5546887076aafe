//! Whether the search finds what people type: lists of everyday phrases, each with its code.

use std::path::Path;

use codesets::{CodeList, Edition, EditionSource, Search, Usual};
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::{Date, date};
use rules::words::CodeSystem;
use std::io::Write;

const DAY: Date = date(2026, 1, 15);
/// `phrase <TAB> code`: what is typed and the code that must be among the first five. The codes were
/// written down from the index and the tabular list before anything was tuned.
const TUNED: &str = include_str!("phrases/tuned.tsv");
/// Nobody looked at what the search answers to these while the ranking was tuned.
const HELD_OUT: &str = include_str!("phrases/held-out.tsv");
/// Written after the tuning, by somebody who knew the field and not the tables.
const LATER: &str = include_str!("phrases/later.tsv");
const PCS: &str = include_str!("phrases/icd10pcs.tsv");
const HCPCS: &str = include_str!("phrases/hcpcs.tsv");

/// The share in percent that finds its code among the first five, and what missed.
fn share(list: &CodeList, phrases: &str) -> (usize, Vec<String>) {
    let lines: Vec<_> = phrases.lines().filter_map(|line| line.split_once('\t')).collect();
    let usual = &Usual::default();
    let codes = |query: &str| -> Vec<String> {
        let hits = list.search(&Search { query, on: DAY, limit: 5, usual });
        hits.into_iter().map(|hit| hit.code).collect()
    };
    let missed: Vec<String> = lines
        .iter()
        .map(|(phrase, code)| (phrase, code, codes(phrase)))
        .filter(|(_, code, found)| !found.iter().any(|one| one == *code))
        .map(|(phrase, code, found)| format!("{phrase}: {code} is not among {found:?}"))
        .collect();
    (100 * (lines.len() - missed.len()) / lines.len(), missed)
}

#[test]
fn everyday_phrases_find_their_code_among_the_first_five() {
    let list = CodeList::shipped().unwrap();
    for (name, phrases, least) in
        [("tuned", TUNED, 97), ("held out", HELD_OUT, 95), ("later", LATER, 90)]
    {
        let (found, missed) = share(&list, phrases);
        println!("{name}: {found} % of {}, missed {missed:#?}", phrases.lines().count());
        assert!(found >= least, "{name}: {found} %: {missed:#?}");
    }
}

/// A list out of a file with a code and a description on each line.
fn list_of(system: CodeSystem, file: &Path) -> Option<CodeList> {
    let text = std::fs::read_to_string(file).ok()?;
    let mut packed = GzEncoder::new(Vec::new(), Compression::fast());
    for line in text.lines().skip(1) {
        let mut fields = line.split('\t');
        let (code, description) = (fields.next()?, fields.next()?);
        writeln!(packed, "{code}\t1\t{description}\t").ok()?;
    }
    let packed = packed.finish().ok()?;
    let edition =
        Edition { name: "2026".into(), from: date(2019, 1, 1), until: date(2026, 12, 31) };
    CodeList::from_editions(system, &[EditionSource { edition, packed: &packed }]).ok()
}

/// Where the official lists are at hand: ICD-10-PCS and HCPCS are not shipped.
#[test]
fn procedures_are_found_by_everyday_phrases_too() {
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data/codesets");
    for (system, file, phrases, least) in [
        (CodeSystem::Icd10Pcs, "icd10pcs/icd10pcs_fy2019_codes.tsv", PCS, 80),
        (CodeSystem::Hcpcs, "hcpcs/hcpcs_2025_codes.tsv", HCPCS, 90),
    ] {
        let Some(list) = list_of(system, &data.join(file)) else {
            println!("{file} is not here");
            continue;
        };
        let (found, missed) = share(&list, phrases);
        println!("{file}: {found} % of {}, missed {missed:#?}", phrases.lines().count());
        assert!(found >= least, "{file}: {found} %: {missed:#?}");
    }
}
