//! `chartrelay admin`: the first operator, who invites everybody else.

use super::Settings;
use crate::boot::BootError;
use base::clock::Clock;
use clap::Args;
use rules::access::Role;

/// Invite an operator.
#[derive(Args)]
pub struct Admin {
    #[command(flatten)]
    settings: Settings,
    /// Their mail address.
    #[arg(long)]
    email: String,
    /// Their name.
    #[arg(long)]
    name: String,
}

pub(super) async fn run(admin: Admin) -> Result<(), BootError> {
    let running = admin.settings.boot(Clock::System).await?;
    let scope = running.services.authority.system();
    let person = people::NewPerson {
        email: admin.email.clone(),
        name: admin.name,
        roles: vec![Role::Operator],
        ..people::NewPerson::default()
    };
    people::create(&running.services, &scope, person).await?;
    println!("invited {}; the invitation is sent when the server runs", admin.email);
    tokio::task::spawn_blocking(move || running.stop()).await??;
    Ok(())
}
