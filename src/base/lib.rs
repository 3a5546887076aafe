//! What every stage stands on and that knows no chart: the database, keys, documents' bytes, mail,
//! promises of work, settings, the clock.

pub mod audit;
pub mod blobs;
pub mod cache;
pub mod clock;
pub mod config;
pub mod db;
pub mod error;
pub mod jobs;
pub mod keyring;
pub mod mail;
pub mod pages;
pub mod password;
pub mod private_postgres;
pub mod seal;
pub mod secret;
pub mod services;

pub use error::{Checks, Error, FieldError, Result};
pub use services::Services;
