//! What every stage is given: the database and the outside world, made once at the start.

use crate::blobs::Blobs;
use crate::cache::Cache;
use crate::clock::Clock;
use crate::config::Config;
use crate::db::{Authority, Db};
use crate::error::{Error, Result};
use crate::keyring::Keyring;
use crate::mail::Mailer;
use crate::pages::PageReader;
use crate::password::Passwords;
use codesets::{Codes, Shelf};
use std::sync::Arc;

/// The outside world. Handlers reach it only through their proof; jobs are handed it.
pub struct Services {
    /// Settings.
    pub config: Config,
    /// Rows.
    pub db: Db,
    /// Who may make scopes: the authenticator and jobs.
    pub authority: Authority,
    /// Documents.
    pub blobs: Blobs,
    /// Facilities' keys.
    pub keyring: Keyring,
    /// Page images.
    pub pages: PageReader,
    /// Mail.
    pub mailer: Mailer,
    /// Sessions' cache, limits and live events.
    pub cache: Cache,
    /// Password hashing.
    pub passwords: Passwords,
    /// The code sets in use.
    pub shelf: Shelf,
}

impl Services {
    /// The time of business.
    #[must_use]
    pub const fn clock(&self) -> &Clock {
        self.db.clock()
    }

    /// The code sets in use now.
    ///
    /// # Errors
    /// When what the program carries is damaged.
    pub fn codes(&self) -> Result<Arc<Codes>> {
        self.shelf.current().map_err(|error| Error::internal(error.to_string()))
    }
}

impl std::fmt::Debug for Services {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Services").finish_non_exhaustive()
    }
}
