use super::{Authority, Db, Opening, PlaneSizes, Server, lint, migrate};
use crate::clock::Clock;
use crate::error::Error;
use crate::private_postgres::{DATABASE, Durability, PrivatePostgres, Settings};
use crate::seal::MasterKey;
use diesel_async::RunQueryDsl;
use rules::ids::{FacilityId, PersonId};

struct Scratch {
    postgres: PrivatePostgres,
    folder: std::path::PathBuf,
    server: Server,
}

impl Scratch {
    async fn migrated(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("chartrelay-db-{name}-{}", std::process::id()));
        let settings = Settings {
            folder: folder.clone(),
            bin_folder: None,
            search_folders: Vec::new(),
            durability: Durability::TestsOnly,
        };
        let postgres = PrivatePostgres::start(&settings).unwrap();
        let socket = postgres.socket_dir().to_owned();
        let server = Server::Socket { folder: socket, database: DATABASE.to_owned() };
        migrate(&server, &master()).await.unwrap();
        Self { postgres, folder, server }
    }

    fn open(&self) -> (Db, Authority) {
        let sizes =
            PlaneSizes { facility: 1, desk: 1, ops: 1, auth: 1, jobs: 1, wait_milliseconds: 2_000 };
        let (server, clock) = (self.server.clone(), Clock::System);
        Db::open(Opening { server, sizes, master: &master(), clock }).unwrap()
    }
}

impl Drop for Scratch {
    fn drop(&mut self) {
        self.postgres.stop().unwrap();
        std::fs::remove_dir_all(&self.folder).unwrap();
    }
}

fn master() -> MasterKey {
    MasterKey::from_bytes([3; 32])
}

#[derive(diesel::QueryableByName)]
struct Seen {
    #[diesel(sql_type = diesel::sql_types::Nullable<diesel::sql_types::Text>)]
    scope: Option<String>,
}

const SCOPE: &str = "select app.scope_facility()::text as scope";

#[tokio::test]
async fn a_database_migrates_twice_and_breaks_no_rule_of_the_walls() {
    let scratch = Scratch::migrated("walls").await;
    migrate(&scratch.server, &master()).await.unwrap();
    assert_eq!(lint(&scratch.server).await.unwrap(), []);
    scratch.open().0.ping().await.unwrap();
}

#[tokio::test]
async fn a_scope_ends_with_its_transaction_however_that_ends() {
    let scratch = Scratch::migrated("scope").await;
    let (db, authority) = scratch.open();
    let facility = FacilityId::new();
    let scope = authority.facility(facility, Some(PersonId::new()));
    let seen = db
        .facility(&scope, async |tx| {
            let seen: Seen = diesel::sql_query(SCOPE).get_result(tx.conn()).await?;
            Ok(seen.scope)
        })
        .await;
    assert_eq!(seen.unwrap(), Some(facility.to_string()));

    let refused: Result<(), Error> = db.facility(&scope, async |_| Err(Error::NotFound)).await;
    assert!(matches!(refused, Err(Error::NotFound)));
    let never = db.facility(&scope, async |_| std::future::pending::<Result<(), Error>>().await);
    let given_up = tokio::time::timeout(std::time::Duration::from_millis(50), never).await;
    assert!(given_up.is_err());

    // One connection serves the plane: whoever comes next gets it, or a new one, without a scope.
    let other = FacilityId::new();
    let scope = authority.facility(other, None);
    let seen = db
        .facility(&scope, async |tx| {
            let seen: Seen = diesel::sql_query(SCOPE).get_result(tx.conn()).await?;
            Ok(seen.scope)
        })
        .await;
    assert_eq!(seen.unwrap(), Some(other.to_string()));
}

#[tokio::test]
async fn a_failed_statement_cannot_be_committed_by_looking_away() {
    let scratch = Scratch::migrated("commit").await;
    let (db, authority) = scratch.open();
    let done = db
        .ops(&authority.system(), async |tx| {
            let failed = diesel::sql_query("select 1/0").execute(tx.conn()).await;
            assert!(failed.is_err());
            Ok(())
        })
        .await;
    assert!(matches!(done, Err(Error::Internal(_))));
}
