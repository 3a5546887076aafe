//! The JSON door of the desk.

pub(crate) mod beside;
pub(crate) mod codes;
pub(crate) mod draft;
pub(crate) mod finish;
pub(crate) mod lists;
pub(crate) mod work;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use serde::Serialize;

/// A problem that says more than what went wrong.
fn with_problem(body: &impl Serialize, status: StatusCode) -> HttpResponse {
    HttpResponse::build(status).content_type("application/problem+json").json(body)
}
