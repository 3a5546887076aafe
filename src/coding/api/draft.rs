//! Saving and checking what is being entered.

use crate::draft::Draft;
use crate::drafts::Kept;
use crate::line::DraftLine;
use crate::open::DraftView;
use crate::save::{self, Checked, Saved, Saving};
use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::web::{Json, Path};
use rules::access::may;
use rules::ids::ChartId;
use serde::{Deserialize, Serialize};
use web::{Answer, May, Problem};

/// A draft to be saved.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Save {
    /// The lease on which it was entered.
    epoch: i32,
    /// The revision that was seen last; 0 when there was none.
    revision: i32,
    /// What was entered.
    draft: Draft,
}

/// Why a draft was not saved, with the one that is there.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct Behind {
    #[serde(flatten)]
    problem: Problem,
    /// What somebody, perhaps in another window, saved meanwhile.
    stored: DraftView,
}

/// Saves a draft. It is refused with 409 and the stored one when another was saved meanwhile.
#[utoipa::path(put, path = "/api/v1/desk/{chart}/draft", tag = "desk",
    params(("chart" = ChartId, Path)), request_body = Save,
    responses((status = 200, body = Kept), (status = 404, body = Problem),
        (status = 409, body = Behind,
            description = "`draft_behind` with the stored draft, or `conflict` when the lease is over"),
        (status = 422, body = Problem)))]
pub(crate) async fn save(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
    body: Json<Save>,
) -> Answer<HttpResponse> {
    let scope = may.vendor_scope()?;
    let Save { epoch, revision, draft } = body.into_inner();
    let saving = Saving { epoch, seen: revision, draft: &draft };
    let saved = save::save_draft(may.services(), &scope, *chart, saving).await?;
    Ok(match saved {
        Saved::Kept(kept) => HttpResponse::Ok().json(kept),
        Saved::Behind(stored) => super::with_problem(
            &Behind {
                problem: Problem {
                    kind: "draft_behind",
                    title: "Changed meanwhile",
                    status: StatusCode::CONFLICT.as_u16(),
                    detail: "this draft was changed in another window".into(),
                    fields: Vec::new(),
                },
                stored: *stored,
            },
            StatusCode::CONFLICT,
        ),
    })
}

/// Lines to be checked.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    /// In the order of the claim.
    lines: Vec<DraftLine>,
    /// The discharge disposition, where there was a stay.
    #[serde(default)]
    disposition: Option<String>,
}

/// What the edits say of lines, without saving them.
#[utoipa::path(post, path = "/api/v1/desk/{chart}/check", tag = "desk",
    params(("chart" = ChartId, Path)), request_body = Check,
    responses((status = 200, body = Checked), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn check(
    may: May<may::CodeCharts>,
    chart: Path<ChartId>,
    body: Json<Check>,
) -> Answer<Json<Checked>> {
    let scope = may.vendor_scope()?;
    let coding = (body.lines.as_slice(), body.disposition.as_deref());
    Ok(Json(save::check(may.services(), &scope, *chart, coding).await?))
}
