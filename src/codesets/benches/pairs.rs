//! Two million pairs of procedures: what they take to load and hold, and how long one is looked for.

use std::hint::black_box;

use codesets::{Codes, Edition, Holding, LoadedList, Origin, pack};
use criterion::{Criterion, criterion_group, criterion_main};
use formats::codes::{Content, PairRow, PairTable};
use jiff::civil::date;
use rules::edits::{NcciSetting, Reference};
use rules::lists::ListKind;

const PAIRS: u32 = 2_000_000;
/// Column-two codes of each column-one code.
const TWOS: u32 = 200;

/// Five digits of a number.
fn code(number: u32) -> [u8; 5] {
    let digit = |place: u32| b'0' + u8::try_from(number / 10_u32.pow(place) % 10).unwrap_or(0);
    [digit(4), digit(3), digit(2), digit(1), digit(0)]
}

fn synthetic() -> Content {
    let rows = (0..PAIRS).map(|place| PairRow {
        one: code(place / TWOS),
        two: code((place * 7 + 13) % 100_000),
        from: date(2020, 1, 1),
        until: (place % 9 == 0).then(|| date(2024, 12, 31)),
        indicator: u8::try_from(place % 2).unwrap_or(0),
        rationale: 0,
    });
    Content::Pairs(PairTable { rationales: vec!["Made up".to_owned()], rows: rows.collect() })
}

/// Kibibytes of this process in memory, where the system tells.
fn resident_kibibytes() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|rest| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

fn pairs(criterion: &mut Criterion) {
    let packed = pack(&synthetic()).unwrap_or_else(|error| panic!("{error}"));
    let edition =
        Edition { name: "made up".into(), from: date(2026, 1, 1), until: date(2026, 3, 31) };
    let holding = Holding {
        kind: ListKind::PtpPractitioner,
        edition,
        rows: u64::from(PAIRS),
        origin: Origin::Shipped,
    };
    let shipped = Codes::shipped().unwrap_or_else(|error| panic!("{error}"));
    let before = resident_kibibytes();
    let loaded = [LoadedList { holding: &holding, packed: &packed }];
    let codes = Codes::with_loaded(&loaded).unwrap_or_else(|error| panic!("{error}"));
    drop(shipped);
    println!(
        "{PAIRS} pairs: {} bytes stored, {} KiB more in memory with a second copy of the diagnoses",
        packed.len(),
        resident_kibibytes().saturating_sub(before)
    );
    let day = date(2026, 2, 1);
    let on = codes.on(day);
    let mut place = 0;
    criterion.bench_function("a pair among two million", |bench| {
        bench.iter(|| {
            place = (place + 7_919) % PAIRS;
            let (one, two) = (code(place / TWOS), code((place * 7 + 13) % 100_000));
            let text = |code: &[u8; 5]| String::from_utf8_lossy(code).into_owned();
            on.pair(NcciSetting::Practitioner, black_box(&text(&one)), &text(&two), day)
        });
    });
    let mut group = criterion.benchmark_group("load");
    group.sample_size(10);
    group.bench_function("all sets with two million pairs", |bench| {
        bench.iter(|| Codes::with_loaded(&loaded).map(|codes| codes.holdings().len()));
    });
    group.finish();
}

criterion_group!(benches, pairs);
criterion_main!(benches);
