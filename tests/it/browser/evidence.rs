//! What supports a line is marked with the keyboard alone, in a text and on a page image.

use super::driver::key;
use super::{NOTE, Served, enter};
use crate::pages::tiff;
use rules::access::Role;
use serde_json::json;

/// What stands in the lines' evidence: `¶ 1` for the first document, `2.1` for the second's first page.
const CHIPS: &str =
    "return [...document.querySelectorAll('.evidence-chip')].map(c => c.textContent)";
const HINT: &str = "[data-reading=hint]";

#[actix_web::test]
async fn evidence_is_marked_with_the_keyboard_in_a_text_and_on_a_page_and_outlives_a_reload() {
    let served = Served::new().await;
    let app = &served.app;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let files = [("note.txt", NOTE.as_bytes()), ("scan.tif", &tiff())];
    uploader.upload(&app.chart_form("MARKED-1"), &files, "upload-marked").await.ok();
    app.run_jobs().await;
    let coder = app.vendor(&[Role::Coder]).await;
    let taken = coder.client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
    let chart = taken["taken"]["chart_id"].as_str().unwrap().to_owned();

    let browser = served.browser_of(&coder, &format!("/desk/{chart}")).await;
    browser.wait_for("[data-reading=text]", "essential hypertension").await;
    browser.press("d").await;
    enter(&browser, "I10").await;
    browser.press(&key::ESCAPE.to_string()).await;
    browser.press("e").await;
    browser.wait_for(HINT, "Arrows move").await;
    browser.press_with(key::SHIFT, key::END).await;
    browser.wait_for(HINT, "selected").await;
    browser.press(&key::ENTER.to_string()).await;
    browser.wait_until(CHIPS, &json!(["¶ 1"])).await;

    browser.press("d").await;
    enter(&browser, "E11.9").await;
    browser.press(&key::ESCAPE.to_string()).await;
    browser.press("2").await;
    browser
        .find("[data-reading=sheet]:not([aria-busy]) canvas[aria-label='scan.tif, page 1']")
        .await;
    browser.press("e").await;
    browser.find(".page-box.draft").await;
    browser.press(&key::DOWN.to_string()).await;
    browser.press(&key::ENTER.to_string()).await;
    browser.wait_until(CHIPS, &json!(["¶ 1", "2.1"])).await;
    browser.wait_for("[data-show=save]", "Saved").await;

    browser.open(&format!("{}/desk/{chart}", served.address)).await;
    browser.wait_until(CHIPS, &json!(["¶ 1", "2.1"])).await;
    browser.press("j").await;
    browser.press("v").await;
    browser.find("mark.evidence[aria-current=true][data-label=I10]").await;
    browser.press("j").await;
    browser.press("v").await;
    browser.wait_for(".page-box[aria-current=true]", "E11.9").await;
    drop(browser);

    let desk = coder.client.get(&format!("/api/v1/desk/{chart}")).await.ok();
    let lines = &desk["draft"]["draft"]["lines"];
    assert_eq!(lines[0]["evidence"]["document_id"], desk["documents"][0]["id"], "{lines}");
    assert_eq!(lines[1]["evidence"]["document_id"], desk["documents"][1]["id"], "{lines}");
    assert_eq!(
        (&lines[1]["evidence"]["page"], &lines[1]["evidence"]["width"]),
        (&json!(1), &json!(500))
    );
    served.server.stop(false).await;
}
