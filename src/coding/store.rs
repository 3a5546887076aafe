//! Codings and their lines: queries only.

use crate::evidence::{self, BoxEvidence, Evidence, Extent, WordsEvidence};
use crate::line::CodedLine;
use crate::schema::{coding_lines, codings, usual_codes};
use base::db::{ClinicalTx, WorkTx};
use base::error::{Error, FieldError, Result};
use charts::ChartRow;
use charts::schema::{documents, exclusions};
use diesel::dsl::max;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::compare::{Line, LineRole};
use rules::ids::{ChartId, DocumentId, FacilityId, PersonId};
use rules::words::{CodeSystem, PresentOnAdmission};
use std::collections::HashMap;

/// In what capacity somebody wrote a coding.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuthorKind {
    /// The chart's coder.
    Coder,
    /// Its reviewer, who corrected it.
    Reviewer,
}

impl AuthorKind {
    const fn as_str(self) -> &'static str {
        match self {
            Self::Coder => "coder",
            Self::Reviewer => "reviewer",
        }
    }
}

/// One version of a chart's codes, as it is stored.
#[derive(Debug, Clone, Copy)]
pub struct NewVersion<'a> {
    /// Counts the chart's codings from 1.
    pub version: i32,
    /// In what capacity the acting person wrote it.
    pub by: AuthorKind,
    /// Its lines, in the order of the claim.
    pub lines: &'a [CodedLine],
    /// Where the patient went at discharge, where there was a stay.
    pub disposition: Option<&'a str>,
    /// Seconds of real activity that went into it.
    pub active_seconds: i32,
}

#[derive(Insertable)]
#[diesel(table_name = codings)]
struct CodingRow<'a> {
    facility_id: FacilityId,
    chart_id: ChartId,
    version: i32,
    author_id: PersonId,
    author_kind: &'static str,
    submitted_at: Instant,
    active_seconds: i32,
    dismissals_sealed: Option<Vec<u8>>,
    disposition: Option<&'a str>,
}

#[derive(Queryable, Selectable, Insertable)]
#[diesel(table_name = coding_lines, check_for_backend(diesel::pg::Pg))]
struct LineRow {
    facility_id: FacilityId,
    chart_id: ChartId,
    version: i32,
    position: i32,
    role: LineRole,
    system: CodeSystem,
    code: String,
    modifiers: Vec<String>,
    units: i32,
    poa: Option<PresentOnAdmission>,
    pointers: Vec<i32>,
    evidence_document_id: Option<DocumentId>,
    evidence_start: Option<i32>,
    evidence_end: Option<i32>,
    details: serde_json::Value,
    evidence_page: Option<i32>,
    evidence_left: Option<i32>,
    evidence_top: Option<i32>,
    evidence_width: Option<i32>,
    evidence_height: Option<i32>,
}

impl LineRow {
    fn of(chart: &ChartRow, version: i32, position: usize, coded: &CodedLine) -> Result<Self> {
        let CodedLine { line, evidence } = coded.clone();
        let (words, on_page) = match evidence {
            Some(Evidence::Words(words)) => (Some(words), None),
            Some(Evidence::Box(place)) => (None, Some(place)),
            None => (None, None),
        };
        Ok(Self {
            facility_id: chart.facility_id,
            chart_id: chart.id,
            version,
            position: i32::try_from(position).map_err(Error::internal)?,
            role: line.role,
            system: line.system,
            code: line.code,
            modifiers: line.modifiers,
            units: line.units,
            poa: line.poa,
            pointers: line.pointers,
            evidence_document_id: evidence.map(|place| place.document_id()),
            evidence_start: words.map(|words| words.start),
            evidence_end: words.map(|words| words.end),
            details: serde_json::to_value(&line.details)?,
            evidence_page: on_page.map(|place| place.page),
            evidence_left: on_page.map(|place| place.left),
            evidence_top: on_page.map(|place| place.top),
            evidence_width: on_page.map(|place| place.width),
            evidence_height: on_page.map(|place| place.height),
        })
    }

    fn evidence(&self) -> Option<Evidence> {
        let document_id = self.evidence_document_id?;
        if let (Some(start), Some(end)) = (self.evidence_start, self.evidence_end) {
            return Some(Evidence::Words(WordsEvidence { document_id, start, end }));
        }
        Some(Evidence::Box(BoxEvidence {
            document_id,
            page: self.evidence_page?,
            left: self.evidence_left?,
            top: self.evidence_top?,
            width: self.evidence_width?,
            height: self.evidence_height?,
        }))
    }

    fn coded(self) -> Result<CodedLine> {
        let evidence = self.evidence();
        let details = serde_json::from_value(self.details)?;
        let Self { role, system, code, modifiers, units, poa, pointers, .. } = self;
        let line = Line { system, code, role, modifiers, units, poa, pointers, details };
        Ok(CodedLine { line, evidence })
    }
}

/// Stores a coding of the acting person, for good: nothing changes a version.
///
/// # Errors
/// When the database refuses, as for a version that is there already.
pub async fn store_version(
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    new: &NewVersion<'_>,
) -> Result<()> {
    insert_version(tx, chart, new, None).await
}

/// As [`store_version`], with the sealed reasons for what the coder set aside.
pub(crate) async fn insert_version(
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    new: &NewVersion<'_>,
    dismissals_sealed: Option<Vec<u8>>,
) -> Result<()> {
    let row = CodingRow {
        facility_id: chart.facility_id,
        chart_id: chart.id,
        version: new.version,
        author_id: tx.acting_person()?,
        author_kind: new.by.as_str(),
        submitted_at: tx.now(),
        active_seconds: new.active_seconds,
        dismissals_sealed,
        disposition: new.disposition,
    };
    diesel::insert_into(codings::table).values(&row).execute(tx.conn()).await?;
    let lines: Vec<LineRow> = new
        .lines
        .iter()
        .enumerate()
        .map(|(place, line)| LineRow::of(chart, new.version, place, line))
        .collect::<Result<_>>()?;
    diesel::insert_into(coding_lines::table).values(&lines).execute(tx.conn()).await?;
    Ok(())
}

/// The lines of one version of a chart's codes, in the order of the claim; none of a version that
/// does not exist.
///
/// # Errors
/// When the database fails.
pub async fn lines_of(
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    version: i32,
) -> Result<Vec<CodedLine>> {
    let rows: Vec<LineRow> = coding_lines::table
        .filter(coding_lines::facility_id.eq(chart.facility_id))
        .filter(coding_lines::chart_id.eq(chart.id))
        .filter(coding_lines::version.eq(version))
        .order(coding_lines::position)
        .select(LineRow::as_select())
        .load(tx.conn())
        .await?;
    rows.into_iter().map(LineRow::coded).collect()
}

/// The discharge disposition of one version; none where nothing is said.
///
/// # Errors
/// When the database fails.
pub async fn disposition_of(
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    version: i32,
) -> Result<Option<String>> {
    let said: Option<Option<String>> = codings::table
        .find((chart.facility_id, chart.id, version))
        .select(codings::disposition)
        .first(tx.conn())
        .await
        .optional()?;
    Ok(said.flatten())
}

/// The version that a coder handed in last; none before the first.
///
/// # Errors
/// When the database fails.
pub async fn last_by_coder(tx: &mut ClinicalTx, chart: &ChartRow) -> Result<Option<i32>> {
    let last = codings::table
        .filter(codings::facility_id.eq(chart.facility_id))
        .filter(codings::chart_id.eq(chart.id))
        .filter(codings::author_kind.eq(AuthorKind::Coder.as_str()))
        .select(max(codings::version))
        .first(tx.conn())
        .await?;
    Ok(last)
}

/// The lines of the last coding of each of these charts of one facility.
pub(crate) async fn lines_of_all(
    tx: &mut ClinicalTx,
    charts: &[ChartRow],
) -> Result<HashMap<ChartId, Vec<Line>>> {
    let last = last_versions(charts);
    let rows: Vec<LineRow> = coding_lines::table
        .filter(coding_lines::facility_id.eq_any(charts.first().map(|chart| chart.facility_id)))
        .filter(coding_lines::chart_id.eq_any(last.keys()))
        .order((coding_lines::chart_id, coding_lines::position))
        .select(LineRow::as_select())
        .load(tx.conn())
        .await?;
    let mut all: HashMap<ChartId, Vec<Line>> = HashMap::new();
    for row in rows.into_iter().filter(|row| last.get(&row.chart_id) == Some(&row.version)) {
        all.entry(row.chart_id).or_default().push(row.coded()?.line);
    }
    Ok(all)
}

/// The discharge disposition of the last coding of each of these charts of one facility.
pub(crate) async fn dispositions_of(
    tx: &mut ClinicalTx,
    charts: &[ChartRow],
) -> Result<HashMap<ChartId, Option<String>>> {
    let last = last_versions(charts);
    let rows: Vec<(ChartId, i32, Option<String>)> = codings::table
        .filter(codings::facility_id.eq_any(charts.first().map(|chart| chart.facility_id)))
        .filter(codings::chart_id.eq_any(last.keys()))
        .select((codings::chart_id, codings::version, codings::disposition))
        .load(tx.conn())
        .await?;
    let is_last = |(id, version, _): &(ChartId, i32, _)| last.get(id) == Some(version);
    Ok(rows.into_iter().filter(is_last).map(|(id, _, said)| (id, said)).collect())
}

fn last_versions(charts: &[ChartRow]) -> HashMap<ChartId, i32> {
    charts.iter().map(|chart| (chart.id, chart.coding_version)).collect()
}

/// What is wrong with lines whose evidence lies outside the chart's documents, as `lines.3.evidence`.
///
/// # Errors
/// When the database fails.
pub async fn misplaced_evidence(
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    lines: &[CodedLine],
) -> Result<Vec<FieldError>> {
    if lines.iter().all(|coded| coded.evidence.is_none()) {
        return Ok(Vec::new());
    }
    let extents: Vec<(DocumentId, i64, Option<i32>)> = documents::table
        .filter(documents::facility_id.eq(chart.facility_id))
        .filter(documents::chart_id.eq(chart.id))
        .select((documents::id, documents::size_bytes, documents::pages))
        .load(tx.conn())
        .await?;
    let extents: HashMap<DocumentId, Extent> =
        extents.into_iter().map(|(id, bytes, pages)| (id, Extent { bytes, pages })).collect();
    Ok(evidence::misplaced(&extents, lines))
}

/// Bars the acting person from the chart, for a reason code and the skill that was missing.
pub(crate) async fn exclude(
    tx: &mut WorkTx,
    chart: &ChartRow,
    (reason, skill): (&str, Option<&str>),
) -> Result<()> {
    let row = (
        exclusions::facility_id.eq(chart.facility_id),
        exclusions::chart_id.eq(chart.id),
        exclusions::person_id.eq(tx.acting_person()?),
        exclusions::reason.eq(reason),
        exclusions::at.eq(tx.now()),
        exclusions::skill.eq(skill),
    );
    diesel::insert_into(exclusions::table)
        .values(row)
        .on_conflict_do_nothing()
        .execute(tx.conn())
        .await?;
    Ok(())
}

/// Counts anew which codes the facility reports often: the charts of each code in what was handed in
/// since an instant, at least so many, and at most so many codes.
pub(crate) async fn count_usual(
    tx: &mut ClinicalTx,
    facility: FacilityId,
    (since, charts_min, codes_max): (Instant, i64, i64),
) -> QueryResult<usize> {
    let now = tx.now();
    let mine = usual_codes::table.filter(usual_codes::facility_id.eq(facility));
    diesel::delete(mine).execute(tx.conn()).await?;
    diesel::sql_query(
        "insert into app.usual_codes (facility_id, system, code, charts, counted_at) \
         select c.facility_id, l.system, l.code, count(distinct c.chart_id), $2 \
         from app.codings c join app.coding_lines l \
           on l.facility_id = c.facility_id and l.chart_id = c.chart_id and l.version = c.version \
         where c.facility_id = $1 and c.submitted_at >= $3 \
         group by c.facility_id, l.system, l.code having count(distinct c.chart_id) >= $4 \
         order by 4 desc, l.code limit $5",
    )
    .bind::<diesel::sql_types::Uuid, _>(facility)
    .bind::<diesel::sql_types::Timestamptz, _>(now)
    .bind::<diesel::sql_types::Timestamptz, _>(since)
    .bind::<diesel::sql_types::BigInt, _>(charts_min)
    .bind::<diesel::sql_types::BigInt, _>(codes_max)
    .execute(tx.conn())
    .await
}

/// The codes that the facility reports often, each with its number of charts.
pub(crate) async fn usual(
    tx: &mut WorkTx,
    facility: FacilityId,
) -> QueryResult<Vec<(CodeSystem, String, i32)>> {
    usual_codes::table
        .filter(usual_codes::facility_id.eq(facility))
        .select((usual_codes::system, usual_codes::code, usual_codes::charts))
        .load(tx.conn())
        .await
}

/// Bars the acting person from the other open charts of the patient whose chart they hold. Which those are,
/// and whether there are any, is not told.
pub(crate) async fn exclude_from_patient(
    tx: &mut ClinicalTx,
    chart: &ChartRow,
    reason: &str,
) -> Result<()> {
    let now = tx.now();
    diesel::sql_query("select app.exclude_from_patient($1, $2, $3, $4)")
        .bind::<diesel::sql_types::Uuid, _>(chart.facility_id)
        .bind::<diesel::sql_types::Uuid, _>(chart.id)
        .bind::<diesel::sql_types::Text, _>(reason)
        .bind::<diesel::sql_types::Timestamptz, _>(now)
        .execute(tx.conn())
        .await?;
    Ok(())
}
