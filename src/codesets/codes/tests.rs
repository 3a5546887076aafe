use super::Codes;
use crate::changes::ChangeKind;
use crate::edition::Edition;
use crate::loaded::{Holding, LoadedList, Origin};
use crate::pack::{pack, text};
use crate::search::Search;
use crate::usual::Usual;
use formats::codes::read;
use jiff::civil::{Date, date};
use rules::edits::{ModifierStanding, NcciSetting, NoteKind, Reference, Sex, Validity};
use rules::lists::ListKind;
use rules::words::CodeSystem;
use std::sync::LazyLock;

static SHIPPED: LazyLock<Codes> = LazyLock::new(|| Codes::shipped().unwrap());

const DAY: Date = date(2026, 3, 2);

/// What the program carries, with files that an operator loads for a year.
fn with(files: &[(ListKind, i16, &str)]) -> Codes {
    let mut lists = Vec::new();
    for (kind, year, text) in files {
        for (kind, content) in read(*kind, text.as_bytes()).unwrap() {
            let (from, until) = (date(*year, 1, 1), date(*year, 12, 31));
            let edition = Edition { name: year.to_string().into(), from, until };
            let origin = Origin::Loaded {
                at: jiff::Timestamp::UNIX_EPOCH,
                files: "x".into(),
                sha256: String::new(),
            };
            lists.push((Holding { kind, edition, rows: 1, origin }, pack(&content).unwrap()));
        }
    }
    let loaded: Vec<_> =
        lists.iter().map(|(holding, packed)| LoadedList { holding, packed }).collect();
    Codes::with_loaded(&loaded).unwrap()
}

#[test]
fn what_the_program_carries_is_counted_right() {
    for held in SHIPPED.holdings() {
        let (_, packed) =
            crate::loaded::shipped().into_iter().find(|(known, _)| known == held).unwrap();
        let lines = text("x", packed).unwrap().lines().count();
        assert_eq!(u64::try_from(lines).unwrap(), held.rows, "{held:?}");
    }
}

#[test]
fn a_diagnosis_has_the_notes_of_its_headings_and_manifestations_are_known() {
    let on = SHIPPED.on(DAY);
    let notes = on.notes("E1165");
    let excluded = notes.iter().find(|note| note.text.starts_with("gestational")).unwrap();
    assert_eq!((excluded.kind, excluded.at.as_str()), (NoteKind::Excludes1, "E11"));
    assert!(excluded.codes[0].covers("O24410"));
    assert!(on.notes("S52501A").iter().any(|note| note.kind == NoteKind::SeventhCharacter));
    for (code, manifestation) in
        [("F0280", true), ("G63", true), ("D638", true), ("B9561", false), ("E1165", false)]
    {
        assert_eq!(on.diagnosis(code).manifestation, manifestation, "{code}");
    }
    // "vitamin B12" names no code.
    let fancied = on.notes("D510").iter().flat_map(|note| &note.codes).any(|r| r.from == "B12");
    assert!(!fancied);
}

#[test]
fn nothing_is_known_of_what_no_list_is_loaded_for() {
    let on = SHIPPED.on(DAY);
    let facts = on.diagnosis("E119");
    assert_eq!((facts.poa_exempt, facts.years, facts.sex, facts.hcc), (None, None, None, None));
    assert_eq!(on.modifier("25", DAY), ModifierStanding::NoList);
    assert_eq!(on.pair(NcciSetting::Practitioner, "00001", "00002", DAY), None);
    let form_only = SHIPPED.standing(CodeSystem::Icd10Pcs, "00800ZZ", DAY).validity;
    assert_eq!(form_only, Validity::FormOnly);
}

#[test]
fn loaded_facts_answer_for_their_dates() {
    let codes = with(&[
        (ListKind::PoaExempt, 2026, "1\tB900\tx\n"),
        (ListKind::MceAge, 2026, "C58\t2 maternity (age 12-55)\n"),
        (ListKind::MceSex, 2026, "C61\t1 male\n"),
        (ListKind::UnacceptablePrincipal, 2026, "Z3800\tx\n"),
        (
            ListKind::Hcc,
            2026,
            "diagnosis_code,cc,model_name\nE119,19,CMS-HCC Model V24\nE119,38,CMS-HCC Model V28\n",
        ),
        (
            ListKind::MuePractitioner,
            2025,
            "HCPCS/CPT Code,MUE Values,MUE Adjudication Indicator\n00001,1,1\n",
        ),
        (
            ListKind::MuePractitioner,
            2026,
            "HCPCS/CPT Code,MUE Values,MUE Adjudication Indicator\n00001,2,3\n",
        ),
        (ListKind::PtpOutpatient, 2026, "00001\t00002\t\t20260101\t*\t1\tx\n"),
    ]);
    let on = codes.on(DAY);
    assert_eq!(on.diagnosis("B900").poa_exempt, Some(true));
    assert_eq!(on.diagnosis("E119").poa_exempt, Some(false));
    assert_eq!(on.diagnosis("C58").years, Some((12, 55)));
    assert_eq!(on.diagnosis("C61").sex, Some(Sex::Male));
    assert!(on.diagnosis("Z3800").unacceptable_principal);
    assert_eq!(on.diagnosis("E119").hcc.as_deref(), Some("V28 HCC 38"));
    let units = |year| {
        on.unlikely(NcciSetting::Practitioner, "00001", date(year, 6, 1)).map(|edit| edit.units)
    };
    assert_eq!((units(2025), units(2026), units(2027)), (Some(1), Some(2), Some(2)));
    assert_eq!(units(2024), None, "before the first edition nothing is known");
    assert_eq!(on.unlikely(NcciSetting::OutpatientHospital, "00001", DAY), None);
    assert!(on.pair(NcciSetting::OutpatientHospital, "00001", "00002", DAY).is_some());
    assert!(on.pair(NcciSetting::Practitioner, "00001", "00002", DAY).is_none());
}

#[test]
fn procedures_and_modifiers_have_days_of_their_own() {
    let codes = with(&[
        (
            ListKind::Hcpcs,
            2025,
            "HCPC\tRECID\tLONG DESCRIPTION\tADD DT\tTERM DT\nLT\t7\tLeft side\t19840101\t\n\
            A0021\t3\tAmbulance service\t19820101\t\nG0001\t3\tGone\t19940101\t20241231\n",
        ),
        (ListKind::Hcpcs, 2026, "code\tdescription\nA0021\tAmbulance service\nG0557\tNew\n"),
    ]);
    let validity = |code, on| codes.standing(CodeSystem::Hcpcs, code, on).validity;
    assert_eq!(validity("A0021", DAY), Validity::Billable);
    assert_eq!(validity("G0001", date(2024, 12, 31)), Validity::Billable);
    let gone = Validity::NotInForce { from: date(1994, 1, 1), until: Some(date(2024, 12, 31)) };
    assert_eq!(validity("G0001", date(2025, 1, 1)), gone);
    let new = Validity::NotInForce { from: date(2026, 1, 1), until: None };
    assert_eq!(validity("G0557", date(2025, 6, 1)), new);
    assert_eq!(validity("Z9999", DAY), Validity::Unknown);
    assert_eq!(validity("D0120", DAY), Validity::FormOnly, "dental codes are in no public file");

    let on = codes.on(DAY);
    assert_eq!(
        on.modifier("LT", DAY),
        ModifierStanding::InForce,
        "the later file has no modifiers"
    );
    assert_eq!(on.modifier("QQ", DAY), ModifierStanding::Unknown);
    assert_eq!(on.modifier("25", DAY), ModifierStanding::NoList, "CPT's are licensed");
    assert_eq!(codes.describe_modifier("LT", DAY), Some("Left side"));
    assert_eq!(codes.describe(CodeSystem::Hcpcs, "LT", DAY), None, "a modifier is no procedure");
    let found = codes.list(CodeSystem::Hcpcs).unwrap().search(&Search {
        query: "ambulance",
        on: DAY,
        limit: 5,
        usual: &Usual::default(),
    });
    assert_eq!(found[0].code, "A0021");
}

#[test]
fn an_edition_that_is_loaded_takes_the_place_of_the_shipped_one_of_its_day() {
    let mut content = read(ListKind::Icd10Cm, b"A000\tCholera of ours\n").unwrap();
    let packed = pack(&content.remove(0).1).unwrap();
    let edition =
        Edition { name: "corrected".into(), from: date(2025, 10, 1), until: date(2026, 9, 30) };
    let origin = Origin::Shipped;
    let holding = Holding { kind: ListKind::Icd10Cm, edition, rows: 1, origin };
    let codes = Codes::with_loaded(&[LoadedList { holding: &holding, packed: &packed }]).unwrap();
    assert_eq!(codes.edition(DAY), ("corrected".to_owned(), true));
    assert_eq!(codes.describe(CodeSystem::Icd10Cm, "A000", DAY), Some("Cholera of ours"));
    assert_eq!(codes.edition(date(2025, 1, 1)).0, "FY2025");
}

#[test]
fn two_editions_differ_by_what_was_added_dropped_and_reworded() {
    let (from, to) = (date(2024, 10, 1), date(2025, 10, 1));
    let changes = SHIPPED.changes(ListKind::Icd10Cm, from, to).unwrap();
    let billable = |kind: ChangeKind| {
        changes.iter().filter(|change| change.change == kind && change.billable).count()
    };
    // As the published change list has it: 487 that may newly be reported, 28 that no longer may.
    assert_eq!(billable(ChangeKind::Added) + billable(ChangeKind::NewlyBillable), 487);
    let no_longer =
        changes.iter().filter(|change| change.change == ChangeKind::NoLongerBillable).count();
    assert_eq!(billable(ChangeKind::Dropped) + no_longer, 28);
    assert!(changes.is_sorted_by_key(|change| change.code.replace('.', "")));
    assert_eq!(SHIPPED.changes(ListKind::Icd10Cm, from, DAY), None, "no edition begins then");
    assert_eq!(SHIPPED.changes(ListKind::Hcpcs, from, to), None);
}

#[test]
fn a_list_that_is_damaged_in_storage_is_an_error_and_no_panic() {
    let edition = Edition { name: "x".into(), from: DAY, until: DAY };
    for kind in [ListKind::Hcpcs, ListKind::Hcc, ListKind::PtpOutpatient] {
        let holding = Holding { kind, edition: edition.clone(), rows: 1, origin: Origin::Shipped };
        let damaged = LoadedList { holding: &holding, packed: b"not gzip" };
        assert!(Codes::with_loaded(&[damaged]).is_err(), "{kind}");
    }
}
