//! Scripts and styles, built into the binary and cached for ever under the hash of what they are.

use actix_web::web::{self, ServiceConfig};
use actix_web::{HttpResponse, Responder};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::LazyLock;

const SCRIPT: &str = include_str!("../../ui/dist/app.js");
/// Loaded before the page is drawn, so that a chosen theme does not flash.
const BOOT: &str = include_str!("../../ui/dist/boot.js");
const STYLES: &str = include_str!("../../ui/dist/app.css");
const ICONS: &str = include_str!("../../ui/dist/icons.svg");
const FAVICON: &str = include_str!("../../ui/dist/favicon.svg");

static FOLDER: LazyLock<String> = LazyLock::new(|| {
    let mut hasher = DefaultHasher::new();
    (SCRIPT, BOOT, STYLES, ICONS).hash(&mut hasher);
    format!("/assets/{:016x}", hasher.finish())
});

/// Where the assets of this build are: `<folder>/app.js`, `boot.js`, `app.css`, `icons.svg`.
#[must_use]
pub fn folder() -> String {
    FOLDER.clone()
}

/// Registers the assets' routes.
pub fn routes(config: &mut ServiceConfig) {
    config
        .route("/assets/{version}/{file}", web::get().to(asset))
        .route("/favicon.ico", web::get().to(favicon));
}

async fn asset(path: web::Path<(String, String)>) -> impl Responder {
    let (_, file) = path.into_inner();
    match file.as_str() {
        "app.js" => lasting("text/javascript; charset=utf-8", SCRIPT),
        "boot.js" => lasting("text/javascript; charset=utf-8", BOOT),
        "app.css" => lasting("text/css; charset=utf-8", STYLES),
        "icons.svg" => lasting("image/svg+xml", ICONS),
        _ => HttpResponse::NotFound().finish(),
    }
}

async fn favicon() -> impl Responder {
    lasting("image/svg+xml", FAVICON)
}

fn lasting(content_type: &'static str, body: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(content_type)
        .insert_header(("cache-control", "public, max-age=31536000, immutable"))
        .body(body)
}
