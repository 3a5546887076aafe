//! What a coding groups to: the MS-DRG of a stay, the risk-adjustment categories of a chart. Told with its
//! reasons, so that nobody needs another program to see what the codes mean; nothing is advised.

use codesets::Codes;
use jiff::civil::Date;
use rules::compare::{Line, LineRole};
use rules::drg::{Grouping, Stay, group};
use rules::edits::Sex;
use rules::hcc::{Model, Summary, summarize};
use rules::words::{CodeSystem, PresentOnAdmission, WorkType};
use serde::Serialize;

/// What lines group to; nothing where no lists are loaded that tell.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Meaning {
    /// The MS-DRG of an inpatient stay.
    pub drg: Option<Grouping>,
    /// The CMS-HCC categories of a risk-adjustment chart, the model that decides first.
    pub risk: Vec<Summary>,
    /// What single lines weigh.
    pub tags: Vec<LineTag>,
}

/// A word beside a line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct LineTag {
    /// Index of the line, from 0.
    pub line: usize,
    /// `CC`, `MCC`, `HCC 37`.
    pub text: String,
    /// Whether it counts in this chart.
    pub counts: bool,
    /// In words.
    pub title: String,
}

/// What grouping asks of a chart beside its lines.
#[derive(Debug, Clone, Copy)]
pub struct About<'a> {
    /// The kind of work.
    pub work_type: WorkType,
    /// The date by which it is coded.
    pub on: Date,
    /// Where the patient went.
    pub disposition: Option<&'a str>,
    /// The patient's sex.
    pub sex: Option<Sex>,
}

/// What the lines of a chart group to.
#[must_use]
pub fn meaning(codes: &Codes, about: About<'_>, lines: &[Line]) -> Meaning {
    match about.work_type {
        WorkType::Inpatient => stay(codes, about, lines),
        WorkType::RiskAdjustment => risk(codes, about.on, lines),
        _ => Meaning::default(),
    }
}

fn stay(codes: &Codes, about: About<'_>, lines: &[Line]) -> Meaning {
    let Some(definitions) = codes.drg_definitions(about.on) else {
        return Meaning::default();
    };
    let of_role = |role| {
        let with_places = lines.iter().enumerate();
        with_places.filter(move |(_, line): &(usize, &Line)| line.role == role)
    };
    let Some((_, principal)) = of_role(LineRole::Principal).next() else {
        return Meaning::default();
    };
    let (places, secondaries): (Vec<usize>, Vec<(&str, Option<PresentOnAdmission>)>) =
        of_role(LineRole::Secondary)
            .map(|(place, line)| (place, (line.code.as_str(), line.poa)))
            .unzip();
    let procedures: Vec<&str> = of_role(LineRole::Procedure)
        .filter(|(_, line)| line.system == CodeSystem::Icd10Pcs)
        .map(|(_, line)| line.code.as_str())
        .collect();
    let found = group(
        definitions,
        &Stay {
            principal: &principal.code,
            secondaries: &secondaries,
            procedures: &procedures,
            sex: about.sex,
            disposition: about.disposition,
        },
    );
    let tag = |mark: &rules::drg::Mark| {
        Some(LineTag {
            line: *places.get(mark.place)?,
            text: mark.level.to_string(),
            counts: mark.counts,
            title: mark.text.clone(),
        })
    };
    let tags = found.marks.iter().filter_map(tag).collect();
    Meaning { drg: Some(found), risk: Vec::new(), tags }
}

fn risk(codes: &Codes, on: Date, lines: &[Line]) -> Meaning {
    let loaded = |model: &Model| codes.has_categories(*model, on);
    let models = Model::for_service(on).into_iter().filter(loaded);
    let summary = |model| {
        let of = |code: &str| codes.categories(model, code, on);
        summarize(model, &codes.category_lists(model, on), lines, &of)
    };
    let risk: Vec<_> = models.map(summary).collect();
    let tags = risk.first().map(tags_of).unwrap_or_default();
    Meaning { drg: None, risk, tags }
}

/// The categories of the model that decides, beside their lines.
fn tags_of(summary: &Summary) -> Vec<LineTag> {
    let mut tags = Vec::new();
    for counted in &summary.categories {
        let title = match counted.replaced_by {
            Some(heavier) => {
                format!("{} {}: replaced by HCC {heavier}", summary.model, counted.label)
            }
            None => format!("{} {}", summary.model, counted.label),
        };
        for line in &counted.lines {
            let text = format!("HCC {}", counted.category);
            let (counts, title) = (counted.replaced_by.is_none(), title.clone());
            tags.push(LineTag { line: *line, text, counts, title });
        }
    }
    tags
}
