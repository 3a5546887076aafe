//! The second pair of eyes: which codings are reviewed, the reviewer's desk, and how a review ends.
//!
//! Who is reviewed is drawn from a secret seed when a coding is handed in. The reviewer recodes beside
//! the coder's lines; what differs becomes findings, and findings make the score.

mod api;
mod blocks;
mod compare;
mod decide;
mod draft;
mod draw;
mod findings;
mod lease;
mod open;
mod pages;
mod proposal;
mod save;
mod schema;
mod sent_back;
mod store;

pub use compare::{Compared, SCORE_METHOD, ScoreView, compare_lines};
pub use decide::{Decided, Decision, decide};
pub use draft::ReviewDraft;
pub use draw::{Drawing, draw};
pub use findings::FindingView;
pub use lease::{beat, release, start};
pub use open::{CodingView, EarlierReview, ReviewDesk, ReviewDraftView, open};
pub use proposal::{FindingEntry, Proposed, proposed};
pub use save::{Saved, Saving, save_draft};
pub use sent_back::sent_back;
pub use store::accepted_by;

use actix_web::web::{self, ServiceConfig};
use base::jobs::Handlers;
use rules::words::AssignmentKind;
use utoipa::OpenApi;

/// The work that is done here.
pub(crate) const KIND: AssignmentKind = AssignmentKind::Review;

/// Registers this slice's routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/review/{chart}", web::get().to(pages::review))
        .route("/api/v1/reviews/{chart}", web::get().to(api::desk))
        .route("/api/v1/reviews/{chart}/documents/{document}", web::get().to(api::document))
        .route(
            "/api/v1/reviews/{chart}/documents/{document}/pages/{page}",
            web::get().to(api::page),
        )
        .route("/api/v1/reviews/{chart}/start", web::post().to(api::start))
        .route("/api/v1/reviews/{chart}/beat", web::post().to(api::beat))
        .route("/api/v1/reviews/{chart}/draft", web::put().to(api::save_draft))
        .route("/api/v1/reviews/{chart}/compare", web::post().to(api::compare))
        .route("/api/v1/reviews/{chart}/decide", web::post().to(api::decide))
        .route("/api/v1/reviews/{chart}/release", web::post().to(api::release))
        .route("/api/v1/desk/{chart}/findings", web::get().to(api::findings));
}

/// Who does this slice's promises.
#[must_use]
pub fn jobs(handlers: Handlers) -> Handlers {
    handlers.on(draw::coding_submitted)
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        api::desk,
        api::document,
        api::page,
        api::start,
        api::beat,
        api::save_draft,
        api::compare,
        api::decide,
        api::release,
        api::findings,
    ))]
    struct Api;
    Api::openapi()
}
