//! Who gets which chart, and why: the plan, Next, assignments by hand, and leases that run out.
//!
//! Whoever gives work locks the person first, then the chart, then its lease. Coding and review are
//! planned alike, each with the people who may do it.

mod api;
mod assign;
mod board;
mod board_store;
mod bulk;
mod escalate;
mod explain;
mod fit;
mod leader;
mod learn;
mod next;
mod nothing;
mod outlook;
mod pages;
mod plan;
mod serve;
mod shares;
mod snapshot;
mod standing;
mod store;
mod sweep;
mod take;
mod take_back;
mod tell;
mod work;

pub use assign::{Assigning, Given, assign, revoke};
pub use explain::{Candidate, WhyWaiting, why_waiting};
pub use learn::{Learned, learn};
pub use next::{Taken, begin, next};
pub use nothing::why_nothing;
pub use outlook::{Asked, ForecastAnswer, Outlook, outlook};
pub use plan::{PlanPreview, PlanReport, plan_once, preview};
pub use serve::serve;
pub use sweep::sweep;

use actix_web::web::{self, ServiceConfig};
use base::jobs::Handlers;
use utoipa::OpenApi;

/// Registers this slice's routes.
pub fn routes(config: &mut ServiceConfig) {
    pages::routes(config);
    config
        .route("/api/v1/work", web::get().to(api::work))
        .route("/api/v1/work/next", web::post().to(api::next))
        .route("/api/v1/work/{chart}/begin", web::post().to(api::begin))
        .route("/api/v1/board", web::get().to(api::board))
        .route("/api/v1/board/fitting", web::post().to(api::fitting))
        .route("/api/v1/board/assign", web::post().to(api::assign_many))
        .route("/api/v1/board/revoke", web::post().to(api::revoke_many))
        .route("/forecast", web::get().to(outlook::page))
        .route("/api/v1/forecast", web::get().to(outlook::forecast))
        .route("/api/v1/plan", web::post().to(api::plan))
        .route("/api/v1/charts/{id}/waiting", web::get().to(api::waiting))
        .route("/api/v1/charts/{id}/assign", web::post().to(api::assign))
        .route("/api/v1/charts/{id}/revoke", web::post().to(api::revoke));
}

/// Who does this slice's promises.
#[must_use]
pub fn jobs(handlers: Handlers) -> Handlers {
    handlers.on(serve::work_waiting).on(learn::learn_daily).on(tell::tell_deadline)
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        api::work,
        api::next,
        api::begin,
        api::board,
        api::plan,
        outlook::api::forecast,
        api::waiting,
        api::assign,
        api::revoke,
        api::fitting,
        api::assign_many,
        api::revoke_many,
    ))]
    struct Api;
    Api::openapi()
}

/// Whole minutes of some seconds, rounded up.
pub(crate) const fn minutes(seconds: i64) -> i64 {
    const SECONDS_PER_MINUTE: i64 = 60;
    seconds.saturating_add(SECONDS_PER_MINUTE - 1).div_euclid(SECONDS_PER_MINUTE)
}

pub(crate) use charts::reference;
