use super::{
    AnswerChoice, BUILT_IN, CancelReason, OTHER, QueryAct, QueryAnswer, QueryFinding,
    QueryIndicator, QueryKind, QueryQuestion, QueryStatus, UNABLE, YesNoUse, check, check_wording,
    faults, in_words, may_be_sent, next,
};
use crate::edits::EditSeverity;
use crate::ids::DocumentId;
use crate::lifecycle::ActorKind;
use proptest::prelude::*;
use std::fmt::Write;

fn indicator(quote: &str) -> QueryIndicator {
    let end = i32::try_from(quote.chars().count()).unwrap();
    QueryIndicator { document_id: DocumentId::new(), start: 0, end, quote: quote.to_owned() }
}

fn strings(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

/// A question that nothing stands against.
fn anemia() -> QueryQuestion {
    QueryQuestion {
        title: "Anemia: type and cause".into(),
        kind: QueryKind::MultipleChoice,
        text: "The record names anemia without its type. Which type was treated?".into(),
        indicators: vec![
            indicator("Hgb 6.9, down from 11.2"),
            indicator("Anemia, transfuse 2 units"),
        ],
        options: strings(&["Acute blood loss anemia", "Iron deficiency anemia"]),
        about: None,
        condition: String::new(),
        cause: String::new(),
        template: None,
    }
}

fn onset() -> QueryQuestion {
    QueryQuestion {
        title: "Time of onset".into(),
        kind: QueryKind::YesNo,
        text: "Was the condition quoted below present at the time of the order to admit?".into(),
        indicators: vec![indicator("Sacral pressure ulcer, stage 3, seen on day 2")],
        options: Vec::new(),
        about: Some(YesNoUse::PresentOnAdmission),
        condition: "Sacral pressure ulcer".into(),
        cause: String::new(),
        template: None,
    }
}

fn rules(question: &QueryQuestion) -> Vec<(&'static str, String)> {
    check(question).into_iter().map(|finding| (finding.rule, finding.field)).collect()
}

#[track_caller]
fn errs(question: &QueryQuestion, rule: &str, field: &str) {
    let findings = check(question);
    let hit = |found: &QueryFinding| {
        found.rule == rule && found.field == field && found.severity == EditSeverity::Error
    };
    assert!(findings.iter().any(hit), "{rule} at {field} expected, found {findings:?}");
    assert!(!may_be_sent(&findings));
}

#[test]
fn a_neutral_question_with_indicators_and_choices_has_no_finding() {
    assert_eq!(rules(&anemia()), []);
    assert_eq!(rules(&onset()), []);
}

#[test]
fn words_that_lead_are_refused_wherever_they_stand() {
    for text in [
        "Do you agree with the dietitian?",
        "Would you AGREE the patient had this?",
        "Don't you think this was sepsis?",
        "Doesn’t this fit?",
        "Please document that the patient had acute blood loss.",
        "We recommend a more precise term.",
        "I believe the drop in hemoglobin was acute. Which type was it?",
        "It appears that blood was lost. Which type was it?",
        "Clearly the patient bled. Which type was it?",
        "You should say which type it was.",
        "Can you document the type?",
        "Please add the type.",
    ] {
        errs(&QueryQuestion { text: text.into(), ..anemia() }, "query.leading", "text");
        errs(&QueryQuestion { title: text.into(), ..anemia() }, "query.leading", "title");
    }
    for text in [
        "Which type was it, if it can be determined? Nobody disagrees with the treatment.",
        "Please clarify which type was treated.",
        "Which type did the patient have? The unclear note is quoted below.",
        "Additional detail was added on day 3. Which type was treated?",
    ] {
        assert_eq!(rules(&QueryQuestion { text: text.into(), ..anemia() }), [], "{text}");
    }
}

#[test]
fn money_has_no_place_in_a_question() {
    for text in [
        "Which type was it? The payer asks.",
        "It changes the MS-DRG. Which type?",
        "Is this a CC/MCC?",
        "For reimbursement, which type was it?",
        "Which HCC applies?",
        "To avoid denials, which type was it?",
        "The claim is held. Which type was it?",
        "Worth $4,000: which type was it?",
        "Medicare wants to know which type.",
        "Which case-mix group is it?",
        "Which type was billed?",
    ] {
        errs(&QueryQuestion { text: text.into(), ..anemia() }, "query.payment", "text");
    }
    for text in [
        "The patient denies chest pain and claims to feel well. Which type was it?",
        "500 cc of blood were lost. Which type was it?",
        "The patient is in denial about drinking. Which type was it?",
        "Which type was it? The pad was accosted for costal pain.",
        "Was the pain above the costal margin? Which type was it?",
    ] {
        let question = QueryQuestion { text: text.into(), ..anemia() };
        assert_eq!(rules(&question), [], "{text}");
    }
    let unclear = QueryQuestion { text: "CC: weakness. Which type was it?".into(), ..anemia() };
    assert_eq!(rules(&unclear), [("query.payment", "text".to_owned())]);
    assert!(may_be_sent(&check(&unclear)), "it may mean the chief complaint");
}

#[test]
fn statistics_measures_and_effects_have_no_place_either() {
    let of = |text: &str| QueryQuestion { text: text.into(), ..anemia() };
    for text in
        ["What is the severity of illness?", "The SOI is low.", "It raises the risk of mortality."]
    {
        errs(&of(text), "query.severity", "text");
    }
    for text in ["It is a quality measure.", "This is PSI 90.", "Our star rating depends on it."] {
        errs(&of(text), "query.quality", "text");
    }
    for text in ["What impact did it have?", "It affects the codes.", "A more specific code."] {
        errs(&of(text), "query.impact", "text");
    }
    for fine in ["Was it severe? Which type?", "Impacted cerumen was removed. Which type?"] {
        assert_eq!(rules(&of(fine)), [], "{fine}");
    }
    assert_eq!(
        rules(&of("The quality of the pain changed. Which type?")),
        [("query.quality", "text".to_owned())]
    );
}

#[test]
fn a_coder_does_not_conclude_and_does_not_speak_of_codes() {
    let of = |text: &str| check(&QueryQuestion { text: text.into(), ..anemia() });
    let concluded = of("The values are consistent with blood loss. Which type was it?");
    assert_eq!(concluded.len(), 1);
    assert_eq!(concluded[0].rule, "query.concluding");
    assert!(may_be_sent(&concluded), "a warning tells, an error refuses");
    assert_eq!(of("For coding purposes: which type was it?")[0].rule, "query.coding");
}

#[test]
fn without_quotations_from_the_record_nothing_is_asked() {
    errs(&QueryQuestion { indicators: vec![], ..anemia() }, "query.indicators", "indicators");
    errs(
        &QueryQuestion { indicators: vec![indicator("  ")], ..anemia() },
        "query.quote",
        "indicators.0",
    );
    let backwards = QueryIndicator { start: 9, end: 9, ..indicator("anemia") };
    errs(&QueryQuestion { indicators: vec![backwards], ..anemia() }, "query.quote", "indicators.0");
}

#[test]
fn a_diagnosis_that_the_record_does_not_name_should_rest_on_more_than_one_indicator() {
    let one = QueryQuestion { indicators: vec![indicator("Hgb 6.9")], ..anemia() };
    assert_eq!(rules(&one), [("query.new_diagnosis", "indicators".to_owned())]);
    assert!(may_be_sent(&check(&one)));
    let named = "acute blood loss anemia versus iron deficiency anemia";
    let documented = QueryQuestion { indicators: vec![indicator(named)], ..anemia() };
    assert_eq!(rules(&documented), []);
}

#[test]
fn one_choice_alone_leads_and_choices_are_told_apart() {
    let with = |options: &[&str]| QueryQuestion { options: strings(options), ..anemia() };
    errs(&with(&["Acute blood loss anemia"]), "query.options", "options");
    errs(&with(&[]), "query.options", "options");
    errs(&with(&["Iron deficiency", "iron  deficiency"]), "query.option", "options.1");
    errs(&with(&["Iron deficiency", "Chronic disease", " "]), "query.option", "options.2");
    errs(&with(&["Iron deficiency", "Chronic disease", "Other"]), "query.option", "options.2");
    errs(&with(&["Iron deficiency", "Unable to determine"]), "query.option", "options.1");
    let nine: Vec<String> = (0..9).map(|number| format!("Type {number}")).collect();
    errs(&QueryQuestion { options: nine, ..anemia() }, "query.length", "options");
}

#[test]
fn no_choice_is_louder_than_the_others() {
    let with = |options: &[&str]| QueryQuestion { options: strings(options), ..anemia() };
    errs(
        &with(&["Acute blood loss (most likely)", "Iron deficiency"]),
        "query.steering",
        "options.0",
    );
    errs(&with(&["ACUTE BLOOD LOSS", "Iron deficiency"]), "query.steering", "options.0");
    errs(&with(&["Iron deficiency", "Acute blood loss!"]), "query.steering", "options.1");
    errs(&with(&["** Acute", "Iron deficiency"]), "query.steering", "options.0");
    assert_eq!(rules(&with(&["Stage 3a", "CKD"])), [], "an abbreviation is not loud");
}

#[test]
fn title_and_question_name_no_choice_that_the_record_does_not_name() {
    let titled = QueryQuestion { title: "Acute blood loss anemia".into(), ..anemia() };
    errs(&titled, "query.names_choice", "title");
    let text = "Was this iron deficiency anemia or something else?";
    errs(&QueryQuestion { text: text.into(), ..anemia() }, "query.names_choice", "text");
    let both = "Was this acute blood loss anemia or iron deficiency anemia?";
    assert_eq!(rules(&QueryQuestion { text: both.into(), ..anemia() }), []);
    let quoted = vec![indicator("Acute blood loss anemia noted by ED"), indicator("ferritin 8")];
    assert_eq!(rules(&QueryQuestion { indicators: quoted, ..titled }), []);
}

#[test]
fn yes_or_no_has_three_uses_and_never_introduces_a_diagnosis() {
    errs(&QueryQuestion { about: None, ..onset() }, "query.yes_no_use", "about");
    let undocumented = QueryQuestion { condition: "Sepsis".into(), ..onset() };
    errs(&undocumented, "query.new_diagnosis", "condition");
    errs(&QueryQuestion { condition: " ".into(), ..onset() }, "query.condition", "condition");
    let cause = QueryQuestion {
        about: Some(YesNoUse::CauseAndEffect),
        condition: "neuropathy".into(),
        cause: "diabetes".into(),
        indicators: vec![indicator("Peripheral neuropathy"), indicator("Type 2 diabetes, A1c 9")],
        ..onset()
    };
    assert_eq!(rules(&cause), []);
    errs(
        &QueryQuestion { cause: "alcohol".into(), ..cause.clone() },
        "query.new_diagnosis",
        "cause",
    );
    errs(&QueryQuestion { cause: String::new(), ..cause }, "query.condition", "cause");
    let elsewhere = QueryQuestion {
        about: Some(YesNoUse::DocumentedElsewhere),
        condition: "compression fracture".into(),
        indicators: vec![indicator("MRI: acute compression fracture of T12")],
        ..onset()
    };
    assert_eq!(rules(&elsewhere), []);
    let options = strings(&["Yes", "No"]);
    errs(&QueryQuestion { options, ..onset() }, "query.options", "options");
}

#[test]
fn an_open_question_has_no_choices() {
    let open = QueryQuestion { kind: QueryKind::OpenEnded, options: vec![], ..anemia() };
    assert_eq!(rules(&open), []);
    assert_eq!(open.choices(), Vec::<String>::new());
    let options = strings(&["One", "Two"]);
    errs(&QueryQuestion { options, ..open }, "query.options", "options");
}

#[test]
fn an_incomplete_question_says_what_is_missing() {
    errs(&QueryQuestion { title: " ".into(), ..anemia() }, "query.title", "title");
    errs(&QueryQuestion { text: String::new(), ..anemia() }, "query.text", "text");
    errs(&QueryQuestion { title: "x".repeat(121), ..anemia() }, "query.length", "title");
    errs(&QueryQuestion { text: "x".repeat(2_001), ..anemia() }, "query.length", "text");
    let long = vec![indicator(&"x".repeat(601))];
    errs(&QueryQuestion { indicators: long, ..anemia() }, "query.length", "indicators.0");
}

#[test]
fn other_and_unable_to_determine_are_always_offered_last() {
    let choices = anemia().choices();
    assert_eq!(choices[choices.len() - 2..], [OTHER.to_owned(), UNABLE.to_owned()]);
    assert_eq!(onset().choices(), ["Yes", "No", OTHER, UNABLE]);
}

#[test]
fn every_built_in_template_is_worded_as_the_rules_ask() {
    for template in BUILT_IN {
        let options = strings(template.options);
        let findings = check_wording(template.kind, template.title, template.text, &options);
        assert_eq!(findings, [], "{}", template.id);
        assert_eq!(template.about.is_some(), template.kind == QueryKind::YesNo, "{}", template.id);
        let same = BUILT_IN.iter().filter(|other| other.id == template.id).count();
        assert_eq!(same, 1, "{}", template.id);
        let question = QueryQuestion {
            title: template.title.into(),
            kind: template.kind,
            text: template.text.into(),
            indicators: vec![indicator("a finding"), indicator("another, and the condition")],
            options,
            about: template.about,
            condition: "condition".into(),
            cause: "finding".into(),
            template: None,
        };
        assert_eq!(rules(&question), [], "{}: no choice stands in its own title", template.id);
    }
    assert!(BUILT_IN.len() >= 20);
}

#[test]
fn an_answer_is_one_of_what_is_offered() {
    let answer = |choice, option, text: &str| QueryAnswer {
        choice,
        option,
        text: text.into(),
        comment: String::new(),
    };
    let fields = |question: &QueryQuestion, answer: &QueryAnswer| -> Vec<&'static str> {
        faults(question, answer).into_iter().map(|(field, _)| field).collect()
    };
    let chosen = answer(AnswerChoice::Option, Some(1), "");
    assert_eq!(fields(&anemia(), &chosen), Vec::<&str>::new());
    assert_eq!(in_words(&anemia(), &chosen), "Iron deficiency anemia");
    assert_eq!(fields(&anemia(), &answer(AnswerChoice::Option, Some(2), "")), ["option"]);
    assert_eq!(fields(&anemia(), &answer(AnswerChoice::Option, None, "")), ["option"]);
    assert_eq!(fields(&anemia(), &answer(AnswerChoice::Yes, None, "")), ["choice"]);
    assert_eq!(fields(&anemia(), &answer(AnswerChoice::Other, None, " ")), ["text"]);
    assert_eq!(fields(&anemia(), &answer(AnswerChoice::Other, None, "thalassemia")), [""; 0]);
    assert_eq!(
        fields(&anemia(), &answer(AnswerChoice::UnableToDetermine, Some(0), "")),
        ["option"]
    );
    assert_eq!(fields(&onset(), &answer(AnswerChoice::No, None, "")), [""; 0]);
    assert_eq!(fields(&onset(), &answer(AnswerChoice::Text, None, "at home")), ["choice"]);
    let long = answer(AnswerChoice::Other, None, &"x".repeat(2_001));
    assert_eq!(fields(&onset(), &long), ["text"]);
}

/// The whole table as text, so that a change to it is a change somebody reads.
#[test]
fn a_question_goes_on_as_its_table_says() {
    let mut table = String::new();
    for escalated in [false, true] {
        for status in QueryStatus::ALL {
            for act in QueryAct::ALL {
                for by in ActorKind::ALL {
                    let Some(to) = next(*status, *act, *by, escalated) else { continue };
                    let when = if escalated { "escalated" } else { "before" };
                    writeln!(table, "{when}: {status} + {act} by {by} -> {to}").unwrap();
                }
            }
        }
    }
    assert_eq!(table, include_str!("status_table.txt"), "{table}");
}

#[test]
fn a_person_does_not_cancel_for_the_product() {
    assert!(!CancelReason::OF_PEOPLE.contains(&CancelReason::ChartGone));
}

proptest! {
    /// Whatever is written, the rules answer, and a payment word in it is never overlooked.
    #[test]
    fn no_text_hides_a_word_of_payment(before in "[a-z ,.;()-]{0,40}", after in "\\PC{0,40}") {
        let text = format!("{before} Reimbursement {after}");
        let findings = check(&QueryQuestion { text, ..anemia() });
        prop_assert!(findings.iter().any(|finding| finding.rule == "query.payment"));
    }

    #[test]
    fn any_question_gets_its_findings(title in "\\PC{0,60}", text in "\\PC{0,200}",
        options in proptest::collection::vec("\\PC{0,30}", 0..10), quote in "\\PC{0,50}") {
        for kind in QueryKind::ALL {
            let question = QueryQuestion {
                title: title.clone(), kind: *kind, text: text.clone(),
                indicators: vec![indicator(&quote)], options: options.clone(),
                about: Some(YesNoUse::CauseAndEffect), condition: title.clone(),
                cause: text.clone(), template: None,
            };
            for finding in check(&question) {
                prop_assert!(!finding.message.is_empty());
            }
        }
    }
}
