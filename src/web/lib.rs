//! HTTP that no slice owns: who is asking, what they may, how answers and failures look.
//!
//! A handler's first argument is a [`May`], the proof of a right; it is the only thing in a request
//! that reaches the database. Handlers answer with [`Answer`] and fail with [`Failure`].

pub mod assets;
pub mod headers;
pub mod idempotency;
pub mod live;
pub mod operate;
pub mod page;
pub mod paging;
mod problem;
mod proof;
pub mod sessions;
mod state;
pub mod trail;

pub use page::{Shell, html};
pub use problem::{Failure, Problem, page_errors};
pub use proof::{May, Principal, Visitor};
pub use state::{authenticate, readiness, register};

/// What a handler answers.
pub type Answer<T> = Result<T, Failure>;

/// Registers the routes that no slice owns.
pub fn routes(config: &mut actix_web::web::ServiceConfig) {
    assets::routes(config);
    live::routes(config);
    trail::routes(config);
    operate::routes(config);
}

/// Their part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    use utoipa::OpenApi;
    #[derive(OpenApi)]
    #[openapi(
        paths(live::events, trail::list, operate::watch, operate::mail),
        components(schemas(Problem))
    )]
    struct Api;
    Api::openapi()
}
