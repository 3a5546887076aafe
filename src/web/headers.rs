//! Headers that every answer carries: nothing is cached, framed, sniffed or loaded from elsewhere.

use actix_web::middleware::DefaultHeaders;

/// Pages load scripts, styles, pictures and data from here alone; inline code is refused.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; \
    img-src 'self' data:; font-src 'self'; connect-src 'self'; form-action 'self'; \
    base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
    trusted-types chartrelay";

/// The middleware that adds them where a handler has not set its own.
#[must_use]
pub fn secure() -> DefaultHeaders {
    DefaultHeaders::new()
        .add(("content-security-policy", CONTENT_SECURITY_POLICY))
        .add(("x-content-type-options", "nosniff"))
        .add(("referrer-policy", "same-origin"))
        .add(("cross-origin-opener-policy", "same-origin"))
        .add(("cross-origin-resource-policy", "same-origin"))
        .add(("permissions-policy", "camera=(), microphone=(), geolocation=()"))
        .add(("strict-transport-security", "max-age=31536000"))
        .add(("cache-control", "no-store"))
}
