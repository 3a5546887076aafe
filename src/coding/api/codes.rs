//! Searching the code sets.

use crate::codes::{self, CodeCard, Found, HITS, Query};
use crate::usual::{self, Asking};
use actix_web::web::{Json, Path, Query as QueryString, block};
use base::error::{Error, Result};
use codesets::{SEARCH_HITS_MAX, Usual};
use jiff::tz::TimeZone;
use rules::access::may;
use rules::ids::FacilityId;
use rules::time::Day;
use rules::words::CodeSystem;
use serde::Deserialize;
use std::sync::Arc;
use web::{Answer, May};

/// What is looked for.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Search {
    /// A code, its beginning, or words.
    #[serde(default)]
    q: String,
    /// A heading, to list the codes below it instead.
    #[serde(default)]
    below: String,
    /// The date on which the codes must be in force; today when absent.
    on: Option<Day>,
    /// The system; ICD-10-CM when absent.
    system: Option<CodeSystem>,
    /// Hits at most, 1 to 100.
    limit: Option<usize>,
    /// The facility whose usual codes come first among equals; one's own, at a facility.
    facility: Option<FacilityId>,
}

/// Finds codes that are in force on a date, by code or by words.
#[utoipa::path(get, path = "/api/v1/codes", tag = "codes", params(Search),
    responses((status = 200, body = Found)))]
pub(crate) async fn search(
    may: May<may::SearchCodes>,
    search: QueryString<Search>,
) -> Answer<Json<Found>> {
    let today = may.now().in_zone(&TimeZone::UTC).date();
    let Search { q, below, on, system, limit, facility } = search.into_inner();
    let query = Query {
        below: !below.trim().is_empty(),
        text: if below.trim().is_empty() { q } else { below },
        on: on.map_or(today, |day| day.0),
        system: system.unwrap_or(CodeSystem::Icd10Cm),
        limit: limit.unwrap_or(HITS).clamp(1, SEARCH_HITS_MAX),
    };
    let usual = usual_of(&may, facility, query.system).await?;
    // Off the thread that serves others: a search is computing, and the first one builds the sets.
    let services = Arc::clone(may.services());
    let found = block(move || services.codes().map(|codes| codes::search(&codes, &query, &usual)));
    Ok(Json(found.await.map_err(Error::internal)??))
}

/// The day on which a code is looked at.
#[derive(Debug, Deserialize, utoipa::IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct On {
    /// The day; today when absent.
    on: Option<Day>,
}

/// What the lists say of a code and around it: the headings above it and the notes that hold for it.
#[utoipa::path(get, path = "/api/v1/codes/{system}/{code}", tag = "codes",
    params(("system" = CodeSystem, Path,), ("code" = String, Path,), On),
    responses((status = 200, body = CodeCard)))]
pub(crate) async fn card(
    may: May<may::SearchCodes>,
    path: Path<(CodeSystem, String)>,
    on: QueryString<On>,
) -> Answer<Json<CodeCard>> {
    let today = may.now().in_zone(&TimeZone::UTC).date();
    let day = on.on.map_or(today, |day| day.0);
    let (system, code) = path.into_inner();
    let services = Arc::clone(may.services());
    let card = block(move || services.codes().map(|codes| codes::card(&codes, system, &code, day)));
    Ok(Json(card.await.map_err(Error::internal)??.ok_or(Error::NotFound)?))
}

/// What the facility of whoever asks, or the one that they name, reports often.
async fn usual_of(
    may: &May<may::SearchCodes>,
    facility: Option<FacilityId>,
    system: CodeSystem,
) -> Result<Arc<Usual>> {
    let asking = match (may.principal().home, facility) {
        (Some(_), _) => Asking::Facility(may.facility_scope()?),
        (None, Some(facility)) => Asking::Vendor(may.vendor_scope()?, facility),
        (None, None) => return Ok(Arc::default()),
    };
    Ok(usual::of(may.services(), &asking).await?.of(system))
}
