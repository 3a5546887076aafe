//! ChartRelay: the work-queue platform of a medical-coding company.
//!
//! A chart is a baton, handed from the facility to a coder, to a reviewer and back, never dropped:
//!
//! `facility ─▶ intake ─▶ scheduling ─▶ coding ─▶ review ─▶ returns ─▶ facility`
//!
//! Each of these is a crate below `src/`; `charts` is the state machine and history under them,
//! `rules` decides, `base` stores, `web` speaks HTTP. This crate is the application that puts them
//! together, as a library so that tests build the same application as the binary.

pub mod app;
pub mod boot;
pub mod cli;
pub mod demo;
mod health;
pub mod serve;
