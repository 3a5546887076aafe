//! The JSON and CSV doors.

use crate::accuracy::{self, AccuracyReport, Naming};
use crate::asked::{Asked, Part};
use crate::backlog::{self, BacklogReport};
use crate::estimates::{self, EstimatesReport};
use crate::productivity::{self, ProductivityReport};
use crate::reports::{self, FacilityReport, OwnReport};
use crate::sheet::Sheet;
use crate::turnaround::{self, TurnaroundReport};
use actix_web::HttpResponse;
use actix_web::web::Query;
use rules::access::may;
use serde::Serialize;
use web::{Answer, May};

/// The report, or its table for a spreadsheet.
fn answer(
    asked: &Asked,
    report: &impl Serialize,
    sheet: impl FnOnce(Option<Part>) -> Sheet,
) -> Answer<HttpResponse> {
    if asked.as_csv() {
        return Ok(sheet(asked.part).download()?);
    }
    Ok(HttpResponse::Ok().json(report))
}

/// Productivity by coder.
#[utoipa::path(get, path = "/api/v1/metrics/productivity", tag = "metrics", params(Asked),
    responses((status = 200, body = ProductivityReport), (status = 422, body = web::Problem)))]
pub async fn productivity(may: May<may::ViewMetrics>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let report = reports::of_vendor(&may, &asked, productivity::report).await?;
    answer(&asked, &report, |_| report.sheet())
}

/// Accuracy by coder and by queue; as CSV by coder unless `part=queues`.
#[utoipa::path(get, path = "/api/v1/metrics/accuracy", tag = "metrics", params(Asked),
    responses((status = 200, body = AccuracyReport), (status = 422, body = web::Problem)))]
pub async fn accuracy(may: May<may::ViewMetrics>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let report = reports::of_vendor(&may, &asked, async |tx, slice| {
        accuracy::report(tx, slice, Naming::Coders).await
    })
    .await?;
    answer(&asked, &report, |part| match part {
        Some(Part::Queues | Part::Accuracy) => report.queues_sheet(),
        _ => report.coders_sheet(),
    })
}

/// Turnaround by queue and by day; as CSV by queue unless `part=days`.
#[utoipa::path(get, path = "/api/v1/metrics/turnaround", tag = "metrics", params(Asked),
    responses((status = 200, body = TurnaroundReport), (status = 422, body = web::Problem)))]
pub async fn turnaround(may: May<may::ViewMetrics>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let report = reports::of_vendor(&may, &asked, turnaround::report).await?;
    answer(&asked, &report, |part| match part {
        Some(Part::Days) => report.days_sheet(),
        _ => report.queues_sheet(),
    })
}

/// What waits now, by queue; the days asked for mean nothing here.
#[utoipa::path(get, path = "/api/v1/metrics/backlog", tag = "metrics", params(Asked),
    responses((status = 200, body = BacklogReport), (status = 422, body = web::Problem)))]
pub async fn backlog(may: May<may::ViewMetrics>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let report = reports::of_vendor(&may, &asked, async |tx, slice| {
        backlog::report(tx, slice.facility).await
    })
    .await?;
    answer(&asked, &report, |_| report.sheet())
}

/// How far off the expected minutes of coding were, by queue.
#[utoipa::path(get, path = "/api/v1/metrics/estimates", tag = "metrics", params(Asked),
    responses((status = 200, body = EstimatesReport), (status = 422, body = web::Problem)))]
pub async fn estimates(may: May<may::ViewMetrics>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let report = reports::of_vendor(&may, &asked, estimates::report).await?;
    answer(&asked, &report, |_| report.sheet())
}

/// One's own numbers; as CSV by day unless `part=accuracy`.
#[utoipa::path(get, path = "/api/v1/metrics/mine", tag = "metrics", params(Asked),
    responses((status = 200, body = OwnReport), (status = 422, body = web::Problem)))]
pub async fn mine(may: May<may::ViewOwnMetrics>, asked: Query<Asked>) -> Answer<HttpResponse> {
    let report = reports::own(&may, &asked).await?;
    answer(&asked, &report, |part| match part {
        Some(Part::Accuracy | Part::Queues) => report.accuracy.queues_sheet(),
        _ => productivity::days_sheet(&report.by_day),
    })
}

/// A facility's own numbers; as CSV its turnaround unless `part` is `days`, `accuracy` or `backlog`.
#[utoipa::path(get, path = "/api/v1/metrics/facility", tag = "metrics", params(Asked),
    responses((status = 200, body = FacilityReport), (status = 422, body = web::Problem)))]
pub async fn facility(
    may: May<may::ViewFacilityMetrics>,
    asked: Query<Asked>,
) -> Answer<HttpResponse> {
    let report = reports::of_facility(&may, &asked).await?;
    answer(&asked, &report, |part| match part {
        Some(Part::Days) => report.turnaround.days_sheet(),
        Some(Part::Accuracy) => report.accuracy.queues_sheet(),
        Some(Part::Backlog) => report.backlog.sheet(),
        _ => report.turnaround.queues_sheet(),
    })
}
