//! Sessions and keys: PostgreSQL is the truth, the cache saves asking it on every request.

mod store;

use crate::proof::Principal;
use base::Services;
use base::error::{Error, Result};
use base::secret::{self, Token};
use rules::Instant;
use rules::access::Role;
use rules::ids::{PersonId, SessionId};
pub use store::OpenSession;

/// The cookie's name.
pub const COOKIE: &str = "chartrelay_session";
/// How long the cache may answer for PostgreSQL; ending a session removes it from the cache at once.
const CACHED_SECONDS: u32 = 60;
/// An API key begins with this word, so that scanners recognise one that leaked.
pub const KEY_WORD: &str = "crk_";
/// The public part of a key, by which it is found.
const KEY_PREFIX_CHARACTERS: usize = 12;

#[derive(serde::Serialize, serde::Deserialize)]
struct Cached {
    principal: Principal,
    seen_at: Instant,
    expires_at: Instant,
    /// Whether it was put for a person's own request, which was written down.
    by_person: bool,
}

fn cache_key(token_hash: &[u8]) -> String {
    format!("session:{}", secret::hex(token_hash))
}

/// What a request says about the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Seen {
    /// They did something.
    ByPerson,
    /// Their page did, by itself; the idle time runs on.
    InBackground,
}

/// Who holds this cookie, if the session still lives.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_token(services: &Services, cookie: &str, seen: Seen) -> Result<Option<Principal>> {
    let Some(token) = Token::parse(cookie) else { return Ok(None) };
    let hash = token.hash();
    let now = services.clock().now();
    let kept = services.cache.get(&cache_key(&hash)).await;
    let kept = kept.and_then(|bytes| serde_json::from_slice::<Cached>(&bytes).ok());
    if let Some(cached) = kept {
        let fresh = now.seconds_since(cached.seen_at) < i64::from(CACHED_SECONDS);
        // What a page asked by itself must not hide from PostgreSQL that the person is there.
        let noted = cached.by_person || seen == Seen::InBackground;
        if fresh && noted && now < cached.expires_at {
            return Ok(Some(cached.principal));
        }
    }
    let idle_seconds = i64::from(services.config.sessions.idle_minutes) * 60;
    let nobody = services.authority.nobody(None, None);
    let found = services
        .db
        .auth(&nobody, async |tx| Ok(store::touch(tx, &hash, idle_seconds, seen).await?))
        .await?;
    let Some(found) = found else {
        services.cache.remove(&cache_key(&hash)).await;
        return Ok(None);
    };
    let cached = Cached {
        principal: found.principal(),
        seen_at: now,
        expires_at: found.expires_at,
        by_person: seen == Seen::ByPerson,
    };
    let bytes = serde_json::to_vec(&cached)?;
    services.cache.put(&cache_key(&hash), &bytes, CACHED_SECONDS).await;
    Ok(Some(cached.principal))
}

/// Who holds this API key: its public part, `_`, a token.
///
/// # Errors
/// When the database cannot be asked.
pub async fn by_api_key(services: &Services, key: &str) -> Result<Option<Principal>> {
    let Some((prefix, secret)) = key.split_at_checked(KEY_PREFIX_CHARACTERS) else {
        return Ok(None);
    };
    let Some(token) = secret.strip_prefix('_').and_then(Token::parse) else { return Ok(None) };
    if prefix.contains('\0') {
        return Ok(None);
    }
    let nobody = services.authority.nobody(None, None);
    let found = services.db.auth(&nobody, async |tx| store::api_key(tx, prefix).await).await?;
    let Some(found) = found.filter(|found| secret::same(&found.secret_hash, &token.hash())) else {
        return Ok(None);
    };
    Ok(Some(Principal {
        id: PersonId::from(found.id.uuid()),
        name: found.name,
        home: Some(found.home_facility_id),
        roles: vec![Role::ApiKey],
        session: None,
        time_zone: "UTC".to_owned(),
    }))
}

/// Opens a session for a person who has just proven who they are; the oldest ones give way.
///
/// # Errors
/// When the database fails.
pub async fn open(services: &Services, person: PersonId, user_agent: &str) -> Result<Token> {
    let token = Token::random().map_err(Error::internal)?;
    let settings = &services.config.sessions;
    let now = services.clock().now();
    let expires_at = now.plus_seconds(i64::from(settings.absolute_hours) * 3_600);
    let nobody = services.authority.nobody(None, Some(person));
    let hash = token.hash();
    let per_person = i64::from(settings.per_person_max);
    let ended = services
        .db
        .auth(&nobody, async |tx| {
            let new = store::NewSession::new(person, &hash, now, expires_at, user_agent);
            store::insert(tx, &new).await?;
            Ok(store::end_beyond(tx, person, per_person, "replaced").await?)
        })
        .await?;
    forget(services, &ended).await;
    Ok(token)
}

/// Ends one session.
///
/// # Errors
/// When the database fails.
pub async fn close(services: &Services, session: SessionId) -> Result<()> {
    let nobody = services.authority.nobody(None, None);
    let ended = services
        .db
        .auth(&nobody, async |tx| Ok(store::end(tx, session, "signed out").await?))
        .await?;
    forget(services, &ended).await;
    Ok(())
}

/// A person's open sessions, the newest first.
///
/// # Errors
/// When the database fails.
pub async fn list(services: &Services, person: PersonId) -> Result<Vec<OpenSession>> {
    let idle_seconds = i64::from(services.config.sessions.idle_minutes) * 60;
    let nobody = services.authority.nobody(None, Some(person));
    services.db.auth(&nobody, async |tx| Ok(store::open_of(tx, person, idle_seconds).await?)).await
}

/// Ends one session of a person, whichever it is.
///
/// # Errors
/// [`Error::NotFound`] when it is not theirs or has ended.
pub async fn close_one(services: &Services, person: PersonId, session: SessionId) -> Result<()> {
    let open = list(services, person).await?;
    if !open.iter().any(|known| known.id == session) {
        return Err(Error::NotFound);
    }
    close(services, session).await
}

/// Ends every session of a person: they were disabled, changed role, or changed their password.
///
/// # Errors
/// When the database fails.
pub async fn close_all(services: &Services, person: PersonId, why: &str) -> Result<()> {
    let nobody = services.authority.nobody(None, None);
    let ended = services
        .db
        .auth(&nobody, async |tx| Ok(store::end_beyond(tx, person, 0, why).await?))
        .await?;
    forget(services, &ended).await;
    Ok(())
}

/// Makes the next request of each of a person's sessions read who they are anew: their name or time
/// zone has changed.
///
/// # Errors
/// When the database fails.
pub async fn refresh(services: &Services, person: PersonId) -> Result<()> {
    let nobody = services.authority.nobody(None, Some(person));
    let open =
        services.db.auth(&nobody, async |tx| Ok(store::hashes_of(tx, person).await?)).await?;
    forget(services, &open).await;
    Ok(())
}

async fn forget(services: &Services, token_hashes: &[Vec<u8>]) {
    for hash in token_hashes {
        services.cache.remove(&cache_key(hash)).await;
    }
}

/// The proof that a request comes from a page of this session.
#[must_use]
pub fn csrf(services: &Services, session: SessionId) -> String {
    secret::hex(&services.keyring.master().derive(&format!("csrf {session}")))
}

/// Whether a request brought that proof.
#[must_use]
pub fn csrf_matches(services: &Services, session: SessionId, sent: &str) -> bool {
    secret::same(csrf(services, session).as_bytes(), sent.as_bytes())
}
