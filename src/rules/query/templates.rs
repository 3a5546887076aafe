//! Questions that come up often, worded neutrally. A coder begins with one, takes out the choices that this
//! patient's record does not support, and quotes the record.

use super::{QueryKind, YesNoUse};
use crate::words::WorkType;

/// A question that comes with the product.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltIn {
    /// Its name in the database.
    pub id: &'static str,
    /// Counts its wordings.
    pub version: i32,
    /// Its name on pages.
    pub name: &'static str,
    /// For which kinds of work; empty for all.
    pub work_types: &'static [WorkType],
    /// How it is answered.
    pub kind: QueryKind,
    /// What a yes/no question is for.
    pub about: Option<YesNoUse>,
    /// The title.
    pub title: &'static str,
    /// The question.
    pub text: &'static str,
    /// The choices to begin with.
    pub options: &'static [&'static str],
}

/// The built-in template of this name.
#[must_use]
pub fn built_in(id: &str) -> Option<&'static BuiltIn> {
    BUILT_IN.iter().find(|template| template.id == id)
}

const STAYS: &[WorkType] = &[WorkType::Inpatient, WorkType::Observation];

const fn choices(
    id: &'static str,
    name: &'static str,
    (title, text): (&'static str, &'static str),
    options: &'static [&'static str],
) -> BuiltIn {
    let kind = QueryKind::MultipleChoice;
    BuiltIn { id, version: 1, name, work_types: &[], kind, about: None, title, text, options }
}

const fn open(
    id: &'static str,
    name: &'static str,
    (title, text): (&'static str, &'static str),
) -> BuiltIn {
    let kind = QueryKind::OpenEnded;
    BuiltIn { id, version: 1, name, work_types: &[], kind, about: None, title, text, options: &[] }
}

const fn yes_no(
    id: &'static str,
    name: &'static str,
    (title, text): (&'static str, &'static str),
    about: YesNoUse,
) -> BuiltIn {
    let (kind, about) = (QueryKind::YesNo, Some(about));
    BuiltIn { id, version: 1, name, work_types: &[], kind, about, title, text, options: &[] }
}

const fn of_stays(template: BuiltIn) -> BuiltIn {
    BuiltIn { work_types: STAYS, ..template }
}

/// Every built-in template, in the order in which they are offered.
pub const BUILT_IN: &[BuiltIn] = &[
    choices(
        "heart_failure_type",
        "Heart failure: type and acuity",
        (
            "Heart failure: type and acuity",
            "The record names heart failure without further detail. In your clinical judgment, which \
             type and acuity applied during this encounter?",
        ),
        &[
            "Acute systolic (reduced ejection fraction)",
            "Chronic systolic (reduced ejection fraction)",
            "Acute on chronic systolic (reduced ejection fraction)",
            "Acute diastolic (preserved ejection fraction)",
            "Chronic diastolic (preserved ejection fraction)",
            "Acute on chronic diastolic (preserved ejection fraction)",
            "Combined systolic and diastolic",
        ],
    ),
    choices(
        "ckd_stage",
        "Chronic kidney disease: stage",
        (
            "Chronic kidney disease: stage",
            "The record names chronic kidney disease without its stage. In your clinical judgment, \
             which stage applied during this encounter?",
        ),
        &["Stage 1", "Stage 2", "Stage 3a", "Stage 3b", "Stage 4", "Stage 5", "End-stage"],
    ),
    choices(
        "kidney_function",
        "Change in kidney function",
        (
            "Change in kidney function",
            "Which diagnosis, if any, explains the laboratory values and treatment quoted below?",
        ),
        &[
            "Acute kidney injury due to acute tubular necrosis",
            "Acute kidney injury due to volume depletion",
            "Chronic kidney disease without acute injury",
            "No associated diagnosis",
        ],
    ),
    choices(
        "nutrition",
        "Nutritional status",
        (
            "Nutritional status",
            "Which diagnosis, if any, describes the nutritional findings and treatment quoted below?",
        ),
        &[
            "Mild protein-calorie malnutrition",
            "Moderate protein-calorie malnutrition",
            "Severe protein-calorie malnutrition",
            "Underweight without malnutrition",
            "No associated diagnosis",
        ],
    ),
    choices(
        "anemia_type",
        "Anemia: type and cause",
        (
            "Anemia: type and cause",
            "The record names anemia without its type. In your clinical judgment, which type was \
             evaluated, monitored or treated?",
        ),
        &[
            "Acute blood loss anemia",
            "Iron deficiency anemia due to chronic blood loss",
            "Anemia in chronic kidney disease",
            "Anemia in neoplastic disease",
            "Anemia due to antineoplastic chemotherapy",
        ],
    ),
    choices(
        "mental_status",
        "Change in mental status",
        (
            "Change in mental status",
            "Which diagnosis, if any, explains the change in mental status quoted below?",
        ),
        &[
            "Metabolic encephalopathy",
            "Toxic encephalopathy",
            "Delirium due to a known physiological condition",
            "Dementia at its usual level",
            "No associated diagnosis",
        ],
    ),
    of_stays(choices(
        "sepsis_validity",
        "Sepsis: clinical validity",
        (
            "Clinical validity of a documented diagnosis",
            "A diagnosis is documented as quoted below, together with the findings that the record has \
             for it. In your clinical judgment, which statement describes this stay?",
        ),
        &[
            "Sepsis is confirmed; the supporting findings are in my comment",
            "Sepsis was considered and ruled out",
            "Localized infection without sepsis",
        ],
    )),
    choices(
        "respiratory_status",
        "Respiratory status",
        (
            "Respiratory status",
            "Which diagnosis, if any, explains the findings and the treatment with oxygen quoted below?",
        ),
        &[
            "Acute respiratory failure with hypoxia",
            "Acute respiratory failure with hypercapnia",
            "Acute on chronic respiratory failure",
            "Chronic respiratory failure",
            "Hypoxemia without respiratory failure",
        ],
    ),
    choices(
        "pneumonia_type",
        "Pneumonia: type",
        (
            "Pneumonia: type or suspected organism",
            "The record names pneumonia without its type. In your clinical judgment, which type was \
             treated?",
        ),
        &[
            "Aspiration pneumonia",
            "Bacterial pneumonia, suspected gram-negative",
            "Bacterial pneumonia, suspected gram-positive",
            "Viral pneumonia",
            "Pneumonia, organism not determined",
        ],
    ),
    choices(
        "pressure_injury_stage",
        "Pressure injury: stage",
        (
            "Pressure injury: stage",
            "The record names a pressure injury without its stage. In your clinical judgment, which \
             stage applied?",
        ),
        &["Stage 1", "Stage 2", "Stage 3", "Stage 4", "Unstageable", "Deep tissue injury"],
    ),
    of_stays(yes_no(
        "pressure_injury_admission",
        "Pressure injury: present on admission",
        (
            "Pressure injury: time of onset",
            "Was the pressure injury quoted below present at the time of the order for inpatient \
             admission?",
        ),
        YesNoUse::PresentOnAdmission,
    )),
    of_stays(yes_no(
        "present_on_admission",
        "Present on admission",
        (
            "Time of onset",
            "Was the condition quoted below present at the time of the order for inpatient admission?",
        ),
        YesNoUse::PresentOnAdmission,
    )),
    yes_no(
        "report_finding",
        "Finding of a report",
        (
            "Finding of a report",
            "The report quoted below names a condition. Is it a diagnosis of this patient in this \
             encounter?",
        ),
        YesNoUse::DocumentedElsewhere,
    ),
    yes_no(
        "cause_and_effect",
        "Cause and effect",
        (
            "Relation between two documented conditions",
            "Both conditions quoted below are documented. Is the first due to the second?",
        ),
        YesNoUse::CauseAndEffect,
    ),
    choices(
        "laterality",
        "Laterality",
        ("Side of the body", "The record does not say which side. Which side was affected?"),
        &["Right", "Left", "Both sides"],
    ),
    choices(
        "diabetes_type",
        "Diabetes: type",
        (
            "Diabetes: type",
            "The record names diabetes without its type. In your clinical judgment, which type is it?",
        ),
        &["Type 1", "Type 2", "Due to an underlying condition", "Due to a drug or chemical"],
    ),
    choices(
        "body_mass_index",
        "Body mass index",
        (
            "Clinical significance of the body mass index",
            "Which diagnosis, if any, goes with the body mass index and the care quoted below?",
        ),
        &[
            "Overweight",
            "Obesity, class 1",
            "Obesity, class 2",
            "Obesity, class 3",
            "No associated diagnosis",
        ],
    ),
    choices(
        "debridement_depth",
        "Debridement: depth",
        (
            "Debridement: deepest tissue removed",
            "Which was the deepest layer of tissue that was removed?",
        ),
        &["Skin", "Subcutaneous tissue", "Fascia", "Muscle", "Bone"],
    ),
    open(
        "result_significance",
        "Meaning of a result",
        (
            "Clinical significance of a result",
            "What is the clinical significance, if any, of the results quoted below?",
        ),
    ),
    open(
        "conflict",
        "Conflicting statements",
        (
            "Conflicting statements in the record",
            "The statements quoted below differ. Which one describes the patient in this encounter, in \
             your clinical judgment?",
        ),
    ),
    open(
        "procedure_detail",
        "Detail of a procedure",
        (
            "Detail of a procedure",
            "Please describe the site, the approach and the extent of the procedure quoted below. What \
             was done?",
        ),
    ),
];
