//! Promises of work, written in the transaction that causes them and kept after it.
//!
//! A job is leased, not held in an open transaction; a lease that runs out is taken up again, so every
//! job runs at least once and its effects must bear a repetition.

mod runner;
mod store;

pub use runner::{Handlers, Ran, Runner};
pub(crate) use store::{NewJob, insert};

use crate::db::PlaneTx;
use crate::error::{Error, Result};
use rules::Instant;
use rules::ids::FacilityId;
use serde::Serialize;
use serde::de::DeserializeOwned;

/// A kind of promise. Arguments are ids and words, never patient data.
pub trait Job: Serialize + DeserializeOwned + 'static {
    /// `slice.verb`, unique in the product.
    const KIND: &'static str;

    /// The facility it works for; none for the installation.
    fn facility(&self) -> Option<FacilityId>;

    /// While a job with this key waits, another one is not made. One that runs already may not have seen
    /// what is promised now, so it does not count.
    fn unique_key(&self) -> Option<String> {
        None
    }
}

/// How a job ends when it does not end well.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// Worth another try later.
    #[error("{0}")]
    Retry(String),
    /// No try will help; a person has to look.
    #[error("{0}")]
    Dead(String),
}

impl From<Error> for JobError {
    fn from(error: Error) -> Self {
        match error {
            Error::Internal(source) | Error::Unavailable(source) => Self::Retry(source.to_string()),
            Error::Conflict(_) | Error::TooMany(_) => Self::Retry(error.to_string()),
            _ => Self::Dead(error.to_string()),
        }
    }
}

/// Promises `job` as soon as the transaction commits. The database may refuse it then, as for a facility
/// outside the scope; nothing is committed in that case.
///
/// # Errors
/// When the job's arguments cannot be written.
pub fn enqueue<J: Job>(tx: &mut PlaneTx, job: &J) -> Result<()> {
    let now = tx.now();
    enqueue_at(tx, job, now)
}

/// Promises `job` for `run_at` or later.
///
/// # Errors
/// As [`enqueue`].
pub fn enqueue_at<J: Job>(tx: &mut PlaneTx, job: &J, run_at: Instant) -> Result<()> {
    let new = NewJob {
        id: rules::ids::JobId::new(),
        for_facility_id: job.facility(),
        kind: J::KIND,
        args: serde_json::to_value(job)?,
        run_at,
        unique_key: job.unique_key(),
        created_at: tx.now(),
    };
    tx.promise(new);
    Ok(())
}
