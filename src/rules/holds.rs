//! Holds: why a chart can't go on, whose turn it is, what that does to the contract clock, and what lifts
//! it. One table; whoever wants to know what a reason means asks it.

use crate::Instant;
use crate::clock::{Calendar, ContractClock};
use jiff::civil::Date;

text_enum!(
    /// Whose turn it is while a chart is held.
    HoldOwner {
        /// The facility must act; its holds stop the contract clock.
        Facility = "facility",
        /// A provider must answer; the clock stops, as the facility answers for its providers.
        Provider = "provider",
        /// The coding company must act; the clock runs on.
        Vendor = "vendor",
    }
);

text_enum!(
    /// Why a chart can't go on. In brackets the reason of the official list of incomplete coding
    /// (Queensland Health), where there is one.
    HoldReason {
        /// A document the coding needs is not there (DOCO).
        MissingDocument = "missing_document",
        /// The operative report is not there.
        MissingOperativeReport = "missing_operative_report",
        /// Pathology comes later (PATH).
        PendingPathology = "pending_pathology",
        /// Imaging comes later (IMAG).
        PendingImaging = "pending_imaging",
        /// The discharge summary is not there (DISC).
        MissingDischargeSummary = "missing_discharge_summary",
        /// The whole record is elsewhere (UNAV).
        RecordUnavailable = "record_unavailable",
        /// A document cannot be read.
        UnreadableDocument = "unreadable_document",
        /// Registration or admission details are wrong or missing (ADMN).
        AdmissionDetails = "admission_details",
        /// The document seems to be of another patient.
        WrongPatient = "wrong_patient",
        /// Charges are still being entered.
        WaitingForCharges = "waiting_for_charges",
        /// One account of a series, or one to be combined with another: coded when all are there.
        SeriesAccount = "series_account",
        /// The provider has to clarify (CLIN).
        ProviderClarification = "provider_clarification",
        /// A lead or specialist has to advise.
        CodingAdvice = "coding_advice",
        /// The question is with the authority on coding (NATQ, QLDQ).
        AuthorityQuestion = "authority_question",
        /// The coding is being audited (AUDT).
        CodingAudit = "coding_audit",
        /// Something of the coding company's systems is in the way.
        SystemProblem = "system_problem",
    }
);

text_enum!(
    /// Which document a hold waits for.
    Awaited {
        /// Any further document.
        Any = "any",
        /// The operative report.
        OperativeReport = "operative_report",
        /// A pathology report.
        Pathology = "pathology",
        /// An imaging report.
        Imaging = "imaging",
        /// The discharge summary.
        DischargeSummary = "discharge_summary",
        /// History and physical.
        HistoryAndPhysical = "history_and_physical",
        /// A progress note or visit note.
        ProgressNote = "progress_note",
    }
);

impl Awaited {
    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Any => "any document",
            Self::OperativeReport => "operative report",
            Self::Pathology => "pathology report",
            Self::Imaging => "imaging report",
            Self::DischargeSummary => "discharge summary",
            Self::HistoryAndPhysical => "history and physical",
            Self::ProgressNote => "progress note",
        }
    }

    /// Whether a document that came as `kind` is what was waited for. What came without a kind is only good
    /// enough for whoever waits for any.
    #[must_use]
    pub fn is_met_by(self, kind: Option<Self>) -> bool {
        self == Self::Any || kind == Some(self)
    }
}

/// What a reason means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HoldRule {
    /// Who must act.
    pub owner: HoldOwner,
    /// Whether the contract clock stands still meanwhile.
    pub stops_clock: bool,
    /// Whether a day may be named on which it ends by itself.
    pub by_date: bool,
    /// The document whose arrival ends it by itself; none where none can.
    pub by_document: Option<Awaited>,
    /// The words on pages.
    pub label: &'static str,
}

const fn facility(by_date: bool, by_document: Option<Awaited>, label: &'static str) -> HoldRule {
    HoldRule { owner: HoldOwner::Facility, stops_clock: true, by_date, by_document, label }
}

const fn vendor(by_date: bool, label: &'static str) -> HoldRule {
    HoldRule { owner: HoldOwner::Vendor, stops_clock: false, by_date, by_document: None, label }
}

impl HoldReason {
    /// THE table.
    #[must_use]
    pub const fn rule(self) -> HoldRule {
        use Awaited as D;
        match self {
            Self::MissingDocument => facility(true, Some(D::Any), "Document missing"),
            Self::MissingOperativeReport => {
                facility(true, Some(D::OperativeReport), "Operative report missing")
            }
            Self::PendingPathology => facility(true, Some(D::Pathology), "Pathology pending"),
            Self::PendingImaging => facility(true, Some(D::Imaging), "Imaging pending"),
            Self::MissingDischargeSummary => {
                facility(true, Some(D::DischargeSummary), "Discharge summary missing")
            }
            Self::RecordUnavailable => facility(true, Some(D::Any), "Record unavailable"),
            Self::UnreadableDocument => facility(false, Some(D::Any), "Document unreadable"),
            Self::AdmissionDetails => facility(false, None, "Admission details"),
            // Ends only when the facility has said whose document it is.
            Self::WrongPatient => facility(false, None, "Wrong patient"),
            Self::WaitingForCharges => facility(true, None, "Waiting for charges"),
            Self::SeriesAccount => facility(true, None, "Combined or series account"),
            Self::ProviderClarification => HoldRule {
                owner: HoldOwner::Provider,
                ..facility(false, None, "Provider clarification")
            },
            Self::CodingAdvice => vendor(false, "Coding advice"),
            Self::AuthorityQuestion => vendor(true, "Question to the coding authority"),
            Self::CodingAudit => vendor(false, "Coding audit"),
            Self::SystemProblem => vendor(true, "System problem"),
        }
    }

    /// Who must act.
    #[must_use]
    pub const fn owner(self) -> HoldOwner {
        self.rule().owner
    }

    /// Whether the contract clock stops.
    #[must_use]
    pub const fn stops_clock(self) -> bool {
        self.rule().stops_clock
    }

    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        self.rule().label
    }

    /// Reasons that name the document they are about; they are placed by marking it.
    #[must_use]
    pub const fn is_about_a_document(self) -> bool {
        matches!(self, Self::UnreadableDocument | Self::WrongPatient)
    }

    /// Reasons that are chosen for a chart as such.
    pub fn of_charts() -> impl Iterator<Item = Self> {
        Self::ALL.iter().copied().filter(|reason| !reason.is_about_a_document())
    }
}

text_enum!(
    /// How a hold ended.
    HoldEnd {
        /// Whoever must act said so.
        Answered = "answered",
        /// Its day came.
        Date = "date",
        /// The document came.
        Document = "document",
    }
);

/// Reasons placed on one chart at once, at most.
pub const HOLDS_AT_ONCE_MAX: usize = 5;
/// The latest day on which a hold ends by itself, counted from today.
pub const HOLD_DAYS_MAX: i64 = 120;

/// What a hold waits for beside whoever must act.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Until {
    /// The day, on the facility's calendar, with whose beginning it ends.
    pub day: Option<Date>,
    /// The document with whose arrival it ends.
    pub document: Option<Awaited>,
}

/// Why a hold can't be placed like this.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HoldFault {
    /// The reason ends on no day by itself.
    NoDay,
    /// The day is not between tomorrow and [`HOLD_DAYS_MAX`] days from now.
    DayOutOfReach,
    /// The reason ends with no document.
    NoDocument,
}

impl std::fmt::Display for HoldFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoDay => f.write_str("this reason does not end on a day by itself"),
            Self::DayOutOfReach => {
                write!(f, "name a day from tomorrow to {HOLD_DAYS_MAX} days from now")
            }
            Self::NoDocument => f.write_str("this reason does not end with a document"),
        }
    }
}

impl std::error::Error for HoldFault {}

/// Whether a reason may wait for this; `today` is the facility's day.
///
/// # Errors
/// The first [`HoldFault`].
pub fn check(reason: HoldReason, until: Until, today: Date) -> Result<(), HoldFault> {
    let rule = reason.rule();
    if let Some(day) = until.day {
        if !rule.by_date {
            return Err(HoldFault::NoDay);
        }
        let days = today.until(day).map_or(i64::MAX, |span| i64::from(span.get_days()));
        if !(1..=HOLD_DAYS_MAX).contains(&days) {
            return Err(HoldFault::DayOutOfReach);
        }
    }
    if until.document.is_some() && rule.by_document.is_none() {
        return Err(HoldFault::NoDocument);
    }
    Ok(())
}

/// The contract clock once the open holds are these: it stands while any of them stops it, and runs again
/// with the last of those, whatever others are left.
#[must_use]
pub fn keep_clock(
    clock: ContractClock,
    calendar: &Calendar,
    open: impl IntoIterator<Item = bool>,
    at: Instant,
) -> ContractClock {
    if open.into_iter().any(|stops| stops) { clock.pause(at) } else { clock.resume(calendar, at) }
}

#[cfg(test)]
mod tests;
