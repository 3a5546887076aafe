//! The stand-in for one server: what Redis would do, in this process.

use super::limits::{Buckets, Limit, RetryAfterSeconds};
use super::live::Hub;
use moka::Expiry;
use moka::future::Cache as Moka;
use rules::Instant;
use std::sync::Arc;
use std::time::Duration;

/// Keys and values together.
const CACHED_BYTES_MAX: u64 = 64 * 1024 * 1024;

#[derive(Clone)]
struct Entry {
    bytes: Arc<[u8]>,
    time_to_live: Duration,
}

/// Each entry has its own time to live, and putting it again starts it anew.
struct OwnTime;

impl Expiry<String, Entry> for OwnTime {
    fn expire_after_create(
        &self,
        _: &String,
        entry: &Entry,
        _: std::time::Instant,
    ) -> Option<Duration> {
        Some(entry.time_to_live)
    }

    fn expire_after_update(
        &self,
        _: &String,
        entry: &Entry,
        _: std::time::Instant,
        _: Option<Duration>,
    ) -> Option<Duration> {
        Some(entry.time_to_live)
    }
}

/// The cache of one process.
pub struct InProcess {
    entries: Moka<String, Entry>,
    buckets: Buckets,
    hub: Arc<Hub>,
}

impl std::fmt::Debug for InProcess {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InProcess").finish_non_exhaustive()
    }
}

impl InProcess {
    pub(super) fn new() -> Self {
        let entries = Moka::builder()
            .max_capacity(CACHED_BYTES_MAX)
            .weigher(|key: &String, entry: &Entry| {
                u32::try_from(key.len() + entry.bytes.len()).unwrap_or(u32::MAX)
            })
            .expire_after(OwnTime)
            .build();
        Self { entries, buckets: Buckets::default(), hub: Arc::default() }
    }

    pub(super) const fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    pub(super) async fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.entries.get(key).await.map(|entry| entry.bytes.to_vec())
    }

    pub(super) async fn put(&self, key: &str, bytes: &[u8], ttl_seconds: u32) {
        let time_to_live = Duration::from_secs(ttl_seconds.into());
        self.entries.insert(key.to_owned(), Entry { bytes: bytes.into(), time_to_live }).await;
    }

    pub(super) async fn remove(&self, key: &str) {
        self.entries.invalidate(key).await;
    }

    pub(super) fn take(
        &self,
        bucket: &str,
        limit: Limit,
        now: Instant,
    ) -> Result<(), RetryAfterSeconds> {
        self.buckets.take(bucket, limit, now)
    }
}
