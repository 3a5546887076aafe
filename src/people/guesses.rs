//! Whoever guesses becomes slow: so many tries for one account, so many from one address.

use actix_web::HttpRequest;
use base::Services;
use base::cache::Limit;
use base::error::Result;
use base::secret::{hex, sha256};

/// Takes one of the tries that an account has; `what` keeps signing in and resetting apart.
///
/// # Errors
/// [`base::Error::TooMany`] with the seconds to wait.
pub(crate) async fn at_account(services: &Services, what: &str, account: &str) -> Result<()> {
    let settings = &services.config.sign_in;
    let limit = Limit { burst: settings.attempts, per_seconds: settings.per_seconds };
    let bucket = format!("{what}:{}", hex(&sha256(account.as_bytes())));
    Ok(services.cache.take(&bucket, limit, services.clock().now()).await?)
}

/// Takes one of the tries that a network address has.
///
/// # Errors
/// As [`at_account`].
pub(crate) async fn from_address(
    services: &Services,
    what: &str,
    request: &HttpRequest,
) -> Result<()> {
    let settings = &services.config.sign_in;
    let limit = Limit { burst: settings.attempts_per_address, per_seconds: settings.per_seconds };
    let address = request.peer_addr().map(|peer| peer.ip().to_string()).unwrap_or_default();
    let bucket = format!("{what}-from:{address}");
    Ok(services.cache.take(&bucket, limit, services.clock().now()).await?)
}

/// An address as it is stored and compared. No stored address has control characters, and the
/// database takes no NUL.
pub(crate) fn address(text: &str) -> String {
    let mut address = text.trim().to_lowercase();
    address.retain(|letter| !letter.is_control());
    address
}

#[cfg(test)]
mod tests {
    use super::address;

    #[test]
    fn an_address_is_compared_without_case_and_control_characters() {
        assert_eq!(address("  Ada@Example.COM\u{0}\n"), "ada@example.com");
    }
}
