//! The lead's side: what waits for providers, for how long, and letting it go on.

use super::desk::QueryCancellation;
use crate::settle;
use crate::view::{self, OpenQuery};
use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use rules::access::may;
use rules::ids::QueryId;
use rules::lifecycle::ActorKind;
use rules::query::GiveUpReason;
use serde::Deserialize;
use web::{Answer, May, Problem};

/// The open questions of one's facilities, the longest-waiting first; not what they ask.
#[utoipa::path(get, path = "/api/v1/board/queries", tag = "board",
    responses((status = 200, body = Vec<OpenQuery>)))]
pub(crate) async fn list(may: May<may::ViewBoard>) -> Answer<Json<Vec<OpenQuery>>> {
    Ok(Json(may.ops(async |tx| view::board(tx).await).await?))
}

/// Takes back a question.
#[utoipa::path(post, path = "/api/v1/board/queries/{id}/cancel", tag = "board",
    params(("id" = QueryId, Path)), request_body = QueryCancellation,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn cancel(
    may: May<may::SettleCharts>,
    id: Path<QueryId>,
    body: Json<QueryCancellation>,
) -> Answer<HttpResponse> {
    let (services, reason) = (may.services(), body.reason);
    let actor = may.actor(ActorKind::Lead);
    may.ops(async |tx| settle::cancel(services, tx, *id, (actor, reason)).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Why a chart is to go on without an answer.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivingUp {
    /// The reason.
    reason: GiveUpReason,
}

/// Lets a chart go on without an answer, once nobody has answered for so long that it was escalated.
#[utoipa::path(post, path = "/api/v1/board/queries/{id}/give-up", tag = "board",
    params(("id" = QueryId, Path)), request_body = GivingUp,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn give_up(
    may: May<may::SettleCharts>,
    id: Path<QueryId>,
    body: Json<GivingUp>,
) -> Answer<HttpResponse> {
    let (services, reason) = (may.services(), body.reason);
    may.ops(async |tx| settle::give_up(services, tx, *id, reason).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
