//! The edits, asked of a coding on the day that decides its codes.

use crate::draft::Draft;
use crate::grouping::About;
use crate::own;
use base::FieldError;
use base::db::ClinicalTx;
use base::error::Result;
use base::keyring::Keyring;
use charts::ChartRow;
use charts::patient::{self, ForRules};
use codesets::Codes;
use facilities::Terms;
use jiff::civil::Date;
use rules::compare::{Line, LineRole};
use rules::details::{Detail, drawn, drawn_for_all};
use rules::edits::{self, EditFinding, EditSeverity, EncounterFacts, Patient, PoaTerms};
use rules::own::{Coding, InForce};
use rules::words::{CodeSystem, WorkType};
use serde::Serialize;

/// What a coding is held against: its encounter, and its facility's own rules.
#[derive(Debug, Clone)]
pub struct Basis {
    /// What the edits need to know of the encounter.
    pub encounter: EncounterFacts,
    /// The facility's own rules in force in the queue.
    pub own: Vec<InForce>,
}

impl Basis {
    /// The day that decides which codes are valid.
    #[must_use]
    pub fn coded_on(&self) -> Date {
        self.encounter.coded_on()
    }

    /// What grouping asks beside the lines.
    #[must_use]
    pub fn about<'a>(&self, disposition: Option<&'a str>) -> About<'a> {
        let EncounterFacts { work_type, patient, .. } = self.encounter;
        About { work_type, on: self.coded_on(), disposition, sex: patient.sex }
    }
}

/// What a chart's coding is held against.
///
/// # Errors
/// [`base::Error::NotFound`] when the chart's patient data is not within reach.
pub async fn basis(
    tx: &mut ClinicalTx,
    keyring: &Keyring,
    chart: &ChartRow,
    terms: &Terms,
) -> Result<Basis> {
    let patient = patient::for_rules(tx, keyring, chart.id).await?;
    let poa = facilities::poa_terms(tx, chart.facility_id).await?;
    let own = own::in_force(tx, chart.facility_id, chart.queue_id).await?;
    basis_of(&patient, terms, (poa, own))
}

pub(crate) fn basis_of(
    patient: &ForRules,
    terms: &Terms,
    (poa, own): (PoaTerms, Vec<InForce>),
) -> Result<Basis> {
    let ForRules { birth_date, ref sex, service_date, discharge_date } = *patient;
    let encounter = EncounterFacts {
        work_type: terms.work_type,
        service_date,
        discharge_date,
        required: terms.required()?.into_iter().collect(),
        // Unknown (`U`) is no sex that a rule could hold against a diagnosis.
        patient: Patient { birth_date: Some(birth_date), sex: sex.parse().ok() },
        poa,
    };
    Ok(Basis { encounter, own })
}

/// What the edits and the facility's own rules have to say about the lines of a coding.
#[must_use]
pub fn findings(
    codes: &Codes,
    basis: &Basis,
    (lines, disposition): (&[Line], Option<&str>),
) -> Vec<EditFinding> {
    let Basis { encounter, own } = basis;
    let reference = codes.on(basis.coded_on());
    let mut all = edits::check(encounter, lines, &reference);
    let coding = Coding { encounter, lines, disposition, reference: &reference };
    all.extend(rules::own::check(own, &coding));
    edits::in_order(all)
}

/// The same, with what is said of the coding as a whole.
#[must_use]
pub fn all_findings(
    codes: &Codes,
    basis: &Basis,
    (lines, disposition): (&[Line], Option<&str>),
) -> Vec<EditFinding> {
    let mut all = edits::check_disposition(&basis.encounter, disposition);
    all.extend(findings(codes, basis, (lines, disposition)));
    all
}

/// What stands against handing a draft in: errors, and warnings that nobody gave a reason for.
#[must_use]
pub fn obstacles(draft: &Draft, findings: &[EditFinding]) -> Vec<FieldError> {
    findings
        .iter()
        .filter(|finding| match finding.severity {
            EditSeverity::Error => true,
            EditSeverity::Warning => draft.reason_for(&finding.rule, finding.line).is_none(),
            EditSeverity::Advice => false,
        })
        .map(|finding| FieldError { name: field_name(finding), message: finding.message.clone() })
        .collect()
}

/// `lines.3.code`, or the bare field when a finding is about the coding as a whole.
fn field_name(finding: &EditFinding) -> String {
    let field = finding.field;
    finding.line.map_or_else(|| field.to_owned(), |line| format!("lines.{line}.{field}"))
}

/// The columns that a kind of work needs; the desk shows no others.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Columns {
    /// The word for the first diagnosis.
    pub principal: &'static str,
    /// Whether a diagnosis may be the admitting one, and the others say if they were present then.
    pub inpatient: bool,
    /// The systems that procedures are coded in.
    pub procedures: &'static [CodeSystem],
    /// Whether procedures carry modifiers and units.
    pub services: bool,
    /// Whether procedures point at diagnoses.
    pub pointers: bool,
    /// What a diagnosis says beside its code, in the order in which it is drawn.
    pub diagnosis_details: &'static [Detail],
    /// What a procedure says beside its code.
    pub procedure_details: &'static [Detail],
    /// What the coding as a whole says.
    pub coding_details: &'static [Detail],
}

impl Columns {
    /// Those of a kind of work.
    #[must_use]
    pub const fn of(work_type: WorkType) -> Self {
        let inpatient = work_type.needs_present_on_admission();
        let services = !work_type.procedures_are_pcs();
        Self {
            principal: if inpatient { "Principal" } else { "First-listed" },
            inpatient,
            procedures: if services {
                &[CodeSystem::Cpt, CodeSystem::Hcpcs]
            } else {
                &[CodeSystem::Icd10Pcs]
            },
            services,
            pointers: matches!(
                work_type,
                WorkType::ProFeeEm
                    | WorkType::EdProFee
                    | WorkType::Radiology
                    | WorkType::Pathology
                    | WorkType::Anaesthesia
            ),
            diagnosis_details: drawn(work_type, LineRole::Principal),
            procedure_details: drawn(work_type, LineRole::Procedure),
            coding_details: drawn_for_all(work_type),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Basis, Columns, findings, obstacles};
    use crate::draft::{Dismissal, Draft};
    use codesets::Codes;
    use jiff::civil::date;
    use rules::compare::{Line, LineRole};
    use rules::details::Details;
    use rules::edits::{EditFinding, EditSeverity, EncounterFacts, Patient, PoaTerms};
    use rules::words::{CodeSystem, WorkType};

    fn visit(code: &str) -> Line {
        Line {
            system: CodeSystem::Cpt,
            code: code.into(),
            role: LineRole::Procedure,
            modifiers: Vec::new(),
            units: 1,
            poa: None,
            pointers: Vec::new(),
            details: Details::default(),
        }
    }

    fn basis(work_type: WorkType) -> Basis {
        let encounter = EncounterFacts {
            work_type,
            service_date: date(2026, 3, 2),
            discharge_date: None,
            required: rules::details::DetailSet::default(),
            patient: Patient::default(),
            poa: PoaTerms::default(),
        };
        Basis { encounter, own: Vec::new() }
    }

    #[test]
    fn a_pointer_is_asked_for_exactly_where_there_is_a_column_for_it() {
        for work_type in WorkType::ALL {
            let lines = [visit("99213")];
            let found = findings(&Codes::default(), &basis(*work_type), (&lines, None));
            let asked = found.iter().any(|finding| finding.rule == "pointer.required");
            assert_eq!(asked, Columns::of(*work_type).pointers, "{work_type}");
        }
    }

    #[test]
    fn errors_and_unexplained_warnings_stand_in_the_way_and_name_line_and_field() {
        let finding = |severity, line| EditFinding {
            rule: "patient.sex".into(),
            severity,
            line,
            field: "code",
            message: "m".into(),
            source: "s".into(),
            excuses: &[],
        };
        let found = [
            finding(EditSeverity::Error, None),
            finding(EditSeverity::Warning, Some(1)),
            finding(EditSeverity::Warning, Some(2)),
            finding(EditSeverity::Advice, Some(3)),
        ];
        let dismissal =
            Dismissal { rule: "patient.sex".into(), line: Some(1), reason: "so".into() };
        let draft = Draft { dismissals: vec![dismissal], ..Draft::default() };
        let names: Vec<_> = obstacles(&draft, &found).into_iter().map(|fault| fault.name).collect();
        assert_eq!(names, ["code", "lines.2.code"]);
    }
}
