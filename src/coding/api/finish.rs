//! Handing a chart in, putting it on hold, marking its documents, giving it back.

use crate::draft::{Dismissal, Draft};
use crate::give_back::{self, GivenBack, Releasing, SkipReason};
use crate::line::DraftLine;
use crate::problem::{self, DocumentFault, Marking};
use crate::submit::{self, Handover, Outcome, Submitted};
use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use base::error::Result;
use charts::HoldAsked;
use charts::holds::Placing;
use rules::access::may;
use rules::edits::EditFinding;
use rules::ids::{ChartId, DocumentId};
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

/// Holds to be placed.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DeskHolds {
    /// The lease on which they are placed.
    epoch: i32,
    /// One or several reasons, at most five, each with its own note.
    holds: Vec<HoldAsked>,
}

/// Puts the chart on hold and gives it back.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/hold", tag = "desk",
    params(("chart" = ChartId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = DeskHolds,
    responses((status = 200, body = GivenBack), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn hold(
    may: May<may::CodeCharts>,
    request: HttpRequest,
    chart: Path<ChartId>,
    body: Json<DeskHolds>,
) -> Answer<Json<GivenBack>> {
    let scope = may.vendor_scope()?;
    let once = once(&request, "POST /api/v1/desk/{chart}/hold", (*chart, &*body))?;
    let placings: Vec<Placing<'_>> = body.holds.iter().map(HoldAsked::placing).collect();
    let which = (*chart, body.epoch);
    let given = give_back::hold(may.services(), &scope, which, &placings, once.as_ref()).await?;
    Ok(Json(given))
}

/// A document that can't be used.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct DocumentProblem {
    /// The lease on which it is marked.
    epoch: i32,
    /// What is wrong with it.
    problem: DocumentFault,
    /// The document.
    document_id: DocumentId,
    /// Which of its pages, where one is meant.
    #[serde(default)]
    page: Option<i32>,
    /// What the facility should know.
    #[serde(default)]
    note: String,
}

/// Marks a document as another patient's, or as unreadable; the chart goes on hold until the facility has
/// settled it. Nobody at the desk reads another patient's document any further.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/problem", tag = "desk",
    params(("chart" = ChartId, Path)), request_body = DocumentProblem,
    responses((status = 200, body = GivenBack), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn problem(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
    body: Json<DocumentProblem>,
) -> Answer<Json<GivenBack>> {
    let scope = may.vendor_scope()?;
    let DocumentProblem { epoch, problem: fault, document_id: document, page, note } =
        body.into_inner();
    let marking = Marking { epoch, fault, document, page, note: &note };
    Ok(Json(problem::mark(may.services(), &scope, *chart, marking).await?))
}

/// A chart to be given back.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Release {
    /// The lease that is given back.
    epoch: i32,
    /// Why; the first two bar the chart from coming back to the same person.
    reason: SkipReason,
    /// Which skill of the queue was missing, for `outside_skill`.
    #[serde(default)]
    skill: Option<String>,
}

/// Gives the chart back to its queue.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/release", tag = "desk",
    params(("chart" = ChartId, Path)), request_body = Release,
    responses((status = 200, body = GivenBack), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn release(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
    body: Json<Release>,
) -> Answer<Json<GivenBack>> {
    let scope = may.vendor_scope()?;
    let Release { epoch, reason, skill } = body.into_inner();
    let releasing = Releasing { epoch, reason, skill: skill.as_deref() };
    let given = give_back::release(may.services(), &scope, *chart, releasing).await?;
    Ok(Json(given))
}

fn once(
    request: &HttpRequest,
    route: &'static str,
    said: (ChartId, &impl Serialize),
) -> Result<Option<Once>> {
    Once::of(request, route, base::secret::sha256(&serde_json::to_vec(&said)?))
}
