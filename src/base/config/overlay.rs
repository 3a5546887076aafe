//! Laying settings over the defaults: what the defaults do not have is refused, and so is another type.

use super::ConfigError;
use toml::{Table, Value};

/// What our variables start with.
const OURS: &str = "CHARTRELAY__";

/// Variables that other programs use as well, and the setting that each stands for.
const WELL_KNOWN: [(&str, &str); 8] = [
    ("DATABASE_URL", "database.url"),
    ("REDIS_URL", "redis.url"),
    ("BLOB_URL", "blobs.url"),
    ("PG_BINDIR", "database.bin_folder"),
    ("AWS_REGION", "blobs.region"),
    ("AWS_ENDPOINT_URL", "blobs.endpoint"),
    ("AWS_ACCESS_KEY_ID", "blobs.access_key_id"),
    ("AWS_SECRET_ACCESS_KEY", "blobs.secret_access_key"),
];

/// Parses a file; the error names the line and quotes nothing of it, for it may hold a secret.
pub(super) fn parse(origin: &str, text: &str) -> Result<Table, ConfigError> {
    text.parse().map_err(|error: toml::de::Error| {
        let at = error.span().map_or(0, |span| span.start);
        let line = text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1;
        // The parser quotes single words between backquotes or says what it expected.
        let message = match error.message().split_once('`') {
            Some((before, _)) => before.trim_end().to_owned(),
            None => error.message().to_owned(),
        };
        ConfigError::Syntax { origin: origin.to_owned(), line, message }
    })
}

/// Lays a file's settings over `base`.
pub(super) fn table(base: &mut Table, over: Table, origin: &str) -> Result<(), ConfigError> {
    tables(base, over, origin, "")
}

fn tables(base: &mut Table, over: Table, origin: &str, path: &str) -> Result<(), ConfigError> {
    for (name, value) in over {
        let key = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        let Some(place) = base.get_mut(&name) else {
            return Err(ConfigError::UnknownKey { origin: origin.to_owned(), key });
        };
        match (place, value) {
            (Value::Table(inner), Value::Table(over)) => tables(inner, over, origin, &key)?,
            (place, value) if place.same_type(&value) => *place = value,
            (place, value) => return Err(wrong_type(origin, key, place, &value)),
        }
    }
    Ok(())
}

/// Lays the environment over `base`: the well-known variables, then ours.
pub(super) fn environment(
    base: &mut Table,
    variables: impl IntoIterator<Item = (String, String)>,
) -> Result<(), ConfigError> {
    let mut ours = Vec::new();
    for (name, value) in variables {
        if let Some((_, key)) = WELL_KNOWN.iter().find(|(known, _)| *known == name) {
            set(base, key, &value, &name)?;
        } else if let Some(path) = name.strip_prefix(OURS) {
            ours.push((path.to_ascii_lowercase().replace("__", "."), value, name));
        }
    }
    for (key, value, name) in ours {
        set(base, &key, &value, &name)?;
    }
    Ok(())
}

fn set(base: &mut Table, key: &str, text: &str, origin: &str) -> Result<(), ConfigError> {
    let unknown = || ConfigError::UnknownKey { origin: origin.to_owned(), key: key.to_owned() };
    let (parents, name) = key.rsplit_once('.').unwrap_or(("", key));
    let mut table = base;
    for parent in parents.split('.').filter(|parent| !parent.is_empty()) {
        table = table.get_mut(parent).and_then(Value::as_table_mut).ok_or_else(unknown)?;
    }
    let place = table.get_mut(name).ok_or_else(unknown)?;
    let value = match place {
        // A password that happens to be a number is still a text.
        Value::String(_) => Value::String(text.to_owned()),
        _ => typed(text),
    };
    if place.same_type(&value) {
        *place = value;
        Ok(())
    } else {
        Err(wrong_type(origin, key.to_owned(), place, &value))
    }
}

/// The text as a TOML value, else as itself.
fn typed(text: &str) -> Value {
    format!("value = {text}")
        .parse::<Table>()
        .ok()
        .filter(|table| table.len() == 1)
        .and_then(|mut table| table.remove("value"))
        .unwrap_or_else(|| Value::String(text.to_owned()))
}

fn wrong_type(origin: &str, key: String, expected: &Value, found: &Value) -> ConfigError {
    ConfigError::WrongType {
        origin: origin.to_owned(),
        key,
        expected: expected.type_str(),
        found: found.type_str(),
    }
}
