//! How long the edits take over the longest codings that a claim carries, with two million pairs of
//! procedures loaded, beside a single plain pass over those pairs on the same machine.

use std::hint::black_box;

use codesets::{Codes, Edition, Holding, LoadedList, Origin, pack};
use criterion::{BatchSize, Criterion, criterion_group, criterion_main};
use formats::codes::{Content, ListedCode, PairRow, PairTable, Units};
use jiff::civil::{Date, date};
use rules::compare::{Line, LineRole};
use rules::details::Details;
use rules::edits::{
    EditFinding, EncounterFacts, MODIFIERS_MAX, Patient, PoaTerms, Sex, UnlikelyBasis, check,
};
use rules::lists::ListKind;
use rules::words::{CodeSystem, PresentOnAdmission, WorkType};

const DAY: Date = date(2026, 3, 2);
/// Procedures that have pairs, each with so many column-two codes: two million pairs.
const ONES: usize = 10_000;
const TWOS: usize = 200;
/// ICD-10-PCS codes, as many as a year has.
const OPERATIONS: u32 = 78_000;
/// Between two operations of the stay.
const OPERATIONS_APART: u32 = 3_100;

/// A long visit: the first is the first-listed diagnosis.
const VISIT_DIAGNOSES: [&str; 12] = [
    "E1165", "I130", "I5032", "N1832", "D631", "E785", "J449", "M1711", "L570", "R195", "E66813",
    "Z794",
];
/// Its services: code, modifiers with spaces between, units.
const SERVICES: [(&str, &str, i32); 38] = [
    ("99215", "25", 1),
    ("G0439", "", 1),
    ("G2211", "", 1),
    ("99406", "25", 1),
    ("99497", "33", 1),
    ("93000", "", 1),
    ("93306", "26", 1),
    ("94060", "", 1),
    ("94640", "76", 2),
    ("94664", "59", 1),
    ("71046", "TC", 1),
    ("73562", "RT", 1),
    ("76882", "RT", 1),
    ("20610", "RT", 1),
    ("20611", "LT 59", 1),
    ("J3301", "", 4),
    ("J1100", "", 8),
    ("J7613", "", 3),
    ("96372", "XS", 1),
    ("90471", "", 1),
    ("90472", "", 2),
    ("90686", "", 1),
    ("90677", "", 1),
    ("17000", "59", 1),
    ("17003", "", 6),
    ("11102", "XS", 1),
    ("11103", "", 2),
    ("11720", "Q8", 1),
    ("69210", "50", 1),
    ("36415", "", 1),
    ("80053", "", 1),
    ("80061", "", 1),
    ("83036", "QW", 1),
    ("84443", "", 1),
    ("85025", "", 1),
    ("81001", "", 1),
    ("82043", "", 1),
    ("82570", "91", 1),
];
/// A stay: the first is the principal diagnosis.
const STAY_DIAGNOSES: [&str; 25] = [
    "A4151", "R6521", "N179", "J9601", "J189", "I130", "I5033", "N1832", "E1122", "E1165", "D631",
    "G9341", "E43", "E871", "E876", "I4891", "L89153", "K7200", "D6959", "F0390", "I2510", "J441",
    "Z7901", "Z794", "Z6841",
];

fn edits(criterion: &mut Criterion) {
    let table = pairs();
    let rows = table.rows.clone();
    let codes = codes(table);
    let on = codes.on(DAY);
    for (name, encounter, lines) in [
        ("visit of 12 diagnoses and 38 services", of(WorkType::ProFeeEm), visit()),
        ("stay of 25 diagnoses and 25 procedures", of(WorkType::Inpatient), stay()),
    ] {
        tell(name, &check(&encounter, &lines, &on));
        criterion.bench_function(&format!("edits of a {name}"), |bench| {
            bench.iter(|| check(black_box(&encounter), black_box(&lines), &on));
        });
    }
    let visit = visit();
    let mut others = procedures().into_iter().cycle();
    let encounter = of(WorkType::ProFeeEm);
    criterion.bench_function("edits of a visit with other services each time", |bench| {
        let other = || with_services(&visit, &mut others);
        bench.iter_batched(other, |lines| check(&encounter, &lines, &on), BatchSize::SmallInput);
    });
    let mut services = SERVICES.map(|(code, ..)| key(code));
    services.sort_unstable();
    let together = |row: &&PairRow| {
        services.binary_search(&row.one).is_ok() && services.binary_search(&row.two).is_ok()
    };
    criterion.bench_function("a plain pass over the pairs, for the visit", |bench| {
        bench.iter(|| black_box(&rows).iter().filter(together).count());
    });
}

/// Says what was found, so that a reader sees which rules had work.
fn tell(name: &str, findings: &[EditFinding]) {
    let mut rules: Vec<&str> = findings.iter().map(|finding| finding.rule.as_ref()).collect();
    rules.sort_unstable();
    let rules = rules.chunk_by(|one, other| one == other);
    let rules: Vec<String> =
        rules.filter_map(|same| Some(format!("{} {}", same.len(), same.first()?))).collect();
    println!("{name}: {}", rules.join(", "));
}

fn of(work_type: WorkType) -> EncounterFacts {
    EncounterFacts {
        work_type,
        service_date: DAY,
        discharge_date: work_type.coded_by_discharge().then_some(DAY),
        required: rules::details::DetailSet::default(),
        patient: Patient { birth_date: Some(date(1951, 6, 1)), sex: Some(Sex::Female) },
        poa: PoaTerms::default(),
    }
}

fn line(system: CodeSystem, role: LineRole, code: &str) -> Line {
    Line {
        system,
        code: code.to_owned(),
        role,
        modifiers: Vec::with_capacity(MODIFIERS_MAX),
        units: 0,
        poa: None,
        pointers: Vec::new(),
        details: Details::default(),
    }
}

fn diagnoses(codes: &[&str], poa: Option<PresentOnAdmission>) -> Vec<Line> {
    let roles = std::iter::once(LineRole::Principal).chain(std::iter::repeat(LineRole::Secondary));
    let told = |code: &str| poa.filter(|_| !code.starts_with('Z'));
    let both = codes.iter().zip(roles);
    both.map(|(code, role)| Line { poa: told(code), ..line(CodeSystem::Icd10Cm, role, code) })
        .collect()
}

fn visit() -> Vec<Line> {
    let mut lines = diagnoses(&VISIT_DIAGNOSES, None);
    let details = Details {
        service_date: Some(DAY),
        place_of_service: Some("11".to_owned()),
        provider: Some("1234567893".to_owned()),
        ..Details::default()
    };
    lines.extend(SERVICES.iter().zip((1..=11).cycle()).map(|((code, modifiers, units), at)| {
        Line {
            modifiers: modifiers.split_whitespace().map(str::to_owned).collect(),
            units: *units,
            pointers: vec![at, at + 1],
            details: details.clone(),
            ..line(system_of(code), LineRole::Procedure, code)
        }
    }));
    lines
}

/// The visit with the next services of a row, so that no round looks for the pairs of the one before.
fn with_services(visit: &[Line], next: &mut impl Iterator<Item = String>) -> Vec<Line> {
    let mut lines = visit.to_vec();
    let services = lines.iter_mut().filter(|line| line.role == LineRole::Procedure);
    for (line, code) in services.zip(next) {
        line.system = system_of(&code);
        line.code = code;
    }
    lines
}

fn stay() -> Vec<Line> {
    let mut lines = diagnoses(&STAY_DIAGNOSES, Some(PresentOnAdmission::Yes));
    lines.extend((0..25).map(|number| {
        let code = operation(number * OPERATIONS_APART);
        Line { units: 1, ..line(CodeSystem::Icd10Pcs, LineRole::Procedure, &code) }
    }));
    lines
}

fn system_of(code: &str) -> CodeSystem {
    let is_cpt = code.starts_with(|c: char| c.is_ascii_digit());
    if is_cpt { CodeSystem::Cpt } else { CodeSystem::Hcpcs }
}

/// A made-up operation: a number in the digits and letters of ICD-10-PCS, without I and O.
fn operation(number: u32) -> String {
    const CHARACTERS: &[u8; 34] = b"0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
    let digit = |place: u32| {
        let at = usize::try_from(number / 34_u32.pow(place) % 34).unwrap_or(0);
        CHARACTERS.get(at).copied().map_or('0', char::from)
    };
    format!("0{}{}{}{}ZZ", digit(3), digit(2), digit(1), digit(0))
}

fn key(code: &str) -> [u8; 5] {
    code.as_bytes().try_into().unwrap_or_else(|_| panic!("{code} is no procedure"))
}

/// The visit's services, and others up to as many as have pairs.
fn procedures() -> Vec<String> {
    let others = (100_u32..).step_by(9).map(|number| format!("{number:05}"));
    let services = SERVICES.iter().map(|(code, ..)| (*code).to_owned());
    let others = others.filter(|code| SERVICES.iter().all(|(service, ..)| service != code));
    services.chain(others).take(ONES).collect()
}

/// Each procedure is column one of the next, and of others; so each service of the visit is of the next one.
fn pairs() -> PairTable {
    let procedures: Vec<[u8; 5]> = procedures().iter().map(|code| key(code)).collect();
    let rows = procedures.iter().enumerate().flat_map(|(place, one)| {
        let twos = procedures.iter().cycle().skip(place + 1).step_by(43).take(TWOS);
        twos.enumerate().map(move |(number, two)| PairRow {
            one: *one,
            two: *two,
            from: date(2020, 1, 1),
            until: (number % 9 == 8).then(|| date(2024, 12, 31)),
            indicator: u8::from(place % 4 != 0),
            rationale: 0,
        })
    });
    PairTable { rationales: vec!["Made up".to_owned()], rows: rows.collect() }
}

fn units() -> Vec<Units> {
    let bases = [UnlikelyBasis::DateClinical, UnlikelyBasis::DatePolicy, UnlikelyBasis::Line];
    let all = procedures().into_iter().zip(bases.into_iter().cycle());
    all.map(|(code, basis)| Units { code, units: 4, basis }).collect()
}

fn listed(code: String) -> ListedCode {
    let description = format!("Made up {code}");
    ListedCode { code, billable: true, description, ..ListedCode::default() }
}

/// The procedures of a system, and modifiers that are of its kind.
fn procedures_of(system: CodeSystem) -> Content {
    let modifiers = SERVICES.iter().flat_map(|(_, modifiers, _)| modifiers.split_whitespace());
    let all = procedures().into_iter().chain(modifiers.map(str::to_owned));
    let mut all: Vec<String> = all.filter(|code| system_of(code) == system).collect();
    all.sort_unstable();
    all.dedup();
    Content::Codes(all.into_iter().map(listed).collect())
}

/// What the program carries, with the lists that are asked of these codings.
fn codes(pairs: PairTable) -> Codes {
    let operations = (0..OPERATIONS).map(|number| listed(operation(number)));
    let exempt = (0..10_000).map(|number| format!("Z{number:04}")).chain(["Z794".to_owned()]);
    let contents = [
        (ListKind::PtpPractitioner, Content::Pairs(pairs)),
        (ListKind::MuePractitioner, Content::Units(units())),
        (ListKind::Cpt, procedures_of(CodeSystem::Cpt)),
        (ListKind::Hcpcs, procedures_of(CodeSystem::Hcpcs)),
        (ListKind::Icd10Pcs, Content::Codes(operations.collect())),
        (ListKind::PoaExempt, Content::Named(exempt.collect())),
    ];
    let lists = contents.map(|(kind, content)| {
        let (from, until) = (date(2026, 1, 1), date(2026, 12, 31));
        let edition = Edition { name: "made up".into(), from, until };
        let rows = u64::try_from(content.rows()).unwrap_or(0);
        let packed = pack(&content).unwrap_or_else(|error| panic!("{error}"));
        (Holding { kind, edition, rows, origin: Origin::Shipped }, packed)
    });
    let loaded: Vec<_> =
        lists.iter().map(|(holding, packed)| LoadedList { holding, packed }).collect();
    Codes::with_loaded(&loaded).unwrap_or_else(|error| panic!("{error}"))
}

criterion_group!(benches, edits);
criterion_main!(benches);
