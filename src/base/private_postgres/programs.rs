//! PostgreSQL's programs: where they are and how they are run.

use super::account::Account;
use super::{LOG_QUOTED_BYTES, Settings, StartError, tried};
use std::ffi::OsStr;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What is needed.
const PROGRAMS: [&str; 3] = ["initdb", "postgres", "pg_ctl"];

/// Where packages put them, `*` being the version: Debian, Red Hat, Homebrew on either kind of Mac.
const VERSIONED: [(&str, &str); 4] = [
    ("/usr/lib/postgresql", ""),
    ("/usr", "pgsql-"),
    ("/opt/homebrew/opt", "postgresql@"),
    ("/usr/local/opt", "postgresql@"),
];
const PLAIN: [&str; 3] = ["/opt/homebrew/bin", "/usr/local/bin", "/usr/bin"];

/// A folder of programs, and whom they run as.
#[derive(Debug)]
pub(super) struct Programs {
    folder: PathBuf,
    pub(super) account: Account,
}

impl Programs {
    /// The named folder, else the version that made the database, else the newest one.
    pub(super) fn find(
        settings: &Settings,
        data: &Path,
        account: Account,
    ) -> Result<Self, StartError> {
        let made_by = std::fs::read_to_string(data.join("PG_VERSION")).ok();
        let made_by: Option<u32> = made_by.and_then(|version| version.trim().parse().ok());
        let candidates = settings.bin_folder.as_ref().map_or_else(
            || usual_folders(made_by, &settings.search_folders),
            |named| vec![named.clone()],
        );
        candidates
            .into_iter()
            .find(|folder| PROGRAMS.iter().all(|program| folder.join(program).is_file()))
            .map(|folder| Self { folder, account })
            .ok_or(StartError::NoBinaries)
    }

    /// A program with nothing of our environment, as the account.
    pub(super) fn command(&self, program: &str) -> Command {
        let mut command = Command::new(self.folder.join(program));
        command
            .current_dir("/")
            .env_clear()
            .env("PATH", "/usr/bin:/bin")
            .env("LC_ALL", if cfg!(target_os = "macos") { "C" } else { "C.UTF-8" })
            .env("TZ", "UTC");
        if self.account.is_other {
            command.uid(self.account.uid).gid(self.account.gid);
        }
        command
    }

    /// Runs a program to its end.
    pub(super) fn run(program: &'static str, command: &mut Command) -> Result<(), StartError> {
        let command = command.stdin(Stdio::null());
        let output = command.output().map_err(tried(format!("starting {program}")))?;
        if output.status.success() {
            return Ok(());
        }
        let said = [output.stdout, output.stderr].concat();
        let end = said.get(said.len().saturating_sub(LOG_QUOTED_BYTES)..).unwrap_or_default();
        Err(StartError::Program { program, output: String::from_utf8_lossy(end).into_owned() })
    }
}

fn usual_folders(made_by: Option<u32>, search: &[PathBuf]) -> Vec<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = Vec::new();
    for (parent, before) in VERSIONED {
        let Ok(entries) = std::fs::read_dir(parent) else {
            continue;
        };
        versions.extend(entries.flatten().filter_map(|entry| {
            let version = entry.file_name().to_str()?.strip_prefix(before)?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        }));
    }
    // PostgreSQL opens no database of another major version.
    versions.sort_by_key(|(version, _)| (Some(*version) != made_by, std::cmp::Reverse(*version)));
    let versioned = versions.into_iter().map(|(_, folder)| folder);
    versioned.chain(search.iter().cloned()).chain(PLAIN.map(PathBuf::from)).collect()
}

/// Whether the process is a PostgreSQL that runs on the folder, and not a stranger who got its number.
pub(super) fn is_postgres_of(pid: u32, data: &Path) -> bool {
    // A server changes into its folder; Linux tells where a process is.
    match std::fs::read_link(format!("/proc/{pid}/cwd")) {
        Ok(folder) => folder == data,
        Err(_) => command_line(pid).is_some_and(|line| line.contains(&*data.to_string_lossy())),
    }
}

fn command_line(pid: u32) -> Option<String> {
    let arguments = ["-o", "command=", "-p", &pid.to_string()].map(OsStr::new).map(OsStr::to_owned);
    let output = Command::new("ps").args(arguments).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}
