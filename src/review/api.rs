//! The JSON doors of this room.

use crate::KIND;
use crate::compare::{self, Compared};
use crate::decide::{self, Decided, Decision};
use crate::draft::ReviewDraft;
use crate::findings::FindingView;
use crate::lease;
use crate::open::{self, ReviewDesk, ReviewDraftView};
use crate::save::{self, Saved, Saving};
use crate::sent_back;
use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use charts::reading::{self, Wanted};
use coding::drafts::Kept;
use coding::{Beat, DraftLine, GivenBack, LeaseView, SkipReason};
use rules::Instant;
use rules::access::may;
use rules::ids::{ChartId, DocumentId};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::{Answer, May, Problem};

/// Everything the reviewer sees of a chart that they hold.
#[utoipa::path(get, path = "/api/v1/reviews/{chart}", tag = "reviews",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = ReviewDesk), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn desk(may: May<may::ReviewCharts>, chart: Path<ChartId>) -> Answer<Json<ReviewDesk>> {
    let scope = may.vendor_scope()?;
    Ok(Json(open::open(may.services(), &scope, *chart).await?))
}

/// The text of one document.
#[utoipa::path(get, path = "/api/v1/reviews/{chart}/documents/{document}", tag = "reviews",
    params(("chart" = ChartId, Path), ("document" = DocumentId, Path)),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn document(
    may: May<may::ReviewCharts>,
    path: Path<(ChartId, DocumentId)>,
) -> Answer<HttpResponse> {
    let (chart, document) = path.into_inner();
    let scope = may.vendor_scope()?;
    let wanted = Wanted { kind: KIND, chart, document };
    let text = reading::text(may.services(), &scope, wanted).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

/// One page of a document that is page images, as it is shown: with a watermark in it.
#[utoipa::path(get, path = "/api/v1/reviews/{chart}/documents/{document}/pages/{page}", tag = "reviews",
    params(("chart" = ChartId, Path), ("document" = DocumentId, Path),
        ("page" = i32, Path, description = "counted from 1")),
    responses((status = 200, body = Vec<u8>, content_type = "image/png"),
        (status = 403, body = Problem), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn page(
    may: May<may::ReviewCharts>,
    path: Path<(ChartId, DocumentId, i32)>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let (chart, document, page) = path.into_inner();
    let wanted = (Wanted { kind: KIND, chart, document }, page);
    let page = reading::page(may.services(), &scope, wanted, charts::viewer(&may)).await?;
    Ok(charts::page_answer(page))
}

/// Begins a review that was offered; harmless when it has begun.
#[utoipa::path(post, path = "/api/v1/reviews/{chart}/start", tag = "reviews",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = LeaseView), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn start(may: May<may::ReviewCharts>, chart: Path<ChartId>) -> Answer<Json<LeaseView>> {
    let scope = may.vendor_scope()?;
    Ok(Json(lease::start(may.services(), &scope, *chart).await?))
}

/// Says that somebody works on the review, which extends the lease.
#[utoipa::path(post, path = "/api/v1/reviews/{chart}/beat", tag = "reviews",
    params(("chart" = ChartId, Path)), request_body = Beat,
    responses((status = 200, body = LeaseView), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn beat(
    may: May<may::ReviewCharts>,
    chart: Path<ChartId>,
    body: Json<Beat>,
) -> Answer<Json<LeaseView>> {
    let scope = may.vendor_scope()?;
    Ok(Json(lease::beat(may.services(), &scope, *chart, body.into_inner()).await?))
}

/// A reviewer's draft to be saved.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaveReview {
    /// The lease on which it was entered.
    epoch: i32,
    /// The revision that was seen last; 0 when there was none.
    revision: i32,
    /// What was entered.
    draft: ReviewDraft,
}

/// Why a reviewer's draft was not saved, with the one that is there.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ReviewBehind {
    #[serde(flatten)]
    problem: Problem,
    /// What somebody, perhaps in another window, saved meanwhile.
    stored: ReviewDraftView,
}

/// Saves a draft. It is refused with 409 and the stored one when another was saved meanwhile.
#[utoipa::path(put, path = "/api/v1/reviews/{chart}/draft", tag = "reviews",
    params(("chart" = ChartId, Path)), request_body = SaveReview,
    responses((status = 200, body = Kept), (status = 404, body = Problem),
        (status = 409, body = ReviewBehind,
            description = "`draft_behind` with the stored draft, or `conflict` when the lease is over"),
        (status = 422, body = Problem)))]
pub async fn save_draft(
    may: May<may::ReviewCharts>,
    chart: Path<ChartId>,
    body: Json<SaveReview>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let SaveReview { epoch, revision, draft } = body.into_inner();
    let saving = Saving { epoch, seen: revision, draft: &draft };
    Ok(match save::save_draft(may.services(), &scope, *chart, saving).await? {
        Saved::Kept(kept) => HttpResponse::Ok().json(kept),
        Saved::Behind(stored) => {
            let problem = Problem {
                kind: "draft_behind",
                title: "Changed meanwhile",
                status: StatusCode::CONFLICT.as_u16(),
                detail: "this draft was changed in another window".into(),
                fields: Vec::new(),
            };
            HttpResponse::Conflict()
                .content_type("application/problem+json")
                .json(ReviewBehind { problem, stored: *stored })
        }
    })
}

/// Lines to be compared with the coder's.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CompareLines {
    /// In the order of the claim.
    lines: Vec<DraftLine>,
}

/// Compares lines with the coding under review, without saving them.
#[utoipa::path(post, path = "/api/v1/reviews/{chart}/compare", tag = "reviews",
    params(("chart" = ChartId, Path)), request_body = CompareLines,
    responses((status = 200, body = Compared), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn compare(
    may: May<may::ReviewCharts>,
    chart: Path<ChartId>,
    body: Json<CompareLines>,
) -> Answer<Json<Compared>> {
    let scope = may.vendor_scope()?;
    Ok(Json(compare::compare_lines(may.services(), &scope, *chart, &body.lines).await?))
}

/// Ends the review: accepts, corrects and accepts, or sends back.
#[utoipa::path(post, path = "/api/v1/reviews/{chart}/decide", tag = "reviews",
    params(("chart" = ChartId, Path), ("Idempotency-Key" = Option<String>, Header,
        description = "a repeated request with the same key is answered as the first one was")),
    request_body = Decision,
    responses((status = 200, body = Decided), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 422, body = Problem),
        (status = 409, body = Problem, description = "the lease is over; nothing has changed")))]
pub async fn decide(
    may: May<may::ReviewCharts>,
    request: HttpRequest,
    chart: Path<ChartId>,
    body: Json<Decision>,
) -> Answer<Json<Decided>> {
    let scope = may.vendor_scope()?;
    let said = base::secret::sha256(&serde_json::to_vec(&(*chart, &*body))?);
    let once = Once::of(&request, "POST /api/v1/reviews/{chart}/decide", said)?;
    let decided = decide::decide(may.services(), &scope, *chart, &body, once.as_ref()).await?;
    Ok(Json(decided))
}

/// A review to be given back.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseReview {
    /// The lease that is given back.
    epoch: i32,
    /// Why; the first two bar the chart from coming back to the same person.
    reason: SkipReason,
}

/// Gives the review back for somebody else.
#[utoipa::path(post, path = "/api/v1/reviews/{chart}/release", tag = "reviews",
    params(("chart" = ChartId, Path)), request_body = ReleaseReview,
    responses((status = 200, body = GivenBack), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub async fn release(
    may: May<may::ReviewCharts>,
    chart: Path<ChartId>,
    body: Json<ReleaseReview>,
) -> Answer<Json<GivenBack>> {
    let scope = may.vendor_scope()?;
    let ReleaseReview { epoch, reason } = body.into_inner();
    Ok(Json(lease::release(may.services(), &scope, *chart, epoch, reason).await?))
}

/// What the last review that sent a chart back found.
#[derive(Debug, Default, Serialize, utoipa::ToSchema)]
pub struct SentBack {
    /// When; none when no review sent it back.
    decided_at: Option<Instant>,
    /// Which coding it was about.
    coding_version: Option<i32>,
    /// What was found, in the reviewer's order.
    findings: Vec<FindingView>,
}

/// What the reviewer found, for the coder who holds the chart again.
#[utoipa::path(get, path = "/api/v1/desk/{chart}/findings", tag = "desk",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = SentBack), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub async fn findings(may: May<may::CodeCharts>, chart: Path<ChartId>) -> Answer<Json<SentBack>> {
    let scope = may.vendor_scope()?;
    let last = sent_back::sent_back(may.services(), &scope, *chart).await?;
    Ok(Json(last.map_or_else(SentBack::default, |review| SentBack {
        decided_at: review.decided_at,
        coding_version: Some(review.coding_version),
        findings: review.findings,
    })))
}
