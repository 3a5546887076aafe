//! What stands beside a chart on the desk: guidelines, and what was coded of the patient before.

use crate::guidelines::{self, DeskGuideline};
use crate::history::{self, History};
use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use rules::access::may;
use rules::ids::{ChartId, GuidelineId};
use serde::Deserialize;
use web::{Answer, May, Problem};

/// What the facility asks of whoever codes this chart.
#[utoipa::path(get, path = "/api/v1/desk/{chart}/guidelines", tag = "desk",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = Vec<DeskGuideline>), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn guidelines(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
) -> Answer<Json<Vec<DeskGuideline>>> {
    let scope = may.vendor_scope()?;
    Ok(Json(guidelines::guidelines(may.services(), &scope, *chart).await?))
}

/// Versions that were read.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GuidelinesRead {
    /// Each by its id.
    ids: Vec<GuidelineId>,
}

/// Says that one has read these versions.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/guidelines", tag = "desk",
    params(("chart" = ChartId, Path)), request_body = GuidelinesRead,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn acknowledge(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
    body: Json<GuidelinesRead>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    guidelines::acknowledge(may.services(), &scope, *chart, &body.ids).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What was coded of this patient before in this facility, where the queue's terms show it.
#[utoipa::path(get, path = "/api/v1/desk/{chart}/history", tag = "desk",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = History), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn history(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
) -> Answer<Json<History>> {
    let scope = may.vendor_scope()?;
    Ok(Json(history::history(may.services(), &scope, *chart).await?))
}
