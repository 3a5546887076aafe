//! A pool for each plane's login role.

use super::unavailable;
use crate::error::{Error, Result};
use crate::seal::MasterKey;
use deadpool::managed::{self, Object, RecycleError, RecycleResult};
use diesel::QueryResult;
use diesel_async::pooled_connection::PoolableConnection;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use std::path::PathBuf;
use std::time::Duration;

/// The five planes below the owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Plane {
    Facility,
    Desk,
    Ops,
    Auth,
    Jobs,
}

impl Plane {
    pub(super) const ALL: [Self; 5] =
        [Self::Facility, Self::Desk, Self::Ops, Self::Auth, Self::Jobs];

    /// The login role.
    pub(super) const fn role(self) -> &'static str {
        match self {
            Self::Facility => "chartrelay_facility",
            Self::Desk => "chartrelay_desk",
            Self::Ops => "chartrelay_ops",
            Self::Auth => "chartrelay_auth",
            Self::Jobs => "chartrelay_jobs",
        }
    }

    /// The role's password, made from the master key, so that no further secret has to be kept.
    pub(super) fn password(self, master: &MasterKey) -> String {
        crate::secret::hex(&master.derive(self.role()))
    }
}

/// Connections for each plane, and how long to wait for one.
#[derive(Debug, Clone, Copy)]
pub struct PlaneSizes {
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
    /// After this long a request is answered "unavailable".
    pub wait_milliseconds: u64,
}

/// Where PostgreSQL is.
#[derive(Debug, Clone)]
pub enum Server {
    /// The private one, on its socket, with a superuser `postgres` who needs no password there.
    Socket {
        /// The folder of the socket.
        folder: PathBuf,
        /// The database.
        database: String,
    },
    /// One that somebody runs, as a URL whose user may create roles.
    Url(String),
}

impl Server {
    /// How the given role connects; none for the administrator of the URL or the socket.
    pub(super) fn config(&self, role: Option<(&str, &str)>) -> Result<tokio_postgres::Config> {
        let mut config = match self {
            Self::Socket { folder, database } => {
                let mut config = tokio_postgres::Config::new();
                config.host_path(folder).user("postgres").dbname(database);
                config
            }
            Self::Url(url) => url.parse().map_err(|_unshown: tokio_postgres::Error| {
                // The parser's own message may quote the password.
                Error::Internal("DATABASE_URL is not a PostgreSQL URL".into())
            })?,
        };
        if let Some((user, password)) = role {
            config.user(user).password(password);
        }
        config.application_name("chartrelay").connect_timeout(Duration::from_secs(5));
        Ok(config)
    }

    const fn is_socket(&self) -> bool {
        matches!(self, Self::Socket { .. })
    }

    /// A connection of its own, outside any pool.
    pub(super) async fn connect(&self, role: Option<(&str, &str)>) -> Result<AsyncPgConnection> {
        let config = self.config(role)?;
        connect(&config, self.is_socket()).await.map_err(unavailable)
    }
}

async fn connect(
    config: &tokio_postgres::Config,
    plain: bool,
) -> Result<AsyncPgConnection, diesel::ConnectionError> {
    let refused =
        |error: tokio_postgres::Error| diesel::ConnectionError::BadConnection(error.to_string());
    if plain || config.get_ssl_mode() == tokio_postgres::config::SslMode::Disable {
        let (client, link) = config.connect(tokio_postgres::NoTls).await.map_err(refused)?;
        AsyncPgConnection::try_from_client_and_connection(client, link).await
    } else {
        let roots = rustls::RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        let tls =
            rustls::ClientConfig::builder().with_root_certificates(roots).with_no_client_auth();
        let tls = tokio_postgres_rustls::MakeRustlsConnect::new(tls);
        let (client, link) = config.connect(tls).await.map_err(refused)?;
        AsyncPgConnection::try_from_client_and_connection(client, link).await
    }
}

/// A connection and the backend it speaks to, for which scopes are signed.
pub(super) struct PlaneConnection {
    link: AsyncPgConnection,
    backend_pid: i32,
}

impl PlaneConnection {
    pub(super) const fn link(&mut self) -> &mut AsyncPgConnection {
        &mut self.link
    }
    pub(super) const fn backend_pid(&self) -> i32 {
        self.backend_pid
    }
}

pub(super) struct Manager {
    config: tokio_postgres::Config,
    plain: bool,
}

#[derive(diesel::QueryableByName)]
struct Backend {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    pid: i32,
}

impl managed::Manager for Manager {
    type Type = PlaneConnection;
    type Error = diesel::ConnectionError;

    async fn create(&self) -> Result<PlaneConnection, Self::Error> {
        let mut link = connect(&self.config, self.plain).await?;
        let backend: QueryResult<Backend> =
            diesel::sql_query("select pg_backend_pid() as pid").get_result(&mut link).await;
        let backend = backend.map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
        Ok(PlaneConnection { link, backend_pid: backend.pid })
    }

    async fn recycle(
        &self,
        connection: &mut PlaneConnection,
        _: &managed::Metrics,
    ) -> RecycleResult<Self::Error> {
        if connection.link.is_broken() {
            return Err(RecycleError::message("the connection is broken"));
        }
        Ok(())
    }
}

pub(super) struct Pools {
    facility: managed::Pool<Manager>,
    desk: managed::Pool<Manager>,
    ops: managed::Pool<Manager>,
    auth: managed::Pool<Manager>,
    jobs: managed::Pool<Manager>,
}

impl Pools {
    pub(super) fn build(server: &Server, sizes: PlaneSizes, master: &MasterKey) -> Result<Self> {
        let pool = |plane: Plane, size: u32| -> Result<managed::Pool<Manager>> {
            let config = server.config(Some((plane.role(), &plane.password(master))))?;
            let manager = Manager { config, plain: server.is_socket() };
            managed::Pool::builder(manager)
                .max_size(usize::try_from(size).unwrap_or(1).max(1))
                .wait_timeout(Some(Duration::from_millis(sizes.wait_milliseconds)))
                .create_timeout(Some(Duration::from_secs(10)))
                .runtime(deadpool::Runtime::Tokio1)
                .build()
                .map_err(Error::internal)
        };
        Ok(Self {
            facility: pool(Plane::Facility, sizes.facility)?,
            desk: pool(Plane::Desk, sizes.desk)?,
            ops: pool(Plane::Ops, sizes.ops)?,
            auth: pool(Plane::Auth, sizes.auth)?,
            jobs: pool(Plane::Jobs, sizes.jobs)?,
        })
    }

    pub(super) async fn get(&self, plane: Plane) -> Result<Object<Manager>> {
        let pool = match plane {
            Plane::Facility => &self.facility,
            Plane::Desk => &self.desk,
            Plane::Ops => &self.ops,
            Plane::Auth => &self.auth,
            Plane::Jobs => &self.jobs,
        };
        pool.get().await.map_err(|error| unavailable(error.to_string()))
    }

    pub(super) async fn ping(&self) -> Result<()> {
        for plane in Plane::ALL {
            let mut connection = self.get(plane).await?;
            diesel::sql_query("select 1").execute(connection.link()).await.map_err(unavailable)?;
        }
        Ok(())
    }
}
