//! The baton itself: a chart's state and history, who holds it, its patient and its documents.
//!
//! Every move of a chart is decided by `rules::lifecycle` and written by [`store::apply`]. Everyone who
//! moves a chart locks its row first, then its lease, in that order.

mod api;
pub mod disclosure;
pub mod documents;
pub mod escalation;
pub mod given_back;
pub mod guard;
pub mod held;
pub mod holds;
pub mod later;
pub mod leases;
pub mod led;
pub mod missing;
pub mod notes;
pub mod observed;
mod pages;
pub mod patient;
pub mod promises;
pub mod reading;
mod ready;
mod release;
pub mod schema;
pub mod settle;
pub mod store;
pub mod view;

pub use api::{HoldAsked, page_answer, viewer};
pub use ready::open_for_coding;
pub use store::{Along, ChartRow, NewChart};

use actix_web::web::{self, ServiceConfig};
use base::jobs::Handlers;
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
        .route("/api/v1/missing", web::get().to(api::missing))
        .route("/api/v1/given-back", web::get().to(api::given_back))
        .route("/api/v1/holds", web::get().to(api::holds))
        .route("/api/v1/charts/{id}/holds", web::post().to(api::place_holds))
        .route("/api/v1/charts/{id}/holds/{hold}/lift", web::post().to(api::lift_hold))
        .route("/api/v1/charts/{id}/holds/{hold}/settle", web::post().to(api::settle_hold))
        .route("/api/v1/charts/{id}/holds/{hold}/release", web::post().to(api::release_hold));
}

/// Who does this slice's promises.
#[must_use]
pub fn jobs(handlers: Handlers) -> Handlers {
    handlers.on(release::release_hold).on(disclosure::tell_administrators)
}

/// What a chart is called where no patient may be named: the last digits of its id.
#[must_use]
pub fn reference(chart: rules::ids::ChartId) -> String {
    const DIGITS: usize = 8;
    let id = chart.to_string();
    let cut = id.len().saturating_sub(DIGITS);
    id.get(cut..).unwrap_or_default().to_uppercase()
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
        api::settle_hold,
        api::release_hold,
        api::place_holds,
        api::holds,
        api::missing,
        api::given_back,
    ))]
    struct Api;
    Api::openapi()
}
