//! The pages for whoever is not signed in yet.

use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Query;
use askama::Template;
use serde::Deserialize;
use web::{Answer, Visitor, assets};

/// Everybody's own first page.
pub(super) async fn start(visitor: Visitor) -> HttpResponse {
    let to = visitor.principal().map_or("/sign-in", web::page::home);
    to_page(to)
}

fn to_page(address: &str) -> HttpResponse {
    HttpResponse::SeeOther().insert_header((header::LOCATION, address)).finish()
}

/// Why somebody comes to sign in.
#[derive(Debug, Deserialize)]
pub(super) struct Coming {
    /// Where they wanted to go.
    next: Option<String>,
    /// Whether they have just set their password.
    #[serde(default)]
    ready: bool,
}

#[derive(Template)]
#[template(path = "sign_in.html")]
struct SignInPage {
    assets: String,
    next: String,
    ready: bool,
}

pub(super) async fn sign_in(visitor: Visitor, coming: Query<Coming>) -> Answer<HttpResponse> {
    let Coming { next, ready } = coming.into_inner();
    let next = next.filter(|address| is_ours(address)).unwrap_or_else(|| "/".to_owned());
    if visitor.principal().is_some() {
        return Ok(to_page(&next));
    }
    web::html(&SignInPage { assets: assets::folder(), next, ready })
}

/// Whether an address stays here: a path, and not one that a browser reads as another host's.
fn is_ours(address: &str) -> bool {
    let plain = |letter: char| letter.is_ascii_graphic() && letter != '\\' && letter != '{';
    address.starts_with('/')
        && !address.starts_with("//")
        && !address.starts_with("/sign-in")
        && address.chars().all(plain)
}

#[derive(Template)]
#[template(path = "welcome.html")]
struct WelcomePage {
    assets: String,
    length_min: u32,
}

pub(super) async fn welcome(visitor: Visitor) -> Answer<HttpResponse> {
    let length_min = visitor.services().config.passwords.length_min;
    web::html(&WelcomePage { assets: assets::folder(), length_min })
}

#[cfg(test)]
mod tests {
    use super::is_ours;

    #[test]
    fn signing_in_never_leads_to_another_site() {
        for ours in ["/", "/charts/1?state=ready&after=x", "/people"] {
            assert!(is_ours(ours), "{ours}");
        }
        for foreign in [
            "",
            "//evil.example",
            "https://evil.example",
            "/\\evil.example",
            "/\t/evil",
            "/sign-in",
        ] {
            assert!(!is_ours(foreign), "{foreign}");
        }
    }
}
