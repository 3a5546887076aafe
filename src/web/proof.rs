//! Proof: who asks, and a right in a handler's signature that cannot be forgotten.

use crate::problem::Failure;
use crate::state::State;
use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpMessage, HttpRequest};
use base::Services;
use base::db::{DeskTx, FacilityScope, FacilityTx, Nobody, OpsTx, VendorScope};
use base::error::{Error, Result};
use rules::Instant;
use rules::access::{Demand, Right, Role, Side};
use rules::ids::{FacilityId, PersonId, SessionId};
use rules::lifecycle::{Actor, ActorKind};
use std::future::{Ready, ready};
use std::marker::PhantomData;
use std::sync::Arc;

/// Whoever is signed in, or whose key came with the request.
#[derive(Debug, Clone, serde::Serialize, serde::Deserialize)]
pub struct Principal {
    /// The person, or the key's own id.
    pub id: PersonId,
    /// The name on pages.
    pub name: String,
    /// Their facility; none for the vendor's people.
    pub home: Option<FacilityId>,
    /// What they are here to do.
    pub roles: Vec<Role>,
    /// The browser's session; none for a key.
    pub session: Option<SessionId>,
    /// The person's time zone, for pages.
    pub time_zone: String,
}

impl Principal {
    /// Whether any of their roles holds the right.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.roles.iter().any(|role| right.held_by(*role))
    }

    /// Which side of the contract they stand on.
    #[must_use]
    pub const fn side(&self) -> Side {
        if self.home.is_some() { Side::Facility } else { Side::Vendor }
    }
}

/// Proof that whoever asks holds the right `R`. The only thing in a request that reaches the database.
pub struct May<R> {
    state: Arc<State>,
    principal: Principal,
    now: Instant,
    right: PhantomData<R>,
}

impl<R: Demand> FromRequest for May<R> {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Self::of(request).map_err(Failure::from))
    }
}

impl<R: Demand> May<R> {
    fn of(request: &HttpRequest) -> Result<Self> {
        let state = crate::state::of(request)?;
        let principal =
            request.extensions().get::<Principal>().cloned().ok_or(Error::Unauthenticated)?;
        if !principal.may(R::RIGHT) {
            return Err(Error::Forbidden("your role does not allow this".into()));
        }
        let now = state.services().clock().now();
        Ok(Self { state, principal, now, right: PhantomData })
    }
}

impl<R> May<R> {
    /// Who asks.
    #[must_use]
    pub const fn principal(&self) -> &Principal {
        &self.principal
    }

    /// When.
    #[must_use]
    pub const fn now(&self) -> Instant {
        self.now
    }

    /// Who asks, in the capacity in which they do it.
    #[must_use]
    pub const fn actor(&self, kind: ActorKind) -> Actor {
        Actor::person(kind, self.principal.id)
    }

    /// Keys, documents, mail and settings. Rows go through the planes.
    #[must_use]
    pub fn services(&self) -> &Arc<Services> {
        self.state.services()
    }

    /// The facility of whoever asks.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for the vendor's people.
    pub fn home(&self) -> Result<FacilityId> {
        self.principal.home.ok_or_else(|| Error::Forbidden("for people of a facility".into()))
    }

    /// The scope of someone at a facility.
    ///
    /// # Errors
    /// As [`May::home`].
    pub fn facility_scope(&self) -> Result<FacilityScope> {
        let home = self.home()?;
        Ok(self.services().authority.facility(home, Some(self.principal.id)))
    }

    /// The scope of one of the vendor's people.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for people of a facility.
    pub fn vendor_scope(&self) -> Result<VendorScope> {
        if self.principal.home.is_some() {
            return Err(Error::Forbidden("for people of the coding company".into()));
        }
        let every = self.principal.roles.iter().any(|role| role.sees_every_facility());
        Ok(self.services().authority.vendor(self.principal.id, every))
    }

    /// The scope of one's own account.
    #[must_use]
    pub fn account_scope(&self) -> Nobody {
        self.services().authority.nobody(self.principal.home, Some(self.principal.id))
    }

    /// A transaction on the facility plane.
    ///
    /// # Errors
    /// What `work` answers; [`Error::Forbidden`] for the vendor's people.
    pub async fn facility<T>(
        &self,
        work: impl AsyncFnOnce(&mut FacilityTx) -> Result<T>,
    ) -> Result<T> {
        self.services().db.facility(&self.facility_scope()?, work).await
    }

    /// A transaction on the desk plane.
    ///
    /// # Errors
    /// What `work` answers; [`Error::Forbidden`] for people of a facility.
    pub async fn desk<T>(&self, work: impl AsyncFnOnce(&mut DeskTx) -> Result<T>) -> Result<T> {
        self.services().db.desk(&self.vendor_scope()?, work).await
    }

    /// A transaction on the ops plane.
    ///
    /// # Errors
    /// As [`May::desk`].
    pub async fn ops<T>(&self, work: impl AsyncFnOnce(&mut OpsTx) -> Result<T>) -> Result<T> {
        self.services().db.ops(&self.vendor_scope()?, work).await
    }
}

/// Somebody who need not be signed in: signing in, resetting a password, redeeming an invitation.
pub struct Visitor {
    state: Arc<State>,
    principal: Option<Principal>,
}

impl FromRequest for Visitor {
    type Error = Failure;
    type Future = Ready<Result<Self, Failure>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let principal = request.extensions().get::<Principal>().cloned();
        let visitor = crate::state::of(request).map(|state| Self { state, principal });
        ready(visitor.map_err(Failure::from))
    }
}

impl Visitor {
    /// Keys, documents, mail and settings. Rows go through the planes.
    #[must_use]
    pub fn services(&self) -> &Arc<Services> {
        self.state.services()
    }

    /// Whoever is signed in, if anybody is.
    #[must_use]
    pub const fn principal(&self) -> Option<&Principal> {
        self.principal.as_ref()
    }
}
