//! One contract, kept by both caches, and what happens when Redis goes.

use super::{Cache, CacheError, Limit, LiveEvent, RetryAfterSeconds};
use futures_util::StreamExt;
use rules::Instant;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

/// A Redis of the test's own, on a socket.
struct PrivateRedis {
    folder: PathBuf,
    server: Child,
}

impl PrivateRedis {
    async fn start() -> Self {
        let folder =
            std::env::temp_dir().join(format!("chartrelay-redis-{}", uuid::Uuid::now_v7()));
        std::fs::create_dir_all(&folder).unwrap();
        let server = Self::spawn(&folder).await;
        Self { folder, server }
    }

    async fn spawn(folder: &std::path::Path) -> Child {
        let mut server = Command::new("redis-server")
            .args(["--port", "0", "--save", "", "--appendonly", "no", "--unixsocket"])
            .arg(folder.join("redis.sock"))
            .current_dir(folder)
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .expect("this test needs redis-server on the PATH: `apt install redis-server`");
        let mut lines = BufReader::new(server.stdout.take().unwrap()).lines();
        loop {
            let line = lines.next_line().await.unwrap().expect("redis-server started");
            if line.contains("ready to accept connections") || line.contains("Ready to accept") {
                // What it says later must not fill the pipe.
                tokio::spawn(async move { while let Ok(Some(_)) = lines.next_line().await {} });
                return server;
            }
        }
    }

    fn url(&self) -> String {
        format!("redis+unix://{}", self.folder.join("redis.sock").display())
    }

    async fn kill(&mut self) {
        self.server.kill().await.unwrap();
    }

    async fn start_again(&mut self) {
        self.server = Self::spawn(&self.folder).await;
    }
}

impl Drop for PrivateRedis {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.folder).ok();
    }
}

fn at(seconds: i64) -> Instant {
    Instant::new(jiff::Timestamp::from_second(1_800_000_000 + seconds).unwrap())
}

async fn keeps_the_contract(cache: &Cache) {
    entries_are_kept_replaced_and_removed(cache).await;
    a_bucket_gives_its_tries_and_gets_them_back(cache).await;
    events_reach_the_listeners_of_their_channel(cache).await;
    assert!(cache.is_reachable().await);
}

async fn entries_are_kept_replaced_and_removed(cache: &Cache) {
    assert_eq!(cache.get("session").await, None);
    cache.put("session", b"one", 60).await;
    cache.put("other", b"else", 60).await;
    assert_eq!(cache.get("session").await.as_deref(), Some(b"one".as_slice()));
    cache.put("session", &[0, 255, 10], 60).await;
    assert_eq!(cache.get("session").await, Some(vec![0, 255, 10]), "bytes need not be text");
    cache.remove("session").await;
    cache.remove("session").await;
    assert_eq!(cache.get("session").await, None);
    assert_eq!(cache.get("other").await.as_deref(), Some(b"else".as_slice()));

    cache.put("brief", b"x", 1).await;
    let gone = async {
        while cache.get("brief").await.is_some() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), gone).await.expect("an entry ends with its time");
}

async fn a_bucket_gives_its_tries_and_gets_them_back(cache: &Cache) {
    let limit = Limit { burst: 5, per_seconds: 900 };
    for attempt in 0..5 {
        assert_eq!(cache.take("a", limit, at(attempt)).await, Ok(()), "try {attempt}");
    }
    assert_eq!(cache.take("a", limit, at(10)).await, Err(RetryAfterSeconds(170)));
    assert_eq!(cache.take("b", limit, at(10)).await, Ok(()), "buckets are apart");
    assert_eq!(cache.take("a", limit, at(179)).await, Err(RetryAfterSeconds(1)));
    assert_eq!(cache.take("a", limit, at(180)).await, Ok(()));
    assert_eq!(cache.take("a", limit, at(181)).await, Err(RetryAfterSeconds(179)));
    for attempt in 0..5 {
        assert_eq!(cache.take("a", limit, at(5000)).await, Ok(()), "full again, try {attempt}");
    }
    // A clock that jumps back by a day locks nobody out for longer than the limit's own time.
    assert_eq!(cache.take("a", limit, at(-86_400)).await, Err(RetryAfterSeconds(180)));
    let nothing = Limit { burst: 0, per_seconds: 60 };
    assert_eq!(cache.take("c", nothing, at(0)).await, Err(RetryAfterSeconds(1)));
}

async fn events_reach_the_listeners_of_their_channel(cache: &Cache) {
    let mut first = cache.subscribe("facility/1");
    let second = cache.subscribe("facility/1");
    let mut other = cache.subscribe("facility/2");
    cache.publish("facility/3", "nobody listens").await;
    cache.publish("facility/1", "chart moved").await;
    cache.publish("facility/2", "queue changed").await;
    let text = |text: &str| Some(LiveEvent::Text(text.into()));
    assert_eq!(first.next().await, text("chart moved"));
    assert_eq!(other.next().await, text("queue changed"));
    drop(first);
    cache.publish("facility/1", "again").await;
    let heard: Vec<_> = Box::pin(second.into_stream()).take(2).collect().await;
    assert_eq!(heard, [text("chart moved"), text("again")].map(Option::unwrap));
}

#[tokio::test]
async fn the_in_process_cache_keeps_the_contract() {
    keeps_the_contract(&Cache::in_process()).await;
}

#[tokio::test]
async fn the_redis_cache_keeps_the_contract() {
    let redis = PrivateRedis::start().await;
    keeps_the_contract(&Cache::redis(&redis.url(), "test").await.unwrap()).await;
}

#[tokio::test]
async fn two_servers_share_one_redis_and_two_installations_do_not() {
    let redis = PrivateRedis::start().await;
    let first = Cache::redis(&redis.url(), "one").await.unwrap();
    let second = Cache::redis(&redis.url(), "one").await.unwrap();
    let stranger = Cache::redis(&redis.url(), "two").await.unwrap();
    let once = Limit { burst: 1, per_seconds: 60 };
    let mut events = second.subscribe("x");
    let mut foreign = stranger.subscribe("x");

    first.put("k", b"v", 60).await;
    first.publish("x", "hello").await;
    stranger.publish("x", "elsewhere").await;

    assert_eq!(second.get("k").await.as_deref(), Some(b"v".as_slice()));
    assert_eq!(stranger.get("k").await, None);
    assert_eq!(first.take("b", once, at(0)).await, Ok(()));
    assert!(second.take("b", once, at(0)).await.is_err());
    assert_eq!(stranger.take("b", once, at(0)).await, Ok(()));
    assert_eq!(events.next().await, Some(LiveEvent::Text("hello".into())));
    assert_eq!(foreign.next().await, Some(LiveEvent::Text("elsewhere".into())));
}

#[tokio::test]
async fn without_redis_work_goes_on_and_with_it_again_nothing_removed_comes_back() {
    let mut redis = PrivateRedis::start().await;
    let cache = Cache::redis(&redis.url(), "test").await.unwrap();
    let once = Limit { burst: 1, per_seconds: 60 };
    let mut events = cache.subscribe("x");
    cache.put("session", b"signed in", 600).await;
    redis.kill().await;

    assert_eq!(cache.get("session").await, None);
    assert_eq!(cache.take("b", once, at(0)).await, Ok(()));
    assert_eq!(cache.take("b", once, at(0)).await, Err(RetryAfterSeconds(60)), "limits still hold");
    cache.publish("x", "told here").await;
    assert_eq!(events.next().await, Some(LiveEvent::Text("told here".into())));
    cache.remove("session").await;
    assert!(!cache.is_reachable().await);

    // The killed Redis kept nothing; another server's copy of the session is put back by hand.
    redis.start_again().await;
    let other = Cache::redis(&redis.url(), "test").await.unwrap();
    other.put("session", b"signed in", 600).await;
    assert_eq!(events.next().await, Some(LiveEvent::Missed), "listeners look at everything again");
    let back = async {
        while other.get("session").await.is_some() {
            assert_eq!(cache.get("session").await, None);
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), back).await.expect("the owed removal is done");
    cache.put("session", b"anew", 600).await;
    assert_eq!(cache.get("session").await.as_deref(), Some(b"anew".as_slice()));
}

#[tokio::test]
async fn a_redis_that_is_away_from_the_start_is_no_error_but_a_wrong_url_is() {
    let away = Cache::redis("redis+unix:///nonexistent/redis.sock", "test").await.unwrap();
    away.put("k", b"v", 60).await;
    assert_eq!(away.get("k").await, None);
    let wrong = Cache::redis("http://user:hidden@host", "test").await.unwrap_err();
    assert!(matches!(wrong, CacheError::Url) && !wrong.to_string().contains("hidden"));
    let pattern = Cache::redis("redis://host", "a*").await.unwrap_err();
    assert!(matches!(pattern, CacheError::Prefix));
}

#[tokio::test]
async fn channels_that_nobody_listens_to_are_forgotten() {
    let Cache::InProcess(cache) = Cache::in_process() else { unreachable!() };
    let (first, second) = (cache.hub().subscribe("x"), cache.hub().subscribe("x"));
    drop(first);
    assert_eq!(cache.hub().channels(), 1);
    drop(second);
    assert_eq!(cache.hub().channels(), 0);
}
