//! Live events within this process: whoever listens to a channel hears what is published on it.

use futures_util::Stream;
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::RecvError;

/// Events that a slow listener may fall behind before it misses some.
const EVENTS_BEHIND_MAX: usize = 256;

/// What a listener hears.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LiveEvent {
    /// What was published.
    Text(Arc<str>),
    /// Some events were lost on the way: look at everything again.
    Missed,
}

/// The channels that somebody listens to.
#[derive(Debug, Default)]
pub struct Hub {
    channels: Mutex<HashMap<String, broadcast::Sender<LiveEvent>>>,
}

impl Hub {
    pub(super) fn publish(&self, channel: &str, text: &str) {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sender) = channels.get(channel) {
            // Nobody listening any more is no failure.
            sender.send(LiveEvent::Text(text.into())).ok();
        }
    }

    /// Tells every listener that events were lost.
    pub(super) fn tell_missed(&self) {
        let channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        for sender in channels.values() {
            sender.send(LiveEvent::Missed).ok();
        }
    }

    pub(super) fn subscribe(self: &Arc<Self>, channel: &str) -> LiveEvents {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        let sender = channels
            .entry(channel.to_owned())
            .or_insert_with(|| broadcast::channel(EVENTS_BEHIND_MAX).0);
        let receiver = sender.subscribe();
        LiveEvents { receiver, channel: channel.to_owned(), hub: Arc::clone(self) }
    }

    /// Called by a listener that is about to go.
    fn leave(&self, channel: &str) {
        let mut channels = self.channels.lock().unwrap_or_else(PoisonError::into_inner);
        if channels.get(channel).is_some_and(|sender| sender.receiver_count() <= 1) {
            channels.remove(channel);
        }
    }

    #[cfg(test)]
    pub(super) fn channels(&self) -> usize {
        self.channels.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

/// One listener's events.
#[derive(Debug)]
pub struct LiveEvents {
    receiver: broadcast::Receiver<LiveEvent>,
    channel: String,
    hub: Arc<Hub>,
}

impl LiveEvents {
    /// The next event; waits for it. None when the cache is gone.
    pub async fn next(&mut self) -> Option<LiveEvent> {
        match self.receiver.recv().await {
            Ok(event) => Some(event),
            Err(RecvError::Lagged(_)) => Some(LiveEvent::Missed),
            Err(RecvError::Closed) => None,
        }
    }

    /// The events as a stream.
    pub fn into_stream(self) -> impl Stream<Item = LiveEvent> {
        futures_util::stream::unfold(self, async |mut events| {
            events.next().await.map(|event| (event, events))
        })
    }
}

impl Drop for LiveEvents {
    fn drop(&mut self) {
        self.hub.leave(&self.channel);
    }
}
