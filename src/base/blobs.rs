//! Where sealed documents lie: a folder or an S3-compatible bucket. Knows no patient, only ids.

use bytes::Bytes;
use object_store::aws::AmazonS3Builder;
use object_store::local::LocalFileSystem;
use object_store::path::Path as ObjectPath;
use object_store::prefix::PrefixStore;
use object_store::{ObjectStore, ObjectStoreExt, PutMode, PutPayload};
use rules::ids::{DocumentId, FacilityId};
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

/// A try at the bucket is given up after this long.
const TRY_SECONDS: u64 = 30;
/// All tries together are given up after this long.
const RETRY_SECONDS: u64 = 60;

/// The name of a stored object: `<facility>/<document>`, made of ids and nothing else.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct BlobKey {
    /// Whose it is.
    pub facility: FacilityId,
    /// Which document.
    pub document: DocumentId,
}

impl BlobKey {
    fn path(self) -> ObjectPath {
        ObjectPath::from_iter([self.facility.to_string(), self.document.to_string()])
    }
}

impl std::fmt::Display for BlobKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.facility, self.document)
    }
}

/// Where documents are to be kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlobPlace {
    /// A folder of this machine.
    Folder(PathBuf),
    /// An S3-compatible bucket.
    Bucket {
        /// The bucket's name.
        bucket: String,
        /// What every name starts with; empty for none.
        prefix: String,
    },
}

impl std::str::FromStr for BlobPlace {
    type Err = BlobError;

    /// `file:///folder` or `s3://bucket/prefix`.
    fn from_str(url: &str) -> Result<Self, BlobError> {
        if let Some(folder) = url.strip_prefix("file://") {
            if folder.starts_with('/') && folder.len() > 1 {
                return Ok(Self::Folder(PathBuf::from(folder)));
            }
        } else if let Some(rest) = url.strip_prefix("s3://") {
            let (bucket, prefix) = rest.split_once('/').unwrap_or((rest, ""));
            let letter = |c: char| c.is_ascii_alphanumeric() || c == '.' || c == '-';
            if !bucket.is_empty() && bucket.chars().all(letter) {
                let prefix = prefix.trim_matches('/').to_owned();
                return Ok(Self::Bucket { bucket: bucket.to_owned(), prefix });
            }
        }
        Err(BlobError::Url)
    }
}

/// How a bucket is reached; what is absent is asked of the machine's own identity.
#[derive(Debug, Clone, Default)]
pub struct BucketAccess {
    /// Such as `us-east-1`.
    pub region: Option<String>,
    /// The URL of an S3-compatible service other than Amazon's.
    pub endpoint: Option<String>,
    /// Access key.
    pub access_key_id: Option<String>,
    /// Its secret.
    pub secret_access_key: Option<crate::config::Secret>,
}

/// Why an object could not be stored or read; names ids alone.
#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    /// The place is neither a folder nor a bucket.
    #[error("documents are kept at file:///a/folder or s3://bucket/prefix")]
    Url,
    /// Nothing of this name.
    #[error("document {0} is not in the store")]
    Missing(BlobKey),
    /// Something of this name is there already; objects are never overwritten.
    #[error("document {0} is in the store already")]
    AlreadyThere(BlobKey),
    /// The store failed.
    #[error("the document store failed: {0}")]
    Store(#[source] object_store::Error),
    /// The folder cannot be made.
    #[error("the folder {folder} cannot be used: {source}")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl From<BlobError> for crate::error::Error {
    fn from(error: BlobError) -> Self {
        match error {
            BlobError::Store(_) => Self::Unavailable(Box::new(error)),
            BlobError::Url
            | BlobError::Missing(_)
            | BlobError::AlreadyThere(_)
            | BlobError::Folder { .. } => Self::internal(error),
        }
    }
}

/// The document store.
#[derive(Clone)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    place: BlobPlace,
}

impl std::fmt::Debug for Blobs {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Blobs").field("place", &self.place).finish_non_exhaustive()
    }
}

impl Blobs {
    /// Opens the store; makes the folder when there is none yet.
    ///
    /// # Errors
    /// When the folder cannot be made or the bucket's settings are unusable.
    pub fn open(place: &BlobPlace, access: &BucketAccess) -> Result<Self, BlobError> {
        let store: Arc<dyn ObjectStore> = match place {
            BlobPlace::Folder(folder) => {
                std::fs::create_dir_all(folder)
                    .map_err(|source| BlobError::Folder { folder: folder.clone(), source })?;
                let store = LocalFileSystem::new_with_prefix(folder).map_err(BlobError::Store)?;
                // An acknowledged document must outlive a power cut.
                Arc::new(store.with_fsync(true))
            }
            BlobPlace::Bucket { bucket, prefix } => {
                let store = bucket_store(bucket, access)?;
                if prefix.is_empty() {
                    Arc::new(store)
                } else {
                    Arc::new(PrefixStore::new(store, prefix.as_str()))
                }
            }
        };
        Ok(Self { store, place: place.clone() })
    }

    /// Where it is, for people.
    #[must_use]
    pub const fn place(&self) -> &BlobPlace {
        &self.place
    }

    /// Stores a new object.
    ///
    /// # Errors
    /// [`BlobError::AlreadyThere`] rather than overwriting.
    pub async fn put(&self, key: BlobKey, bytes: Bytes) -> Result<(), BlobError> {
        let payload = PutPayload::from_bytes(bytes);
        let stored = self.store.put_opts(&key.path(), payload, PutMode::Create.into()).await;
        stored.map(drop).map_err(|error| named(key, error))
    }

    /// The whole object.
    ///
    /// # Errors
    /// [`BlobError::Missing`] when there is none.
    pub async fn get(&self, key: BlobKey) -> Result<Bytes, BlobError> {
        let found = self.store.get(&key.path()).await.map_err(|error| named(key, error))?;
        found.bytes().await.map_err(|error| named(key, error))
    }

    /// Some bytes of the object.
    ///
    /// # Errors
    /// [`BlobError::Missing`] when there is none, [`BlobError::Store`] for a range beyond its end.
    pub async fn get_range(&self, key: BlobKey, range: Range<u64>) -> Result<Bytes, BlobError> {
        self.store.get_range(&key.path(), range).await.map_err(|error| named(key, error))
    }

    /// Removes the object; one that is not there is removed already.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn delete(&self, key: BlobKey) -> Result<(), BlobError> {
        match self.store.delete(&key.path()).await {
            Ok(()) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(named(key, error)),
        }
    }

    /// Whether the store answers.
    ///
    /// # Errors
    /// When it does not.
    pub async fn ping(&self) -> Result<(), BlobError> {
        match self.store.head(&ObjectPath::from("ping")).await {
            Ok(_) | Err(object_store::Error::NotFound { .. }) => Ok(()),
            Err(error) => Err(BlobError::Store(error)),
        }
    }
}

fn bucket_store(
    bucket: &str,
    access: &BucketAccess,
) -> Result<object_store::aws::AmazonS3, BlobError> {
    let limits = object_store::ClientOptions::new()
        .with_timeout(Duration::from_secs(TRY_SECONDS))
        .with_allow_http(access.endpoint.as_deref().is_some_and(|url| url.starts_with("http://")));
    let retry = object_store::RetryConfig {
        retry_timeout: Duration::from_secs(RETRY_SECONDS),
        ..object_store::RetryConfig::default()
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(bucket)
        .with_client_options(limits)
        .with_retry(retry);
    if let Some(region) = &access.region {
        builder = builder.with_region(region);
    }
    if let Some(endpoint) = &access.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    if let Some(id) = &access.access_key_id {
        builder = builder.with_access_key_id(id);
    }
    if let Some(secret) = &access.secret_access_key {
        builder = builder.with_secret_access_key(secret.reveal());
    }
    builder.build().map_err(BlobError::Store)
}

fn named(key: BlobKey, error: object_store::Error) -> BlobError {
    match error {
        object_store::Error::NotFound { .. } => BlobError::Missing(key),
        object_store::Error::AlreadyExists { .. } => BlobError::AlreadyThere(key),
        other => BlobError::Store(other),
    }
}

#[cfg(test)]
mod tests {
    use super::{BlobError, BlobKey, BlobPlace, Blobs, BucketAccess};
    use bytes::Bytes;
    use rules::ids::{DocumentId, FacilityId};
    use std::path::PathBuf;

    #[tokio::test]
    async fn an_object_is_stored_once_read_in_parts_and_removed() {
        let folder =
            std::env::temp_dir().join(format!("chartrelay-blobs-{}", uuid::Uuid::now_v7()));
        let url = format!("file://{}", folder.display());
        let blobs = Blobs::open(&url.parse().unwrap(), &BucketAccess::default()).unwrap();
        let key = BlobKey { facility: FacilityId::new(), document: DocumentId::new() };
        blobs.ping().await.unwrap();

        assert!(matches!(blobs.get(key).await, Err(BlobError::Missing(missing)) if missing == key));
        blobs.put(key, Bytes::from_static(b"0123456789")).await.unwrap();
        let again = blobs.put(key, Bytes::from_static(b"other")).await;
        assert!(matches!(again, Err(BlobError::AlreadyThere(_))));
        assert_eq!(blobs.get(key).await.unwrap(), "0123456789");
        assert_eq!(blobs.get_range(key, 2..5).await.unwrap(), "234");
        assert!(folder.join(key.to_string()).is_file(), "a key is facility/document");

        blobs.delete(key).await.unwrap();
        blobs.delete(key).await.unwrap();
        assert!(matches!(blobs.get_range(key, 0..1).await, Err(BlobError::Missing(_))));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn places_are_read_from_urls() {
        let bucket = |bucket: &str, prefix: &str| BlobPlace::Bucket {
            bucket: bucket.to_owned(),
            prefix: prefix.to_owned(),
        };
        let places = [
            ("file:///srv/documents", BlobPlace::Folder(PathBuf::from("/srv/documents"))),
            ("s3://charts", bucket("charts", "")),
            ("s3://charts/a/b/", bucket("charts", "a/b")),
        ];
        for (url, place) in places {
            assert_eq!(url.parse::<BlobPlace>().unwrap(), place);
        }
        for url in ["", "file://relative", "file:///", "s3://", "s3://user@host/x", "http://x/y"] {
            assert!(matches!(url.parse::<BlobPlace>(), Err(BlobError::Url)), "{url}");
        }
    }

    #[test]
    fn a_bucket_is_opened_with_what_the_configuration_gives() {
        let access = BucketAccess {
            region: Some("eu-central-1".to_owned()),
            endpoint: Some("http://127.0.0.1:9000".to_owned()),
            access_key_id: Some("id".to_owned()),
            secret_access_key: Some("s3cr3t".to_owned().into()),
        };
        let blobs = Blobs::open(&"s3://charts/production".parse().unwrap(), &access).unwrap();
        let printed = format!("{blobs:?} {access:?}");
        assert!(printed.contains("charts") && !printed.contains("s3cr3t"));
    }
}
