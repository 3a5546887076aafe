//! Random tokens, their text and their hashes.

use aws_lc_rs::digest;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// Bytes of a token: 256 bits, beyond guessing.
pub const TOKEN_BYTES: usize = 32;

/// The system could not give random bytes; nothing secret can be made then.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the operating system gave no random bytes")]
pub struct NoRandomness;

impl From<NoRandomness> for crate::error::Error {
    fn from(error: NoRandomness) -> Self {
        Self::internal(error)
    }
}

/// `N` random bytes from the operating system.
///
/// # Errors
/// [`NoRandomness`] when the system has none.
pub fn random<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    aws_lc_rs::rand::fill(&mut bytes).map_err(|aws_lc_rs::error::Unspecified| NoRandomness)?;
    Ok(bytes)
}

/// A secret that whoever presents it is known by: a session, an invitation, an API key.
///
/// The text goes to its owner once; only [`Token::hash`] is kept.
pub struct Token(Zeroizing<[u8; TOKEN_BYTES]>);

impl Token {
    /// A new token.
    ///
    /// # Errors
    /// [`NoRandomness`] when the system has none.
    pub fn random() -> Result<Self, NoRandomness> {
        Ok(Self(Zeroizing::new(random()?)))
    }

    /// A presented token, as [`Token::text`] wrote it; anything else is no token.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = Zeroizing::new(from_base64(text)?);
        let bytes: [u8; TOKEN_BYTES] = bytes.as_slice().try_into().ok()?;
        Some(Self(Zeroizing::new(bytes)))
    }

    /// 43 characters that are safe in a URL, a cookie and a header.
    #[must_use]
    pub fn text(&self) -> Zeroizing<String> {
        Zeroizing::new(base64url(&*self.0))
    }

    /// What is stored: SHA-256 is enough for a value that cannot be guessed.
    #[must_use]
    pub fn hash(&self) -> [u8; 32] {
        sha256(&*self.0)
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Token(…)")
    }
}

/// SHA-256 of `bytes`.
#[must_use]
pub fn sha256(bytes: &[u8]) -> [u8; 32] {
    let mut hash = [0; 32];
    hash.copy_from_slice(digest::digest(&digest::SHA256, bytes).as_ref());
    hash
}

/// Whether two secrets are equal, in a time that does not tell where they differ.
#[must_use]
pub fn same(left: &[u8], right: &[u8]) -> bool {
    left.ct_eq(right).into()
}

/// Lower-case hexadecimal.
#[must_use]
pub fn hex(bytes: &[u8]) -> String {
    let digit = |nibble: u8| char::from_digit(u32::from(nibble), 16).unwrap_or('0');
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
}

/// The bytes of hexadecimal text of either case.
#[must_use]
pub fn from_hex(text: &str) -> Option<Vec<u8>> {
    if !text.len().is_multiple_of(2) {
        return None;
    }
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).ok()?;
            pair.bytes().all(|byte| byte.is_ascii_hexdigit()).then_some(())?;
            u8::from_str_radix(pair, 16).ok()
        })
        .collect()
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

/// Base64 in the alphabet of URLs, without padding.
#[must_use]
pub fn base64url(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for group in bytes.chunks(3) {
        let word = (0..3).fold(0u32, |word, place| {
            (word << 8) | u32::from(group.get(place).copied().unwrap_or(0))
        });
        for place in 0..=group.len() {
            let shift = 18_usize.saturating_sub(6 * place);
            let index = usize::try_from((word >> shift) & 63).unwrap_or(0);
            text.push(ALPHABET.get(index).copied().map_or('A', char::from));
        }
    }
    text
}

/// The bytes of base64 text of either alphabet, with or without padding; only the canonical form,
/// so that one token has one text.
#[must_use]
pub fn from_base64(text: &str) -> Option<Vec<u8>> {
    let text = text.trim_end_matches('=');
    if text.len() % 4 == 1 {
        return None;
    }
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    for group in text.as_bytes().chunks(4) {
        let mut word = 0u32;
        for place in 0..4 {
            word = (word << 6) | group.get(place).map_or(Some(0), |letter| sextet(*letter))?;
        }
        let [_, decoded @ ..] = word.to_be_bytes();
        let (kept, spare) = decoded.split_at_checked(group.len().saturating_sub(1))?;
        spare.iter().all(|byte| *byte == 0).then_some(())?;
        bytes.extend_from_slice(kept);
    }
    Some(bytes)
}

fn sextet(letter: u8) -> Option<u32> {
    let value = match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'-' | b'+' => 62,
        b'_' | b'/' => 63,
        _ => return None,
    };
    Some(u32::from(value))
}

#[cfg(test)]
mod tests {
    use super::{Token, base64url, from_base64, from_hex, hex, same, sha256};
    use proptest::prelude::*;

    #[test]
    fn base64_agrees_with_the_vectors_of_rfc_4648() {
        let vectors = [
            ("", ""),
            ("f", "Zg"),
            ("fo", "Zm8"),
            ("foo", "Zm9v"),
            ("foob", "Zm9vYg"),
            ("fooba", "Zm9vYmE"),
        ];
        for (plain, text) in vectors {
            assert_eq!(base64url(plain.as_bytes()), text);
            assert_eq!(from_base64(text), Some(plain.as_bytes().to_vec()));
        }
        assert_eq!(from_base64("-_8="), from_base64("+/8"));
        assert_eq!(
            from_base64("Zh"),
            None,
            "spare bits that are not zero give a token a second text"
        );
    }

    #[test]
    fn a_presented_token_hashes_as_the_one_that_was_given_out() {
        let token = Token::random().unwrap();
        let presented = Token::parse(&token.text()).unwrap();
        assert!(same(&token.hash(), &presented.hash()));
        assert_eq!(token.text().len(), 43);
        assert!(Token::parse("short").is_none());
        assert_eq!(format!("{token:?}"), "Token(…)");
        assert_ne!(Token::random().unwrap().hash(), token.hash());
    }

    #[test]
    fn sha256_agrees_with_the_standard() {
        assert!(hex(&sha256(b"abc")).starts_with("ba7816bf8f01cfea"));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(bytes in proptest::collection::vec(any::<u8>(), 0..80)) {
            prop_assert_eq!(from_base64(&base64url(&bytes)), Some(bytes.clone()));
            prop_assert_eq!(from_hex(&hex(&bytes)), Some(bytes));
        }

        #[test]
        fn any_text_is_read_without_panic(text in "\\PC{0,42}") {
            if let Some(bytes) = from_base64(&text) {
                prop_assert!(bytes.len() <= text.len());
            }
            prop_assert!(from_hex(&text).is_none_or(|bytes| bytes.len() * 2 == text.len()));
            prop_assert!(Token::parse(&text).is_none());
        }
    }
}
