//! The JSON door.

use crate::later::{self, Added};
use crate::receive::{self, Received};
use crate::upload;
use actix_multipart::Multipart;
use actix_web::http::StatusCode;
use actix_web::web::Path;
use actix_web::{HttpRequest, HttpResponse};
use rules::access::may;
use rules::ids::ChartId;
use web::idempotency::Once;
use web::{Answer, May};

/// Hands in one chart with its documents.
#[utoipa::path(post, path = "/api/v1/charts", tag = "charts",
    params(("Idempotency-Key" = Option<String>, Header,
        description = "a repeated request with the same key is answered as the first one was")),
    request_body(content = upload::ChartForm, content_type = "multipart/form-data",
        description = "a part `chart` with this JSON, then one part `document` for each file"),
    responses((status = 201, body = Received), (status = 422, body = web::Problem),
        (status = 409, body = web::Problem), (status = 413, body = web::Problem)))]
pub async fn upload(
    may: May<may::UploadCharts>,
    request: HttpRequest,
    parts: Multipart,
) -> Answer<HttpResponse> {
    let scope = may.facility_scope()?;
    let (submission, fingerprint) = upload::read(parts, &may.services().config.intake).await?;
    let once = Once::of(&request, "POST /api/v1/charts", fingerprint)?;
    let received: Received =
        receive::receive(may.services(), &scope, submission, once.as_ref()).await?;
    let place = format!("/api/v1/charts/{}", received.id);
    Ok(HttpResponse::build(StatusCode::CREATED).insert_header(("location", place)).json(received))
}

/// Hands in further documents of a chart that is in work. What waited for them goes on.
#[utoipa::path(post, path = "/api/v1/charts/{id}/documents", tag = "charts",
    params(("id" = ChartId, Path), ("Idempotency-Key" = Option<String>, Header,
        description = "a repeated request with the same key is answered as the first one was")),
    request_body(content = upload::LaterForm, content_type = "multipart/form-data",
        description = "a part `chart` with this JSON, which may be left out, and one part `document` for \
            each file"),
    responses((status = 201, body = Added), (status = 404, body = web::Problem),
        (status = 409, body = web::Problem), (status = 413, body = web::Problem),
        (status = 422, body = web::Problem)))]
pub async fn add_documents(
    may: May<may::UploadCharts>,
    request: HttpRequest,
    id: Path<ChartId>,
    parts: Multipart,
) -> Answer<HttpResponse> {
    let scope = may.facility_scope()?;
    // A foreign chart is answered for before a body is read.
    may.facility(async |tx| charts::store::find(tx, *id).await).await?;
    let ((form, documents), fingerprint) =
        upload::read_later(parts, &may.services().config.intake).await?;
    let fingerprint = [fingerprint.as_slice(), id.uuid().as_bytes().as_slice()].concat();
    let fingerprint = base::secret::sha256(&fingerprint);
    let once = Once::of(&request, "POST /api/v1/charts/{id}/documents", fingerprint)?;
    let parcel = (form.kind, documents.as_slice());
    let added = later::add(may.services(), &scope, *id, parcel, once.as_ref()).await?;
    Ok(HttpResponse::Created().json(added))
}
