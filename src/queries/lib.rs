//! Questions to providers: a coder asks what the record leaves open, the provider answers in two clicks, and
//! the chart comes back to its coder by itself.
//!
//! Where a question stands is metadata; what it asks and what was answered is patient data, sealed, on the
//! facility and desk planes alone.

mod answer;
mod answered;
mod api;
mod ask;
mod drafts;
mod go_on;
mod jobs;
mod links;
mod mail;
mod pages;
mod quotes;
mod schema;
mod settings;
mod settle;
mod store;
mod templates;
mod texts;
mod view;

pub use answer::{Answered, take as answer};
pub use answered::{AnsweredQuery, answered};
pub use ask::{Asked, AskedQuestion, Asking, ask};
pub use drafts::{Drafting, QueryDraft, save as save_draft};

use actix_web::web::{self, ServiceConfig};
use base::jobs::Handlers;
use utoipa::OpenApi;

/// Registers this slice's routes.
pub fn routes(config: &mut ServiceConfig) {
    pages::routes(config);
    config
        .route("/api/v1/desk/{chart}/queries", web::get().to(api::desk::list))
        .route("/api/v1/desk/{chart}/queries", web::post().to(api::desk::ask))
        .route("/api/v1/desk/{chart}/query-draft", web::put().to(api::desk::keep))
        .route("/api/v1/desk/{chart}/queries/{query}/outcome", web::post().to(api::desk::conclude))
        .route("/api/v1/query-check", web::post().to(api::desk::check))
        .route("/api/v1/asked-queries", web::get().to(api::desk::asked))
        .route("/api/v1/asked-queries/{id}/cancel", web::post().to(api::desk::cancel))
        .route("/api/v1/queries", web::get().to(api::provider::list))
        .route("/api/v1/queries/{id}", web::get().to(api::provider::one))
        .route("/api/v1/queries/{id}/answer", web::post().to(api::provider::answer))
        .route("/api/v1/query-links/open", web::post().to(api::provider::open))
        .route("/api/v1/query-links/answer", web::post().to(api::provider::answer_by_link))
        .route("/api/v1/charts/{id}/queries", web::get().to(api::facility::of_chart))
        .route("/api/v1/facility-queries", web::get().to(api::facility::list))
        .route(
            "/api/v1/facility-queries/{id}/provider",
            web::put().to(api::facility::name_provider),
        )
        .route("/api/v1/query-settings", web::get().to(api::facility::settings))
        .route("/api/v1/query-settings", web::put().to(api::facility::change_settings))
        .route("/api/v1/query-templates", web::get().to(api::facility::wordings))
        .route("/api/v1/query-templates", web::post().to(api::facility::add_wording))
        .route("/api/v1/query-templates/{id}", web::delete().to(api::facility::retire_wording))
        .route("/api/v1/board/queries", web::get().to(api::board::list))
        .route("/api/v1/board/queries/{id}/cancel", web::post().to(api::board::cancel))
        .route("/api/v1/board/queries/{id}/give-up", web::post().to(api::board::give_up));
}

/// Who does this slice's promises.
#[must_use]
pub fn jobs(handlers: Handlers) -> Handlers {
    handlers
        .on(jobs::send_query)
        .on(jobs::remind_query)
        .on(jobs::escalate_query)
        .on(jobs::tell_escalated)
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        api::desk::list,
        api::desk::ask,
        api::desk::keep,
        api::desk::conclude,
        api::desk::check,
        api::desk::asked,
        api::desk::cancel,
        api::provider::list,
        api::provider::one,
        api::provider::answer,
        api::provider::open,
        api::provider::answer_by_link,
        api::facility::of_chart,
        api::facility::list,
        api::facility::name_provider,
        api::facility::settings,
        api::facility::change_settings,
        api::facility::wordings,
        api::facility::add_wording,
        api::facility::retire_wording,
        api::board::list,
        api::board::cancel,
        api::board::give_up,
    ))]
    struct Api;
    Api::openapi()
}
