//! The last scene: what stands beside the charts when a visitor comes. A guideline that coders have not read
//! yet, and a rule of the hospital's own that was tried over its past charts and is on.

use super::found::{Town, Worker};
use super::templates::House;
use base::Services;
use base::error::Result;
use coding::own::{self, NewRuleVersion};
use facilities::guidelines::{self, NewGuideline};
use rules::access::Role;
use rules::edits::EditSeverity;
use rules::ids::OwnRuleId;
use rules::own::{Condition, Entered, LineChoice, LineField, LineKind, LineTest, Matter, Relation};

const GUIDELINE: &str = "# Every chart\n\n\
    - Code **tobacco use and dependence** whenever it is documented, also as history.\n\
    - Long-term drug therapy (Z79) is reported for insulin, anticoagulants and opioids.\n\
    - Query before *unspecified* heart failure: type and acuity are usually in the echo report.\n\n\
    | When | Then |\n|---|---|\n\
    | a report contradicts the discharge summary | hold, provider clarification |\n\
    | the chart lacks the operative report | hold, missing operative report |\n";

/// Writes the guideline and the rule, and asks for its trial.
pub(super) async fn play(services: &Services, town: &Town) -> Result<Option<OwnRuleId>> {
    let Some(hospital) = town.facilities.get(&House::Buckeye) else { return Ok(None) };
    if let Some(manager) = of_role(town, Role::AccountManager) {
        let text = GUIDELINE.to_owned();
        let new = NewGuideline { queue_id: None, version: 0, text };
        guidelines::write_as(services, &manager.scope, hospital.id, &new).await?;
    }
    let Some(lead) = of_role(town, Role::TeamLead) else { return Ok(None) };
    let new = NewRuleVersion { version: 0, queue_id: None, rule: rule() };
    let written = services
        .db
        .ops(&lead.scope, async |tx| {
            let written = own::create(tx, hospital.id, &new).await?;
            own::ask_trial(tx, (hospital.id, written.id), written.version).await?;
            Ok(written)
        })
        .await?;
    Ok(Some(written.id))
}

/// Switches the rule on that was tried meanwhile.
pub(super) async fn switch_on(
    services: &Services,
    town: &Town,
    rule: Option<OwnRuleId>,
) -> Result<()> {
    let hospital = town.facilities.get(&House::Buckeye);
    let (Some(rule), Some(hospital)) = (rule, hospital) else { return Ok(()) };
    let Some(lead) = of_role(town, Role::TeamLead) else { return Ok(()) };
    let which = (hospital.id, rule);
    services.db.ops(&lead.scope, async |tx| own::switch(tx, which, Some(1)).await).await
}

/// The first of them: whom a visitor can sign in as.
fn of_role(town: &Town, role: Role) -> Option<&Worker> {
    town.workers.iter().find(|worker| worker.member.role == role)
}

fn rule() -> Entered {
    let test =
        |field, value: &str| LineTest { field, is: Relation::Among, value: value.to_owned() };
    Entered {
        name: "Look twice before “unspecified”".to_owned(),
        severity: EditSeverity::Advice,
        message:
            "This code leaves something open. Does the record say it, or is it worth a question?"
                .to_owned(),
        about: Some(LineChoice {
            kind: LineKind::Diagnosis,
            tests: vec![test(LineField::Wording, "unspecified")],
        }),
        when: vec![Condition::Coding {
            field: Matter::Age,
            is: Relation::AtLeast,
            value: "18".to_owned(),
        }],
    }
}
