use super::{Content, Fault, ListedCode, detect, named, read};
use jiff::civil::date;
use proptest::prelude::*;
use rules::edits::{NoteKind, Sex, UnlikelyBasis};
use rules::lists::ListKind;

fn codes(kind: ListKind, text: &str) -> Result<Vec<ListedCode>, Fault> {
    match read(kind, text.as_bytes())?.remove(0).1 {
        Content::Codes(codes) => Ok(codes),
        other => panic!("{other:?}"),
    }
}

fn order_line(number: u32, code: &str, flag: u8, long: &str) -> String {
    format!("{number:05} {code:<7} {flag} {:<60} {long}\r\n", "short")
}

#[test]
fn an_order_file_tells_headings_from_codes_and_keeps_the_long_description() {
    let text = order_line(1, "A00", 0, "Cholera") + &order_line(2, "A000", 1, "Cholera due to é");
    let listed = codes(ListKind::Icd10Cm, &text).unwrap();
    let seen: Vec<_> =
        listed.iter().map(|c| (c.code.as_str(), c.billable, c.description.as_str())).collect();
    assert_eq!(seen, [("A00", false, "Cholera"), ("A000", true, "Cholera due to é")]);

    let damaged = text + "00003 A001    2 short\r\n";
    assert_eq!(codes(ListKind::Icd10Cm, &damaged).unwrap_err().line, 3);
}

#[test]
fn an_order_file_in_latin_1_is_read() {
    let mut bytes = order_line(1, "H810", 1, "M").into_bytes();
    bytes.truncate(bytes.len() - 2);
    bytes.extend(b"\xe9ni\xe8re's disease\r\n");
    let read = read(ListKind::Icd10Cm, &bytes).unwrap().remove(0).1;
    let Content::Codes(listed) = read else { panic!("{read:?}") };
    assert_eq!(listed[0].description, "Ménière's disease");
}

#[test]
fn titles_are_read_with_and_without_a_heading() {
    let pcs = codes(ListKind::Icd10Pcs, "code\tdescription\tccs\n00800ZZ\tDivision of Brain\t1\n");
    assert_eq!(pcs.unwrap()[0].description, "Division of Brain");
    let plain = codes(ListKind::Icd10Pcs, "0016070 Bypass Cerebral Ventricle\r\n").unwrap();
    assert_eq!(plain[0].code, "0016070");
    let wrong = codes(ListKind::Icd10Pcs, "00800ZZ\tDivision\nE119\tDiabetes\n").unwrap_err();
    assert_eq!(wrong.line, 2);
    assert!(wrong.what.contains("ICD-10-PCS"), "{wrong}");
    assert!(
        codes(ListKind::Icd10Pcs, "00800ZZ\tA\n00800ZZ\tB\n").unwrap_err().what.contains("twice")
    );
}

#[test]
fn the_operators_cpt_file_has_codes_modifiers_and_days() {
    let text = "code\tfrom\tuntil\tshort\tlong\n00000\t2026-01-01\t\tS\tA made-up service\n\
        25\t\t\tMade up\t\n00001\t20200101\t20251231\t\tGone\n";
    let listed = codes(ListKind::Cpt, text).unwrap();
    assert_eq!(listed[0].terms, ["S"]);
    assert_eq!(listed[0].from, Some(date(2026, 1, 1)));
    assert_eq!(listed[1].until, Some(date(2025, 12, 31)));
    assert_eq!((listed[2].code.as_str(), listed[2].description.as_str()), ("25", "Made up"));
    let wrong = codes(ListKind::Cpt, "code\tlong\n99213\tx\nG0439\ty\n").unwrap_err();
    assert_eq!(wrong.line, 3);
}

fn contractor_line(code: &str, record: char, text: &str, dates: (&str, &str)) -> String {
    let mut line: Vec<char> = format!("{code:>5}00100{record}{text:<80}").chars().collect();
    line.resize(320, ' ');
    let mut put = |at: usize, text: &str| {
        for (place, c) in text.chars().enumerate() {
            line[at - 1 + place] = c;
        }
    };
    put(269, dates.0);
    put(285, dates.1);
    line.into_iter().collect::<String>() + "\r\n"
}

#[test]
fn contractor_records_go_on_over_lines_and_have_days_of_their_own() {
    let text = contractor_line("A1", '7', "Dressing for one wound", ("20020701", ""))
        + &contractor_line(
            "A0021",
            '3',
            "Ambulance service, outside state per mile,",
            ("19820101", ""),
        )
        + &contractor_line("A0021", '4', " transport (medicaid only)", ("", ""))
        + &contractor_line("G0001", '3', "Gone", ("19940101", "20181231"));
    let listed = codes(ListKind::Hcpcs, &text).unwrap();
    assert_eq!(
        listed[0].description,
        "Ambulance service, outside state per mile, transport (medicaid only)"
    );
    assert_eq!(listed[1].code, "A1");
    assert_eq!(listed[2].until, Some(date(2018, 12, 31)));
    let orphan = text.clone() + &contractor_line("B0001", '4', "x", ("", ""));
    assert_eq!(codes(ListKind::Hcpcs, &orphan).unwrap_err().line, 5);
    let undated = text + &contractor_line("B0001", '3', "x", ("2018AB01", ""));
    assert_eq!(codes(ListKind::Hcpcs, &undated).unwrap_err().line, 5);
}

const TABULAR: &str = r#"<?xml version="1.0" encoding="utf-8"?>
<ICD10CM.tabular><version>2026</version><chapter><name>19</name>
<desc>Injury (S00-T88)</desc><useAdditionalCode><note>code from Chapter 20</note></useAdditionalCode>
<section id="S50-S59"><desc>Injuries to the forearm (S50-S59)</desc>
<diag><name>S52</name><desc>Fracture of forearm</desc>
<inclusionTerm><note>Broken &lt;arm&gt;</note></inclusionTerm>
<excludes1><note>amputation (S58.-)</note><note>other (S62.-)</note></excludes1>
<codeFirst><note>underlying disease, such as:</note><note>one (A50.5)</note></codeFirst>
<sevenChrDef><extension char="A">initial</extension><extension char="S">sequela</extension></sevenChrDef>
<diag><name>S52.0</name><desc>Upper end</desc></diag>
<diag><name>S52.501</name><desc>Lower end</desc></diag></diag></section></chapter></ICD10CM.tabular>"#;

#[test]
fn the_tabular_list_is_written_out_with_its_notes() {
    let all = read(ListKind::Icd10Cm, TABULAR.as_bytes()).unwrap();
    let [
        (ListKind::Icd10Cm, Content::Codes(listed)),
        (ListKind::Icd10CmNotes, Content::Notes(notes)),
    ] = &all[..]
    else {
        panic!("{all:?}")
    };
    let seen: Vec<_> = listed.iter().map(|c| (c.code.as_str(), c.billable)).collect();
    let expected = [
        ("S52", false),
        ("S520", false),
        ("S520XXA", true),
        ("S520XXS", true),
        ("S52501", false),
        ("S52501A", true),
        ("S52501S", true),
    ];
    assert_eq!(seen, expected);
    assert_eq!(listed[0].terms, ["Broken <arm>"]);
    assert_eq!(listed[5].description, "Lower end, initial");
    let of = |kind| {
        let found = notes.iter().filter(move |note| note.kind == kind);
        found.map(|note| (note.at.as_str(), note.text.as_str())).collect::<Vec<_>>()
    };
    assert_eq!(of(NoteKind::Excludes1), [("S52", "amputation (S58.-)"), ("S52", "other (S62.-)")]);
    assert_eq!(of(NoteKind::CodeFirst), [("S52", "underlying disease, such as: one (A50.5)")]);
    assert_eq!(of(NoteKind::SeventhCharacter), [("S52", "A: initial; S: sequela")]);
    assert_eq!(of(NoteKind::UseAdditional), [("S00-T88", "code from Chapter 20")]);
}

#[test]
fn seventh_characters_that_a_note_takes_out_are_not_written_out() {
    let note = "<notes><note>7th characters S and D do not apply to codes in category S52 with 6th \
        character 1 - a cause, or 8 - another.</note></notes>";
    let text = TABULAR.replace("<sevenChrDef>", &format!("{note}<sevenChrDef>"));
    let listed = codes(ListKind::Icd10Cm, &text).unwrap();
    assert!(listed.iter().any(|code| code.code == "S52501A"));
    assert!(listed.iter().all(|code| code.code != "S52501S"));
    assert!(listed.iter().any(|code| code.code == "S520XXS"), "its sixth character is another");
}

#[test]
fn hostile_xml_is_refused_where_it_stands() {
    let bomb = "<?xml version=\"1.0\"?>\n<!DOCTYPE a [<!ENTITY b \"c\">]>\n<ICD10CM.tabular/>";
    let fault = read(ListKind::Icd10Cm, bomb.as_bytes()).unwrap_err();
    assert_eq!((fault.line, fault.what.as_str()), (2, "a document type is not taken"));
    let entity = TABULAR.replace("&lt;", "&xxe;");
    assert!(read(ListKind::Icd10Cm, entity.as_bytes()).unwrap_err().what.contains("&xxe;"));
    let deep = format!("<ICD10CM.tabular>{}", "<diag>".repeat(100));
    assert!(read(ListKind::Icd10Cm, deep.as_bytes()).unwrap_err().what.contains("deep"));
    let cut = TABULAR.split_at(TABULAR.len() - 40).0;
    assert!(read(ListKind::Icd10Cm, cut.as_bytes()).is_err());
}

#[test]
fn what_is_said_of_diagnoses_is_read() {
    let exempt = "Order\tCode\tDescription\r\n1\tB90.0\tSequelae\r\n2\tB909\tSequelae\r\n";
    let read_one = |kind, text: &str| read(kind, text.as_bytes()).map(|mut all| all.remove(0).1);
    let named = Content::Named(vec!["B900".into(), "B909".into()]);
    assert_eq!(read_one(ListKind::PoaExempt, exempt).unwrap(), named);
    let ages = "P00\t0 newborn (age 0)\r\nC58\t2 maternity (age 12-55)\r\nA\t1\r\n";
    assert_eq!(read_one(ListKind::MceAge, ages).unwrap_err().line, 3);
    let ages = "P00\t0 newborn (age 0)\nP01\t1 pediatric (age 0 -17)\nC9150\t3 adult (age 14+)\n";
    let expected =
        Content::Ages(vec![("C9150".into(), 14, 124), ("P00".into(), 0, 0), ("P01".into(), 0, 17)]);
    assert_eq!(read_one(ListKind::MceAge, ages).unwrap(), expected);
    let sexes = read_one(ListKind::MceSex, "C61\t1 male\r\nC58\t2 female\r\n").unwrap();
    let expected = vec![("C58".to_owned(), Sex::Female), ("C61".to_owned(), Sex::Male)];
    assert_eq!(sexes, Content::Sexes(expected));
}

#[test]
fn both_forms_of_the_hcc_mapping_are_read_and_other_models_left_out() {
    let long = "diagnosis_code,cc,model_name\nA0103,115,CMS-HCC ESRD Model V21\n\
        E119,38,CMS-HCC Model V28\nE119,19,CMS-HCC Model V24\n";
    let wide = "\"2026 Mappings\"\n\"Diagnosis\nCode\",Description,\"CMS-HCC ESRD\nModel Category\nV24\",\
        \"CMS-HCC\nModel Category\nV24\",\"CMS-HCC\nModel\nCategory\nV28\"\n\
        E119,\"Type 2, plain\",1,19,38\n\"Notes: none\"\n";
    for text in [long, wide] {
        let Content::Categories(rows) = read(ListKind::Hcc, text.as_bytes()).unwrap().remove(0).1
        else {
            panic!()
        };
        let seen: Vec<_> =
            rows.iter().map(|row| (row.model.as_str(), row.category.as_str())).collect();
        assert_eq!(seen, [("V24", "19"), ("V28", "38")]);
    }
    let bad = long.replace("38", "x");
    assert_eq!(read(ListKind::Hcc, bad.as_bytes()).unwrap_err().line, 3);
}

#[test]
fn pairs_keep_their_windows_and_share_their_reasons() {
    let preamble = "CPT only copyright\r\nColumn1/Column2 Edits\r\n\tx\r\n";
    let rows = "00001\t00002\t\t19960101\t*\t1\tStandards of practice\r\n\
        00001\t00002\t*\t20200101\t20210331\t0\tStandards of practice\r\n\
        G0001\t0001T\t\t20200101\t\t9\tOther\r\n";
    let text = preamble.to_owned() + rows;
    let Content::Pairs(mut table) =
        read(ListKind::PtpPractitioner, text.as_bytes()).unwrap().remove(0).1
    else {
        panic!()
    };
    assert_eq!(table.rationales, ["Standards of practice", "Other"]);
    assert_eq!(table.rows[1].until, Some(date(2021, 3, 31)));
    assert_eq!(table.rows[2].rationale, 1);
    let more = super::PairTable { rationales: vec!["Other".into()], rows: vec![table.rows[0]] };
    table.append(more).unwrap();
    assert_eq!(table.rows[3].rationale, 1, "a part's reasons are found among those of the others");
    for (good, bad) in
        [("\t1\tStandards", "\t7\tStandards"), ("19960101", "19961301"), ("0001T", "word")]
    {
        let damaged = text.replacen(good, bad, 1);
        assert!(
            read(ListKind::PtpPractitioner, damaged.as_bytes()).unwrap_err().line >= 4,
            "{bad}"
        );
    }
}

#[test]
fn unlikely_edits_are_found_by_their_heading() {
    let text = "\"CPT codes, copyright\"\n\"HCPCS/\nCPT Code\",\"Practitioner Services\nMUE Values\",\
        MUE Adjudication Indicator,MUE Rationale\n00001,2,3 Date of Service Edit: Clinical,Data\n\
        0001T,0,1 Line,x\n";
    let Content::Units(rows) =
        read(ListKind::MuePractitioner, text.as_bytes()).unwrap().remove(0).1
    else {
        panic!()
    };
    assert_eq!((rows[0].units, rows[0].basis), (2, UnlikelyBasis::DateClinical));
    assert_eq!((rows[1].units, rows[1].basis), (0, UnlikelyBasis::Line));
    let bad = text.replace("00001,2", "00001,two");
    assert_eq!(read(ListKind::MuePractitioner, bad.as_bytes()).unwrap_err().line, 5);
}

#[test]
fn a_file_is_known_by_its_name_and_its_beginning() {
    let line = order_line(1, "A00", 0, "Cholera");
    let guess = detect("icd10cm-order-April-2026.txt", line.as_bytes());
    assert_eq!((guess.kind, guess.from), (Some(ListKind::Icd10Cm), Some(date(2026, 4, 1))));
    assert_eq!(guess.name.as_deref(), Some("FY2026 April"));
    let pcs = detect("icd10pcs_order_2027.txt", order_line(1, "001", 0, "Bypass").as_bytes());
    assert_eq!((pcs.kind, pcs.from), (Some(ListKind::Icd10Pcs), Some(date(2026, 10, 1))));
    let tabular = detect("x.xml", TABULAR.as_bytes());
    assert_eq!((tabular.kind, tabular.from), (Some(ListKind::Icd10Cm), Some(date(2025, 10, 1))));
    let pairs = detect("ccipra-v323r0-f1.txt", b"x");
    assert_eq!(
        (pairs.kind, pairs.from),
        (Some(ListKind::PtpPractitioner), Some(date(2026, 10, 1)))
    );
    assert_eq!(pairs.until, Some(date(2026, 12, 31)));
    let units = detect("MCR_MUE_OutpatientHospital_Eff_07-01-2026.csv", b"CPT Code,MUE Values");
    assert_eq!((units.kind, units.from), (Some(ListKind::MueOutpatient), Some(date(2026, 7, 1))));
    assert_eq!(detect("hcpcs_2019_anweb.tsv", b"HCPC\t").name.as_deref(), Some("2019"));
    assert_eq!(detect("letter.txt", b"Dear Sir").kind, None);
}

#[test]
fn the_codes_in_a_note_are_found_in_every_way_in_which_notes_write_them() {
    for (text, expected) in [
        ("gestational diabetes (O24.4-)", &[("O244", "O244")][..]),
        ("secondary diabetes (E08-E13)", &[("E08", "E13")]),
        ("cachexia (E88.A)", &[("E88A", "E88A")]),
        ("hypertension, category I50", &[("I50", "I50")]),
        ("drug (T36-T50 with fifth or sixth character 5)", &[("T36", "T50")]),
        ("alcohol (F10.1-), (F10.2-)", &[("F101", "F101"), ("F102", "F102")]),
        ("fractures (S42.40-, S42.41- )", &[("S4240", "S4240"), ("S4241", "S4241")]),
        ("tobacco (O00-O08.9) use Z72.0.", &[("O00", "O089"), ("Z720", "Z720")]),
        ("any condition (A00.-–A09)", &[("A00", "A09")]),
        ("G6PD deficiency, T-cell, COVID-19, 2B12", &[]),
        ("with vitamin B12", &[("B12", "B12")]),
    ] {
        let found: Vec<_> = named(text).into_iter().map(|range| (range.from, range.to)).collect();
        let expected: Vec<_> =
            expected.iter().map(|(from, to)| ((*from).to_owned(), (*to).to_owned())).collect();
        assert_eq!(found, expected, "{text}");
    }
}

proptest! {
    #[test]
    fn no_bytes_make_a_reader_panic(
        kind in prop::sample::select(ListKind::ALL),
        bytes in prop::collection::vec(any::<u8>(), 0..400),
        name in "\\PC{0,24}",
    ) {
        if let Ok(all) = read(kind, &bytes) {
            prop_assert!(all.iter().all(|(_, content)| content.rows() > 0));
        }
        let guess = detect(&name, &bytes);
        prop_assert!(guess.until.is_none_or(|until| guess.from.is_some_and(|from| from < until)));
    }

    #[test]
    fn a_damaged_file_is_read_or_refused_without_a_panic(
        at in 0_usize..2_000, put in any::<u8>(), which in 0_usize..4,
    ) {
        let line = contractor_line("A0021", '3', "Ambulance", ("19820101", ""));
        let (kind, text) = match which {
            0 => (ListKind::Icd10Cm, TABULAR.to_owned()),
            1 => (ListKind::Icd10Cm, order_line(1, "A00", 0, "Cholera")),
            2 => (ListKind::Hcpcs, line),
            _ => (ListKind::PtpOutpatient, "00001\t00002\t\t19960101\t*\t1\tx\n".to_owned()),
        };
        let mut bytes = text.into_bytes();
        let place = at % bytes.len();
        bytes[place] = put;
        prop_assert!(read(kind, &bytes).is_ok_and(|all| !all.is_empty()) || read(kind, &bytes).is_err());
    }

    #[test]
    fn ranges_are_found_in_any_words(text in "\\PC{0,80}") {
        for range in named(&text) {
            prop_assert!(range.from.len() >= 3 && range.to >= range.from);
        }
    }
}
