//! Page images are decoded in a process of their own: what a stranger's file does to its decoder, it
//! does there, without memory, time, files or secrets of the server.
//!
//! The process is this program with the hidden command [`COMMAND`]. It is given an order as one line
//! of JSON and then the file; it answers with one line of JSON and then the page. It inherits no
//! environment, opens no file, and ends by itself or is ended: memory, processor time and the clock
//! are limited, and a core of it is never written.

mod child;

pub use child::obey;

use crate::config::PagesSection;
use crate::error::{Error, Result};
use formats::pages::{Checked, Limits, PageFormat};
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, Command};
use tokio::sync::Semaphore;

/// The command under which this program reads pages.
pub const COMMAND: &str = "read-pages";

/// The running program, on Linux.
const RUNNING: &str = "/proc/self/exe";
const MEBIBYTE: u64 = 1_048_576;
const MEGAPIXEL: u64 = 1_000_000;
/// A page as it is shown, at most; what is larger is a fault of ours.
const ANSWER_BYTES_MAX: u64 = 64 * MEBIBYTE;
/// How long a file waits for a process to be free.
const WAIT_SECONDS: u64 = 20;
/// Beyond its processor time a process is given this long to start and to be heard.
const GRACE_SECONDS: u64 = 5;

/// What the process is to do.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Order {
    format: PageFormat,
    limits: Limits,
    memory_bytes: u64,
    seconds: u64,
    /// None: check every page.
    page: Option<Wanted>,
}

/// A page to be drawn.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Wanted {
    number: u32,
    watermark: String,
}

/// What it answers.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Reply {
    /// Every page can be shown.
    Checked(Checked),
    /// The page follows.
    Drawn { media_type: String },
    /// Why not, in words for whoever uploaded it.
    Refused(String),
}

/// A page as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageImage {
    /// `image/png` or `image/jpeg`.
    pub media_type: String,
    /// The image.
    pub bytes: Vec<u8>,
}

/// Has page images decoded elsewhere, a few at a time.
#[derive(Debug)]
pub struct PageReader {
    program: PathBuf,
    limits: Limits,
    memory_bytes: u64,
    seconds: u64,
    free: Semaphore,
}

impl PageReader {
    /// # Errors
    /// When the system does not say which program this is.
    pub fn new(settings: &PagesSection) -> std::io::Result<Self> {
        let program = match &settings.program {
            Some(program) => program.clone(),
            // By this name it is found even when a newer one has taken its place on the disk.
            None if Path::new(RUNNING).exists() => RUNNING.into(),
            None => std::env::current_exe()?,
        };
        let page_pixels_max = u64::from(settings.page_megapixels_max).saturating_mul(MEGAPIXEL);
        Ok(Self {
            program,
            limits: Limits { pages_max: settings.pages_per_document_max, page_pixels_max },
            memory_bytes: u64::from(settings.memory_mib).saturating_mul(MEBIBYTE),
            seconds: settings.seconds.into(),
            free: Semaphore::new(usize::try_from(settings.processes).unwrap_or(1)),
        })
    }

    /// Decodes every page once; the inner error says in words why the file is not taken.
    ///
    /// # Errors
    /// [`Error::Unavailable`] when no process is free in time, [`Error::Internal`] when none starts.
    pub async fn check(&self, format: PageFormat, file: &[u8]) -> Result<Result<Checked, String>> {
        Ok(match self.ask(self.order(format, None), file).await? {
            Some((Reply::Checked(checked), _)) => Ok(checked),
            Some((Reply::Refused(words), _)) => Err(words),
            Some((Reply::Drawn { .. }, _)) | None => Err(TOO_MUCH.to_owned()),
        })
    }

    /// One page of a file that was checked when it came, with a watermark in it. Pages count from 1.
    ///
    /// # Errors
    /// As [`PageReader::check`]; [`Error::Internal`] when the page can't be drawn after all.
    pub async fn draw(
        &self,
        (format, file): (PageFormat, &[u8]),
        number: u32,
        watermark: String,
    ) -> Result<PageImage> {
        let order = self.order(format, Some(Wanted { number, watermark }));
        match self.ask(order, file).await? {
            Some((Reply::Drawn { media_type }, bytes)) => Ok(PageImage { media_type, bytes }),
            Some((Reply::Refused(words), _)) => Err(Error::internal(words)),
            Some((Reply::Checked(_), _)) | None => Err(Error::internal(TOO_MUCH)),
        }
    }

    const fn order(&self, format: PageFormat, page: Option<Wanted>) -> Order {
        let Self { limits, memory_bytes, seconds, .. } = *self;
        Order { format, limits, memory_bytes, seconds, page }
    }

    /// None: the process ended without an answer, as it does when it wants more than it may have.
    async fn ask(&self, order: Order, file: &[u8]) -> Result<Option<(Reply, Vec<u8>)>> {
        let free = tokio::time::timeout(Duration::from_secs(WAIT_SECONDS), self.free.acquire());
        let _held = match free.await {
            Ok(permit) => permit.map_err(Error::internal)?,
            Err(elapsed) => return Err(Error::Unavailable(Box::new(elapsed))),
        };
        let mut process = self.start()?;
        let patience = Duration::from_secs(order.seconds.saturating_add(GRACE_SECONDS));
        let talk = talk(&mut process, &order, file);
        let Ok(answer) = tokio::time::timeout(patience, talk).await else { return Ok(None) };
        Ok(answer?.as_deref().and_then(parsed))
    }

    fn start(&self) -> Result<Child> {
        Command::new(&self.program)
            .arg(COMMAND)
            .env_clear()
            .current_dir("/")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .kill_on_drop(true)
            .spawn()
            .map_err(Error::internal)
    }
}

/// Said of a file whose process came to its limits or fell over.
const TOO_MUCH: &str = "this image is too large or too damaged to be read; scan or save it again";

/// Gives the process its order and its file, and hears it to the end; none when it failed.
async fn talk(process: &mut Child, order: &Order, file: &[u8]) -> Result<Option<Vec<u8>>> {
    let (Some(mut input), Some(output)) = (process.stdin.take(), process.stdout.take()) else {
        return Err(Error::internal("a process without pipes"));
    };
    let mut line = serde_json::to_vec(order)?;
    line.push(b'\n');
    let give = async move {
        // A process that ends early breaks the pipe: its exit code says so.
        let given = async {
            input.write_all(&line).await?;
            input.write_all(file).await?;
            input.shutdown().await
        };
        drop(given.await);
    };
    let mut answer = Vec::new();
    let mut output = output.take(ANSWER_BYTES_MAX);
    let ((), heard) = tokio::join!(give, output.read_to_end(&mut answer));
    heard.map_err(Error::internal)?;
    let ended = process.wait().await.map_err(Error::internal)?;
    Ok(ended.success().then_some(answer))
}

fn parsed(answer: &[u8]) -> Option<(Reply, Vec<u8>)> {
    let end = answer.iter().position(|byte| *byte == b'\n')?;
    let (line, rest) = answer.split_at_checked(end)?;
    let reply = serde_json::from_slice(line).ok()?;
    Some((reply, rest.get(1..).unwrap_or_default().to_vec()))
}
