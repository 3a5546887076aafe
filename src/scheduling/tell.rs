//! Mail about deadlines: how many charts of which queue, never whose.

use base::Services;
use base::error::Error;
use base::jobs::{Job, JobError};
use base::mail::Message;
use charts::ChartRow;
use facilities::Terms;
use people::Recipient;
use rules::Instant;
use rules::escalation::Step;
use rules::ids::{ChartId, FacilityId, QueueId};
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Charts that a mail names; it counts the rest.
const CHARTS_NAMED_MAX: usize = 20;

/// The promise to write to those who should know of a queue's deadlines.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct TellDeadline {
    facility: FacilityId,
    queue: QueueId,
    step: Step,
    charts: usize,
    named: Vec<ChartId>,
    /// The nearest of the deadlines.
    due_at: Option<Instant>,
}

impl TellDeadline {
    /// About these charts of a queue.
    pub(crate) fn of(terms: &Terms, step: Step, charts: &[ChartRow]) -> Self {
        Self {
            facility: terms.facility_id,
            queue: terms.queue_id,
            step,
            charts: charts.len(),
            named: charts.iter().take(CHARTS_NAMED_MAX).map(|chart| chart.id).collect(),
            due_at: charts.iter().filter_map(|chart| chart.due_at).min(),
        }
    }
}

impl Job for TellDeadline {
    const KIND: &'static str = "scheduling.tell_deadline";
    fn facility(&self) -> Option<FacilityId> {
        Some(self.facility)
    }
}

/// Does [`TellDeadline`]. One address that cannot be reached keeps nobody else from hearing of it; when none
/// can, it is tried again.
///
/// # Errors
/// [`JobError::Retry`] while no mail can be handed over.
pub(crate) async fn tell_deadline(
    services: Arc<Services>,
    job: TellDeadline,
) -> Result<(), JobError> {
    let system = services.authority.system();
    let (facility, queue, leads) = services
        .db
        .ops(&system, async |tx| {
            let name = facilities::names(tx).await?.remove(&job.facility).ok_or(Error::NotFound)?;
            let terms = facilities::terms(tx, job.facility, job.queue).await?;
            Ok((name.name, terms.name, people::leads_of(tx, job.facility).await?))
        })
        .await?;
    let recipients = if job.step == Step::TellClient {
        let scope = services.authority.facility(job.facility, None);
        let find = async |tx: &mut base::db::FacilityTx| Ok(people::administrators_of(tx).await?);
        services.db.facility(&scope, find).await?
    } else {
        leads
    };
    let place = format!("{}/", services.config.server.public_url.trim_end_matches('/'));
    let messages: Vec<Message> = recipients
        .iter()
        .map(|recipient| message(recipient, &job, (&facility, &queue), &place))
        .collect();
    services.mailer.send_all("telling of a deadline", &messages).await
}

fn message(
    to: &Recipient,
    job: &TellDeadline,
    (facility, queue): (&str, &str),
    place: &str,
) -> Message {
    let (n, s) = (job.charts, if job.charts == 1 { "" } else { "s" });
    let (subject, what, then) = if job.step == Step::TellClient {
        (
            format!("{n} chart{s} of {queue}: later than agreed"),
            format!(
                "Coding of {n} chart{s} of your queue {queue} has come to the mark that was agreed."
            ),
            format!("Where they stand is shown under Charts:\n\n{place}charts"),
        )
    } else {
        (
            format!("{n} chart{s} of {facility}, {queue}: deadline"),
            format!(
                "{n} chart{s} of {facility}, queue {queue}, came to the mark at which you are told."
            ),
            format!("Who could take them is shown on the board:\n\n{place}board"),
        )
    };
    let due = job.due_at.map_or_else(String::new, |due_at| {
        let zone = rules::clock::zone(&to.time_zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let due = due_at.in_zone(&zone);
        format!(" The nearest deadline is {}.", due.strftime("%A, %-d %B %Y, %H:%M %Z"))
    });
    let named: Vec<String> = job.named.iter().map(|chart| crate::reference(*chart)).collect();
    let more = n.saturating_sub(named.len());
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    let text =
        format!("Hello {},\n\n{what}{due}\n\nCharts {}{more}. {then}\n", to.name, named.join(", "));
    Message { to: to.email.clone(), subject, text, html: None }
}
