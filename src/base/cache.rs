//! The session cache, rate limits and live events: in this process, or in Redis for several servers.
//!
//! None of it is the truth: PostgreSQL is. When Redis fails, `get` finds nothing, limits are kept by
//! each server for itself, events reach this server's own clients, and nobody sees an error.

mod in_process;
mod limits;
mod live;
mod redis_server;
#[cfg(test)]
mod tests;

pub use limits::{Limit, RetryAfterSeconds};
pub use live::{LiveEvent, LiveEvents};
pub use redis_server::CacheError;

use in_process::InProcess;
use redis_server::RedisServer;
use rules::Instant;
use std::sync::Arc;

/// One of the two, with one behaviour.
#[derive(Debug, Clone)]
pub enum Cache {
    /// For one server.
    InProcess(Arc<InProcess>),
    /// For several.
    Redis(Arc<RedisServer>),
}

impl Cache {
    /// A cache of this process.
    #[must_use]
    pub fn in_process() -> Self {
        Self::InProcess(Arc::new(InProcess::new()))
    }

    /// A cache in Redis; every key and channel starts with `prefix`. A Redis that is away is waited for
    /// in the background.
    ///
    /// # Errors
    /// When the URL is none, or the prefix has other than letters, digits and dashes.
    pub async fn redis(url: &str, prefix: &str) -> Result<Self, CacheError> {
        RedisServer::open(url, prefix).await.map(|server| Self::Redis(Arc::new(server)))
    }

    /// What was put, unless it is too old, was removed, or had to make room.
    pub async fn get(&self, key: &str) -> Option<Vec<u8>> {
        match self {
            Self::InProcess(cache) => cache.get(key).await,
            Self::Redis(cache) => cache.get(key).await,
        }
    }

    /// Keeps `bytes` for at most `ttl_seconds`. What must not outlive a lost `remove` gets a short time:
    /// a server that dies while Redis is away cannot remove it any more.
    pub async fn put(&self, key: &str, bytes: &[u8], ttl_seconds: u32) {
        match self {
            Self::InProcess(cache) => cache.put(key, bytes, ttl_seconds).await,
            Self::Redis(cache) => cache.put(key, bytes, ttl_seconds).await,
        }
    }

    /// Forgets a key; this server never answers it again until it is put.
    pub async fn remove(&self, key: &str) {
        match self {
            Self::InProcess(cache) => cache.remove(key).await,
            Self::Redis(cache) => cache.remove(key).await,
        }
    }

    /// Takes one of the bucket's tries.
    ///
    /// # Errors
    /// How long to wait when there is none left.
    pub async fn take(
        &self,
        bucket: &str,
        limit: Limit,
        now: Instant,
    ) -> Result<(), RetryAfterSeconds> {
        match self {
            Self::InProcess(cache) => cache.take(bucket, limit, now),
            Self::Redis(cache) => cache.take(bucket, limit, now).await,
        }
    }

    /// Tells everyone who listens to the channel now. The text carries ids, never patient data.
    pub async fn publish(&self, channel: &str, text: &str) {
        match self {
            Self::InProcess(cache) => cache.hub().publish(channel, text),
            Self::Redis(cache) => cache.publish(channel, text).await,
        }
    }

    /// What is published on the channel from now on.
    #[must_use]
    pub fn subscribe(&self, channel: &str) -> LiveEvents {
        match self {
            Self::InProcess(cache) => cache.hub().subscribe(channel),
            Self::Redis(cache) => cache.hub().subscribe(channel),
        }
    }

    /// Whether the cache answers; the in-process one always does.
    pub async fn is_reachable(&self) -> bool {
        match self {
            Self::InProcess(_) => true,
            Self::Redis(cache) => cache.is_reachable().await,
        }
    }
}
