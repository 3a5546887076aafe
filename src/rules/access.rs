//! The permission table: which role may ever use which right. Whether a right may be used *now*, on
//! *this* thing, is decided by `lifecycle`, `eligibility` and the database's row policies.

text_enum!(
    /// What a person is here to do.
    Role {
        /// Uploads charts and watches them, at the facility.
        FacilityUploader = "facility_uploader",
        /// Manages the facility's own users, keys and results.
        FacilityAdmin = "facility_admin",
        /// Answers documentation questions, at the facility.
        Provider = "provider",
        /// Turns charts into codes.
        Coder = "coder",
        /// Checks codings.
        Reviewer = "reviewer",
        /// Leads the reviewers and rules on disputes.
        QaLead = "qa_lead",
        /// Leads coders: shifts, leave, skills, reassignment.
        TeamLead = "team_lead",
        /// Answers to the clients: contracts, allow-lists, deadlines. Sees no patient data.
        AccountManager = "account_manager",
        /// Reads the audit trail, of the vendor or of one facility.
        Auditor = "auditor",
        /// Runs the installation.
        Operator = "operator",
        /// A facility's program that uses the JSON API with a key.
        ApiKey = "api_key",
    }
);

/// Which side of the contract a person stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// The tenant.
    Facility,
    /// The coding company.
    Vendor,
}

impl Role {
    /// Whether people of this side may hold the role.
    #[must_use]
    pub const fn belongs_to(self, side: Side) -> bool {
        match self {
            Self::FacilityUploader | Self::FacilityAdmin | Self::Provider | Self::ApiKey => {
                matches!(side, Side::Facility)
            }
            Self::Auditor => true,
            Self::Coder
            | Self::Reviewer
            | Self::QaLead
            | Self::TeamLead
            | Self::AccountManager
            | Self::Operator => matches!(side, Side::Vendor),
        }
    }

    /// Whether people in this role see every facility rather than those that allow-list them.
    #[must_use]
    pub const fn sees_every_facility(self) -> bool {
        matches!(self, Self::Operator | Self::Auditor)
    }

    /// The name on pages.
    #[must_use]
    pub const fn label(self) -> &'static str {
        match self {
            Self::FacilityUploader => "Facility uploader",
            Self::FacilityAdmin => "Facility admin",
            Self::Provider => "Provider",
            Self::Coder => "Coder",
            Self::Reviewer => "Reviewer",
            Self::QaLead => "QA lead",
            Self::TeamLead => "Team lead",
            Self::AccountManager => "Account manager",
            Self::Auditor => "Auditor",
            Self::Operator => "Operator",
            Self::ApiKey => "API key",
        }
    }
}

/// A right as a type, so that a handler's signature can demand it.
pub trait Demand {
    /// The right demanded.
    const RIGHT: Right;
}

/// The table itself: one line a right, with its meaning and who holds it.
macro_rules! rights {
    ($($(#[$doc:meta])* $right:ident: $($role:ident)|+;)+) => {
        /// What can be done here.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Right { $($(#[$doc])* $right),+ }

        impl Right {
            /// Every right, in the table's order.
            pub const ALL: &'static [Self] = &[$(Self::$right),+];

            /// Its name.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$right => stringify!($right)),+ }
            }

            /// Whether the role holds it.
            #[must_use]
            pub const fn held_by(self, role: Role) -> bool {
                match self { $(Self::$right => matches!(role, $(Role::$role)|+)),+ }
            }
        }

        /// Each right as a type for `May<…>`.
        pub mod may {
            $($(#[$doc])* #[derive(Debug, Clone, Copy)] pub struct $right;
            impl super::Demand for $right { const RIGHT: super::Right = super::Right::$right; })+
        }
    };
}

rights! {
    /// Use one's own account: password, sessions, home page.
    UseAccount: FacilityUploader | FacilityAdmin | Provider | Coder | Reviewer | QaLead | TeamLead
        | AccountManager | Auditor | Operator;
    /// Invite, change and disable people of the coding company.
    ManagePeople: Operator;
    /// See the people of the coding company and how they are set up.
    ViewPeople: TeamLead | QaLead | AccountManager | Operator;
    /// Set skills, credentials, shifts, leave and limits.
    ManageSchedules: TeamLead | Operator;
    /// Invite, change and disable people of one's own facility.
    ManageFacilityUsers: FacilityAdmin;
    /// Make and revoke keys to the JSON API for one's own facility.
    ManageApiKeys: FacilityAdmin;
    /// Create facilities and set their calendars and first administrator.
    ManageFacilities: Operator;
    /// See facilities, queues and contract terms.
    ViewFacilities: TeamLead | QaLead | AccountManager | Operator;
    /// Set queues and their contract terms.
    ManageQueues: AccountManager | Operator;
    /// Write what a facility asks of its coders.
    WriteGuidelines: AccountManager;
    /// Write what one's own facility asks of its coders.
    WriteOwnGuidelines: FacilityAdmin;
    /// Write a facility's own rules for its codings, try them out, and switch them.
    ManageOwnRules: TeamLead | QaLead;
    /// Decide who may work for a facility.
    ManageAllowLists: AccountManager | Operator;
    /// Hand in charts.
    UploadCharts: FacilityUploader | FacilityAdmin | ApiKey;
    /// See one's own facility's charts, patients and documents.
    ViewOwnCharts: FacilityUploader | FacilityAdmin | ApiKey;
    /// Void, clear a duplicate, answer a hold, reopen.
    SettleOwnCharts: FacilityUploader | FacilityAdmin;
    /// Say whose a document is that a coder marked as another patient's.
    SettleDisclosures: FacilityAdmin;
    /// List, download and acknowledge returns.
    CollectReturns: FacilityUploader | FacilityAdmin | ApiKey;
    /// Answer questions about the record that are put to oneself.
    AnswerQueries: Provider;
    /// Watch one's own facility's open questions, say who answers and how, keep wordings.
    ManageOwnQueries: FacilityAdmin;
    /// Ask for the next piece of work.
    TakeWork: Coder | Reviewer | QaLead;
    /// Code the charts one holds.
    CodeCharts: Coder;
    /// Review the charts one holds.
    ReviewCharts: Reviewer | QaLead;
    /// Search the code sets.
    SearchCodes: Coder | Reviewer | QaLead | FacilityAdmin | FacilityUploader | ApiKey;
    /// See which code lists are loaded, and what differs between their editions.
    ViewCodeLists: Coder | Reviewer | QaLead | TeamLead | AccountManager | Operator;
    /// See the work board: queues, people, what waits and why.
    ViewBoard: TeamLead | QaLead | AccountManager | Operator;
    /// Assign, reassign and take back work.
    AssignCharts: TeamLead | QaLead;
    /// Hold, release and reject charts on the vendor's side.
    SettleCharts: TeamLead | QaLead;
    /// See productivity, accuracy and turnaround of people and queues.
    ViewMetrics: TeamLead | QaLead | AccountManager | Operator;
    /// See one's own productivity and accuracy.
    ViewOwnMetrics: Coder | Reviewer | QaLead;
    /// See one's own facility's turnaround, backlog and accuracy.
    ViewFacilityMetrics: FacilityUploader | FacilityAdmin;
    /// Read the audit trail.
    ReadAudit: Auditor | Operator;
    /// Watch jobs, mail and the installation.
    Operate: Operator;
}

#[cfg(test)]
mod tests {
    use super::{Right, Role, Side};

    #[test]
    fn account_managers_and_operators_hold_no_right_to_patient_data() {
        let clinical =
            [Right::ViewOwnCharts, Right::CodeCharts, Right::ReviewCharts, Right::CollectReturns];
        for role in [Role::AccountManager, Role::Operator, Role::TeamLead, Role::Auditor] {
            for right in clinical {
                assert!(!right.held_by(role), "{role} holds {}", right.as_str());
            }
        }
    }

    #[test]
    fn every_right_is_held_by_someone_and_refused_to_someone() {
        for right in Right::ALL {
            let holders = Role::ALL.iter().filter(|role| right.held_by(**role)).count();
            assert!(holders > 0 && holders < Role::ALL.len(), "{}", right.as_str());
        }
    }

    #[test]
    fn every_role_belongs_to_a_side() {
        for role in Role::ALL {
            assert!(role.belongs_to(Side::Facility) || role.belongs_to(Side::Vendor));
        }
    }
}
