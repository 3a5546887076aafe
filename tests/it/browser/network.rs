//! What a coder has typed outlives the network, the lease, the session and a second tab.

use super::driver::{Browser, key};
use super::{NOTE, Served, wait_for_codes};
use crate::support::Desk;
use rules::access::Role;
use serde_json::{Value, json};

/// A coder in front of a chart.
struct AtDesk {
    served: Served,
    coder: Desk,
    browser: Browser,
    chart: String,
}

impl AtDesk {
    async fn sit_down() -> Self {
        let served = Served::new().await;
        let uploader = served.app.staff(&[Role::FacilityUploader]).await.client;
        served.app.upload(&uploader, "NETWORK-1", NOTE).await;
        served.app.run_jobs().await;
        let coder = served.app.vendor(&[Role::Coder]).await;
        let next = json!({ "kind": "coding" });
        let taken = coder.client.post("/api/v1/work/next", next).await.ok();
        let chart = taken["taken"]["chart_id"].as_str().unwrap().to_owned();
        let browser = served.browser_of(&coder, &format!("/desk/{chart}")).await;
        browser.wait_for("[data-reading=text]", "essential hypertension").await;
        Self { served, coder, browser, chart }
    }

    /// What the server has of the draft.
    async fn stored(&self) -> Value {
        let path = format!("/api/v1/desk/{}", self.chart);
        self.coder.client.get(&path).await.ok()["draft"].clone()
    }

    async fn saved(&self) {
        let script = "const place = document.querySelector('[data-show=save]'); \
             return place.dataset.state === 'saved' && /^Saved \\d/.test(place.textContent)";
        self.browser.wait_until(script, &json!(true)).await;
    }

    async fn banner(&self, kind: &str, words: &str) {
        self.browser.wait_for(&format!("[data-show=banners] [data-kind={kind}]"), words).await;
    }

    async fn no_banner(&self, kind: &str) {
        let script = format!("return document.querySelector('[data-kind={kind}]') === null");
        self.browser.wait_until(&script, &json!(true)).await;
    }

    async fn press_button(&self, words: &str) {
        let script = format!(
            "[...document.querySelectorAll('[data-show=banners] button')]\
             .find((button) => button.textContent === '{words}').click()"
        );
        self.browser.run(&script).await;
    }
}

fn codes(draft: &Value) -> Vec<&str> {
    let lines = draft["draft"]["lines"].as_array().unwrap();
    lines.iter().map(|line| line["code"].as_str().unwrap()).collect()
}

/// The strokes that add a diagnosis, wherever the focus is.
fn added(code: &str) -> String {
    format!("{}d{code}{}", key::ESCAPE, key::ENTER)
}

#[actix_web::test]
async fn of_two_tabs_the_older_rests_takes_over_again_and_neither_overwrites_the_other() {
    let desk = AtDesk::sit_down().await;
    let browser = &desk.browser;
    let older = browser.window().await;
    browser.press(&added("I10")).await;
    wait_for_codes(browser, "diagnoses", &["I10"]).await;

    // The other tab opens before the first has saved by itself: it saves first, then rests.
    browser.new_tab().await;
    browser.open(&format!("{}/desk/{}", desk.served.address, desk.chart)).await;
    desk.banner("tabs", "open in another tab, too").await;
    wait_for_codes(browser, "diagnoses", &["I10"]).await;
    browser.press(&added("E11.9")).await;
    wait_for_codes(browser, "diagnoses", &["I10", "E11.9"]).await;
    desk.saved().await;

    browser.turn_to(&older).await;
    desk.banner("tabs", "You opened this chart in another tab").await;
    // Only the tab that is worked in counts time.
    browser.find("[data-show=timer][data-state=paused]").await;
    browser.press(&added("Z79.84")).await;
    wait_for_codes(browser, "diagnoses", &["I10"]).await;
    desk.press_button("Go on in this tab").await;
    wait_for_codes(browser, "diagnoses", &["I10", "E11.9"]).await;
    desk.no_banner("tabs").await;
    browser.find("[data-show=timer][data-state=running]").await;
    browser.press(&added("Z79.84")).await;
    wait_for_codes(browser, "diagnoses", &["I10", "E11.9", "Z79.84"]).await;
    desk.saved().await;
    assert_eq!(codes(&desk.stored().await), ["I10", "E119", "Z7984"]);
    desk.served.server.stop(false).await;
}

#[actix_web::test]
async fn what_another_window_saved_is_only_overwritten_when_the_coder_says_so() {
    let desk = AtDesk::sit_down().await;
    let browser = &desk.browser;
    browser.press(&added("I10")).await;
    desk.saved().await;
    // Another browser, which tells this one nothing.
    let stored = desk.stored().await;
    let path = format!("/api/v1/desk/{}", desk.chart);
    let open = desk.coder.client.get(&path).await.ok();
    let line = json!({ "role": "principal", "system": "icd10cm", "code": "E11.9" });
    let draft = json!({ "lines": [line], "note": "from elsewhere", "dismissals": [] });
    let saving = json!({ "epoch": open["lease"]["epoch"], "revision": stored["revision"],
        "draft": draft });
    desk.coder.client.put(&format!("{path}/draft"), saving).await.ok();

    browser.press(&added("Z79.84")).await;
    desk.banner("behind", "Which is right?").await;
    assert_eq!(codes(&desk.stored().await), ["E11.9"]);
    desk.press_button("Keep what is here").await;
    desk.saved().await;
    wait_for_codes(browser, "diagnoses", &["I10", "Z79.84"]).await;
    assert_eq!(codes(&desk.stored().await), ["I10", "Z7984"]);
    desk.served.server.stop(false).await;
}

/// The next saving arrives, and its answer does not.
const LOSE_ONE_ANSWER: &str = "const real = window.fetch; let lost = false; \
    window.fetch = async (path, request) => { \
        const answer = await real(path, request); \
        if (lost || request?.method !== 'PUT') return answer; \
        lost = true; \
        throw new TypeError('the answer was lost'); \
    }";

#[actix_web::test]
async fn a_saving_whose_answer_was_lost_is_not_taken_for_somebody_elses() {
    let desk = AtDesk::sit_down().await;
    let browser = &desk.browser;
    browser.press(&added("I10")).await;
    browser.press(&format!("{}p45378{}", key::ESCAPE, key::ENTER)).await;
    browser.press(&format!("{}w0302", key::ESCAPE)).await;
    desk.saved().await;
    browser.run(LOSE_ONE_ANSWER).await;
    browser.press(&added("E11.9")).await;
    desk.banner("unsaved", "The server can’t be reached").await;
    browser.press(&added("Z79.84")).await;
    desk.no_banner("unsaved").await;
    desk.no_banner("behind").await;
    desk.saved().await;
    assert_eq!(codes(&desk.stored().await), ["I10", "E119", "Z7984", "45378"]);
    desk.served.server.stop(false).await;
}

#[actix_web::test]
async fn a_lost_lease_keeps_what_was_typed_and_a_new_one_takes_it_up() {
    let desk = AtDesk::sit_down().await;
    let browser = &desk.browser;
    browser.press(&added("I10")).await;
    desk.saved().await;
    let lead = desk.served.app.vendor(&[Role::TeamLead]).await.client;
    let chart = format!("/api/v1/charts/{}", desk.chart);
    lead.post(&format!("{chart}/revoke"), json!({ "reason": "a test" })).await.ok();

    browser.press(&added("E11.9")).await;
    desk.banner("lease", "You no longer hold this chart").await;
    wait_for_codes(browser, "diagnoses", &["I10", "E11.9"]).await;
    // The patient is out of sight with the lease.
    assert_eq!(browser.text("[data-show=encounter]").await, "");
    let document = browser.text("[data-reading=text]").await;
    assert!(!document.contains("hypertension"), "{document}");

    let again = json!({ "person_id": desk.coder.id, "reason": "a test" });
    lead.post(&format!("{chart}/assign"), again).await.ok();
    desk.press_button("Look again").await;
    desk.no_banner("lease").await;
    browser.wait_for("[data-reading=text]", "essential hypertension").await;
    desk.saved().await;
    assert_eq!(codes(&desk.stored().await), ["I10", "E119"]);
    desk.served.server.stop(false).await;
}

#[actix_web::test]
async fn somebody_signed_out_signs_in_in_another_tab_and_goes_on() {
    let desk = AtDesk::sit_down().await;
    let browser = &desk.browser;
    let first = browser.window().await;
    browser.press(&added("I10")).await;
    desk.saved().await;
    desk.coder.client.send(actix_web::http::Method::DELETE, "/api/v1/session", None).await.ok();
    browser.press(&added("E11.9")).await;
    desk.banner("unsaved", "You are signed out").await;

    let app = &desk.served.app;
    let anew = crate::support::Client::signed_in(&app.door, &app.services, desk.coder.id).await;
    browser.new_tab().await;
    browser.open(&format!("{}/sign-in", desk.served.address)).await;
    browser.set_cookie(web::sessions::COOKIE, &anew.proof().0).await;
    browser.open(&format!("{}/work", desk.served.address)).await;
    browser.wait_for("main", "In hand").await;
    browser.turn_to(&first).await;
    desk.no_banner("unsaved").await;
    desk.saved().await;
    let open = anew.get(&format!("/api/v1/desk/{}", desk.chart)).await.ok();
    assert_eq!(codes(&open["draft"]), ["I10", "E119"]);
    desk.served.server.stop(false).await;
}
