//! The code lists that an operator loads: kept in the database, in use on every server.

pub(crate) mod pages;
mod store;
pub(crate) mod view;

use base::Services;
use base::audit::{self, Entry};
use base::db::{OpsTx, VendorScope};
use base::error::{Error, Result, can_fail};
use codesets::{Codes, Holding, LoadedList, Origin};
use jiff::civil::Date;
use rules::lists::ListKind;
use rules::time::Day;
use std::time::Duration;
use store::ListRow;
use tokio::sync::watch;

/// Another server's lists are looked for this often.
const POLL: Duration = Duration::from_secs(5);

/// An edition to load, packed.
#[derive(Debug)]
pub struct NewList {
    /// Its kind.
    pub kind: ListKind,
    /// The name of the edition.
    pub name: String,
    /// The first day on which it is in force.
    pub from: Date,
    /// The last day for which it was published.
    pub until: Date,
    /// Codes, pairs or notes in it.
    pub rows: u64,
    /// The names of the files that it was read from.
    pub files: String,
    /// The SHA-256 of those files together, in hexadecimal.
    pub sha256: String,
    /// What [`codesets::pack`] made of it.
    pub packed: Vec<u8>,
}

/// What became of an edition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loaded {
    /// It is new.
    New,
    /// It took the place of another of the same first day.
    Replaced,
    /// The same files are loaded already.
    Already,
}

/// Loads editions, all or none. What is written is read again and built as servers build it before it counts.
///
/// # Errors
/// [`Error::Invalid`] when the lists can't be used together.
pub async fn import(
    services: &Services,
    scope: &VendorScope,
    lists: &[NewList],
) -> Result<Vec<Loaded>> {
    services
        .db
        .ops(scope, async |tx| {
            // One import at a time: the revision's row is locked until the end.
            store::count_revision(tx).await?;
            let mut outcomes = Vec::new();
            for list in lists {
                outcomes.push(put(tx, list).await?);
            }
            if outcomes.iter().any(|outcome| *outcome != Loaded::Already) {
                build(&store::all(tx).await?)
                    .map_err(|error| Error::invalid("files", error.to_string()))?;
            }
            for (list, _) in lists.iter().zip(&outcomes).filter(|(_, o)| **o != Loaded::Already) {
                let detail = format!("{} {} from {}", list.kind, list.name, list.from);
                let entry = Entry::installation("codes.loaded", "code_list", None).with(detail);
                audit::append(tx, entry).await?;
            }
            Ok(outcomes)
        })
        .await
}

async fn put(tx: &mut OpsTx, list: &NewList) -> Result<Loaded> {
    let before = store::sha256_of(tx, list.kind, Day(list.from)).await?;
    if before.as_deref() == Some(list.sha256.as_str()) {
        return Ok(Loaded::Already);
    }
    store::put(tx, &ListRow::of(list, tx.now())).await?;
    Ok(if before.is_some() { Loaded::Replaced } else { Loaded::New })
}

/// Takes an edition away; false when there is none that an operator loaded.
///
/// # Errors
/// When the database can't be reached.
pub async fn remove(
    services: &Services,
    scope: &VendorScope,
    kind: ListKind,
    from: Date,
) -> Result<bool> {
    services
        .db
        .ops(scope, async |tx| {
            store::count_revision(tx).await?;
            let removed = store::remove(tx, kind, Day(from)).await? > 0;
            if removed {
                let entry = Entry::installation("codes.removed", "code_list", None);
                audit::append(tx, entry.with(format!("{kind} from {from}"))).await?;
            }
            Ok(removed)
        })
        .await
}

/// Puts what is loaded on this server's shelf if it changed since a revision, and tells the revision of what
/// stands there.
///
/// # Errors
/// When the database can't be reached, or a list there is damaged: the shelf then keeps what it has.
pub async fn refresh(services: &Services, seen: i64) -> Result<i64> {
    let scope = services.authority.system();
    let found = services
        .db
        .ops(&scope, async |tx| {
            let revision = store::revision(tx).await?;
            let rows = if revision == seen { Vec::new() } else { store::all(tx).await? };
            Ok((revision, rows))
        })
        .await?;
    let (revision, rows) = found;
    if revision == seen {
        return Ok(seen);
    }
    // A second of computing, off the thread that serves others.
    let built = tokio::task::spawn_blocking(move || {
        if rows.is_empty() { Ok(None) } else { build(&rows).map(Some) }
    });
    match built.await.map_err(Error::internal)?.map_err(Error::internal)? {
        Some(codes) => services.shelf.put(codes),
        None => services.shelf.clear(),
    }
    tracing::info!(revision, "code lists are in use");
    Ok(revision)
}

/// Looks for lists that were loaded or taken away, until `stop` turns true or its sender is gone.
pub async fn follow(services: &Services, seen: i64, stop: watch::Receiver<bool>) {
    let (mut seen, mut stop) = (seen, stop);
    while !*stop.borrow() {
        tokio::select! {
            () = tokio::time::sleep(POLL) => {}
            told = stop.changed() => if told.is_err() { break } else { continue },
        }
        if let Some(now) = can_fail("following the code lists", refresh(services, seen).await) {
            seen = now;
        }
    }
}

/// Every edition that would be in use with what is stored.
///
/// # Errors
/// When the database can't be reached or a list there is damaged.
pub async fn holdings(services: &Services, scope: &VendorScope) -> Result<Vec<Holding>> {
    let rows = services.db.ops(scope, async |tx| Ok(store::all(tx).await?)).await?;
    Ok(build(&rows).map_err(Error::internal)?.holdings().to_vec())
}

fn build(rows: &[ListRow]) -> Result<Codes, codesets::LoadError> {
    let held: Vec<Holding> = rows.iter().map(ListRow::holding).collect();
    let lists = held.iter().zip(rows);
    let lists: Vec<LoadedList<'_>> =
        lists.map(|(holding, row)| LoadedList { holding, packed: &row.packed }).collect();
    Codes::with_loaded(&lists)
}

impl ListRow {
    fn of(list: &NewList, now: rules::Instant) -> Self {
        Self {
            kind: list.kind,
            from_day: Day(list.from),
            until_day: Day(list.until),
            name: list.name.clone(),
            row_count: i64::try_from(list.rows).unwrap_or(i64::MAX),
            files: list.files.clone(),
            sha256: list.sha256.clone(),
            packed: list.packed.clone(),
            imported_at: now,
        }
    }

    fn holding(&self) -> Holding {
        Holding {
            kind: self.kind,
            edition: codesets::Edition {
                name: self.name.clone().into(),
                from: self.from_day.0,
                until: self.until_day.0,
            },
            rows: u64::try_from(self.row_count).unwrap_or(0),
            origin: Origin::Loaded {
                at: self.imported_at.timestamp(),
                files: self.files.clone(),
                sha256: self.sha256.clone(),
            },
        }
    }
}
