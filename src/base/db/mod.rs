//! The only door to PostgreSQL: a transaction on a plane, opened with a scope.
//!
//! The pools are private. A [`FacilityScope`] or [`VendorScope`] is made only by an [`Authority`], which
//! the application hands to the authenticator and to the job runner and to nobody else. What a
//! transaction may do is its type: a query on patient data takes [`ClinicalTx`], which the ops plane
//! cannot produce, so a scheduler that reads a patient's name does not compile.

mod call;
mod lint;
mod migrate;
mod pool;
mod scope;
#[cfg(test)]
mod tests;
mod tx;

pub use call::OpsCall;
pub use lint::{Finding, lint};
pub use migrate::{MigrateError, migrate};
pub use pool::{PlaneSizes, Server};
pub use scope::{Authority, FacilityScope, Nobody, VendorScope};
pub use tx::{AuthTx, ClinicalTx, DeskTx, FacilityTx, JobsTx, OpsTx, PlaneTx, WorkTx};

use crate::clock::Clock;
use crate::error::{Error, Result};
use pool::{Plane, Pools};
use std::sync::Arc;
use tokio::sync::Notify;

/// Every way to rows.
pub struct Db {
    pools: Pools,
    context_key: aws_lc_rs::hmac::Key,
    clock: Clock,
    enqueued: Arc<Notify>,
}

impl std::fmt::Debug for Db {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Db").finish_non_exhaustive()
    }
}

/// What opening a database needs to know.
pub struct Opening<'a> {
    /// Where the server is.
    pub server: Server,
    /// Connections for each plane.
    pub sizes: PlaneSizes,
    /// Signs scopes and makes the planes' passwords.
    pub master: &'a crate::seal::MasterKey,
    /// The time of business.
    pub clock: Clock,
}

impl Db {
    /// Opens the pools; connections are made when they are first needed.
    ///
    /// # Errors
    /// When a pool cannot be built.
    pub fn open(opening: Opening<'_>) -> Result<(Self, Authority)> {
        let Opening { server, sizes, master, clock } = opening;
        let context_key =
            aws_lc_rs::hmac::Key::new(aws_lc_rs::hmac::HMAC_SHA256, &*scope::context_key(master));
        let pools = Pools::build(&server, sizes, master)?;
        let db = Self { pools, context_key, clock, enqueued: Arc::new(Notify::new()) };
        Ok((db, Authority::new()))
    }

    /// The time of business.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        &self.clock
    }

    /// Woken whenever a transaction that promised work has committed.
    #[must_use]
    pub fn enqueued(&self) -> Arc<Notify> {
        Arc::clone(&self.enqueued)
    }

    /// Work and patient data of one facility, as someone of that facility.
    ///
    /// # Errors
    /// What `work` answers, or the database's own failure; either rolls back.
    pub async fn facility<T>(
        &self,
        scope: &FacilityScope,
        work: impl AsyncFnOnce(&mut FacilityTx) -> Result<T>,
    ) -> Result<T> {
        let core = self.begin(Plane::Facility, &scope.signable(), scope.person()).await?;
        let mut tx = FacilityTx::new(core, scope.facility());
        let done = work(&mut tx).await;
        self.end(tx.into_core(), done).await
    }

    /// Patient data of the charts that the person holds a lease on, metadata of their facilities.
    ///
    /// # Errors
    /// As [`Db::facility`].
    pub async fn desk<T>(
        &self,
        scope: &VendorScope,
        work: impl AsyncFnOnce(&mut DeskTx) -> Result<T>,
    ) -> Result<T> {
        let core = self.begin(Plane::Desk, &scope.signable(), scope.person()).await?;
        let mut tx = DeskTx::new(core);
        let done = work(&mut tx).await;
        self.end(tx.into_core(), done).await
    }

    /// Metadata of all the scope's facilities; no patient data.
    ///
    /// # Errors
    /// As [`Db::facility`].
    pub async fn ops<T>(
        &self,
        scope: &VendorScope,
        work: impl AsyncFnOnce(&mut OpsTx) -> Result<T>,
    ) -> Result<T> {
        let core = self.begin(Plane::Ops, &scope.signable(), scope.person()).await?;
        let mut tx = OpsTx::new(core);
        let done = work(&mut tx).await;
        self.end(tx.into_core(), done).await
    }

    /// Signing in: people, sessions, tickets, keys.
    ///
    /// # Errors
    /// As [`Db::facility`].
    pub async fn auth<T>(
        &self,
        scope: &Nobody,
        work: impl AsyncFnOnce(&mut AuthTx) -> Result<T>,
    ) -> Result<T> {
        let core = self.begin(Plane::Auth, &scope.signable(), scope.person()).await?;
        let mut tx = AuthTx::new(core);
        let done = work(&mut tx).await;
        self.end(tx.into_core(), done).await
    }

    /// The jobs table and whom mail goes to.
    ///
    /// # Errors
    /// As [`Db::facility`].
    pub async fn jobs<T>(&self, work: impl AsyncFnOnce(&mut JobsTx) -> Result<T>) -> Result<T> {
        let core = self.begin(Plane::Jobs, "none||", None).await?;
        let mut tx = JobsTx::new(core);
        let done = work(&mut tx).await;
        self.end(tx.into_core(), done).await
    }

    /// Whether the database answers on every plane's role.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when it does not.
    pub async fn ping(&self) -> Result<()> {
        self.pools.ping().await
    }

    async fn begin(
        &self,
        plane: Plane,
        signable: &str,
        person: Option<rules::ids::PersonId>,
    ) -> Result<tx::Core> {
        let connection = self.pools.get(plane).await?;
        let context = scope::sign(&self.context_key, signable, connection.backend_pid());
        tx::Core::begin(connection, &context, self.clock.now(), person).await
    }

    async fn end<T>(&self, mut core: tx::Core, done: Result<T>) -> Result<T> {
        let kept = match done {
            Ok(value) => core.keep_promises().await.map(|promised| (value, promised)),
            Err(error) => Err(error),
        };
        match kept {
            Ok((value, promised)) => {
                core.commit().await?;
                if promised {
                    self.enqueued.notify_waiters();
                }
                Ok(value)
            }
            Err(error) => {
                core.roll_back().await;
                Err(error)
            }
        }
    }
}

/// The database said no before any statement of ours.
fn unavailable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Error {
    Error::Unavailable(error.into())
}
