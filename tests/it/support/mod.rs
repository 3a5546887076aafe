//! What tests stand on: one PostgreSQL for the run, a fresh facility for each test.

mod app;
pub mod binary;
mod client;
mod cluster;

pub use app::{Desk, TestApp, client_of};
pub use client::{Answer, Client};
pub use cluster::cluster;
