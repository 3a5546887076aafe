//! The JSON doors of guidelines: the coding company's, and the facility's own.

use super::{Guideline, GuidelineStanding, NewGuideline};
use actix_web::HttpResponse;
use actix_web::web::{Json, Path};
use rules::access::may;
use rules::ids::FacilityId;
use web::{Answer, May, Problem};

/// The current guidelines of a facility, with the coders who have read them and those who have not.
#[utoipa::path(get, path = "/api/v1/facilities/{id}/guidelines", tag = "facilities",
    params(("id" = FacilityId, Path)),
    responses((status = 200, body = Vec<GuidelineStanding>), (status = 404, body = Problem)))]
pub(crate) async fn list(
    may: May<may::ViewFacilities>,
    id: Path<FacilityId>,
) -> Answer<Json<Vec<GuidelineStanding>>> {
    let standing = may
        .ops(async |tx| {
            super::known(tx, *id).await?;
            super::standing(tx, *id).await
        })
        .await?;
    Ok(Json(standing))
}

/// Writes a new version of a guideline, for a queue or for all of a facility's.
#[utoipa::path(post, path = "/api/v1/facilities/{id}/guidelines", tag = "facilities",
    params(("id" = FacilityId, Path)), request_body = NewGuideline,
    responses((status = 201, body = Guideline), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn write(
    may: May<may::WriteGuidelines>,
    id: Path<FacilityId>,
    body: Json<NewGuideline>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let written = super::write_as(may.services(), &scope, *id, &body).await?;
    Ok(HttpResponse::Created().json(written))
}

/// One's own facility's current guidelines.
#[utoipa::path(get, path = "/api/v1/guidelines", tag = "charts",
    responses((status = 200, body = Vec<Guideline>)))]
pub(crate) async fn own(may: May<may::ViewOwnCharts>) -> Answer<Json<Vec<Guideline>>> {
    let current = may
        .facility(async |tx| {
            let facility = tx.facility();
            super::current(tx, facility).await
        })
        .await?;
    Ok(Json(current))
}

/// Writes a new version of one of one's own facility's guidelines.
#[utoipa::path(post, path = "/api/v1/guidelines", tag = "charts", request_body = NewGuideline,
    responses((status = 201, body = Guideline), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn write_own(
    may: May<may::WriteOwnGuidelines>,
    body: Json<NewGuideline>,
) -> Answer<HttpResponse> {
    let written = may
        .facility(async |tx| {
            let facility = tx.facility();
            super::write(tx, facility, &body).await
        })
        .await?;
    Ok(HttpResponse::Created().json(written))
}
