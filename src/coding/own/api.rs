//! The JSON doors of a facility's own rules.

use super::view::{self, OwnRuleHistory, OwnRuleView};
use super::{NewRuleVersion, RuleWritten, fields};
use actix_web::web::{Json, Path};
use actix_web::{HttpRequest, HttpResponse};
use base::error::FieldError;
use rules::access::may;
use rules::ids::{FacilityId, OwnRuleId, TrialId};
use rules::own::{Entered, OwnRule};
use serde::{Deserialize, Serialize};
use web::idempotency::Once;
use web::{Answer, May, Problem};

/// What a rule says as it is entered.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct RuleRead {
    /// What it would do, as a sentence; none while it can't be read.
    pub words: Option<String>,
    /// What can't be read of it.
    #[schema(value_type = Vec<Object>)]
    pub fields: Vec<FieldError>,
}

/// Which version is to be in force.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SwitchAsked {
    /// A version that was tried out; none switches the rule off.
    #[serde(default)]
    pub version: Option<i32>,
}

/// Which version is to be tried out.
#[derive(Debug, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TrialAsked {
    /// The version.
    pub version: i32,
}

/// A trial on its way.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub(crate) struct TrialBegun {
    /// The trial; the rule tells what it found.
    pub id: TrialId,
}

/// A facility's own rules, with their newest versions.
#[utoipa::path(get, path = "/api/v1/facilities/{id}/rules", tag = "codes",
    params(("id" = FacilityId, Path)),
    responses((status = 200, body = Vec<OwnRuleView>), (status = 404, body = Problem)))]
pub(crate) async fn all(
    may: May<may::ViewFacilities>,
    id: Path<FacilityId>,
) -> Answer<Json<Vec<OwnRuleView>>> {
    Ok(Json(may.ops(async |tx| view::all(tx, *id).await).await?))
}

/// One rule with its versions, switches and trials.
#[utoipa::path(get, path = "/api/v1/facilities/{id}/rules/{rule}", tag = "codes",
    params(("id" = FacilityId, Path), ("rule" = OwnRuleId, Path)),
    responses((status = 200, body = OwnRuleHistory), (status = 404, body = Problem)))]
pub(crate) async fn one(
    may: May<may::ViewFacilities>,
    path: Path<(FacilityId, OwnRuleId)>,
) -> Answer<Json<OwnRuleHistory>> {
    Ok(Json(may.ops(async |tx| view::one(tx, *path).await).await?))
}

/// Says what a rule would do, without keeping it.
#[utoipa::path(post, path = "/api/v1/own-rules/read", tag = "codes", request_body = Entered,
    responses((status = 200, body = RuleRead)))]
pub(crate) async fn read(
    _may: May<may::ManageOwnRules>,
    rule: Json<Entered>,
) -> Answer<Json<RuleRead>> {
    Ok(Json(match OwnRule::read(&rule) {
        Ok(rule) => RuleRead { words: Some(rule.words()), fields: Vec::new() },
        Err(faults) => RuleRead { words: None, fields: fields(faults, "rule.") },
    }))
}

/// Writes a new rule. It is off until a version of it was tried out and switched on.
#[utoipa::path(post, path = "/api/v1/facilities/{id}/rules", tag = "codes",
    params(("id" = FacilityId, Path)), request_body = NewRuleVersion,
    responses((status = 201, body = RuleWritten), (status = 404, body = Problem),
        (status = 422, body = Problem)))]
pub(crate) async fn create(
    request: HttpRequest,
    may: May<may::ManageOwnRules>,
    id: Path<FacilityId>,
    body: Json<NewRuleVersion>,
) -> Answer<HttpResponse> {
    let said = base::secret::sha256(&serde_json::to_vec(&(*id, &*body))?);
    let once = Once::of(&request, "POST /api/v1/facilities/{id}/rules", said)?;
    let written = may
        .ops(async |tx| {
            if let Some(once) = &once
                && let Some(earlier) = once.earlier::<RuleWritten>(tx).await?
            {
                return Ok(earlier);
            }
            let written = super::create(tx, *id, &body).await?;
            if let Some(once) = &once {
                once.keep(tx, &written).await?;
            }
            Ok(written)
        })
        .await?;
    Ok(HttpResponse::Created().json(written))
}

/// Writes a new version of a rule. What is in force stays so until the new version is switched on.
#[utoipa::path(put, path = "/api/v1/facilities/{id}/rules/{rule}", tag = "codes",
    params(("id" = FacilityId, Path), ("rule" = OwnRuleId, Path)), request_body = NewRuleVersion,
    responses((status = 200, body = RuleWritten), (status = 404, body = Problem),
        (status = 409, body = Problem), (status = 422, body = Problem)))]
pub(crate) async fn change(
    may: May<may::ManageOwnRules>,
    path: Path<(FacilityId, OwnRuleId)>,
    body: Json<NewRuleVersion>,
) -> Answer<Json<RuleWritten>> {
    Ok(Json(may.ops(async |tx| super::change(tx, *path, &body).await).await?))
}

/// Tries a version out over past charts: it counts what it would have found, and changes nothing.
#[utoipa::path(post, path = "/api/v1/facilities/{id}/rules/{rule}/trials", tag = "codes",
    params(("id" = FacilityId, Path), ("rule" = OwnRuleId, Path)), request_body = TrialAsked,
    responses((status = 202, body = TrialBegun), (status = 404, body = Problem)))]
pub(crate) async fn try_out(
    may: May<may::ManageOwnRules>,
    path: Path<(FacilityId, OwnRuleId)>,
    body: Json<TrialAsked>,
) -> Answer<HttpResponse> {
    let id = may.ops(async |tx| super::ask_trial(tx, *path, body.version).await).await?;
    Ok(HttpResponse::Accepted().json(TrialBegun { id }))
}

/// Puts a version that was tried out in force, or switches the rule off.
#[utoipa::path(put, path = "/api/v1/facilities/{id}/rules/{rule}/switch", tag = "codes",
    params(("id" = FacilityId, Path), ("rule" = OwnRuleId, Path)), request_body = SwitchAsked,
    responses((status = 204, description = "it is so now"), (status = 404, body = Problem),
        (status = 409, body = Problem)))]
pub(crate) async fn switch(
    may: May<may::ManageOwnRules>,
    path: Path<(FacilityId, OwnRuleId)>,
    body: Json<SwitchAsked>,
) -> Answer<HttpResponse> {
    may.ops(async |tx| super::switch(tx, *path, body.version).await).await?;
    Ok(HttpResponse::NoContent().finish())
}
