//! What tests stand on: one PostgreSQL for the run, a fresh facility for each test.

mod app;
mod client;
mod cluster;

pub use app::TestApp;
pub use client::Client;
pub use cluster::cluster;
