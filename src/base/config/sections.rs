//! The sections of the settings; `config/default.toml` explains each key.

use super::Secret;
use super::secret_text::unless_empty;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::path::PathBuf;

/// Serving HTTP.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ServerSection {
    /// Address and port to serve on.
    pub listen: SocketAddr,
    /// How browsers reach it, without a slash at the end.
    pub public_url: String,
    /// Proxies of one's own in front, each of which adds to X-Forwarded-For.
    pub proxies: u32,
    /// Threads that serve requests; 0 for one a core.
    pub workers: u32,
    /// Largest body of a JSON or form request.
    pub body_bytes_max: u64,
    /// A request is given up after this long.
    pub request_seconds: u32,
    /// How long requests in flight may take when stopping.
    pub shutdown_seconds: u32,
}

/// Where this machine keeps things.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DataSection {
    /// The one folder for everything that is kept.
    pub folder: PathBuf,
}

/// PostgreSQL.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DatabaseSection {
    /// None: the private PostgreSQL.
    #[serde(with = "unless_empty")]
    pub url: Option<Secret>,
    /// Where the private PostgreSQL's programs are; none to search.
    #[serde(with = "unless_empty")]
    pub bin_folder: Option<PathBuf>,
    /// How long a request waits for a connection.
    pub wait_milliseconds: u64,
    /// Connections of each plane.
    pub connections: Connections,
}

/// Connections that each plane may hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Connections {
    /// Facility plane.
    pub facility: u32,
    /// Desk plane.
    pub desk: u32,
    /// Ops plane.
    pub ops: u32,
    /// Auth plane.
    pub auth: u32,
    /// Jobs plane.
    pub jobs: u32,
}

/// Redis.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedisSection {
    /// None: an in-process stand-in.
    #[serde(with = "unless_empty")]
    pub url: Option<Secret>,
    /// What every key and channel starts with.
    pub prefix: String,
}

/// The document store.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BlobsSection {
    /// `file:///folder` or `s3://bucket/prefix`; none for a folder in the data folder.
    #[serde(with = "unless_empty")]
    pub url: Option<String>,
    /// Region of the bucket.
    #[serde(with = "unless_empty")]
    pub region: Option<String>,
    /// URL of an S3-compatible service.
    #[serde(with = "unless_empty")]
    pub endpoint: Option<String>,
    /// Access key of the bucket.
    #[serde(with = "unless_empty")]
    pub access_key_id: Option<String>,
    /// Its secret.
    #[serde(with = "unless_empty")]
    pub secret_access_key: Option<Secret>,
}

/// The master key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeysSection {
    /// None: `master.key` in the data folder.
    #[serde(with = "unless_empty")]
    pub master_key_file: Option<PathBuf>,
    /// The key itself, hexadecimal or base64.
    #[serde(with = "unless_empty")]
    pub master_key: Option<Secret>,
}

/// Mail.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MailSection {
    /// How mail leaves.
    pub mode: MailMode,
    /// Whom mails come from.
    pub from: String,
    /// None: `mail` in the data folder.
    #[serde(with = "unless_empty")]
    pub folder: Option<PathBuf>,
    /// The relay.
    pub smtp: SmtpSection,
}

/// The mail relay.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SmtpSection {
    /// Its name.
    #[serde(with = "unless_empty")]
    pub host: Option<String>,
    /// Its port.
    pub port: u16,
    /// None: no authentication.
    #[serde(with = "unless_empty")]
    pub user: Option<String>,
    /// The user's password.
    #[serde(with = "unless_empty")]
    pub password: Option<Secret>,
    /// How the connection is secured.
    pub security: SmtpSecurity,
}

/// Signed-in browsers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SessionsSection {
    /// Signed out after this long without a click.
    pub idle_minutes: u32,
    /// Signed out after this long in any case.
    pub absolute_hours: u32,
    /// A further sign-in ends the oldest session.
    pub per_person_max: u32,
}

/// Cost and length of passwords.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PasswordsSection {
    /// Memory of argon2id, in KiB.
    pub memory_kib: u32,
    /// Passes of argon2id.
    pub iterations: u32,
    /// Lanes of argon2id.
    pub parallelism: u32,
    /// Fewest characters.
    pub length_min: u32,
    /// Most characters.
    pub length_max: u32,
}

/// Limits of signing in.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignInSection {
    /// Tries for one account.
    pub attempts: u32,
    /// The time in which tries are counted.
    pub per_seconds: u32,
    /// Tries from one network address.
    pub attempts_per_address: u32,
    /// How long a password reset can be used.
    pub reset_minutes: u32,
    /// How long an invitation can be used.
    pub invitation_hours: u32,
}

/// Limits of uploads.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct IntakeSection {
    /// Largest document.
    pub document_bytes_max: u64,
    /// Most documents of a chart.
    pub documents_per_chart_max: u32,
    /// Largest chart, all its documents together.
    pub chart_bytes_max: u64,
    /// Largest upload of many charts at once.
    pub batch_bytes_max: u64,
}

/// Documents that are page images.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PagesSection {
    /// Most pages of a document.
    pub pages_per_document_max: u32,
    /// Largest page, in millions of pixels.
    pub page_megapixels_max: u32,
    /// The program that decodes them; none for this one.
    #[serde(with = "unless_empty")]
    pub program: Option<PathBuf>,
    /// How many of its processes run at once.
    pub processes: u32,
    /// Memory that each may use.
    pub memory_mib: u32,
    /// Processor time that each may use.
    pub seconds: u32,
}

/// Leases on charts.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LeasesSection {
    /// How long an offered chart waits to be opened.
    pub offer_minutes: u32,
    /// How long an opened chart is held without activity.
    pub lease_minutes: u32,
    /// How long somebody off shift may be silent and still keep what they began.
    pub after_shift_minutes: u32,
}

/// The planner.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SchedulingSection {
    /// How often the leader plans.
    pub tick_seconds: u32,
    /// Work offered ahead to a coder, in expected minutes.
    pub reserve_minutes: u32,
    /// A leader not heard of for this long is replaced.
    pub leader_seconds: u32,
}

/// Reviews.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReviewSection {
    /// Charts in a row at target that end a ramp.
    pub ramp_charts: u32,
    /// How long a chart stays with the reviewer who began it.
    pub sticky_hours: u32,
}

/// Questions to providers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct QueriesSection {
    /// A provider is reminded after this long.
    pub reminder_hours: u32,
    /// Those in charge are told after this long.
    pub escalation_hours: u32,
    /// How long a mailed link opens its question.
    pub link_hours: u32,
    /// How long an answered chart is kept for whoever asked.
    pub sticky_hours: u32,
}

/// Logs.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LogSection {
    /// The least important that is logged.
    pub level: LogLevel,
    /// For people or machines.
    pub format: LogFormat,
}

/// The demonstration.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DemoSection {
    /// The same seed makes the same demonstration.
    pub seed: u64,
    /// Charts that wait when it opens.
    pub charts: u32,
}

/// How mail leaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum MailMode {
    /// As files in a folder.
    Folder,
    /// Through a relay.
    Smtp,
}

/// How the connection to the relay is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SmtpSecurity {
    /// Plain at first, then TLS, never without.
    Starttls,
    /// TLS from the start.
    Tls,
    /// Not at all: a relay on this machine.
    None,
}

/// The least important that is logged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what may.
    Warn,
    /// And what happens.
    Info,
    /// And why.
    Debug,
    /// And everything.
    Trace,
}

/// The shape of log lines.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// For machines.
    Json,
}

impl DatabaseSection {
    /// The pools' sizes.
    #[must_use]
    pub const fn plane_sizes(&self) -> crate::db::PlaneSizes {
        let Connections { facility, desk, ops, auth, jobs } = self.connections;
        let wait_milliseconds = self.wait_milliseconds;
        crate::db::PlaneSizes { facility, desk, ops, auth, jobs, wait_milliseconds }
    }
}

impl BlobsSection {
    /// How the bucket is reached.
    #[must_use]
    pub fn access(&self) -> crate::blobs::BucketAccess {
        crate::blobs::BucketAccess {
            region: self.region.clone(),
            endpoint: self.endpoint.clone(),
            access_key_id: self.access_key_id.clone(),
            secret_access_key: self.secret_access_key.clone(),
        }
    }
}

impl KeysSection {
    /// Where the master key comes from; `default_file` when nothing is set.
    #[must_use]
    pub fn provider(&self, default_file: PathBuf) -> crate::seal::KeyProvider {
        match (&self.master_key, &self.master_key_file) {
            (Some(key), _) => crate::seal::KeyProvider::Given(key.reveal().to_owned().into()),
            (None, Some(file)) => crate::seal::KeyProvider::File(file.clone()),
            (None, None) => crate::seal::KeyProvider::File(default_file),
        }
    }
}
