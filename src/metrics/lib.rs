//! Numbers that trace to events: how much was done, how right it was, how soon it was back, what waits.
//!
//! Every number is counted from the timeline, leases, reviews and returns when it is asked for, never
//! kept beside them. A table on a page and its CSV are the same rows of the same query.

mod accuracy;
mod api;
mod asked;
mod backlog;
mod estimates;
mod pages;
mod plots;
mod productivity;
mod reports;
mod sheet;
mod store;
mod turnaround;

pub use accuracy::{Accuracy, AccuracyReport, CoderAccuracy, QueueAccuracy};
pub use asked::{Days, Definition};
pub use backlog::{BacklogReport, Bands, QueueBacklog, StateCount};
pub use estimates::{EstimatesReport, QueueEstimates};
pub use productivity::{CoderThroughput, DayThroughput, ProductivityReport, Reviewing, Throughput};
pub use reports::{FacilityReport, OwnReport};
pub use turnaround::{DayReturns, Pace, QueueTurnaround, TurnaroundReport};

use actix_web::web::{self, ServiceConfig};
use utoipa::OpenApi;

/// Registers this slice's routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/metrics", web::get().to(pages::vendor))
        .route("/metrics/mine", web::get().to(pages::mine))
        .route("/metrics/facility", web::get().to(pages::facility))
        .route("/api/v1/metrics/productivity", web::get().to(api::productivity))
        .route("/api/v1/metrics/accuracy", web::get().to(api::accuracy))
        .route("/api/v1/metrics/turnaround", web::get().to(api::turnaround))
        .route("/api/v1/metrics/backlog", web::get().to(api::backlog))
        .route("/api/v1/metrics/estimates", web::get().to(api::estimates))
        .route("/api/v1/metrics/mine", web::get().to(api::mine))
        .route("/api/v1/metrics/facility", web::get().to(api::facility));
}

/// This slice's part of the API's description.
#[must_use]
pub fn openapi() -> utoipa::openapi::OpenApi {
    #[derive(OpenApi)]
    #[openapi(paths(
        api::productivity,
        api::accuracy,
        api::turnaround,
        api::backlog,
        api::estimates,
        api::mine,
        api::facility,
    ))]
    struct Api;
    Api::openapi()
}
