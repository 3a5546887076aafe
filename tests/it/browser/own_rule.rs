//! A facility's own rule put together in its form, tried out and switched on by its lead.

use super::Served;
use super::driver::key;
use rules::access::Role;
use serde_json::json;

const TAB: char = key::TAB;

#[actix_web::test]
async fn a_rule_says_what_it_will_do_while_it_is_entered_and_keeps_what_was_entered_on_a_fault() {
    let served = Served::new().await;
    let app = &served.app;
    let lead = app.vendor(&[Role::TeamLead]).await;
    let rules = format!("/facilities/{}/rules", app.facility);
    let browser = served.browser_of(&lead, &rules).await;
    browser.press("n").await;
    browser.wait_for_address(&format!("{rules}/new")).await;

    // A range that ends before it begins is told in the sentence, and marked once it is to be kept.
    browser.type_into("#r-name", "25 on ED levels").await;
    browser.type_into("#r-message", "Add 25.").await;
    browser.type_into("[data-rule-about] [data-part=value]", "99285-99281").await;
    browser.wait_for("[data-rule-words]", "ends before it begins").await;
    browser.press(&key::ENTER.to_string()).await;
    browser.wait_for("form [role=alert]", "ends before it begins").await;
    let marked = "return [...document.querySelectorAll('[aria-invalid=true]')].map(it => it.name)";
    assert_eq!(browser.run(marked).await, json!(["rule.about.tests.0.value"]));
    let kept = "return document.querySelector('#r-name').value";
    assert_eq!(browser.run(kept).await, "25 on ED levels");

    let value = "const it = document.querySelector('[data-rule-about] [data-part=value]'); \
        it.value = ''; it.focus()";
    browser.run(value).await;
    browser.press("99281-99285").await;
    browser.wait_for("[data-rule-words]", "for each procedure or service 99281–99285.").await;
    assert_eq!(browser.run(marked).await, json!([]), "what is entered anew is no fault");
    // The second condition by keys alone: a further line, of any kind but a level.
    let other = "[...document.querySelectorAll('[data-rule-when] button')]\
        .find(it => it.textContent === 'About another line').focus()";
    browser.run(other).await;
    browser.press(&format!("{}{TAB}{TAB}{TAB}{TAB}", key::ENTER)).await;
    browser
        .run("document.querySelector('[data-rule-when] [data-part=is]').value = 'not_among'")
        .await;
    browser.type_into("[data-rule-when] [data-part=value]", "99281-99285").await;
    let sentence = "when there is another procedure or service other than 99281–99285.";
    browser.wait_for("[data-rule-words]", sentence).await;
    browser.pictures("own-rule").await;
    browser.press(&key::ENTER.to_string()).await;
    browser.wait_for("main h1", "25 on ED levels").await;

    browser.wait_for("main", "It can be switched on once it was tried.").await;
    browser.press("t").await;
    browser.wait_for("main", "Under way").await;
    app.run_jobs().await;
    // The page looks again by itself when the trial is done.
    browser.wait_for("main", "No chart was coded here").await;
    let switch = "[...document.querySelectorAll('button')] \
        .find((it) => it.textContent.includes('Switch version 1 on')).click()";
    browser.run(switch).await;
    browser.wait_for("dialog[open]", "From now on").await;
    browser.press(&key::ENTER.to_string()).await;
    browser.wait_for("main h1 .badge", "on").await;
    let all = lead.client.get(&format!("/api/v1{rules}")).await.ok();
    assert_eq!(all[0]["active_version"], 1, "{all}");
    assert_eq!(all[0]["newest"]["rule"]["when"][0]["tests"][0]["is"], "not_among", "{all}");
    served.server.stop(false).await;
}
