//! Opening a chart, reading it, and holding on to it.

use crate::KIND;
use crate::lease::{self, Beat, LeaseView};
use crate::open::{self, Desk};
use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use charts::documents::DocumentView;
use charts::reading::{self, Wanted};
use rules::access::may;
use rules::ids::{ChartId, DocumentId};
use web::{Answer, May, Problem};

/// Everything the desk shows of a chart that one holds.
#[utoipa::path(get, path = "/api/v1/desk/{chart}", tag = "desk",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = Desk), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn desk(may: May<may::CodeCharts>, chart: Path<ChartId>) -> Answer<Json<Desk>> {
    let scope = may.vendor_scope()?;
    Ok(Json(open::open(may.services(), &scope, *chart).await?))
}

/// The documents of a chart that one holds: whether a further one has come.
#[utoipa::path(get, path = "/api/v1/desk/{chart}/documents", tag = "desk",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = Vec<DocumentView>), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn documents(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
) -> Answer<Json<Vec<DocumentView>>> {
    let scope = may.vendor_scope()?;
    Ok(Json(open::documents_of(may.services(), &scope, *chart).await?))
}

/// The text of one document.
#[utoipa::path(get, path = "/api/v1/desk/{chart}/documents/{document}", tag = "desk",
    params(("chart" = ChartId, Path), ("document" = DocumentId, Path)),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn document(
    may: May<may::CodeCharts>,
    path: Path<(ChartId, DocumentId)>,
) -> Answer<HttpResponse> {
    let (chart, document) = path.into_inner();
    let scope = may.vendor_scope()?;
    let wanted = Wanted { kind: KIND, chart, document };
    let text = reading::text(may.services(), &scope, wanted).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

/// One page of a document that is page images, as it is shown: with a watermark in it.
#[utoipa::path(get, path = "/api/v1/desk/{chart}/documents/{document}/pages/{page}", tag = "desk",
    params(("chart" = ChartId, Path), ("document" = DocumentId, Path),
        ("page" = i32, Path, description = "counted from 1")),
    responses((status = 200, body = Vec<u8>, content_type = "image/png"),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn page(
    may: May<may::CodeCharts>,
    path: Path<(ChartId, DocumentId, i32)>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let (chart, document, page) = path.into_inner();
    let wanted = (Wanted { kind: KIND, chart, document }, page);
    let page = reading::page(may.services(), &scope, wanted, charts::viewer(&may)).await?;
    Ok(charts::page_answer(page))
}

/// Begins a chart that was offered; harmless when it has begun.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/start", tag = "desk",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = LeaseView), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn start(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
) -> Answer<Json<LeaseView>> {
    let scope = may.vendor_scope()?;
    Ok(Json(lease::start(may.services(), &scope, *chart).await?))
}

/// Says that somebody works on the chart, which extends the lease.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/beat", tag = "desk",
    params(("chart" = ChartId, Path)), request_body = Beat,
    responses((status = 200, body = LeaseView), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn beat(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
    body: Json<Beat>,
) -> Answer<Json<LeaseView>> {
    let scope = may.vendor_scope()?;
    Ok(Json(lease::beat(may.services(), &scope, *chart, body.into_inner()).await?))
}
