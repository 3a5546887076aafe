//! What goes back to the facility: one document that says everything and never changes.

use base::error::{Error, Result};
use base::secret::sha256;
use charts::patient::Identity;
use jiff::civil::Date;
use rules::Instant;
use rules::compare::LineRole;
use rules::details::Details;
use rules::ids::{ChartId, DocumentId, ReturnId};
use rules::words::{CodeSystem, PresentOnAdmission, WorkType};
use serde::{Deserialize, Serialize};

/// The name of the form that follows; another form has another name.
pub const FORMAT: &str = "chartrelay-return/1";

/// The package.
#[derive(Clone, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Package {
    /// `chartrelay-return/1`.
    pub format: String,
    /// This return.
    pub return_id: ReturnId,
    /// The chart that it answers.
    pub chart_id: ChartId,
    /// Counts the chart's returns from 1; the highest is the one in force.
    pub version: i32,
    /// When it was made.
    pub made_at: Instant,
    /// Whose chart it is.
    pub facility: Sender,
    /// The queue's name.
    pub queue: String,
    /// The queue's kind of work.
    pub work_type: WorkType,
    /// Patient and numbers, as they came with the chart.
    pub identity: Identity,
    /// Date of service, or of admission.
    #[schema(value_type = String, format = Date)]
    pub service_date: Date,
    /// Date of discharge.
    #[schema(value_type = Option<String>, format = Date)]
    pub discharge_date: Option<Date>,
    /// Where the patient went at discharge: the patient discharge status.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub disposition: Option<String>,
    /// The MS-DRG of a stay; none where no definitions are loaded, or where they can't tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub drg: Option<PackedDrg>,
    /// When the chart came.
    pub received_at: Instant,
    /// When the contract wanted it back.
    pub due_at: Option<Instant>,
    /// Whether it was back by then; true without a deadline.
    pub on_time: bool,
    /// Whether a second person checked the codes.
    pub reviewed: bool,
    /// The edition of ICD-10-CM that the codes were checked against, such as `FY2026`.
    pub edition: String,
    /// The documents that were coded.
    pub documents: Vec<PackedDocument>,
    /// The codes in the order of the claim.
    pub lines: Vec<PackedLine>,
    /// What the coders wrote for the facility.
    pub notes: Vec<PackedNote>,
    /// What providers were asked and answered.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub queries: Vec<queries::AnsweredQuery>,
}

/// What a stay groups to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackedDrg {
    /// The DRG.
    pub drg: u16,
    /// Its title.
    pub title: String,
    /// The version of the definitions, such as `v43.1`.
    pub definitions: String,
}

impl std::fmt::Debug for Package {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Package({} version {})", self.return_id, self.version)
    }
}

/// The facility as it is known here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Sender {
    /// In full.
    pub name: String,
    /// In short.
    pub code: String,
}

/// A document of the chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackedDocument {
    /// The document.
    pub id: DocumentId,
    /// Its name.
    pub name: String,
    /// How many pages it has, where it is page images.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pages: Option<i32>,
}

/// One code.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackedLine {
    /// Counts the lines from 1.
    pub position: usize,
    /// What the line is on the claim.
    pub role: LineRole,
    /// The system.
    pub system: CodeSystem,
    /// The code, bare and in capitals, as claims carry it.
    pub code: String,
    /// The code as people write it.
    pub written: String,
    /// Its wording on the date of service; none where the system's list is not loaded.
    pub description: Option<String>,
    /// Modifiers, of CPT and HCPCS codes.
    pub modifiers: Vec<String>,
    /// Units of service.
    pub units: i32,
    /// Present on admission, of inpatient diagnoses.
    pub poa: Option<PresentOnAdmission>,
    /// The diagnoses that the service was for, counted from 1 over principal and secondary ones.
    pub pointers: Vec<i32>,
    /// What it says beside its code.
    #[serde(default, skip_serializing_if = "Details::is_empty")]
    pub details: Details,
    /// The place in the chart that supports it.
    pub evidence: Option<PackedEvidence>,
}

/// The place in a document that supports a code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(untagged)]
pub enum PackedEvidence {
    /// Words of a text. Offsets count the Unicode scalar values of the text from 0.
    Words {
        /// The document.
        document_id: DocumentId,
        /// Where the place begins.
        start: i32,
        /// The first one after the place.
        end: i32,
    },
    /// A box on a page image, in thousandths of the page as it stands upright.
    Box {
        /// The document.
        document_id: DocumentId,
        /// The page, counted from 1.
        page: i32,
        /// From the page's left side to the box's.
        left: i32,
        /// From the page's upper side to the box's.
        top: i32,
        /// Across.
        width: i32,
        /// Down.
        height: i32,
    },
}

/// A note.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct PackedNote {
    /// `chart`, `hold` or `coding`.
    pub about: String,
    /// When it was written.
    pub at: Instant,
    /// What it says.
    pub text: String,
}

/// Refuses bytes that are not those whose SHA-256 was stored with them.
///
/// # Errors
/// [`Error::Internal`] when they differ.
pub(crate) fn check_digest(bytes: &[u8], digest: &[u8]) -> Result<()> {
    if sha256(bytes) == digest {
        return Ok(());
    }
    Err(Error::internal("a return's package is not what was returned"))
}

/// The heads of the columns of a package as a table: a row for each line. Dates are `YYYY-MM-DD`, instants
/// RFC 3339 in UTC; several modifiers or pointers stand in one cell with a space between.
pub const COLUMNS: [&str; 34] = [
    "return_id",
    "chart_id",
    "version",
    "account_number",
    "mrn",
    "patient_name",
    "birth_date",
    "sex",
    "service_date",
    "discharge_date",
    "queue",
    "work_type",
    "edition",
    "reviewed",
    "made_at",
    "position",
    "role",
    "system",
    "code",
    "description",
    "modifiers",
    "units",
    "poa",
    "pointers",
    "line_date",
    "place_of_service",
    "provider",
    "revenue_code",
    "em_basis",
    "minutes",
    "face_to_face",
    "page",
    "meat",
    "disposition",
];

impl Package {
    /// The rows of the table; a chart without any code has one row, whose last columns are empty.
    #[must_use]
    pub fn rows(&self) -> Vec<Vec<String>> {
        let head = self.head();
        if self.lines.is_empty() {
            let mut row = head;
            row.resize(COLUMNS.len(), String::new());
            return vec![row];
        }
        let disposition = vec![self.disposition.clone().unwrap_or_default()];
        let cells = |line: &PackedLine| [line.cells(), details_cells(&line.details)].concat();
        let row = |line| [head.clone(), cells(line), disposition.clone()].concat();
        self.lines.iter().map(row).collect()
    }

    fn head(&self) -> Vec<String> {
        let identity = &self.identity;
        vec![
            self.return_id.to_string(),
            self.chart_id.to_string(),
            self.version.to_string(),
            identity.account_number.clone(),
            identity.mrn.clone(),
            identity.patient_name.clone(),
            identity.birth_date.to_string(),
            identity.sex.clone(),
            self.service_date.to_string(),
            self.discharge_date.map(|day| day.to_string()).unwrap_or_default(),
            self.queue.clone(),
            self.work_type.to_string(),
            self.edition.clone(),
            self.reviewed.to_string(),
            self.made_at.to_string(),
        ]
    }
}

fn details_cells(details: &Details) -> Vec<String> {
    fn cell<T: ToString>(value: Option<&T>) -> String {
        value.map(ToString::to_string).unwrap_or_default()
    }
    let meat: Vec<_> = details.meat.iter().map(ToString::to_string).collect();
    vec![
        cell(details.service_date.as_ref()),
        cell(details.place_of_service.as_ref()),
        cell(details.provider.as_ref()),
        cell(details.revenue_code.as_ref()),
        cell(details.em_basis.as_ref()),
        cell(details.minutes.as_ref()),
        cell(details.face_to_face.as_ref()),
        cell(details.page.as_ref()),
        meat.join(" "),
    ]
}

impl PackedLine {
    fn cells(&self) -> Vec<String> {
        let pointers: Vec<_> = self.pointers.iter().map(ToString::to_string).collect();
        vec![
            self.position.to_string(),
            self.role.to_string(),
            self.system.to_string(),
            self.code.clone(),
            self.description.clone().unwrap_or_default(),
            self.modifiers.join(" "),
            self.units.to_string(),
            self.poa.map(|poa| poa.to_string()).unwrap_or_default(),
            pointers.join(" "),
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package() -> Package {
        let line = PackedLine {
            position: 1,
            role: LineRole::Principal,
            system: CodeSystem::Icd10Cm,
            code: "E1165".to_owned(),
            written: "E11.65".to_owned(),
            description: Some("Type 2 diabetes mellitus with hyperglycemia".to_owned()),
            modifiers: Vec::new(),
            units: 1,
            poa: None,
            pointers: Vec::new(),
            details: Details { place_of_service: Some("11".to_owned()), ..Details::default() },
            evidence: None,
        };
        Package {
            format: FORMAT.to_owned(),
            return_id: ReturnId::new(),
            chart_id: ChartId::new(),
            version: 1,
            made_at: "2026-03-03T15:00:00Z".parse().unwrap(),
            facility: Sender { name: "Clinic".to_owned(), code: "CLINIC".to_owned() },
            queue: "Office visits".to_owned(),
            work_type: WorkType::ProFeeEm,
            identity: Identity {
                patient_name: "=Example, \"Pat\"".to_owned(),
                birth_date: "1970-05-17".parse().unwrap(),
                sex: "F".to_owned(),
                mrn: "M1".to_owned(),
                account_number: "A1".to_owned(),
            },
            service_date: "2026-03-02".parse().unwrap(),
            discharge_date: None,
            drg: None,
            disposition: None,
            received_at: "2026-03-02T15:00:00Z".parse().unwrap(),
            due_at: None,
            on_time: true,
            reviewed: false,
            edition: "FY2026".to_owned(),
            documents: Vec::new(),
            lines: vec![line],
            notes: Vec::new(),
            queries: Vec::new(),
        }
    }

    #[test]
    fn a_package_is_read_as_it_was_written_byte_for_byte() {
        let bytes = serde_json::to_vec(&package()).unwrap();
        let read: Package = serde_json::from_slice(&bytes).unwrap();
        assert_eq!(serde_json::to_vec(&read).unwrap(), bytes);
        assert!(!format!("{read:?}").contains("Example"), "what is logged names no patient");
    }

    #[test]
    fn the_fields_stand_in_one_order() {
        let text = serde_json::to_string(&package()).unwrap();
        let fields = "format return_id chart_id version made_at facility queue work_type identity \
            service_date discharge_date received_at due_at on_time reviewed edition documents lines \
            notes";
        let places: Vec<_> =
            fields.split(' ').map(|name| text.find(&format!("\"{name}\":")).unwrap()).collect();
        assert!(places.is_sorted(), "{text}");
    }

    #[test]
    fn a_package_with_one_bit_changed_is_refused() {
        let mut bytes = serde_json::to_vec(&package()).unwrap();
        let digest = sha256(&bytes);
        assert!(check_digest(&bytes, &digest).is_ok());
        for place in [0, bytes.len() / 2, bytes.len() - 1] {
            *bytes.get_mut(place).unwrap() ^= 1;
            assert!(matches!(check_digest(&bytes, &digest), Err(Error::Internal(_))), "{place}");
            *bytes.get_mut(place).unwrap() ^= 1;
        }
        assert!(check_digest(&bytes, &[]).is_err(), "a package without a digest is none");
    }

    #[test]
    fn every_row_fills_every_column_and_no_cell_becomes_a_formula() {
        let mut package = package();
        let table = formats::table::csv(&COLUMNS, &package.rows()).unwrap();
        let text = String::from_utf8(table).unwrap();
        assert!(text.contains("\"'=Example, \"\"Pat\"\"\"") && text.contains(",E1165,"), "{text}");
        package.lines.clear();
        assert_eq!(package.rows().len(), 1);
        assert!(package.rows().iter().all(|row| row.len() == COLUMNS.len()));
    }
}
