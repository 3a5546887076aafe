//! The one integration-test binary: the product's own application, on a real database.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod support;

mod active_time;
mod beside;
mod browser;
mod code_search;
mod codes;
mod edits;
mod end_to_end;
mod faults;
mod holds;
mod intake;
mod matrix;
mod pages;
mod people;
mod plan;
mod promises;
mod queries;
mod scheduling;
mod tidy;
mod walls;
