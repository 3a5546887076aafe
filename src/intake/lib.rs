//! How charts come in: the upload page, the JSON API, and everything checked before a chart is taken.
//!
//! An answer is given only when every document is sealed and safe and the chart is in its queue. A chart
//! that looks like one that is here already is taken too, but flagged, so that it is neither lost nor
//! silently coded twice.

mod api;
mod content;
mod later;
mod pages;
mod receive;
mod upload;

pub use content::{Content, Stored};
pub use later::{Added, add};
pub use receive::{NewDocument, Received, Submission, receive};

use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

/// Registers this slice's routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/upload", web::get().to(pages::upload))
        .route("/api/v1/charts", web::post().to(api::upload))
        .route("/api/v1/charts/{id}/documents", web::post().to(api::add_documents));
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(
        paths(api::upload, api::add_documents),
        components(schemas(upload::ChartForm, upload::LaterForm))
    )]
    struct Api;
    Api::openapi()
}
