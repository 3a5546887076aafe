//! Risk-adjustment categories: what a chart's diagnoses count for together, and which a heavier one of the
//! same chart replaces. The mapping, hierarchies and labels are CMS's and come from loaded lists.
//!
//! It shows what the documented diagnoses mean; there are no weights and no scores.

use std::collections::{BTreeMap, BTreeSet};

use jiff::civil::Date;
use serde::Serialize;

use crate::compare::{Line, LineRole};
use crate::details::Detail;
use crate::words::CodeSystem;

text_enum!(
    /// A version of the CMS-HCC model.
    Model {
        /// In payment from 2024 on, alone from 2026 on.
        V28 = "V28",
        /// In payment until 2025.
        V24 = "V24",
    }
);

impl Model {
    /// Both, the one that decides for a date of service first: payment follows service by a year.
    #[must_use]
    pub fn for_service(on: Date) -> [Self; 2] {
        if on.year() >= 2023 { [Self::V28, Self::V24] } else { [Self::V24, Self::V28] }
    }
}

/// What is known of one model's categories.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Categories {
    /// Which lighter categories a category replaces.
    pub replaces: BTreeMap<u16, BTreeSet<u16>>,
    /// What a category is called.
    pub labels: BTreeMap<u16, String>,
}

/// A category of a chart.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Counted {
    /// Its number.
    pub category: u16,
    /// What it is called; empty when no labels are loaded.
    pub label: String,
    /// The lines that map to it, by their place.
    pub lines: Vec<usize>,
    /// The heavier category of the same chart that replaces it.
    pub replaced_by: Option<u16>,
    /// What every one of its lines still lacks to support it; empty when one lacks nothing.
    pub lacking: Vec<Detail>,
}

/// What a chart's lines count for in one model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, utoipa::ToSchema)]
pub struct Summary {
    /// The model.
    pub model: Model,
    /// Its categories by number.
    pub categories: Vec<Counted>,
}

/// Whether a line is a diagnosis that risk adjustment reads.
fn is_diagnosis(line: &Line) -> bool {
    line.system == CodeSystem::Icd10Cm && line.role != LineRole::Procedure
}

/// What the lines count for together; `of` answers the categories of a bare code in the model.
#[must_use]
pub fn summarize(
    model: Model,
    categories: &Categories,
    lines: &[Line],
    of: &dyn Fn(&str) -> Vec<u16>,
) -> Summary {
    let mut found: BTreeMap<u16, Vec<usize>> = BTreeMap::new();
    for (place, line) in lines.iter().enumerate().filter(|(_, line)| is_diagnosis(line)) {
        for category in of(&line.code) {
            found.entry(category).or_default().push(place);
        }
    }
    let replaced_by = |category: u16| {
        let heavier = |other: &&u16| {
            categories.replaces.get(other).is_some_and(|lighter| lighter.contains(&category))
        };
        found.keys().find(heavier).copied()
    };
    let counted = |(category, places): (&u16, &Vec<usize>)| Counted {
        category: *category,
        label: categories.labels.get(category).cloned().unwrap_or_default(),
        lines: places.clone(),
        replaced_by: replaced_by(*category),
        lacking: lacking(lines, places),
    };
    Summary { model, categories: found.iter().map(counted).collect() }
}

/// A category is supported by one line that was seen face to face, on a date, with what was done about it.
const SUPPORT: [Detail; 4] =
    [Detail::ServiceDate, Detail::FaceToFace, Detail::Meat, Detail::Provider];

/// What the best of the lines lacks.
fn lacking(lines: &[Line], places: &[usize]) -> Vec<Detail> {
    let lacks = |place: &usize| {
        let details = &lines.get(*place)?.details;
        let has = |detail: &Detail| match detail {
            Detail::FaceToFace => details.face_to_face == Some(true),
            other => details.says(*other),
        };
        Some(SUPPORT.into_iter().filter(|detail| !has(detail)).collect::<Vec<_>>())
    };
    places.iter().filter_map(lacks).min_by_key(Vec::len).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::{Categories, Counted, Model};
    use crate::compare::{Line, LineRole};
    use crate::details::{Detail, Details, Meat};
    use crate::words::CodeSystem;
    use jiff::civil::date;

    fn categories() -> Categories {
        Categories {
            replaces: [(37, [38].into()), (36, [37, 38].into()), (224, [226].into())].into(),
            labels: [(37, "Diabetes with Chronic Complications".to_owned())].into(),
        }
    }

    fn summarize(lines: &[Line]) -> Vec<Counted> {
        let of = |code: &str| match code {
            "E1165" | "E1022" => vec![37],
            "E119" => vec![38],
            "I5023" => vec![224, 226],
            _ => Vec::new(),
        };
        super::summarize(Model::V28, &categories(), lines, &of).categories
    }

    fn line(code: &str, details: Details) -> Line {
        Line {
            system: CodeSystem::Icd10Cm,
            code: code.into(),
            role: LineRole::Secondary,
            modifiers: Vec::new(),
            units: 1,
            poa: None,
            pointers: Vec::new(),
            details,
        }
    }

    fn supported() -> Details {
        Details {
            service_date: Some(date(2026, 3, 2)),
            provider: Some("1234567893".into()),
            face_to_face: Some(true),
            meat: vec![Meat::Treated],
            ..Details::default()
        }
    }

    #[test]
    fn a_heavier_category_of_the_chart_replaces_a_lighter_one() {
        let lines = ["E119", "E1165", "E1022", "I10"].map(|code| line(code, Details::default()));
        let found = summarize(&lines);
        let seen: Vec<_> =
            found.iter().map(|it| (it.category, it.replaced_by, it.lines.clone())).collect();
        assert_eq!(seen, [(37, None, vec![1, 2]), (38, Some(37), vec![0])]);
        assert_eq!(found[0].label, "Diabetes with Chronic Complications");
        // Without the heavier one the lighter stands.
        let alone = summarize(&lines[..1]);
        assert_eq!(alone[0].replaced_by, None);
    }

    #[test]
    fn one_code_may_have_two_categories_and_a_procedure_has_none() {
        let mut procedure = line("I5023", Details::default());
        procedure.role = LineRole::Procedure;
        let lines = [line("I5023", Details::default()), procedure];
        let found = summarize(&lines);
        let seen: Vec<_> = found.iter().map(|it| (it.category, it.replaced_by)).collect();
        assert_eq!(seen, [(224, None), (226, Some(224))]);
        assert_eq!(found[0].lines, [0]);
    }

    #[test]
    fn one_fully_supported_line_supports_its_category() {
        let bare = line("E1165", Details { face_to_face: Some(false), ..supported() });
        let lacking = |lines: &[Line]| summarize(lines)[0].lacking.clone();
        assert_eq!(lacking(std::slice::from_ref(&bare)), [Detail::FaceToFace]);
        assert_eq!(lacking(&[bare, line("E1022", supported())]), []);
        assert_eq!(lacking(&[line("E1165", Details::default())]).len(), 4);
    }

    #[test]
    fn the_model_follows_the_date_of_service() {
        assert_eq!(Model::for_service(date(2026, 3, 2)), [Model::V28, Model::V24]);
        assert_eq!(Model::for_service(date(2022, 12, 31)), [Model::V24, Model::V28]);
    }
}
