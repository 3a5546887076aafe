//! The kinds of lists that an operator loads.

use crate::words::CodeSystem;

text_enum!(
    /// A kind of code list or of edits.
    ListKind {
        /// ICD-10-CM codes.
        Icd10Cm = "icd10cm",
        /// The instructions of the ICD-10-CM tabular list.
        Icd10CmNotes = "icd10cm-notes",
        /// ICD-10-PCS codes.
        Icd10Pcs = "icd10pcs",
        /// HCPCS level II codes and modifiers.
        Hcpcs = "hcpcs",
        /// CPT codes and modifiers, from the operator's licensed file.
        Cpt = "cpt",
        /// Diagnoses that need no present-on-admission indicator.
        PoaExempt = "poa-exempt",
        /// Diagnoses that may not be the principal one of a stay.
        UnacceptablePrincipal = "unacceptable-principal",
        /// Ages for which a diagnosis is plausible, of the Medicare Code Editor.
        MceAge = "mce-age",
        /// The sex for which a diagnosis is plausible, of the Medicare Code Editor.
        MceSex = "mce-sex",
        /// NCCI procedure-to-procedure edits for practitioners and ambulatory surgery centres.
        PtpPractitioner = "ptp-practitioner",
        /// NCCI procedure-to-procedure edits for outpatient hospitals.
        PtpOutpatient = "ptp-outpatient",
        /// Medically unlikely edits for practitioners.
        MuePractitioner = "mue-practitioner",
        /// Medically unlikely edits for outpatient hospitals.
        MueOutpatient = "mue-outpatient",
        /// The mapping of diagnoses to CMS-HCC categories.
        Hcc = "hcc",
        /// Which CMS-HCC categories replace which.
        HccHierarchies = "hcc-hierarchies",
        /// What the CMS-HCC categories are called.
        HccLabels = "hcc-labels",
        /// The definitions of the MS-DRGs.
        MsDrg = "msdrg",
    }
);

impl ListKind {
    /// The name that people know it by.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Icd10Cm => "ICD-10-CM",
            Self::Icd10CmNotes => "ICD-10-CM notes",
            Self::Icd10Pcs => "ICD-10-PCS",
            Self::Hcpcs => "HCPCS level II",
            Self::Cpt => "CPT",
            Self::PoaExempt => "POA-exempt diagnoses",
            Self::UnacceptablePrincipal => "Unacceptable principal diagnoses",
            Self::MceAge => "MCE age conflicts",
            Self::MceSex => "MCE sex conflicts",
            Self::PtpPractitioner => "NCCI PTP, practitioner",
            Self::PtpOutpatient => "NCCI PTP, outpatient hospital",
            Self::MuePractitioner => "MUE, practitioner",
            Self::MueOutpatient => "MUE, outpatient hospital",
            Self::Hcc => "CMS-HCC mapping",
            Self::HccHierarchies => "CMS-HCC hierarchies",
            Self::HccLabels => "CMS-HCC labels",
            Self::MsDrg => "MS-DRG definitions",
        }
    }

    /// The system whose codes it lists; none for what only says something of codes.
    #[must_use]
    pub const fn system(self) -> Option<CodeSystem> {
        match self {
            Self::Icd10Cm => Some(CodeSystem::Icd10Cm),
            Self::Icd10Pcs => Some(CodeSystem::Icd10Pcs),
            Self::Hcpcs => Some(CodeSystem::Hcpcs),
            Self::Cpt => Some(CodeSystem::Cpt),
            Self::Icd10CmNotes
            | Self::PoaExempt
            | Self::UnacceptablePrincipal
            | Self::MceAge
            | Self::MceSex
            | Self::PtpPractitioner
            | Self::PtpOutpatient
            | Self::MuePractitioner
            | Self::MueOutpatient
            | Self::Hcc
            | Self::HccHierarchies
            | Self::HccLabels
            | Self::MsDrg => None,
        }
    }
}
