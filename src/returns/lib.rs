//! What goes back to the facility: an immutable package for each chart, listed, collected, acknowledged.

mod api;
mod collect;
mod make;
mod package;
mod pages;
mod schema;
mod store;

pub use collect::{Acknowledged, Filter, ListedReturn, ReturnView, acknowledge, list, one};
pub use make::make;
pub use package::{
    COLUMNS, FORMAT, Package, PackedDocument, PackedEvidence, PackedLine, PackedNote, Sender,
};

use actix_web::web::{self, ServiceConfig};
use base::jobs::Handlers;
use utoipa::OpenApi;

/// Registers this slice's routes.
pub fn routes(config: &mut ServiceConfig) {
    pages::routes(config);
    config
        .route("/api/v1/returns", web::get().to(api::list))
        .route("/api/v1/returns/export.csv", web::get().to(api::export))
        .route("/api/v1/returns/acknowledge", web::post().to(api::acknowledge_all))
        .route("/api/v1/returns/{id}", web::get().to(api::one))
        .route("/api/v1/returns/{id}/package", web::get().to(api::package))
        .route("/api/v1/returns/{id}/acknowledge", web::post().to(api::acknowledge));
}

/// Who does this slice's promises.
#[must_use]
pub fn jobs(handlers: Handlers) -> Handlers {
    handlers.on(make::codes_settled)
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        api::list,
        api::one,
        api::package,
        api::export,
        api::acknowledge,
        api::acknowledge_all,
    ))]
    struct Api;
    Api::openapi()
}
