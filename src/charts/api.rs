//! The JSON doors of this room.

use crate::disclosure::{self, Settlement};
use crate::documents::{self, Part, Viewer};
use crate::given_back::{self, GivenBackCount};
use crate::holds::Placing;
use crate::led::{self, ListedHold};
use crate::missing::{self, Missing};
use crate::settle;
use crate::store::{self, ChartRow};
use crate::view::{self, ChartView, Filter, ListedChart};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Json, Path, Query};
use base::pages::PageImage;
use rules::Instant;
use rules::access::may;
use rules::holds::{Awaited, HoldReason, Until};
use rules::ids::{ChartId, DocumentId, HoldId};
use rules::lifecycle::{Action, ActorKind, ChartState};
use rules::time::Day;
use serde::{Deserialize, Serialize};
use web::paging::Paged;
use web::{Answer, May, Problem};

/// One's own facility's charts, newest first.
#[utoipa::path(get, path = "/api/v1/charts", tag = "charts", params(Filter),
    responses((status = 200, body = Paged<ListedChart>), (status = 422, body = Problem)))]
pub async fn list(
    may: May<may::ViewOwnCharts>,
    filter: Query<Filter>,
) -> Answer<Json<Paged<ListedChart>>> {
    let keyring = &may.services().keyring;
    Ok(Json(may.facility(async |tx| view::list(tx, keyring, &filter).await).await?))
}

/// One chart.
#[utoipa::path(get, path = "/api/v1/charts/{id}", tag = "charts", params(("id" = ChartId, Path)),
    responses((status = 200, body = ChartView), (status = 404, body = Problem)))]
pub async fn one(may: May<may::ViewOwnCharts>, id: Path<ChartId>) -> Answer<Json<ChartView>> {
    let keyring = &may.services().keyring;
    Ok(Json(may.facility(async |tx| view::one(tx, keyring, *id).await).await?))
}

/// One entry of a chart's timeline, as its facility sees it: what was done, not by whom of the vendor.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct TimelineEntry {
    /// Counts the chart's moves.
    pub seq: i32,
    /// When.
    pub at: Instant,
    /// What was done.
    pub action: Action,
    /// From where.
    pub from_state: ChartState,
    /// To where.
    pub to_state: ChartState,
    /// In what capacity.
    pub by: ActorKind,
    /// A reason code.
    pub reason: Option<String>,
}

pub(crate) fn entry(event: store::Event) -> TimelineEntry {
    TimelineEntry {
        seq: event.seq,
        at: event.at,
        action: event.action,
        from_state: event.from_state,
        to_state: event.to_state,
        by: event.actor_kind,
        reason: event.reason,
    }
}

/// What happened to a chart, oldest first.
#[utoipa::path(get, path = "/api/v1/charts/{id}/timeline", tag = "charts",
    params(("id" = ChartId, Path)),
    responses((status = 200, body = Vec<TimelineEntry>), (status = 404, body = Problem)))]
pub async fn timeline(
    may: May<may::ViewOwnCharts>,
    id: Path<ChartId>,
) -> Answer<Json<Vec<TimelineEntry>>> {
    let events = may
        .facility(async |tx| {
            store::find(tx, *id).await?;
            store::timeline(tx, *id).await
        })
        .await?;
    Ok(Json(events.into_iter().map(entry).collect()))
}

/// The text of one document.
#[utoipa::path(get, path = "/api/v1/charts/{id}/documents/{document}", tag = "charts",
    params(("id" = ChartId, Path), ("document" = DocumentId, Path)),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 404, body = Problem)))]
pub async fn document(
    may: May<may::ViewOwnCharts>,
    path: Path<(ChartId, DocumentId)>,
) -> Answer<HttpResponse> {
    let (chart, document) = path.into_inner();
    let keyring = &may.services().keyring;
    let wanted = (document, Part::Text);
    let permit =
        may.facility(async |tx| documents::permit(tx, keyring, chart, wanted).await).await?;
    let text = permit.text(may.services()).await?;
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text))
}

/// One page of a document that is page images, as it is shown: with a watermark in it.
#[utoipa::path(get, path = "/api/v1/charts/{id}/documents/{document}/pages/{page}", tag = "charts",
    params(("id" = ChartId, Path), ("document" = DocumentId, Path),
        ("page" = i32, Path, description = "counted from 1")),
    responses((status = 200, body = Vec<u8>, content_type = "image/png"),
        (status = 404, body = Problem)))]
pub async fn page(
    may: May<may::ViewOwnCharts>,
    path: Path<(ChartId, DocumentId, i32)>,
) -> Answer<HttpResponse> {
    let (chart, document, page) = path.into_inner();
    let keyring = &may.services().keyring;
    let wanted = (document, Part::Page(page));
    let permit =
        may.facility(async |tx| documents::permit(tx, keyring, chart, wanted).await).await?;
    Ok(page_answer(permit.page(may.services(), viewer(&may)).await?))
}

/// Whoever asks, as a page names them.
#[must_use]
pub fn viewer<R>(may: &May<R>) -> Viewer<'_> {
    Viewer { name: &may.principal().name, id: may.principal().id }
}

/// A page as an answer: no browser keeps it.
#[must_use]
pub fn page_answer(page: PageImage) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(page.media_type)
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(page.bytes)
}

/// Where a chart stands after something was done to it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Standing {
    /// The chart.
    pub id: ChartId,
    /// Where it stands.
    pub state: ChartState,
    /// Counts its moves.
    pub version: i32,
    /// When its codes are due.
    pub due_at: Option<Instant>,
}

impl From<ChartRow> for Standing {
    fn from(row: ChartRow) -> Self {
        Self { id: row.id, state: row.state, version: row.version, due_at: row.due_at }
    }
}

/// Says that a chart is no duplicate, or that its exception is settled.
#[utoipa::path(post, path = "/api/v1/charts/{id}/clear", tag = "charts",
    params(("id" = ChartId, Path)),
    responses((status = 200, body = Standing), (status = 409, body = Problem)))]
pub async fn clear(may: May<may::SettleOwnCharts>, id: Path<ChartId>) -> Answer<Json<Standing>> {
    let scope = may.facility_scope()?;
    Ok(Json(settle::clear(may.services(), &scope, *id).await?.into()))
}

/// Withdraws a chart.
#[utoipa::path(post, path = "/api/v1/charts/{id}/void", tag = "charts",
    params(("id" = ChartId, Path)),
    responses((status = 200, body = Standing), (status = 409, body = Problem)))]
pub async fn void(may: May<may::SettleOwnCharts>, id: Path<ChartId>) -> Answer<Json<Standing>> {
    let scope = may.facility_scope()?;
    Ok(Json(settle::void(may.services(), &scope, *id).await?.into()))
}

/// The answer to a hold.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldAnswer {
    /// What the coder needs to know.
    #[serde(default)]
    pub note: String,
}

/// Answers a hold; the chart goes on when it was the last.
#[utoipa::path(post, path = "/api/v1/charts/{id}/holds/{hold}/lift", tag = "charts",
    params(("id" = ChartId, Path), ("hold" = HoldId, Path)), request_body = HoldAnswer,
    responses((status = 200, body = Standing), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn lift_hold(
    may: May<may::SettleOwnCharts>,
    path: Path<(ChartId, HoldId)>,
    body: Json<HoldAnswer>,
) -> Answer<Json<Standing>> {
    let scope = may.facility_scope()?;
    let which = path.into_inner();
    Ok(Json(settle::answer_hold(may.services(), &scope, which, &body.note).await?.into()))
}

/// Says whose the document is that a coder marked as another patient's; the chart goes on.
#[utoipa::path(post, path = "/api/v1/charts/{id}/holds/{hold}/settle", tag = "charts",
    params(("id" = ChartId, Path), ("hold" = HoldId, Path)), request_body = Settlement,
    responses((status = 200, body = Standing), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn settle_hold(
    may: May<may::SettleDisclosures>,
    path: Path<(ChartId, HoldId)>,
    body: Json<Settlement>,
) -> Answer<Json<Standing>> {
    let scope = may.facility_scope()?;
    let which = path.into_inner();
    Ok(Json(disclosure::settle(may.services(), &scope, which, &body).await?.into()))
}

/// Lifts a hold that the coding company owns, with a word for the coder.
#[utoipa::path(post, path = "/api/v1/charts/{id}/holds/{hold}/release", tag = "board",
    params(("id" = ChartId, Path), ("hold" = HoldId, Path)), request_body = HoldAnswer,
    responses((status = 200, body = Standing), (status = 403, body = Problem),
        (status = 404, body = Problem)))]
pub async fn release_hold(
    may: May<may::SettleCharts>,
    path: Path<(ChartId, HoldId)>,
    body: Json<HoldAnswer>,
) -> Answer<Json<Standing>> {
    let scope = may.vendor_scope()?;
    let which = path.into_inner();
    Ok(Json(led::answer(may.services(), &scope, which, &body.note).await?.into()))
}

/// A reason for which a chart can't go on.
#[derive(Debug, Clone, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldAsked {
    /// Why; it decides who must act and whether the clock stops.
    pub reason: HoldReason,
    /// What whoever must act needs to know.
    pub note: String,
    /// The day, on the facility's calendar, with whose beginning it ends by itself, where the reason may.
    #[serde(default)]
    pub until: Option<Day>,
    /// The document with whose arrival it ends by itself, where the reason may.
    #[serde(default)]
    pub awaits: Option<Awaited>,
}

impl HoldAsked {
    /// As it is placed.
    #[must_use]
    pub fn placing(&self) -> Placing<'_> {
        let until = Until { day: self.until.map(|day| day.0), document: self.awaits };
        Placing { until, ..Placing::of(self.reason, &self.note) }
    }
}

/// One or several reasons, at most five at once.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct HoldsAsked {
    /// Each with its own note.
    pub holds: Vec<HoldAsked>,
}

/// Puts a chart on hold as a lead, or adds reasons to one that is. Whoever works on it loses it.
#[utoipa::path(post, path = "/api/v1/charts/{id}/holds", tag = "board",
    params(("id" = ChartId, Path)), request_body = HoldsAsked,
    responses((status = 200, body = Standing), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub async fn place_holds(
    may: May<may::SettleCharts>,
    id: Path<ChartId>,
    body: Json<HoldsAsked>,
) -> Answer<Json<Standing>> {
    let scope = may.vendor_scope()?;
    let placings: Vec<Placing<'_>> = body.holds.iter().map(HoldAsked::placing).collect();
    Ok(Json(led::place(may.services(), &scope, *id, &placings).await?.into()))
}

/// Every open hold: those of the coding company first, the oldest at the head. No patient, no note.
#[utoipa::path(get, path = "/api/v1/holds", tag = "board",
    responses((status = 200, body = Vec<ListedHold>)))]
pub async fn holds(may: May<may::ViewBoard>) -> Answer<Json<Vec<ListedHold>>> {
    Ok(Json(may.ops(async |tx| led::list(tx).await).await?))
}

/// What waits for one's own facility, with counts.
#[utoipa::path(get, path = "/api/v1/missing", tag = "charts",
    responses((status = 200, body = Missing)))]
pub async fn missing(may: May<may::ViewOwnCharts>) -> Answer<Json<Missing>> {
    let keyring = &may.services().keyring;
    Ok(Json(may.facility(async |tx| missing::missing(tx, keyring).await).await?))
}

/// What coders gave back in the last 30 days, by person, reason and missing skill.
#[utoipa::path(get, path = "/api/v1/given-back", tag = "board",
    responses((status = 200, body = Vec<GivenBackCount>)))]
pub async fn given_back(may: May<may::ViewBoard>) -> Answer<Json<Vec<GivenBackCount>>> {
    Ok(Json(may.ops(async |tx| given_back::given_back(tx).await).await?))
}
