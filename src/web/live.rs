//! Pages that move by themselves: server-sent events that say "look again", never what changed.

use crate::proof::{May, Principal};
use actix_web::web::{self, Bytes, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use base::Services;
use base::db::PlaneTx;
use base::error::Result;
use base::jobs::{Job, JobError, enqueue};
use futures_util::StreamExt;
use rules::access::{Right, Role, may};
use rules::ids::{FacilityId, PersonId};
use std::sync::Arc;
use std::time::Duration;

/// A comment every so often keeps proxies from closing a quiet stream.
const PING_SECONDS: u64 = 15;
/// A browser reconnects by itself; no stream lives for ever, so that a shutdown need not wait for one.
const STREAM_SECONDS_MAX: u64 = 600;

/// Who should look again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// People of a facility.
    Facility(FacilityId),
    /// One person.
    Person(PersonId),
    /// The vendor's boards.
    Board,
}

impl Topic {
    fn channel(self) -> String {
        match self {
            Self::Facility(id) => format!("live:facility:{id}"),
            Self::Person(id) => format!("live:person:{id}"),
            Self::Board => "live:board".to_owned(),
        }
    }
}

/// The promise to tell; sent after the change is committed, so nobody looks too early.
#[derive(Debug, serde::Serialize, serde::Deserialize)]
pub struct Tell {
    topic: Topic,
}

impl Job for Tell {
    const KIND: &'static str = "web.tell";
    fn facility(&self) -> Option<FacilityId> {
        match self.topic {
            Topic::Facility(id) => Some(id),
            Topic::Person(_) | Topic::Board => None,
        }
    }
    fn unique_key(&self) -> Option<String> {
        Some(self.topic.channel())
    }
}

/// Promises that whoever watches `topic` will be told to look again.
///
/// # Errors
/// When the promise cannot be stored.
pub fn tell(tx: &mut PlaneTx, topic: Topic) -> Result<()> {
    enqueue(tx, &Tell { topic })
}

/// Tells whoever watches `topic` to look again, after the change was committed: no promise is kept of it, so
/// nobody waits for another's. Lost with the process, like the streams that it would have reached.
pub async fn tell_now(services: &Services, topic: Topic) {
    services.cache.publish(&topic.channel(), "changed").await;
}

/// Does [`Tell`].
///
/// # Errors
/// None today: live events are a courtesy, and the cache degrades by itself.
pub async fn do_tell(services: Arc<Services>, job: Tell) -> Result<(), JobError> {
    tell_now(&services, job.topic).await;
    Ok(())
}

/// Registers the stream.
pub fn routes(config: &mut ServiceConfig) {
    config.route("/api/v1/events", web::get().to(events));
}

/// The topics that a principal may watch follow from who they are; nothing is asked for by name.
fn topics(principal: &Principal) -> Vec<Topic> {
    let mut topics = vec![Topic::Person(principal.id)];
    topics.extend(principal.home.map(Topic::Facility));
    if principal.home.is_none() && principal.may(Right::ViewBoard) {
        topics.push(Topic::Board);
    }
    topics.retain(|_| !principal.roles.contains(&Role::ApiKey));
    topics
}

/// A stream of "look again" for whoever is signed in.
#[utoipa::path(get, path = "/api/v1/events", tag = "live",
    responses((status = 200, description = "server-sent events", content_type = "text/event-stream")))]
pub async fn events(may: May<may::UseAccount>) -> impl Responder {
    let mut streams = Vec::new();
    for topic in topics(may.principal()) {
        let events = may.services().cache.subscribe(&topic.channel());
        streams.push(Box::pin(events.into_stream()));
    }
    let told = futures_util::stream::select_all(streams)
        .map(|_text| Bytes::from_static(b"event: change\ndata: {}\n\n"));
    let pings = futures_util::stream::unfold((), |()| async {
        tokio::time::sleep(Duration::from_secs(PING_SECONDS)).await;
        Some((Bytes::from_static(b": still here\n\n"), ()))
    });
    let hello = futures_util::stream::iter([Bytes::from_static(b"retry: 2000\n\n")]);
    let body = hello
        .chain(futures_util::stream::select(told, Box::pin(pings)))
        .take_until(Box::pin(tokio::time::sleep(Duration::from_secs(STREAM_SECONDS_MAX))))
        .map(Ok::<_, std::convert::Infallible>);
    HttpResponse::Ok().content_type("text/event-stream").streaming(body)
}
