//! The coder's desk: a chart is opened, read, coded, and handed in, held or given back.
//!
//! Everything here acts on the live lease of whoever asks and on nothing else; patient data is
//! written before the lease ends, because with it ends the reach.

mod api;
mod check;
mod codes;
pub mod dismissals;
mod draft;
pub mod drafts;
mod evidence;
mod give_back;
mod grouping;
mod guidelines;
mod history;
mod lease;
mod line;
pub mod lists;
mod open;
pub mod own;
mod pages;
mod problem;
mod save;
mod schema;
mod store;
mod submit;
mod usual;

pub use check::{Basis, Columns, all_findings, basis, findings, obstacles};
pub use codes::{CodeCard, Found, FoundCode, Query, card, search};
pub use draft::{DRAFT_BYTES_MAX, Dismissal, Draft, LINES_MAX};
pub use evidence::{BoxEvidence, Evidence, WordsEvidence};
pub use give_back::{GivenBack, Releasing, SkipReason, hold, release};
pub use grouping::{About, LineTag, Meaning, meaning};
pub use guidelines::{DeskGuideline, acknowledge, guidelines};
pub use history::{EarlierCoding, EarlierLine, History, history};
pub use lease::{Beat, IDLE_SECONDS_MAX, LeaseView, beat, start};
pub use line::{CodedLine, DraftLine};
pub use open::{Desk, DeskChart, DeskQueue, DraftView, NoteView, documents_of, notes_of, open};
pub use problem::{DocumentFault, Marking, mark};
pub use save::{Checked, Saved, Saving, check, save_draft};
pub use store::{
    AuthorKind, NewVersion, disposition_of, last_by_coder, lines_of, misplaced_evidence,
    store_version,
};
pub use submit::{Handover, Outcome, Refused, Submitted, submit};

use actix_web::web::{self, ServiceConfig};
use base::jobs::Handlers;
use rules::words::AssignmentKind;
use std::sync::Once;
use utoipa::OpenApi;

static BUILDING: Once = Once::new();

/// The work that is done here.
pub(crate) const KIND: AssignmentKind = AssignmentKind::Coding;

/// Registers this slice's routes, and starts building the code sets that they search.
pub fn routes(config: &mut ServiceConfig) {
    BUILDING.call_once(codes::build_ahead);
    config
        .route("/desk/{chart}", web::get().to(pages::desk))
        .route("/codes", web::get().to(lists::pages::loaded))
        .route("/codes/changes", web::get().to(lists::pages::changes))
        .route("/api/v1/code-lists", web::get().to(api::lists::loaded))
        .route("/api/v1/code-lists/{kind}/changes", web::get().to(api::lists::changes))
        .route("/api/v1/code-lists/{kind}/changes.csv", web::get().to(api::lists::changes_csv))
        .route("/facilities/{id}/rules", web::get().to(own::pages::all))
        .route("/facilities/{id}/rules/new", web::get().to(own::pages::new))
        .route("/facilities/{id}/rules/{rule}", web::get().to(own::pages::one))
        .route("/facilities/{id}/rules/{rule}/edit", web::get().to(own::pages::edit))
        .route("/api/v1/own-rules/read", web::post().to(own::api::read))
        .route("/api/v1/facilities/{id}/rules", web::get().to(own::api::all))
        .route("/api/v1/facilities/{id}/rules", web::post().to(own::api::create))
        .route("/api/v1/facilities/{id}/rules/{rule}", web::get().to(own::api::one))
        .route("/api/v1/facilities/{id}/rules/{rule}", web::put().to(own::api::change))
        .route("/api/v1/facilities/{id}/rules/{rule}/trials", web::post().to(own::api::try_out))
        .route("/api/v1/facilities/{id}/rules/{rule}/switch", web::put().to(own::api::switch))
        .route("/api/v1/codes", web::get().to(api::codes::search))
        .route("/api/v1/codes/{system}/{code}", web::get().to(api::codes::card))
        .route("/api/v1/desk/{chart}", web::get().to(api::work::desk))
        .route("/api/v1/desk/{chart}/documents", web::get().to(api::work::documents))
        .route("/api/v1/desk/{chart}/documents/{document}", web::get().to(api::work::document))
        .route(
            "/api/v1/desk/{chart}/documents/{document}/pages/{page}",
            web::get().to(api::work::page),
        )
        .route("/api/v1/desk/{chart}/start", web::post().to(api::work::start))
        .route("/api/v1/desk/{chart}/beat", web::post().to(api::work::beat))
        .route("/api/v1/desk/{chart}/draft", web::put().to(api::draft::save))
        .route("/api/v1/desk/{chart}/check", web::post().to(api::draft::check))
        .route("/api/v1/desk/{chart}/submit", web::post().to(api::finish::submit))
        .route("/api/v1/desk/{chart}/hold", web::post().to(api::finish::hold))
        .route("/api/v1/desk/{chart}/guidelines", web::get().to(api::beside::guidelines))
        .route("/api/v1/desk/{chart}/guidelines", web::post().to(api::beside::acknowledge))
        .route("/api/v1/desk/{chart}/history", web::get().to(api::beside::history))
        .route("/api/v1/desk/{chart}/problem", web::post().to(api::finish::problem))
        .route("/api/v1/desk/{chart}/release", web::post().to(api::finish::release));
}

/// Registers who does this slice's promises.
#[must_use]
pub fn jobs(handlers: Handlers) -> Handlers {
    handlers.on(usual::do_count).on(own::trial::do_try)
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        api::codes::search,
        api::codes::card,
        api::lists::loaded,
        api::lists::changes,
        api::lists::changes_csv,
        api::work::desk,
        api::work::documents,
        api::work::document,
        api::work::page,
        api::work::start,
        api::work::beat,
        api::draft::save,
        api::draft::check,
        api::finish::submit,
        api::finish::hold,
        api::beside::guidelines,
        api::beside::acknowledge,
        api::beside::history,
        api::finish::problem,
        api::finish::release,
        own::api::all,
        own::api::one,
        own::api::read,
        own::api::create,
        own::api::change,
        own::api::try_out,
        own::api::switch,
    ))]
    struct Api;
    Api::openapi()
}
