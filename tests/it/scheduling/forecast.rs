//! What is foretold: from the days as they were, for those who may see it.

use crate::support::TestApp;
use rules::access::Role;

#[actix_web::test]
async fn a_lead_sees_what_falls_due_and_what_more_people_would_change() {
    let app = TestApp::own_database().await;
    super::upload(&app, 12).await;
    app.vendor_person(&[Role::Coder], "IN").await;
    let lead = app.vendor(&[Role::TeamLead]).await.client;
    let found = lead.get("/api/v1/forecast?days=5").await.ok();
    assert_eq!(found["countries"]["IN"], 1);
    assert_eq!(found["base"]["queues"][0]["open_now"], 12);
    assert!(found["base"]["facilities"][0]["due_charts"]["mean"].as_f64().unwrap() >= 12.0);
    assert!(found["changed"].is_null());
    let changed = lead.get("/api/v1/forecast?days=5&people=IN:3&volume_percent=50").await.ok();
    let open = |which: &str| changed[which]["queues"][0]["open_by_hour"][0].as_f64().unwrap();
    assert!(open("changed") <= open("base"));
    let page = lead.get("/forecast?people=IN:3").await.text();
    assert!(page.contains("With the change") && page.contains("<svg class=\"plot load\""));
}

#[actix_web::test]
async fn what_makes_no_sense_is_refused_by_field_and_the_page_keeps_it() {
    let app = TestApp::new().await;
    let lead = app.vendor(&[Role::TeamLead]).await.client;
    for (query, field) in [
        ("days=99", "days"),
        ("people=India", "people"),
        ("people=FR:2", "people"),
        ("volume_percent=5000", "volume_percent"),
        ("shift_minutes=9000", "shift_minutes"),
    ] {
        let answer = lead.get(&format!("/api/v1/forecast?{query}")).await.refused(422);
        assert_eq!(answer["fields"][0]["name"], field, "{answer}");
    }
    let page = lead.get("/forecast?people=India").await.text();
    assert!(page.contains("value=\"India\"") && page.contains("such as IN:3,PH:-1"));
}

#[actix_web::test]
async fn a_facilitys_deadlines_are_foretold_to_nobody_outside_its_allow_list() {
    let app = TestApp::new().await;
    let neighbour = app.neighbour().await;
    super::upload(&app, 2).await;
    super::upload(&neighbour, 3).await;
    let manager = app.vendor(&[Role::AccountManager]).await.client;
    let found = manager.get("/api/v1/forecast").await.ok();
    let facilities = found["base"]["facilities"].as_array().unwrap();
    assert!(
        facilities.iter().all(|it| it["facility_id"] != neighbour.facility.to_string()),
        "{found}"
    );
    let coder = app.vendor(&[Role::Coder]).await.client;
    coder.get("/api/v1/forecast").await.refused(403);
}
