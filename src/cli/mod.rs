//! The command line: one file a command; parse, call, nothing else.

mod admin;
mod audit;
mod codes;
mod demo;
mod healthcheck;
mod migrate;
mod openapi;
mod plan;
mod read_pages;
mod serve;
mod simulate;
mod upload;

use crate::boot::{self, BootError, Running, Start};
use base::clock::Clock;
use base::config::{Config, LogFormat, LogLevel};
use base::private_postgres::Durability;
use clap::{Args, Parser, Subcommand};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

/// The work-queue platform of a medical-coding company.
#[derive(Parser)]
#[command(name = "chartrelay", version, about)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve pages and API until asked to stop.
    Serve(Settings),
    /// Make a demonstration with three facilities and some weeks of history, and serve it.
    Demo(Settings),
    /// Bring the database into shape and check its tenant walls.
    Migrate(Settings),
    /// Invite the first operator of an installation.
    Admin(admin::Admin),
    /// Hand in a folder of charts.
    Upload(upload::Upload),
    Plan(plan::Plan),
    Simulate(simulate::Simulate),
    /// Print the description of the JSON API.
    Openapi,
    /// Verify the audit trail of every facility.
    Audit(audit::Audit),
    /// Load code lists and edits from their official files, and see what is loaded.
    Codes(codes::Codes),
    /// Ask a running server whether it lives; for containers.
    Healthcheck(healthcheck::Healthcheck),
    /// Print the settings in force, secrets hidden.
    Config(Settings),
    /// Decode page images for a server.
    #[command(hide = true, name = base::pages::COMMAND)]
    ReadPages,
}

/// Where the settings come from.
#[derive(Args, Clone, Default)]
pub struct Settings {
    /// A file with settings that differ from the default.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// The one folder for everything that is kept on this machine.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// Address and port to serve on.
    #[arg(long, value_name = "ADDR:PORT")]
    listen: Option<SocketAddr>,
}

impl Settings {
    fn load(&self) -> Result<Config, BootError> {
        let mut config = Config::load(self.config.as_deref(), environment())?;
        if let Some(folder) = &self.data_dir {
            config.data.folder.clone_from(folder);
        }
        if let Some(listen) = self.listen {
            config.server.listen = listen;
            config.server.public_url = format!("http://{listen}");
        }
        Ok(config)
    }

    async fn boot(&self, clock: Clock) -> Result<Running, BootError> {
        let config = self.load()?;
        log_as(&config);
        boot::start(Start {
            config,
            clock,
            search_folders: search_folders(),
            durability: Durability::Durable,
        })
        .await
    }
}

/// Runs the command of this process.
#[must_use]
pub fn run() -> ExitCode {
    let command = Cli::parse().command;
    let outcome = match command {
        // Before anything is started: it may use next to nothing.
        Command::ReadPages => read_pages::run(),
        command => actix_web::rt::System::new().block_on(dispatch(command)),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("chartrelay: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn dispatch(command: Command) -> Result<(), BootError> {
    match command {
        Command::Serve(settings) => serve::run(&settings).await,
        Command::Demo(settings) => Box::pin(demo::run(&settings)).await,
        Command::Migrate(settings) => migrate::run(&settings).await,
        Command::Admin(admin) => admin::run(admin).await,
        Command::Upload(upload) => upload::run(upload).await,
        Command::Plan(plan) => plan::run(&plan),
        Command::Simulate(simulate) => simulate::run(simulate).await,
        Command::Openapi => openapi::run(),
        Command::Audit(audit) => audit::run(audit).await,
        Command::Codes(codes) => codes::run(codes).await,
        Command::Healthcheck(check) => healthcheck::run(check).await,
        Command::ReadPages => read_pages::run(),
        Command::Config(settings) => {
            println!("{}", settings.load()?.printed());
            Ok(())
        }
    }
}

#[expect(clippy::disallowed_methods, reason = "the one place that reads the environment")]
fn environment() -> Vec<(String, String)> {
    std::env::vars().collect()
}

#[expect(clippy::disallowed_methods, reason = "PATH, to find PostgreSQL's binaries")]
fn search_folders() -> Vec<PathBuf> {
    std::env::var_os("PATH").map(|path| std::env::split_paths(&path).collect()).unwrap_or_default()
}

fn log_as(config: &Config) {
    let filter = tracing_subscriber::EnvFilter::new(match config.log.level {
        LogLevel::Error => "error",
        LogLevel::Warn => "warn",
        LogLevel::Info => "info,actix_server=warn",
        LogLevel::Debug => "debug",
        LogLevel::Trace => "trace",
    });
    let log = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    let set = match config.log.format {
        LogFormat::Text => log.try_init(),
        LogFormat::Json => log.json().try_init(),
    };
    base::error::can_fail("starting the log", set);
}
