//! `chartrelay codes`: loads code lists and edits from their official files, all or none.

use super::Settings;
use crate::boot::{BootError, Running};
use base::clock::Clock;
use base::secret::{hex, sha256};
use clap::{Args, Subcommand};
use codesets::{Holding, Origin};
use coding::lists::{self, Loaded, NewList};
use formats::codes::{Content, FILE_BYTES_MAX, Guess, detect, read};
use indicatif::{ProgressBar, ProgressStyle};
use jiff::civil::Date;
use rules::lists::ListKind;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Files of one import; the NCCI edits of a quarter come in about eight.
const FILES_MAX: usize = 50;
/// Characters of an edition's name.
const NAME_CHARACTERS_MAX: usize = 60;

/// Code lists and edits.
#[derive(Args)]
pub struct Codes {
    #[command(subcommand)]
    what: What,
}

#[derive(Subcommand)]
enum What {
    /// Load files. One bad line, and nothing of the import is loaded.
    Import(Import),
    /// See which editions are in use.
    List(Settings),
    /// Take an edition away that was loaded.
    Remove(Remove),
}

#[derive(Args)]
struct Import {
    #[command(flatten)]
    settings: Settings,
    /// What the files are, where their names and beginnings don't tell.
    #[arg(long = "as", value_name = "KIND", value_parser = kind)]
    kind: Option<ListKind>,
    /// The first day for which they are meant.
    #[arg(long, value_name = "DATE")]
    from: Option<Date>,
    /// The last day for which they are meant.
    #[arg(long, value_name = "DATE")]
    until: Option<Date>,
    /// The name of the edition, such as FY2027.
    #[arg(long)]
    name: Option<String>,
    /// The files; several of one kind and day, as the NCCI's, make one edition.
    #[arg(required = true)]
    files: Vec<PathBuf>,
}

#[derive(Args)]
struct Remove {
    #[command(flatten)]
    settings: Settings,
    /// Its kind.
    #[arg(value_parser = kind)]
    kind: ListKind,
    /// Its first day.
    from: Date,
}

fn kind(text: &str) -> Result<ListKind, String> {
    text.parse().map_err(|_unknown: rules::words::UnknownWord| {
        let all: Vec<&str> = ListKind::ALL.iter().map(|kind| kind.as_str()).collect();
        format!("one of {}", all.join(", "))
    })
}

pub(super) async fn run(codes: Codes) -> Result<(), BootError> {
    match codes.what {
        What::Import(import) => {
            // Files are read before the database is: most faults are in them.
            let lists = read_all(&import)?;
            let running = import.settings.boot(Clock::System).await?;
            let scope = running.services.authority.system();
            let outcomes = lists::import(&running.services, &scope, &lists).await;
            stop(running).await?;
            for (list, outcome) in lists.iter().zip(outcomes?) {
                println!("{}", told(list, outcome));
            }
            Ok(())
        }
        What::List(settings) => {
            let running = settings.boot(Clock::System).await?;
            let scope = running.services.authority.system();
            let held = lists::holdings(&running.services, &scope).await;
            stop(running).await?;
            for one in held? {
                println!("{}", line_of(&one));
            }
            Ok(())
        }
        What::Remove(asked) => {
            let running = asked.settings.boot(Clock::System).await?;
            let scope = running.services.authority.system();
            let removed = lists::remove(&running.services, &scope, asked.kind, asked.from).await;
            stop(running).await?;
            if !removed? {
                let (kind, from) = (asked.kind, asked.from);
                return Err(format!("no {kind} from {from} was loaded; see codes list").into());
            }
            println!("removed; running servers notice within seconds");
            Ok(())
        }
    }
}

async fn stop(running: Running) -> Result<(), BootError> {
    tokio::task::spawn_blocking(move || running.stop()).await?
}

fn told(list: &NewList, outcome: Loaded) -> String {
    let outcome = match outcome {
        Loaded::New => "loaded",
        Loaded::Replaced => "loaded in the place of another",
        Loaded::Already => "already loaded",
    };
    let NewList { kind, name, from, until, rows, .. } = list;
    format!("{}: {name}, {from} to {until}, {rows} rows: {outcome}", kind.label())
}

fn line_of(held: &Holding) -> String {
    let origin = match &held.origin {
        Origin::Shipped => "comes with the program".to_owned(),
        Origin::Loaded { at, files, sha256 } => {
            format!("loaded {at:.0} from {files} (sha256 {})", sha256.get(..12).unwrap_or_default())
        }
    };
    let (edition, rows) = (&held.edition, held.rows);
    format!(
        "{:24} {:16} {} to {} {rows:>9} rows  {origin}",
        held.kind.as_str(),
        edition.name,
        edition.from,
        edition.until
    )
}

/// Files that make one edition.
struct Edition {
    guess: Guess,
    contents: Vec<Content>,
    bytes: Vec<u8>,
    files: Vec<String>,
}

/// Every file, put together to editions and packed.
fn read_all(import: &Import) -> Result<Vec<NewList>, BootError> {
    if import.files.len() > FILES_MAX {
        return Err(format!("more than {FILES_MAX} files").into());
    }
    let bar = ProgressBar::new(u64::try_from(import.files.len()).unwrap_or(0));
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} files, {elapsed} {msg}")?);
    let mut editions: BTreeMap<(ListKind, Date), Edition> = BTreeMap::new();
    for path in &import.files {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        bar.set_message(name.clone());
        read_one(import, path, &name, &mut editions)?;
        bar.inc(1);
    }
    bar.set_message("packing");
    let lists =
        editions.into_iter().map(|((kind, from), edition)| packed(import, kind, from, edition));
    let lists = lists.collect::<Result<Vec<_>, BootError>>()?;
    bar.finish_and_clear();
    Ok(lists)
}

fn read_one(
    import: &Import,
    path: &Path,
    name: &str,
    editions: &mut BTreeMap<(ListKind, Date), Edition>,
) -> Result<(), BootError> {
    let shown = path.display();
    let bytes = bytes_of(path).map_err(|error| format!("{shown}: {error}"))?;
    let guess = detect(name, &bytes);
    let kind = import.kind.or(guess.kind);
    let kind = kind.ok_or_else(|| format!("{shown}: say with --as what this is"))?;
    let from = import.from.or(guess.from);
    let from = from.ok_or_else(|| format!("{shown}: say with --from for which day it is meant"))?;
    let read =
        read(kind, &bytes).map_err(|fault| format!("{shown}: {fault}; nothing was loaded"))?;
    for (kind, content) in read {
        let edition = editions.entry((kind, from)).or_insert_with(|| Edition {
            guess: guess.clone(),
            contents: Vec::new(),
            bytes: Vec::new(),
            files: Vec::new(),
        });
        edition.contents.push(content);
        edition.bytes.extend(sha256(&bytes));
        edition.files.push(name.to_owned());
    }
    Ok(())
}

/// A file's bytes, unpacked if it is a gzip.
fn bytes_of(path: &Path) -> Result<Vec<u8>, BootError> {
    use std::io::Read;
    let most = u64::try_from(FILE_BYTES_MAX)? + 1;
    let mut bytes = Vec::new();
    std::fs::File::open(path)?.take(most).read_to_end(&mut bytes)?;
    if bytes.starts_with(b"PK") {
        return Err("this is a ZIP archive: unpack it and give the file in it".into());
    }
    if bytes.starts_with(b"\x1f\x8b") {
        let mut unpacked = Vec::new();
        flate2::read::GzDecoder::new(bytes.as_slice()).take(most).read_to_end(&mut unpacked)?;
        return Ok(unpacked);
    }
    Ok(bytes)
}

fn packed(
    import: &Import,
    kind: ListKind,
    from: Date,
    edition: Edition,
) -> Result<NewList, BootError> {
    let Edition { guess, contents, bytes, files } = edition;
    let content = one_of(kind, contents, &files)?;
    let guessed_until = guess.until.filter(|_| guess.from == Some(from));
    let until = import.until.or(guessed_until);
    let until = until.ok_or_else(|| format!("{}: say with --until when it ends", kind.label()))?;
    if until < from {
        return Err("--until lies before --from".into());
    }
    let guessed_name = guess.name.filter(|_| guess.from == Some(from));
    let name = import.name.clone().or(guessed_name).unwrap_or_else(|| from.to_string());
    let sha256 = if let [_] = files.as_slice() { hex(&bytes) } else { hex(&sha256(&bytes)) };
    Ok(NewList {
        kind,
        name: name.chars().take(NAME_CHARACTERS_MAX).collect(),
        from,
        until,
        rows: u64::try_from(content.rows())?,
        files: files.join(", "),
        sha256,
        packed: codesets::pack(&content)?,
    })
}

/// The parts of a set of pairs together; of everything else there is one.
fn one_of(kind: ListKind, contents: Vec<Content>, files: &[String]) -> Result<Content, BootError> {
    let mut contents = contents.into_iter();
    let mut whole = contents.next().ok_or("no file")?;
    for part in contents {
        let (Content::Pairs(table), Content::Pairs(more)) = (&mut whole, part) else {
            let files = files.join(" and ");
            return Err(format!("{files} are both {} for one day", kind.label()).into());
        };
        table.append(more)?;
    }
    Ok(whole)
}
