//! The JSON door.

use super::{Asked, ForecastAnswer};
use actix_web::web::{Json, Query};
use rules::access::may;
use web::{Answer, May, Problem};

/// What will probably be late, when backlogs clear, and what other people, hours or volume would change.
#[utoipa::path(get, path = "/api/v1/forecast", tag = "board", params(Asked),
    responses((status = 200, body = ForecastAnswer), (status = 422, body = Problem)))]
pub(crate) async fn forecast(
    may: May<may::ViewBoard>,
    asked: Query<Asked>,
) -> Answer<Json<ForecastAnswer>> {
    let scope = may.vendor_scope()?;
    Ok(Json(Box::pin(super::outlook(may.services(), &scope, &asked)).await?))
}
