//! Whole charts coded by keys alone, with the network away in the middle: every stroke is in what was handed
//! in.

use super::driver::{Browser, key};
use super::{NOTE, Served, wait_for_codes};
use crate::support::Desk;
use rules::access::Role;
use rules::words::WorkType;
use serde_json::{Value, json};

const ENTER: char = key::ENTER;
const ESCAPE: char = key::ESCAPE;
const TAB: char = key::TAB;
/// Warnings that may need a reason before a chart is handed in.
const REASONS_MAX: usize = 8;

/// Keys that two things in sight have, and acts without a key.
const WRONG_KEYS: &str = "const seen = new Map(); \
    for (const it of document.querySelectorAll('[data-key], [data-do]')) { \
        if (!it.checkVisibility()) continue; \
        const key = it.dataset.key ?? ''; \
        seen.set(key, [...(seen.get(key) ?? []), it.dataset.do ?? it.dataset.add ?? it.outerHTML]); \
    } \
    return [...seen].filter(([key, all]) => key === '' || all.length > 1)";

/// The first hit of a search is where a pointer would find it, under nothing else.
const FIRST_HIT_ON_TOP: &str = "const hit = \
        document.querySelector('.codes-popup:not([hidden]) [role=option]'); \
    const box = hit?.getBoundingClientRect(); \
    return box && hit.contains(document.elementFromPoint(box.left + 20, box.top + box.height / 2))";

/// A coder who has pressed Next for a chart of a kind of work.
struct Coding {
    served: Served,
    coder: Desk,
    browser: Browser,
    chart: String,
}

impl Coding {
    async fn of(work_type: WorkType, discharged: Option<&str>) -> Self {
        let served = Served::new().await;
        let app = &served.app;
        let queue = app.new_queue("Keys", work_type, |_| ()).await;
        let uploader = app.staff(&[Role::FacilityUploader]).await.client;
        let mut form = app.chart_form("KEYS-1");
        form["queue_id"] = json!(queue);
        if let Some(day) = discharged {
            form["discharge_date"] = json!(day);
        }
        let answer =
            uploader.upload(&form, &[("note.txt", NOTE.as_bytes())], "upload-keys-1").await.ok();
        let chart = answer["id"].as_str().unwrap().to_owned();
        app.run_jobs().await;
        let coder = app.vendor(&[Role::Coder]).await;
        let browser = served.browser_of(&coder, "/work").await;
        browser.wait_for("main", "You hold no chart").await;
        browser.press("n").await;
        browser.wait_for_address(&format!("/desk/{chart}")).await;
        browser.wait_for("[data-reading=text]", "essential hypertension").await;
        Self { served, coder, browser, chart }
    }

    async fn press(&self, strokes: &str) {
        self.browser.press(strokes).await;
    }

    async fn shows(&self, lines: &str, codes: &[&str]) {
        wait_for_codes(&self.browser, lines, codes).await;
    }

    /// Codes of the draft that the server has.
    async fn stored(&self) -> Vec<String> {
        let open = self.coder.client.get(&format!("/api/v1/desk/{}", self.chart)).await.ok();
        let lines = open["draft"]["draft"]["lines"].as_array().cloned().unwrap_or_default();
        lines.iter().map(|line| line["code"].as_str().unwrap().to_owned()).collect()
    }

    /// Hands in; a warning in the way takes the focus to where its reason is typed.
    async fn hand_in(&self) {
        for _ in 0..REASONS_MAX {
            self.browser.press_with(key::CONTROL, ENTER).await;
            let went = "return location.pathname === '/work' || \
                 document.activeElement?.matches('[data-findings=list] input')";
            self.browser.wait_until(went, &json!(true)).await;
            if self.browser.address().await.ends_with("/work") {
                return;
            }
            self.press("It is so documented.").await;
        }
        panic!("still not handed in: {}", self.browser.text("[data-findings=list]").await);
    }

    /// What a reviewer finds handed in.
    async fn handed_in(&self) -> Value {
        let app = &self.served.app;
        app.run_jobs().await;
        let reviewer = app.vendor(&[Role::Reviewer]).await.client;
        reviewer.post("/api/v1/work/next", json!({ "kind": "review" })).await.ok();
        let review = reviewer.get(&format!("/api/v1/reviews/{}", self.chart)).await.ok();
        review["coding"].clone()
    }
}

fn line(role: &str, system: &str, code: &str, more: &Value) -> Value {
    let mut line = json!({ "role": role, "system": system, "code": code, "modifiers": [],
        "units": 1, "poa": null, "pointers": [], "evidence": null });
    for (name, value) in more.as_object().unwrap() {
        line[name] = value.clone();
    }
    line
}

#[actix_web::test]
async fn a_visit_is_coded_by_keys_while_the_network_goes_and_comes_and_no_stroke_is_lost() {
    let coding = Coding::of(WorkType::ProFeeEm, None).await;
    let browser = &coding.browser;
    coding.press("d").await;
    coding.press("hypertension").await;
    browser.wait_until(FIRST_HIT_ON_TOP, &json!(true)).await;
    coding.press(&format!("{ESCAPE}{ESCAPE}d")).await;
    browser.run("document.activeElement.value = ''").await;
    coding.press(&format!("I10{ENTER}E11.9{ENTER}{ESCAPE}")).await;
    coding.shows("diagnoses", &["I10", "E11.9"]).await;
    browser.wait_for("[data-show=save]", "Saved").await;

    browser.offline(true).await;
    // The level first, then modifier, units, pointers, date, place, provider, and the level's basis.
    coding
        .press(&format!("p99213{ENTER}25{TAB}{TAB}1 2{TAB}0302{TAB}11{TAB}1234567893{TAB}m"))
        .await;
    coding.press(&format!("{TAB}m{TAB}l{TAB}m{ESCAPE}")).await;
    coding.press(&format!("p93000{ENTER}{TAB}{TAB}1{ESCAPE}")).await;
    coding.press("nMetformin goes on.").await;
    coding.shows("procedures", &["99213", "93000"]).await;
    browser.wait_for("[data-show=banners]", "The server can’t be reached").await;
    assert_eq!(coding.stored().await, ["I10", "E119"]);
    browser.offline(false).await;
    browser.wait_until("return document.querySelector('[data-kind=unsaved]')", &Value::Null).await;
    assert_eq!(coding.stored().await, ["I10", "E119", "99213", "93000"]);

    // Two of three elements are moderate: the desk offers the level, a key takes it.
    coding.press(&format!("{ESCAPE}kk")).await;
    browser.wait_for("[data-lines=procedures] tr:first-child .level", "is 99214").await;
    coding.press("jl").await;
    coding.shows("procedures", &["99214", "93000"]).await;
    assert_eq!(browser.run(WRONG_KEYS).await, json!([]));
    browser.pictures("desk-visit").await;
    coding.hand_in().await;

    let visit = json!({ "service_date": "2026-03-02", "place_of_service": "11",
        "provider": "1234567893", "em_basis": "mdm", "problems": "moderate", "data": "low",
        "risk": "moderate" });
    let shared = json!({ "service_date": "2026-03-02", "place_of_service": "11",
        "provider": "1234567893" });
    let handed_in = coding.handed_in().await;
    assert_eq!(
        handed_in["lines"],
        json!([
            line("principal", "icd10cm", "I10", &json!({})),
            line("secondary", "icd10cm", "E119", &json!({})),
            line(
                "procedure",
                "cpt",
                "99214",
                &json!({ "modifiers": ["25"], "pointers": [1, 2],
                "details": visit })
            ),
            line("procedure", "cpt", "93000", &json!({ "pointers": [1], "details": shared })),
        ])
    );
    coding.served.server.stop(false).await;
}

#[actix_web::test]
async fn a_stay_is_coded_by_keys_with_its_roles_its_procedures_and_where_the_patient_went() {
    let coding = Coding::of(WorkType::Inpatient, Some("2026-03-06")).await;
    let browser = &coding.browser;
    coding.press("d").await;
    coding.press(&format!("I50.21{ENTER}y{ENTER}E11.9{ENTER}y{ENTER}J96.01{ENTER}n{ENTER}")).await;
    // The one that was added last becomes principal, then admitting.
    coding.press(&format!("R06.02{ENTER}{ESCAPE}oo")).await;
    coding.shows("diagnoses", &["R06.02", "I50.21", "E11.9", "J96.01"]).await;

    browser.offline(true).await;
    coding.press(&format!("p5A1935Z{ENTER}{ESCAPE}w0304{TAB}Dr. A. Operator{ESCAPE}")).await;
    coding.press(&format!("p4A023N7{ENTER}{ESCAPE}w3/5{ESCAPE}")).await;
    coding.press(&format!("g01{TAB}Seen by cardiology.{ESCAPE}")).await;
    coding.shows("procedures", &["5A1935Z", "4A023N7"]).await;
    browser.wait_for("[data-show=banners]", "The server can’t be reached").await;
    browser.offline(false).await;
    browser.wait_until("return document.querySelector('[data-kind=unsaved]')", &Value::Null).await;
    assert_eq!(browser.run(WRONG_KEYS).await, json!([]));
    browser.pictures("desk-stay").await;
    coding.hand_in().await;

    let by_operator = |day: &str| json!({ "service_date": day, "provider": "Dr. A. Operator" });
    let handed_in = coding.handed_in().await;
    assert_eq!(
        handed_in["lines"],
        json!([
            line("admitting", "icd10cm", "R0602", &json!({})),
            line("principal", "icd10cm", "I5021", &json!({ "poa": "Y" })),
            line("secondary", "icd10cm", "E119", &json!({ "poa": "Y" })),
            line("secondary", "icd10cm", "J9601", &json!({ "poa": "N" })),
            line(
                "procedure",
                "icd10pcs",
                "5A1935Z",
                &json!({ "details": by_operator("2026-03-04") })
            ),
            line(
                "procedure",
                "icd10pcs",
                "4A023N7",
                &json!({ "details": by_operator("2026-03-05") })
            ),
        ])
    );
    assert_eq!(handed_in["disposition"], "01");
    coding.served.server.stop(false).await;
}
