//! Transactions, one type for each plane; what a function may touch is the type it takes.
//!
//! `FacilityTx` and `DeskTx` give [`ClinicalTx`] (patient data), which gives [`WorkTx`] (metadata);
//! `OpsTx` gives only [`WorkTx`]; every plane gives [`PlaneTx`] (audit, promises of work, the clock).

use super::pool::PlaneConnection;
use super::unavailable;
use crate::error::{Error, Result};
use crate::jobs::NewJob;
use deadpool::managed::Object;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use rules::Instant;
use rules::ids::{FacilityId, PersonId};
use std::ops::{Deref, DerefMut};

/// An open transaction. Dropped without an end, its connection is closed rather than reused.
pub(super) struct Core {
    connection: Option<Object<super::pool::Manager>>,
    now: Instant,
    person: Option<PersonId>,
    promises: Vec<NewJob>,
}

impl Core {
    pub(super) async fn begin(
        mut connection: Object<super::pool::Manager>,
        context: &str,
        now: Instant,
        person: Option<PersonId>,
    ) -> Result<Self> {
        // One round trip. The context is made of uuids and hex digits, nothing else.
        let start = format!("BEGIN; SELECT set_config('app.ctx', '{context}', true)");
        let begun = connection.link().batch_execute(&start).await;
        let core = Self { connection: Some(connection), now, person, promises: Vec::new() };
        begun.map_err(unavailable)?;
        Ok(core)
    }

    /// Writes what was promised, last of all and in one order: a promise with a key waits for another
    /// transaction that makes the same one, and nobody waits in a circle when all do so at their end.
    pub(super) async fn keep_promises(&mut self) -> Result<bool> {
        let mut promises = std::mem::take(&mut self.promises);
        let Some(connection) = self.connection.as_mut() else { return Ok(false) };
        if promises.is_empty() {
            return Ok(false);
        }
        promises.sort_by(|a, b| a.unique_key.cmp(&b.unique_key));
        crate::jobs::insert(connection.link(), &promises).await?;
        Ok(true)
    }

    pub(super) async fn commit(mut self) -> Result<()> {
        // The SELECT makes a transaction that had failed fail here, too: a bare COMMIT of it would
        // answer "rolled back" without an error.
        self.finish("SELECT 1; COMMIT").await
    }

    pub(super) async fn roll_back(mut self) {
        crate::error::can_fail("rolling back", self.finish("ROLLBACK").await);
    }

    async fn finish(&mut self, statement: &str) -> Result<()> {
        let Some(connection) = self.connection.as_mut() else { return Ok(()) };
        connection.link().batch_execute(statement).await?;
        // Only a connection whose transaction has ended goes back to the pool.
        drop(self.connection.take());
        Ok(())
    }
}

impl Drop for Core {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }
}

/// What every plane can do.
pub struct PlaneTx(Core);

impl PlaneTx {
    /// The connection, for a store's queries.
    ///
    /// # Panics
    /// Never: the connection leaves only when the transaction ends.
    pub fn conn(&mut self) -> &mut AsyncPgConnection {
        match self.0.connection.as_mut() {
            Some(connection) => PlaneConnection::link(connection),
            None => unreachable!("a transaction that is used has its connection"),
        }
    }

    /// When this transaction takes place.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.0.now
    }

    /// Who acts; none for the product itself.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        self.0.person
    }

    /// Who acts, where only people come.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when the product itself acts.
    pub fn acting_person(&self) -> Result<PersonId> {
        self.0.person.ok_or(Error::Unauthenticated)
    }

    pub(crate) fn promise(&mut self, job: NewJob) {
        self.0.promises.push(job);
    }
}

/// Metadata of work: queues, charts' states, assignments, counts, scores.
pub struct WorkTx(PlaneTx);
/// Patient data besides the metadata.
pub struct ClinicalTx(WorkTx);
/// One facility's own.
pub struct FacilityTx(ClinicalTx, FacilityId);
/// The desk of a coder or reviewer.
pub struct DeskTx(ClinicalTx);
/// Scheduler, leads, account managers, metrics.
pub struct OpsTx(WorkTx);
/// Signing in.
pub struct AuthTx(PlaneTx);
/// The job engine.
pub struct JobsTx(PlaneTx);

impl FacilityTx {
    pub(super) const fn new(core: Core, facility: FacilityId) -> Self {
        Self(ClinicalTx(WorkTx(PlaneTx(core))), facility)
    }
    pub(super) fn into_core(self) -> Core {
        self.0.0.0.0
    }
    /// The facility whose transaction this is.
    #[must_use]
    pub const fn facility(&self) -> FacilityId {
        self.1
    }
}

impl DeskTx {
    pub(super) const fn new(core: Core) -> Self {
        Self(ClinicalTx(WorkTx(PlaneTx(core))))
    }
    pub(super) fn into_core(self) -> Core {
        self.0.0.0.0
    }
}

impl OpsTx {
    pub(super) const fn new(core: Core) -> Self {
        Self(WorkTx(PlaneTx(core)))
    }
    pub(super) fn into_core(self) -> Core {
        self.0.0.0
    }
}

impl AuthTx {
    pub(super) const fn new(core: Core) -> Self {
        Self(PlaneTx(core))
    }
    pub(super) fn into_core(self) -> Core {
        self.0.0
    }
}

impl JobsTx {
    pub(super) const fn new(core: Core) -> Self {
        Self(PlaneTx(core))
    }
    pub(super) fn into_core(self) -> Core {
        self.0.0
    }
}

macro_rules! gives {
    ($($tx:ident => $part:ident),+) => {
        $(impl Deref for $tx {
            type Target = $part;
            fn deref(&self) -> &$part { &self.0 }
        }
        impl DerefMut for $tx {
            fn deref_mut(&mut self) -> &mut $part { &mut self.0 }
        })+
    };
}

gives!(
    WorkTx => PlaneTx, ClinicalTx => WorkTx, FacilityTx => ClinicalTx, DeskTx => ClinicalTx,
    OpsTx => WorkTx, AuthTx => PlaneTx, JobsTx => PlaneTx
);
