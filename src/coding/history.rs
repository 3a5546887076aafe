//! What was coded of this patient before in this facility, where the contract of the queue says that its
//! coders see it: lines and dates of charts that went back, no document, and only while the chart is held.

use crate::KIND;
use base::Services;
use base::audit::{self, Entry};
use base::db::{ClinicalTx, VendorScope};
use base::error::Result;
use charts::{ChartRow, held};
use codesets::Codes;
use diesel::sql_types::{Array, Date, Integer, Nullable, Text, Timestamptz, Uuid};
use diesel::{QueryResult, QueryableByName};
use diesel_async::RunQueryDsl;
use rules::Instant;
use rules::compare::LineRole;
use rules::ids::ChartId;
use rules::time::Day;
use rules::words::{CodeSystem, WorkType};
use serde::Serialize;

/// A patient's earlier codings.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct History {
    /// Whether the queue's terms show it at all.
    pub shown: bool,
    /// The latest first; 20 charts at most.
    pub codings: Vec<EarlierCoding>,
}

/// What was returned for one earlier chart.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EarlierCoding {
    /// The chart.
    pub chart_id: ChartId,
    /// The kind of work, in words.
    pub work_type_label: &'static str,
    /// Date of service, or of admission.
    pub service_date: Day,
    /// Date of discharge.
    pub discharge_date: Option<Day>,
    /// When the codes went back.
    pub returned_at: Option<Instant>,
    /// The codes, in their order.
    pub lines: Vec<EarlierLine>,
}

/// A code that was returned.
#[derive(Debug, Clone, Serialize, utoipa::ToSchema)]
pub struct EarlierLine {
    /// What it was on the claim.
    pub role: LineRole,
    /// The system of the code.
    pub system: CodeSystem,
    /// The code, bare.
    pub code: String,
    /// The code as people write it.
    pub written: String,
    /// Its wording on the day that decided; none where no list tells.
    pub description: Option<String>,
    /// Its modifiers.
    pub modifiers: Vec<String>,
}

#[derive(Debug, QueryableByName)]
struct Row {
    #[diesel(sql_type = Uuid)]
    chart_id: ChartId,
    #[diesel(sql_type = Text)]
    work_type: WorkType,
    #[diesel(sql_type = Date)]
    service_date: Day,
    #[diesel(sql_type = Nullable<Date>)]
    discharge_date: Option<Day>,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    returned_at: Option<Instant>,
    #[diesel(sql_type = Text)]
    role: LineRole,
    #[diesel(sql_type = Text)]
    system: CodeSystem,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Array<Text>)]
    modifiers: Vec<String>,
    #[diesel(sql_type = Integer)]
    position: i32,
}

/// The earlier codings of the patient whose chart one holds, and writes down that they were read.
///
/// # Errors
/// As [`crate::open()`].
pub async fn history(services: &Services, scope: &VendorScope, chart: ChartId) -> Result<History> {
    let codes = services.codes()?;
    services
        .db
        .desk(scope, async |tx| {
            let chart = held::to_read(tx, KIND, chart).await?.chart;
            let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
            if !terms.shows_history {
                return Ok(History { shown: false, codings: Vec::new() });
            }
            let codings = grouped(&codes, rows(tx, &chart).await?);
            let read: Vec<String> =
                codings.iter().map(|coding| coding.chart_id.to_string()).collect();
            let entry = Entry::of(chart.facility_id, "history.read", "chart", chart.id.uuid());
            audit::append(tx, entry.with(read.join(" "))).await?;
            Ok(History { shown: true, codings })
        })
        .await
}

/// The function asks the lease and the queue's terms itself, whatever was asked before.
async fn rows(tx: &mut ClinicalTx, chart: &ChartRow) -> QueryResult<Vec<Row>> {
    diesel::sql_query("select * from app.patient_history($1, $2)")
        .bind::<Uuid, _>(chart.facility_id)
        .bind::<Uuid, _>(chart.id)
        .load(tx.conn())
        .await
}

/// The rows come by chart, each chart's in the order of its lines.
fn grouped(codes: &Codes, rows: Vec<Row>) -> Vec<EarlierCoding> {
    let mut codings: Vec<EarlierCoding> = Vec::new();
    for row in rows {
        let discharge_date = row.discharge_date.map(|day| day.0);
        let on = row.work_type.coded_on(row.service_date.0, discharge_date);
        let line = EarlierLine {
            role: row.role,
            system: row.system,
            written: row.system.written(&row.code),
            description: codes.describe(row.system, &row.code, on).map(str::to_owned),
            code: row.code,
            modifiers: row.modifiers,
        };
        match codings.last_mut() {
            Some(last) if last.chart_id == row.chart_id && row.position > 0 => {
                last.lines.push(line);
            }
            _ => codings.push(EarlierCoding {
                chart_id: row.chart_id,
                work_type_label: row.work_type.label(),
                service_date: row.service_date,
                discharge_date: row.discharge_date,
                returned_at: row.returned_at,
                lines: vec![line],
            }),
        }
    }
    codings
}
