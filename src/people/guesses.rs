//! Whoever guesses becomes slow: so many tries for one account, so many from one address.

use actix_web::HttpRequest;
use base::Services;
use base::cache::Limit;
use base::error::Result;
use base::secret::{hex, sha256};
use std::net::IpAddr;

/// Names whom the proxies heard, the nearest last.
const FORWARDED_FOR: &str = "x-forwarded-for";

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
/// [`base::Error::TooMany`] with the seconds to wait.
pub async fn from_address(services: &Services, what: &str, request: &HttpRequest) -> Result<()> {
    let settings = &services.config.sign_in;
    let limit = Limit { burst: settings.attempts_per_address, per_seconds: settings.per_seconds };
    let proxies = usize::try_from(services.config.server.proxies).unwrap_or(usize::MAX);
    let network = network(sender(request, proxies));
    let bucket = format!("{what}-from:{network}");
    Ok(services.cache.take(&bucket, limit, services.clock().now()).await?)
}

/// Where a request comes from. Each proxy in front adds whom it heard to the end of the header; what
/// stands before those entries is only claimed.
fn sender(request: &HttpRequest, proxies: usize) -> Option<IpAddr> {
    let peer = request.peer_addr().map(|peer| peer.ip());
    let values = request.headers().get_all(FORWARDED_FOR).filter_map(|value| value.to_str().ok());
    let heard: Vec<&str> = values.flat_map(|value| value.split(',')).map(str::trim).collect();
    match proxies.checked_sub(1) {
        None => peer,
        Some(behind) => heard.iter().nth_back(behind).and_then(|text| text.parse().ok()).or(peer),
    }
}

/// What counts as one address: of IPv6, the part that a subscriber is given.
fn network(address: Option<IpAddr>) -> String {
    match address.map(|address| address.to_canonical()) {
        None => String::new(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
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
    use super::{FORWARDED_FOR, address, network, sender};
    use actix_web::test::TestRequest;

    #[test]
    fn a_request_comes_from_whom_the_outermost_proxy_of_ours_heard_not_from_whom_it_claims() {
        let request = TestRequest::default()
            .peer_addr("10.0.0.9:4711".parse().unwrap())
            .append_header((FORWARDED_FOR, "198.51.100.1, 203.0.113.7"))
            .append_header((FORWARDED_FOR, "10.0.0.8"))
            .to_http_request();
        let from = |proxies| network(sender(&request, proxies));
        assert_eq!(from(0), "10.0.0.9", "nobody in front: the header is a claim");
        assert_eq!(from(1), "10.0.0.8");
        assert_eq!(from(2), "203.0.113.7");
        assert_eq!(from(9), "10.0.0.9", "a header that is too short does not help");
        assert_eq!(network("2001:db8:1:2:3::4".parse().ok()), "2001:db8:1:2::/64");
        assert_eq!(network("::ffff:192.0.2.1".parse().ok()), "192.0.2.1");
    }

    #[test]
    fn an_address_is_compared_without_case_and_control_characters() {
        assert_eq!(address("  Ada@Example.COM\u{0}\n"), "ada@example.com");
    }
}
