//! One's own account: password, name, signed-in browsers.

use crate::guesses;
use crate::store::{self, Person};
use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use base::Services;
use base::audit::{self, Entry};
use base::error::{Error, Result};
use rules::access::may;
use rules::ids::SessionId;
use serde::{Deserialize, Serialize};
use web::sessions::{self, OpenSession};
use web::{Answer, May};

const NAME_CHARACTERS_MAX: usize = 120;

/// A change of one's own password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPassword {
    /// The one in force.
    pub current: String,
    /// The one that shall be.
    pub new: String,
}

/// Changes one's own password and ends every session, this one too.
#[utoipa::path(post, path = "/api/v1/account/password", tag = "account", request_body = NewPassword,
    responses((status = 204), (status = 422, body = web::Problem),
        (status = 429, body = web::Problem)))]
pub async fn password(may: May<may::UseAccount>, body: Json<NewPassword>) -> Answer<HttpResponse> {
    let services = may.services();
    let id = may.principal().id;
    guesses::at_account(services, "password", &id.to_string()).await?;
    let scope = may.account_scope();
    let (person, hash) = services
        .db
        .auth(&scope, async |tx| {
            Ok((store::find(tx, id).await?, store::password_hash(tx, id).await?))
        })
        .await?;
    if !services.passwords.verify(&body.current, hash.as_deref()).await? {
        return Err(Error::invalid("current", "this is not your password").into());
    }
    let hash = judged(services, &person, "new", &body.new).await?;
    services
        .db
        .auth(&scope, async |tx| {
            store::set_password(tx, id, &hash).await?;
            audit::append(tx, about(&person, "password.changed")).await?;
            Ok(())
        })
        .await?;
    sessions::close_all(services, id, "password changed").await?;
    Ok(HttpResponse::NoContent().finish())
}

/// The hash of a password that may be used; `field` is where the reader entered it.
pub(crate) async fn judged(
    services: &Services,
    person: &Person,
    field: &str,
    password: &str,
) -> Result<String> {
    let context = [person.email.as_str(), person.name.as_str()];
    services
        .passwords
        .check(password, &context)
        .map_err(|fault| Error::invalid(field, fault.to_string()))?;
    services.passwords.hash(password).await
}

fn about(person: &Person, action: &'static str) -> Entry {
    Entry {
        facility: person.home_facility_id,
        action,
        object: "person",
        id: Some(person.id.uuid()),
        detail: String::new(),
    }
}

/// What people may change about themselves.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Profile {
    /// The name that others see.
    pub name: String,
}

/// Changes one's own name. The time zone is not one's own to change: shifts are read in it.
#[utoipa::path(patch, path = "/api/v1/account", tag = "account", request_body = Profile,
    responses((status = 204), (status = 422, body = web::Problem)))]
pub async fn change(may: May<may::UseAccount>, body: Json<Profile>) -> Answer<HttpResponse> {
    let name = body.name.trim();
    let fine = (1..=NAME_CHARACTERS_MAX).contains(&name.chars().count())
        && !name.chars().any(char::is_control);
    if !fine {
        return Err(Error::invalid("name", "1 to 120 characters on one line").into());
    }
    let services = may.services();
    let id = may.principal().id;
    services
        .db
        .auth(&may.account_scope(), async |tx| {
            let person = store::find(tx, id).await?;
            store::set_name(tx, id, name).await?;
            audit::append(tx, about(&person, "person.renamed")).await?;
            Ok(())
        })
        .await?;
    sessions::refresh(services, id).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// One of one's own signed-in browsers.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Browser {
    /// The session.
    #[serde(flatten)]
    pub session: OpenSession,
    /// Whether it is the one that asks.
    pub this: bool,
}

pub(crate) async fn open_browsers(may: &May<may::UseAccount>) -> Result<Vec<Browser>> {
    let this = may.principal().session;
    let open = sessions::list(may.services(), may.principal().id).await?;
    let browser = |session: OpenSession| Browser { this: Some(session.id) == this, session };
    Ok(open.into_iter().map(browser).collect())
}

/// One's own signed-in browsers.
#[utoipa::path(get, path = "/api/v1/account/sessions", tag = "account",
    responses((status = 200, body = Vec<Browser>)))]
pub async fn browsers(may: May<may::UseAccount>) -> Answer<Json<Vec<Browser>>> {
    Ok(Json(open_browsers(&may).await?))
}

/// Signs one of one's own browsers out.
#[utoipa::path(delete, path = "/api/v1/account/sessions/{id}", tag = "account",
    params(("id" = SessionId, Path)), responses((status = 204), (status = 404, body = web::Problem)))]
pub async fn close(may: May<may::UseAccount>, id: Path<SessionId>) -> Answer<HttpResponse> {
    let principal = may.principal();
    sessions::close_one(may.services(), principal.id, *id).await?;
    let who = (principal.home, Some(principal.id));
    super::session::note(may.services(), who, "session.closed", Some(principal.id)).await?;
    Ok(HttpResponse::NoContent().finish())
}
