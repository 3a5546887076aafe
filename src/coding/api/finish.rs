//! Handing a chart in, putting it on hold, giving it back.

use crate::draft::{Dismissal, Draft};
use crate::give_back::{self, GivenBack, Holding, SkipReason};
use crate::line::DraftLine;
use crate::submit::{self, Handover, Outcome, Submitted};
use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use base::error::Result;
use rules::access::may;
use rules::edits::EditFinding;
use rules::ids::ChartId;
use rules::words::HoldReason;
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::{Answer, May, Problem};

/// A coding to be handed in.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Submit {
    /// The lease on which it was made.
    epoch: i32,
    /// In the order of the claim.
    lines: Vec<DraftLine>,
    /// Where the patient went at discharge, where there was a stay.
    #[serde(default)]
    disposition: Option<String>,
    /// The coder's words to the reviewer and the facility.
    #[serde(default)]
    note: String,
    /// Warnings set aside, each with its reason.
    #[serde(default)]
    dismissals: Vec<Dismissal>,
}

/// Why a coding can't be handed in like this.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RefusedCoding {
    #[serde(flatten)]
    problem: Problem,
    /// Everything the edits said.
    findings: Vec<EditFinding>,
}

/// Hands a coding in.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/submit", tag = "desk",
    params(("chart" = ChartId, Path), ("Idempotency-Key" = Option<String>, Header,
        description = "a repeated request with the same key is answered as the first one was")),
    request_body = Submit,
    responses((status = 200, body = Submitted), (status = 404, body = Problem),
        (status = 409, body = Problem, description = "the lease is over; nothing has changed"),
        (status = 422, body = RefusedCoding)))]
pub(crate) async fn submit(
    may: May<may::CodeCharts>,
    request: HttpRequest,
    chart: Path<ChartId>,
    body: Json<Submit>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let once = once(&request, "POST /api/v1/desk/{chart}/submit", (*chart, &*body))?;
    let Submit { epoch, lines, disposition, note, dismissals } = body.into_inner();
    let draft = Draft { lines, disposition, note, dismissals };
    let handover = Handover { epoch, draft: &draft };
    let outcome = submit::submit(may.services(), &scope, *chart, handover, once.as_ref()).await?;
    Ok(match outcome {
        Outcome::Submitted(submitted) => HttpResponse::Ok().json(submitted),
        Outcome::Refused(refused) => super::with_problem(
            &RefusedCoding {
                problem: Problem {
                    kind: "invalid",
                    title: "Please correct",
                    status: StatusCode::UNPROCESSABLE_ENTITY.as_u16(),
                    detail: "some lines need correcting".into(),
                    fields: refused.fields,
                },
                findings: refused.findings,
            },
            StatusCode::UNPROCESSABLE_ENTITY,
        ),
    })
}

/// A hold to be placed.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct HoldAsked {
    /// The lease on which it is placed.
    epoch: i32,
    /// Why the chart can't go on; the reason decides who must act and whether the clock stops.
    reason: HoldReason,
    /// What whoever must act needs to know.
    note: String,
}

/// Puts the chart on hold and gives it back.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/hold", tag = "desk",
    params(("chart" = ChartId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = HoldAsked,
    responses((status = 200, body = GivenBack), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn hold(
    may: May<may::CodeCharts>,
    request: HttpRequest,
    chart: Path<ChartId>,
    body: Json<HoldAsked>,
) -> Answer<Json<GivenBack>> {
    let scope = may.vendor_scope()?;
    let once = once(&request, "POST /api/v1/desk/{chart}/hold", (*chart, &*body))?;
    let holding = Holding { epoch: body.epoch, reason: body.reason, note: &body.note };
    let given = give_back::hold(may.services(), &scope, *chart, holding, once.as_ref()).await?;
    Ok(Json(given))
}

/// A chart to be given back.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Release {
    /// The lease that is given back.
    epoch: i32,
    /// Why; the first two bar the chart from coming back to the same person.
    reason: SkipReason,
}

/// Gives the chart back to its queue.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/release", tag = "desk",
    params(("chart" = ChartId, Path)), request_body = Release,
    responses((status = 200, body = GivenBack), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn release(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
    body: Json<Release>,
) -> Answer<Json<GivenBack>> {
    let scope = may.vendor_scope()?;
    let Release { epoch, reason } = body.into_inner();
    let given = give_back::release(may.services(), &scope, *chart, epoch, reason).await?;
    Ok(Json(given))
}

fn once(
    request: &HttpRequest,
    route: &'static str,
    said: (ChartId, &impl Serialize),
) -> Result<Option<Once>> {
    Once::of(request, route, base::secret::sha256(&serde_json::to_vec(&said)?))
}
