use super::{Malformed, read};
use rules::drg::{Definitions, Stay, group};
use rules::words::PresentOnAdmission;
use std::path::Path;
use std::process::Command;

const SMALL: &str = r#"{
    "version": "v43.1",
    "drgmap": {
        "195": {"desc": "Simple Pneumonia and Pleurisy without CC/MCC", "mdc": "04"},
        "194": {"desc": "Simple Pneumonia and Pleurisy with CC", "mdc": "04"},
        "193": {"desc": "Simple Pneumonia and Pleurisy with MCC", "mdc": "04"}
    },
    "dxmap": {"J189": ["_MDC04", "193&194&195|PDX"]},
    "prmap": {"0DTJ4ZZ": ["397&398&399|APPENDECTOMY ORPCS"]},
    "ccmap": {"N179": {"level": "CC", "pdx": "1", "hac": null, "aowa": false}},
    "exmap": {"1": ["N178"]},
    "orpcsmap": {"0DTJ4ZZ": ["397"]},
    "neoormap": [],
    "surgical_rank": {"397": 1},
    "drg_exclusions": {}
}"#;

/// Stays whose DRG a coder knows by heart: DRG, diagnoses, procedures, sex and disposition.
const CASES: &str = include_str!("cases.txt");
/// The definitions of April 2026, when they are at hand.
const REAL: &str = "../../../shared/data/codesets/msdrg/drgpy_v43.1.json.xz";

fn drg(definitions: &Definitions, case: &str) -> Option<u16> {
    let [diagnoses, procedures, patient] = case.split('|').collect::<Vec<_>>()[..] else {
        panic!("{case}")
    };
    let mut codes = diagnoses.split_whitespace();
    let principal = codes.next().unwrap();
    let present = Some(PresentOnAdmission::Yes);
    let secondaries: Vec<_> = codes.map(|code| (code, present)).collect();
    let procedures: Vec<_> = procedures.split_whitespace().collect();
    let (sex, disposition) = patient.trim().split_once(' ').unwrap();
    let stay = Stay {
        principal,
        secondaries: &secondaries,
        procedures: &procedures,
        sex: sex.parse().ok(),
        disposition: Some(disposition),
    };
    group(definitions, &stay).drg
}

#[test]
fn a_document_is_read_and_groups() {
    let definitions = Definitions::build(&read(SMALL.as_bytes()).unwrap()).unwrap();
    assert_eq!((definitions.version(), definitions.drg_count()), ("v43.1", 3));
    assert_eq!(drg(&definitions, "J189 N179||F 01"), Some(194));
}

#[test]
fn what_is_wrong_is_said_with_its_line() {
    let refused = |text: &str| read(text.as_bytes()).unwrap_err().to_string();
    assert_eq!(refused("{"), "line 1: the document ends too early");
    assert_eq!(refused("\n\nhello"), "line 3: this is no JSON");
    let without = SMALL.replace("\"neoormap\": [],", "");
    assert!(refused(&without).contains("a part of the definitions is missing"));
    let wrong = SMALL.replace("\"CC\"", "\"XX\"");
    assert_eq!(refused(&wrong), "a severity can't be read: \"XX\"");
    let empty = SMALL.replace("{\"397\": 1}", "{}");
    assert_eq!(refused(&empty), "there are no ranks of the surgical hierarchy");
}

#[test]
fn with_the_real_definitions_every_known_stay_comes_to_its_drg() {
    if !Path::new(REAL).exists() {
        return;
    }
    let Ok(unpacked) = Command::new("xz").args(["-dc", REAL]).output() else { return };
    let definitions = Definitions::build(&read(&unpacked.stdout).unwrap()).unwrap();
    assert_eq!((definitions.version(), definitions.drg_count()), ("v43.1", 772));
    assert_eq!(definitions.unread().count(), 0);
    let wrong: Vec<_> = CASES
        .lines()
        .filter(|case| {
            let (wanted, stay) = case.split_once(' ').unwrap();
            drg(&definitions, stay) != wanted.parse().ok()
        })
        .collect();
    assert_eq!(wrong, Vec::<&str>::new());
}

proptest::proptest! {
    #[test]
    fn damage_is_an_error_and_never_a_panic(
        at in 0..SMALL.len(),
        with in "[\"{}\\[\\],:0-9A-Za-z| ]{0,3}",
    ) {
        let mut damaged = SMALL.to_owned();
        damaged.insert_str(at, &with);
        let found = read(damaged.as_bytes());
        proptest::prop_assert!(!matches!(found, Err(Malformed::TooLarge)));
    }
}
