//! Facilities' keys: unwrapped when first needed, forgotten after a while.

use crate::db::{PlaneTx, WorkTx};
use crate::error::{Error, Result};
use crate::seal::{FacilityKey, MasterKey};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::FacilityId;
use std::sync::Arc;
use std::time::Duration;

mod schema {
    diesel::table! {
    app.facility_keys (facility_id, key_version) {
        facility_id -> Uuid,
        key_version -> Integer,
        wrapped -> Nullable<Binary>,
        created_at -> Timestamptz,
        destroyed_at -> Nullable<Timestamptz>,
    }
    }
}
use schema::facility_keys;

/// How long a destroyed key may still open what was read before: the price of not asking each time.
const KEPT_SECONDS: u64 = 900;
const KEYS_KEPT_MAX: u64 = 10_000;

/// Opens facilities' keys with the master key.
pub struct Keyring {
    master: Arc<MasterKey>,
    kept: moka::future::Cache<FacilityId, Arc<FacilityKey>>,
}

impl std::fmt::Debug for Keyring {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Keyring").finish_non_exhaustive()
    }
}

impl Keyring {
    /// A keyring that opens with `master`.
    #[must_use]
    pub fn new(master: Arc<MasterKey>) -> Self {
        let kept = moka::future::Cache::builder()
            .max_capacity(KEYS_KEPT_MAX)
            .time_to_live(Duration::from_secs(KEPT_SECONDS))
            .build();
        Self { master, kept }
    }

    /// The master key, for what is derived from it.
    #[must_use]
    pub fn master(&self) -> &MasterKey {
        &self.master
    }

    /// The facility's current key, read within the caller's scope.
    ///
    /// # Errors
    /// [`Error::NotFound`] outside the scope or when the key was destroyed.
    pub async fn key(&self, tx: &mut WorkTx, facility: FacilityId) -> Result<Arc<FacilityKey>> {
        if let Some(key) = self.kept.get(&facility).await {
            return Ok(key);
        }
        let (version, wrapped): (i32, Option<Vec<u8>>) = facility_keys::table
            .filter(facility_keys::facility_id.eq(facility))
            .filter(facility_keys::destroyed_at.is_null())
            .order(facility_keys::key_version.desc())
            .select((facility_keys::key_version, facility_keys::wrapped))
            .first(tx.conn())
            .await?;
        let wrapped = wrapped.ok_or(Error::NotFound)?;
        let key = self
            .master
            .unwrap_facility_key(facility, u32::try_from(version).unwrap_or(0), &wrapped)
            .map_err(Error::internal)?;
        let key = Arc::new(key);
        self.kept.insert(facility, Arc::clone(&key)).await;
        Ok(key)
    }

    /// Makes and stores the first key of a new facility.
    ///
    /// # Errors
    /// When the database refuses.
    pub async fn create(&self, tx: &mut PlaneTx, facility: FacilityId, at: Instant) -> Result<()> {
        const FIRST_VERSION: u32 = 1;
        let wrapped =
            self.master.new_facility_key(facility, FIRST_VERSION).map_err(Error::internal)?;
        diesel::insert_into(facility_keys::table)
            .values((
                facility_keys::facility_id.eq(facility),
                facility_keys::key_version.eq(1),
                facility_keys::wrapped.eq(Some(wrapped)),
                facility_keys::created_at.eq(at),
            ))
            .execute(tx.conn())
            .await?;
        Ok(())
    }
}
