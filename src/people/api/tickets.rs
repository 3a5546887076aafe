//! Passwords by mail: asking for a link, and using it.

use crate::api::account::judged;
use crate::guesses;
use crate::jobs::SendTicket;
use crate::store::{self, Person};
use actix_web::web::Json;
use actix_web::{HttpRequest, HttpResponse};
use base::Services;
use base::audit::{self, Entry};
use base::error::{Error, Result};
use base::secret::Token;
use rules::ids::PersonId;
use serde::Deserialize;
use web::{Answer, Visitor, sessions};

/// Whose password is to be mended.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Forgotten {
    /// The address they sign in with.
    pub email: String,
}

/// Sends a reset by mail if the address is known; neither the answer nor its time tells.
#[utoipa::path(post, path = "/api/v1/password-resets", tag = "account", request_body = Forgotten,
    responses((status = 202), (status = 429, body = web::Problem)))]
pub async fn forgotten(
    visitor: Visitor,
    request: HttpRequest,
    body: Json<Forgotten>,
) -> Answer<HttpResponse> {
    let services = visitor.services();
    let email = guesses::address(&body.email);
    guesses::from_address(services, "reset", &request).await?;
    guesses::at_account(services, "reset", &email).await?;
    let nobody = services.authority.nobody(None, None);
    let person =
        services.db.auth(&nobody, async |tx| Ok(store::find_by_email(tx, &email).await?)).await?;
    let person = person.filter(|person| person.active);
    let home = person.as_ref().and_then(|person| person.home_facility_id);
    let entry = Entry {
        facility: home,
        action: "password.asked",
        object: "person",
        id: person.as_ref().map(|person| person.id.uuid()),
        detail: String::new(),
    };
    let scope = services.authority.nobody(home, None);
    services
        .db
        .auth(&scope, async |tx| {
            base::jobs::enqueue(tx, &SendTicket::reset(person.as_ref()))?;
            audit::append(tx, entry).await?;
            Ok(())
        })
        .await?;
    Ok(HttpResponse::Accepted().finish())
}

/// A ticket from a mail, and the password it is used for.
#[derive(Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Redeem {
    /// The part of the link behind `#`.
    pub token: String,
    /// The password.
    pub password: String,
}

/// Sets a password with a ticket from a mail and ends every session. Does not sign in.
#[utoipa::path(post, path = "/api/v1/tickets/redeem", tag = "account", request_body = Redeem,
    responses((status = 204), (status = 422, body = web::Problem),
        (status = 429, body = web::Problem)))]
pub async fn redeem(
    visitor: Visitor,
    request: HttpRequest,
    body: Json<Redeem>,
) -> Answer<HttpResponse> {
    let services = visitor.services();
    guesses::from_address(services, "ticket", &request).await?;
    let ticket = Token::parse(body.token.trim()).ok_or_else(dead)?.hash();
    let person = holder(services, &ticket).await?.ok_or_else(dead)?;
    // The password is judged before the ticket is used up, so that a weak one costs no ticket.
    let hash = judged(services, &person, "password", &body.password).await?;
    let person = use_up(services, &person, &ticket, &hash).await?;
    sessions::close_all(services, person, "password changed").await?;
    Ok(HttpResponse::NoContent().finish())
}

fn dead() -> Error {
    Error::invalid("token", "this link has been used or is too old; ask for another one")
}

/// Whose living ticket this is; nobody's when they were disabled since.
async fn holder(services: &Services, ticket: &[u8]) -> Result<Option<Person>> {
    let nobody = services.authority.nobody(None, None);
    let person = services
        .db
        .auth(&nobody, async |tx| match store::ticket_of(tx, ticket).await? {
            Some(id) => Ok(Some(store::find(tx, id).await?)),
            None => Ok(None),
        })
        .await?;
    Ok(person.filter(|person| person.active))
}

/// Ticket and password in one transaction: of two that come at once, one is too late.
async fn use_up(
    services: &Services,
    person: &Person,
    ticket: &[u8],
    hash: &str,
) -> Result<PersonId> {
    let home = person.home_facility_id;
    let scope = services.authority.nobody(home, Some(person.id));
    services
        .db
        .auth(&scope, async |tx| {
            let used = store::redeem(tx, ticket).await?.ok_or_else(dead)?;
            store::use_up_tickets(tx, used).await?;
            store::set_password(tx, used, hash).await?;
            let entry = Entry {
                facility: home,
                action: "password.redeemed",
                object: "person",
                id: Some(used.uuid()),
                detail: String::new(),
            };
            audit::append(tx, entry).await?;
            Ok(used)
        })
        .await
}
