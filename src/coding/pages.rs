//! The desk itself: a frame that the browser fills from the API, so that the page carries no patient.

use crate::KIND;
use crate::give_back::SkipReason;
use crate::problem::DocumentFault;
use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use charts::held;
use charts::notes::NOTE_CHARACTERS_MAX;
use rules::access::may;
use rules::edits::DISPOSITIONS;
use rules::holds::{Awaited, HoldOwner, HoldReason};
use rules::ids::ChartId;
use web::{Answer, May, Shell};

#[derive(Template)]
#[template(path = "desk.html")]
struct DeskPage {
    shell: Shell,
    chart: ChartId,
    note_characters_max: usize,
    holds: Vec<HoldChoice>,
    problems: Vec<Choice>,
    skips: Vec<Choice>,
    skills: Vec<String>,
    shows_history: bool,
    dispositions: &'static [(&'static str, &'static str)],
}

/// A reason for a hold, as it is offered.
struct HoldChoice {
    value: &'static str,
    label: &'static str,
    who: &'static str,
    key: Option<char>,
    stops_clock: bool,
    by_date: bool,
    by_document: Option<Awaited>,
}

impl HoldChoice {
    fn all() -> Vec<Self> {
        // Ten digits; what comes behind them is reached with Tab.
        let keys = ('1'..='9').chain(['0']).map(Some).chain(std::iter::repeat(None));
        HoldReason::of_charts().zip(keys).map(|(reason, key)| Self::of(reason, key)).collect()
    }

    const fn of(reason: HoldReason, key: Option<char>) -> Self {
        let rule = reason.rule();
        let who = match rule.owner {
            HoldOwner::Facility => "the facility acts",
            HoldOwner::Provider => "the provider answers",
            HoldOwner::Vendor => "a lead or specialist answers",
        };
        Self {
            value: reason.as_str(),
            label: rule.label,
            who,
            key,
            stops_clock: rule.stops_clock,
            by_date: rule.by_date,
            by_document: rule.by_document,
        }
    }
}

/// A reason for giving a chart back, as it is offered.
struct Choice {
    value: &'static str,
    label: &'static str,
    then: &'static str,
    key: char,
    asks_skill: bool,
}

impl Choice {
    const fn of(reason: SkipReason) -> Self {
        let (key, then) = match reason {
            SkipReason::OutsideSkill => ('3', "you will not be given it again"),
            SkipReason::ConflictOfInterest => {
                ('4', "you will be given no open chart of this patient; only the code is told")
            }
            SkipReason::ShiftEnd => ('5', ""),
            SkipReason::Other => ('6', ""),
        };
        let asks_skill = matches!(reason, SkipReason::OutsideSkill);
        Self { value: reason.as_str(), label: reason.label(), then, key, asks_skill }
    }

    const fn about(fault: DocumentFault) -> Self {
        let (value, label, then, key) = match fault {
            DocumentFault::WrongPatient => (
                "wrong_patient",
                "Another patient's document",
                "no coder reads it any further; the facility says whose it is",
                '1',
            ),
            DocumentFault::UnreadableDocument => (
                "unreadable_document",
                "Unreadable",
                "the facility is asked for a new copy, which brings the chart back to you",
                '2',
            ),
        };
        Self { value, label, then, key, asks_skill: false }
    }
}

/// The coder's desk for a chart that they hold.
pub(crate) async fn desk(may: May<may::CodeCharts>, chart: Path<ChartId>) -> Answer<HttpResponse> {
    let (chart, skills, shows_history) = may
        .desk(async |tx| {
            let chart = held::to_read(tx, KIND, *chart).await?.chart;
            let terms = facilities::terms(tx, chart.facility_id, chart.queue_id).await?;
            let skills = [terms.required_skills, terms.preferred_skills].concat();
            Ok((chart.id, skills, terms.shows_history))
        })
        .await?;
    web::html(&DeskPage {
        shell: Shell::new(&may, "Desk", "/work").full(),
        chart,
        note_characters_max: NOTE_CHARACTERS_MAX,
        holds: HoldChoice::all(),
        problems: vec![
            Choice::about(DocumentFault::WrongPatient),
            Choice::about(DocumentFault::UnreadableDocument),
        ],
        skips: SkipReason::ALL.iter().copied().map(Choice::of).collect(),
        skills,
        shows_history,
        dispositions: DISPOSITIONS,
    })
}
