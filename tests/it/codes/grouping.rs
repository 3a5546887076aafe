//! What a coding groups to, told at the desk while it is entered.

use super::list;
use crate::support::{Desk, TestApp};
use coding::lists;
use rules::access::Role;
use rules::lists::ListKind;
use rules::words::WorkType;
use serde_json::{Value, json};

const DEFINITIONS: &str = r#"{
    "version": "v43.1",
    "drgmap": {
        "193": {"desc": "Simple Pneumonia and Pleurisy with MCC", "mdc": "04"},
        "194": {"desc": "Simple Pneumonia and Pleurisy with CC", "mdc": "04"},
        "195": {"desc": "Simple Pneumonia and Pleurisy without CC/MCC", "mdc": "04"}
    },
    "dxmap": {"J189": ["_MDC04", "193&194&195|PDX"], "N179": ["_MDC11"]},
    "prmap": {"0DTJ4ZZ": ["397&398&399|APPENDECTOMY ORPCS"]},
    "ccmap": {
        "N179": {"level": "CC", "pdx": "1", "hac": null, "aowa": false},
        "E871": {"level": "CC", "pdx": "2", "hac": null, "aowa": false}
    },
    "exmap": {"1": ["N178"], "2": ["J189"]},
    "orpcsmap": {"0DTJ4ZZ": ["397"]},
    "neoormap": [],
    "surgical_rank": {"397": 1},
    "drg_exclusions": {}
}"#;
const MAPPING: &str = "diagnosis_code,cc,model_name\n\
    E1165,37,CMS-HCC Model V28\nE119,38,CMS-HCC Model V28\nE119,19,CMS-HCC Model V24\n";
const HIERARCHIES: &str = "cc_parent,cc_child,model_domain,model_version\n37,38,CMS-HCC,V28\n";
const LABELS: &str = "cc,label,model_domain,model_version\n\
    HCC37,Diabetes with Chronic Complications,CMS-HCC,V28\n";

async fn load(app: &TestApp, lists: &[(ListKind, &str)]) {
    let all: Vec<_> = lists.iter().flat_map(|(kind, text)| list(*kind, 2026, text)).collect();
    lists::import(&app.services, &app.system(), &all).await.unwrap();
    lists::refresh(&app.services, 0).await.unwrap();
}

/// A chart of a kind of work on a coder's desk: the coder and the desk's address.
async fn on_desk(app: &TestApp, work_type: WorkType) -> (Desk, String) {
    let queue = app.new_queue("Grouped", work_type, |_| {}).await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let mut chart = app.chart_form("G-1");
    chart["queue_id"] = json!(queue);
    chart["discharge_date"] = json!("2026-03-03");
    uploader.upload(&chart, &[("note.txt", b"A stay for pneumonia.")], "upload-g-1").await.ok();
    let coder = app.vendor(&[Role::Coder]).await;
    let next = json!({ "kind": "coding" });
    let answer = coder.client.post("/api/v1/work/next", next).await.ok();
    let chart = answer["taken"]["chart_id"].as_str().unwrap_or_else(|| panic!("{answer}"));
    let check = format!("/api/v1/desk/{chart}/check");
    (coder, check)
}

fn diagnosis(role: &str, code: &str) -> Value {
    json!({ "role": role, "system": "icd10cm", "code": code, "poa": "Y" })
}

#[actix_web::test]
async fn a_stay_shows_its_drg_with_reasons_once_definitions_are_loaded() {
    let app = TestApp::own_database().await;
    let (coder, check) = on_desk(&app, WorkType::Inpatient).await;
    let lines = |extra: &[&str]| {
        let mut lines = vec![diagnosis("principal", "J18.9")];
        lines.extend(extra.iter().map(|code| diagnosis("secondary", code)));
        json!({ "lines": lines, "disposition": "01" })
    };
    let before = coder.client.post(&check, lines(&[])).await.ok();
    assert!(before["meaning"]["drg"].is_null(), "{before}");

    load(&app, &[(ListKind::MsDrg, DEFINITIONS)]).await;
    let meaning = coder.client.post(&check, lines(&["E87.1", "N17.9"])).await.ok();
    let drg = &meaning["meaning"]["drg"];
    assert_eq!((&drg["drg"], &drg["version"]), (&json!(194), &json!("v43.1")));
    assert_eq!(drg["reasons"][1]["text"], "N17.9 is a CC here.");
    let tags = meaning["meaning"]["tags"].as_array().unwrap();
    let seen: Vec<_> = tags.iter().map(|tag| (&tag["line"], &tag["counts"])).collect();
    assert_eq!(seen, [(&json!(1), &json!(false)), (&json!(2), &json!(true))]);
    let alone = coder.client.post(&check, lines(&[])).await.ok();
    assert_eq!(alone["meaning"]["drg"]["drg"], 195);
    let nothing = coder.client.post(&check, json!({ "lines": [] })).await.ok();
    assert!(nothing["meaning"]["drg"].is_null());
}

#[actix_web::test]
async fn a_review_shows_what_the_coders_codes_group_to_beside_the_reviewers() {
    let app = TestApp::own_database().await;
    let (coder, check) = on_desk(&app, WorkType::Inpatient).await;
    load(&app, &[(ListKind::MsDrg, DEFINITIONS)]).await;
    let desk = check.trim_end_matches("/check");
    let epoch = coder.client.get(desk).await.ok()["lease"]["epoch"].clone();
    let principal = diagnosis("principal", "J18.9");
    let coded = json!([principal, diagnosis("secondary", "N17.9")]);
    let coding = json!({ "epoch": epoch, "lines": coded, "disposition": "01" });
    coder.client.post(&format!("{desk}/submit"), coding).await.ok();
    app.run_jobs().await;
    let reviewer = app.vendor(&[Role::Reviewer]).await.client;
    let taken = reviewer.post("/api/v1/work/next", json!({ "kind": "review" })).await.ok();
    let review = format!("/api/v1/reviews/{}", taken["taken"]["chart_id"].as_str().unwrap());
    let compare = async |lines: Value| {
        let path = format!("{review}/compare");
        let compared = reviewer.post(&path, json!({ "lines": lines })).await.ok();
        let drg = |whose: &str| compared[whose]["drg"]["drg"].clone();
        (drg("meaning"), drg("coder_meaning"))
    };
    assert_eq!(compare(coded.clone()).await, (json!(194), json!(194)));
    assert_eq!(compare(json!([principal])).await, (json!(195), json!(194)));
}

#[actix_web::test]
async fn a_risk_adjustment_chart_shows_its_categories_and_what_replaces_them() {
    let app = TestApp::own_database().await;
    let (coder, check) = on_desk(&app, WorkType::RiskAdjustment).await;
    let all = [
        (ListKind::Hcc, MAPPING),
        (ListKind::HccHierarchies, HIERARCHIES),
        (ListKind::HccLabels, LABELS),
    ];
    load(&app, &all).await;
    let lines = [("principal", "E11.65"), ("secondary", "E11.9")]
        .map(|(role, code)| json!({ "role": role, "system": "icd10cm", "code": code }));
    let meaning = coder.client.post(&check, json!({ "lines": lines })).await.ok();
    let meaning = &meaning["meaning"];
    let models: Vec<_> =
        meaning["risk"].as_array().unwrap().iter().map(|it| it["model"].clone()).collect();
    assert_eq!(models, ["V28", "V24"]);
    let counted = &meaning["risk"][0]["categories"];
    assert_eq!(counted[0]["label"], "Diabetes with Chronic Complications");
    assert_eq!((&counted[1]["category"], &counted[1]["replaced_by"]), (&json!(38), &json!(37)));
    assert_eq!(counted[0]["lacking"].as_array().unwrap().len(), 4);
    assert_eq!(meaning["tags"][1]["text"], "HCC 38");
    assert_eq!(meaning["tags"][1]["counts"], false);
}
