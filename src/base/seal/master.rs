//! The master key: where it comes from and what is derived from it.

use super::facility::FacilityKey;
use super::{SealError, cipher, open_box, seal_box};
use crate::secret::{self, NoRandomness};
use aws_lc_rs::hmac;
use rules::ids::FacilityId;
use std::fs::OpenOptions;
use std::io::{ErrorKind, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};
use zeroize::Zeroizing;

/// Bytes of the master key.
const KEY_BYTES: usize = 32;
/// A facility's secrets: one for sealing, one for look-ups, which rotation keeps.
const FACILITY_SECRET_BYTES: usize = 64;
/// The first byte of a wrapped key.
const FORMAT: u8 = 1;
/// Separates what is derived here from any other use of the same bytes.
const SALT: &[u8] = b"chartrelay master key 1";

/// Where the master key is kept.
#[derive(Debug, Clone)]
pub enum KeyProvider {
    /// 32 bytes in a file that only its owner can read; made on the first start.
    File(PathBuf),
    /// The text of the key, hexadecimal or base64, from the configuration.
    Given(Zeroizing<String>),
}

impl KeyProvider {
    /// The master key; makes the file when there is none yet. Blocks for a moment on the disk.
    ///
    /// # Errors
    /// When the key cannot be read, is not 32 bytes, or others could read it.
    pub fn load(&self) -> Result<MasterKey, MasterKeyError> {
        match self {
            Self::Given(text) => MasterKey::from_text(text),
            Self::File(path) => match create_file(path) {
                Ok(()) => {
                    tracing::warn!(
                        path = %path.display(),
                        "made a new master key; without a copy of this file no patient data can be read again"
                    );
                    read_file(path)
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => read_file(path),
                Err(source) => Err(MasterKeyError::File { path: path.clone(), source }),
            },
        }
    }
}

/// Written beside and linked into place, so that a crash leaves a whole key or none.
fn create_file(path: &Path) -> std::io::Result<()> {
    if path.exists() {
        return Err(ErrorKind::AlreadyExists.into());
    }
    let folder = path.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let key = Zeroizing::new(secret::random::<KEY_BYTES>().map_err(std::io::Error::other)?);
    let draft = path.with_extension(format!("new{}", std::process::id()));
    let written = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(&draft)
        .and_then(|mut file| file.write_all(&*key).and_then(|()| file.sync_all()))
        // A link fails where a rename would replace the key of a server that started meanwhile.
        .and_then(|()| std::fs::hard_link(&draft, path));
    std::fs::remove_file(&draft)?;
    written?;
    std::fs::File::open(folder)?.sync_all()
}

fn read_file(path: &Path) -> Result<MasterKey, MasterKeyError> {
    let fault = |source| MasterKeyError::File { path: path.to_owned(), source };
    let mode = std::fs::metadata(path).map_err(fault)?.permissions().mode();
    if mode & 0o077 != 0 {
        return Err(MasterKeyError::ReadableByOthers { path: path.to_owned() });
    }
    let bytes = Zeroizing::new(std::fs::read(path).map_err(fault)?);
    let bytes: [u8; KEY_BYTES] = bytes.as_slice().try_into().ok().ok_or(MasterKeyError::Length)?;
    Ok(MasterKey::from_bytes(bytes))
}

/// Why there is no master key; says what to do about it.
#[derive(Debug, thiserror::Error)]
pub enum MasterKeyError {
    /// The file cannot be read or made.
    #[error("the master key {path} cannot be used: {source}")]
    File {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The file's permissions are too wide.
    #[error("others can read the master key {path}; run `chmod 600 {path}`")]
    ReadableByOthers {
        /// Where it is.
        path: PathBuf,
    },
    /// Not 32 bytes.
    #[error("a master key has 32 bytes: as a file, or as 64 hexadecimal or 43 base64 characters")]
    Length,
    /// No random bytes for a new key.
    #[error(transparent)]
    NoRandomness(#[from] NoRandomness),
}

/// The key above all keys.
pub struct MasterKey {
    /// The pseudo-random key of HKDF.
    extracted: hmac::Key,
}

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(…)")
    }
}

impl MasterKey {
    /// A master key of these bytes.
    #[must_use]
    pub fn from_bytes(bytes: [u8; KEY_BYTES]) -> Self {
        let bytes = Zeroizing::new(bytes);
        Self { extracted: extract(SALT, &*bytes) }
    }

    /// A master key written as 64 hexadecimal or 43 base64 characters.
    ///
    /// # Errors
    /// [`MasterKeyError::Length`] when the text is neither.
    pub fn from_text(text: &str) -> Result<Self, MasterKeyError> {
        let text = text.trim();
        let bytes = if text.len() == KEY_BYTES * 2 {
            secret::from_hex(text)
        } else {
            secret::from_base64(text)
        };
        let bytes = Zeroizing::new(bytes.ok_or(MasterKeyError::Length)?);
        let bytes: [u8; KEY_BYTES] =
            bytes.as_slice().try_into().ok().ok_or(MasterKeyError::Length)?;
        Ok(Self::from_bytes(bytes))
    }

    /// 32 secret bytes for the use that `label` names: the same each time, unrelated to any other's.
    #[must_use]
    pub fn derive(&self, label: &str) -> [u8; 32] {
        expand(&self.extracted, label)
    }

    /// A new key for a facility, wrapped for storage.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn new_facility_key(
        &self,
        facility: FacilityId,
        version: u32,
    ) -> Result<Vec<u8>, SealError> {
        let secrets = Zeroizing::new(secret::random::<FACILITY_SECRET_BYTES>()?);
        self.wrap(facility, version, &secrets)
    }

    /// The next version of a facility's key, wrapped: a new sealing secret, the same look-up hashes.
    ///
    /// # Errors
    /// When the system has no random bytes.
    pub fn next_facility_key(&self, key: &FacilityKey) -> Result<Vec<u8>, SealError> {
        let mut secrets = Zeroizing::new([0; FACILITY_SECRET_BYTES]);
        let sealing = Zeroizing::new(secret::random::<32>()?);
        if let Some((first, second)) = secrets.split_first_chunk_mut::<32>() {
            first.copy_from_slice(&*sealing);
            second.copy_from_slice(key.look_up_secret());
        }
        self.wrap(key.facility(), key.version().saturating_add(1), &secrets)
    }

    /// The same key wrapped by another master key, for a change of master keys.
    ///
    /// # Errors
    /// [`SealError::Forged`] when it is not this master key's.
    pub fn hand_over(
        &self,
        facility: FacilityId,
        version: u32,
        wrapped: &[u8],
        to: &Self,
    ) -> Result<Vec<u8>, SealError> {
        let secrets = self.unwrap(facility, version, wrapped)?;
        to.wrap(facility, version, &secrets)
    }

    /// Opens what [`MasterKey::new_facility_key`] wrote.
    ///
    /// # Errors
    /// [`SealError::Forged`] when it is another facility's, another version's or another master's.
    pub fn unwrap_facility_key(
        &self,
        facility: FacilityId,
        version: u32,
        wrapped: &[u8],
    ) -> Result<FacilityKey, SealError> {
        let secrets = self.unwrap(facility, version, wrapped)?;
        FacilityKey::new(facility, version, &secrets)
    }

    fn wrap(
        &self,
        facility: FacilityId,
        version: u32,
        secrets: &[u8; FACILITY_SECRET_BYTES],
    ) -> Result<Vec<u8>, SealError> {
        let key = cipher(&Zeroizing::new(self.derive("wrap facility keys")))?;
        let mut wrapped = vec![FORMAT];
        seal_box(&key, &bound(facility, version), secrets, &mut wrapped)?;
        Ok(wrapped)
    }

    fn unwrap(
        &self,
        facility: FacilityId,
        version: u32,
        wrapped: &[u8],
    ) -> Result<Zeroizing<[u8; FACILITY_SECRET_BYTES]>, SealError> {
        let [FORMAT, wrapped @ ..] = wrapped else {
            return Err(SealError::Malformed);
        };
        let key = cipher(&Zeroizing::new(self.derive("wrap facility keys")))?;
        let secrets = Zeroizing::new(open_box(&key, &bound(facility, version), wrapped)?);
        let secrets: [u8; FACILITY_SECRET_BYTES] =
            secrets.as_slice().try_into().ok().ok_or(SealError::Malformed)?;
        Ok(Zeroizing::new(secrets))
    }
}

/// What a wrapped facility key is bound to.
fn bound(facility: FacilityId, version: u32) -> Vec<u8> {
    [b"facility key".as_slice(), facility.uuid().as_bytes(), &version.to_be_bytes()].concat()
}

/// HKDF-SHA256's first half.
pub(super) fn extract(salt: &[u8], secret: &[u8]) -> hmac::Key {
    let extracted = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), secret);
    hmac::Key::new(hmac::HMAC_SHA256, extracted.as_ref())
}

/// HKDF-SHA256's second half for one block, which unlike the general one cannot fail.
pub(super) fn expand(extracted: &hmac::Key, label: &str) -> [u8; 32] {
    let mut context = hmac::Context::with_key(extracted);
    context.update(label.as_bytes());
    context.update(&[1]);
    let mut derived = [0; 32];
    derived.copy_from_slice(context.sign().as_ref());
    derived
}

#[cfg(test)]
mod tests {
    use super::{KeyProvider, MasterKey, MasterKeyError, SALT};
    use crate::seal::SealError;
    use aws_lc_rs::hkdf;
    use rules::ids::FacilityId;
    use std::os::unix::fs::PermissionsExt;

    #[test]
    fn derivation_is_hkdf_sha256() {
        let info = [b"a label".as_slice()];
        let expected = hkdf::Salt::new(hkdf::HKDF_SHA256, SALT).extract(&[7; 32]);
        let expected = expected.expand(&info, hkdf::HKDF_SHA256).unwrap();
        let mut bytes = [0; 32];
        expected.fill(&mut bytes).unwrap();
        let master = MasterKey::from_bytes([7; 32]);
        assert_eq!(master.derive("a label"), bytes);
        assert_ne!(master.derive("another"), bytes);
    }

    #[test]
    fn the_file_is_made_once_and_kept_from_others() {
        let folder = std::env::temp_dir().join(format!("chartrelay-key-{}", uuid::Uuid::now_v7()));
        let path = folder.join("master.key");
        let provider = KeyProvider::File(path.clone());
        let first = provider.load().unwrap().derive("x");
        assert_eq!(provider.load().unwrap().derive("x"), first);
        assert_eq!(std::fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(std::fs::read_dir(&folder).unwrap().count(), 1, "no draft is left");

        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert!(matches!(provider.load(), Err(MasterKeyError::ReadableByOthers { .. })));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn a_key_may_be_given_in_either_alphabet() {
        let bytes: [u8; 32] = std::array::from_fn(|at| u8::try_from(at).unwrap());
        let expected = MasterKey::from_bytes(bytes).derive("x");
        for text in [crate::secret::hex(&bytes), crate::secret::base64url(&bytes) + "="] {
            assert_eq!(KeyProvider::Given(text.into()).load().unwrap().derive("x"), expected);
        }
        assert!(matches!(MasterKey::from_text("abc"), Err(MasterKeyError::Length)));
        assert_eq!(format!("{:?}", MasterKey::from_bytes(bytes)), "MasterKey(…)");
    }

    #[test]
    fn a_facility_key_opens_only_as_what_it_was_wrapped_as() {
        let (facility, other) = (FacilityId::new(), FacilityId::new());
        let master = MasterKey::from_bytes([1; 32]);
        let wrapped = master.new_facility_key(facility, 3).unwrap();
        assert!(master.unwrap_facility_key(facility, 3, &wrapped).is_ok());
        let refusals = [
            master.unwrap_facility_key(other, 3, &wrapped),
            master.unwrap_facility_key(facility, 4, &wrapped),
            MasterKey::from_bytes([2; 32]).unwrap_facility_key(facility, 3, &wrapped),
        ];
        for refusal in refusals {
            assert_eq!(refusal.err(), Some(SealError::Forged));
        }
        assert_eq!(master.unwrap_facility_key(facility, 3, &[]).err(), Some(SealError::Malformed));
    }

    #[test]
    fn the_next_key_seals_anew_but_finds_the_same_and_a_new_master_takes_it_over() {
        let facility = FacilityId::new();
        let (master, successor) = (MasterKey::from_bytes([1; 32]), MasterKey::from_bytes([2; 32]));
        let first = master.new_facility_key(facility, 1).unwrap();
        let first = master.unwrap_facility_key(facility, 1, &first).unwrap();
        let wrapped = master.next_facility_key(&first).unwrap();
        let taken = master.hand_over(facility, 2, &wrapped, &successor).unwrap();
        let second = successor.unwrap_facility_key(facility, 2, &taken).unwrap();
        assert_eq!(second.version(), 2);
        assert_eq!(first.lookup_hash("mrn", "42"), second.lookup_hash("mrn", "42"));
    }
}
