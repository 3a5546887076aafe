//! Reads a multipart upload: a part `chart` with the form as JSON, then the files as parts `document`.

use crate::receive::{NewDocument, Submission};
use actix_multipart::{Field, Multipart};
use base::config::IntakeSection;
use base::error::{Error, Result};
use charts::patient::{Encounter, Identity};
use futures_util::StreamExt;
use rules::holds::Awaited;
use rules::ids::QueueId;
use rules::time::Day;
use serde::de::DeserializeOwned;

/// Largest part `chart`.
const FORM_BYTES_MAX: u64 = 16_384;

/// The part `chart`.
#[derive(Debug, Clone, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChartForm {
    /// The queue it goes to.
    pub queue_id: QueueId,
    /// The facility's number of the encounter.
    pub account_number: String,
    /// The facility's number of the patient.
    pub mrn: String,
    /// Family and given name.
    pub patient_name: String,
    /// `YYYY-MM-DD`.
    pub birth_date: Day,
    /// `F`, `M` or `U` (unknown).
    pub sex: String,
    /// Date of service or admission, `YYYY-MM-DD`.
    pub service_date: Day,
    /// Date of discharge, `YYYY-MM-DD`; inpatient charts need it.
    #[serde(default)]
    pub discharge_date: Option<Day>,
}

/// Reads the whole upload within its limits, and a digest of it that tells a repetition.
pub(crate) async fn read(
    mut parts: Multipart,
    limits: &IntakeSection,
) -> Result<(Submission, Vec<u8>)> {
    let (form, documents) = read_parts::<ChartForm>(&mut parts, limits).await?;
    let (form, form_bytes) =
        form.ok_or_else(|| Error::invalid("chart", "the part “chart” is missing"))?;
    let fingerprint = fingerprint(&form_bytes, &documents);
    Ok((submission(form, documents), fingerprint))
}

/// The part `chart` of documents that come later; it may be left out.
#[derive(Debug, Clone, Default, serde::Deserialize, serde::Serialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct LaterForm {
    /// What the documents are.
    #[serde(default)]
    pub kind: Option<Awaited>,
}

/// Reads documents that come after their chart, and a digest that tells a repetition.
pub(crate) async fn read_later(
    mut parts: Multipart,
    limits: &IntakeSection,
) -> Result<((LaterForm, Vec<NewDocument>), Vec<u8>)> {
    let (form, documents) = read_parts::<LaterForm>(&mut parts, limits).await?;
    let (form, form_bytes) = form.unwrap_or_default();
    let fingerprint = fingerprint(&form_bytes, &documents);
    Ok(((form, documents), fingerprint))
}

/// The part `chart`, if it came, with its bytes, and the documents.
async fn read_parts<F: DeserializeOwned>(
    parts: &mut Multipart,
    limits: &IntakeSection,
) -> Result<(Option<(F, Vec<u8>)>, Vec<NewDocument>)> {
    let (mut form, mut documents) = (None, Vec::new());
    let mut bytes_left = limits.chart_bytes_max;
    while let Some(part) = parts.next().await {
        let mut part = part.map_err(malformed)?;
        match part.name().unwrap_or_default() {
            "chart" => {
                let bytes = collect(&mut part, FORM_BYTES_MAX, "the part “chart”").await?;
                let parsed = serde_json::from_slice(&bytes)
                    .map_err(|error| Error::invalid("chart", form_fault(&error)))?;
                form = Some((parsed, bytes));
            }
            "document" => take(&mut part, limits, &mut documents, &mut bytes_left).await?,
            other => return Err(Error::invalid(other, "parts are named “chart” and “document”")),
        }
    }
    Ok((form, documents))
}

async fn take(
    part: &mut Field,
    limits: &IntakeSection,
    documents: &mut Vec<NewDocument>,
    bytes_left: &mut u64,
) -> Result<()> {
    let most = usize::try_from(limits.documents_per_chart_max).unwrap_or(usize::MAX);
    if documents.len() >= most {
        return Err(Error::invalid("document", format!("at most {most} documents")));
    }
    let name = file_name(part);
    let most = limits.document_bytes_max.min(*bytes_left);
    let bytes = collect(part, most, "a document").await?;
    *bytes_left = bytes_left.saturating_sub(u64::try_from(bytes.len()).unwrap_or(0));
    documents.push(NewDocument { name, bytes });
    Ok(())
}

fn submission(form: ChartForm, documents: Vec<NewDocument>) -> Submission {
    let trimmed = |text: String| text.trim().to_owned();
    Submission {
        queue: form.queue_id,
        encounter: Encounter {
            identity: Identity {
                patient_name: trimmed(form.patient_name),
                birth_date: form.birth_date.0,
                sex: form.sex,
                mrn: trimmed(form.mrn),
                account_number: trimmed(form.account_number),
            },
            service_date: form.service_date.0,
            discharge_date: form.discharge_date.map(|day| day.0),
        },
        documents,
    }
}

/// The parser's words without the values: they may be a patient's.
fn form_fault(error: &serde_json::Error) -> String {
    format!("not the expected JSON at line {}, column {}", error.line(), error.column())
}

/// The name alone: browsers on some systems send a path.
fn file_name(part: &Field) -> String {
    let name = part.content_disposition().and_then(|header| header.get_filename());
    let name = name.unwrap_or("document.txt");
    name.rsplit(['/', '\\']).next().unwrap_or(name).trim().to_owned()
}

fn malformed(_unshown: actix_multipart::MultipartError) -> Error {
    Error::invalid("body", "not a complete multipart/form-data body")
}

async fn collect(part: &mut Field, bytes_max: u64, what: &str) -> Result<Vec<u8>> {
    let most = usize::try_from(bytes_max).unwrap_or(usize::MAX);
    let mut bytes = Vec::new();
    while let Some(chunk) = part.next().await {
        let chunk = chunk.map_err(malformed)?;
        if bytes.len().saturating_add(chunk.len()) > most {
            return Err(Error::TooLarge(format!("{what} may have at most {bytes_max} bytes")));
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

fn fingerprint(form: &[u8], documents: &[NewDocument]) -> Vec<u8> {
    let mut digests = base::secret::sha256(form).to_vec();
    for document in documents {
        digests.extend(base::secret::sha256(document.name.as_bytes()));
        digests.extend(base::secret::sha256(&document.bytes));
    }
    base::secret::sha256(&digests).to_vec()
}
