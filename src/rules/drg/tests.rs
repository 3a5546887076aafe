//! A handful of classes in the definitions' own form, enough for every part of the logic.

use std::collections::BTreeMap;

use super::{
    DRGS_MAX, DefinitionError, Definitions, Grouping, Source, SourceDrg, SourceSeverity, Stay,
    group,
};
use crate::edits::Sex;
use crate::words::PresentOnAdmission::{self, No, Yes};

const DRGS: &str = "\
003||ECMO or Tracheostomy with Major O.R. Procedures
004||Tracheostomy without Major O.R. Procedures
193|04|Simple Pneumonia and Pleurisy with MCC
194|04|Simple Pneumonia and Pleurisy with CC
195|04|Simple Pneumonia and Pleurisy without CC/MCC
207|04|Respiratory System Diagnosis with Ventilator Support >96 Hours
208|04|Respiratory System Diagnosis with Ventilator Support <=96 Hours
280|05|Acute Myocardial Infarction, Discharged Alive with MCC
281|05|Acute Myocardial Infarction, Discharged Alive with CC
282|05|Acute Myocardial Infarction, Discharged Alive without CC/MCC
283|05|Acute Myocardial Infarction, Expired with MCC
284|05|Acute Myocardial Infarction, Expired with CC
285|05|Acute Myocardial Infarction, Expired without CC/MCC
469|08|Major Hip and Knee Joint Replacement with MCC or Total Ankle Replacement
470|08|Major Hip and Knee Joint Replacement without MCC
521|08|Hip Replacement with Principal Diagnosis of Hip Fracture with MCC
522|08|Hip Replacement with Principal Diagnosis of Hip Fracture without MCC
535|08|Fractures of Hip and Pelvis with MCC
536|08|Fractures of Hip and Pelvis without MCC
725|12|Benign Prostatic Hypertrophy with MCC
726|12|Benign Prostatic Hypertrophy without MCC
796|14|Vaginal Delivery with Sterilization and/or D&C with MCC
797|14|Vaginal Delivery with Sterilization and/or D&C with CC
798|14|Vaginal Delivery with Sterilization and/or D&C without CC/MCC
805|14|Vaginal Delivery without Sterilization or D&C with MCC
806|14|Vaginal Delivery without Sterilization or D&C with CC
807|14|Vaginal Delivery without Sterilization or D&C without CC/MCC
789|15|Neonates, Died or Transferred to Another Acute Care Facility
794|15|Neonate with Other Significant Problems
795|15|Normal Newborn
963|24|Other Multiple Significant Trauma with MCC
964|24|Other Multiple Significant Trauma with CC
965|24|Other Multiple Significant Trauma without CC/MCC
974|25|HIV with Major Related Condition with MCC
975|25|HIV with Major Related Condition with CC
976|25|HIV with Major Related Condition without CC/MCC
977|25|HIV with or without Other Related Condition
981||Extensive O.R. Procedures Unrelated to Principal Diagnosis with MCC
982||Extensive O.R. Procedures Unrelated to Principal Diagnosis with CC
983||Extensive O.R. Procedures Unrelated to Principal Diagnosis without CC/MCC
987||Non-Extensive O.R. Procedures Unrelated to Principal Diagnosis with MCC
988||Non-Extensive O.R. Procedures Unrelated to Principal Diagnosis with CC
989||Non-Extensive O.R. Procedures Unrelated to Principal Diagnosis without CC/MCC
998||Principal Diagnosis Invalid as Discharge Diagnosis
999||Ungroupable";

const DIAGNOSES: &str = "\
J189 _MDC04 193&194&195|PDX _MDC25 974&975&976|AND_PSDX_OF_MAJOR_RELATED_CONDITION
I214 _MDC05 280&281&282&283&284&285|PDX_OR_SDX
I10 _MDC05
S72001A _MDC08 521&522|PDX 535&536|PDX _MDC24_PDX _TRAUMA24_SITE_LOWER_LIMB
S270XXA _MDC04 _MDC24_PDX _TRAUMA24_SITE_CHEST
M1611 _MDC08
N401 _MDC12 725&726|PDX
O80 _MDC14 998|PDX
Z370 _MDC23 796&797&798|SDX 805&806&807|SDX
Z3800 _MDC15 795|PDX
P599 _MDC15 795|AND_NO_SDX_OR_ONLY_SDX
B20 _MDC25 974&975&976|PSDX_OF_HIV_INFECTION
N179 _MDC11
J9601 _MDC04
E871 _MDC10
I469 _MDC05
I2699 _MDC04
Z99 _MDC23 777|NEW_LIST";

const PROCEDURES: &str = "\
0SR90JZ 469&470|ORPCS 521&522|AND_ORPCS
0SRG0JZ 469&470|TOTAL_ANKLE_REPLACEMENT
0B110F4 003&004|TRACHEOSTOMY_ORPCS
5A1955Z 003&004|MECHANICAL_VENTILATION_>96_HOURS_NON-ORPCS \
207&208|ANY_PDX_IN_MDC_4_MECHANICAL_VENTILATION_>96_HOURS_NON-ORPCS
10E0XZZ 796&797&798|NON-ORPCS 805&806&807|NON-ORPCS
0UL74ZZ 796&797&798|AND_ORPCS*
0DTJ4ZZ 397&398&399|APPENDECTOMY_ORPCS
0HBT0ZX 584&585|ORPCS";

/// Code, level, group, hospital-acquired condition, alive only.
const SEVERITIES: &str = "\
N179 CC 1 - 0
J9601 MCC 1 - 0
E871 CC 2 - 0
I469 MCC 1 - 1
I2699 MCC 1 10 0
S72001A CC 1 05 0
I214 MCC 1 - 0";

fn source() -> Source {
    let words = |line: &str| -> (String, Vec<String>) {
        let mut words = line.split(' ').map(|word| word.replace('_', " "));
        let code = words.next().unwrap();
        // The labels of a code itself begin with a line, which was not a space.
        let label =
            |word: String| word.strip_prefix(' ').map_or(word.clone(), |it| format!("_{it}"));
        (code, words.map(label).map(|it| it.replace("_MDC24 PDX", "_MDC24_PDX")).collect())
    };
    let sites = |label: String| match label.strip_prefix("_TRAUMA24 SITE ") {
        Some(site) => format!("_TRAUMA24_SITE_{site}"),
        None => label,
    };
    let codes = |text: &str| -> BTreeMap<String, Vec<String>> {
        let all = text.lines().map(words);
        all.map(|(code, labels)| (code, labels.into_iter().map(sites).collect())).collect()
    };
    let drg = |line: &str| {
        let [number, mdc, title] = line.split('|').collect::<Vec<_>>()[..] else { panic!() };
        (number.to_owned(), SourceDrg { desc: title.to_owned(), mdc: Some(mdc.to_owned()) })
    };
    let severity = |line: &str| {
        let [code, level, group, hac, alive] = line.split(' ').collect::<Vec<_>>()[..] else {
            panic!()
        };
        let hac = (hac != "-").then(|| hac.to_owned());
        let (level, pdx) = (level.to_owned(), group.to_owned());
        (code.to_owned(), SourceSeverity { level, pdx, hac, aowa: alive == "1" })
    };
    let owned = |codes: &[&str]| codes.iter().map(|code| (*code).to_owned()).collect::<Vec<_>>();
    let operations = ["0SR90JZ", "0SRG0JZ", "0B110F4", "0UL74ZZ", "0DTJ4ZZ", "0HBT0ZX"];
    let exclusions = ["280", "281", "282", "283", "284", "285"];
    Source {
        version: "v1".into(),
        drgs: DRGS.lines().map(drg).collect(),
        diagnoses: codes(DIAGNOSES),
        procedures: codes(PROCEDURES),
        severities: SEVERITIES.lines().map(severity).collect(),
        groups: [("1".into(), Vec::new()), ("2".into(), owned(&["J189"]))].into(),
        operations: operations.map(|code| (code.to_owned(), Vec::new())).into(),
        non_extensive: owned(&["0HBT0ZX"]),
        surgical_rank: [("3", 1), ("4", 2), ("521", 3), ("469", 4), ("796", 5)]
            .map(|(drg, rank)| (drg.to_owned(), rank))
            .into(),
        drg_exclusions: exclusions.map(|drg| (drg.to_owned(), owned(&["I214"]))).into(),
    }
}

struct Given {
    stay: Vec<(&'static str, Option<PresentOnAdmission>)>,
    procedures: Vec<&'static str>,
    sex: Option<Sex>,
    disposition: Option<&'static str>,
}

/// Diagnoses, the principal first, and procedures of a woman who went home.
fn given(diagnoses: &[&'static str], procedures: &[&'static str]) -> Given {
    let stay = diagnoses.iter().map(|code| (*code, Some(Yes))).collect();
    let (sex, disposition) = (Some(Sex::Female), Some("01"));
    Given { stay, procedures: procedures.to_vec(), sex, disposition }
}

impl Given {
    fn leaving(mut self, disposition: &'static str) -> Self {
        self.disposition = Some(disposition);
        self
    }

    fn absent(mut self, code: &str) -> Self {
        self.stay.iter_mut().filter(|(it, _)| *it == code).for_each(|(_, poa)| *poa = Some(No));
        self
    }

    fn grouped(&self) -> Grouping {
        let definitions = Definitions::build(&source()).unwrap();
        group(
            &definitions,
            &Stay {
                principal: self.stay[0].0,
                secondaries: &self.stay[1..],
                procedures: &self.procedures,
                sex: self.sex,
                disposition: self.disposition,
            },
        )
    }

    fn drg(&self) -> u16 {
        let found = self.grouped();
        found.drg.unwrap_or_else(|| panic!("{found:?}"))
    }
}

#[test]
fn severity_is_the_heaviest_complication_that_the_principal_does_not_exclude() {
    assert_eq!(given(&["J189"], &[]).drg(), 195);
    assert_eq!(given(&["J189", "N179"], &[]).drg(), 194);
    assert_eq!(given(&["J189", "N179", "J9601"], &[]).drg(), 193);
    // The group of E87.1 names J18.9.
    let excluded = given(&["J189", "E871"], &[]).grouped();
    assert_eq!(excluded.drg, Some(195));
    assert!(!excluded.marks[0].counts);
    assert_eq!(excluded.marks[0].text, "CC, but not with principal J18.9");
    assert_eq!(excluded.category.as_deref(), Some("MDC 04, respiratory system"));
}

#[test]
fn the_reasons_name_what_decided() {
    let found = given(&["J189", "N179", "J9601"], &[]).grouped();
    let texts: Vec<_> = found.reasons.iter().map(|reason| reason.text.as_str()).collect();
    assert_eq!(texts, ["Principal J18.9: MDC 04, respiratory system.", "J96.01 is an MCC here."]);
    let hip = given(&["S72001A"], &["0SR90JZ"]).grouped();
    assert_eq!(hip.reasons[1].text, "Procedure 0SR90JZ puts the stay into this class.");
    assert!(hip.surgical);
}

#[test]
fn a_code_counts_once_and_the_principal_is_no_complication_of_itself() {
    assert_eq!(given(&["J9601", "J9601"], &["5A1955Z"]).grouped().marks, []);
    let twice = given(&["J189", "N179", "N179"], &[]).grouped();
    assert_eq!((twice.drg, twice.marks.len()), (Some(194), 1));
}

#[test]
fn an_infarction_is_grouped_alive_or_expired_and_its_own_weight_does_not_count() {
    assert_eq!(given(&["I214"], &[]).drg(), 282);
    assert_eq!(given(&["I10", "I214"], &[]).drg(), 282);
    assert_eq!(given(&["I214", "N179"], &[]).leaving("20").drg(), 284);
    // Cardiac arrest is a major complication only of those who live.
    assert_eq!(given(&["I214", "I469"], &[]).drg(), 280);
    assert_eq!(given(&["I214", "I469"], &[]).leaving("20").drg(), 285);
}

#[test]
fn what_is_not_known_is_asked_for_where_it_decides_and_only_there() {
    let unknown = |diagnoses| Given { disposition: None, ..given(diagnoses, &[]) };
    let open = unknown(&["I214"]).grouped();
    assert_eq!((open.drg, open.candidates), (None, vec![282, 285]));
    assert!(open.unclear.unwrap().contains("discharge disposition"));
    assert_eq!(unknown(&["J189", "N179"]).drg(), 194);
    let sexless = Given { sex: None, ..given(&["N401"], &[]) };
    assert!(sexless.grouped().unclear.unwrap().contains("sex"));
    assert_eq!(Given { sex: Some(Sex::Male), ..given(&["N401"], &[]) }.drg(), 726);
    assert!(given(&["N401"], &[]).grouped().drg.is_none(), "a female stay in a male category");
}

#[test]
fn the_surgical_hierarchy_goes_first_and_a_device_may_stand_for_severity() {
    assert_eq!(given(&["S72001A"], &[]).drg(), 536);
    assert_eq!(given(&["S72001A"], &["0SR90JZ"]).drg(), 522);
    assert_eq!(given(&["M1611", "J9601"], &["0SR90JZ"]).drg(), 469);
    assert_eq!(given(&["M1611"], &["0SR90JZ"]).drg(), 470);
    let ankle = given(&["M1611"], &["0SRG0JZ"]).grouped();
    assert_eq!(ankle.drg, Some(469));
    assert!(ankle.reasons.iter().all(|reason| !reason.text.contains("MCC")));
}

#[test]
fn an_operation_of_another_category_is_unrelated_extensive_or_not() {
    assert_eq!(given(&["J189"], &["0SR90JZ"]).drg(), 983);
    assert_eq!(given(&["J189", "N179"], &["0HBT0ZX"]).drg(), 988);
    let found = given(&["J189", "J9601"], &["0DTJ4ZZ", "0HBT0ZX"]).grouped();
    assert_eq!(found.drg, Some(981));
    assert!(found.reasons[1].text.contains("0DTJ4ZZ belongs to no class"));
}

#[test]
fn a_tracheostomy_comes_before_any_category() {
    assert_eq!(given(&["J189"], &["0B110F4", "5A1955Z"]).drg(), 4);
    let with = given(&["J189"], &["0B110F4", "5A1955Z", "0DTJ4ZZ"]).grouped();
    assert_eq!((with.drg, with.category), (Some(3), None));
    assert_eq!(given(&["J189"], &["5A1955Z"]).drg(), 207);
}

#[test]
fn a_delivery_needs_its_outcome_and_takes_the_operations_that_belong_to_it() {
    assert_eq!(given(&["O80", "Z370"], &["10E0XZZ"]).drg(), 807);
    assert_eq!(given(&["O80", "Z370"], &["10E0XZZ", "0UL74ZZ"]).drg(), 798);
    let without = given(&["O80"], &["10E0XZZ"]).grouped();
    assert_eq!(without.drg, Some(998));
    assert!(without.unclear.unwrap().starts_with("O80 can't be the principal"));
}

#[test]
fn a_newborn_is_normal_when_nothing_else_is_said() {
    assert_eq!(given(&["Z3800"], &[]).drg(), 795);
    assert_eq!(given(&["Z3800", "P599"], &[]).drg(), 795);
    assert_eq!(given(&["Z3800", "E871"], &[]).drg(), 794);
    assert_eq!(given(&["Z3800"], &[]).leaving("02").drg(), 789);
    let operated = given(&["Z3800"], &["0DTJ4ZZ"]).grouped();
    assert_eq!((operated.drg, operated.candidates), (None, vec![795, 983]));
}

#[test]
fn two_sites_of_injury_and_hiv_have_categories_of_their_own() {
    assert_eq!(given(&["S72001A", "S270XXA"], &[]).drg(), 965);
    assert_eq!(given(&["S72001A", "S72001A"], &[]).drg(), 536);
    assert_eq!(given(&["B20"], &[]).drg(), 977);
    assert_eq!(given(&["B20", "J189", "N179"], &[]).drg(), 975);
    assert_eq!(given(&["J189", "B20"], &[]).drg(), 976);
}

#[test]
fn what_the_hospital_caused_does_not_count_and_where_that_depends_nobody_can_tell() {
    let fall = given(&["J189", "S72001A"], &[]);
    assert_eq!(fall.drg(), 194);
    let fall = fall.absent("S72001A").grouped();
    assert_eq!(fall.drg, Some(195));
    assert!(fall.marks[0].text.contains("condition 05 (falls and trauma)"));
    // Thrombosis is hospital-acquired only after a joint replacement.
    assert_eq!(given(&["J189", "I2699"], &[]).absent("I2699").drg(), 193);
    let after = given(&["M1611", "I2699"], &["0SR90JZ"]).absent("I2699").grouped();
    assert_eq!((after.drg, after.candidates), (None, vec![469, 470]));
}

#[test]
fn a_principal_that_the_definitions_do_not_have_is_ungroupable() {
    for code in ["W1901XA", "A00", "", "no code"] {
        let found = given(&[code], &[]).grouped();
        assert_eq!(found.drg, Some(999), "{code}");
        assert!(found.unclear.is_some());
    }
    // Z99 is in a list that no class of these definitions reads.
    assert!(given(&["E871"], &[]).grouped().unclear.is_some(), "no class of MDC 10");
}

#[test]
fn damaged_definitions_are_refused_with_what_is_wrong() {
    let refused = |change: &dyn Fn(&mut Source)| {
        let mut damaged = source();
        change(&mut damaged);
        Definitions::build(&damaged).unwrap_err()
    };
    let empty = refused(&|it| it.drgs.clear());
    assert_eq!(empty, DefinitionError::None("DRGs"));
    let label = refused(&|it| {
        it.diagnoses.insert("A000".into(), vec!["nonsense".into()]);
    });
    assert_eq!(label.to_string(), "a label can't be read: \"nonsense\"");
    let number = refused(&|it| {
        it.surgical_rank.insert("1000".into(), 1);
    });
    assert_eq!(number.to_string(), "a DRG can't be read: \"1000\"");
    let many = refused(&|it| {
        for number in 0..=DRGS_MAX {
            it.drgs.insert(format!("x{number}"), SourceDrg::default());
        }
    });
    assert_eq!(many, DefinitionError::TooMany { what: "DRGs", limit: DRGS_MAX });
}

proptest::proptest! {
    #[test]
    fn any_codes_get_an_answer(
        codes in proptest::collection::vec("[A-Z0-9]{0,8}|J189|I214|B20|S72001A|E871", 1..8),
        procedures in proptest::collection::vec("[A-Z0-9]{7}|0SR90JZ|10E0XZZ|0B110F4", 0..5),
        disposition in proptest::option::of("[0-9]{0,3}"),
    ) {
        let definitions = Definitions::build(&source()).unwrap();
        let secondaries: Vec<_> = codes[1..].iter().map(|code| (code.as_str(), Some(No))).collect();
        let procedures: Vec<_> = procedures.iter().map(String::as_str).collect();
        let found = group(&definitions, &Stay {
            principal: &codes[0],
            secondaries: &secondaries,
            procedures: &procedures,
            sex: None,
            disposition: disposition.as_deref(),
        });
        proptest::prop_assert!(found.drg.is_some() || found.unclear.is_some());
    }
}
