//! Mail about questions: that one waits and where, never about whom or what.

use crate::jobs::Why;
use base::mail::Message;
use people::Recipient;

fn message(to: &Recipient, subject: &str, body: &str) -> Message {
    Message {
        to: to.email.clone(),
        subject: subject.to_owned(),
        text: format!("Hello {},\n\n{body}\n", to.name),
        html: None,
    }
}

/// To the provider who is asked.
pub(crate) fn to_provider(to: &Recipient, why: Why, place: &str) -> Message {
    let (subject, what) = match why {
        Why::Asked => (
            "A documentation question waits for your answer",
            "The people who code your facility's charts have a question about what is documented.",
        ),
        Why::Reminded => (
            "Reminder: a documentation question waits for your answer",
            "A question about what is documented still waits for your answer.",
        ),
    };
    let body = format!(
        "{what} It takes two clicks to answer:\n\n{place}\n\nThe link is for you alone: please do not \
         forward this mail. If the question is not yours to answer, tell your facility's administrator, \
         who can ask somebody else."
    );
    message(to, subject, &body)
}

/// To an administrator, when nobody is asked yet.
pub(crate) fn to_administrator(to: &Recipient, place: &str) -> Message {
    let body = format!(
        "A question about what is documented waits, and nobody is named to answer it. Please choose the \
         provider:\n\n{place}"
    );
    message(to, "A documentation question needs a provider", &body)
}

/// To those in charge, when nobody has answered.
pub(crate) fn escalated(to: &Recipient, days: u32, place: &str) -> Message {
    let body = format!(
        "A question to a provider has waited for {days} days without an answer, and its chart waits with \
         it. It is on the list of open questions:\n\n{place}"
    );
    message(to, "A documentation question has gone unanswered", &body)
}
