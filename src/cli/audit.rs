//! `chartrelay audit verify`: recomputes every hash chain.

use super::Settings;
use crate::boot::BootError;
use base::clock::Clock;
use clap::{Args, Subcommand};

/// The audit trail.
#[derive(Args)]
pub struct Audit {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Verify the chain of every facility and the installation's own.
    Verify(Settings),
}

pub(super) async fn run(audit: Audit) -> Result<(), BootError> {
    let What::Verify(settings) = audit.what;
    let running = settings.boot(Clock::System).await?;
    let scope = running.services.authority.system();
    let chains = running
        .services
        .db
        .ops(&scope, async |tx| {
            let facilities = facilities::names(tx).await?;
            let mut chains = vec![("the installation".to_owned(), None)];
            chains.extend(facilities.into_iter().map(|(id, name)| (name.name, Some(id))));
            let mut broken = Vec::new();
            for (name, facility) in chains {
                broken.push((name, base::audit::first_broken(tx, facility).await?));
            }
            Ok(broken)
        })
        .await?;
    tokio::task::spawn_blocking(move || running.stop()).await??;
    let mut whole = true;
    for (name, broken) in chains {
        match broken {
            None => println!("{name}: whole"),
            Some(seq) => {
                whole = false;
                println!("{name}: BROKEN at event {seq}");
            }
        }
    }
    if whole { Ok(()) } else { Err("the audit trail was tampered with".into()) }
}
