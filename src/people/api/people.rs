//! The vendor's people.

use crate::manage::{self, ChangePerson, NewPerson};
use crate::store::{self, Person};
use actix_web::web::{Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use rules::access::may;
use rules::ids::PersonId;
use web::{Answer, May};

/// Everybody of the coding company.
#[utoipa::path(get, path = "/api/v1/people", tag = "people",
    responses((status = 200, body = Vec<Person>)))]
pub async fn list(may: May<may::ViewPeople>) -> Answer<Json<Vec<Person>>> {
    Ok(Json(may.ops(async |tx| Ok(store::list(tx).await?)).await?))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/people/{id}", tag = "people", params(("id" = PersonId, Path)),
    responses((status = 200, body = Person), (status = 404, body = web::Problem)))]
pub async fn one(may: May<may::ViewPeople>, id: Path<PersonId>) -> Answer<Json<Person>> {
    Ok(Json(may.ops(async |tx| Ok(store::find(tx, *id).await?)).await?))
}

/// Invites somebody: they are made, and a mail lets them choose their password.
#[utoipa::path(post, path = "/api/v1/people", tag = "people", request_body = NewPerson,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Person), (status = 422, body = web::Problem)))]
pub async fn invite(
    may: May<may::ManagePeople>,
    request: HttpRequest,
    body: Json<NewPerson>,
) -> Answer<HttpResponse> {
    let once = super::once(&request, "POST /api/v1/people", &*body)?;
    let person = manage::row(&body, may.now())?;
    let person = may.ops(async |tx| super::invite_once(tx, once, person).await).await?;
    Ok(HttpResponse::Created().json(person))
}

/// Sends somebody another invitation.
#[utoipa::path(post, path = "/api/v1/people/{id}/invitation", tag = "people",
    params(("id" = PersonId, Path)),
    responses((status = 202), (status = 404, body = web::Problem),
        (status = 409, body = web::Problem)))]
pub async fn invite_again(may: May<may::ManagePeople>, id: Path<PersonId>) -> Answer<HttpResponse> {
    may.ops(async |tx| manage::invite_again(tx, *id).await).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Changes somebody; a change of roles or being disabled ends their sessions at once.
#[utoipa::path(patch, path = "/api/v1/people/{id}", tag = "people", request_body = ChangePerson,
    params(("id" = PersonId, Path)),
    responses((status = 200, body = Person), (status = 404, body = web::Problem),
        (status = 409, body = web::Problem), (status = 422, body = web::Problem)))]
pub async fn change(
    may: May<may::ManagePeople>,
    id: Path<PersonId>,
    body: Json<ChangePerson>,
) -> Answer<Json<Person>> {
    let (person, with) = may
        .ops(async |tx| {
            let with = manage::change(tx, *id, &body).await?;
            Ok((store::find(tx, *id).await?, with))
        })
        .await?;
    manage::settle(may.services(), *id, with).await?;
    Ok(Json(person))
}
