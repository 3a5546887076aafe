//! The pages of a facility's own rules: all of them, one with its history, and the form.

use super::Which;
use super::view::{self, OwnRuleHistory, OwnRuleView, TrialView};
use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use rules::access::{Right, may};
use rules::edits::EditSeverity;
use rules::ids::{FacilityId, OwnRuleId, QueueId};
use rules::own::{
    Entered, LineField, LineKind, MESSAGE_CHARACTERS_MAX, Matter, NAME_CHARACTERS_MAX, Relation,
};
use serde::Serialize;
use web::{Answer, May, Shell};

/// What a severity asks, in the words of the form.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass by reference")]
const fn asks(severity: &EditSeverity) -> &'static str {
    match severity {
        EditSeverity::Error => "Error: stops it",
        EditSeverity::Warning => "Warning: asks why",
        EditSeverity::Advice => "Advice: only tells",
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "templates pass by reference")]
const fn tone(severity: &EditSeverity) -> &'static str {
    match severity {
        EditSeverity::Error => "bad",
        EditSeverity::Warning => "warn",
        EditSeverity::Advice => "info",
    }
}

#[derive(Template)]
#[template(path = "own_rules.html")]
struct RulesPage {
    shell: Shell,
    facility: (FacilityId, String),
    rules: Vec<OwnRuleView>,
    may_manage: bool,
}

/// A facility's own rules.
pub(crate) async fn all(
    may: May<may::ViewFacilities>,
    id: Path<FacilityId>,
) -> Answer<HttpResponse> {
    let (name, rules) = may
        .ops(async |tx| {
            let name = view::facility_name(tx, *id).await?;
            Ok((name, view::all(tx, *id).await?))
        })
        .await?;
    web::html(&RulesPage {
        shell: Shell::new(&may, "Own rules", "/facilities"),
        facility: (*id, name),
        rules,
        may_manage: may.principal().may(Right::ManageOwnRules),
    })
}

#[derive(Template)]
#[template(path = "own_rule.html")]
struct RulePage {
    shell: Shell,
    facility: (FacilityId, String),
    history: OwnRuleHistory,
    may_manage: bool,
}

impl RulePage {
    /// Where its API is.
    fn address(&self) -> String {
        let (facility, rule) = (self.facility.0, self.history.rule.id);
        format!("/api/v1/facilities/{facility}/rules/{rule}")
    }

    /// Whether the newest version is the one in force.
    fn is_newest_on(&self) -> bool {
        self.history.rule.active_version == Some(self.history.rule.newest.version)
    }

    /// The latest trial of the newest version.
    fn trial(&self) -> Option<&TrialView> {
        self.history.trial_of(self.history.rule.newest.version)
    }

    fn is_tried(&self) -> bool {
        let version = self.history.rule.newest.version;
        self.history.trials.iter().any(|it| it.version == version && it.finished_at.is_some())
    }
}

/// The share of charts, in tenths of a percent.
fn share(trial: &TrialView) -> String {
    const TENTHS: i64 = 1_000;
    let charts = i64::from(trial.charts).max(1);
    let tenths = (i64::from(trial.charts_found) * TENTHS + charts / 2) / charts;
    format!("{}.{} %", tenths / 10, tenths % 10)
}

/// One rule with its history. It looks again by itself, as when a trial is done.
pub(crate) async fn one(
    may: May<may::ViewFacilities>,
    path: Path<(FacilityId, OwnRuleId)>,
) -> Answer<HttpResponse> {
    let (name, history) = may
        .ops(async |tx| {
            let name = view::facility_name(tx, path.0).await?;
            Ok((name, view::one(tx, *path).await?))
        })
        .await?;
    let title = format!("Own rule {}", history.rule.number);
    let mut page = RulePage {
        shell: Shell::new(&may, title, "/facilities"),
        facility: (path.0, name),
        history,
        may_manage: may.principal().may(Right::ManageOwnRules),
    };
    page.shell.live = true;
    web::html(&page)
}

/// What the form offers, for its script.
#[derive(Serialize)]
struct Offer {
    kinds: Vec<Word>,
    fields: Vec<FieldOffer>,
    matters: Vec<FieldOffer>,
    rule: Option<Entered>,
}

#[derive(Serialize)]
struct Word {
    name: &'static str,
    label: &'static str,
}

#[derive(Serialize)]
struct FieldOffer {
    name: &'static str,
    label: &'static str,
    hint: &'static str,
    comparisons: &'static [Relation],
}

impl Offer {
    fn of(rule: Option<Entered>) -> Self {
        let kind = |kind: &LineKind| Word { name: kind.as_str(), label: kind.label() };
        let field = |it: &LineField| FieldOffer {
            name: it.as_str(),
            label: it.label(),
            hint: it.hint(),
            comparisons: it.comparisons(),
        };
        let matter = |it: &Matter| FieldOffer {
            name: it.as_str(),
            label: it.label(),
            hint: it.hint(),
            comparisons: it.comparisons(),
        };
        Self {
            kinds: LineKind::ALL.iter().map(kind).collect(),
            fields: LineField::ALL.iter().map(field).collect(),
            matters: Matter::ALL.iter().map(matter).collect(),
            rule,
        }
    }
}

#[derive(Template)]
#[template(path = "own_rule_form.html")]
struct RuleForm {
    shell: Shell,
    facility: (FacilityId, String),
    queues: Vec<(QueueId, String)>,
    /// What is changed; none for a new rule.
    before: Option<OwnRuleView>,
    /// What the form's script draws from.
    offer: String,
}

impl RuleForm {
    const NAME_CHARACTERS_MAX: usize = NAME_CHARACTERS_MAX;
    const MESSAGE_CHARACTERS_MAX: usize = MESSAGE_CHARACTERS_MAX;
    const SEVERITIES: &'static [EditSeverity] = EditSeverity::ALL;

    fn rule(&self) -> Option<&Entered> {
        self.before.as_ref().map(|before| &before.newest.rule)
    }

    fn is_severity(&self, severity: &EditSeverity) -> bool {
        self.rule().map_or(EditSeverity::Warning, |rule| rule.severity) == *severity
    }

    fn is_queue(&self, queue: &QueueId) -> bool {
        self.before.as_ref().is_some_and(|before| before.newest.queue_id == Some(*queue))
    }

    /// The method and address that take it.
    fn sends(&self) -> String {
        let path = format!("/api/v1/facilities/{}/rules", self.facility.0);
        self.before
            .as_ref()
            .map_or_else(|| format!("POST {path}"), |it| format!("PUT {path}/{}", it.id))
    }

    fn version(&self) -> i32 {
        self.before.as_ref().map_or(0, |before| before.newest.version)
    }
}

/// The form for a new rule.
pub(crate) async fn new(
    may: May<may::ManageOwnRules>,
    id: Path<FacilityId>,
) -> Answer<HttpResponse> {
    form(&may, *id, None).await
}

/// The form for a new version.
pub(crate) async fn edit(
    may: May<may::ManageOwnRules>,
    path: Path<(FacilityId, OwnRuleId)>,
) -> Answer<HttpResponse> {
    form(&may, path.0, Some(*path)).await
}

async fn form(
    may: &May<may::ManageOwnRules>,
    facility: FacilityId,
    which: Option<Which>,
) -> Answer<HttpResponse> {
    let (name, queues, before) = may
        .ops(async |tx| {
            let name = view::facility_name(tx, facility).await?;
            let queues = view::queues(tx, facility).await?;
            let before = match which {
                Some(which) => Some(view::one(tx, which).await?.rule),
                None => None,
            };
            Ok((name, queues, before))
        })
        .await?;
    let title = before
        .as_ref()
        .map_or_else(|| "New rule".to_owned(), |before| format!("Change rule {}", before.number));
    let rule = before.as_ref().map(|before| before.newest.rule.clone());
    let offer = serde_json::to_string(&Offer::of(rule))?;
    let shell = Shell::new(may, title, "/facilities");
    web::html(&RuleForm { shell, facility: (facility, name), queues, before, offer })
}
