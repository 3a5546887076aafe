//! The provider's side: signed in, or by the link of a mail.

use crate::answer::{self, Answered};
use crate::settings::{self, AnswerBy};
use crate::view::{self, FacilityQuery, ProviderQuestion};
use crate::{links, store};
use actix_web::HttpRequest;
use actix_web::web::{Json, Path};
use base::db::FacilityTx;
use base::error::{Error, Result};
use rules::access::may;
use rules::ids::QueryId;
use rules::query::{AnsweredThrough, QueryAnswer};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::{Answer, May, Problem, Visitor};

/// The open questions that are put to oneself, the longest-waiting first.
#[utoipa::path(get, path = "/api/v1/queries", tag = "queries",
    responses((status = 200, body = Vec<FacilityQuery>)))]
pub(crate) async fn list(may: May<may::AnswerQueries>) -> Answer<Json<Vec<FacilityQuery>>> {
    let (keyring, person) = (&may.services().keyring, may.principal().id);
    let list = async |tx: &mut FacilityTx| {
        let listed = store::open_of_provider(tx, person).await?;
        view::of_facility(tx, keyring, listed).await
    };
    Ok(Json(may.facility(list).await?))
}

/// A question that is put to oneself.
#[utoipa::path(get, path = "/api/v1/queries/{id}", tag = "queries", params(("id" = QueryId, Path)),
    responses((status = 200, body = ProviderQuestion), (status = 404, body = Problem)))]
pub(crate) async fn one(
    may: May<may::AnswerQueries>,
    id: Path<QueryId>,
) -> Answer<Json<ProviderQuestion>> {
    let (keyring, person) = (&may.services().keyring, may.principal().id);
    let one = async |tx: &mut FacilityTx| {
        let row = store::find(tx, *id).await?;
        if row.provider_id != Some(person) {
            return Err(Error::NotFound);
        }
        view::for_provider(tx, keyring, &row).await
    };
    Ok(Json(may.facility(one).await?))
}

/// Answers a question that is put to oneself, once and for good.
#[utoipa::path(post, path = "/api/v1/queries/{id}/answer", tag = "queries",
    params(("id" = QueryId, Path), ("Idempotency-Key" = Option<String>, Header)),
    request_body = QueryAnswer,
    responses((status = 200, body = Answered), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn answer(
    may: May<may::AnswerQueries>,
    request: HttpRequest,
    id: Path<QueryId>,
    body: Json<QueryAnswer>,
) -> Answer<Json<Answered>> {
    let scope = may.facility_scope()?;
    let once = once(&request, "POST /api/v1/queries/{id}/answer", (*id, &body))?;
    let given = (&*body, AnsweredThrough::SignIn);
    Ok(Json(answer::take(may.services(), &scope, *id, given, once.as_ref()).await?))
}

/// A link from a mail.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QueryLink {
    /// The part of the link behind `#`.
    token: String,
}

/// Shows the question of a link.
#[utoipa::path(post, path = "/api/v1/query-links/open", tag = "queries", request_body = QueryLink,
    responses((status = 200, body = ProviderQuestion),
        (status = 403, body = Problem, description = "the facility wants its providers to sign in"),
        (status = 422, body = Problem, description = "the link opens nothing"),
        (status = 429, body = Problem)))]
pub(crate) async fn open(
    visitor: Visitor,
    request: HttpRequest,
    body: Json<QueryLink>,
) -> Answer<Json<ProviderQuestion>> {
    let services = visitor.services();
    people::guesses::from_address(services, "query-link", &request).await?;
    let proven = links::prove(services, &body.token).await?;
    let keyring = &services.keyring;
    let open = async |tx: &mut FacilityTx| {
        let row = links::question(tx, proven.query).await?;
        link_is_enough(tx).await?;
        view::for_provider(tx, keyring, &row).await
    };
    Ok(Json(services.db.facility(&proven.scope, open).await?))
}

/// The answer to the question of a link.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkAnswer {
    /// The part of the link behind `#`.
    token: String,
    /// The answer.
    answer: QueryAnswer,
}

/// Answers the question of a link, once and for good; the link ends with it.
#[utoipa::path(post, path = "/api/v1/query-links/answer", tag = "queries", request_body = LinkAnswer,
    responses((status = 200, body = Answered), (status = 403, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem),
        (status = 429, body = Problem)))]
pub(crate) async fn answer_by_link(
    visitor: Visitor,
    request: HttpRequest,
    body: Json<LinkAnswer>,
) -> Answer<Json<Answered>> {
    let services = visitor.services();
    people::guesses::from_address(services, "query-link", &request).await?;
    let route = "POST /api/v1/query-links/answer";
    let proven = match links::prove(services, &body.token).await {
        Ok(proven) => proven,
        Err(error) => {
            let spent = links::prove_spent(services, &body.token).await?;
            let once = once(&request, route, (spent.query, &body.answer))?;
            let earlier = async |tx: &mut FacilityTx| match once {
                Some(once) => once.earlier(tx).await,
                None => Ok(None),
            };
            let earlier = services.db.facility(&spent.scope, earlier).await?;
            return Ok(Json(earlier.ok_or(error)?));
        }
    };
    let check = async |tx: &mut FacilityTx| {
        links::question(tx, proven.query).await?;
        link_is_enough(tx).await
    };
    services.db.facility(&proven.scope, check).await?;
    let once = once(&request, route, (proven.query, &body.answer))?;
    let given = (&body.answer, AnsweredThrough::Link);
    let taken = answer::take(services, &proven.scope, proven.query, given, once.as_ref()).await;
    Ok(Json(taken.map_err(|error| match error {
        Error::NotFound => links::dead(),
        other => other,
    })?))
}

/// A link that was mailed before the facility decided otherwise opens nothing, either.
async fn link_is_enough(tx: &mut FacilityTx) -> Result<()> {
    let facility = tx.facility();
    match settings::answer_by(tx, facility).await? {
        AnswerBy::Link => Ok(()),
        AnswerBy::SignIn => Err(Error::Forbidden(
            "your facility wants you to sign in; the question is on your list".into(),
        )),
    }
}

fn once(
    request: &HttpRequest,
    route: &'static str,
    said: (QueryId, &impl Serialize),
) -> Result<Option<Once>> {
    Once::of(request, route, base::secret::sha256(&serde_json::to_vec(&said)?))
}
