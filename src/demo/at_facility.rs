//! What people of a facility do: hand charts in, answer holds, take returns.

use super::agenda::Event;
use super::history::{History, unless_refused};
use super::story::Story;
use super::templates::{House, Template};
use base::Services;
use base::db::FacilityScope;
use base::error::Result;
use charts::settle;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, QueryId, ReturnId};
use rules::query::{AnswerChoice, AnsweredThrough, QueryAnswer};
use rules::words::HoldOwner;
use std::sync::Arc;

/// Returns taken at once.
const COLLECTED_PERCENT: i64 = 85;

/// A facility hands in some charts.
pub(super) async fn upload(history: &mut History<'_>, house: House, charts: u32) -> Result<()> {
    for _ in 0..charts {
        let of_house: Vec<Arc<Template>> =
            history.templates.iter().filter(|t| t.facility == house).cloned().collect();
        let Some(template) = history.random.pick(&of_house).cloned() else { return Ok(()) };
        history.serial = history.serial.saturating_add(1);
        let today = today(history, house);
        let story = Story::tell(&template, &mut history.random, history.serial, today);
        hand_in(history, story).await?;
    }
    Ok(())
}

/// A chart that was handed in before comes a second time, as from two systems.
pub(super) async fn upload_again(history: &mut History<'_>, house: House) -> Result<()> {
    let mut known: Vec<&ChartId> = history
        .stories
        .iter()
        .filter(|(_, story)| story.house() == house)
        .map(|(chart, _)| chart)
        .collect();
    known.sort_unstable();
    let Some(chart) = history.random.pick(&known).map(|chart| **chart) else { return Ok(()) };
    let Some(story) = history.stories.remove(&chart) else { return Ok(()) };
    let again = story.clone();
    history.stories.insert(chart, story);
    hand_in(history, again).await
}

async fn hand_in(history: &mut History<'_>, story: Story) -> Result<()> {
    let Some(founded) = history.town.facilities.get(&story.house()) else { return Ok(()) };
    let Some(queue) = founded.queues.get(&story.template.work_type) else { return Ok(()) };
    let submission = story.submission(*queue);
    let received =
        Box::pin(intake::receive(history.services, &founded.scope, submission, None)).await?;
    history.stories.insert(received.id, story);
    Ok(())
}

fn today(history: &History<'_>, house: House) -> jiff::civil::Date {
    let now: Instant = history.services.clock().now();
    let zone = history.town.facilities.get(&house).map(|founded| founded.zone.clone());
    now.in_zone(&zone.unwrap_or(jiff::tz::TimeZone::UTC)).date()
}

/// Whoever must act on a held chart does.
pub(super) async fn answer(
    history: &mut History<'_>,
    chart: ChartId,
    facility: FacilityId,
) -> Result<()> {
    let Some(founded) = history.town.facility(facility) else { return Ok(()) };
    let services = history.services;
    let holds = services
        .db
        .facility(&founded.scope, async |tx| {
            let row = charts::store::find(tx, chart).await?;
            charts::holds::open_of(tx, &row).await
        })
        .await?;
    for hold in holds {
        if hold.owner == HoldOwner::Vendor {
            let Some(lead) = history.lead_of(facility) else { continue };
            let words = "As the guideline of this facility says.";
            let released = charts::led::answer(services, &lead, (chart, hold.id), words).await;
            unless_refused("lifting a hold", released)?;
        } else {
            let words = "The missing part is in the record now.";
            let answered =
                settle::answer_hold(services, &founded.scope, (chart, hold.id), words).await;
            unless_refused("answering a hold", answered)?;
        }
    }
    Ok(())
}

/// The provider answers what a coder asked.
pub(super) async fn reply(
    history: &mut History<'_>,
    query: QueryId,
    facility: FacilityId,
) -> Result<()> {
    let provider = history.town.facility(facility).and_then(|founded| founded.provider);
    let Some(provider) = provider else { return Ok(()) };
    let services = history.services;
    let scope = services.authority.facility(facility, Some(provider));
    let answer = QueryAnswer {
        choice: AnswerChoice::Text,
        option: None,
        text: "Evaluated at this encounter; the assessment names it.".to_owned(),
        comment: String::new(),
    };
    let answer = (&answer, AnsweredThrough::SignIn);
    let taken = queries::answer(services, &scope, query, answer, None).await;
    unless_refused("answering a question", taken)?;
    Ok(())
}

/// A facility takes most of what was returned.
pub(super) async fn collect(history: &mut History<'_>, house: House) -> Result<()> {
    let Some(founded) = history.town.facilities.get(&house) else { return Ok(()) };
    let waiting = not_taken(history.services, &founded.scope).await?;
    for id in waiting {
        if history.random.percent(COLLECTED_PERCENT) {
            let taken = returns::acknowledge(history.services, &founded.scope, id).await;
            unless_refused("acknowledging a return", taken)?;
        }
    }
    Ok(())
}

#[derive(diesel::QueryableByName)]
struct NotTaken {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: ReturnId,
}

async fn not_taken(services: &Services, scope: &FacilityScope) -> Result<Vec<ReturnId>> {
    let query = "select id from app.returns where acknowledged_at is null order by made_at, id";
    let rows: Vec<NotTaken> = services
        .db
        .facility(scope, async |tx| Ok(diesel::sql_query(query).load(tx.conn()).await?))
        .await?;
    Ok(rows.into_iter().map(|row| row.id).collect())
}

/// Holds are answered within a day; those of the last hours still wait when the story ends.
pub(super) fn answer_later(history: &mut History<'_>, chart: ChartId, facility: FacilityId) {
    let now = history.services.clock().now();
    let at = now.plus_seconds(history.random.between(2 * 3_600, 26 * 3_600));
    history.agenda.note(at, Event::Answer(chart, facility));
}
