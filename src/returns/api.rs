//! The JSON doors of this room, and the downloads.

use crate::collect::{self, Acknowledged, Filter, ListedReturn, ReturnView};
use crate::package::{COLUMNS, Package};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Json, Path, Query};
use base::error::{Error, Result};
use base::secret::{hex, sha256};
use rules::access::may;
use rules::ids::ReturnId;
use serde::{Deserialize, Serialize};
use web::paging::Paged;
use web::{Answer, May, Problem};

/// Returns that are acknowledged with one request, at most.
const TOGETHER_MAX: usize = 500;
/// Says where what did not fit into an export begins.
const NEXT: &str = "x-next";
/// Says the SHA-256 of a downloaded package, in hexadecimal.
const DIGEST: &str = "x-content-sha256";

/// One's own facility's returns, newest first.
#[utoipa::path(get, path = "/api/v1/returns", tag = "returns", params(Filter),
    responses((status = 200, body = Paged<ListedReturn>), (status = 422, body = Problem)))]
pub(crate) async fn list(
    may: May<may::CollectReturns>,
    filter: Query<Filter>,
) -> Answer<Json<Paged<ListedReturn>>> {
    let keyring = &may.services().keyring;
    Ok(Json(may.facility(async |tx| collect::list(tx, keyring, &filter).await).await?))
}

/// One return with all that it says.
#[utoipa::path(get, path = "/api/v1/returns/{id}", tag = "returns",
    params(("id" = ReturnId, Path)),
    responses((status = 200, body = ReturnView), (status = 404, body = Problem)))]
pub(crate) async fn one(
    may: May<may::CollectReturns>,
    id: Path<ReturnId>,
) -> Answer<Json<ReturnView>> {
    let keyring = &may.services().keyring;
    Ok(Json(may.facility(async |tx| collect::one(tx, keyring, *id).await).await?))
}

/// The form of a download.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Form {
    /// The package, byte for byte as it was made.
    #[default]
    Json,
    /// Its lines as a table.
    Csv,
}

/// What is downloaded.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
pub(crate) struct Wanted {
    /// `json` when absent.
    #[serde(default)]
    #[param(inline, required = false)]
    format: Form,
}

/// The package: the JSON that was made, with its SHA-256 as the entity tag, or its lines as CSV.
///
/// The CSV is UTF-8 with CRLF line ends and has one row for each line, under the heads `return_id`,
/// `chart_id`, `version`, `account_number`, `mrn`, `patient_name`, `birth_date`, `sex`, `service_date`,
/// `discharge_date`, `queue`, `work_type`, `edition`, `reviewed`, `made_at`, `position`, `role`,
/// `system`, `code`, `description`, `modifiers`, `units`, `poa`, `pointers`. A cell that a spreadsheet
/// would run has an apostrophe before it.
#[utoipa::path(get, path = "/api/v1/returns/{id}/package", tag = "returns",
    params(("id" = ReturnId, Path), Wanted),
    responses((status = 200, content((Package = "application/json"), (String = "text/csv")),
            headers(("x-content-sha256" = String, description = "of the JSON's bytes, in hexadecimal"))),
        (status = 404, body = Problem)))]
pub(crate) async fn package(
    may: May<may::CollectReturns>,
    id: Path<ReturnId>,
    wanted: Query<Wanted>,
) -> Answer<HttpResponse> {
    let keyring = &may.services().keyring;
    let (row, bytes) = may.facility(async |tx| collect::open(tx, keyring, *id).await).await?;
    let name = format!("return-{}-v{}", row.id, row.version);
    if wanted.format == Form::Csv {
        let package: Package = serde_json::from_slice(&bytes).map_err(Error::internal)?;
        return Ok(download(table(&[package])?, "text/csv; charset=utf-8", &format!("{name}.csv")));
    }
    let digest = hex(&sha256(&bytes));
    let tag = format!("\"{digest}\"");
    let mut answer = download(bytes, "application/json", &format!("{name}.json"));
    let tag = header::HeaderValue::from_str(&tag).map_err(Error::internal)?;
    let digest = header::HeaderValue::from_str(&digest).map_err(Error::internal)?;
    answer.headers_mut().insert(header::ETAG, tag);
    answer.headers_mut().insert(header::HeaderName::from_static(DIGEST), digest);
    Ok(answer)
}

fn table(packages: &[Package]) -> Result<Vec<u8>> {
    let rows: Vec<Vec<String>> = packages.iter().flat_map(Package::rows).collect();
    formats::table::csv(&COLUMNS, &rows).map_err(Error::internal)
}

fn download(bytes: Vec<u8>, media_type: &str, name: &str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(media_type)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(bytes)
}

/// The lines of many returns as one CSV, 2,000 returns at most.
#[utoipa::path(get, path = "/api/v1/returns/export.csv", tag = "returns", params(Filter),
    responses((status = 200, body = String, content_type = "text/csv",
        headers(("x-next" = String, description = "the `after` of what did not fit, if there is more"))),
        (status = 422, body = Problem)))]
pub(crate) async fn export(
    may: May<may::CollectReturns>,
    filter: Query<Filter>,
) -> Answer<HttpResponse> {
    let keyring = &may.services().keyring;
    let page = may.facility(async |tx| collect::packages(tx, keyring, &filter).await).await?;
    let mut answer = download(table(&page.items)?, "text/csv; charset=utf-8", "returns.csv");
    if let Some(next) = page.next {
        let next = header::HeaderValue::from_str(&next).map_err(Error::internal)?;
        answer.headers_mut().insert(header::HeaderName::from_static(NEXT), next);
    }
    Ok(answer)
}

/// Says that the facility has a return; saying it again is harmless.
#[utoipa::path(post, path = "/api/v1/returns/{id}/acknowledge", tag = "returns",
    params(("id" = ReturnId, Path)),
    responses((status = 200, body = Acknowledged), (status = 404, body = Problem)))]
pub(crate) async fn acknowledge(
    may: May<may::CollectReturns>,
    id: Path<ReturnId>,
) -> Answer<Json<Acknowledged>> {
    let scope = may.facility_scope()?;
    Ok(Json(collect::acknowledge(may.services(), &scope, *id).await?))
}

/// Returns that were taken.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcknowledgeAsked {
    /// The returns, 500 at most.
    ids: Vec<ReturnId>,
}

/// What was said of each.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct AllAcknowledged {
    /// In the order in which they were named.
    items: Vec<Acknowledged>,
}

/// Says of many returns that the facility has them: of all, or, when one is unknown, of none.
#[utoipa::path(post, path = "/api/v1/returns/acknowledge", tag = "returns", request_body = AcknowledgeAsked,
    responses((status = 200, body = AllAcknowledged), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn acknowledge_all(
    may: May<may::CollectReturns>,
    body: Json<AcknowledgeAsked>,
) -> Answer<Json<AllAcknowledged>> {
    let ids = body.into_inner().ids;
    if ids.is_empty() || ids.len() > TOGETHER_MAX {
        return Err(Error::invalid("ids", format!("1 to {TOGETHER_MAX} returns")).into());
    }
    let mut items = may.facility(async |tx| collect::take(tx, &ids).await).await?;
    items.sort_by_key(|item| ids.iter().position(|id| *id == item.id));
    Ok(Json(AllAcknowledged { items }))
}
