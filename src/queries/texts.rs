//! What was asked, answered and concluded: sealed, on the facility and desk planes only.

use crate::schema::{query_effects, query_texts};
use crate::store::QueryRow;
use base::db::{ClinicalTx, DeskTx, FacilityTx};
use base::error::{Error, Result};
use base::keyring::Keyring;
use base::seal::{FacilityKey, FieldContext};
use charts::ChartRow;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, PersonId, QueryId};
use rules::query::{CodesEffect, QueryAnswer, QueryQuestion};
use std::collections::HashMap;

/// What was asked, and what was answered.
#[derive(Debug, Clone)]
pub(crate) struct Texts {
    pub question: QueryQuestion,
    pub answer: Option<QueryAnswer>,
}

/// What an answer did to the codes.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub(crate) struct QueryEffect {
    /// In a word.
    pub effect: CodesEffect,
    /// In the coder's own words.
    pub note: String,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = query_texts, check_for_backend(diesel::pg::Pg))]
struct TextRow {
    facility_id: FacilityId,
    query_id: QueryId,
    chart_id: ChartId,
    question_sealed: Vec<u8>,
    answer_sealed: Option<Vec<u8>>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = query_effects, check_for_backend(diesel::pg::Pg))]
struct EffectRow {
    facility_id: FacilityId,
    query_id: QueryId,
    chart_id: ChartId,
    effect: String,
    note_sealed: Option<Vec<u8>>,
    at: Instant,
    by: PersonId,
}

const fn field(facility: FacilityId, table: &'static str, id: QueryId) -> FieldContext {
    FieldContext { facility, table, row: id.uuid() }
}

const QUESTION: &str = "query_texts.question";
const ANSWER: &str = "query_texts.answer";
const EFFECT: &str = "query_effects.note";

/// Seals and stores a question.
pub(crate) async fn insert(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    row: &QueryRow,
    question: &QueryQuestion,
) -> Result<()> {
    let key = keyring.key(tx, row.facility_id).await?;
    let plain = serde_json::to_vec(question)?;
    let text = TextRow {
        facility_id: row.facility_id,
        query_id: row.id,
        chart_id: row.chart_id,
        question_sealed: key.seal_field(field(row.facility_id, QUESTION, row.id), &plain)?,
        answer_sealed: None,
    };
    diesel::insert_into(query_texts::table).values(&text).execute(tx.conn()).await?;
    Ok(())
}

/// Seals and stores the answer, once: one that is there is never written over.
pub(crate) async fn answer(
    tx: &mut FacilityTx,
    keyring: &Keyring,
    row: &QueryRow,
    answer: &QueryAnswer,
) -> Result<()> {
    let key = keyring.key(tx, row.facility_id).await?;
    let plain = serde_json::to_vec(answer)?;
    let sealed = key.seal_field(field(row.facility_id, ANSWER, row.id), &plain)?;
    let place = query_texts::table
        .find((row.facility_id, row.id))
        .filter(query_texts::answer_sealed.is_null());
    let written =
        diesel::update(place).set(query_texts::answer_sealed.eq(sealed)).execute(tx.conn()).await?;
    if written == 0 {
        return Err(Error::Conflict("this question was answered already".into()));
    }
    Ok(())
}

/// Opens the texts of these questions. The caller writes down that they were read.
pub(crate) async fn read(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    facility: FacilityId,
    ids: &[QueryId],
) -> Result<HashMap<QueryId, Texts>> {
    let rows: Vec<TextRow> = query_texts::table
        .filter(query_texts::facility_id.eq(facility))
        .filter(query_texts::query_id.eq_any(ids))
        .select(TextRow::as_select())
        .load(tx.conn())
        .await?;
    let key = keyring.key(tx, facility).await?;
    rows.into_iter().map(|row| Ok((row.query_id, opened(&key, &row)?))).collect()
}

fn opened(key: &FacilityKey, row: &TextRow) -> Result<Texts> {
    let place = |table| field(row.facility_id, table, row.query_id);
    let question = key.open_field(place(QUESTION), &row.question_sealed)?;
    let answer = match &row.answer_sealed {
        Some(sealed) => Some(serde_json::from_slice(&key.open_field(place(ANSWER), sealed)?)?),
        None => None,
    };
    Ok(Texts { question: serde_json::from_slice(&question)?, answer })
}

/// The text of one question.
pub(crate) async fn one(tx: &mut ClinicalTx, keyring: &Keyring, row: &QueryRow) -> Result<Texts> {
    let mut found = read(tx, keyring, row.facility_id, &[row.id]).await?;
    found.remove(&row.id).ok_or(Error::NotFound)
}

/// Stores what an answer did to the codes.
pub(crate) async fn record_effect(
    tx: &mut DeskTx,
    keyring: &Keyring,
    row: &QueryRow,
    (effect, note): (CodesEffect, &str),
) -> Result<()> {
    let key = keyring.key(tx, row.facility_id).await?;
    let note = note.trim();
    let sealed = key.seal_field(field(row.facility_id, EFFECT, row.id), note.as_bytes())?;
    let stored = EffectRow {
        facility_id: row.facility_id,
        query_id: row.id,
        chart_id: row.chart_id,
        effect: effect.as_str().to_owned(),
        note_sealed: (!note.is_empty()).then_some(sealed),
        at: tx.now(),
        by: tx.acting_person()?,
    };
    diesel::insert_into(query_effects::table).values(&stored).execute(tx.conn()).await?;
    Ok(())
}

/// What the answers about a chart did to its codes.
pub(crate) async fn effects(
    tx: &mut DeskTx,
    keyring: &Keyring,
    chart: &ChartRow,
) -> Result<HashMap<QueryId, QueryEffect>> {
    let rows: Vec<EffectRow> = query_effects::table
        .filter(query_effects::facility_id.eq(chart.facility_id))
        .filter(query_effects::chart_id.eq(chart.id))
        .select(EffectRow::as_select())
        .load(tx.conn())
        .await?;
    let key = keyring.key(tx, chart.facility_id).await?;
    rows.into_iter()
        .map(|row| {
            let note = match &row.note_sealed {
                Some(sealed) => {
                    let place = field(row.facility_id, EFFECT, row.query_id);
                    let plain = key.open_field(place, sealed)?;
                    String::from_utf8(plain.to_vec()).map_err(Error::internal)?
                }
                None => String::new(),
            };
            let effect = row.effect.parse().map_err(Error::internal)?;
            Ok((row.query_id, QueryEffect { effect, note }))
        })
        .collect()
}
