//! Settings: a type for each, defaults from `config/default.toml`, overlaid by a file, then by the
//! environment.

mod overlay;
mod secret_text;
mod sections;

pub use secret_text::Secret;
pub use sections::{
    BlobsSection, Connections, DataSection, DatabaseSection, DemoSection, IntakeSection,
    KeysSection, LeasesSection, LogFormat, LogLevel, LogSection, MailMode, MailSection,
    PagesSection, PasswordsSection, QueriesSection, RedisSection, ReviewSection, SchedulingSection,
    ServerSection, SessionsSection, SignInSection, SmtpSection, SmtpSecurity,
};

use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// The default of every setting, with its explanation.
pub const DEFAULT_TOML: &str = include_str!("../../config/default.toml");

/// Every setting.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Config {
    /// Serving.
    pub server: ServerSection,
    /// The data folder.
    pub data: DataSection,
    /// PostgreSQL.
    pub database: DatabaseSection,
    /// Redis.
    pub redis: RedisSection,
    /// Documents.
    pub blobs: BlobsSection,
    /// The master key.
    pub keys: KeysSection,
    /// Mail.
    pub mail: MailSection,
    /// Sessions.
    pub sessions: SessionsSection,
    /// Passwords.
    pub passwords: PasswordsSection,
    /// Signing in.
    pub sign_in: SignInSection,
    /// Limits of uploads.
    pub intake: IntakeSection,
    /// Documents that are page images.
    pub pages: PagesSection,
    /// Leases on charts.
    pub leases: LeasesSection,
    /// The planner.
    pub scheduling: SchedulingSection,
    /// Reviews.
    pub review: ReviewSection,
    /// Questions to providers.
    pub queries: QueriesSection,
    /// Logs.
    pub log: LogSection,
    /// The demonstration.
    pub demo: DemoSection,
}

/// Why the settings cannot be used; names the key and what is wrong with it, never a secret.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("the configuration {path} cannot be read: {source}")]
    File {
        /// Which file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file is no TOML.
    #[error("{origin}, line {line}: {message}")]
    Syntax {
        /// The file.
        origin: String,
        /// From 1.
        line: usize,
        /// What the parser said.
        message: String,
    },
    /// There is no such setting.
    #[error("{origin}: there is no setting {key}; config/default.toml lists them all")]
    UnknownKey {
        /// The file, or the variable's name.
        origin: String,
        /// Such as `server.listen`.
        key: String,
    },
    /// The value is of another type.
    #[error("{origin}: {key} must be of type {expected}, not {found}")]
    WrongType {
        /// The file, or the variable's name.
        origin: String,
        /// Such as `server.listen`.
        key: String,
        /// The type of the default.
        expected: &'static str,
        /// The type that was given.
        found: &'static str,
    },
    /// The value is none of those possible.
    #[error("{0}")]
    Value(String),
    /// The number is too small or too large.
    #[error("{key} is {value}; it must be from {least} to {most}")]
    OutOfRange {
        /// Such as `server.workers`.
        key: &'static str,
        /// What was given.
        value: u64,
        /// The smallest that works.
        least: u64,
        /// The largest that works.
        most: u64,
    },
}

impl Config {
    /// Default, then the file, then the environment (all of it; what is not ours is passed over).
    ///
    /// # Errors
    /// The first setting that cannot be used.
    pub fn load(
        file: Option<&Path>,
        environment: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, ConfigError> {
        let mut table = overlay::parse("config/default.toml", DEFAULT_TOML)?;
        if let Some(path) = file {
            let text = std::fs::read_to_string(path)
                .map_err(|source| ConfigError::File { path: path.to_owned(), source })?;
            let origin = path.display().to_string();
            overlay::table(&mut table, overlay::parse(&origin, &text)?, &origin)?;
        }
        overlay::environment(&mut table, environment)?;
        let config: Self =
            toml::Value::Table(table).try_into().map_err(|error: toml::de::Error| {
                ConfigError::Value(error.to_string().trim().to_owned())
            })?;
        config.check()?;
        Ok(config)
    }

    /// The settings as TOML for people and logs, secrets hidden.
    #[must_use]
    pub fn printed(&self) -> String {
        toml::to_string_pretty(self).unwrap_or_else(|error| format!("# {error}"))
    }

    /// The folder of documents, keys or mail: what is set, else `name` in the data folder.
    #[must_use]
    pub fn in_data_folder(&self, set: Option<&PathBuf>, name: &str) -> PathBuf {
        set.cloned().unwrap_or_else(|| self.data.folder.join(name))
    }

    fn check(&self) -> Result<(), ConfigError> {
        let ranges = self.ranges().into_iter().chain(self.page_ranges());
        for (key, value, least, most) in ranges.chain(self.query_ranges()) {
            if !(least..=most).contains(&value) {
                return Err(ConfigError::OutOfRange { key, value, least, most });
            }
        }
        let wrong = |text: &str| Err(ConfigError::Value(text.to_owned()));
        let url = &self.server.public_url;
        if !(url.starts_with("https://") || url.starts_with("http://")) || url.ends_with('/') {
            return wrong(
                "server.public_url must be http(s)://host[:port] with no slash at its end",
            );
        }
        if self.mail.mode == MailMode::Smtp && self.mail.smtp.host.is_none() {
            return wrong("mail.mode is \"smtp\": mail.smtp.host must be set");
        }
        if self.keys.master_key.is_some() && self.keys.master_key_file.is_some() {
            return wrong("set keys.master_key or keys.master_key_file, not both");
        }
        Ok(())
    }

    /// As [`Config::ranges`], of questions to providers.
    fn query_ranges(&self) -> [(&'static str, u64, u64, u64); 4] {
        let queries = &self.queries;
        // Who is in charge hears of it after whoever is asked.
        let reminder = u64::from(queries.reminder_hours);
        [
            ("queries.reminder_hours", reminder, 1, 720),
            ("queries.escalation_hours", queries.escalation_hours.into(), reminder, 2_160),
            ("queries.link_hours", queries.link_hours.into(), 1, 2_160),
            ("queries.sticky_hours", queries.sticky_hours.into(), 0, 240),
        ]
    }

    /// Key, value, least, most.
    fn ranges(&self) -> [(&'static str, u64, u64, u64); 34] {
        const MIB: u64 = 1024 * 1024;
        let Self { server, database, sessions, passwords, sign_in, intake, leases, .. } = self;
        let Connections { facility, desk, ops, auth, jobs } = database.connections;
        [
            ("server.proxies", server.proxies.into(), 0, 8),
            ("server.workers", server.workers.into(), 0, 256),
            ("server.body_bytes_max", server.body_bytes_max, 65_536, 16 * MIB),
            ("server.request_seconds", server.request_seconds.into(), 1, 600),
            ("server.shutdown_seconds", server.shutdown_seconds.into(), 1, 300),
            ("database.wait_milliseconds", database.wait_milliseconds, 100, 60_000),
            ("database.connections.facility", facility.into(), 1, 500),
            ("database.connections.desk", desk.into(), 1, 500),
            ("database.connections.ops", ops.into(), 1, 500),
            ("database.connections.auth", auth.into(), 1, 500),
            ("database.connections.jobs", jobs.into(), 1, 500),
            ("sessions.idle_minutes", sessions.idle_minutes.into(), 1, 240),
            ("sessions.absolute_hours", sessions.absolute_hours.into(), 1, 24),
            ("sessions.per_person_max", sessions.per_person_max.into(), 1, 20),
            ("passwords.memory_kib", passwords.memory_kib.into(), 8, 4_194_304),
            ("passwords.iterations", passwords.iterations.into(), 1, 100),
            ("passwords.parallelism", passwords.parallelism.into(), 1, 16),
            ("passwords.length_min", passwords.length_min.into(), 8, passwords.length_max.into()),
            ("passwords.length_max", passwords.length_max.into(), 64, 1024),
            ("sign_in.attempts", sign_in.attempts.into(), 1, 1000),
            ("sign_in.per_seconds", sign_in.per_seconds.into(), 1, 86_400),
            ("sign_in.attempts_per_address", sign_in.attempts_per_address.into(), 1, 100_000),
            ("sign_in.reset_minutes", sign_in.reset_minutes.into(), 5, 1440),
            ("sign_in.invitation_hours", sign_in.invitation_hours.into(), 1, 720),
            ("intake.document_bytes_max", intake.document_bytes_max, MIB, 1024 * MIB),
            ("intake.documents_per_chart_max", intake.documents_per_chart_max.into(), 1, 1000),
            (
                "intake.chart_bytes_max",
                intake.chart_bytes_max,
                intake.document_bytes_max,
                4096 * MIB,
            ),
            (
                "intake.batch_bytes_max",
                intake.batch_bytes_max,
                intake.chart_bytes_max,
                65_536 * MIB,
            ),
            ("leases.offer_minutes", leases.offer_minutes.into(), 1, 1440),
            ("leases.lease_minutes", leases.lease_minutes.into(), 1, 1440),
            ("leases.after_shift_minutes", leases.after_shift_minutes.into(), 1, 1440),
            ("scheduling.tick_seconds", self.scheduling.tick_seconds.into(), 1, 300),
            ("scheduling.reserve_minutes", self.scheduling.reserve_minutes.into(), 0, 480),
            // A leader must be able to miss a tick.
            (
                "scheduling.leader_seconds",
                self.scheduling.leader_seconds.into(),
                2 * u64::from(self.scheduling.tick_seconds),
                3600,
            ),
        ]
    }

    fn page_ranges(&self) -> [(&'static str, u64, u64, u64); 5] {
        let Self { pages, .. } = self;
        [
            ("pages.pages_per_document_max", pages.pages_per_document_max.into(), 1, 2_000),
            ("pages.page_megapixels_max", pages.page_megapixels_max.into(), 4, 500),
            ("pages.processes", pages.processes.into(), 1, 64),
            ("pages.memory_mib", pages.memory_mib.into(), 256, 65_536),
            ("pages.seconds", pages.seconds.into(), 1, 300),
        ]
    }
}

#[cfg(test)]
mod tests;
