//! The one error of the product: kinds that each have one meaning for whoever asked.

/// A field of a request that could not be taken.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct FieldError {
    /// The field's name as it was sent; nested names with dots.
    pub name: String,
    /// What to do about it, in words for the person who filled it in.
    pub message: String,
}

/// Why a request was not fulfilled. Messages are shown to the caller and carry no patient data.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nobody is signed in, or no longer.
    #[error("sign in to continue")]
    Unauthenticated,
    /// What was given as proof is wrong.
    #[error("{0}")]
    Refused(String),
    /// Signed in, but this may not be done by this person (now).
    #[error("{0}")]
    Forbidden(String),
    /// Not there, or not yours: the two are told apart nowhere.
    #[error("not found")]
    NotFound,
    /// Fields to correct.
    #[error("some entries need correcting")]
    Invalid(Vec<FieldError>),
    /// The thing moved on meanwhile, or its state does not allow this.
    #[error("{0}")]
    Conflict(String),
    /// Too many tries; seconds to wait.
    #[error("too many tries; wait {0} seconds")]
    TooMany(u32),
    /// Larger than the limit that the message names.
    #[error("{0}")]
    TooLarge(String),
    /// A part that is needed is not there for the moment.
    #[error("temporarily unavailable")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A fault of ours; its text goes to the log alone.
    #[error("internal error")]
    Internal(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// What most functions with effects answer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

impl Error {
    /// One field to correct.
    pub fn invalid(name: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid(vec![FieldError { name: name.into(), message: message.into() }])
    }

    /// A fault of ours, with what was being done.
    pub fn internal(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> Self {
        Self::Internal(error.into())
    }
}

/// How PostgreSQL says that it broke a deadlock; the driver has no kind for it.
const DEADLOCK: &str = "deadlock detected";

fn at_once() -> Error {
    Error::Conflict("someone else changed this at the same moment; try again".into())
}

impl From<diesel::result::Error> for Error {
    fn from(error: diesel::result::Error) -> Self {
        use diesel::result::DatabaseErrorKind as Kind;
        match error {
            diesel::result::Error::NotFound => Self::NotFound,
            diesel::result::Error::DatabaseError(Kind::SerializationFailure, _) => at_once(),
            diesel::result::Error::DatabaseError(Kind::Unknown, info)
                if info.message() == DEADLOCK =>
            {
                at_once()
            }
            diesel::result::Error::DatabaseError(kind, info) => {
                // The message may quote a row: constraint and table are enough to find the fault.
                let place = info.constraint_name().or(info.table_name()).unwrap_or("-").to_owned();
                let known = matches!(
                    kind,
                    Kind::UniqueViolation | Kind::ForeignKeyViolation | Kind::CheckViolation
                );
                let text = if known { String::new() } else { info.message().to_owned() };
                Self::Internal(format!("database: {kind:?} at {place} {text}").into())
            }
            other => Self::Internal(Box::new(other)),
        }
    }
}

impl From<rules::lifecycle::Refusal> for Error {
    fn from(refusal: rules::lifecycle::Refusal) -> Self {
        Self::Conflict(refusal.to_string())
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Internal(Box::new(error))
    }
}

/// Collects what is wrong with a request, so that all of it is told at once.
#[derive(Debug, Default)]
pub struct Checks(Vec<FieldError>);

impl Checks {
    /// Notes a field's fault when `fine` is false.
    pub fn require(&mut self, fine: bool, name: &str, message: &str) -> &mut Self {
        if !fine {
            self.0.push(FieldError { name: name.to_owned(), message: message.to_owned() });
        }
        self
    }

    /// Notes a fault found by a fallible constructor, or gives its value.
    pub fn take<T, E: std::fmt::Display>(&mut self, name: &str, value: Result<T, E>) -> Option<T> {
        match value {
            Ok(value) => Some(value),
            Err(error) => {
                self.0.push(FieldError { name: name.to_owned(), message: error.to_string() });
                None
            }
        }
    }

    /// # Errors
    /// [`Error::Invalid`] with everything noted.
    pub fn done(self) -> Result<()> {
        if self.0.is_empty() { Ok(()) } else { Err(Error::Invalid(self.0)) }
    }
}

/// The one legal way to go on after a failure: says what was tried, logs why it failed.
pub fn can_fail<T, E: std::fmt::Display>(what: &'static str, result: Result<T, E>) -> Option<T> {
    result.map_err(|error| tracing::warn!(what, %error, "went on after a failure")).ok()
}
