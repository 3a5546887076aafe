//! The invented charts that the demonstration is made of, compiled in.

use jiff::civil::Date;
use rules::compare::LineRole;
use rules::words::{CodeSystem, PresentOnAdmission, WorkType};
use serde::Deserialize;
use std::sync::Arc;

/// Which of the three facilities a chart is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum House {
    /// The hospital.
    Buckeye,
    /// The family clinics.
    Cedar,
    /// The surgery centre.
    Lakeshore,
}

/// A chart before it has its own patient.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Template {
    pub facility: House,
    pub work_type: WorkType,
    pub account_number: String,
    pub mrn: String,
    /// Family name, comma, given name.
    pub patient_name: String,
    pub birth_date: Date,
    pub sex: String,
    pub length_of_stay_days: i32,
    /// The files' names in their order.
    pub documents: Vec<String>,
    /// How a careful coder codes it.
    pub lines: Vec<TemplateLine>,
    /// The same with a mistake; empty when there is none to tell.
    pub alternatives: Vec<TemplateLine>,
    /// The files' texts in the same order.
    #[serde(skip)]
    pub texts: Vec<&'static str>,
    /// Scans that belong to it, which come after the texts.
    #[serde(skip)]
    pub scans: Vec<(&'static str, &'static [u8])>,
}

/// A line with the words that support it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TemplateLine {
    pub role: LineRole,
    pub system: CodeSystem,
    pub code: String,
    #[serde(default)]
    pub modifiers: Vec<String>,
    pub units: i32,
    #[serde(default)]
    pub poa: Option<PresentOnAdmission>,
    #[serde(default)]
    pub pointers: Vec<i32>,
    #[serde(default)]
    pub evidence: Option<String>,
}

struct Folder {
    name: &'static str,
    chart: &'static str,
    texts: &'static [(&'static str, &'static str)],
}

macro_rules! folders {
    ($($folder:literal: [$($file:literal),+];)+) => {
        const FOLDERS: &[Folder] = &[$(Folder {
            name: $folder,
            chart: include_str!(concat!("charts/", $folder, "/chart.json")),
            texts: &[$(($file, include_str!(concat!("charts/", $folder, "/", $file)))),+],
        }),+];
    };
}

folders! {
    "buckeye-ed-chest-pain": ["ed-physician-note.txt", "chest-film.txt"];
    "buckeye-ed-high-glucose-underdosing": ["ed-physician-note.txt"];
    "buckeye-ed-kidney-stone": ["ed-physician-note.txt"];
    "buckeye-ed-leg-abscess": ["ed-physician-note.txt", "wound-culture.txt"];
    "buckeye-ed-migraine": ["ed-physician-note.txt"];
    "buckeye-ed-wrist-playground": ["ed-physician-note.txt"];
    "buckeye-ip-bleeding-ulcer": [
        "history-and-physical.txt", "endoscopy-report.txt", "discharge-summary.txt"
    ];
    "buckeye-ip-heart-failure": ["history-and-physical.txt", "discharge-summary.txt"];
    "buckeye-ip-hip-fracture": [
        "history-and-physical.txt", "operative-report.txt", "discharge-summary.txt"
    ];
    "buckeye-ip-nstemi-stent": [
        "history-and-physical.txt", "cath-report.txt", "discharge-summary.txt"
    ];
    "buckeye-ip-perforated-appendix": [
        "operative-report.txt", "pathology.txt", "discharge-summary.txt"
    ];
    "buckeye-ip-repeat-cesarean": ["operative-report.txt", "discharge-summary.txt"];
    "buckeye-ip-sepsis-urinary": [
        "history-and-physical.txt", "line-procedure.txt", "discharge-summary.txt"
    ];
    "buckeye-op-chemotherapy-visit": ["infusion-note.txt"];
    "buckeye-op-iron-infusion": ["infusion-note.txt"];
    "buckeye-op-screening-colonoscopy": ["endoscopy-report.txt", "pathology.txt"];
    "buckeye-op-therapy-after-knee-replacement": ["therapy-evaluation.txt"];
    "buckeye-op-upper-endoscopy": ["endoscopy-report.txt", "pathology.txt"];
    "buckeye-op-wound-clinic-foot-ulcer": ["wound-clinic-note.txt"];
    "buckeye-rad-chest-probable-pneumonia": ["chest-report.txt"];
    "buckeye-rad-ct-diverticulitis": ["ct-report.txt"];
    "buckeye-rad-lumbar-mri": ["mri-report.txt"];
    "buckeye-rad-screening-mammogram": ["mammogram-report.txt"];
    "cedar-asthma-flare": ["office-note.txt"];
    "cedar-copd-new-patient": ["new-patient-note.txt", "spirometry.txt"];
    "cedar-depression-anxiety-follow-up": ["office-note.txt"];
    "cedar-diabetes-kidney-follow-up": ["office-note.txt"];
    "cedar-forearm-laceration": ["procedure-note.txt"];
    "cedar-lumbar-disc-injection": ["office-note.txt"];
    "cedar-ra-diabetes-vascular": ["annual-visit.txt", "vascular-study.txt"];
    "cedar-ra-prostate-stroke-sequela": ["annual-visit.txt"];
    "cedar-sore-throat-school-age": ["office-note.txt"];
    "cedar-wellness-visit-new-knee-finding": ["wellness-visit.txt"];
    "lakeshore-ankle-sprain-soccer": ["clinic-note.txt"];
    "lakeshore-bunion-hammertoe": ["operative-report.txt"];
    "lakeshore-carpal-tunnel-trigger-finger": ["operative-report.txt"];
    "lakeshore-distal-radius-fixation": ["history-and-physical.txt", "operative-report.txt"];
    "lakeshore-knee-injection-and-shoulder": ["clinic-note.txt"];
    "lakeshore-knee-meniscus": ["history-and-physical.txt", "operative-report.txt"];
    "lakeshore-rotator-cuff": ["history-and-physical.txt", "operative-report.txt"];
}

/// Scans, by their chart's folder.
const SCANS: &[(&str, &str, &[u8])] = &[(
    "cedar-ra-prostate-stroke-sequela",
    "neurology-letter.tif",
    include_bytes!("charts/cedar-ra-prostate-stroke-sequela/neurology-letter.tif"),
)];

/// Every template.
///
/// # Errors
/// The first one that does not read, by its folder.
pub(super) fn all() -> Result<Vec<Arc<Template>>, String> {
    FOLDERS.iter().map(|folder| read(folder).map(Arc::new)).collect()
}

fn read(folder: &Folder) -> Result<Template, String> {
    let mut template: Template = serde_json::from_str(folder.chart)
        .map_err(|error| format!("the chart {}: {error}", folder.name))?;
    let text_of = |name: &String| {
        let found = folder.texts.iter().find(|(file, _)| file == name);
        found.map(|(_, text)| *text).ok_or_else(|| format!("{} lacks {name}", folder.name))
    };
    template.texts = template.documents.iter().map(text_of).collect::<Result<_, _>>()?;
    let own = SCANS.iter().filter(|(of, ..)| *of == folder.name);
    template.scans = own.map(|(_, name, bytes)| (*name, *bytes)).collect();
    Ok(template)
}
