//! What the application keeps for its handlers, and the middleware that finds out who asks.

use crate::proof::Principal;
use crate::sessions;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, header};
use actix_web::middleware::Next;
use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpMessage, HttpRequest, ResponseError};
use base::Services;
use base::error::{Error, Result};
use std::sync::Arc;

/// Reachable inside this crate alone, so that a handler without a proof has no way to rows.
pub(crate) struct State(Arc<Services>);

impl State {
    pub(crate) const fn services(&self) -> &Arc<Services> {
        &self.0
    }
}

/// Makes the services known to the guards.
pub fn register(config: &mut ServiceConfig, services: Arc<Services>) {
    config.app_data(Data::new(State(services)));
}

pub(crate) fn of(request: &HttpRequest) -> Result<Arc<State>> {
    request
        .app_data::<Data<State>>()
        .map(|data| Arc::clone(data))
        .ok_or_else(|| Error::Internal("the application has no state".into()))
}

/// Whether the database and the document store answer, for `/readyz`.
///
/// # Errors
/// When the application was put together without its state.
pub async fn readiness(request: &HttpRequest) -> Result<[(&'static str, bool); 2]> {
    let state = of(request)?;
    let services = state.services();
    let database = services.db.ping().await.is_ok();
    let documents = services.blobs.ping().await.is_ok();
    Ok([("database", database), ("documents", documents)])
}

/// Middleware: finds the session or key, refuses forged requests, leaves the principal for the guards.
///
/// # Errors
/// Those of the inner service.
pub async fn authenticate(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    match identify(&request).await {
        Ok(Some(principal)) => {
            request.extensions_mut().insert(principal);
        }
        Ok(None) => {}
        Err(error) => {
            let failure = crate::Failure::from(error);
            return Ok(request.into_response(failure.error_response()).map_into_boxed_body());
        }
    }
    Ok(next.call(request).await?.map_into_boxed_body())
}

async fn identify(request: &ServiceRequest) -> Result<Option<Principal>> {
    let state = of(request.request())?;
    let bearer = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if let Some(key) = bearer {
        let principal = sessions::by_api_key(state.services(), key).await?;
        return principal.map(Some).ok_or(Error::Unauthenticated);
    }
    let safe = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if !safe {
        same_origin(request)?;
    }
    let Some(cookie) = request.cookie(sessions::COOKIE) else { return Ok(None) };
    let principal = sessions::by_token(state.services(), cookie.value(), seen(request)).await?;
    if let Some(session) = principal.as_ref().and_then(|principal| principal.session) {
        let sent = request.headers().get("x-csrf-token").and_then(|value| value.to_str().ok());
        if !safe && !sessions::csrf_matches(state.services(), session, sent.unwrap_or_default()) {
            return Err(Error::Forbidden(
                "the page is out of date; reload it and try again".into(),
            ));
        }
    }
    Ok(principal)
}

/// Whether somebody is at the screen: what a page does by itself must not keep a session alive.
fn seen(request: &ServiceRequest) -> sessions::Seen {
    if request.headers().contains_key("x-background") || request.path() == "/api/v1/events" {
        sessions::Seen::InBackground
    } else {
        sessions::Seen::ByPerson
    }
}

/// A browser says where a request comes from; one from another site is refused, signed in or not.
/// Programs without a browser send neither header.
fn same_origin(request: &ServiceRequest) -> Result<()> {
    let refused = || Err(Error::Forbidden("requests from other sites are refused".into()));
    let text = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    match text("sec-fetch-site") {
        Some("same-origin" | "none") => return Ok(()),
        Some(_) => return refused(),
        None => {}
    }
    match text("origin") {
        None => Ok(()),
        Some(origin) => {
            let host = request.connection_info().host().to_owned();
            let same = origin.split_once("://").is_some_and(|(_, rest)| rest == host);
            if same { Ok(()) } else { refused() }
        }
    }
}
