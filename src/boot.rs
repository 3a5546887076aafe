//! From settings to running services: keys, database, documents, mail, cache.

use base::Services;
use base::blobs::{BlobPlace, Blobs};
use base::cache::Cache;
use base::clock::Clock;
use base::config::Config;
use base::db::{self, Db, Opening, Server};
use base::jobs::Runner;
use base::keyring::Keyring;
use base::mail::Mailer;
use base::pages::PageReader;
use base::password::Passwords;
use base::private_postgres::{self, Durability, PrivatePostgres};
use codesets::Shelf;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Why the services could not be started; the message says what to do.
pub type BootError = Box<dyn std::error::Error + Send + Sync>;

/// Everything that runs. Dropping it stops the private database.
pub struct Running {
    /// The services.
    pub services: Arc<Services>,
    /// Where the database is.
    pub server: Server,
    /// The private database, if it is ours to stop.
    postgres: Option<PrivatePostgres>,
}

/// What a start is told besides the settings.
pub struct Start {
    /// Settings.
    pub config: Config,
    /// The time of business.
    pub clock: Clock,
    /// Folders of `PATH`, to find PostgreSQL in.
    pub search_folders: Vec<PathBuf>,
    /// Whether the private database must survive a power cut.
    pub durability: Durability,
}

/// Starts everything: the private database if none is configured, migrations, then the services.
///
/// # Errors
/// The first thing that could not be started.
pub async fn start(start: Start) -> Result<Running, BootError> {
    let Start { config, clock, search_folders, durability } = start;
    install_tls();
    make_folder(&config.data.folder)?;
    let config = absolute(config)?;
    let master = config.keys.provider(config.data.folder.join("master.key")).load()?;
    let (server, postgres) = database(&config, search_folders, durability).await?;
    db::migrate(&server, &master).await?;
    let services = services(config, clock, server.clone(), master).await?;
    if postgres.is_some() {
        // The data folder is locked for one server: whoever was at work here is gone.
        Box::pin(Runner::take_over(&services)).await?;
    }
    Ok(Running { services, server, postgres })
}

/// The services on a database that is migrated already.
///
/// # Errors
/// The first part that could not be opened.
pub async fn services(
    config: Config,
    clock: Clock,
    server: Server,
    master: base::seal::MasterKey,
) -> Result<Arc<Services>, BootError> {
    install_tls();
    let master = Arc::new(master);
    let sizes = config.database.plane_sizes();
    let (db, authority) = Db::open(Opening { server, sizes, master: &master, clock })?;
    let place = match &config.blobs.url {
        Some(url) => url.parse()?,
        None => BlobPlace::Folder(config.data.folder.join("documents")),
    };
    let cache = match &config.redis.url {
        Some(url) => Cache::redis(url.reveal(), &config.redis.prefix).await?,
        None => Cache::in_process(),
    };
    Ok(Arc::new(Services {
        db,
        authority,
        blobs: Blobs::open(&place, &config.blobs.access())?,
        keyring: Keyring::new(master),
        pages: PageReader::new(&config.pages)?,
        mailer: Mailer::open(&config)?,
        cache,
        passwords: Passwords::new(&config.passwords)?,
        shelf: Shelf::default(),
        config,
    }))
}

impl Running {
    /// Stops what is ours, the database last.
    ///
    /// # Errors
    /// When PostgreSQL does not stop in time.
    pub fn stop(mut self) -> Result<(), BootError> {
        if let Some(mut postgres) = self.postgres.take() {
            postgres.stop()?;
        }
        Ok(())
    }
}

async fn database(
    config: &Config,
    search_folders: Vec<PathBuf>,
    durability: Durability,
) -> Result<(Server, Option<PrivatePostgres>), BootError> {
    if let Some(url) = &config.database.url {
        return Ok((Server::Url(url.reveal().to_owned()), None));
    }
    let settings = private_postgres::Settings {
        folder: config.data.folder.clone(),
        bin_folder: config.database.bin_folder.clone(),
        search_folders,
        durability,
    };
    let started = tokio::task::spawn_blocking(move || PrivatePostgres::start(&settings)).await?;
    let postgres = started?;
    let folder = postgres.socket_dir().to_owned();
    let server = Server::Socket { folder, database: private_postgres::DATABASE.to_owned() };
    Ok((server, Some(postgres)))
}

fn make_folder(folder: &Path) -> Result<(), BootError> {
    std::fs::create_dir_all(folder).map_err(|error| {
        format!("cannot make the data folder {}: {error}", folder.display()).into()
    })
}

/// The data folder as an absolute path, so that nothing depends on where the program was started.
fn absolute(mut config: Config) -> Result<Config, BootError> {
    config.data.folder = config.data.folder.canonicalize()?;
    Ok(config)
}

/// One cryptography for every connection of the process; a second call changes nothing.
fn install_tls() {
    drop(rustls::crypto::aws_lc_rs::default_provider().install_default());
}
