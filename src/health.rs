//! Whether the server lives, whether it is ready, and what its API looks like.

use actix_web::web::{ServiceConfig, get};
use actix_web::{HttpRequest, HttpResponse, Responder};
use utoipa::OpenApi;
use utoipa::openapi::{ContactBuilder, InfoBuilder, LicenseBuilder};

/// Registers the routes; they need nobody to be signed in and tell nothing about anybody.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/healthz", get().to(alive))
        .route("/readyz", get().to(ready))
        .route("/api/v1/openapi.json", get().to(description));
}

/// The API's own page of the description: name, licence, version.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(alive, ready, description))]
    struct Api;
    let mut api = Api::openapi();
    api.info = InfoBuilder::new()
        .title("ChartRelay")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(
            "Facilities hand in encounter charts and collect codes; coders and reviewers work on \
             them. Sign in with a session, or send a facility's key as `Authorization: Bearer`. \
             Errors are problem+json; lists come in pages; a POST that creates takes an \
             Idempotency-Key.",
        ))
        .license(Some(LicenseBuilder::new().name("Apache-2.0").build()))
        .contact(Some(ContactBuilder::new().name(Some("ChartRelay")).build()))
        .build();
    api
}

/// The process answers.
#[utoipa::path(get, path = "/healthz", tag = "health", responses((status = 200)))]
async fn alive() -> impl Responder {
    HttpResponse::Ok().content_type("text/plain").body("ok\n")
}

/// Database and documents answer, so work can be taken.
#[utoipa::path(get, path = "/readyz", tag = "health",
    responses((status = 200), (status = 503, description = "a part does not answer")))]
async fn ready(request: HttpRequest) -> Result<HttpResponse, web::Failure> {
    let parts = web::readiness(&request).await?;
    let word = |fine: bool| if fine { "ready" } else { "does not answer" };
    let lines: Vec<String> =
        parts.iter().map(|(part, fine)| format!("{part}: {}\n", word(*fine))).collect();
    let mut response = if parts.iter().all(|(_, fine)| *fine) {
        HttpResponse::Ok()
    } else {
        HttpResponse::ServiceUnavailable()
    };
    Ok(response.content_type("text/plain").body(lines.concat()))
}

/// This description.
#[utoipa::path(get, path = "/api/v1/openapi.json", tag = "health", responses((status = 200)))]
async fn description() -> impl Responder {
    HttpResponse::Ok().json(crate::app::openapi())
}
