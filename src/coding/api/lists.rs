//! What is loaded, and what differs between two editions.

use crate::lists::view::{Asked, Differences, Lists, all_differences, differences, lists};
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::{Json, Path, Query, block};
use base::error::{Error, Result};
use codesets::Codes;
use jiff::tz::TimeZone;
use rules::access::may;
use rules::lists::ListKind;
use std::sync::Arc;
use web::{Answer, May};

/// The code lists and edits in use, for which dates, and where they come from.
#[utoipa::path(get, path = "/api/v1/code-lists", tag = "codes",
    responses((status = 200, body = Lists)))]
pub(crate) async fn loaded(may: May<may::ViewCodeLists>) -> Answer<Json<Lists>> {
    let today = may.now().in_zone(&TimeZone::UTC).date();
    Ok(Json(lists(&*may.services().codes()?, today)))
}

/// What differs between two editions of a list of codes: added, dropped, reworded, newly billable or not.
#[utoipa::path(get, path = "/api/v1/code-lists/{kind}/changes", tag = "codes",
    params(("kind" = String, Path, description = "The kind of list, such as `icd10cm`"), Asked),
    responses((status = 200, body = Differences), (status = 404, description = "no two editions")))]
pub(crate) async fn changes(
    may: May<may::ViewCodeLists>,
    kind: Path<ListKind>,
    asked: Query<Asked>,
) -> Answer<Json<Differences>> {
    let codes = may.services().codes()?;
    Ok(Json(found(codes, *kind, asked.into_inner(), differences).await?))
}

/// The same as a table, whole.
#[utoipa::path(get, path = "/api/v1/code-lists/{kind}/changes.csv", tag = "codes",
    params(("kind" = String, Path, description = "The kind of list, such as `icd10cm`"), Asked),
    responses((status = 200, content_type = "text/csv", body = String),
        (status = 404, description = "no two editions")))]
pub(crate) async fn changes_csv(
    may: May<may::ViewCodeLists>,
    kind: Path<ListKind>,
    asked: Query<Asked>,
) -> Answer<HttpResponse> {
    let codes = may.services().codes()?;
    let all = found(codes, *kind, asked.into_inner(), all_differences).await?;
    let rows: Vec<Vec<String>> = all
        .items
        .into_iter()
        .map(|change| {
            let (before, after) =
                (change.before.unwrap_or_default(), change.after.unwrap_or_default());
            let billable = if change.billable { "yes" } else { "no" };
            vec![change.code, change.change.label().to_owned(), billable.to_owned(), before, after]
        })
        .collect();
    let heads = ["code", "change", "billable", "before", "after"];
    let body = formats::table::csv(&heads, &rows).map_err(Error::internal)?;
    let (from, to) = (all.from.from, all.to.from);
    let file = format!("attachment; filename=\"{}-{from}-to-{to}.csv\"", all.kind);
    Ok(HttpResponse::Ok()
        .content_type("text/csv; charset=utf-8")
        .insert_header((header::CONTENT_DISPOSITION, file))
        .body(body))
}

/// Off the thread that serves others: a hundred thousand codes are compared.
pub(crate) async fn found(
    codes: Arc<Codes>,
    kind: ListKind,
    asked: Asked,
    compare: fn(&Codes, ListKind, &Asked) -> Option<Differences>,
) -> Result<Differences> {
    let compared = block(move || compare(&codes, kind, &asked)).await;
    compared.map_err(Error::internal)?.ok_or(Error::NotFound)
}
