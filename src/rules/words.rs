//! The field's words that are plain lists: kinds of work, systems of codes, reasons.

pub use crate::holds::{HoldOwner, HoldReason};

use jiff::civil::Date;

/// A word that is not on its list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownWord {
    /// The list.
    pub kind: &'static str,
    /// What was given.
    pub word: String,
}

impl std::fmt::Display for UnknownWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:?} is not a {}", self.word, self.kind)
    }
}

impl std::error::Error for UnknownWord {}

text_enum!(
    /// The kind of work a queue brings; it decides skills, fields and standard minutes.
    WorkType {
        /// Professional-fee evaluation and management.
        ProFeeEm = "pro_fee_em",
        /// Emergency department, facility side.
        EdFacility = "ed_facility",
        /// Emergency department, professional side.
        EdProFee = "ed_pro_fee",
        /// Hospital outpatient.
        Outpatient = "outpatient",
        /// Ambulatory surgery.
        AmbulatorySurgery = "ambulatory_surgery",
        /// Observation stay.
        Observation = "observation",
        /// Inpatient stay.
        Inpatient = "inpatient",
        /// Risk adjustment (HCC).
        RiskAdjustment = "risk_adjustment",
        /// Radiology.
        Radiology = "radiology",
        /// Pathology.
        Pathology = "pathology",
        /// Anaesthesia.
        Anaesthesia = "anaesthesia",
    }
);

impl WorkType {
    /// Standard seconds for one chart, used until a queue's own time is known.
    /// Sources: published productivity surveys (inpatient 30 min, E/M 5, ED 5, radiology 1.5);
    /// the surgical, observation and risk-adjustment values are our estimate.
    #[must_use]
    pub const fn standard_seconds(self) -> i32 {
        match self {
            Self::Inpatient => 1800,
            Self::RiskAdjustment => 900,
            Self::AmbulatorySurgery | Self::Observation => 720,
            Self::Outpatient => 480,
            Self::ProFeeEm | Self::EdFacility | Self::EdProFee | Self::Anaesthesia => 300,
            Self::Radiology | Self::Pathology => 90,
        }
    }

    /// Whether diagnoses carry a present-on-admission indicator.
    #[must_use]
    pub const fn needs_present_on_admission(self) -> bool {
        matches!(self, Self::Inpatient)
    }

    /// Whether procedures are ICD-10-PCS rather than CPT/HCPCS.
    #[must_use]
    pub const fn procedures_are_pcs(self) -> bool {
        matches!(self, Self::Inpatient)
    }

    /// Whether validity is judged on the discharge date rather than the date of service.
    #[must_use]
    pub const fn coded_by_discharge(self) -> bool {
        matches!(self, Self::Inpatient)
    }

    /// The date by which codes are valid or not: of discharge for an inpatient stay, else of service.
    #[must_use]
    pub fn coded_on(self, service_date: Date, discharge_date: Option<Date>) -> Date {
        discharge_date.filter(|_| self.coded_by_discharge()).unwrap_or(service_date)
    }

    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ProFeeEm => "Pro-fee E/M",
            Self::EdFacility => "ED facility",
            Self::EdProFee => "ED pro-fee",
            Self::Outpatient => "Outpatient",
            Self::AmbulatorySurgery => "Ambulatory surgery",
            Self::Observation => "Observation",
            Self::Inpatient => "Inpatient",
            Self::RiskAdjustment => "Risk adjustment",
            Self::Radiology => "Radiology",
            Self::Pathology => "Pathology",
            Self::Anaesthesia => "Anaesthesia",
        }
    }
}

text_enum!(
    /// What an assignment is for.
    AssignmentKind {
        /// Turning the chart into codes.
        Coding = "coding",
        /// Checking a coding.
        Review = "review",
        /// Ruling on a disputed finding.
        Arbitration = "arbitration",
    }
);

text_enum!(
    /// Where a lease stands.
    AssignmentState {
        /// Given, not yet opened.
        Offered = "offered",
        /// Being worked on.
        Active = "active",
        /// Finished by its holder.
        Submitted = "submitted",
        /// Given back by its holder.
        Released = "released",
        /// Run out.
        Expired = "expired",
        /// Taken away by a lead or by a rule.
        Revoked = "revoked",
    }
);

text_enum!(
    /// The system a code belongs to.
    CodeSystem {
        /// Diagnoses, United States clinical modification.
        Icd10Cm = "icd10cm",
        /// Inpatient procedures.
        Icd10Pcs = "icd10pcs",
        /// CPT (level I): licensed by the AMA; accepted by form unless the operator loads the file.
        Cpt = "cpt",
        /// HCPCS level II.
        Hcpcs = "hcpcs",
    }
);

impl CodeSystem {
    /// A bare code as people write it: of a diagnosis `E119` becomes `E11.9`.
    #[must_use]
    pub fn written(self, bare: &str) -> String {
        const CATEGORY_CHARACTERS: usize = 3;
        match bare.split_at_checked(CATEGORY_CHARACTERS) {
            Some((category, rest)) if self == Self::Icd10Cm && !rest.is_empty() => {
                format!("{category}.{rest}")
            }
            _ => bare.to_owned(),
        }
    }
}

text_enum!(
    /// Present on admission.
    PresentOnAdmission {
        /// Present.
        Yes = "Y",
        /// Not present.
        No = "N",
        /// Documentation insufficient.
        Unknown = "U",
        /// Clinically undetermined.
        Undetermined = "W",
        /// Exempt from reporting.
        Exempt = "1",
    }
);

text_enum!(
    /// What kind of difference a finding records.
    FindingCategory {
        /// The coder left a code out.
        Missed = "missed",
        /// The coder reported a code the record does not support.
        Added = "added",
        /// Another code was right.
        Changed = "changed",
        /// The order was wrong.
        Resequenced = "resequenced",
        /// Present-on-admission indicator.
        PresentOnAdmission = "poa",
        /// A modifier missing, wrong or extra.
        Modifier = "modifier",
        /// The number of units.
        Units = "units",
        /// The E/M level.
        Level = "level",
    }
);

text_enum!(
    /// How much a finding weighs.
    FindingSeverity {
        /// Changes payment or patient safety.
        Critical = "critical",
        /// Changes what is reported.
        Major = "major",
        /// A matter of form.
        Minor = "minor",
    }
);

text_enum!(
    /// How a review ended.
    ReviewOutcome {
        /// Nothing to change.
        Accepted = "accepted",
        /// The reviewer corrected the codes.
        FixedAndAccepted = "fixed_and_accepted",
        /// Back to the same coder.
        SentBack = "sent_back",
    }
);
