//! Passwords: argon2id off the async threads, and rules that say what to do.

use crate::config::PasswordsSection;
use crate::error::{Error, Result};
use argon2::password_hash::phc::PasswordHash;
use argon2::password_hash::{Error as HashError, PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};
use std::sync::Arc;
use tokio::sync::Semaphore;
use zeroize::Zeroizing;
use zxcvbn::Score;

/// What every guesser of this product's passwords would try.
const PRODUCT_WORDS: [&str; 2] = ["chartrelay", "chart relay"];

/// Why a password cannot be taken; the text is for the one who chose it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PasswordFault {
    /// Too few characters.
    #[error("use at least {least} characters; a few unrelated words are easy to remember")]
    TooShort {
        /// The fewest.
        least: u32,
    },
    /// Too many characters.
    #[error("use at most {most} characters")]
    TooLong {
        /// The most.
        most: u32,
    },
    /// A guesser would soon have it.
    #[error("too easy to guess: {hint}")]
    Guessable {
        /// What would help.
        hint: String,
    },
}

/// Hashes and checks passwords, at most one a core at a time: each takes tens of megabytes.
#[derive(Debug, Clone)]
pub struct Passwords {
    cost: Params,
    length_min: u32,
    length_max: u32,
    permits: Arc<Semaphore>,
}

impl Passwords {
    /// With the costs and lengths of the settings.
    ///
    /// # Errors
    /// When argon2 does not know such costs.
    pub fn new(settings: &PasswordsSection) -> Result<Self> {
        let PasswordsSection { memory_kib, iterations, parallelism, .. } = *settings;
        let cost = Params::new(memory_kib, iterations, parallelism, None)
            .map_err(|error| Error::internal(format!("[passwords] of the settings: {error}")))?;
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Ok(Self {
            cost,
            length_min: settings.length_min,
            length_max: settings.length_max,
            permits: Arc::new(Semaphore::new(cores)),
        })
    }

    /// Whether a new password may be used; `context` is what is known of its owner: name, address,
    /// organisation.
    ///
    /// # Errors
    /// What to do better.
    pub fn check(&self, password: &str, context: &[&str]) -> Result<(), PasswordFault> {
        let characters = u32::try_from(password.chars().count()).unwrap_or(u32::MAX);
        if characters < self.length_min {
            return Err(PasswordFault::TooShort { least: self.length_min });
        }
        if characters > self.length_max {
            return Err(PasswordFault::TooLong { most: self.length_max });
        }
        let between = |letter: char| !letter.is_alphanumeric();
        let words =
            context.iter().flat_map(|text| std::iter::once(*text).chain(text.split(between)));
        let words: Vec<&str> = words.chain(PRODUCT_WORDS).filter(|word| word.len() > 2).collect();
        if self.is_mostly_of(password, &words) {
            let hint =
                "leave out your name, your organisation and the name of this program".to_owned();
            return Err(PasswordFault::Guessable { hint });
        }
        let strength = zxcvbn::zxcvbn(password, &words);
        if strength.score() >= Score::Three {
            return Ok(());
        }
        let hint = strength
            .feedback()
            .and_then(|feedback| {
                let warning = feedback.warning().map(|warning| warning.to_string());
                warning.or_else(|| feedback.suggestions().first().map(ToString::to_string))
            })
            .unwrap_or_else(|| "add another word or two.".to_owned());
        Err(PasswordFault::Guessable { hint })
    }

    /// Whether too little is left without the words that everybody knows of the owner.
    fn is_mostly_of(&self, password: &str, words: &[&str]) -> bool {
        let mut rest = password.to_lowercase();
        for word in words {
            rest = rest.replace(&word.to_lowercase(), "");
        }
        let left = u32::try_from(rest.chars().count()).unwrap_or(u32::MAX);
        left < self.length_min / 2
    }

    /// The password's hash, with its salt and its cost, as stored.
    ///
    /// # Errors
    /// When the machine lacks memory or random bytes.
    pub async fn hash(&self, password: &str) -> Result<String> {
        let cost = self.cost.clone();
        let password = Zeroizing::new(password.to_owned());
        self.off_thread(move || {
            let hash: PasswordHash =
                argon2id(cost).hash_password(password.as_bytes()).map_err(refused)?;
            Ok(hash.to_string())
        })
        .await
    }

    /// Whether the password is the one that was hashed. With no hash (nobody of that name) it takes as
    /// long and is false, so that names cannot be told by the time.
    ///
    /// # Errors
    /// When the stored hash is none, or the machine lacks memory.
    pub async fn verify(&self, password: &str, hash: Option<&str>) -> Result<bool> {
        let cost = self.cost.clone();
        let password = Zeroizing::new(password.to_owned());
        let hash = hash.map(str::to_owned);
        self.off_thread(move || {
            let Some(hash) = hash else {
                let _spent: PasswordHash =
                    argon2id(cost).hash_password(password.as_bytes()).map_err(refused)?;
                return Ok(false);
            };
            let hash = PasswordHash::new(&hash).map_err(refused_text)?;
            match argon2id(cost).verify_password(password.as_bytes(), &hash) {
                Ok(()) => Ok(true),
                Err(HashError::PasswordInvalid) => Ok(false),
                Err(error) => Err(refused(error)),
            }
        })
        .await
    }

    /// Whether the hash was made at another cost than today's, or is unreadable.
    #[must_use]
    pub fn needs_rehash(&self, hash: &str) -> bool {
        let Ok(hash) = PasswordHash::new(hash) else {
            return true;
        };
        let same_kind = hash.algorithm == Algorithm::Argon2id.ident()
            && hash.version == Some(Version::V0x13.into());
        let same_cost = Params::try_from(&hash).is_ok_and(|cost| {
            (cost.m_cost(), cost.t_cost(), cost.p_cost())
                == (self.cost.m_cost(), self.cost.t_cost(), self.cost.p_cost())
        });
        !(same_kind && same_cost)
    }

    async fn off_thread<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let permit = Arc::clone(&self.permits).acquire_owned().await.map_err(Error::internal)?;
        // The permit goes along: a caller who gave up does not make room before the work is done.
        let done = tokio::task::spawn_blocking(move || {
            let done = work();
            drop(permit);
            done
        });
        done.await.map_err(Error::internal)?
    }
}

fn argon2id(cost: Params) -> Argon2<'static> {
    Argon2::new(Algorithm::Argon2id, Version::V0x13, cost)
}

fn refused(error: HashError) -> Error {
    Error::internal(format!("password hash: {error}"))
}

fn refused_text(error: impl std::fmt::Display) -> Error {
    Error::internal(format!("stored password hash: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{PasswordFault, Passwords};
    use crate::config::PasswordsSection;

    fn passwords(memory_kib: u32) -> Passwords {
        let cost = PasswordsSection {
            memory_kib,
            iterations: 1,
            parallelism: 1,
            length_min: 12,
            length_max: 128,
        };
        Passwords::new(&cost).unwrap()
    }

    #[tokio::test]
    async fn only_the_right_password_of_a_known_person_verifies() {
        let passwords = passwords(64);
        let hash = passwords.hash("correct horse battery").await.unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        assert!(passwords.verify("correct horse battery", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct horse batterY", Some(&hash)).await.unwrap());
        assert!(!passwords.verify("correct horse battery", None).await.unwrap());
        assert!(passwords.verify("x", Some("no hash")).await.is_err());
        assert_ne!(passwords.hash("correct horse battery").await.unwrap(), hash, "salted");
    }

    #[tokio::test]
    async fn a_raised_cost_asks_for_a_rehash_and_still_verifies_the_old_hash() {
        let hash = passwords(64).hash("correct horse battery").await.unwrap();
        let dearer = passwords(128);
        assert!(!passwords(64).needs_rehash(&hash));
        assert!(dearer.needs_rehash(&hash));
        assert!(dearer.needs_rehash("no hash"));
        assert!(dearer.verify("correct horse battery", Some(&hash)).await.unwrap());
    }

    #[test]
    fn the_rules_say_what_to_do() {
        let passwords = passwords(64);
        let context = ["Priya Raman", "priya.raman@mercy-general.example"];
        let check = |password: &str| passwords.check(password, &context);
        assert_eq!(check("short"), Err(PasswordFault::TooShort { least: 12 }));
        assert_eq!(check(&"long".repeat(33)), Err(PasswordFault::TooLong { most: 128 }));
        for guessable in ["password1234", "aaaaaaaaaaaaaaaa", "PriyaRaman2026", "chartrelay2026"] {
            let Err(PasswordFault::Guessable { hint }) = check(guessable) else {
                panic!("{guessable} was taken");
            };
            assert!(!hint.is_empty());
        }
        assert_eq!(check("plover-kettle-nimbus-84"), Ok(()));
        // Characters are counted, not bytes.
        assert_eq!(check("日本語漢字"), Err(PasswordFault::TooShort { least: 12 }));
    }
}
