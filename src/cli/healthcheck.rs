//! `chartrelay healthcheck`: exit 0 when the server on this machine is ready.

use crate::boot::BootError;
use clap::Args;
use std::net::SocketAddr;
use std::time::Duration;

/// Longest wait for an answer.
const ANSWER_SECONDS_MAX: u64 = 5;

/// Ask a running server.
#[derive(Args)]
pub struct Healthcheck {
    /// Where it listens.
    #[arg(long, value_name = "ADDR:PORT", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

pub(super) async fn run(check: Healthcheck) -> Result<(), BootError> {
    let client = super::upload::client(Duration::from_secs(ANSWER_SECONDS_MAX))?;
    let answer = client.get(format!("http://{}/readyz", check.listen)).send().await?;
    if answer.status().is_success() { Ok(()) } else { Err(answer.text().await?.into()) }
}
