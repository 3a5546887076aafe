//! The cache in Redis, and what is done while Redis is away.

use super::limits::{Buckets, Limit, RetryAfterSeconds};
use super::live::Hub;
use futures_util::StreamExt;
use redis::aio::{ConnectionManager, ConnectionManagerConfig};
use redis::{AsyncCommands, Client, RedisError, RedisResult, Script};
use rules::Instant;
use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// A command that takes longer has failed.
const COMMAND_TIME: Duration = Duration::from_millis(500);
/// After a failure Redis is left alone for so long, so that requests do not each wait for it.
const REST_TIME: Duration = Duration::from_secs(2);
/// Between two tries to listen again.
const LISTEN_AGAIN_TIME: Duration = Duration::from_secs(1);
/// The listening connection is tested this often; a silent link would go unnoticed.
const LISTEN_PING_TIME: Duration = Duration::from_secs(15);
/// Failures are logged at most this often.
const LOG_TIME: Duration = Duration::from_mins(1);
/// Keys that could not be removed while Redis was away.
const REMOVALS_OWED_MAX: usize = 10_000;

/// The generic cell rate algorithm, as in `limits.rs`. Answers microseconds to wait, 0 when taken.
const TAKE: &str = r"
local now, step, span = tonumber(ARGV[1]), tonumber(ARGV[2]), tonumber(ARGV[3])
local full_at = tonumber(redis.call('GET', KEYS[1]) or now)
full_at = math.min(math.max(full_at, now), now + span)
local next = full_at + step
if next - now > span then return next - now - span end
redis.call('SET', KEYS[1], string.format('%.0f', next),
    'PX', string.format('%.0f', math.ceil((next - now) / 1000)))
return 0";

/// Why a cache cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum CacheError {
    /// The URL is none. It is not quoted: it may hold a password.
    #[error("redis.url is no Redis URL such as redis://host:6379 or rediss://host")]
    Url,
    /// The prefix would be read as a pattern.
    #[error("redis.prefix may have letters, digits and dashes only")]
    Prefix,
}

/// The cache in Redis.
pub struct RedisServer {
    link: ConnectionManager,
    prefix: String,
    take: Script,
    /// Limits while Redis is away.
    buckets: Buckets,
    hub: Arc<Hub>,
    health: Health,
    /// Keys whose value in Redis must not be believed.
    owed: Mutex<HashSet<String>>,
    listener: JoinHandle<()>,
}

impl std::fmt::Debug for RedisServer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("RedisServer").field("prefix", &self.prefix).finish_non_exhaustive()
    }
}

impl Drop for RedisServer {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

impl RedisServer {
    pub(super) async fn open(url: &str, prefix: &str) -> Result<Self, CacheError> {
        if prefix.is_empty() || !prefix.chars().all(|c| c.is_ascii_alphanumeric() || c == '-') {
            return Err(CacheError::Prefix);
        }
        let unusable = |error: RedisError| {
            tracing::error!(kind = ?error.kind(), "the Redis URL cannot be used");
            CacheError::Url
        };
        let client = Client::open(url).map_err(unusable)?;
        let config = ConnectionManagerConfig::new()
            .set_number_of_retries(1)
            .set_connection_timeout(Some(COMMAND_TIME))
            .set_response_timeout(Some(COMMAND_TIME));
        let link =
            ConnectionManager::new_lazy_with_config(client.clone(), config).map_err(unusable)?;
        let hub = Arc::<Hub>::default();
        let (listening, heard) = tokio::sync::oneshot::channel();
        let listener =
            tokio::spawn(listen(client, format!("{prefix}:live:"), Arc::clone(&hub), listening));
        // With Redis at hand nothing is missed from the first moment on; without, nobody waits.
        if timeout(COMMAND_TIME, heard).await.is_err() {
            tracing::warn!("Redis does not answer; going on without it until it does");
        }
        Ok(Self {
            link,
            prefix: prefix.to_owned(),
            take: Script::new(TAKE),
            buckets: Buckets::default(),
            hub,
            health: Health::default(),
            owed: Mutex::default(),
            listener,
        })
    }

    pub(super) const fn hub(&self) -> &Arc<Hub> {
        &self.hub
    }

    pub(super) async fn get(&self, key: &str) -> Option<Vec<u8>> {
        self.pay_owed().await;
        if self.is_owed(key) {
            return None;
        }
        let name = self.name("cache", key);
        let mut link = self.link.clone();
        self.attempt("get", async move { link.get(name).await }).await.flatten()
    }

    pub(super) async fn put(&self, key: &str, bytes: &[u8], ttl_seconds: u32) {
        let name = self.name("cache", key);
        let mut link = self.link.clone();
        let seconds = u64::from(ttl_seconds.max(1));
        let put = self.attempt("put", async move { link.set_ex(name, bytes, seconds).await }).await;
        match put {
            Some(()) => self.forgive(key),
            // The older value may still be there.
            None => self.owe(key),
        }
    }

    pub(super) async fn remove(&self, key: &str) {
        let name = self.name("cache", key);
        let mut link = self.link.clone();
        let removed = self.attempt("remove", async move { link.del(name).await }).await;
        match removed {
            Some(()) => self.forgive(key),
            None => self.owe(key),
        }
    }

    pub(super) async fn take(
        &self,
        bucket: &str,
        limit: Limit,
        now: Instant,
    ) -> Result<(), RetryAfterSeconds> {
        let mut call = self.take.prepare_invoke();
        call.key(self.name("limit", bucket))
            .arg(now.timestamp().as_microsecond())
            .arg(limit.step())
            .arg(limit.span());
        let mut link = self.link.clone();
        let wait: Option<i64> =
            self.attempt("take", async move { call.invoke_async(&mut link).await }).await;
        match wait {
            Some(0) => Ok(()),
            Some(wait) => Err(RetryAfterSeconds::from_microseconds(wait)),
            None => self.buckets.take(bucket, limit, now),
        }
    }

    pub(super) async fn publish(&self, channel: &str, text: &str) {
        let name = self.name("live", channel);
        let mut link = self.link.clone();
        let told = self.attempt("publish", async move { link.publish(name, text).await }).await;
        // Redis brings it back to this server's own listeners; without it they are told directly.
        if told.is_none_or(|(): ()| self.listener.is_finished()) {
            self.hub.publish(channel, text);
        }
    }

    pub(super) async fn is_reachable(&self) -> bool {
        let mut link = self.link.clone();
        let answer: RedisResult<String> = async move { link.ping().await }.await;
        answer.is_ok()
    }

    fn name(&self, kind: &str, key: &str) -> String {
        format!("{}:{kind}:{key}", self.prefix)
    }

    /// Runs a command unless Redis rests; none when there is no answer.
    async fn attempt<T>(
        &self,
        what: &'static str,
        command: impl Future<Output = RedisResult<T>>,
    ) -> Option<T> {
        if self.health.rests() {
            return None;
        }
        match timeout(COMMAND_TIME, command).await {
            Ok(Ok(answer)) => Some(answer),
            Ok(Err(error)) => {
                // The kind alone: an answer of the server may quote the command.
                self.health.failed(what, &format_args!("{:?}", error.kind()));
                None
            }
            Err(late) => {
                self.health.failed(what, &late);
                None
            }
        }
    }

    fn is_owed(&self, key: &str) -> bool {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner).contains(key)
    }

    fn owe(&self, key: &str) {
        let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
        if owed.len() < REMOVALS_OWED_MAX {
            owed.insert(key.to_owned());
        } else {
            tracing::error!("too many keys to remove from Redis; they stay until they expire");
        }
    }

    fn forgive(&self, key: &str) {
        self.owed.lock().unwrap_or_else(PoisonError::into_inner).remove(key);
    }

    /// Removes what could not be removed before, once Redis is back.
    async fn pay_owed(&self) {
        let keys: Vec<String> = {
            let owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
            owed.iter().cloned().collect()
        };
        if keys.is_empty() {
            return;
        }
        let names: Vec<String> = keys.iter().map(|key| self.name("cache", key)).collect();
        let mut link = self.link.clone();
        let removed = self.attempt("remove", async move { link.del(names).await }).await;
        if removed == Some(()) {
            let mut owed = self.owed.lock().unwrap_or_else(PoisonError::into_inner);
            for key in &keys {
                owed.remove(key);
            }
        }
    }
}

/// Whether Redis failed lately, and when that was last said.
#[derive(Debug, Default)]
struct Health(Mutex<Failures>);

#[derive(Debug, Default)]
struct Failures {
    last: Option<std::time::Instant>,
    logged: Option<std::time::Instant>,
}

impl Health {
    fn rests(&self) -> bool {
        let failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.last.is_some_and(|last| last.elapsed() < REST_TIME)
    }

    fn failed(&self, what: &'static str, error: &dyn std::fmt::Display) {
        let now = std::time::Instant::now();
        let mut failures = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        failures.last = Some(now);
        if failures.logged.is_none_or(|logged| now.duration_since(logged) > LOG_TIME) {
            failures.logged = Some(now);
            tracing::warn!(what, %error, "Redis failed; going on without it");
        }
    }
}

/// Brings what is published in Redis to this process's listeners, for as long as the process lives.
async fn listen(
    client: Client,
    prefix: String,
    hub: Arc<Hub>,
    listening: tokio::sync::oneshot::Sender<()>,
) {
    let mut listening = Some(listening);
    loop {
        if let Err(error) = listen_once(&client, &prefix, &hub, &mut listening).await {
            tracing::debug!(kind = ?error.kind(), "not listening to Redis");
        }
        tokio::time::sleep(LISTEN_AGAIN_TIME).await;
    }
}

/// Returns when the link is lost.
async fn listen_once(
    client: &Client,
    prefix: &str,
    hub: &Hub,
    first: &mut Option<tokio::sync::oneshot::Sender<()>>,
) -> RedisResult<()> {
    let late = |_: tokio::time::error::Elapsed| {
        RedisError::from(std::io::Error::from(std::io::ErrorKind::TimedOut))
    };
    let pubsub = timeout(COMMAND_TIME, client.get_async_pubsub()).await.map_err(late)??;
    let (mut sink, mut stream) = pubsub.split();
    timeout(COMMAND_TIME, sink.psubscribe(format!("{prefix}*"))).await.map_err(late)??;
    match first.take() {
        Some(first) => first.send(()).unwrap_or_default(),
        None => hub.tell_missed(),
    }
    loop {
        match timeout(LISTEN_PING_TIME, stream.next()).await {
            Ok(Some(message)) => {
                let channel = message.get_channel_name().strip_prefix(prefix);
                if let (Some(channel), Ok(text)) = (channel, message.get_payload::<String>()) {
                    hub.publish(channel, &text);
                }
            }
            Ok(None) => return Ok(()),
            Err(_quiet) => {
                timeout(COMMAND_TIME, sink.ping::<redis::Value>()).await.map_err(late)??;
            }
        }
    }
}
