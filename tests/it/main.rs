//! The one integration-test binary: the product's own application, on a real database.

#![expect(clippy::unwrap_used, reason = "tests fail by panicking")]

mod support;

mod tidy;
mod walls;
