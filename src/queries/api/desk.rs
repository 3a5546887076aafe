//! The coder's side: writing, asking, taking back, concluding.

use crate::ask::{self, Asked, AskedQuestion, Asking, KIND};
use crate::drafts::{self, Drafting};
use crate::settle::{self, Conclusion};
use crate::store;
use crate::view::{self, DeskQueries, OpenQuery};
use actix_web::web::{Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use charts::held;
use rules::access::may;
use rules::ids::{ChartId, QueryId};
use rules::query::{self, CancelReason, CodesEffect, QueryFinding, QueryOutcome, QueryQuestion};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::{Answer, May, Problem};

/// What was asked about a chart that one holds, and what it takes to ask more.
#[utoipa::path(get, path = "/api/v1/desk/{chart}/queries", tag = "queries",
    params(("chart" = ChartId, Path)),
    responses((status = 200, body = DeskQueries), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn list(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
) -> Answer<Json<DeskQueries>> {
    let keyring = &may.services().keyring;
    let desk = async |tx: &mut base::db::DeskTx| {
        let held = held::to_read(tx, KIND, *chart).await?;
        view::desk(tx, keyring, &held).await
    };
    Ok(Json(may.desk(desk).await?))
}

/// Questions to be sent together.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionsToAsk {
    /// The lease on which they were written.
    epoch: i32,
    /// The questions, at most 5.
    questions: Vec<AskedQuestion>,
}

/// Sends questions to providers; the chart waits for the answers.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/queries", tag = "queries",
    params(("chart" = ChartId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = QuestionsToAsk,
    responses((status = 200, body = Asked), (status = 404, body = Problem),
        (status = 409, body = Problem),
        (status = 422, body = Problem, description = "each field that a rule stands against")))]
pub(crate) async fn ask(
    may: May<may::CodeCharts>,
    request: HttpRequest,
    chart: Path<ChartId>,
    body: Json<QuestionsToAsk>,
) -> Answer<Json<Asked>> {
    let scope = may.vendor_scope()?;
    let said = base::secret::sha256(&serde_json::to_vec(&(*chart, &*body))?);
    let once = Once::of(&request, "POST /api/v1/desk/{chart}/queries", said)?;
    let asking = Asking { epoch: body.epoch, questions: &body.questions };
    Ok(Json(ask::ask(may.services(), &scope, *chart, asking, once.as_ref()).await?))
}

/// Questions that are being written.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuestionsToKeep {
    /// The lease on which they are written.
    epoch: i32,
    /// The revision that was seen last; 0 when there was none.
    revision: i32,
    /// The questions, at most 5.
    questions: Vec<AskedQuestion>,
}

/// That they are kept.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct QuestionsKept {
    /// To be given with the next saving.
    revision: i32,
}

/// Keeps what is being written with the chart.
#[utoipa::path(put, path = "/api/v1/desk/{chart}/query-draft", tag = "queries",
    params(("chart" = ChartId, Path)), request_body = QuestionsToKeep,
    responses((status = 200, body = QuestionsKept), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn keep(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
    body: Json<QuestionsToKeep>,
) -> Answer<Json<QuestionsKept>> {
    let scope = may.vendor_scope()?;
    let drafting = Drafting { epoch: body.epoch, seen: body.revision, questions: &body.questions };
    let revision = drafts::save(may.services(), &scope, *chart, drafting).await?;
    Ok(Json(QuestionsKept { revision }))
}

/// What the rules say of a question as it is written; nothing is kept.
#[utoipa::path(post, path = "/api/v1/query-check", tag = "queries", request_body = QueryQuestion,
    responses((status = 200, body = Vec<QueryFinding>)))]
pub(crate) async fn check(
    _may: May<may::CodeCharts>,
    body: Json<QueryQuestion>,
) -> Answer<Json<Vec<QueryFinding>>> {
    Ok(Json(query::check(&body)))
}

/// What came of an answer.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueryConclusion {
    /// The lease on which the chart is held.
    epoch: i32,
    /// Whether the answer bears out what was asked.
    outcome: QueryOutcome,
    /// What it did to the codes; never shown to a provider.
    effect: CodesEffect,
    /// In the coder's own words.
    #[serde(default)]
    note: String,
}

/// Records what came of an answer.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/queries/{query}/outcome", tag = "queries",
    params(("chart" = ChartId, Path), ("query" = QueryId, Path)), request_body = QueryConclusion,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn conclude(
    may: May<may::CodeCharts>,
    path: Path<(ChartId, QueryId)>,
    body: Json<QueryConclusion>,
) -> Answer<HttpResponse> {
    let services = may.services();
    let QueryConclusion { epoch, outcome, effect, note } = body.into_inner();
    let said = Conclusion { epoch, outcome, effect, note: &note };
    let which = path.into_inner();
    may.desk(async |tx| settle::conclude(services, tx, which, said).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The open questions that one has asked, the longest-waiting first.
#[utoipa::path(get, path = "/api/v1/asked-queries", tag = "queries",
    responses((status = 200, body = Vec<OpenQuery>)))]
pub(crate) async fn asked(may: May<may::CodeCharts>) -> Answer<Json<Vec<OpenQuery>>> {
    let person = may.principal().id;
    let list = async |tx: &mut base::db::DeskTx| {
        let listed = store::open_of_coder(tx, person).await?;
        view::without_texts(tx, listed).await
    };
    Ok(Json(may.desk(list).await?))
}

/// Why a question is taken back.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueryCancellation {
    /// The reason.
    pub(super) reason: CancelReason,
}

/// Takes back a question that one has asked.
#[utoipa::path(post, path = "/api/v1/asked-queries/{id}/cancel", tag = "queries",
    params(("id" = QueryId, Path)), request_body = QueryCancellation,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem)))]
pub(crate) async fn cancel(
    may: May<may::CodeCharts>,
    id: Path<QueryId>,
    body: Json<QueryCancellation>,
) -> Answer<HttpResponse> {
    let (services, reason) = (may.services(), body.reason);
    may.desk(async |tx| settle::cancel_own(services, tx, *id, reason).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
