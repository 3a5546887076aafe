//! The tenants: facilities with their calendars, queues with their contract terms, allow-lists.

mod api;
mod calendar;
mod expectations;
pub mod guidelines;
mod hours;
mod ladder;
mod manage;
mod pages;
mod reporting;
mod schema;
mod store;
mod terms;

pub use calendar::{FacilityName, calendar, names};
pub use expectations::{expected_seconds, keep_estimates};
pub use hours::{BusinessCalendar, OpenHours};
pub use manage::{
    NewFacility, NewQueue, allow, allow_as, change_queue, create, create_queue, disallow,
    set_calendar, set_weight,
};
pub use reporting::{poa_terms, set_poa_terms};
pub use terms::{Terms, all_terms, terms};

use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

/// Registers this slice's routes.
pub fn routes(config: &mut ServiceConfig) {
    pages::routes(config);
    config
        .route("/api/v1/facilities", web::get().to(api::list))
        .route("/api/v1/facilities", web::post().to(api::create))
        .route("/api/v1/facilities/{id}", web::get().to(api::one))
        .route("/api/v1/facilities/{id}/administrators", web::post().to(api::invite))
        .route("/api/v1/facilities/{id}/calendar", web::put().to(api::set_calendar))
        .route("/api/v1/facilities/{id}/weight", web::put().to(api::set_weight))
        .route("/api/v1/facilities/{id}/reporting", web::put().to(api::set_reporting))
        .route("/api/v1/facilities/{id}/queues", web::post().to(api::create_queue))
        .route("/api/v1/facilities/{id}/queues/{queue}", web::put().to(api::change_queue))
        .route("/api/v1/facilities/{id}/allow-list/{person}", web::put().to(api::allow))
        .route("/api/v1/facilities/{id}/allow-list/{person}", web::delete().to(api::disallow))
        .route("/api/v1/facilities/{id}/guidelines", web::get().to(guidelines::api::list))
        .route("/api/v1/facilities/{id}/guidelines", web::post().to(guidelines::api::write))
        .route("/api/v1/guidelines", web::get().to(guidelines::api::own))
        .route("/api/v1/guidelines", web::post().to(guidelines::api::write_own))
        .route("/api/v1/queues", web::get().to(api::own_queues));
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        api::list,
        api::create,
        api::one,
        api::invite,
        api::set_calendar,
        api::set_weight,
        api::set_reporting,
        api::create_queue,
        api::change_queue,
        api::allow,
        api::disallow,
        api::own_queues,
        guidelines::api::list,
        guidelines::api::write,
        guidelines::api::own,
        guidelines::api::write_own,
    ))]
    struct Api;
    Api::openapi()
}
