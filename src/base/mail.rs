//! Mail: through a relay, as files in a folder, or kept in memory for tests.

use crate::config::{Config, MailMode, SmtpSection, SmtpSecurity};
use crate::error::can_fail;
use crate::jobs::JobError;
use lettre::message::{Mailbox, MultiPart, header::ContentType};
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport, Tokio1Executor};
use rules::Instant;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use uuid::Uuid;

/// Newest mails that [`Mailer::list`] gives.
pub const MAILS_LISTED_MAX: usize = 200;
/// Mails kept in memory.
const MAILS_HELD_MAX: usize = 10_000;
/// A relay that does not answer within this long is given up.
const RELAY_SECONDS: u64 = 20;

/// A mail to send. Never holds patient data: it says that there is something to see, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// One address, with or without a name.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML as well.
    pub html: Option<String>,
}

/// A mail that was sent, for the demonstration's page and for tests.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SentMail {
    /// Sorts by time.
    pub id: Uuid,
    /// Whom it came from.
    pub from: String,
    /// When.
    pub date: Instant,
    /// What was sent.
    #[serde(flatten)]
    pub message: Message,
}

/// Why a mail was not sent.
#[derive(Debug, thiserror::Error)]
pub enum MailError {
    /// An address that is none.
    #[error("not a mail address: {0}")]
    Address(String),
    /// The message cannot be written as mail.
    #[error("the mail cannot be written: {0}")]
    Message(#[from] lettre::error::Error),
    /// The relay refused or did not answer.
    #[error("the mail relay: {0}")]
    Relay(#[from] lettre::transport::smtp::Error),
    /// The folder cannot be used.
    #[error("the mail folder {folder}: {source}")]
    Folder {
        /// Which.
        folder: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

impl MailError {
    /// Whether a further try cannot help.
    #[must_use]
    pub fn is_permanent(&self) -> bool {
        match self {
            Self::Address(_) | Self::Message(_) => true,
            Self::Relay(error) => error.is_permanent(),
            Self::Folder { .. } => false,
        }
    }
}

impl From<MailError> for crate::error::Error {
    fn from(error: MailError) -> Self {
        if error.is_permanent() {
            Self::internal(error)
        } else {
            Self::Unavailable(Box::new(error))
        }
    }
}

/// Sends mail.
#[derive(Debug, Clone)]
pub struct Mailer {
    from: Mailbox,
    way: Way,
}

#[derive(Debug, Clone)]
enum Way {
    Folder(PathBuf),
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    Memory(Arc<Mutex<Vec<SentMail>>>),
}

impl Mailer {
    /// As the settings say. Connects when the first mail is sent.
    ///
    /// # Errors
    /// When the settings name no address, no relay, or a folder that cannot be made.
    pub fn open(config: &Config) -> Result<Self, MailError> {
        let mail = &config.mail;
        match mail.mode {
            MailMode::Folder => {
                Self::folder(&config.in_data_folder(mail.folder.as_ref(), "mail"), &mail.from)
            }
            MailMode::Smtp => {
                Ok(Self { from: mailbox(&mail.from)?, way: Way::Smtp(relay(&mail.smtp)?) })
            }
        }
    }

    /// Writes mails as files: `<id>.eml` as it would be sent, `<id>.json` for [`Mailer::list`].
    ///
    /// # Errors
    /// When `from` is no address or the folder cannot be made.
    pub fn folder(folder: &Path, from: &str) -> Result<Self, MailError> {
        std::fs::create_dir_all(folder).map_err(in_folder(folder))?;
        Ok(Self { from: mailbox(from)?, way: Way::Folder(folder.to_owned()) })
    }

    /// Keeps mails in memory.
    ///
    /// # Errors
    /// When `from` is no address.
    pub fn memory(from: &str) -> Result<Self, MailError> {
        Ok(Self { from: mailbox(from)?, way: Way::Memory(Arc::default()) })
    }

    /// Hands the mail over.
    ///
    /// # Errors
    /// [`MailError::is_permanent`] tells whether to try again.
    pub async fn send(&self, message: &Message) -> Result<(), MailError> {
        let mail = self.compose(message)?;
        match &self.way {
            Way::Smtp(relay) => {
                relay.send(mail).await?;
                Ok(())
            }
            Way::Folder(folder) => {
                let sent = self.sent(message);
                let (folder, bytes) = (folder.clone(), mail.formatted());
                blocking(&folder.clone(), move || write(&folder, &sent, &bytes)).await
            }
            Way::Memory(kept) => {
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                if kept.len() < MAILS_HELD_MAX {
                    kept.push(self.sent(message));
                }
                Ok(())
            }
        }
    }

    /// Hands over what several people are told. One address that cannot be reached keeps nobody else from
    /// hearing of it.
    ///
    /// # Errors
    /// [`JobError`] when none could be handed over.
    pub async fn send_all(&self, what: &'static str, messages: &[Message]) -> Result<(), JobError> {
        let (mut sent, mut failed) = (0_u32, None);
        for message in messages {
            match self.send(message).await {
                Ok(()) => sent = sent.saturating_add(1),
                Err(error) => failed = Some(error),
            }
        }
        match failed {
            Some(error) if sent == 0 && error.is_permanent() => {
                Err(JobError::Dead(error.to_string()))
            }
            Some(error) if sent == 0 => Err(JobError::Retry(error.to_string())),
            Some(error) => {
                can_fail::<(), _>(what, Err(error));
                Ok(())
            }
            None => Ok(()),
        }
    }

    /// The newest mails, newest first; none when they went to a relay.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub async fn list(&self) -> Result<Vec<SentMail>, MailError> {
        match &self.way {
            Way::Smtp(_) => Ok(Vec::new()),
            Way::Folder(folder) => {
                let folder = folder.clone();
                blocking(&folder.clone(), move || read(&folder)).await
            }
            Way::Memory(kept) => {
                let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                Ok(kept.iter().rev().take(MAILS_LISTED_MAX).cloned().collect())
            }
        }
    }

    fn compose(&self, message: &Message) -> Result<lettre::Message, MailError> {
        let mail = lettre::Message::builder()
            .from(self.from.clone())
            .to(mailbox(&message.to)?)
            .subject(&message.subject)
            .message_id(None);
        let text = message.text.clone();
        Ok(match &message.html {
            Some(html) => mail.multipart(MultiPart::alternative_plain_html(text, html.clone()))?,
            None => mail.header(ContentType::TEXT_PLAIN).body(text)?,
        })
    }

    /// Dated by its id, which is made now.
    fn sent(&self, message: &Message) -> SentMail {
        let id = Uuid::now_v7();
        let (seconds, nanoseconds) = id.get_timestamp().map_or((0, 0), |at| at.to_unix());
        let at = jiff::Timestamp::new(
            i64::try_from(seconds).unwrap_or(0),
            i32::try_from(nanoseconds).unwrap_or(0),
        );
        let date = Instant::new(at.unwrap_or(jiff::Timestamp::UNIX_EPOCH));
        SentMail { id, from: self.from.to_string(), date, message: message.clone() }
    }
}

fn mailbox(address: &str) -> Result<Mailbox, MailError> {
    address.parse().or(Err(MailError::Address(address.to_owned())))
}

fn relay(settings: &SmtpSection) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailError> {
    let host = settings.host.as_deref().unwrap_or_default();
    let builder = match settings.security {
        SmtpSecurity::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host)?,
        SmtpSecurity::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host)?,
        SmtpSecurity::None => AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host),
    };
    let builder = builder.port(settings.port).timeout(Some(Duration::from_secs(RELAY_SECONDS)));
    Ok(match (&settings.user, &settings.password) {
        (Some(user), Some(password)) => {
            let credentials = Credentials::new(user.clone(), password.reveal().to_owned());
            builder.credentials(credentials).build()
        }
        _ => builder.build(),
    })
}

fn in_folder(folder: &Path) -> impl FnOnce(std::io::Error) -> MailError {
    let folder = folder.to_owned();
    |source| MailError::Folder { folder, source }
}

async fn blocking<T: Send + 'static>(
    folder: &Path,
    work: impl FnOnce() -> std::io::Result<T> + Send + 'static,
) -> Result<T, MailError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.unwrap_or_else(|error| Err(std::io::Error::other(error))).map_err(in_folder(folder))
}

fn write(folder: &Path, sent: &SentMail, mail: &[u8]) -> std::io::Result<()> {
    std::fs::write(folder.join(format!("{}.eml", sent.id)), mail)?;
    // Listed only when it is whole.
    let draft = folder.join(format!("{}.draft", sent.id));
    std::fs::write(&draft, serde_json::to_vec(sent)?)?;
    std::fs::rename(draft, folder.join(format!("{}.json", sent.id)))
}

fn read(folder: &Path) -> std::io::Result<Vec<SentMail>> {
    let mut files = Vec::new();
    for file in std::fs::read_dir(folder)? {
        let path = file?.path();
        if path.extension().is_some_and(|extension| extension == "json") {
            files.push(path);
        }
    }
    // The names are ids that sort by time.
    files.sort_unstable_by(|left, right| right.cmp(left));
    files
        .iter()
        .take(MAILS_LISTED_MAX)
        .map(|path| Ok(serde_json::from_slice(&std::fs::read(path)?)?))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{MailError, Mailer, Message};
    use crate::config::Config;

    const FROM: &str = "ChartRelay <no-reply@example.com>";

    fn message(subject: &str) -> Message {
        Message {
            to: "Zoë Coder <zoe@example.com>".to_owned(),
            subject: subject.to_owned(),
            text: "Sign in to see it.".to_owned(),
            html: Some("<p>Sign in to see it.</p>".to_owned()),
        }
    }

    #[tokio::test]
    async fn mails_in_a_folder_are_listed_newest_first_and_are_real_mails() {
        let folder = std::env::temp_dir().join(format!("chartrelay-mail-{}", uuid::Uuid::now_v7()));
        let mailer = Mailer::folder(&folder, FROM).unwrap();
        assert_eq!(mailer.list().await.unwrap(), []);
        for subject in ["first", "zweite – für Zoë"] {
            mailer.send(&message(subject)).await.unwrap();
        }
        let listed = mailer.list().await.unwrap();
        assert_eq!(listed[0].message, message("zweite – für Zoë"));
        assert_eq!(listed[1].message.subject, "first");
        assert!(
            listed[0].date >= listed[1].date && listed[0].from.contains("no-reply@example.com")
        );

        let written = std::fs::read(folder.join(format!("{}.eml", listed[1].id))).unwrap();
        let written = String::from_utf8(written).unwrap();
        for part in ["Subject: first", "Message-ID:", "Date:", "multipart/alternative", "zoe@"] {
            assert!(written.contains(part), "{part} in {written}");
        }
        std::fs::remove_dir_all(folder).unwrap();
    }

    #[tokio::test]
    async fn a_subject_cannot_smuggle_a_header_and_a_bad_address_is_never_tried_again() {
        let mailer = Mailer::memory(FROM).unwrap();
        let hostile = message("x\r\nBcc: other@example.com");
        let composed = String::from_utf8(mailer.compose(&hostile).unwrap().formatted()).unwrap();
        assert!(!composed.lines().any(|line| line.starts_with("Bcc:")), "{composed}");

        let nowhere = Message { to: "nowhere\r\nx".to_owned(), ..message("x") };
        let error = mailer.send(&nowhere).await.unwrap_err();
        assert!(matches!(error, MailError::Address(_)) && error.is_permanent());
        assert_eq!(mailer.list().await.unwrap(), []);
    }

    #[tokio::test]
    async fn a_relay_that_is_away_is_tried_again() {
        let environment = [
            ("CHARTRELAY__MAIL__MODE", "smtp"),
            ("CHARTRELAY__MAIL__SMTP__HOST", "127.0.0.1"),
            // Nothing listens on the discard port here.
            ("CHARTRELAY__MAIL__SMTP__PORT", "9"),
            ("CHARTRELAY__MAIL__SMTP__SECURITY", "none"),
        ];
        let environment = environment.map(|(key, value)| (key.to_owned(), value.to_owned()));
        let mailer = Mailer::open(&Config::load(None, environment).unwrap()).unwrap();
        let error = mailer.send(&message("x")).await.unwrap_err();
        assert!(!error.is_permanent(), "{error}");
    }
}
