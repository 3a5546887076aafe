//! A type for each kind of identifier.

id!(
    /// A facility: the tenant.
    FacilityId
);
id!(
    /// A facility's stream of one kind of work with its contract terms.
    QueueId
);
id!(
    /// One encounter to be coded.
    ChartId
);
id!(
    /// A file of a chart.
    DocumentId
);
id!(
    /// Anyone who signs in, at a facility or at the vendor.
    PersonId
);
id!(
    /// One person's lease on one chart.
    AssignmentId
);
id!(
    /// Why a chart can't go on.
    HoldId
);
id!(
    /// A reviewer's check of one coding.
    ReviewId
);
id!(
    /// One thing a review found.
    FindingId
);
id!(
    /// The immutable package handed back to the facility.
    ReturnId
);
id!(
    /// A signed-in browser.
    SessionId
);
id!(
    /// A facility's key to the JSON API.
    ApiKeyId
);
id!(
    /// A promise of work to be done later, in `jobs`.
    JobId
);
id!(
    /// One version of what a facility asks of its coders.
    GuidelineId
);
id!(
    /// A facility's own rule.
    OwnRuleId
);
id!(
    /// One try of an own rule over past charts.
    TrialId
);
id!(
    /// A free text that a person wrote about a chart.
    NoteId
);
id!(
    /// An invitation or a password reset on its way by mail.
    TicketId
);
id!(
    /// A question to a provider.
    QueryId
);
id!(
    /// A facility's own wording for questions that come up often.
    QueryTemplateId
);
