//! Who signs in, what they may do, when and from where they work.

mod api;
pub mod guesses;
mod hours;
mod jobs;
mod manage;
mod pages;
mod recipients;
mod schema;
mod setup;
mod speeds;
mod store;
mod workforce;

pub use hours::hours;
pub use manage::{ChangePerson, NewPerson, create};
pub use recipients::{
    ProviderName, Recipient, administrators_of, is_active_provider, leads_of, provider_of,
    providers_of,
};
pub use setup::{
    Limits, add_leave, remove_leave, set_credentials, set_limits, set_shifts, set_skills,
};
pub use speeds::keep_speeds;
pub use store::Person;
pub use workforce::{candidate, names, workforce};

use actix_web::web::{self, ServiceConfig};
use base::jobs::Handlers;
use utoipa::OpenApi;

/// Registers this slice's routes.
pub fn routes(config: &mut ServiceConfig) {
    pages::routes(config);
    config
        .route("/api/v1/session", web::post().to(api::session::sign_in))
        .route("/api/v1/session", web::delete().to(api::session::sign_out))
        .route("/api/v1/me", web::get().to(api::session::me))
        .route("/api/v1/account", web::patch().to(api::account::change))
        .route("/api/v1/account/password", web::post().to(api::account::password))
        .route("/api/v1/account/sessions", web::get().to(api::account::browsers))
        .route("/api/v1/account/sessions/{id}", web::delete().to(api::account::close))
        .route("/api/v1/password-resets", web::post().to(api::tickets::forgotten))
        .route("/api/v1/tickets/redeem", web::post().to(api::tickets::redeem))
        .route("/api/v1/people", web::get().to(api::people::list))
        .route("/api/v1/people", web::post().to(api::people::invite))
        .route("/api/v1/people/{id}", web::get().to(api::people::one))
        .route("/api/v1/people/{id}", web::patch().to(api::people::change))
        .route("/api/v1/people/{id}/invitation", web::post().to(api::people::invite_again))
        .route("/api/v1/people/{id}/setup", web::get().to(api::schedules::read))
        .route("/api/v1/people/{id}/limits", web::put().to(api::schedules::set_limits))
        .route("/api/v1/people/{id}/skills", web::put().to(api::schedules::set_skills))
        .route("/api/v1/people/{id}/credentials", web::put().to(api::schedules::set_credentials))
        .route("/api/v1/people/{id}/shifts", web::put().to(api::schedules::set_shifts))
        .route("/api/v1/people/{id}/leave", web::post().to(api::schedules::add_leave))
        .route("/api/v1/people/{id}/leave/{leave}", web::delete().to(api::schedules::remove_leave))
        .route("/api/v1/users", web::get().to(api::users::list))
        .route("/api/v1/users", web::post().to(api::users::invite))
        .route("/api/v1/users/{id}", web::get().to(api::users::one))
        .route("/api/v1/users/{id}", web::patch().to(api::users::change))
        .route("/api/v1/users/{id}/invitation", web::post().to(api::users::invite_again))
        .route("/api/v1/api-keys", web::get().to(api::api_keys::list))
        .route("/api/v1/api-keys", web::post().to(api::api_keys::create))
        .route("/api/v1/api-keys/{id}", web::delete().to(api::api_keys::revoke));
}

/// Who does this slice's promises.
#[must_use]
pub fn jobs(handlers: Handlers) -> Handlers {
    handlers.on(jobs::send_ticket)
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        api::session::sign_in,
        api::session::sign_out,
        api::session::me,
        api::account::change,
        api::account::password,
        api::account::browsers,
        api::account::close,
        api::tickets::forgotten,
        api::tickets::redeem,
        api::people::list,
        api::people::invite,
        api::people::one,
        api::people::change,
        api::people::invite_again,
        api::schedules::read,
        api::schedules::set_limits,
        api::schedules::set_skills,
        api::schedules::set_credentials,
        api::schedules::set_shifts,
        api::schedules::add_leave,
        api::schedules::remove_leave,
        api::users::list,
        api::users::invite,
        api::users::one,
        api::users::invite_again,
        api::users::change,
        api::api_keys::list,
        api::api_keys::create,
        api::api_keys::revoke,
    ))]
    struct Api;
    Api::openapi()
}
