//! A transaction that is one statement: begin, scope, work and commit in one round trip.
//!
//! The statement is given the signed context and sets it before anything else. One that does not has no
//! scope, so row security shows it no row.

use super::pool::{Manager, Plane, PlaneConnection};
use super::{Db, VendorScope, scope};
use crate::error::{Error, Result};
use deadpool::managed::Object;
use diesel_async::AsyncPgConnection;
use rules::Instant;
use rules::ids::PersonId;

/// The ops plane's connection for one statement. Dropped while it is under way, the connection is closed
/// rather than reused.
pub struct OpsCall {
    connection: Option<Object<Manager>>,
    context: String,
    now: Instant,
    person: Option<PersonId>,
}

impl OpsCall {
    /// The connection, for the one statement.
    ///
    /// # Panics
    /// Never: the connection leaves only when the call ends.
    pub fn conn(&mut self) -> &mut AsyncPgConnection {
        match self.connection.as_mut() {
            Some(connection) => PlaneConnection::link(connection),
            None => unreachable!("a call that is made has its connection"),
        }
    }

    /// The signed scope, for the statement to set: `set_config('app.ctx', …, true)`.
    #[must_use]
    pub fn context(&self) -> &str {
        &self.context
    }

    /// When this takes place.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Who acts, where only people come.
    ///
    /// # Errors
    /// [`Error::Unauthenticated`] when the product itself acts.
    pub fn acting_person(&self) -> Result<PersonId> {
        self.person.ok_or(Error::Unauthenticated)
    }
}

impl Drop for OpsCall {
    fn drop(&mut self) {
        if let Some(connection) = self.connection.take() {
            drop(Object::take(connection));
        }
    }
}

impl Db {
    /// One statement on the ops plane; it is a transaction of its own, kept when it succeeds.
    ///
    /// # Errors
    /// What `work` answers, or the database's own failure.
    pub async fn ops_call<T>(
        &self,
        scope: &VendorScope,
        work: impl AsyncFnOnce(&mut OpsCall) -> Result<T>,
    ) -> Result<T> {
        let connection = self.pools.get(Plane::Ops).await?;
        let context = scope::sign(&self.context_key, &scope.signable(), connection.backend_pid());
        let (now, person) = (self.clock.now(), scope.person());
        let mut call = OpsCall { connection: Some(connection), context, now, person };
        let done = work(&mut call).await;
        // The statement has ended one way or the other, and with it its transaction.
        drop(call.connection.take());
        done
    }
}
