//! The baton itself: a chart's state and history, who holds it, its patient and its documents.
//!
//! Every move of a chart is decided by `rules::lifecycle` and written by [`store::apply`]. Everyone who
//! moves a chart locks its row first, then its lease, in that order.

mod api;
pub mod documents;
pub mod escalation;
pub mod guard;
pub mod held;
pub mod holds;
pub mod leases;
pub mod notes;
pub mod observed;
mod pages;
pub mod patient;
pub mod promises;
mod ready;
pub mod schema;
pub mod settle;
pub mod store;
pub mod view;

pub use api::{page_answer, viewer};
pub use ready::open_for_coding;
pub use store::{Along, ChartRow, NewChart};

use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

/// Registers this slice's routes.
pub fn routes(config: &mut ServiceConfig) {
    pages::routes(config);
    config
        .route("/api/v1/charts", web::get().to(api::list))
        .route("/api/v1/charts/{id}", web::get().to(api::one))
        .route("/api/v1/charts/{id}/timeline", web::get().to(api::timeline))
        .route("/api/v1/charts/{id}/documents/{document}", web::get().to(api::document))
        .route("/api/v1/charts/{id}/documents/{document}/pages/{page}", web::get().to(api::page))
        .route("/api/v1/charts/{id}/clear", web::post().to(api::clear))
        .route("/api/v1/charts/{id}/void", web::post().to(api::void))
        .route("/api/v1/charts/{id}/holds/{hold}/lift", web::post().to(api::lift_hold))
        .route("/api/v1/charts/{id}/holds/{hold}/release", web::post().to(api::release_hold));
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        api::list,
        api::one,
        api::timeline,
        api::document,
        api::page,
        api::clear,
        api::void,
        api::lift_hold,
        api::release_hold,
    ))]
    struct Api;
    Api::openapi()
}
