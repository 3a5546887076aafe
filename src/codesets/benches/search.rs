//! How long building the set and one search take.

use std::hint::black_box;

use codesets::{CodeList, Search, Usual};
use criterion::{Criterion, criterion_group, criterion_main};
use jiff::civil::date;

fn search(criterion: &mut Criterion) {
    let day = date(2026, 1, 15);
    let set = CodeList::shipped().unwrap_or_else(|error| panic!("{error}"));
    for query in [
        "E11",
        "type 2 diabetes",
        "fx l radius init",
        "diabetis",
        "p",
        "other unspecified d",
        "zzzz",
    ] {
        criterion.bench_function(&format!("search {query:?}"), |bench| {
            let usual = &Usual::default();
            bench.iter(|| {
                set.search(&Search { query: black_box(query), on: day, limit: 12, usual })
            });
        });
    }
    criterion.bench_function("standing", |bench| {
        bench.iter(|| set.standing(black_box("S52.501A"), day));
    });
}

fn build(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("build");
    group.sample_size(10);
    group.bench_function("shipped editions", |bench| bench.iter(CodeList::shipped));
    group.finish();
}

criterion_group!(benches, search, build);
criterion_main!(benches);
