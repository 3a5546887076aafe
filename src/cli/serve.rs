//! `chartrelay serve`.

use super::Settings;
use crate::boot::{BootError, Running};
use crate::serve;
use base::clock::Clock;
use std::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;

pub(super) async fn run(settings: &Settings) -> Result<(), BootError> {
    let running = settings.boot(Clock::System).await?;
    let address = running.services.config.server.listen;
    let listener = listen(address)?;
    eprintln!("ChartRelay serves at http://{}", listener.local_addr()?);
    until_signalled(running, listener).await
}

/// A listener, or words that say what is in the way.
pub(super) fn listen(address: std::net::SocketAddr) -> Result<TcpListener, BootError> {
    TcpListener::bind(address).map_err(|error| {
        format!("cannot listen on {address}: {error}; choose another with --listen").into()
    })
}

/// Serves until SIGTERM or SIGINT, then ends cleanly, the private database last.
pub(super) async fn until_signalled(
    running: Running,
    listener: TcpListener,
) -> Result<(), BootError> {
    let (stop, stopped) = watch::channel(false);
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let waiter = tokio::task::spawn_local(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        tracing::info!("asked to stop");
        stop.send_replace(true);
    });
    let served = serve::until_stopped(running.services.clone(), listener, stopped).await;
    waiter.abort();
    tokio::task::spawn_blocking(move || running.stop()).await??;
    Ok(served?)
}
