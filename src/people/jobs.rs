//! Mail that lets somebody set their password: invitations and resets.

use crate::store::{self, NewTicket, Person};
use base::Services;
use base::error::Error;
use base::jobs::{Job, JobError};
use base::mail::Message;
use base::secret::Token;
use diesel::OptionalExtension;
use rules::ids::{FacilityId, PersonId, TicketId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a ticket is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// The first password.
    Invitation,
    /// A forgotten one.
    Reset,
}

impl Purpose {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }
}

/// The promise to send a ticket. The token is made when the mail is, and kept only as a hash.
#[derive(Debug, Serialize, Deserialize)]
pub struct SendTicket {
    person: PersonId,
    home: Option<FacilityId>,
    purpose: Purpose,
}

impl SendTicket {
    /// An invitation for somebody new.
    #[must_use]
    pub const fn invitation(person: &Person) -> Self {
        Self { person: person.id, home: person.home_facility_id, purpose: Purpose::Invitation }
    }

    /// A reset for somebody who forgot, or for an address that nobody has: that takes as long, and
    /// the job finds nobody to write to.
    #[must_use]
    pub fn reset(person: Option<&Person>) -> Self {
        let id = person.map_or_else(PersonId::new, |person| person.id);
        let home = person.and_then(|person| person.home_facility_id);
        Self { person: id, home, purpose: Purpose::Reset }
    }
}

impl Job for SendTicket {
    const KIND: &'static str = "people.send_ticket";
    fn facility(&self) -> Option<FacilityId> {
        self.home
    }
    fn unique_key(&self) -> Option<String> {
        Some(format!("{}:{}:{}", Self::KIND, self.purpose.as_str(), self.person))
    }
}

/// Does [`SendTicket`]. A repetition sends another mail with another ticket, which harms nobody.
///
/// # Errors
/// [`JobError::Retry`] while the mail cannot be handed over.
pub async fn send_ticket(services: Arc<Services>, job: SendTicket) -> Result<(), JobError> {
    let token = Token::random().map_err(Error::internal)?;
    let settings = &services.config.sign_in;
    let seconds = match job.purpose {
        Purpose::Invitation => i64::from(settings.invitation_hours) * 3_600,
        Purpose::Reset => i64::from(settings.reset_minutes) * 60,
    };
    let nobody = services.authority.nobody(job.home, None);
    let hash = token.hash();
    let person = services
        .db
        .auth(&nobody, async |tx| {
            let Some(person) = store::find(tx, job.person).await.optional()? else {
                return Ok(None);
            };
            if !person.active {
                return Ok(None);
            }
            let now = tx.now();
            let ticket = NewTicket {
                id: TicketId::new(),
                person_id: person.id,
                purpose: job.purpose.as_str().to_owned(),
                token_hash: hash.to_vec(),
                created_at: now,
                expires_at: now.plus_seconds(seconds),
            };
            store::insert_ticket(tx, &ticket).await?;
            Ok(Some(person))
        })
        .await?;
    let Some(person) = person else { return Ok(()) };
    let link = format!("{}/welcome#{}", services.config.server.public_url, &*token.text());
    let message = message(&person, job.purpose, &link, seconds);
    services.mailer.send(&message).await.map_err(|error| {
        let text = error.to_string();
        if error.is_permanent() { JobError::Dead(text) } else { JobError::Retry(text) }
    })
}

fn message(person: &Person, purpose: Purpose, link: &str, seconds: i64) -> Message {
    let (subject, why) = match purpose {
        Purpose::Invitation => ("Your invitation to ChartRelay", "You have been invited."),
        Purpose::Reset => ("Your new ChartRelay password", "A new password was asked for."),
    };
    let name = &person.name;
    let lasts = if seconds >= 7_200 {
        format!("{} hours", seconds / 3_600)
    } else {
        format!("{} minutes", seconds / 60)
    };
    let text = format!(
        "Hello {name},\n\n{why} Choose your password here; the link works once and for {lasts}:\n\n\
         {link}\n\nIf you did not expect this mail, nothing needs to be done.\n"
    );
    Message { to: person.email.clone(), subject: subject.to_owned(), text, html: None }
}
