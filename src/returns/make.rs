//! The codes are final: the package is made, sealed and listed, and the chart is returned.

use crate::package::{
    FORMAT, Package, PackedDocument, PackedDrg, PackedEvidence, PackedLine, PackedNote, Sender,
};
use crate::store::{self, ReturnRow};
use base::Services;
use base::audit::{self, Entry};
use base::db::FacilityTx;
use base::error::{Error, Result};
use base::jobs::JobError;
use charts::documents::DocumentView;
use charts::promises::CodesSettled;
use charts::store::{Along, apply};
use charts::{ChartRow, documents, notes, patient};
use codesets::Codes;
use coding::{About, BoxEvidence, CodedLine, Evidence, WordsEvidence, meaning};
use jiff::civil::Date;
use rules::compare::Line;
use rules::ids::ReturnId;
use rules::lifecycle::{self, Action, Actor, ChartState};
use std::sync::Arc;
use web::live::{self, Topic};

/// Does [`CodesSettled`].
pub(crate) async fn codes_settled(
    services: Arc<Services>,
    settled: CodesSettled,
) -> Result<(), JobError> {
    Box::pin(make(&services, &settled)).await?;
    Ok(())
}

/// Makes the return of a chart whose codes are final; none when it was made before. Doing it again is
/// harmless.
///
/// # Errors
/// [`Error::NotFound`] when there is no such chart.
pub async fn make(services: &Services, settled: &CodesSettled) -> Result<Option<ReturnId>> {
    let scope = services.authority.facility(settled.facility, None);
    services
        .db
        .facility(&scope, async |tx| {
            let chart = charts::store::lock(tx, settled.chart).await?;
            if chart.state != ChartState::Final {
                return Ok(None);
            }
            Box::pin(hand_back(services, tx, &chart)).await.map(Some)
        })
        .await
}

async fn hand_back(services: &Services, tx: &mut FacilityTx, chart: &ChartRow) -> Result<ReturnId> {
    let now = tx.now();
    let change = lifecycle::decide(&chart.life(), Action::Return, Actor::SYSTEM, now)?;
    let version = store::last_version(tx, chart).await?.saturating_add(1);
    let package = packed(services, tx, chart, version).await?;
    let row = ReturnRow {
        facility_id: chart.facility_id,
        id: package.return_id,
        chart_id: chart.id,
        version,
        coding_version: chart.coding_version,
        line_count: i32::try_from(package.lines.len()).map_err(Error::internal)?,
        on_time: package.on_time,
        made_at: now,
        acknowledged_at: None,
        acknowledged_by: None,
    };
    let key = services.keyring.key(tx, chart.facility_id).await?;
    store::insert(tx, &key, &row, &serde_json::to_vec(&package)?).await?;
    let along =
        Along { returned_at: Some(Some(now)), return_version: Some(version), ..Along::default() };
    apply(tx, &change, along).await?;
    live::tell(tx, Topic::Facility(chart.facility_id))?;
    live::tell(tx, Topic::Board)?;
    let entry = Entry::of(chart.facility_id, "return.made", "return", row.id.uuid())
        .with(format!("version {version}, {} lines", row.line_count));
    audit::append(tx, entry).await?;
    Ok(row.id)
}

async fn packed(
    services: &Services,
    tx: &mut FacilityTx,
    chart: &ChartRow,
    version: i32,
) -> Result<Package> {
    let keyring = &services.keyring;
    let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
    let name = facilities::names(tx).await?.remove(&chart.facility_id).ok_or(Error::NotFound)?;
    let lines = coding::lines_of(tx, chart, chart.coding_version).await?;
    let disposition = coding::disposition_of(tx, chart, chart.coding_version).await?;
    let documents = documents::of_chart(tx, keyring, chart.id).await?;
    let notes = notes::of_chart(tx, keyring, chart).await?;
    let answered = queries::answered(tx, keyring, chart).await?;
    let reviewed = review::accepted_by(tx, chart).await?.is_some();
    let encounter = patient::read(tx, keyring, chart.id).await?;
    let coded_on = terms.work_type.coded_on(encounter.service_date, encounter.discharge_date);
    let codes = services.codes()?;
    let made_at = tx.now();
    let about = About {
        work_type: terms.work_type,
        on: coded_on,
        disposition: disposition.as_deref(),
        sex: encounter.identity.sex.parse().ok(),
    };
    Ok(Package {
        format: FORMAT.to_owned(),
        return_id: ReturnId::new(),
        chart_id: chart.id,
        version,
        made_at,
        facility: Sender { name: name.name, code: name.code },
        queue: terms.name,
        work_type: terms.work_type,
        identity: encounter.identity,
        service_date: encounter.service_date,
        discharge_date: encounter.discharge_date,
        drg: drg_of(&codes, about, &lines),
        disposition,
        received_at: chart.received_at,
        due_at: chart.due_at,
        on_time: chart.due_at.is_none_or(|due| made_at <= due),
        reviewed,
        edition: codes.edition(coded_on).0,
        documents: documents
            .into_iter()
            .map(|DocumentView { id, name, pages, .. }| PackedDocument { id, name, pages })
            .collect(),
        lines: lines
            .into_iter()
            .enumerate()
            .map(|(place, line)| packed_line(&codes, coded_on, place, line))
            .collect(),
        notes: notes
            .into_iter()
            .filter(|note| !matches!(note.about.as_str(), "review" | "advice"))
            .map(|note| PackedNote { about: note.about, at: note.at, text: note.text })
            .collect(),
        queries: answered,
    })
}

/// What the lines of a stay group to.
fn drg_of(codes: &Codes, about: About<'_>, lines: &[CodedLine]) -> Option<PackedDrg> {
    let lines: Vec<Line> = lines.iter().map(|coded| coded.line.clone()).collect();
    let found = meaning(codes, about, &lines).drg?;
    let (drg, title) = (found.drg?, found.title.unwrap_or_default());
    Some(PackedDrg { drg, title, definitions: found.version })
}

fn packed_line(codes: &Codes, on: Date, place: usize, coded_line: CodedLine) -> PackedLine {
    let CodedLine { line, evidence } = coded_line;
    PackedLine {
        position: place.saturating_add(1),
        role: line.role,
        system: line.system,
        description: codes.describe(line.system, &line.code, on).map(str::to_owned),
        written: line.written(),
        code: line.code,
        modifiers: line.modifiers,
        units: line.units,
        poa: line.poa,
        pointers: line.pointers,
        details: line.details,
        evidence: evidence.map(packed_evidence),
    }
}

const fn packed_evidence(place: Evidence) -> PackedEvidence {
    match place {
        Evidence::Words(WordsEvidence { document_id, start, end }) => {
            PackedEvidence::Words { document_id, start, end }
        }
        Evidence::Box(BoxEvidence { document_id, page, left, top, width, height }) => {
            PackedEvidence::Box { document_id, page, left, top, width, height }
        }
    }
}
