//! The private PostgreSQL started for real.

use super::{Durability, PrivatePostgres, Settings, StartError};
use std::path::{Path, PathBuf};
use tokio_postgres::{Config, NoTls, SimpleQueryMessage};

fn settings(durability: Durability) -> Settings {
    let folder = std::env::temp_dir().join(format!("chartrelay-pg-{}", uuid::Uuid::now_v7()));
    Settings { folder, bin_folder: None, search_folders: Vec::new(), durability }
}

/// The text that the last statement answers.
async fn query(folder: &Path, sql: &str) -> String {
    let mut config = Config::new();
    config.host_path(folder).user(super::SUPERUSER).dbname(super::DATABASE);
    let (client, link) = config.connect(NoTls).await.unwrap();
    tokio::spawn(link);
    let answers = client.simple_query(sql).await.unwrap();
    let rows = answers.into_iter().filter_map(|answer| match answer {
        SimpleQueryMessage::Row(row) => row.get(0).map(str::to_owned),
        _ => None,
    });
    rows.last().unwrap_or_default()
}

#[tokio::test]
async fn it_starts_answers_stops_and_starts_again_with_what_was_written() {
    let settings = settings(Durability::Durable);
    let mut postgres = PrivatePostgres::start(&settings).unwrap();
    let facts = "select concat_ws(' ', current_user, current_setting('fsync'), current_setting(
        'data_checksums'), current_setting('max_connections'), '/', current_setting('listen_addresses'))";
    assert_eq!(query(postgres.socket_dir(), facts).await, "postgres on on 100 / ");
    query(postgres.socket_dir(), "create table kept as select 'kept'").await;

    let second = PrivatePostgres::start(&settings).unwrap_err();
    assert!(matches!(second, StartError::AlreadyRunning { .. }), "{second}");
    assert_eq!(query(postgres.socket_dir(), "select 'still there'").await, "still there");

    let parts = postgres.url_parts();
    postgres.stop().unwrap();
    postgres.stop().unwrap();
    assert!(!settings.folder.join("pgdata/postmaster.pid").exists(), "a clean stop");
    drop(postgres);
    let again = PrivatePostgres::start(&settings).unwrap();
    assert_eq!(again.url_parts(), parts);
    assert_eq!(query(again.socket_dir(), "select * from kept").await, "kept");
    drop(again);
    std::fs::remove_dir_all(&settings.folder).unwrap();
}

#[tokio::test]
async fn a_server_that_outlived_its_parent_is_stopped_first() {
    let settings = settings(Durability::TestsOnly);
    let mut killed = PrivatePostgres::start(&settings).unwrap();
    assert_eq!(query(killed.socket_dir(), "select current_setting('fsync')").await, "off");
    // As after kill -9: the lock is gone with the process, the server is not.
    let mut orphan = killed.server.take().unwrap();
    drop(killed);
    assert!(orphan.try_wait().unwrap().is_none());

    let heir = PrivatePostgres::start(&settings).unwrap();
    assert!(orphan.wait().unwrap().success(), "asked to stop, not killed");
    assert_eq!(query(heir.socket_dir(), "select 'well'").await, "well");
    drop(heir);
    std::fs::remove_dir_all(&settings.folder).unwrap();
}

#[test]
fn missing_binaries_are_told_with_the_remedy() {
    let mut settings = settings(Durability::TestsOnly);
    settings.bin_folder = Some(PathBuf::from("/nonexistent"));
    let error = PrivatePostgres::start(&settings).unwrap_err();
    assert!(matches!(error, StartError::NoBinaries));
    for remedy in ["apt install postgresql", "DATABASE_URL"] {
        assert!(error.to_string().contains(remedy));
    }
    std::fs::remove_dir_all(&settings.folder).unwrap();
}
