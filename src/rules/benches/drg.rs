//! How long one stay takes to group with definitions of full size: well under a millisecond.

use std::collections::BTreeMap;
use std::hint::black_box;

use criterion::Criterion;
use rules::drg::{Definitions, Source, SourceDrg, SourceSeverity, Stay, group};
use rules::edits::Sex;
use rules::words::PresentOnAdmission;

const DIAGNOSES: u32 = 67_000;
const PROCEDURES: u32 = 56_000;
const GROUPS: u32 = 2_000;
const GROUP_CODES: u32 = 90;
const SECONDARIES: u32 = 24;
const OPERATIONS: u32 = 25;

fn diagnosis(number: u32) -> String {
    let letter = char::from_digit(10 + number % 26, 36).unwrap_or('a').to_ascii_uppercase();
    format!("{letter}{:04}", number / 26)
}

fn procedure(number: u32) -> String {
    format!("0{number:06}")
}

/// As many codes, lists, groups and classes as CMS's version 43.1 has.
fn source() -> Source {
    let drg = |number: u32| {
        let title = match number % 3 {
            1 => "A Class with MCC",
            2 => "A Class with CC",
            _ => "A Class without CC/MCC",
        };
        let mdc = format!("{:02}", 1 + number / 3 % 11);
        (format!("{number:03}"), SourceDrg { desc: title.to_owned(), mdc: Some(mdc) })
    };
    let family = |number: u32| {
        let first = 1 + number % 240 * 3;
        format!("{first:03}&{:03}&{:03}", first + 1, first + 2)
    };
    let lists = |number: u32| {
        let category = format!("_MDC{:02}", 1 + number % 11);
        (diagnosis(number), vec![category, format!("{}|LIST PDX", family(number))])
    };
    let severity = |number: u32| {
        let level = if number.is_multiple_of(5) { "MCC" } else { "CC" }.to_owned();
        let pdx = format!("{:04}", number % GROUPS);
        (diagnosis(number), SourceSeverity { level, pdx, hac: None, aowa: false })
    };
    let operations = |number| (procedure(number), (0..5).map(move |of| number * 7 + of * 31));
    Source {
        version: "v0".into(),
        drgs: (1..=770).map(drg).collect(),
        diagnoses: (0..DIAGNOSES).map(lists).collect(),
        procedures: (0..PROCEDURES)
            .map(operations)
            .map(|(code, of)| (code, of.map(|it| format!("{}|ORPCS", family(it))).collect()))
            .collect(),
        severities: (0..18_000).map(|number| severity(number * 3)).collect(),
        groups: (0..GROUPS)
            .map(|group| {
                let codes =
                    (0..GROUP_CODES).map(|code| diagnosis((group + code * 997) % DIAGNOSES));
                (format!("{group:04}"), codes.collect())
            })
            .collect(),
        operations: (0..PROCEDURES).map(|number| (procedure(number), Vec::new())).collect(),
        non_extensive: (0..10_000).map(|number| procedure(number * 5)).collect(),
        surgical_rank: (1..=400).map(|drg: u32| (drg.to_string(), drg)).collect(),
        drg_exclusions: BTreeMap::new(),
    }
}

fn main() {
    let definitions = Definitions::build(&source()).unwrap_or_else(|fault| panic!("{fault:?}"));
    let secondaries: Vec<_> = (0..SECONDARIES).map(|number| diagnosis(number * 2_711)).collect();
    let secondaries: Vec<_> =
        secondaries.iter().map(|code| (code.as_str(), Some(PresentOnAdmission::Yes))).collect();
    let procedures: Vec<_> = (0..OPERATIONS).map(|number| procedure(number * 2_003)).collect();
    let procedures: Vec<_> = procedures.iter().map(String::as_str).collect();
    let principal = diagnosis(31_337);
    let stay = |sex, disposition| Stay {
        principal: &principal,
        secondaries: &secondaries,
        procedures: &procedures,
        sex,
        disposition,
    };
    let mut criterion = Criterion::default().configure_from_args();
    let known = stay(Some(Sex::Female), Some("01"));
    criterion.bench_function("group a stay of 25 diagnoses and 25 procedures", |bencher| {
        bencher.iter(|| group(black_box(&definitions), black_box(&known)));
    });
    let unknown = stay(None, None);
    criterion.bench_function("group it with sex and disposition unknown", |bencher| {
        bencher.iter(|| group(black_box(&definitions), black_box(&unknown)));
    });
    criterion.final_summary();
}
