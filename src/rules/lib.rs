//! The product's brain: pure functions over plain data. No async, no I/O, no clock, no database.
//!
//! A chart is a baton, handed from the facility to a coder, to a reviewer and back, never dropped.
//! Who may hold it, when, and what counts as done is decided here and nowhere else.

#[macro_use]
mod macros;

pub mod access;
pub mod clock;
pub mod compare;
pub mod details;
mod dice;
pub mod drg;
pub mod edits;
pub mod eligibility;
pub mod em;
pub mod escalation;
pub mod forecast;
pub mod hcc;
pub mod holds;
pub mod ids;
pub mod learning;
pub mod lifecycle;
pub mod lists;
pub mod metrics;
pub mod own;
pub mod planner;
pub mod query;
pub mod sampling;
pub mod score;
pub mod time;
pub mod words;

pub use time::Instant;
