//! Does the promised work: claims, calls the handler, writes down how it went.

use super::store::{self, Claimed};
use super::{Job, JobError};
use crate::error::{Error, Result, can_fail};
use crate::services::Services;
use rules::ids::JobId;
use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

/// Jobs taken at once.
const JOBS_CLAIMED_MAX: i64 = 16;
/// A job that takes longer is given up and tried again.
const JOB_SECONDS_MAX: u32 = 120;
/// How long a runner owns a job; longer than a job may take, so that nobody else starts it meanwhile.
const LEASE_SECONDS: i64 = 180;
/// The first pause before another try; it doubles up to an hour.
const RETRY_SECONDS: i64 = 5;
const RETRY_SECONDS_MAX: i64 = 3_600;
/// Finished jobs stay this long, for whoever wonders.
const DONE_KEPT_SECONDS: i64 = 7 * 86_400;

type Running = Pin<Box<dyn Future<Output = Result<(), JobError>>>>;
type Handler = Box<dyn Fn(Arc<Services>, serde_json::Value) -> Running>;

/// Who does what: filled by the application, the only place that knows every slice.
#[derive(Default)]
pub struct Handlers(BTreeMap<&'static str, Handler>);

impl Handlers {
    /// Registers the function that does jobs of type `J`.
    #[must_use]
    pub fn on<J, F>(mut self, handler: fn(Arc<Services>, J) -> F) -> Self
    where
        J: Job,
        F: Future<Output = Result<(), JobError>> + 'static,
    {
        let run: Handler = Box::new(move |services, args| {
            Box::pin(async move {
                let job = serde_json::from_value(args)
                    .map_err(|error| JobError::Dead(format!("arguments: {error}")))?;
                handler(services, job).await
            })
        });
        self.0.insert(J::KIND, run);
        self
    }
}

/// What one round did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Ran {
    /// Ended well.
    pub done: u32,
    /// Did not, whether they are tried again or not.
    pub failed: u32,
}

/// The engine.
pub struct Runner {
    services: Arc<Services>,
    handlers: Handlers,
}

impl Runner {
    /// An engine with the application's handlers.
    #[must_use]
    pub const fn new(services: Arc<Services>, handlers: Handlers) -> Self {
        Self { services, handlers }
    }

    /// One round over what is due now.
    ///
    /// # Errors
    /// When the jobs table cannot be reached.
    pub async fn run_due(&self) -> Result<Ran> {
        let lease_until = self.services.clock().now().plus_seconds(LEASE_SECONDS);
        let kinds: Vec<&str> = self.handlers.0.keys().copied().collect();
        let claimed = self
            .services
            .db
            .jobs(async |tx| Ok(store::claim(tx, &kinds, JOBS_CLAIMED_MAX, lease_until).await?))
            .await?;
        let mut ran = Ran::default();
        let mut claimed = claimed.into_iter();
        let begun_until = lease_until.plus_seconds(-i64::from(JOB_SECONDS_MAX));
        while self.services.clock().now() <= begun_until {
            let Some(job) = claimed.next() else { break };
            if self.run(job).await? { ran.done += 1 } else { ran.failed += 1 }
        }
        // The lease would not cover them any more.
        let left: Vec<JobId> = claimed.map(|job| job.id).collect();
        if !left.is_empty() {
            self.services.db.jobs(async |tx| Ok(store::put_back(tx, &left).await?)).await?;
        }
        Ok(ran)
    }

    /// Takes over what a server began that is known to be gone, without waiting for its leases; to be
    /// called where no other server can be running.
    ///
    /// # Errors
    /// As [`Runner::run_due`].
    pub async fn take_over(services: &Services) -> Result<usize> {
        services.db.jobs(async |tx| Ok(store::put_back_all(tx).await?)).await
    }

    /// Rounds until nothing is due, at most `rounds_max` of them; for tests and the demo's history.
    ///
    /// # Errors
    /// As [`Runner::run_due`].
    pub async fn run_until_idle(&self, rounds_max: u32) -> Result<Ran> {
        let mut total = Ran::default();
        for _ in 0..rounds_max {
            let ran = self.run_due().await?;
            if ran == Ran::default() {
                break;
            }
            total.done += ran.done;
            total.failed += ran.failed;
        }
        Ok(total)
    }

    /// Rounds for ever: woken by promises made here, and by the clock for those made elsewhere.
    pub async fn serve(&self, poll: Duration, stop: tokio::sync::watch::Receiver<bool>) {
        let enqueued = self.services.db.enqueued();
        let mut stop = stop;
        while !*stop.borrow() {
            let busy = can_fail("running jobs", self.run_due().await)
                .is_some_and(|ran| ran != Ran::default());
            if busy {
                continue;
            }
            tokio::select! {
                () = enqueued.notified() => {}
                () = tokio::time::sleep(poll) => {}
                _ = stop.changed() => {}
            }
        }
    }

    /// Jobs by state, for the operator and for tests that must leave none behind.
    ///
    /// # Errors
    /// As [`Runner::run_due`].
    pub async fn counts(&self) -> Result<Vec<(String, i64)>> {
        self.services.db.jobs(async |tx| Ok(store::counts(tx).await?)).await
    }

    /// Removes finished jobs that nobody will ask about.
    ///
    /// # Errors
    /// As [`Runner::run_due`].
    pub async fn sweep(&self) -> Result<usize> {
        let before = self.services.clock().now().plus_seconds(-DONE_KEPT_SECONDS);
        self.services.db.jobs(async |tx| Ok(store::sweep(tx, before).await?)).await
    }

    async fn run(&self, job: Claimed) -> Result<bool> {
        let Claimed { id, kind, args, attempt, max_attempts } = job;
        let outcome = match self.handlers.0.get(kind.as_str()) {
            None => Err(JobError::Dead(format!("nobody does {kind}"))),
            Some(handler) => {
                let running = handler(Arc::clone(&self.services), args);
                tokio::time::timeout(Duration::from_secs(JOB_SECONDS_MAX.into()), running)
                    .await
                    .unwrap_or_else(|_elapsed| Err(JobError::Retry("took too long".into())))
            }
        };
        let now = self.services.clock().now();
        match outcome {
            Ok(()) => {
                self.services.db.jobs(async |tx| Ok(store::finish(tx, id).await?)).await?;
                Ok(true)
            }
            Err(error) => {
                let retry = matches!(error, JobError::Retry(_)) && attempt < max_attempts;
                let again = retry.then(|| now.plus_seconds(pause_seconds(attempt)));
                tracing::warn!(%id, kind, attempt, dead = !retry, %error, "job failed");
                let message = error.to_string();
                self.services
                    .db
                    .jobs(async |tx| Ok(store::fail(tx, id, again, &message).await?))
                    .await?;
                Ok(false)
            }
        }
    }
}

/// 5 s, 10 s, 20 s … up to an hour.
fn pause_seconds(attempt: i32) -> i64 {
    let doublings = u32::try_from(attempt - 1).unwrap_or(0).min(20);
    RETRY_SECONDS.saturating_mul(1_i64 << doublings).min(RETRY_SECONDS_MAX)
}

impl From<JobError> for Error {
    fn from(error: JobError) -> Self {
        Self::Internal(Box::new(error))
    }
}
