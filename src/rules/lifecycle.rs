//! (state, action, who) → change or refusal: the one table of a chart's life.
//!
//! A [`Change`] can be made only here, and the store's `apply` is the only query that writes a
//! chart's state, so an illegal move cannot be written down outside this file.

use crate::ids::{ChartId, FacilityId, PersonId};
use crate::time::Instant;
use crate::words::AssignmentKind;

text_enum!(
    /// Where a chart stands.
    ChartState {
        /// Arrived; intake checks have not finished.
        Received = "received",
        /// Complete enough to code, waiting for a coder.
        Ready = "ready",
        /// Offered to a coder who has not opened it.
        Assigned = "assigned",
        /// A coder works on it.
        InProgress = "in_progress",
        /// Can't go on for a reason that is written down.
        OnHold = "on_hold",
        /// A provider has been asked.
        QueryOpen = "query_open",
        /// Coding submitted; whether it is reviewed is being decided.
        Coded = "coded",
        /// Waiting for a reviewer or with one.
        InReview = "in_review",
        /// Sent back to its coder with findings.
        FindingsOpen = "findings_open",
        /// Codes are settled; the package is being made.
        Final = "final",
        /// Handed back.
        Returned = "returned",
        /// The facility has taken it.
        Acknowledged = "acknowledged",
        /// Intake found something a person must settle.
        IntakeException = "intake_exception",
        /// Looks like a chart that is already here.
        Duplicate = "duplicate",
        /// Given back uncoded, with a reason.
        RejectedToFacility = "rejected_to_facility",
        /// Withdrawn.
        Voided = "voided",
    }
);

impl ChartState {
    /// Nothing further happens unless someone reopens it.
    #[must_use]
    pub const fn is_closed(self) -> bool {
        matches!(self, Self::Acknowledged | Self::RejectedToFacility | Self::Voided)
    }

    /// Work that the vendor still owes the facility.
    #[must_use]
    pub const fn is_backlog(self) -> bool {
        matches!(
            self,
            Self::Received
                | Self::Ready
                | Self::Assigned
                | Self::InProgress
                | Self::OnHold
                | Self::QueryOpen
                | Self::Coded
                | Self::InReview
                | Self::FindingsOpen
                | Self::Final
        )
    }

    /// Something can still be done about its deadline.
    #[must_use]
    pub const fn is_under_way(self) -> bool {
        self.is_backlog() && !matches!(self, Self::Received | Self::Final)
    }

    /// The words on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::Received => "Received",
            Self::Ready => "Ready to code",
            Self::Assigned => "Assigned",
            Self::InProgress => "In progress",
            Self::OnHold => "On hold",
            Self::QueryOpen => "Query open",
            Self::Coded => "Coded",
            Self::InReview => "In review",
            Self::FindingsOpen => "Findings open",
            Self::Final => "Final",
            Self::Returned => "Returned",
            Self::Acknowledged => "Acknowledged",
            Self::IntakeException => "Intake exception",
            Self::Duplicate => "Possible duplicate",
            Self::RejectedToFacility => "Rejected to facility",
            Self::Voided => "Voided",
        }
    }
}

text_enum!(
    /// What can be done to a chart.
    Action {
        /// The first entry of every timeline.
        Receive = "receive",
        /// Intake found it complete.
        Accept = "accept",
        /// Intake found a twin.
        FlagDuplicate = "flag_duplicate",
        /// Intake found something odd.
        FlagException = "flag_exception",
        /// A person says it is no duplicate, or settles the exception.
        Clear = "clear",
        /// Offered to a coder.
        Assign = "assign",
        /// Its coder opened it, or took it by Next.
        Start = "start",
        /// The lease ran out.
        Expire = "expire",
        /// Its holder gave it back.
        Release = "release",
        /// A lead took it away.
        Revoke = "revoke",
        /// A reason not to go on was written down.
        Hold = "hold",
        /// One of several reasons is gone (the state stays).
        EaseHold = "ease_hold",
        /// The last reason is gone.
        LiftHold = "lift_hold",
        /// A provider is asked.
        OpenQuery = "open_query",
        /// The provider answered one question (the state stays).
        AnswerQuery = "answer_query",
        /// One question was taken back (the state stays).
        CancelQuery = "cancel_query",
        /// One question is closed without an answer (the state stays).
        CloseQuery = "close_query",
        /// No question is open any more.
        GoOn = "go_on",
        /// The coder handed in codes.
        Submit = "submit",
        /// Drawn for review.
        DrawForReview = "draw_for_review",
        /// Not drawn: the codes stand.
        PassUnreviewed = "pass_unreviewed",
        /// A reviewer took it (the state stays; the timeline shows who).
        StartReview = "start_review",
        /// The review lease ended without a result.
        EndReview = "end_review",
        /// The reviewer accepts, corrected or not.
        AcceptReview = "accept_review",
        /// The reviewer sends it back.
        SendBack = "send_back",
        /// The package was made.
        Return = "return",
        /// The facility took it.
        Acknowledge = "acknowledge",
        /// Back into work, as the next version.
        Reopen = "reopen",
        /// Given back uncoded.
        Reject = "reject",
        /// Withdrawn by the facility.
        Void = "void",
        /// A step of the queue's ladder was taken (the state stays; the reason says which).
        Escalate = "escalate",
    }
);

text_enum!(
    /// What kind of actor does it; which person may is `access` and `eligibility`.
    ActorKind {
        /// Someone of the facility.
        Facility = "facility",
        /// The chart's coder.
        Coder = "coder",
        /// A reviewer.
        Reviewer = "reviewer",
        /// A lead or QA lead.
        Lead = "lead",
        /// The product itself: intake, planner, sweeper, jobs.
        System = "system",
    }
);

/// Who does it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Actor {
    /// In what capacity.
    pub kind: ActorKind,
    /// Which person; none for the product itself.
    pub person: Option<PersonId>,
}

impl Actor {
    /// The product itself.
    pub const SYSTEM: Self = Self { kind: ActorKind::System, person: None };

    /// A person in a capacity.
    #[must_use]
    pub const fn person(kind: ActorKind, person: PersonId) -> Self {
        Self { kind, person: Some(person) }
    }
}

/// The part of a chart that its life depends on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chart {
    /// The tenant.
    pub facility: FacilityId,
    /// The chart.
    pub id: ChartId,
    /// Where it stands.
    pub state: ChartState,
    /// Counts every move; a move on an older version is refused.
    pub version: i32,
    /// Where a held chart goes when the hold is lifted, and a revised coding after a review.
    pub round: i32,
}

/// One legal move, ready to be stored. Made only by [`decide`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    chart: Chart,
    action: Action,
    actor: Actor,
    at: Instant,
    to: ChartState,
    reason: Option<String>,
}

impl Change {
    /// The chart before the move.
    #[must_use]
    pub const fn before(&self) -> &Chart {
        &self.chart
    }
    /// The chart after the move.
    #[must_use]
    pub fn after(&self) -> Chart {
        Chart {
            state: self.to,
            version: self.chart.version.saturating_add(1),
            round: self.chart.round.saturating_add(i32::from(self.action == Action::SendBack)),
            ..self.chart.clone()
        }
    }
    /// What was done.
    #[must_use]
    pub const fn action(&self) -> Action {
        self.action
    }
    /// Who did it.
    #[must_use]
    pub const fn actor(&self) -> Actor {
        self.actor
    }
    /// When.
    #[must_use]
    pub const fn at(&self) -> Instant {
        self.at
    }
    /// The state it leads to.
    #[must_use]
    pub const fn to(&self) -> ChartState {
        self.to
    }
    /// A reason code, never free text: the timeline carries no patient data.
    #[must_use]
    pub fn reason(&self) -> Option<&str> {
        self.reason.as_deref()
    }
    /// The same change with a reason code.
    #[must_use]
    pub fn because(mut self, reason: impl Into<String>) -> Self {
        self.reason = Some(reason.into());
        self
    }
}

/// What a chart waits for after a move: the lane in which the planner and Next find it.
#[must_use]
pub const fn waiting_for(change: &Change) -> Option<AssignmentKind> {
    match change.to {
        ChartState::Ready | ChartState::FindingsOpen => Some(AssignmentKind::Coding),
        ChartState::InReview => match change.action {
            Action::StartReview => None,
            _ => Some(AssignmentKind::Review),
        },
        _ => None,
    }
}

/// Why a move is not allowed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// Where the chart stands.
    pub state: ChartState,
    /// What was tried.
    pub action: Action,
    /// In what capacity.
    pub by: ActorKind,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let action = self.action.as_str().replace('_', " ");
        let state = self.state.label().to_lowercase();
        write!(f, "a chart that is “{state}” does not allow “{action}” by {}", self.by)
    }
}

impl std::error::Error for Refusal {}

/// Decides one move.
///
/// # Errors
/// A [`Refusal`] that names state, action and capacity when the table has no such row.
pub fn decide(chart: &Chart, action: Action, actor: Actor, at: Instant) -> Result<Change, Refusal> {
    match next(chart.state, action, actor.kind, chart.round) {
        Some(to) => Ok(Change { chart: chart.clone(), action, actor, at, to, reason: None }),
        None => Err(Refusal { state: chart.state, action, by: actor.kind }),
    }
}

/// THE table: from this state, this action by this capacity leads where; `None` is a refusal.
///
/// `round` counts how often a review sent the chart back: a revised coding goes to its reviewer
/// again instead of being drawn afresh.
#[must_use]
pub const fn next(
    state: ChartState,
    action: Action,
    by: ActorKind,
    round: i32,
) -> Option<ChartState> {
    use Action as A;
    use ActorKind as W;
    use ChartState as S;
    let to =
        match (state, action, by) {
            (S::Received, A::Accept, W::System)
            | (S::Duplicate | S::IntakeException, A::Clear, W::Facility | W::Lead)
            | (S::Returned | S::Acknowledged, A::Reopen, W::Facility | W::Lead) => S::Ready,
            (S::Received, A::FlagDuplicate, W::System) => S::Duplicate,
            (S::Received, A::FlagException, W::System) => S::IntakeException,

            (S::Ready | S::FindingsOpen, A::Assign, W::System | W::Lead) => S::Assigned,
            (S::Ready | S::Assigned | S::FindingsOpen, A::Start, W::Coder) => S::InProgress,
            (S::Assigned | S::InProgress, A::Expire, W::System)
            | (S::Assigned | S::InProgress, A::Release, W::Coder)
            | (S::Assigned | S::InProgress, A::Revoke, W::Lead | W::System)
            | (S::OnHold, A::LiftHold, W::Facility | W::Coder | W::Lead | W::System) => {
                if round > 0 { S::FindingsOpen } else { S::Ready }
            }

            (S::InProgress | S::OnHold, A::Hold, W::Coder | W::Lead)
            | (S::Ready | S::Assigned | S::FindingsOpen, A::Hold, W::Lead)
            | (S::OnHold, A::EaseHold, W::Facility | W::Coder | W::Lead | W::System) => S::OnHold,

            (S::InProgress, A::Submit, W::Coder) => {
                if round > 0 {
                    S::InReview
                } else {
                    S::Coded
                }
            }
            (S::Coded, A::DrawForReview, W::System | W::Lead) => S::InReview,
            (S::Coded, A::PassUnreviewed, W::System)
            | (S::InReview, A::AcceptReview, W::Reviewer) => S::Final,
            (S::InReview, A::StartReview | A::EndReview, W::Reviewer | W::System | W::Lead) => {
                S::InReview
            }
            (S::InReview, A::SendBack, W::Reviewer) => S::FindingsOpen,

            (S::Final, A::Return, W::System) => S::Returned,
            (S::Returned, A::Acknowledge, W::Facility) => S::Acknowledged,
            (_, A::Escalate, W::System) if state.is_under_way() => state,

            (
                S::IntakeException | S::Duplicate | S::Ready | S::OnHold | S::QueryOpen,
                A::Reject,
                W::Lead,
            )
            | (S::IntakeException | S::Duplicate, A::Reject, W::System) => S::RejectedToFacility,
            (
                S::Received
                | S::IntakeException
                | S::Duplicate
                | S::Ready
                | S::Assigned
                | S::InProgress
                | S::OnHold
                | S::QueryOpen
                | S::FindingsOpen,
                A::Void,
                W::Facility,
            ) => S::Voided,
            _ => return with_provider(state, action, by, round),
        };
    Some(to)
}

/// The part of the table that waits for providers. A chart may wait for several answers: each is an entry of
/// the timeline, and after the last the chart goes on.
const fn with_provider(
    state: ChartState,
    action: Action,
    by: ActorKind,
    round: i32,
) -> Option<ChartState> {
    use Action as A;
    use ActorKind as W;
    use ChartState as S;
    let to = match (state, action, by) {
        (S::InProgress, A::OpenQuery, W::Coder)
        | (S::QueryOpen, A::AnswerQuery, W::Facility)
        | (S::QueryOpen, A::CancelQuery, W::Coder | W::Lead)
        | (S::QueryOpen, A::CloseQuery, W::Lead) => S::QueryOpen,
        (S::QueryOpen, A::GoOn, W::System) if round > 0 => S::FindingsOpen,
        (S::QueryOpen, A::GoOn, W::System) => S::Ready,
        _ => return None,
    };
    Some(to)
}

#[cfg(test)]
mod tests;
