//! Signing in and out.

use crate::guesses;
use crate::store::{self, Person};
use actix_web::cookie::{Cookie, SameSite};
use actix_web::http::header;
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse};
use base::Services;
use base::audit::{self, Entry};
use base::error::{Error, Result};
use rules::access::{Role, may};
use rules::ids::{FacilityId, PersonId};
use serde::{Deserialize, Serialize};
use web::{Answer, May, Principal, Visitor, sessions};

/// Name and password.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SignIn {
    /// The address.
    pub email: String,
    /// The password.
    pub password: String,
}

/// Who is signed in.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct Me {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
    /// Their facility; none for the vendor's people.
    pub home: Option<FacilityId>,
    /// What they are here to do.
    pub roles: Vec<Role>,
    /// Their IANA time zone.
    pub time_zone: String,
    /// Where they begin.
    pub start: String,
}

impl Me {
    fn of(principal: &Principal) -> Self {
        Self {
            id: principal.id,
            name: principal.name.clone(),
            home: principal.home,
            roles: principal.roles.clone(),
            time_zone: principal.time_zone.clone(),
            start: web::page::home(principal).to_owned(),
        }
    }
}

/// One sentence for an unknown address, a wrong password and somebody who was disabled.
const WRONG: &str = "address or password is wrong";

/// Signs in; the session is a cookie.
#[utoipa::path(post, path = "/api/v1/session", tag = "session", request_body = SignIn,
    responses((status = 200, body = Me), (status = 401, body = web::Problem),
        (status = 429, body = web::Problem)))]
pub async fn sign_in(
    visitor: Visitor,
    request: HttpRequest,
    body: Json<SignIn>,
) -> Answer<HttpResponse> {
    let services = visitor.services();
    let email = guesses::address(&body.email);
    // The address first: a flood from one place does not use up the tries of those it aims at.
    guesses::from_address(services, "sign-in", &request).await?;
    guesses::at_account(services, "sign-in", &email).await?;
    let (known, hash) = look_up(services, &email).await?;
    // The same work is done for an unknown address, so that the time tells nothing.
    let right = services.passwords.verify(&body.password, hash.as_deref()).await?;
    let home = known.as_ref().and_then(|person| person.home_facility_id);
    let whom = known.as_ref().map(|person| person.id);
    let Some(person) = known.filter(|person| right && person.active) else {
        note(services, (home, None), "session.refused", whom).await?;
        return Err(Error::Refused(WRONG.into()).into());
    };
    if hash.is_some_and(|hash| services.passwords.needs_rehash(&hash)) {
        rehash(services, &person, &body.password).await?;
    }
    let agent = request.headers().get(header::USER_AGENT).and_then(|value| value.to_str().ok());
    let token = sessions::open(services, person.id, agent.unwrap_or_default()).await?;
    note(services, (home, whom), "session.opened", whom).await?;
    let principal = sessions::by_token(services, &token.text(), sessions::Seen::ByPerson).await?;
    let principal = principal.ok_or(Error::Unauthenticated)?;
    let cookie = cookie(services, token.text().to_string());
    Ok(HttpResponse::Ok().cookie(cookie).json(Me::of(&principal)))
}

async fn look_up(services: &Services, email: &str) -> Result<(Option<Person>, Option<String>)> {
    let nobody = services.authority.nobody(None, None);
    services
        .db
        .auth(&nobody, async |tx| {
            let person = store::find_by_email(tx, email).await?;
            let hash = match &person {
                Some(person) => store::password_hash(tx, person.id).await?,
                None => None,
            };
            Ok((person, hash))
        })
        .await
}

async fn rehash(services: &Services, person: &Person, password: &str) -> Result<()> {
    let hash = services.passwords.hash(password).await?;
    let scope = services.authority.nobody(person.home_facility_id, Some(person.id));
    services
        .db
        .auth(&scope, async |tx| Ok(store::set_password(tx, person.id, &hash).await?))
        .await?;
    Ok(())
}

/// Writes down what happened to `whom`, in the chain of their facility or the installation's.
pub(crate) async fn note(
    services: &Services,
    (home, actor): (Option<FacilityId>, Option<PersonId>),
    action: &'static str,
    whom: Option<PersonId>,
) -> Result<()> {
    let scope = services.authority.nobody(home, actor);
    let entry = Entry {
        facility: home,
        action,
        object: "person",
        id: whom.map(PersonId::uuid),
        detail: String::new(),
    };
    services
        .db
        .auth(&scope, async |tx| {
            audit::append(tx, entry).await?;
            Ok(())
        })
        .await
}

fn cookie(services: &Services, token: String) -> Cookie<'static> {
    Cookie::build(sessions::COOKIE, token)
        .http_only(true)
        .same_site(SameSite::Lax)
        .path("/")
        .secure(services.config.server.public_url.starts_with("https://"))
        .finish()
}

/// Signs out.
#[utoipa::path(delete, path = "/api/v1/session", tag = "session", responses((status = 204)))]
pub async fn sign_out(may: May<may::UseAccount>) -> Answer<HttpResponse> {
    let services = may.services();
    let principal = may.principal();
    if let Some(session) = principal.session {
        sessions::close(services, session).await?;
        let who = Some(principal.id);
        note(services, (principal.home, who), "session.closed", who).await?;
    }
    let mut gone = cookie(services, String::new());
    gone.make_removal();
    Ok(HttpResponse::NoContent().cookie(gone).finish())
}

/// Who is signed in.
#[utoipa::path(get, path = "/api/v1/me", tag = "session", responses((status = 200, body = Me)))]
pub async fn me(may: May<may::UseAccount>) -> Answer<Json<Me>> {
    Ok(Json(Me::of(may.principal())))
}
