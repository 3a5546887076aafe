//! `chartrelay demo`: some weeks of history by the product's own functions, then the server.

use super::Settings;
use super::serve::{listen, until_signalled};
use crate::boot::{self, BootError};
use crate::{app, demo};
use base::clock::Clock;
use base::jobs::Runner;
use std::sync::Arc;

pub(super) async fn run(settings: &Settings) -> Result<(), BootError> {
    let mut settings = settings.clone();
    if settings.data_dir.is_none() {
        settings.data_dir = Some("chartrelay-demo".into());
    }
    let address = settings.load()?.server.listen;
    let listener = listen(address)?;
    let past = Clock::standing_at(demo::beginning(Clock::System.now()));
    let mut running = settings.boot(past.clone()).await?;
    let logins = if demo::exists(&running.services).await? {
        demo::logins()
    } else {
        eprintln!("making three facilities, their people and three weeks of history …");
        let runner = Runner::new(Arc::clone(&running.services), app::jobs());
        demo::build(&running.services, &runner, &past, Clock::System.now()).await?
    };
    // From here on the clock is the system's: the same database, services made anew.
    let config = running.services.config.clone();
    let master = config.keys.provider(config.data.folder.join("master.key")).load()?;
    running.services =
        boot::services(config, Clock::System, running.server.clone(), master).await?;
    println!("ChartRelay's demonstration serves at http://{}", listener.local_addr()?);
    println!("Everyone's password is: {}\n", demo::PASSWORD);
    for login in logins {
        println!("  {:<34} {:<18} {}", login.email, login.role, login.hint);
    }
    println!("\nThe data are in {}; remove the folder to begin anew.", display(&running));
    until_signalled(running, listener).await
}

fn display(running: &boot::Running) -> String {
    running.services.config.data.folder.display().to_string()
}
