//! Searching codes through the API: what a facility reports often, and what stands around a code.

use crate::support::{Client, TestApp};
use rules::access::Role;
use serde_json::{Value, json};

/// Charts of a code that are counted, and one fewer.
const USUAL_CHARTS: usize = 5;
const RARE_CHARTS: usize = 4;
/// Words that three codes answer equally well: J45.30, J45.40 and J45.50.
const ALIKE: &str = "persistent asthma uncomplicated";

async fn code_one(client: &Client, code: &str) {
    let taken = client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
    let path = format!("/api/v1/desk/{}", taken["taken"]["chart_id"].as_str().unwrap());
    let desk = client.get(&path).await.ok();
    let line = json!({ "role": "principal", "system": "icd10cm", "code": code });
    let submit = json!({ "epoch": desk["lease"]["epoch"], "lines": [line], "note": "",
        "dismissals": [] });
    client.post(&format!("{path}/submit"), submit).await.ok();
}

async fn search(client: &Client, query: &str, facility: &str) -> Vec<(String, bool)> {
    let facility =
        if facility.is_empty() { String::new() } else { format!("&facility={facility}") };
    let query = query.replace(' ', "%20");
    let path = format!("/api/v1/codes?system=icd10cm&on=2026-03-02&limit=8&q={query}{facility}");
    let found = client.get(&path).await.ok();
    let hit = |hit: &Value| {
        (hit["written"].as_str().unwrap().to_owned(), hit["usual"].as_bool().unwrap())
    };
    found["items"].as_array().unwrap().iter().map(hit).collect()
}

fn place(found: &[(String, bool)], code: &str) -> Option<usize> {
    found.iter().position(|(written, _)| written == code)
}

#[actix_web::test]
async fn what_a_facility_reports_often_comes_first_among_equals_and_only_for_its_own_people() {
    let app = TestApp::own_database().await;
    let coder = app.vendor(&[Role::Coder]).await;
    let uploader = app.staff(&[Role::FacilityUploader]).await;
    for number in 0..USUAL_CHARTS + RARE_CHARTS {
        // The same text twice would be a possible duplicate.
        let note = format!("Visit {number} for asthma.");
        app.upload(&uploader.client, &format!("U{number}"), &note).await;
        app.run_jobs().await;
        let code = if number < USUAL_CHARTS { "J4550" } else { "J4540" };
        code_one(&coder.client, code).await;
    }
    let here = app.facility.to_string();
    let before = search(&coder.client, ALIKE, &here).await;
    assert!(before.iter().all(|(_, usual)| !usual), "nothing is counted yet: {before:?}");

    // The count comes within the hour; what is remembered of before is some minutes old by then.
    app.advance_minutes(61);
    app.run_jobs().await;
    let client = Client::signed_in(&app.door, &app.services, coder.id).await;
    let after = search(&client, ALIKE, &here).await;
    let now = place(&after, "J45.50").expect("it is found");
    assert!(after[now].1, "it is marked: {after:?}");
    assert!(place(&before, "J45.50").is_none_or(|then| now < then), "{before:?}, then {after:?}");
    assert!(
        after.iter().all(|(code, usual)| code == "J45.50" || !usual),
        "four charts are too few"
    );
    let exact = search(&client, "acute asthma exacerbation", &here).await;
    assert_ne!(exact[0].0, "J45.50", "what answers the words better still leads");

    let elsewhere = search(&client, ALIKE, "").await;
    assert!(elsewhere.iter().all(|(_, usual)| !usual), "no facility, no usual codes");
    let neighbour = app.neighbour().await;
    let stranger = neighbour.vendor(&[Role::Coder]).await;
    let theirs = search(&stranger.client, ALIKE, &here).await;
    assert_eq!(theirs, elsewhere, "who does not work for a facility learns nothing of it");
    let staff = app.staff(&[Role::FacilityAdmin]).await;
    let own = search(&staff.client, ALIKE, "").await;
    assert_eq!(own, after, "at the facility one's own counts");
}

#[actix_web::test]
async fn a_code_tells_what_stands_above_it_and_a_missing_one_is_missing() {
    let app = TestApp::new().await;
    let coder = app.vendor(&[Role::Coder]).await;
    let card = coder.client.get("/api/v1/codes/icd10cm/S52.501A?on=2026-03-02").await.ok();
    let above: Vec<&str> = card["above"]
        .as_array()
        .unwrap()
        .iter()
        .map(|code| code["written"].as_str().unwrap())
        .collect();
    assert_eq!(above, ["S52", "S52.5", "S52.50", "S52.501"]);
    assert_eq!(card["code"]["billable"], true);
    for missing in ["icd10cm/E11.99", "icd10cm/%20", "cpt/99213", "nothing/E11"] {
        let answer = coder.client.get(&format!("/api/v1/codes/{missing}")).await;
        assert_eq!(answer.status, 404, "{missing}");
    }
}
