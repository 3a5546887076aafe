//! Scopes: what a transaction may see, made from proof alone and signed for the connection it is used on.

use crate::seal::MasterKey;
use aws_lc_rs::hmac;
use rules::ids::{FacilityId, PersonId};

/// The right to make scopes. One is made when the database is opened; the authenticator and the job
/// runner hold it, handlers and slices never do.
#[derive(Debug, Clone)]
pub struct Authority(());

/// One facility, as somebody (or some job) of it.
#[derive(Debug, Clone)]
pub struct FacilityScope {
    facility: FacilityId,
    person: Option<PersonId>,
}

/// The vendor's reach: the facilities that allow-list the person, or all of them.
#[derive(Debug, Clone)]
pub struct VendorScope {
    every_facility: bool,
    person: Option<PersonId>,
}

/// No facility at all: signing in and managing accounts.
#[derive(Debug, Clone)]
pub struct Nobody {
    home: Option<FacilityId>,
    person: Option<PersonId>,
}

impl Authority {
    pub(super) const fn new() -> Self {
        Self(())
    }

    /// The scope of someone signed in at a facility, or of a job that works for it (no person).
    #[must_use]
    pub const fn facility(&self, facility: FacilityId, person: Option<PersonId>) -> FacilityScope {
        FacilityScope { facility, person }
    }

    /// The scope of one of the vendor's people.
    #[must_use]
    pub const fn vendor(&self, person: PersonId, every_facility: bool) -> VendorScope {
        VendorScope { every_facility, person: Some(person) }
    }

    /// The scope of the product itself: planner, sweeper, jobs.
    #[must_use]
    pub const fn system(&self) -> VendorScope {
        VendorScope { every_facility: true, person: None }
    }

    /// The scope in which people are signed in.
    #[must_use]
    pub const fn nobody(&self, home: Option<FacilityId>, person: Option<PersonId>) -> Nobody {
        Nobody { home, person }
    }
}

fn text(id: Option<impl ToString>) -> String {
    id.map(|id| id.to_string()).unwrap_or_default()
}

impl FacilityScope {
    pub(super) fn signable(&self) -> String {
        format!("one|{}|{}", self.facility, text(self.person))
    }
    /// The facility.
    #[must_use]
    pub const fn facility(&self) -> FacilityId {
        self.facility
    }
    /// Who acts; none for a job.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        self.person
    }
}

impl VendorScope {
    pub(super) fn signable(&self) -> String {
        let reach = if self.every_facility { "all" } else { "mine" };
        format!("{reach}||{}", text(self.person))
    }
    /// Whether it reaches every facility, not only those that allow-list the person.
    #[must_use]
    pub const fn every_facility(&self) -> bool {
        self.every_facility
    }
    /// Who acts; none for the product itself.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        self.person
    }
}

impl Nobody {
    pub(super) fn signable(&self) -> String {
        match self.home {
            Some(home) => format!("one|{home}|{}", text(self.person)),
            None => format!("none||{}", text(self.person)),
        }
    }
    /// Who acts, when that is known already.
    #[must_use]
    pub const fn person(&self) -> Option<PersonId> {
        self.person
    }
}

/// The key that signs scopes, from the master key.
pub(super) fn context_key(master: &MasterKey) -> zeroize::Zeroizing<[u8; 32]> {
    zeroize::Zeroizing::new(master.derive("database context"))
}

/// `signable.mac`, valid on the backend with this process id alone.
pub(super) fn sign(key: &hmac::Key, signable: &str, backend_pid: i32) -> String {
    let tag = hmac::sign(key, format!("{signable}|{backend_pid}").as_bytes());
    let hex = crate::secret::hex(tag.as_ref());
    format!("{signable}.{hex}")
}

/// The two pads of HMAC-SHA256, as the database's own check keeps them.
pub(super) fn pads(master: &MasterKey) -> ([u8; 64], [u8; 64]) {
    let (mut inner, mut outer) = ([0x36_u8; 64], [0x5c_u8; 64]);
    let key = context_key(master);
    for ((inner, outer), byte) in inner.iter_mut().zip(outer.iter_mut()).zip(key.iter()) {
        *inner ^= byte;
        *outer ^= byte;
    }
    (inner, outer)
}
