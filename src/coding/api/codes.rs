//! Searching the code sets.

use crate::codes::{self, Found, HITS, Query};
use actix_web::web::{Json, Query as QueryString, block};
use base::error::Error;
use codesets::SEARCH_HITS_MAX;
use jiff::tz::TimeZone;
use rules::access::may;
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
}

/// Finds codes that are in force on a date, by code or by words.
#[utoipa::path(get, path = "/api/v1/codes", tag = "codes", params(Search),
    responses((status = 200, body = Found)))]
pub(crate) async fn search(
    may: May<may::SearchCodes>,
    search: QueryString<Search>,
) -> Answer<Json<Found>> {
    let today = may.now().in_zone(&TimeZone::UTC).date();
    let Search { q, below, on, system, limit } = search.into_inner();
    let query = Query {
        below: !below.trim().is_empty(),
        text: if below.trim().is_empty() { q } else { below },
        on: on.map_or(today, |day| day.0),
        system: system.unwrap_or(CodeSystem::Icd10Cm),
        limit: limit.unwrap_or(HITS).clamp(1, SEARCH_HITS_MAX),
    };
    // Off the thread that serves others: a search is computing, and the first one builds the sets.
    let services = Arc::clone(may.services());
    let found = block(move || services.codes().map(|codes| codes::search(&codes, &query)));
    Ok(Json(found.await.map_err(Error::internal)??))
}
