//! The facility's side: its charts' questions, who answers them and how, and its own wordings.

use crate::settings::{self, AnswerBy};
use crate::templates::{self, NewQueryTemplate, QueryTemplate};
use crate::view::{self, FacilityQuery, QueryView};
use crate::{settle, store};
use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use base::audit::{self, Entry};
use base::db::FacilityTx;
use rules::access::may;
use rules::ids::{ChartId, PersonId, QueryId, QueryTemplateId};
use serde::{Deserialize, Serialize};
use web::{Answer, May, Problem};

/// The questions that were asked about a chart, oldest first.
#[utoipa::path(get, path = "/api/v1/charts/{id}/queries", tag = "queries",
    params(("id" = ChartId, Path)),
    responses((status = 200, body = Vec<QueryView>), (status = 404, body = Problem)))]
pub(crate) async fn of_chart(
    may: May<may::ViewOwnCharts>,
    id: Path<ChartId>,
) -> Answer<Json<Vec<QueryView>>> {
    let keyring = &may.services().keyring;
    let list = async |tx: &mut FacilityTx| {
        let chart = charts::store::find(tx, *id).await?;
        view::of_chart(tx, keyring, &chart).await
    };
    Ok(Json(may.facility(list).await?))
}

/// The facility's open questions, the longest-waiting first.
#[utoipa::path(get, path = "/api/v1/facility-queries", tag = "queries",
    responses((status = 200, body = Vec<FacilityQuery>)))]
pub(crate) async fn list(may: May<may::ManageOwnQueries>) -> Answer<Json<Vec<FacilityQuery>>> {
    let keyring = &may.services().keyring;
    let list = async |tx: &mut FacilityTx| {
        let listed = store::open(tx).await?;
        view::of_facility(tx, keyring, listed).await
    };
    Ok(Json(may.facility(list).await?))
}

/// Who is to answer.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NamedProvider {
    /// One of the facility's providers.
    provider_id: PersonId,
}

/// Says who is to answer; what was mailed to somebody else before opens nothing any more.
#[utoipa::path(put, path = "/api/v1/facility-queries/{id}/provider", tag = "queries",
    params(("id" = QueryId, Path)), request_body = NamedProvider,
    responses((status = 204), (status = 404, body = Problem), (status = 409, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn name_provider(
    may: May<may::ManageOwnQueries>,
    id: Path<QueryId>,
    body: Json<NamedProvider>,
) -> Answer<HttpResponse> {
    let (services, provider) = (may.services(), body.provider_id);
    may.facility(async |tx| settle::name_provider(services, tx, *id, provider).await).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// What a facility decides about answering.
#[derive(Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuerySettings {
    /// By what a provider is known.
    answer_by: AnswerBy,
}

/// What the facility has decided about answering.
#[utoipa::path(get, path = "/api/v1/query-settings", tag = "queries",
    responses((status = 200, body = QuerySettings)))]
pub(crate) async fn settings(may: May<may::ManageOwnQueries>) -> Answer<Json<QuerySettings>> {
    let read = async |tx: &mut FacilityTx| {
        let facility = tx.facility();
        Ok(settings::answer_by(tx, facility).await?)
    };
    Ok(Json(QuerySettings { answer_by: may.facility(read).await? }))
}

/// Decides about answering.
#[utoipa::path(put, path = "/api/v1/query-settings", tag = "queries", request_body = QuerySettings,
    responses((status = 204)))]
pub(crate) async fn change_settings(
    may: May<may::ManageOwnQueries>,
    body: Json<QuerySettings>,
) -> Answer<HttpResponse> {
    let by = body.answer_by;
    let change = async |tx: &mut FacilityTx| {
        settings::decide(tx, by).await?;
        let id = tx.facility();
        let entry = Entry::of(id, "query.settings_changed", "facility", id.uuid());
        audit::append(tx, entry.with(by.as_str())).await?;
        Ok(())
    };
    may.facility(change).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The facility's own wordings, by name.
#[utoipa::path(get, path = "/api/v1/query-templates", tag = "queries",
    responses((status = 200, body = Vec<QueryTemplate>)))]
pub(crate) async fn wordings(may: May<may::ManageOwnQueries>) -> Answer<Json<Vec<QueryTemplate>>> {
    let list = async |tx: &mut FacilityTx| {
        let facility = tx.facility();
        Ok(templates::own(tx, facility).await?)
    };
    Ok(Json(may.facility(list).await?))
}

/// Adds a wording, or a further version of one; the rules of questions are asked.
#[utoipa::path(post, path = "/api/v1/query-templates", tag = "queries",
    request_body = NewQueryTemplate,
    responses((status = 201, body = QueryTemplate), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn add_wording(
    may: May<may::ManageOwnQueries>,
    body: Json<NewQueryTemplate>,
) -> Answer<HttpResponse> {
    let new = body.into_inner();
    let store = async |tx: &mut FacilityTx| {
        let stored = templates::store(tx, new).await?;
        let id = stored.id.map(QueryTemplateId::uuid).unwrap_or_default();
        let entry = Entry::of(tx.facility(), "query.template_stored", "query_template", id);
        audit::append(tx, entry.with(format!("version {}", stored.version))).await?;
        Ok(stored)
    };
    Ok(HttpResponse::Created().json(may.facility(store).await?))
}

/// Takes a wording out of use.
#[utoipa::path(delete, path = "/api/v1/query-templates/{id}", tag = "queries",
    params(("id" = QueryTemplateId, Path)),
    responses((status = 204), (status = 404, body = Problem)))]
pub(crate) async fn retire_wording(
    may: May<may::ManageOwnQueries>,
    id: Path<QueryTemplateId>,
) -> Answer<HttpResponse> {
    let retire = async |tx: &mut FacilityTx| {
        templates::retire(tx, *id).await?;
        let facility = tx.facility();
        let entry = Entry::of(facility, "query.template_retired", "query_template", id.uuid());
        audit::append(tx, entry).await?;
        Ok(())
    };
    may.facility(retire).await?;
    Ok(HttpResponse::NoContent().finish())
}
