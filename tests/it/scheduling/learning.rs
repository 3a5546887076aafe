//! What coding takes is learned from what it took, and how far off that was is told.

use super::take;
use crate::support::{Client, Desk, TestApp};
use base::jobs::Job;
use rules::access::Role;
use rules::ids::FacilityId;
use serde::{Deserialize, Serialize};
use serde_json::json;

/// Seconds between two signs of life: short enough to count as work.
const BEAT_SECONDS: i64 = 100;

async fn again(app: &TestApp, desk: &Desk) -> Desk {
    Desk { id: desk.id, client: Client::signed_in(&app.door, &app.services, desk.id).await }
}

/// Codes the next chart, working for so many beats, and tells which chart it was.
async fn code(app: &TestApp, coder: &Desk, beats: u32) -> String {
    // The clock runs on while others work: they sign in anew.
    let coder = &again(app, coder).await;
    let chart = take(coder).await.expect("there is a chart");
    let path = format!("/api/v1/desk/{chart}");
    let desk = coder.client.get(&path).await.ok();
    let epoch = desk["lease"]["epoch"].clone();
    for _ in 0..beats {
        app.services.clock().advance_seconds(BEAT_SECONDS);
        let beat = json!({ "epoch": epoch, "active": true });
        coder.client.post(&format!("{path}/beat"), beat).await.ok();
    }
    let line = json!({ "role": "principal", "system": "icd10cm", "code": "I10" });
    let submit = json!({ "epoch": epoch, "lines": [line], "note": "", "dismissals": [] });
    coder.client.post(&format!("{path}/submit"), submit).await.ok();
    chart
}

#[actix_web::test]
async fn charts_that_take_longer_than_the_standard_are_expected_to_and_coders_have_a_speed() {
    let app = TestApp::own_database().await;
    let (quick, slow) = (app.vendor(&[Role::Coder]).await, app.vendor(&[Role::Coder]).await);
    super::upload(&app, 12).await;
    for _ in 0..6 {
        code(&app, &quick, 8).await;
        code(&app, &slow, 24).await;
    }
    let learned = scheduling::learn(&app.services).await.unwrap();
    assert_eq!((learned.codings, learned.estimates, learned.people), (12, 2, 2));

    // (20 × 600 + 6 × 800 + 6 × 2400) ÷ 32 = 975, towards its length once more.
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let chart = app.upload(&uploader, "L-1", "A thirteenth visit for hypertension.").await;
    let system = app.system();
    let find =
        async |tx: &mut base::db::OpsTx| charts::store::find(tx, chart.parse().unwrap()).await;
    let expected = app.services.db.ops(&system, find).await.unwrap().expected_seconds;
    let standard = rules::words::WorkType::Outpatient.standard_seconds();
    assert!(expected > standard && expected < 1_600, "{expected}, standard {standard}");

    let speed = async |id| {
        let of = app.services.db.ops(&system, async |tx| people::candidate(tx, id).await);
        of.await.unwrap().speed_percent
    };
    assert!(speed(quick.id).await > 100 && speed(slow.id).await < 100);
    let lead = app.vendor(&[Role::TeamLead]).await;
    let limits = json!({ "version": 1, "wip_limit": 5, "paused": false, "speed_percent": 130 });
    lead.client.put(&format!("/api/v1/people/{}/limits", slow.id), limits).await.ok();
    assert_eq!(speed(slow.id).await, 130, "what a lead set by hand stands");

    let report = lead.client.get("/api/v1/metrics/estimates").await.ok();
    let queue = &report["queues"][0];
    assert_eq!(queue["codings"], 12, "{report}");
    assert!(queue["median_error_percent"].as_f64().unwrap() > 0.0);
    assert!(report["definitions"][0]["formula"].as_str().unwrap().contains("÷ active seconds"));
    let page = lead.client.get("/metrics").await.text();
    assert!(page.contains("m-estimates"), "the page shows it");
    // The chart with the learned length is given like any other.
    assert_eq!(code(&app, &quick, 1).await, chart);
}

#[actix_web::test]
async fn a_break_teaches_nothing() {
    let app = TestApp::own_database().await;
    super::upload(&app, 1).await;
    let coder = app.vendor(&[Role::Coder]).await;
    let chart = take(&coder).await.unwrap();
    app.advance_minutes(10);
    let path = format!("/api/v1/desk/{chart}");
    let desk = coder.client.get(&path).await.ok();
    let line = json!({ "role": "principal", "system": "icd10cm", "code": "I10" });
    let submit = json!({ "epoch": desk["lease"]["epoch"], "lines": [line], "note": "",
        "dismissals": [] });
    coder.client.post(&format!("{path}/submit"), submit).await.ok();
    let learned = scheduling::learn(&app.services).await.unwrap();
    assert_eq!(learned.codings, 0, "ten minutes without a sign of life were a break");
}

/// What a server promises when it starts.
#[derive(Serialize, Deserialize)]
struct LearnToday {
    day: String,
}

impl Job for LearnToday {
    const KIND: &'static str = "scheduling.learn";
    fn facility(&self) -> Option<FacilityId> {
        None
    }
}

#[actix_web::test]
async fn each_day_promises_to_learn_on_the_next() {
    let app = TestApp::own_database().await;
    let system = app.system();
    let today = LearnToday { day: "2026-03-03".to_owned() };
    app.services.db.ops(&system, async |tx| base::jobs::enqueue(tx, &today)).await.unwrap();
    let waiting = async || {
        app.run_jobs().await;
        let counts = app.runner.counts().await.unwrap();
        counts.into_iter().find(|(state, _)| state == "ready").map(|(_, jobs)| jobs)
    };
    assert_eq!(waiting().await, Some(1), "tomorrow's");
    app.advance_minutes(24 * 60);
    assert_eq!(waiting().await, Some(1), "the day after tomorrow's");
}
