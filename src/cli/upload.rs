//! `chartrelay upload DIR`: hands in a folder of charts over the JSON API, with a progress bar.
//!
//! Each subfolder is a chart: a `chart.json` with the fields of the API, and its documents as
//! texts (`*.txt`) or page images (`*.png`, `*.jpg`, `*.tif`).
//! The idempotency key is made of what is sent, so that a broken-off upload is simply started again.

use crate::boot::BootError;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use reqwest::multipart::{Form, Part};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// Charts handed in at once by one command.
const CHARTS_MAX: usize = 100_000;
/// Longest wait for one answer.
const ANSWER_SECONDS_MAX: u64 = 120;
/// A chart that could not be sent is tried this often.
const TRIES_MAX: u32 = 4;

/// Hand in charts.
#[derive(Args)]
pub struct Upload {
    /// A folder with a subfolder for each chart.
    folder: PathBuf,
    /// Where ChartRelay is.
    #[arg(long, value_name = "URL", default_value = "http://127.0.0.1:8080")]
    url: String,
    /// The facility's key to the API.
    #[arg(long, value_name = "KEY", env = "CHARTRELAY_API_KEY", hide_env_values = true)]
    api_key: String,
    /// The queue of charts whose `chart.json` names none.
    #[arg(long, value_name = "ID")]
    queue: Option<String>,
}

/// A client that trusts what browsers trust.
pub(super) fn client(wait: Duration) -> Result<reqwest::Client, BootError> {
    Ok(reqwest::Client::builder().timeout(wait).build()?)
}

pub(super) async fn run(upload: Upload) -> Result<(), BootError> {
    let charts = folders(&upload.folder)?;
    let client = client(Duration::from_secs(ANSWER_SECONDS_MAX))?;
    let bar = ProgressBar::new(u64::try_from(charts.len()).unwrap_or(0));
    bar.set_style(ProgressStyle::with_template(
        "{bar:40} {pos}/{len} charts, {per_sec}, {eta} left {msg}",
    )?);
    let (mut twins, mut refused) = (0_u32, Vec::new());
    for chart in &charts {
        match send(&client, &upload, chart).await {
            Ok(answer) if answer.state == "duplicate" => twins += 1,
            Ok(_) => {}
            Err(error) => refused.push(format!("{}: {error}", chart.display())),
        }
        bar.set_message(format!("({twins} possible duplicates, {} refused)", refused.len()));
        bar.inc(1);
    }
    bar.finish();
    for line in &refused {
        eprintln!("refused {line}");
    }
    let taken = charts.len().saturating_sub(refused.len());
    println!("{taken} charts handed in, {twins} of them flagged as possible duplicates");
    if refused.is_empty() { Ok(()) } else { Err(format!("{} refused", refused.len()).into()) }
}

fn folders(folder: &Path) -> Result<Vec<PathBuf>, BootError> {
    let mut charts = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.join("chart.json").is_file() {
            charts.push(path);
        }
        if charts.len() > CHARTS_MAX {
            return Err(format!("more than {CHARTS_MAX} charts in one folder").into());
        }
    }
    if charts.is_empty() {
        return Err("no subfolder with a chart.json was found".into());
    }
    charts.sort();
    Ok(charts)
}

#[derive(serde::Deserialize)]
struct Answer {
    state: String,
}

/// What goes into the request, kept for further tries.
struct Parcel {
    form: String,
    documents: Vec<(String, Vec<u8>)>,
    key: String,
}

/// How documents' names end; what they are, the server decides by their content.
const ENDINGS: [&str; 6] = ["txt", "png", "jpg", "jpeg", "tif", "tiff"];

fn is_document(path: &Path) -> bool {
    let ending = path.extension().map(|ending| ending.to_string_lossy().to_ascii_lowercase());
    ending.is_some_and(|ending| ENDINGS.contains(&ending.as_str()))
}

impl Parcel {
    fn read(folder: &Path, queue: Option<&String>) -> Result<Self, BootError> {
        let text = std::fs::read_to_string(folder.join("chart.json"))?;
        let mut form: serde_json::Value = serde_json::from_str(&text)?;
        let fields = form.as_object_mut().ok_or("chart.json is not an object")?;
        if let Some(queue) = queue {
            fields.entry("queue_id").or_insert_with(|| queue.clone().into());
        }
        let form = form.to_string();
        let mut names: Vec<PathBuf> = std::fs::read_dir(folder)?
            .collect::<Result<Vec<_>, _>>()?
            .into_iter()
            .map(|entry| entry.path())
            .filter(|path| is_document(path))
            .collect();
        names.sort();
        let mut digests = form.clone().into_bytes();
        let mut documents = Vec::new();
        for path in names {
            let bytes = std::fs::read(&path)?;
            digests.extend(base::secret::sha256(&bytes));
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned());
            documents.push((name.unwrap_or_default(), bytes));
        }
        let key = base::secret::hex(&base::secret::sha256(&digests));
        Ok(Self { form, documents, key })
    }

    fn multipart(&self) -> Result<Form, BootError> {
        let chart = Part::text(self.form.clone()).mime_str("application/json")?;
        let mut multipart = Form::new().part("chart", chart);
        for (name, bytes) in &self.documents {
            let part = Part::bytes(bytes.clone()).file_name(name.clone()).mime_str("text/plain")?;
            multipart = multipart.part("document", part);
        }
        Ok(multipart)
    }
}

async fn send(
    client: &reqwest::Client,
    upload: &Upload,
    folder: &Path,
) -> Result<Answer, BootError> {
    let parcel = Parcel::read(folder, upload.queue.as_ref())?;
    let mut pause = Duration::from_millis(500);
    let mut tries = 0;
    loop {
        tries += 1;
        let sent = client
            .post(format!("{}/api/v1/charts", upload.url.trim_end_matches('/')))
            .bearer_auth(&upload.api_key)
            .header("idempotency-key", &parcel.key)
            .multipart(parcel.multipart()?)
            .send()
            .await;
        match sent {
            Ok(answer) if answer.status().is_success() => return Ok(answer.json().await?),
            Ok(answer) if answer.status().is_client_error() => {
                let problem: serde_json::Value = answer.json().await.unwrap_or_default();
                return Err(problem.to_string().into());
            }
            // The key makes another try harmless, whether or not this one had arrived.
            Ok(_) | Err(_) if tries < TRIES_MAX => {
                tokio::time::sleep(pause).await;
                pause *= 2;
            }
            Ok(answer) => return Err(format!("the server answers {}", answer.status()).into()),
            Err(error) => return Err(error.to_string().into()),
        }
    }
}
