//! Questions as people see them.

use crate::drafts::{self, QueryDraft};
use crate::store::{self, Listed, QueryRow};
use crate::templates::{self, QueryTemplate};
use crate::texts::{self, QueryEffect, Texts};
use base::audit::{self, Entry};
use base::db::{ClinicalTx, DeskTx, FacilityTx, OpsTx, WorkTx};
use base::error::Result;
use base::keyring::Keyring;
use charts::held::Held;
use charts::patient::{self, Encounter};
use charts::{ChartRow, documents};
use rules::Instant;
use rules::ids::{ChartId, DocumentId, FacilityId, PersonId, QueryId};
use rules::query::{
    AnswerChoice, AnsweredThrough, OTHER, QueryKind, QueryOutcome, QueryQuestion, QueryStatus,
    UNABLE, YesNoUse, in_words,
};
use serde::Serialize;
use std::collections::HashMap;

/// A provider who may be asked.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ProviderView {
    /// The person.
    pub id: PersonId,
    /// Their name.
    pub name: String,
}

/// A question with its answer.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct QueryView {
    /// The question.
    pub id: QueryId,
    /// Where it stands.
    pub status: QueryStatus,
    /// The same in words.
    pub status_words: &'static str,
    /// Who is asked; none while the facility has not named anybody.
    pub provider: Option<String>,
    /// What was asked.
    pub question: QueryQuestion,
    /// When.
    pub asked_at: Instant,
    /// When the provider was reminded.
    pub reminded_at: Option<Instant>,
    /// When those in charge were told that nobody answers.
    pub escalated_at: Option<Instant>,
    /// The answer in words.
    pub answer: Option<String>,
    /// What the provider said besides.
    pub comment: Option<String>,
    /// When they answered.
    pub answered_at: Option<Instant>,
    /// By what they were known.
    pub answered_through: Option<AnsweredThrough>,
    /// What came of it.
    pub outcome: Option<QueryOutcome>,
    /// Why it ended otherwise.
    pub end_reason: Option<String>,
    /// What the answer did to the codes; for the desk alone.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub(crate) effect: Option<QueryEffect>,
}

impl QueryView {
    fn of(row: &QueryRow, texts: Texts, names: &HashMap<PersonId, String>) -> Self {
        let answer = texts.answer.as_ref();
        let comment = answer.map(|it| it.comment.trim().to_owned()).filter(|it| !it.is_empty());
        Self {
            id: row.id,
            status: row.status,
            status_words: row.status.label(),
            provider: row.provider_id.and_then(|id| names.get(&id).cloned()),
            answer: answer.map(|answer| in_words(&texts.question, answer)),
            comment,
            question: texts.question,
            asked_at: row.asked_at,
            reminded_at: row.reminded(),
            escalated_at: row.escalated_at,
            answered_at: row.answered_at,
            answered_through: row.answered_through,
            outcome: row.outcome,
            end_reason: row.end_reason.clone(),
            effect: None,
        }
    }
}

/// What the desk needs to ask about a chart.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct DeskQueries {
    /// The questions that were asked about it, oldest first.
    pub queries: Vec<QueryView>,
    /// What is being written.
    pub draft: QueryDraft,
    /// Whom one may ask.
    pub providers: Vec<ProviderView>,
    /// Wordings to begin with.
    pub templates: Vec<QueryTemplate>,
    /// The choices that are always there.
    pub always: [&'static str; 2],
}

/// Lays out what the desk needs, and writes down that it was read.
pub(crate) async fn desk(tx: &mut DeskTx, keyring: &Keyring, held: &Held) -> Result<DeskQueries> {
    let chart = &held.chart;
    let mut effects = texts::effects(tx, keyring, chart).await?;
    let mut queries = of_chart(tx, keyring, chart).await?;
    for query in &mut queries {
        query.effect = effects.remove(&query.id);
    }
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    Ok(DeskQueries {
        queries,
        draft: drafts::read(tx, keyring, chart).await?,
        providers: providers(tx, chart.facility_id).await?,
        templates: templates::offered(tx, chart.facility_id, terms.work_type).await?,
        always: [OTHER, UNABLE],
    })
}

/// Whom one may ask.
pub(crate) async fn providers(tx: &mut WorkTx, facility: FacilityId) -> Result<Vec<ProviderView>> {
    let all = people::providers_of(tx, facility).await?;
    let active = all.into_iter().filter(|provider| provider.active);
    Ok(active.map(|provider| ProviderView { id: provider.id, name: provider.name }).collect())
}

/// Providers by name, those included who have left.
pub(crate) async fn names(
    tx: &mut WorkTx,
    facility: FacilityId,
) -> Result<HashMap<PersonId, String>> {
    let providers = people::providers_of(tx, facility).await?;
    Ok(providers.into_iter().map(|provider| (provider.id, provider.name)).collect())
}

/// The questions about a chart, oldest first, and writes down that they were read.
pub(crate) async fn of_chart(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
) -> Result<Vec<QueryView>> {
    let rows = store::of_chart(tx, chart).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let ids: Vec<QueryId> = rows.iter().map(|row| row.id).collect();
    let mut texts = texts::read(tx, keyring, chart.facility_id, &ids).await?;
    let names = names(tx, chart.facility_id).await?;
    let entry = Entry::of(chart.facility_id, "queries.read", "chart", chart.id.uuid());
    audit::append(tx, entry).await?;
    let views = rows
        .iter()
        .filter_map(|row| texts.remove(&row.id).map(|texts| QueryView::of(row, texts, &names)));
    Ok(views.collect())
}

/// A quotation as the provider sees it.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct QuoteView {
    /// The document's name.
    pub document: String,
    /// The words that stand there.
    pub quote: String,
}

/// One of the answers that are offered.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct ChoiceView {
    /// What is sent.
    pub choice: AnswerChoice,
    /// Which of the question's own, counted from 0.
    pub option: Option<usize>,
    /// Its words.
    pub words: String,
}

/// A question as its provider sees it.
#[derive(Debug, Serialize, utoipa::ToSchema)]
pub struct ProviderQuestion {
    /// The question.
    pub id: QueryId,
    /// Where it stands.
    pub status: QueryStatus,
    /// The facility's name.
    pub facility: String,
    /// Whose record it is about.
    pub encounter: Encounter,
    /// What it is about.
    pub title: String,
    /// How it is answered.
    pub kind: QueryKind,
    /// The question.
    pub text: String,
    /// What a yes/no question is for, in words.
    pub about: Option<&'static str>,
    /// The condition that it is about.
    pub condition: String,
    /// The condition that may have caused it.
    pub cause: String,
    /// What the record says.
    pub quotes: Vec<QuoteView>,
    /// What may be chosen.
    pub choices: Vec<ChoiceView>,
    /// When it was asked.
    pub asked_at: Instant,
    /// The answer, once there is one, in words.
    pub answer: Option<String>,
    /// When it was answered.
    pub answered_at: Option<Instant>,
}

/// Opens a question for its provider, and writes down that it was read.
pub(crate) async fn for_provider(
    tx: &mut FacilityTx,
    keyring: &Keyring,
    row: &QueryRow,
) -> Result<ProviderQuestion> {
    let Texts { question, answer } = texts::one(tx, keyring, row).await?;
    let facility = facilities::names(tx).await?.remove(&row.facility_id);
    let documents = documents::of_chart(tx, keyring, row.chart_id).await?;
    let named: HashMap<DocumentId, String> =
        documents.into_iter().map(|document| (document.id, document.name)).collect();
    let encounter = patient::read(tx, keyring, row.chart_id).await?;
    let entry = Entry::of(row.facility_id, "query.read", "query", row.id.uuid());
    audit::append(tx, entry).await?;
    Ok(ProviderQuestion {
        id: row.id,
        status: row.status,
        facility: facility.map(|it| it.name).unwrap_or_default(),
        encounter,
        choices: choices(&question),
        answer: answer.map(|answer| in_words(&question, &answer)),
        answered_at: row.answered_at,
        title: question.title,
        kind: question.kind,
        text: question.text,
        about: question.about.map(YesNoUse::label),
        condition: question.condition,
        cause: question.cause,
        quotes: question
            .indicators
            .into_iter()
            .map(|indicator| QuoteView {
                document: named.get(&indicator.document_id).cloned().unwrap_or_default(),
                quote: indicator.quote,
            })
            .collect(),
        asked_at: row.asked_at,
    })
}

fn choices(question: &QueryQuestion) -> Vec<ChoiceView> {
    let own = |choice, words: &str| ChoiceView { choice, option: None, words: words.to_owned() };
    let mut choices = match question.kind {
        QueryKind::MultipleChoice => {
            let numbered = question.options.iter().enumerate();
            let view = |(place, words): (usize, &String)| ChoiceView {
                choice: AnswerChoice::Option,
                option: Some(place),
                words: words.clone(),
            };
            numbered.map(view).collect()
        }
        QueryKind::YesNo => vec![own(AnswerChoice::Yes, "Yes"), own(AnswerChoice::No, "No")],
        QueryKind::OpenEnded => vec![own(AnswerChoice::Text, "My answer")],
    };
    if question.kind != QueryKind::OpenEnded {
        choices.push(own(AnswerChoice::Other, OTHER));
    }
    choices.push(own(AnswerChoice::UnableToDetermine, UNABLE));
    choices
}

/// An open question in a list without patient data.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct OpenQuery {
    /// The question.
    pub id: QueryId,
    /// The chart that waits for it.
    pub chart_id: ChartId,
    /// How people call that chart.
    pub reference: String,
    /// The facility's name.
    pub facility: String,
    /// The queue's name.
    pub queue: String,
    /// Who asked.
    pub asked_by: Option<String>,
    /// When.
    pub asked_at: Instant,
    /// Whether somebody is named to answer.
    pub has_provider: bool,
    /// When the provider was reminded.
    pub reminded_at: Option<Instant>,
    /// When those in charge were told that nobody answers.
    pub escalated_at: Option<Instant>,
    /// When the chart's codes are due; the clock stands still meanwhile.
    pub due_at: Option<Instant>,
}

/// Open questions as the vendor's leads and coders see them: where, by whom, for how long.
pub(crate) async fn without_texts(tx: &mut WorkTx, listed: Vec<Listed>) -> Result<Vec<OpenQuery>> {
    let facilities = facilities::names(tx).await?;
    let queues = facilities::all_terms(tx).await?;
    let coders: Vec<PersonId> = listed.iter().map(|(row, _)| row.asked_by).collect();
    let coders = people::names(tx, &coders).await?;
    let queue = |chart: &ChartRow| {
        let found = queues.iter().find(|it| it.queue_id == chart.queue_id);
        found.map(|it| it.name.clone()).unwrap_or_default()
    };
    Ok(listed
        .into_iter()
        .map(|(row, chart)| OpenQuery {
            id: row.id,
            chart_id: row.chart_id,
            reference: charts::reference(row.chart_id),
            facility: facilities
                .get(&row.facility_id)
                .map(|it| it.name.clone())
                .unwrap_or_default(),
            queue: queue(&chart),
            asked_by: coders.get(&row.asked_by).cloned(),
            asked_at: row.asked_at,
            has_provider: row.provider_id.is_some(),
            reminded_at: row.reminded(),
            escalated_at: row.escalated_at,
            due_at: chart.due_at,
        })
        .collect())
}

/// The board's open questions.
pub(crate) async fn board(tx: &mut OpsTx) -> Result<Vec<OpenQuery>> {
    let listed = store::open(tx).await?;
    without_texts(tx, listed).await
}

/// An open question in a list of its facility: whose record, and who is asked.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct FacilityQuery {
    /// The question.
    pub id: QueryId,
    /// The chart.
    pub chart_id: ChartId,
    /// What it is about.
    pub title: String,
    /// Whose record.
    pub patient: Option<Encounter>,
    /// Who is asked.
    pub provider_id: Option<PersonId>,
    /// Their name.
    pub provider: Option<String>,
    /// When it was asked.
    pub asked_at: Instant,
    /// When the provider was reminded.
    pub reminded_at: Option<Instant>,
    /// When those in charge were told that nobody answers.
    pub escalated_at: Option<Instant>,
}

/// Open questions as people of the facility see them; that their patients were listed is written down.
pub(crate) async fn of_facility(
    tx: &mut FacilityTx,
    keyring: &Keyring,
    listed: Vec<Listed>,
) -> Result<Vec<FacilityQuery>> {
    let facility = tx.facility();
    let listed: Vec<Listed> = listed.into_iter().take(patient::LISTED_MAX).collect();
    let ids: Vec<QueryId> = listed.iter().map(|(row, _)| row.id).collect();
    let charts: Vec<ChartId> = listed.iter().map(|(row, _)| row.chart_id).collect();
    let mut texts = texts::read(tx, keyring, facility, &ids).await?;
    let patients = patient::read_list(tx, keyring, facility, &charts).await?;
    let names = names(tx, facility).await?;
    Ok(listed
        .into_iter()
        .map(|(row, _)| FacilityQuery {
            id: row.id,
            chart_id: row.chart_id,
            title: texts.remove(&row.id).map(|it| it.question.title).unwrap_or_default(),
            patient: patients.get(&row.chart_id).cloned(),
            provider_id: row.provider_id,
            provider: row.provider_id.and_then(|id| names.get(&id).cloned()),
            asked_at: row.asked_at,
            reminded_at: row.reminded(),
            escalated_at: row.escalated_at,
        })
        .collect())
}
