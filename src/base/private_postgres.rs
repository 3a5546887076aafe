//! The private PostgreSQL: with no database configured, one is run in the data folder from the
//! binaries on this machine. It has no network port, only a socket in a folder that is its own.

mod account;
mod programs;
mod socket_folder;

use account::Account;
use programs::Programs;
use std::fs::{File, OpenOptions, TryLockError};
use std::io::Read;
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// The database that every cluster has.
pub const DATABASE: &str = "postgres";
/// The superuser, who needs no password on the socket.
pub const SUPERUSER: &str = "postgres";

/// Connections, all planes and jobs together.
const CONNECTIONS_MAX: u32 = 100;
/// A start takes 0.2 s; after a crash the log must be replayed first.
const START_TIME: Duration = Duration::from_mins(2);
/// A fast stop writes a checkpoint.
const STOP_TIME: Duration = Duration::from_mins(1);
/// Between two looks at a process or its file.
const LOOK_AGAIN_TIME: Duration = Duration::from_millis(20);
/// The end of PostgreSQL's log that an error quotes.
const LOG_QUOTED_BYTES: usize = 2_000;
/// A longer log is begun anew at the start.
const LOG_BYTES_MAX: u64 = 16 * 1024 * 1024;

/// Whether a commit must survive a power cut.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// It must.
    Durable,
    /// It need not: three times as fast, for tests alone.
    TestsOnly,
}

/// What to start, and where.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data folder; the database lives in folders below it.
    pub folder: PathBuf,
    /// Where `initdb` and `postgres` are, when they are in no usual place.
    pub bin_folder: Option<PathBuf>,
    /// Further folders to look for them: those of `PATH`.
    pub search_folders: Vec<PathBuf>,
    /// Whether commits must survive a power cut.
    pub durability: Durability,
}

/// Why there is no private PostgreSQL; says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// No binaries.
    #[error(
        "PostgreSQL's server binaries were not found; install them (`apt install postgresql`, \
         `dnf install postgresql-server`, `brew install postgresql`), name their folder in PG_BINDIR, \
         or set DATABASE_URL to a database of your own"
    )]
    NoBinaries,
    /// Someone else has the folder.
    #[error("another server is running on {folder}; stop it, or give this one another data folder")]
    AlreadyRunning {
        /// The data folder.
        folder: PathBuf,
    },
    /// PostgreSQL refuses to run as root, and there is no one else.
    #[error(
        "PostgreSQL does not run as root, and there is no account `postgres` or `nobody` to run it as; \
         start as another user, or set DATABASE_URL"
    )]
    NoAccount,
    /// The account cannot get to the data folder.
    #[error(
        "PostgreSQL runs as the account `{account}`, which cannot enter {folder}; choose a data folder \
         that it can reach, such as /var/lib/chartrelay, or `chmod o+x {folder}`"
    )]
    Unreachable {
        /// Whom PostgreSQL runs as.
        account: String,
        /// The folder that is closed to it.
        folder: PathBuf,
    },
    /// Somebody else made the folder for the socket.
    #[error("{folder} belongs to someone else; remove it")]
    ForeignSocketFolder {
        /// The socket's folder.
        folder: PathBuf,
    },
    /// A program failed.
    #[error("{program} failed: {output}")]
    Program {
        /// Which.
        program: &'static str,
        /// The end of what it said.
        output: String,
    },
    /// It did not get ready in time.
    #[error("PostgreSQL was not ready after {seconds} s; see {log}")]
    TooLate {
        /// How long was waited.
        seconds: u64,
        /// Its log.
        log: PathBuf,
    },
    /// The operating system refused something.
    #[error("{what}: {source}")]
    System {
        /// What was tried.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
}

/// Adds what was tried to what the system said.
fn tried(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> StartError {
    let what = what.into();
    |source| StartError::System { what, source }
}

/// Where the private PostgreSQL listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UrlParts {
    /// The folder of the socket, for `host`.
    pub socket_folder: PathBuf,
    /// The superuser.
    pub user: &'static str,
    /// A database that is there from the start.
    pub database: &'static str,
}

/// A running private PostgreSQL; stopped when dropped.
#[derive(Debug)]
pub struct PrivatePostgres {
    server: Option<Child>,
    cluster: Cluster,
    /// Held while this process has the folder.
    _lock: File,
}

/// A database folder, and how to run programs on it.
#[derive(Debug)]
struct Cluster {
    programs: Programs,
    data: PathBuf,
    socket_folder: PathBuf,
    log: PathBuf,
}

impl PrivatePostgres {
    /// Starts PostgreSQL in the data folder: makes the database the first time, and stops a server that
    /// outlived a killed parent. Blocks until it accepts connections.
    ///
    /// # Errors
    /// What is missing, with the remedy.
    pub fn start(settings: &Settings) -> Result<Self, StartError> {
        let folder = settings.folder.as_path();
        std::fs::create_dir_all(folder).map_err(tried(format!("making {}", folder.display())))?;
        let folder = folder.canonicalize().map_err(tried("finding the data folder"))?;
        let lock = lock(&folder)?;
        let data = folder.join("pgdata");
        let account = Account::find()?;
        let programs = Programs::find(settings, &data, account)?;
        programs.account.open_way(&folder)?;
        let socket_folder = socket_folder::prepare(&folder, &programs.account)?;
        let log = folder.join("postgres.log");
        let cluster = Cluster { programs, data, socket_folder, log };
        cluster.create_once(settings.durability)?;
        cluster.stop_orphan()?;
        let server = cluster.launch(settings.durability)?;
        tracing::info!(data = %cluster.data.display(), "the private PostgreSQL is ready");
        Ok(Self { server: Some(server), cluster, _lock: lock })
    }

    /// The folder of the socket.
    #[must_use]
    pub fn socket_dir(&self) -> &Path {
        &self.cluster.socket_folder
    }

    /// What to connect with.
    #[must_use]
    pub fn url_parts(&self) -> UrlParts {
        let socket_folder = self.cluster.socket_folder.clone();
        UrlParts { socket_folder, user: SUPERUSER, database: DATABASE }
    }

    /// Ends all sessions, writes everything to disk and stops. Blocks until it has.
    ///
    /// # Errors
    /// When it had to be killed; its log is replayed at the next start.
    pub fn stop(&mut self) -> Result<(), StartError> {
        let Some(mut server) = self.server.take() else {
            return Ok(());
        };
        let asked = self.cluster.pg_ctl(&["stop", "-m", "fast", "-W"]);
        let began = Instant::now();
        while asked.is_ok() && began.elapsed() < STOP_TIME {
            if server.try_wait().map_err(tried("waiting for PostgreSQL"))?.is_some() {
                return Ok(());
            }
            std::thread::sleep(LOOK_AGAIN_TIME);
        }
        server.kill().and_then(|()| server.wait()).map_err(tried("killing PostgreSQL"))?;
        let output = "it did not stop and was killed; nothing committed is lost".to_owned();
        asked.and(Err(StartError::Program { program: "pg_ctl stop", output }))
    }
}

impl Drop for PrivatePostgres {
    fn drop(&mut self) {
        if let Err(error) = self.stop() {
            tracing::warn!(%error, "the private PostgreSQL did not stop cleanly");
        }
    }
}

/// One server to a folder: a second one would stop the first one's database as an orphan.
fn lock(folder: &Path) -> Result<File, StartError> {
    let path = folder.join("server.lock");
    let what = || format!("locking {}", path.display());
    let lock = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .mode(0o600)
        .open(&path)
        .map_err(tried(what()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => {
            Err(StartError::AlreadyRunning { folder: folder.to_owned() })
        }
        Err(TryLockError::Error(source)) => Err(StartError::System { what: what(), source }),
    }
}

impl Cluster {
    /// `initdb` in a folder beside, moved into place when it is whole.
    fn create_once(&self, durability: Durability) -> Result<(), StartError> {
        if self.data.join("PG_VERSION").exists() {
            return Ok(());
        }
        let draft = self.data.with_extension("new");
        if draft.exists() {
            std::fs::remove_dir_all(&draft).map_err(tried("removing an unfinished database"))?;
        }
        self.programs.account.make_folder(&draft)?;
        let locale = if cfg!(target_os = "macos") { "C" } else { "C.UTF-8" };
        let mut initdb = self.programs.command("initdb");
        initdb
            .args(["--username", SUPERUSER, "--auth=trust", "--encoding=UTF8", "--data-checksums"])
            .args(["--no-instructions", "--locale", locale, "--pgdata"])
            .arg(&draft);
        if durability == Durability::TestsOnly {
            initdb.arg("--no-sync");
        }
        Programs::run("initdb", &mut initdb)?;
        std::fs::rename(&draft, &self.data).map_err(tried("putting the new database into place"))
    }

    /// After `kill -9` of its parent PostgreSQL lives on. We hold the lock, so it is nobody's.
    fn stop_orphan(&self) -> Result<(), StartError> {
        let Some(pid) = self.pid_file().and_then(|file| file.pid) else {
            return Ok(());
        };
        if !programs::is_postgres_of(pid, &self.data) {
            return Ok(());
        }
        tracing::warn!(pid, "stopping a PostgreSQL that outlived its server");
        let seconds = STOP_TIME.as_secs().to_string();
        self.pg_ctl(&["stop", "-m", "fast", "-w", "-t", &seconds])
    }

    fn launch(&self, durability: Durability) -> Result<Child, StartError> {
        let log = self.open_log().map_err(tried(format!("opening {}", self.log.display())))?;
        let errors = log.try_clone().map_err(tried("opening PostgreSQL's log"))?;
        let mut postgres = self.programs.command("postgres");
        postgres.arg("-D").arg(&self.data);
        for setting in self.server_settings(durability) {
            postgres.arg("-c").arg(setting);
        }
        let mut server = postgres
            .stdin(Stdio::null())
            .stdout(log)
            .stderr(errors)
            // Ctrl-C in the terminal is for us; we stop PostgreSQL when nobody needs it any more.
            .process_group(0)
            .spawn()
            .map_err(tried("starting postgres"))?;
        let ready = self.await_ready(&mut server);
        if ready.is_err() {
            server.kill().and_then(|()| server.wait().map(drop)).ok();
        }
        ready.map(|()| server)
    }

    fn server_settings(&self, durability: Durability) -> Vec<String> {
        let mut settings = vec![
            "listen_addresses=".to_owned(),
            format!("unix_socket_directories={}", self.socket_folder.display()),
            "unix_socket_permissions=0700".to_owned(),
            format!("max_connections={CONNECTIONS_MAX}"),
            "timezone=UTC".to_owned(),
            "log_min_messages=warning".to_owned(),
            // Statements and rows may hold patient data; neither belongs in a log.
            "log_error_verbosity=terse".to_owned(),
            "log_min_error_statement=panic".to_owned(),
            "log_parameter_max_length_on_error=0".to_owned(),
        ];
        let switch = match durability {
            Durability::Durable => "on",
            Durability::TestsOnly => "off",
        };
        for name in ["fsync", "full_page_writes", "synchronous_commit"] {
            settings.push(format!("{name}={switch}"));
        }
        settings
    }

    fn await_ready(&self, server: &mut Child) -> Result<(), StartError> {
        let began = Instant::now();
        while began.elapsed() < START_TIME {
            if server.try_wait().map_err(tried("waiting for PostgreSQL"))?.is_some() {
                return Err(StartError::Program { program: "postgres", output: self.log_end() });
            }
            // The file of an earlier server may still say "ready".
            let ours =
                self.pid_file().is_some_and(|file| file.pid == Some(server.id()) && file.ready);
            if ours {
                return Ok(());
            }
            std::thread::sleep(LOOK_AGAIN_TIME);
        }
        Err(StartError::TooLate { seconds: START_TIME.as_secs(), log: self.log.clone() })
    }

    fn pg_ctl(&self, arguments: &[&str]) -> Result<(), StartError> {
        let mut pg_ctl = self.programs.command("pg_ctl");
        Programs::run("pg_ctl", pg_ctl.args(arguments).arg("-D").arg(&self.data))
    }

    fn open_log(&self) -> std::io::Result<File> {
        let too_long = std::fs::metadata(&self.log).is_ok_and(|file| file.len() > LOG_BYTES_MAX);
        let mut options = OpenOptions::new();
        options.create(true).mode(0o600);
        if too_long {
            options.write(true).truncate(true);
        } else {
            options.append(true);
        }
        let log = options.open(&self.log)?;
        log.set_permissions(std::fs::Permissions::from_mode(0o600))?;
        Ok(log)
    }

    fn log_end(&self) -> String {
        let mut text = Vec::new();
        let read = File::open(&self.log).and_then(|mut log| log.read_to_end(&mut text));
        let start = text.len().saturating_sub(LOG_QUOTED_BYTES);
        match read {
            Ok(_) => String::from_utf8_lossy(text.get(start..).unwrap_or_default()).into_owned(),
            Err(error) => format!("its log cannot be read: {error}"),
        }
    }

    /// The file that a running (or killed) server leaves in its folder.
    fn pid_file(&self) -> Option<PidFile> {
        let text = std::fs::read_to_string(self.data.join("postmaster.pid")).ok()?;
        let mut lines = text.lines();
        let pid = lines.next().and_then(|line| line.trim().parse().ok());
        // The eighth line tells the state.
        let ready = lines.nth(6).is_some_and(|line| line.trim() == "ready");
        Some(PidFile { pid, ready })
    }
}

struct PidFile {
    pid: Option<u32>,
    ready: bool,
}

#[cfg(test)]
mod tests;
