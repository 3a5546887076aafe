//! What counts as time at work on a chart: what the page measured, and never more than passed.

use crate::support::{Desk, TestApp};
use rules::access::Role;
use serde_json::{Value, json};

struct AtWork {
    app: TestApp,
    coder: Desk,
    desk: String,
    epoch: Value,
}

impl AtWork {
    async fn begin() -> Self {
        let app = TestApp::new().await;
        let uploader = app.staff(&[Role::FacilityUploader]).await.client;
        app.upload(&uploader, "TIME-1", "A note.").await;
        app.run_jobs().await;
        let coder = app.vendor(&[Role::Coder]).await;
        let taken = coder.client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
        let desk = format!("/api/v1/desk/{}", taken["taken"]["chart_id"].as_str().unwrap());
        let epoch = coder.client.get(&desk).await.ok()["lease"]["epoch"].clone();
        Self { app, coder, desk, epoch }
    }

    /// Seconds counted in all after a sign of life so many minutes after the last.
    async fn counted(&self, minutes: i64, worked_seconds: Value) -> i64 {
        self.app.advance_minutes(minutes);
        let beat = json!({ "epoch": self.epoch, "active": true, "worked_seconds": worked_seconds });
        let lease = self.coder.client.post(&format!("{}/beat", self.desk), beat).await.ok();
        lease["active_seconds"].as_i64().unwrap()
    }
}

#[actix_web::test]
async fn what_the_page_measured_counts_after_any_silence_and_never_more_than_passed() {
    let work = AtWork::begin().await;
    // The network was away for ten minutes, seven of them at work.
    assert_eq!(work.counted(10, json!(420)).await, 420);
    assert_eq!(work.counted(1, json!(3_600)).await, 480);
    assert_eq!(work.counted(1, json!(-5)).await, 480);
}

#[actix_web::test]
async fn where_nothing_was_measured_a_short_silence_counts_and_a_long_one_was_a_break() {
    let work = AtWork::begin().await;
    assert_eq!(work.counted(2, Value::Null).await, 120);
    assert_eq!(work.counted(3, Value::Null).await, 120);
}
