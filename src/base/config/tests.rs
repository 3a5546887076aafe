//! Settings read from files and the environment, and refused.

use super::{Config, ConfigError, DEFAULT_TOML, MailMode};
use std::path::Path;

fn with(pairs: &[(&str, &str)]) -> Result<Config, ConfigError> {
    Config::load(None, pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())))
}

fn with_file(text: &str) -> Result<Config, ConfigError> {
    let path = std::env::temp_dir().join(format!("chartrelay-{}.toml", uuid::Uuid::now_v7()));
    std::fs::write(&path, text).unwrap();
    let loaded = Config::load(Some(&path), []);
    std::fs::remove_file(path).unwrap();
    loaded
}

#[test]
fn the_default_file_is_the_default() {
    let config = with(&[]).unwrap();
    assert_eq!(config.server.listen.to_string(), "127.0.0.1:8080");
    assert_eq!(config.database.url, None);
    assert_eq!(config.passwords.memory_kib, 47_104);
    // Printing gives every setting back, so none is missing from the file.
    let printed: toml::Table = config.printed().parse().unwrap();
    assert_eq!(printed, DEFAULT_TOML.parse().unwrap());
}

#[test]
fn every_setting_of_the_default_file_is_explained() {
    // A comment explains the settings that follow it without a gap.
    let mut explained = false;
    for line in DEFAULT_TOML.lines() {
        if line.starts_with('#') {
            explained = true;
        } else if line.is_empty() {
            explained = false;
        } else if !line.starts_with('[') {
            assert!(explained, "{line} has no comment");
        }
    }
}

#[test]
fn the_example_file_loads() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../config");
    let config = Config::load(Some(&folder.join("production.example.toml")), []).unwrap();
    assert_eq!(config.mail.mode, MailMode::Smtp);
    assert_eq!(config.database.connections.desk, 20);
    assert_eq!(config.database.connections.jobs, 4, "what the file leaves out stays default");
}

#[test]
fn the_environment_wins_and_is_read_by_the_type_of_the_default() {
    let config = with(&[
        ("CHARTRELAY__SERVER__WORKERS", "3"),
        ("CHARTRELAY__MAIL__SMTP__PASSWORD", "123456"),
        ("CHARTRELAY__DATABASE__CONNECTIONS__JOBS", "9"),
        ("DATABASE_URL", "postgres://me:hunter2@db/x"),
        ("BLOB_URL", "s3://charts"),
        ("HOME", "/somewhere"),
    ])
    .unwrap();
    assert_eq!(config.server.workers, 3);
    assert_eq!(config.mail.smtp.password.as_ref().map(super::Secret::reveal), Some("123456"));
    assert_eq!(config.database.connections.jobs, 9);
    assert_eq!(config.blobs.url.as_deref(), Some("s3://charts"));
    let shown = format!("{}{config:?}", config.printed());
    assert!(!shown.contains("hunter2") && !shown.contains("123456"), "secrets are never printed");
}

#[test]
fn what_is_wrong_is_named_with_its_key_and_place() {
    let refused = [
        (with(&[("CHARTRELAY__SERVER__PORT", "1")]), "CHARTRELAY__SERVER__PORT"),
        (
            with(&[("CHARTRELAY__SERVER__WORKERS", "many")]),
            "server.workers must be of type integer",
        ),
        (with(&[("CHARTRELAY__SERVER__WORKERS", "1000")]), "server.workers is 1000"),
        (with(&[("CHARTRELAY__SERVER__WORKERS", "-1")]), "server.workers"),
        (with(&[("CHARTRELAY__LOG__LEVEL", "loud")]), "log.level"),
        (with(&[("CHARTRELAY__MAIL__MODE", "smtp")]), "mail.smtp.host"),
        (with(&[("CHARTRELAY__SERVER", "1")]), "server must be of type table"),
        (with_file("[server]\nworker = 2"), "no setting server.worker;"),
        (with_file("[server]\nlisten = 8080"), "server.listen must be of type string, not integer"),
        (with_file("[server]\n\nlisten = ="), "line 3"),
        (Config::load(Some(Path::new("/nonexistent.toml")), []), "/nonexistent.toml"),
    ];
    for (result, expected) in refused {
        let message = result.unwrap_err().to_string();
        assert!(message.contains(expected), "{message} lacks {expected}");
    }
}

#[test]
fn a_fault_in_a_file_never_quotes_a_secret() {
    for text in ["[mail.smtp]\npassword = hunter2", "[mail.smtp]\npassword = 20072"] {
        let message = with_file(text).unwrap_err().to_string();
        assert!(!message.contains("hunter2") && !message.contains("20072"), "{message}");
    }
}
