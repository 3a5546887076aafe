//! One private PostgreSQL for the whole run, started by the product's own code.

use base::clock::Clock;
use base::config::Config;
use base::db::{self, Server};
use base::private_postgres::{Durability, PrivatePostgres, Settings};
use base::seal::MasterKey;
use base::{Services, private_postgres};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use tokio::sync::OnceCell;

/// The run's database server and the folder of everything else that a run writes.
pub struct Cluster {
    pub folder: PathBuf,
    pub socket: PathBuf,
    databases: AtomicU32,
    migrating: tokio::sync::Mutex<()>,
}

/// The key of every test's installation.
pub fn master_key() -> MasterKey {
    MasterKey::from_bytes([7; 32])
}

static CLUSTER: OnceCell<Cluster> = OnceCell::const_new();

/// The run's server; the first test that asks starts and migrates it.
pub async fn cluster() -> &'static Cluster {
    CLUSTER.get_or_init(Cluster::start).await
}

impl Cluster {
    async fn start() -> Self {
        let folder = std::env::temp_dir().join(format!("chartrelay-it-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let settings = Settings {
            folder: folder.clone(),
            bin_folder: None,
            search_folders: Vec::new(),
            durability: Durability::TestsOnly,
        };
        let postgres =
            tokio::task::spawn_blocking(move || PrivatePostgres::start(&settings).unwrap())
                .await
                .unwrap();
        let socket = postgres.socket_dir().to_owned();
        guard(&folder);
        // The server outlives every test of the run; its guard stops it when this process is gone.
        std::mem::forget(postgres);
        let cluster = Self {
            folder,
            socket,
            databases: AtomicU32::new(0),
            migrating: tokio::sync::Mutex::default(),
        };
        db::migrate(&cluster.server(private_postgres::DATABASE), &master_key()).await.unwrap();
        cluster
    }

    /// How a database of this server is reached.
    pub fn server(&self, database: &str) -> Server {
        Server::Socket { folder: self.socket.clone(), database: database.to_owned() }
    }

    /// A database of its own, for the few tests that look across tenants or migrate.
    pub async fn fresh_database(&self) -> String {
        let name = format!("own_{}", self.databases.fetch_add(1, Ordering::SeqCst));
        // Roles belong to the whole server: two migrations at once would change the same ones.
        let _one_at_a_time = self.migrating.lock().await;
        self.administer(&format!("create database {name}")).await;
        db::migrate(&self.server(&name), &master_key()).await.unwrap();
        name
    }

    /// A statement as the superuser.
    pub async fn administer(&self, sql: &str) {
        self.connect("postgres", "postgres").await.batch_execute(sql).await.unwrap();
    }

    /// A bare connection as any role, past every door of the product.
    pub async fn connect(&self, database: &str, role: &str) -> tokio_postgres::Client {
        let mut config = tokio_postgres::Config::new();
        config.host_path(&self.socket).user(role).dbname(database);
        let (client, link) = config.connect(tokio_postgres::NoTls).await.unwrap();
        tokio::spawn(link);
        client
    }

    /// The product's services on a database of this server, with cheap hashing and mail in a folder.
    pub async fn services(&self, database: &str, clock: Clock) -> Arc<Services> {
        let mut config = Config::load(None, []).unwrap();
        config.data.folder.clone_from(&self.folder);
        config.passwords.memory_kib = 1_024;
        config.sign_in.attempts = 5;
        config.pages.program = Some(env!("CARGO_BIN_EXE_chartrelay").into());
        let connections = &mut config.database.connections;
        (connections.facility, connections.desk, connections.ops) = (3, 3, 3);
        (connections.auth, connections.jobs) = (1, 1);
        let server = self.server(database);
        chartrelay::boot::services(config, clock, server, master_key()).await.unwrap()
    }
}

/// Waits beside this process; when its pipe breaks, stops the server and removes the folder.
#[expect(clippy::zombie_processes, reason = "it outlives this process, which is what it is for")]
fn guard(folder: &std::path::Path) {
    let script = format!(
        "cat >/dev/null; kill -INT $(head -n 1 '{0}/postgres/postmaster.pid' '{0}'/*/postmaster.pid \
         2>/dev/null | grep -E '^[0-9]+$' | head -n 1); sleep 1; rm -rf '{0}'",
        folder.display()
    );
    let mut child = Command::new("sh")
        .args(["-c", &script])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Kept open for as long as this process lives.
    std::mem::forget(child.stdin.take());
}
