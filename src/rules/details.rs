//! What a line says beside its code: when, where, by whom, and on what it rests. Each setting asks for its
//! own part, and only that part is drawn.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::compare::LineRole;
use crate::em::MdmLevel;
use crate::words::WorkType;

text_enum!(
    /// One thing that a line, or the coding as a whole, can say.
    Detail {
        /// The date of the service or procedure.
        ServiceDate = "service_date",
        /// Where: the CMS place-of-service code.
        PlaceOfService = "place_of_service",
        /// Who rendered it: the NPI, or a name.
        Provider = "provider",
        /// The revenue code of an institutional line.
        RevenueCode = "revenue_code",
        /// On what an E/M level rests.
        EmBasis = "em_basis",
        /// Number and complexity of the problems: the first element of medical decision making.
        Problems = "problems",
        /// Data reviewed and analysed: the second.
        Data = "data",
        /// Risk of complications: the third.
        Risk = "risk",
        /// Minutes: of an E/M level by time, of anaesthesia.
        Minutes = "minutes",
        /// Whether the patient was seen face to face.
        FaceToFace = "face_to_face",
        /// The page that supports the diagnosis, from 1.
        Page = "page",
        /// What was done about the diagnosis.
        Meat = "meat",
        /// Where the patient went at discharge; of the coding as a whole.
        Disposition = "disposition",
    }
);

impl Detail {
    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::ServiceDate => "Date",
            Self::PlaceOfService => "Place of service",
            Self::Provider => "Provider",
            Self::RevenueCode => "Revenue code",
            Self::EmBasis => "E/M basis",
            Self::Problems => "Problems",
            Self::Data => "Data",
            Self::Risk => "Risk",
            Self::Minutes => "Minutes",
            Self::FaceToFace => "Face to face",
            Self::Page => "Page",
            Self::Meat => "MEAT",
            Self::Disposition => "Discharge disposition",
        }
    }
}

text_enum!(
    /// On what an evaluation-and-management level rests.
    EmBasis {
        /// Medical decision making: two of problems, data and risk.
        Mdm = "mdm",
        /// Total time on the date.
        Time = "time",
    }
);

text_enum!(
    /// What supports a diagnosis for risk adjustment.
    Meat {
        /// Signs, symptoms or the course were watched.
        Monitored = "monitored",
        /// Results or the response to treatment were judged.
        Evaluated = "evaluated",
        /// It was discussed, or ordered for.
        Assessed = "assessed",
        /// It was treated.
        Treated = "treated",
    }
);

/// What a line says beside its code. Not compared: a reviewer's findings are about codes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Details {
    /// The date of the service or procedure; the encounter's own where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub service_date: Option<Date>,
    /// The CMS place-of-service code, two digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place_of_service: Option<String>,
    /// The NPI, or a name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub provider: Option<String>,
    /// Four digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub revenue_code: Option<String>,
    /// On what an E/M level rests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub em_basis: Option<EmBasis>,
    /// Number and complexity of the problems addressed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub problems: Option<MdmLevel>,
    /// Data reviewed and analysed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<MdmLevel>,
    /// Risk of complications, morbidity or mortality.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub risk: Option<MdmLevel>,
    /// Minutes of service.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minutes: Option<i32>,
    /// Whether the patient was seen face to face.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub face_to_face: Option<bool>,
    /// The page that supports the diagnosis, from 1.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<i32>,
    /// What was done about the diagnosis.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub meat: Vec<Meat>,
}

impl Details {
    /// Whether nothing is said.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Whether this is said.
    #[must_use]
    pub fn says(&self, detail: Detail) -> bool {
        match detail {
            Detail::ServiceDate => self.service_date.is_some(),
            Detail::PlaceOfService => self.place_of_service.is_some(),
            Detail::Provider => self.provider.is_some(),
            Detail::RevenueCode => self.revenue_code.is_some(),
            Detail::EmBasis => self.em_basis.is_some(),
            Detail::Problems => self.problems.is_some(),
            Detail::Data => self.data.is_some(),
            Detail::Risk => self.risk.is_some(),
            Detail::Minutes => self.minutes.is_some(),
            Detail::FaceToFace => self.face_to_face.is_some(),
            Detail::Page => self.page.is_some(),
            Detail::Meat => !self.meat.is_empty(),
            Detail::Disposition => false,
        }
    }
}

/// What a line of this role may say in this setting, in the order in which it is drawn.
#[must_use]
pub const fn drawn(work_type: WorkType, role: LineRole) -> &'static [Detail] {
    use Detail::ServiceDate as Day;
    use Detail::{Data, EmBasis, Problems, Risk};
    use Detail::{FaceToFace, Meat, Minutes, Page, PlaceOfService, Provider, RevenueCode};
    let procedure = matches!(role, LineRole::Procedure);
    match work_type {
        WorkType::RiskAdjustment if procedure => &[Day, Provider],
        WorkType::RiskAdjustment => &[Day, Provider, FaceToFace, Page, Meat],
        _ if !procedure => &[],
        WorkType::ProFeeEm | WorkType::EdProFee => {
            &[Day, PlaceOfService, Provider, EmBasis, Problems, Data, Risk, Minutes]
        }
        WorkType::Radiology | WorkType::Pathology => &[Day, PlaceOfService, Provider],
        WorkType::Anaesthesia => &[Day, PlaceOfService, Provider, Minutes],
        WorkType::EdFacility | WorkType::Outpatient | WorkType::Observation => {
            &[Day, RevenueCode, Provider]
        }
        WorkType::AmbulatorySurgery | WorkType::Inpatient => &[Day, Provider],
    }
}

/// What the coding as a whole may say in this setting.
#[must_use]
pub const fn drawn_for_all(work_type: WorkType) -> &'static [Detail] {
    match work_type {
        WorkType::Inpatient => &[Detail::Disposition],
        _ => &[],
    }
}

/// What is asked for where the queue's terms say nothing else.
#[must_use]
pub const fn usually_required(work_type: WorkType) -> &'static [Detail] {
    match work_type {
        WorkType::Inpatient => &[Detail::ServiceDate, Detail::Disposition],
        WorkType::RiskAdjustment => &[Detail::ServiceDate, Detail::FaceToFace],
        WorkType::Anaesthesia => &[Detail::Minutes],
        _ => &[],
    }
}

/// A set of details.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct DetailSet(u16);

impl DetailSet {
    /// Whether it is among them.
    #[must_use]
    pub fn contains(self, detail: Detail) -> bool {
        self.0 & Self::bit(detail) != 0
    }

    fn bit(detail: Detail) -> u16 {
        let place = Detail::ALL.iter().position(|it| *it == detail).unwrap_or_default();
        1 << place
    }
}

impl FromIterator<Detail> for DetailSet {
    fn from_iter<T: IntoIterator<Item = Detail>>(details: T) -> Self {
        Self(details.into_iter().fold(0, |bits, detail| bits | Self::bit(detail)))
    }
}

#[cfg(test)]
mod tests {
    use super::{Detail, DetailSet, Details, Meat, drawn, drawn_for_all, usually_required};
    use crate::compare::LineRole;
    use crate::words::WorkType;

    #[test]
    fn nothing_is_asked_for_that_is_not_drawn() {
        for work in WorkType::ALL {
            let lines = LineRole::ALL.iter().flat_map(|role| drawn(*work, *role));
            let all: DetailSet = lines.chain(drawn_for_all(*work)).copied().collect();
            assert!(usually_required(*work).iter().all(|detail| all.contains(*detail)), "{work}");
        }
    }

    #[test]
    fn what_is_said_is_found_again_and_silence_takes_no_room() {
        assert_eq!(serde_json::to_string(&Details::default()).unwrap(), "{}");
        let said: Details =
            serde_json::from_str(r#"{"service_date":"2026-03-02","meat":["treated"]}"#).unwrap();
        assert_eq!(said.meat, [Meat::Treated]);
        let says: Vec<_> = Detail::ALL.iter().filter(|it| said.says(**it)).collect();
        assert_eq!(says, [&Detail::ServiceDate, &Detail::Meat]);
        assert!(serde_json::from_str::<Details>(r#"{"mood":"good"}"#).is_err());
    }
}
