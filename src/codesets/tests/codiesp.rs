//! The `CodiEsp` cases, coded by professional coders, through the edits with the shipped April 2026 lists:
//! which
//! rules speak, how often, and of what. They stand beside the checkout or not at all.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;
use std::path::Path;

use codesets::{Shelf, normalise};
use jiff::civil::date;
use rules::compare::{Line, LineRole};
use rules::details::{DetailSet, Details};
use rules::edits::{EncounterFacts, Patient, PoaTerms, check};
use rules::words::{CodeSystem, WorkType};

/// Diagnoses by case: `article <tab> code`, in the order in which they were annotated.
const DIAGNOSES: &str = "../shared/data/coded/codiesp/train/trainD.tsv";
/// Codes that the table names for each rule.
const EXAMPLES_MAX: usize = 3;

fn line(role: LineRole, code: &str) -> Line {
    Line {
        system: CodeSystem::Icd10Cm,
        code: normalise(code),
        role,
        modifiers: Vec::new(),
        units: 0,
        poa: None,
        pointers: Vec::new(),
        details: Details::default(),
    }
}

/// The cases as codings: the first diagnosis leads, and no patient is known.
fn cases(text: &str) -> BTreeMap<&str, Vec<Line>> {
    let mut cases: BTreeMap<&str, Vec<Line>> = BTreeMap::new();
    for row in text.lines() {
        let Some((article, code)) = row.split_once('\t') else { continue };
        let lines = cases.entry(article).or_default();
        let role = if lines.is_empty() { LineRole::Principal } else { LineRole::Secondary };
        lines.push(line(role, code));
    }
    cases
}

#[derive(Default)]
struct Spoken {
    findings: usize,
    cases: BTreeSet<String>,
    messages: BTreeMap<String, usize>,
}

#[test]
fn the_cases_of_codiesp_go_through_the_edits_and_a_table_says_what_spoke() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").join(DIAGNOSES);
    let Ok(text) = std::fs::read_to_string(path) else { return };
    let shelf = Shelf::shipped().unwrap();
    let encounter = EncounterFacts {
        work_type: WorkType::Outpatient,
        service_date: date(2026, 5, 4),
        discharge_date: None,
        required: DetailSet::default(),
        patient: Patient::default(),
        poa: PoaTerms::default(),
    };
    let cases = cases(&text);
    let mut spoken: BTreeMap<String, Spoken> = BTreeMap::new();
    for (article, lines) in &cases {
        for finding in check(&encounter, lines, &shelf.on(encounter.coded_on())) {
            let rule = spoken.entry(finding.rule.into_owned()).or_default();
            rule.findings += 1;
            rule.cases.insert((*article).to_owned());
            *rule.messages.entry(finding.message).or_default() += 1;
        }
    }
    let mut table = String::new();
    for (rule, Spoken { findings, cases, messages }) in &spoken {
        writeln!(table, "| `{rule}` | {findings} | {} |", cases.len()).unwrap();
        let mut often: Vec<_> = messages.iter().collect();
        often.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
        for (message, count) in often.into_iter().take(EXAMPLES_MAX * 10) {
            writeln!(table, "      {count} × {message}").unwrap();
        }
    }
    println!("{} cases\n{table}", cases.len());
    assert_eq!(cases.len(), 500);
    assert!(spoken.contains_key("code.leaf"), "some of these codes are headings now");
}
