//! What tests stand on: one PostgreSQL for the run.

mod cluster;

pub use cluster::cluster;
