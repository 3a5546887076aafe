//! The JSON door.

use crate::assign::{self, Assigning, Given};
use crate::board::{self, Board, BoardFilter, Looking};
use crate::bulk::{self, BulkDone};
use crate::explain::{self, WhyWaiting};
use crate::fit::{self, Fitting};
use crate::next::{self, Taken};
use crate::nothing;
use crate::plan::{self, PlanPreview};
use crate::work::{self, Work};
use actix_web::HttpRequest;
use actix_web::web::{Json, Path, Query};
use base::error::{Error, Result};
use jiff::tz::TimeZone;
use rules::access::may;
use rules::ids::{ChartId, PersonId};
use rules::words::AssignmentKind;
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::{Answer, May, Problem};

/// What one has in hand.
#[utoipa::path(get, path = "/api/v1/work", tag = "work", responses((status = 200, body = Work)))]
pub(crate) async fn work(may: May<may::TakeWork>) -> Answer<Json<Work>> {
    let scope = may.vendor_scope()?;
    Ok(Json(work::work(may.services(), &scope, may.principal().id).await?))
}

/// What is asked for.
#[derive(Debug, Default, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NextAsked {
    /// One kind of work; any when absent.
    kind: Option<AssignmentKind>,
}

/// What was given.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct NextAnswer {
    /// The chart; none when there is nothing for this person now.
    taken: Option<Taken>,
    /// The page on which to go on.
    place: String,
    /// Why there is nothing.
    why: Option<String>,
}

/// Gives the next piece of work: offers first, then what is kept for one, then the most urgent chart.
#[utoipa::path(post, path = "/api/v1/work/next", tag = "work", request_body = NextAsked,
    params(("Idempotency-Key" = Option<String>, Header,
        description = "a repeated request with the same key is given the same chart")),
    responses((status = 200, body = NextAnswer), (status = 409, body = Problem)))]
pub(crate) async fn next(
    may: May<may::TakeWork>,
    request: HttpRequest,
    body: Json<NextAsked>,
) -> Answer<Json<NextAnswer>> {
    let said = serde_json::to_vec(&*body).map_err(Error::internal)?;
    let once = Once::of(&request, "POST /api/v1/work/next", base::secret::sha256(&said))?;
    let (scope, person) = (may.vendor_scope()?, may.principal().id);
    let taken = next::next_once(may.services(), &scope, person, body.kind, once.as_ref()).await?;
    let (place, why) = if let Some(taken) = taken.as_ref() {
        (work::place(taken), None)
    } else {
        let why = nothing::why_nothing(may.services(), &scope, person, body.kind).await?;
        ("/work".to_owned(), Some(why))
    };
    Ok(Json(NextAnswer { taken, place, why }))
}

/// Begins a chart that is offered; harmless when it has begun.
#[utoipa::path(post, path = "/api/v1/work/{chart}/begin", tag = "work",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = Taken), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn begin(may: May<may::TakeWork>, chart: Path<ChartId>) -> Answer<Json<Taken>> {
    let scope = may.vendor_scope()?;
    Ok(Json(next::begin(may.services(), &scope, may.principal().id, *chart).await?))
}

/// The board of what waits, who is at work and what is in hand.
#[utoipa::path(get, path = "/api/v1/board", tag = "board", params(BoardFilter),
    responses((status = 200, body = Board)))]
pub(crate) async fn board(
    may: May<may::ViewBoard>,
    filter: Query<BoardFilter>,
) -> Answer<Json<Board>> {
    let looking = looking(&may, *filter)?;
    Ok(Json(may.ops(async |tx| Box::pin(board::board(tx, &looking)).await).await?))
}

/// How the board is shown to whoever asks.
pub(crate) fn looking<R>(may: &May<R>, filter: BoardFilter) -> Result<Looking> {
    let reserve_minutes = may.services().config.scheduling.reserve_minutes;
    Ok(Looking { zone: zone_of(may)?, reserve_minutes, filter })
}

/// The time zone in which sentences name an hour to the reader.
pub(crate) fn zone_of<R>(may: &May<R>) -> Result<TimeZone> {
    rules::clock::zone(&may.principal().time_zone).map_err(Error::internal)
}

/// What a planning run would do now; nothing is written.
#[utoipa::path(post, path = "/api/v1/plan", tag = "board",
    responses((status = 200, body = PlanPreview)))]
pub(crate) async fn plan(may: May<may::AssignCharts>) -> Answer<Json<PlanPreview>> {
    let scope = may.vendor_scope()?;
    Ok(Json(plan::preview(may.services(), &scope).await?))
}

/// Why a chart waits, and who could have it.
#[utoipa::path(get, path = "/api/v1/charts/{id}/waiting", tag = "board",
    params(("id" = ChartId, Path)),
    responses((status = 200, body = WhyWaiting), (status = 404, body = Problem)))]
pub(crate) async fn waiting(
    may: May<may::ViewBoard>,
    chart: Path<ChartId>,
) -> Answer<Json<WhyWaiting>> {
    let zone = zone_of(&may)?;
    let why = may.ops(async |tx| Box::pin(explain::why_waiting(tx, *chart, &zone)).await).await?;
    Ok(Json(why))
}

/// Whom a lead gives a chart.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AssignAsked {
    /// The person.
    person_id: PersonId,
    /// Why; needed when a rule of load is set aside, or work is taken from somebody. No patient data.
    #[serde(default)]
    reason: String,
    /// Whether it may be taken from somebody who has begun; without this it is refused.
    #[serde(default)]
    take_back: bool,
}

/// Gives a chart to a person, as an offer. Rules of safety hold; those of load can be set aside.
#[utoipa::path(post, path = "/api/v1/charts/{id}/assign", tag = "board",
    params(("id" = ChartId, Path)), request_body = AssignAsked,
    responses((status = 200, body = Given), (status = 403, body = Problem),
        (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn assign(
    may: May<may::AssignCharts>,
    chart: Path<ChartId>,
    body: Json<AssignAsked>,
) -> Answer<Json<Given>> {
    let scope = may.vendor_scope()?;
    let AssignAsked { person_id: person, ref reason, take_back } = *body;
    let assigning = Assigning { person, reason, take_back };
    Ok(Json(assign::assign(may.services(), &scope, *chart, assigning).await?))
}

/// Why a lead takes a chart back.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RevokeAsked {
    /// For the person who loses it. No patient data.
    reason: String,
}

/// Takes a chart back from whoever holds it; the draft stays.
#[utoipa::path(post, path = "/api/v1/charts/{id}/revoke", tag = "board",
    params(("id" = ChartId, Path)), request_body = RevokeAsked,
    responses((status = 200, body = Given), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn revoke(
    may: May<may::AssignCharts>,
    chart: Path<ChartId>,
    body: Json<RevokeAsked>,
) -> Answer<Json<Given>> {
    let scope = may.vendor_scope()?;
    Ok(Json(assign::revoke(may.services(), &scope, *chart, &body.reason).await?))
}

/// Some charts, by their ids.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChartsAsked {
    /// 1 to 50 charts.
    charts: Vec<ChartId>,
}

/// What the rules say of everybody and some charts, before one gives them; nothing is written.
#[utoipa::path(post, path = "/api/v1/board/fitting", tag = "board", request_body = ChartsAsked,
    responses((status = 200, body = Fitting), (status = 422, body = Problem)))]
pub(crate) async fn fitting(
    may: May<may::AssignCharts>,
    body: Json<ChartsAsked>,
) -> Answer<Json<Fitting>> {
    Ok(Json(may.ops(async |tx| Box::pin(fit::fitting(tx, &body.charts)).await).await?))
}

/// To whom a lead gives charts.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkAssignAsked {
    /// 1 to 50 charts, in the order in which they are to be given.
    charts: Vec<ChartId>,
    /// The person.
    person_id: PersonId,
    /// Why; needed where a rule of load is set aside, or work is taken from somebody. No patient data.
    #[serde(default)]
    reason: String,
    /// Whether charts may be taken from somebody who has begun.
    #[serde(default)]
    take_back: bool,
}

/// Gives charts to a person, as offers; each chart has its own answer.
#[utoipa::path(post, path = "/api/v1/board/assign", tag = "board", request_body = BulkAssignAsked,
    responses((status = 200, body = BulkDone), (status = 422, body = Problem)))]
pub(crate) async fn assign_many(
    may: May<may::AssignCharts>,
    body: Json<BulkAssignAsked>,
) -> Answer<Json<BulkDone>> {
    let scope = may.vendor_scope()?;
    let BulkAssignAsked { ref charts, person_id: person, ref reason, take_back } = *body;
    let assigning = Assigning { person, reason, take_back };
    Ok(Json(bulk::assign(may.services(), &scope, charts, assigning).await?))
}

/// Which charts a lead takes back, and why.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BulkRevokeAsked {
    /// 1 to 50 charts.
    charts: Vec<ChartId>,
    /// For whoever loses one. No patient data.
    reason: String,
}

/// Takes charts back from whoever holds them; drafts stay; each chart has its own answer.
#[utoipa::path(post, path = "/api/v1/board/revoke", tag = "board", request_body = BulkRevokeAsked,
    responses((status = 200, body = BulkDone), (status = 422, body = Problem)))]
pub(crate) async fn revoke_many(
    may: May<may::AssignCharts>,
    body: Json<BulkRevokeAsked>,
) -> Answer<Json<BulkDone>> {
    let scope = may.vendor_scope()?;
    Ok(Json(bulk::revoke(may.services(), &scope, &body.charts, &body.reason).await?))
}
