//! A facility's own users, managed by its administrator on the facility's own plane.

use crate::manage::{self, ChangePerson, NewPerson};
use crate::store::{self, Person};
use actix_web::web::{Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use rules::access::may;
use rules::ids::PersonId;
use web::{Answer, May};

/// Everybody of one's own facility.
#[utoipa::path(get, path = "/api/v1/users", tag = "users",
    responses((status = 200, body = Vec<Person>)))]
pub async fn list(may: May<may::ManageFacilityUsers>) -> Answer<Json<Vec<Person>>> {
    Ok(Json(may.facility(async |tx| Ok(store::list(tx).await?)).await?))
}

/// One of them.
#[utoipa::path(get, path = "/api/v1/users/{id}", tag = "users", params(("id" = PersonId, Path)),
    responses((status = 200, body = Person), (status = 404, body = web::Problem)))]
pub async fn one(may: May<may::ManageFacilityUsers>, id: Path<PersonId>) -> Answer<Json<Person>> {
    Ok(Json(may.facility(async |tx| Ok(store::find(tx, *id).await?)).await?))
}

/// Invites somebody of one's own facility.
#[utoipa::path(post, path = "/api/v1/users", tag = "users", request_body = NewPerson,
    params(("Idempotency-Key" = Option<String>, Header)),
    responses((status = 201, body = Person), (status = 422, body = web::Problem)))]
pub async fn invite(
    may: May<may::ManageFacilityUsers>,
    request: HttpRequest,
    body: Json<NewPerson>,
) -> Answer<HttpResponse> {
    let once = super::once(&request, "POST /api/v1/users", &*body)?;
    let new = NewPerson { home: Some(may.home()?), ..body.into_inner() };
    let person = manage::row(&new, may.now())?;
    let person = may.facility(async |tx| super::invite_once(tx, once, person).await).await?;
    Ok(HttpResponse::Created().json(person))
}

/// Sends somebody of one's own facility another invitation.
#[utoipa::path(post, path = "/api/v1/users/{id}/invitation", tag = "users",
    params(("id" = PersonId, Path)),
    responses((status = 202), (status = 404, body = web::Problem),
        (status = 409, body = web::Problem)))]
pub async fn invite_again(
    may: May<may::ManageFacilityUsers>,
    id: Path<PersonId>,
) -> Answer<HttpResponse> {
    may.facility(async |tx| manage::invite_again(tx, *id).await).await?;
    Ok(HttpResponse::Accepted().finish())
}

/// Changes somebody of one's own facility; a change of roles or being disabled ends their sessions.
#[utoipa::path(patch, path = "/api/v1/users/{id}", tag = "users", request_body = ChangePerson,
    params(("id" = PersonId, Path)),
    responses((status = 200, body = Person), (status = 404, body = web::Problem),
        (status = 409, body = web::Problem), (status = 422, body = web::Problem)))]
pub async fn change(
    may: May<may::ManageFacilityUsers>,
    id: Path<PersonId>,
    body: Json<ChangePerson>,
) -> Answer<Json<Person>> {
    let (person, with) = may
        .facility(async |tx| {
            let with = manage::change(tx, *id, &body).await?;
            Ok((store::find(tx, *id).await?, with))
        })
        .await?;
    manage::settle(may.services(), *id, with).await?;
    Ok(Json(person))
}
