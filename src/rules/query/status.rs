//! How a question goes on: its own small table, beside the chart's.

use crate::lifecycle::ActorKind;

text_enum!(
    /// Where a question stands.
    QueryStatus {
        /// Waits for its provider.
        Open = "open",
        /// Answered; the coder has not yet said what came of it.
        Answered = "answered",
        /// Taken back before it was answered.
        Cancelled = "cancelled",
        /// What came of it is recorded.
        Closed = "closed",
    }
);

impl QueryStatus {
    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Open => "Open",
            Self::Answered => "Answered",
            Self::Cancelled => "Cancelled",
            Self::Closed => "Closed",
        }
    }
}

text_enum!(
    /// What can be done to a question.
    QueryAct {
        /// Somebody else is asked.
        NameProvider = "name_provider",
        /// The provider answers.
        Answer = "answer",
        /// It is taken back.
        Cancel = "cancel",
        /// Nobody answers, and the chart goes on without.
        GiveUp = "give_up",
        /// The coder says what came of the answer.
        RecordOutcome = "record_outcome",
    }
);

text_enum!(
    /// What came of a question.
    QueryOutcome {
        /// The answer bears out what was asked.
        Agreed = "agreed",
        /// The answer says otherwise.
        Disagreed = "disagreed",
        /// The provider could not say.
        NoOpinion = "no_opinion",
        /// Nobody answered.
        NoResponse = "no_response",
    }
);

impl QueryOutcome {
    /// What a coder may record of an answer.
    pub const OF_ANSWERS: &'static [Self] = &[Self::Agreed, Self::Disagreed, Self::NoOpinion];

    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Agreed => "Agreed",
            Self::Disagreed => "Disagreed",
            Self::NoOpinion => "No opinion",
            Self::NoResponse => "No response",
        }
    }
}

text_enum!(
    /// Why a question is taken back.
    CancelReason {
        /// The record answers it after all.
        FoundInRecord = "found_in_record",
        /// It no longer matters.
        NoLongerNeeded = "no_longer_needed",
        /// It should not have been asked, or not like this.
        AskedInError = "asked_in_error",
        /// The chart went another way: withdrawn or given back.
        ChartGone = "chart_gone",
    }
);

impl CancelReason {
    /// Those that a person may give.
    pub const OF_PEOPLE: &'static [Self] =
        &[Self::FoundInRecord, Self::NoLongerNeeded, Self::AskedInError];

    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::FoundInRecord => "The record answers it",
            Self::NoLongerNeeded => "No longer needed",
            Self::AskedInError => "Asked in error",
            Self::ChartGone => "The chart was withdrawn",
        }
    }
}

text_enum!(
    /// Why a chart goes on without an answer.
    GiveUpReason {
        /// Nobody answered, and nobody will.
        NoAnswer = "no_answer",
        /// The provider has left or is away for long.
        ProviderGone = "provider_gone",
        /// The facility wants it coded as it is documented.
        FacilityDeclines = "facility_declines",
    }
);

impl GiveUpReason {
    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::NoAnswer => "Nobody answered",
            Self::ProviderGone => "The provider has left or is away",
            Self::FacilityDeclines => "The facility wants it coded as documented",
        }
    }
}

text_enum!(
    /// What an answer did to the codes; for the coding company alone, never shown to a provider.
    CodesEffect {
        /// Nothing.
        Unchanged = "unchanged",
        /// A code came to them.
        Added = "added",
        /// A code became another.
        Changed = "changed",
        /// A code was taken away.
        Removed = "removed",
    }
);

impl CodesEffect {
    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Unchanged => "Codes unchanged",
            Self::Added => "A code added",
            Self::Changed => "A code changed",
            Self::Removed => "A code removed",
        }
    }
}

text_enum!(
    /// By what the answering person was known.
    AnsweredThrough {
        /// The link that was mailed to them.
        Link = "link",
        /// Their password.
        SignIn = "sign_in",
    }
);

/// THE table: from this status, this act by this capacity leads where; `None` is a refusal. Nobody gives up a
/// question before it was escalated.
#[must_use]
pub const fn next(
    status: QueryStatus,
    act: QueryAct,
    by: ActorKind,
    escalated: bool,
) -> Option<QueryStatus> {
    use ActorKind as W;
    use QueryAct as A;
    use QueryStatus as S;
    match (status, act, by) {
        (S::Open, A::NameProvider, W::Facility) => Some(S::Open),
        (S::Open, A::Answer, W::Facility) => Some(S::Answered),
        (S::Open, A::Cancel, W::Coder | W::Lead | W::System) => Some(S::Cancelled),
        (S::Open, A::GiveUp, W::Lead) if escalated => Some(S::Closed),
        (S::Answered, A::RecordOutcome, W::Coder) => Some(S::Closed),
        _ => None,
    }
}
