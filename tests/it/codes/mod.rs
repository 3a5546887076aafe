//! Code lists that an operator loads: all or none, in use without a restart, judged by date.

mod grouping;

use crate::support::TestApp;
use coding::lists::{self, Loaded, NewList};
use formats::codes::read;
use jiff::civil::{Date, date};
use rules::access::Role;
use rules::lists::ListKind;

/// A file as the command line reads and packs it, for a year.
fn list(kind: ListKind, year: i16, text: &str) -> Vec<NewList> {
    let read = read(kind, text.as_bytes()).unwrap();
    let pack = |(kind, content): (ListKind, formats::codes::Content)| NewList {
        kind,
        name: year.to_string(),
        from: date(year, 1, 1),
        until: date(year, 12, 31),
        rows: u64::try_from(content.rows()).unwrap(),
        files: "hcpcs.tsv".into(),
        sha256: base::secret::hex(&base::secret::sha256(text.as_bytes())),
        packed: codesets::pack(&content).unwrap(),
    };
    read.into_iter().map(pack).collect()
}

const HCPCS_2025: &str = "code\tdescription\nG0001\tDrawing blood\nG0002\tTaking a sample\n";
const HCPCS_2026: &str = "code\tdescription\nG0001\tDrawing of blood\nG0003\tA newer service\n";

#[actix_web::test]
async fn a_list_is_in_use_when_it_is_loaded_and_gone_when_it_is_removed() {
    let app = TestApp::own_database().await;
    let (services, scope) = (&app.services, app.system());
    let coder = app.vendor(&[Role::Coder]).await.client;
    let find = async |text: &str, on: Date| {
        coder.get(&format!("/api/v1/codes?system=hcpcs&q={text}&on={on}")).await.ok()
    };
    let day = date(2026, 3, 3);
    assert!(find("G0003", day).await["edition"].is_null(), "judged by form");

    let mut seen = lists::refresh(services, 0).await.unwrap();
    for (year, text) in [(2025, HCPCS_2025), (2026, HCPCS_2026)] {
        let new = list(ListKind::Hcpcs, year, text);
        assert_eq!(lists::import(services, &scope, &new).await.unwrap(), [Loaded::New]);
    }
    assert!(find("G0003", day).await["edition"].is_null(), "not looked at yet");
    seen = lists::refresh(services, seen).await.unwrap();

    let found = find("G0003", day).await;
    assert_eq!(found["edition"], "2026");
    assert_eq!(found["items"][0]["description"], "A newer service");
    // Dropped at the turn of the year: found before it, refused after it.
    assert_eq!(find("G0002", date(2025, 12, 31)).await["items"][0]["code"], "G0002");
    let after = find("G0002", day).await;
    assert_eq!(after["items"].as_array().unwrap().len(), 0);
    assert!(after["remark"].as_str().unwrap().ends_with("was valid until 2025-12-31."));

    let again = list(ListKind::Hcpcs, 2026, HCPCS_2026);
    assert_eq!(lists::import(services, &scope, &again).await.unwrap(), [Loaded::Already]);
    let corrected = list(ListKind::Hcpcs, 2026, "code\tdescription\nG0003\tCorrected\n");
    assert_eq!(lists::import(services, &scope, &corrected).await.unwrap(), [Loaded::Replaced]);
    seen = lists::refresh(services, seen).await.unwrap();
    assert_eq!(find("G0003", day).await["items"][0]["description"], "Corrected");

    for year in [2025, 2026] {
        let from = date(year, 1, 1);
        assert!(lists::remove(services, &scope, ListKind::Hcpcs, from).await.unwrap());
    }
    assert!(!lists::remove(services, &scope, ListKind::Hcpcs, date(2026, 1, 1)).await.unwrap());
    lists::refresh(services, seen).await.unwrap();
    assert!(find("G0003", day).await["edition"].is_null());
}

#[actix_web::test]
async fn an_import_that_cannot_be_used_leaves_everything_as_it_was() {
    let app = TestApp::own_database().await;
    let (services, scope) = (&app.services, app.system());
    let mut both = list(ListKind::Hcpcs, 2026, HCPCS_2026);
    both.extend(list(ListKind::MceSex, 2026, "C61\t1 male\n"));
    let damaged = both.last_mut().unwrap();
    damaged.packed.truncate(12);
    let refused = lists::import(services, &scope, &both).await.unwrap_err();
    assert!(matches!(refused, base::Error::Invalid(_)), "{refused:?}");
    let held = lists::holdings(services, &scope).await.unwrap();
    assert!(held.iter().all(|held| held.origin == codesets::Origin::Shipped), "{held:?}");
}

#[actix_web::test]
async fn the_page_tells_what_is_loaded_and_what_changed_between_editions() {
    let app = TestApp::own_database().await;
    let (services, scope) = (&app.services, app.system());
    for (year, text) in [(2025, HCPCS_2025), (2026, HCPCS_2026)] {
        lists::import(services, &scope, &list(ListKind::Hcpcs, year, text)).await.unwrap();
    }
    lists::refresh(services, 0).await.unwrap();
    let reader = app.vendor(&[Role::AccountManager]).await.client;
    let all = reader.get("/api/v1/code-lists").await.ok();
    let hcpcs: Vec<_> =
        all["items"].as_array().unwrap().iter().filter(|item| item["kind"] == "hcpcs").collect();
    assert_eq!(
        (hcpcs.len(), &hcpcs[1]["rows"], &hcpcs[1]["files"]),
        (2, &2.into(), &"hcpcs.tsv".into())
    );
    let page = reader.get("/codes").await.text();
    assert!(page.contains("HCPCS level II") && page.contains("sha256"), "{page}");

    let changes = reader.get("/api/v1/code-lists/hcpcs/changes").await.ok();
    let seen: Vec<_> = changes["items"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| (change["code"].as_str().unwrap(), change["change"].as_str().unwrap()))
        .collect();
    assert_eq!(seen, [("G0001", "reworded"), ("G0002", "dropped"), ("G0003", "added")]);
    let page = reader.get("/codes/changes?kind=hcpcs&prefix=g0002").await.text();
    assert!(page.contains("Taking a sample") && !page.contains("A newer service"), "{page}");
    let table = reader.get("/api/v1/code-lists/hcpcs/changes.csv").await.text();
    assert!(table.contains("G0001,reworded,yes,Drawing blood,Drawing of blood\r\n"), "{table}");
    reader.get("/api/v1/code-lists/icd10pcs/changes").await.refused(404);
    reader.get("/api/v1/code-lists/nonsense/changes").await.refused(404);
    reader.get("/api/v1/code-lists/icd10cm/changes?from=2024-10-01&limit=1").await.ok();
}
