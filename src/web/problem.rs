//! Failures as problem+json (RFC 9457), or as a page where a person is looking.

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::{Method, StatusCode, header};
use actix_web::middleware::Next;
use actix_web::{HttpResponse, ResponseError};
use askama::Template;
use base::{Error, FieldError};

/// A failed request; made from any [`base::Error`] by `?`.
#[derive(Debug)]
pub struct Failure(Error);

impl<E: Into<Error>> From<E> for Failure {
    fn from(error: E) -> Self {
        Self(error.into())
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

/// The body of a failure.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Problem {
    /// A stable word for the kind of failure.
    #[serde(rename = "type")]
    pub kind: &'static str,
    /// The kind in words.
    pub title: &'static str,
    /// The HTTP status.
    pub status: u16,
    /// What to do about it.
    pub detail: String,
    /// Fields to correct.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(value_type = Vec<Object>)]
    pub fields: Vec<FieldError>,
}

impl Failure {
    fn problem(&self) -> Problem {
        let (kind, title, status) = match &self.0 {
            Error::Unauthenticated => ("unauthenticated", "Sign in", StatusCode::UNAUTHORIZED),
            Error::Refused(_) => ("refused", "Not accepted", StatusCode::UNAUTHORIZED),
            Error::Forbidden(_) => ("forbidden", "Not allowed", StatusCode::FORBIDDEN),
            Error::NotFound => ("not_found", "Not found", StatusCode::NOT_FOUND),
            Error::Invalid(_) => ("invalid", "Please correct", StatusCode::UNPROCESSABLE_ENTITY),
            Error::Conflict(_) => ("conflict", "Changed meanwhile", StatusCode::CONFLICT),
            Error::TooMany(_) => ("too_many", "Too many tries", StatusCode::TOO_MANY_REQUESTS),
            Error::TooLarge(_) => ("too_large", "Too large", StatusCode::PAYLOAD_TOO_LARGE),
            Error::Unavailable(_) => ("unavailable", "Try again", StatusCode::SERVICE_UNAVAILABLE),
            Error::Internal(_) => ("internal", "Our fault", StatusCode::INTERNAL_SERVER_ERROR),
        };
        let fields = match &self.0 {
            Error::Invalid(fields) => fields.clone(),
            _ => Vec::new(),
        };
        Problem { kind, title, status: status.as_u16(), detail: self.0.to_string(), fields }
    }
}

impl ResponseError for Failure {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.problem().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        // The boundary: the one place where a failure is logged.
        if let Error::Internal(source) | Error::Unavailable(source) = &self.0 {
            tracing::error!(%source, "request failed");
        }
        let problem = self.problem();
        let mut response = HttpResponse::build(self.status_code());
        if let Error::TooMany(seconds) = &self.0 {
            response.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        let body = serde_json::to_string(&problem).unwrap_or_default();
        let mut response = response.content_type("application/problem+json").body(body);
        response.extensions_mut().insert(problem);
        response
    }
}

#[derive(Template)]
#[template(path = "problem.html")]
struct ProblemPage<'a> {
    problem: &'a Problem,
    assets: String,
}

/// Middleware of everything outside `/api`: a failure becomes a page, a missing sign-in a redirect.
///
/// # Errors
/// Those of the inner service.
pub async fn page_errors(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<impl MessageBody>, actix_web::Error> {
    let is_api = request.path().starts_with("/api/");
    let asked = (request.method() == Method::GET).then(|| request.uri().clone());
    let response = next.call(request).await?.map_into_boxed_body();
    let problem = response.response().extensions().get::<Problem>().cloned();
    let Some(problem) = problem.filter(|_| !is_api) else { return Ok(response) };
    let (request, _) = response.into_parts();
    let page = if problem.kind == "unauthenticated" {
        let asked = asked.as_ref().and_then(|uri| uri.path_and_query());
        let next = asked.map(|to| format!("?next={}", escaped(to.as_str()))).unwrap_or_default();
        HttpResponse::SeeOther()
            .insert_header((header::LOCATION, format!("/sign-in{next}")))
            .finish()
    } else {
        let status =
            StatusCode::from_u16(problem.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
        let page = ProblemPage { problem: &problem, assets: crate::assets::folder() };
        let body = page.render().unwrap_or_else(|_unlikely| problem.detail.clone());
        HttpResponse::build(status).content_type("text/html; charset=utf-8").body(body)
    };
    Ok(ServiceResponse::new(request, page.map_into_boxed_body()))
}

/// A text as the value of a query: only what needs no escaping stays as it is.
fn escaped(text: &str) -> String {
    let stays = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/".contains(&byte);
    let written = |byte: u8| {
        if stays(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }
    };
    text.bytes().map(written).collect()
}

#[cfg(test)]
mod tests {
    use super::escaped;

    #[test]
    fn an_address_goes_whole_into_the_query_of_another() {
        assert_eq!(escaped("/charts/1?a=b&c=%20#x"), "/charts/1%3Fa%3Db%26c%3D%2520%23x");
        assert_eq!(escaped("é"), "%C3%A9");
    }
}
