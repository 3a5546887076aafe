//! Free text that people write about a chart: sealed, on the facility and desk planes only.

use crate::holds::{self, Hold};
use crate::schema::notes;
use crate::store::ChartRow;
use base::db::ClinicalTx;
use base::error::{Error, Result};
use base::keyring::Keyring;
use base::seal::FieldContext;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::ids::{ChartId, FacilityId, HoldId, NoteId, PersonId};

/// Longest note, in characters.
pub const NOTE_CHARACTERS_MAX: usize = 4_000;
/// Notes shown of one chart, at most.
const NOTES_MAX: i64 = 200;

/// What a note is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The chart as such.
    Chart,
    /// A hold, or the answer to one.
    Hold,
    /// A hold that the coding company settles itself: not for the facility.
    Advice,
    /// A review.
    Review,
    /// The coder's words to the reviewer and the facility.
    Coding,
}

impl About {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Chart => "chart",
            Self::Hold => "hold",
            Self::Advice => "advice",
            Self::Review => "review",
            Self::Coding => "coding",
        }
    }
}

/// A note, opened.
#[derive(Debug, Clone, serde::Serialize, utoipa::ToSchema)]
pub struct Note {
    /// The note.
    pub id: NoteId,
    /// `chart`, `hold`, `advice`, `review` or `coding`.
    pub about: String,
    /// Who wrote it.
    pub author_id: PersonId,
    /// When.
    pub at: Instant,
    /// What it says.
    pub text: String,
    /// The hold that it belongs to.
    pub hold_id: Option<HoldId>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = notes, check_for_backend(diesel::pg::Pg))]
struct NoteRow {
    facility_id: FacilityId,
    id: NoteId,
    chart_id: ChartId,
    about: String,
    author_id: PersonId,
    at: Instant,
    sealed: Vec<u8>,
    hold_id: Option<HoldId>,
}

/// Seals and stores a note; a blank one is not stored.
///
/// # Errors
/// [`Error::Invalid`] when it is too long.
pub async fn write(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
    about: About,
    text: &str,
) -> Result<()> {
    write_about(tx, keyring, chart, (about, None), text).await
}

/// The same for a hold, when it is placed or answered.
///
/// # Errors
/// As [`write`].
pub async fn write_for_hold(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
    hold: &Hold,
    text: &str,
) -> Result<()> {
    write_about(tx, keyring, chart, (holds::about(hold), Some(hold.id)), text).await
}

async fn write_about(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
    (about, hold_id): (About, Option<HoldId>),
    text: &str,
) -> Result<()> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(());
    }
    if text.chars().count() > NOTE_CHARACTERS_MAX {
        return Err(Error::invalid("note", "at most 4,000 characters"));
    }
    let key = keyring.key(tx, chart.facility_id).await?;
    let id = NoteId::new();
    let context = FieldContext { facility: chart.facility_id, table: "notes", row: id.uuid() };
    let row = NoteRow {
        facility_id: chart.facility_id,
        id,
        chart_id: chart.id,
        about: about.as_str().to_owned(),
        author_id: tx.acting_person()?,
        at: tx.now(),
        sealed: key.seal_field(context, text.as_bytes())?,
        hold_id,
    };
    diesel::insert_into(notes::table).values(&row).execute(tx.conn()).await?;
    Ok(())
}

/// The chart's notes, oldest first. The caller writes down that the chart was read.
///
/// # Errors
/// When opening or the database fails.
pub async fn of_chart(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
) -> Result<Vec<Note>> {
    let rows: Vec<NoteRow> = notes::table
        .filter(notes::facility_id.eq(chart.facility_id))
        .filter(notes::chart_id.eq(chart.id))
        .order((notes::at, notes::id))
        .limit(NOTES_MAX)
        .select(NoteRow::as_select())
        .load(tx.conn())
        .await?;
    let key = keyring.key(tx, chart.facility_id).await?;
    rows.into_iter()
        .map(|row| {
            let context =
                FieldContext { facility: row.facility_id, table: "notes", row: row.id.uuid() };
            let plain = key.open_field(context, &row.sealed)?;
            let text = String::from_utf8(plain.to_vec()).map_err(Error::internal)?;
            let NoteRow { id, about, author_id, at, hold_id, .. } = row;
            Ok(Note { id, about, author_id, at, text, hold_id })
        })
        .collect()
}
