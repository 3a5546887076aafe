//! A coder’s and a reviewer’s work on the pages, with the keyboard, in headless Chromium. Pictures of the
//! desk in the sizes and themes that people have go into the folder that `CHARTRELAY_PICTURES` names.

mod accessible;
mod driver;
mod evidence;
mod keyboard;
mod network;
mod own_rule;

use crate::support::{Desk, TestApp};
use driver::{Browser, key};
use rules::access::Role;
use serde_json::json;

/// The application behind a port, with a clock that runs.
struct Served {
    app: TestApp,
    address: String,
    server: actix_web::dev::ServerHandle,
}

impl Served {
    async fn new() -> Self {
        let app = TestApp::in_real_time_alone().await;
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let server = chartrelay::serve::http(&app.services, listener).unwrap();
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self { app, address, server: handle }
    }

    /// A browser in which this person is signed in, on a page.
    async fn browser_of(&self, desk: &Desk, page: &str) -> Browser {
        let browser = Browser::start(1366, 768).await;
        browser.open(&format!("{}/sign-in", self.address)).await;
        browser.set_cookie(web::sessions::COOKIE, &desk.client.proof().0).await;
        browser.open(&format!("{}{page}", self.address)).await;
        browser
    }
}

const NOTE: &str = "Clinic note. Follow-up of essential hypertension and type 2 diabetes, both stable. \
    No chest pain. Continue lisinopril and metformin. Return in three months.";

/// Types a code into the entry that has the focus and takes it from what is found.
async fn enter(browser: &Browser, code: &str) {
    browser.type_into(":focus", code).await;
    browser.wait_for("[role=option][aria-selected=true]", code).await;
    browser.press(&key::ENTER.to_string()).await;
}

/// Waits until a table of lines shows these codes, in this order.
async fn wait_for_codes(browser: &Browser, lines: &str, codes: &[&str]) {
    let script = format!(
        "return [...document.querySelectorAll('[data-lines={lines}] input.code')].map(i => i.value)"
    );
    browser.wait_until(&script, &json!(codes)).await;
}

#[actix_web::test]
async fn a_coder_and_a_reviewer_do_their_work_with_the_keyboard() {
    let served = Served::new().await;
    let app = &served.app;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let chart = app.upload(&uploader, "BROWSER-1", NOTE).await;
    app.run_jobs().await;

    let coder = app.vendor(&[Role::Coder]).await;
    let browser = served.browser_of(&coder, "/work").await;
    browser.wait_for("main", "You hold no chart").await;
    browser.press("n").await;
    browser.wait_for_address(&format!("/desk/{chart}")).await;
    browser.wait_for("[data-reading=text]", "essential hypertension").await;
    browser.wait_for("[data-show=encounter]", "Example, Pat").await;
    browser.press("d").await;
    enter(&browser, "I10").await;
    enter(&browser, "E11.9").await;
    wait_for_codes(&browser, "diagnoses", &["I10", "E11.9"]).await;
    browser.wait_for("[data-show=save]", "Saved").await;

    // The draft is on the server: a reload shows it again.
    browser.open(&format!("{}/desk/{chart}", served.address)).await;
    wait_for_codes(&browser, "diagnoses", &["I10", "E11.9"]).await;
    browser.press("p").await;
    browser.type_into(":focus", "99213").await;
    browser.press(&key::ENTER.to_string()).await;
    wait_for_codes(&browser, "procedures", &["99213"]).await;
    browser.press_with(key::CONTROL, key::ENTER).await;
    browser.wait_for_address("/work").await;
    drop(browser);
    app.run_jobs().await;
    let view = uploader.get(&format!("/api/v1/charts/{chart}")).await.ok();
    assert_eq!(view["state"], "in_review", "a new coder's work is reviewed in full: {view}");

    let reviewer = app.vendor(&[Role::Reviewer]).await;
    let browser = served.browser_of(&reviewer, "/work").await;
    browser.wait_for("main", "You hold no chart").await;
    browser.press("n").await;
    browser.wait_for_address(&format!("/review/{chart}")).await;
    wait_for_codes(&browser, "diagnoses", &["I10", "E11.9"]).await;
    browser.press("d").await;
    enter(&browser, "Z79.84").await;
    wait_for_codes(&browser, "diagnoses", &["I10", "E11.9", "Z79.84"]).await;
    browser.press(&key::ESCAPE.to_string()).await;
    browser.find("[data-show=review-findings] > li[data-category=missed]").await;
    let why = "[data-show=review-findings] > li [data-part=rationale]";
    browser.type_into(why, "Metformin is an oral hypoglycaemic drug.").await;
    browser.wait_for("[data-show=save]", "Saved").await;
    browser.press(&key::ESCAPE.to_string()).await;
    browser.run("document.activeElement.blur()").await;
    browser.press("f").await;
    browser.find("dialog[open] button[value=yes]").await;
    browser.press(&key::ENTER.to_string()).await;
    browser.wait_for_address("/work").await;
    drop(browser);
    app.run_jobs().await;
    let view = uploader.get(&format!("/api/v1/charts/{chart}")).await.ok();
    assert_eq!(view["state"], "returned", "{view}");
    served.server.stop(false).await;
}

#[actix_web::test]
async fn a_lead_gives_charts_with_the_keyboard_and_with_the_mouse() {
    let served = Served::new().await;
    let app = &served.app;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let first = app.upload(&uploader, "BOARD-1", NOTE).await;
    let second = app.upload(&uploader, "BOARD-2", &format!("{NOTE} Second visit.")).await;
    app.run_jobs().await;
    let coder = app.vendor(&[Role::Coder]).await;
    let holds = async |desk: &Desk| {
        let work = desk.client.get("/api/v1/work").await.ok();
        let in_hand = work["in_hand"].as_array().unwrap().iter();
        in_hand.map(|chart| chart["chart_id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };

    let lead = app.vendor(&[Role::TeamLead]).await;
    let browser = served.browser_of(&lead, "/board").await;
    browser.find(&format!("#c-{first}")).await;
    browser.run(&format!("document.getElementById('c-{first}').focus()")).await;
    browser.press("a").await;
    // The rules have answered before anything is given.
    browser.wait_for("dialog[open] [aria-selected=true]", "may have it").await;
    browser.press(&key::ENTER.to_string()).await;
    browser.wait_for("#board-said", "given to").await;
    browser.find(&format!("#c-{first}[data-held]")).await;
    assert_eq!(holds(&coder).await, std::slice::from_ref(&first));

    let other = app.vendor(&[Role::Coder]).await;
    browser.open(&format!("{}/board", served.address)).await;
    let (row, person) = (format!("#c-{second}"), format!("#p-{}", other.id));
    let answer = format!("{person} .fit");
    browser.drag(&row, &person, (&answer, "may have it")).await;
    browser.wait_for("#board-said", "given to").await;
    assert_eq!(holds(&other).await, [second]);
    assert_eq!(holds(&coder).await, [first]);
    served.server.stop(false).await;
}
