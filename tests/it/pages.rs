//! Documents that are page images: what is taken, who sees a page with what written on it, and lines
//! that rest on words or on a box.

use crate::support::{Client, Desk, TestApp};
use image::{DynamicImage, GrayImage, ImageFormat, Luma};
use rules::access::Role;
use serde_json::{Value, json};
use std::io::Cursor;
use tiff::encoder::{TiffEncoder, colortype::Gray8};

const NOTE: &str = "Assessment: type 2 diabetes mellitus with hyperglycemia. Continue metformin.";
/// A letter page at 72 dots per inch.
const WIDTH: u32 = 612;
const HEIGHT: u32 = 792;

fn png() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let page = GrayImage::from_pixel(WIDTH, HEIGHT, Luma([255]));
    DynamicImage::ImageLuma8(page).write_to(&mut bytes, ImageFormat::Png).unwrap();
    bytes.into_inner()
}

/// Pages that are white, grey and black.
pub(crate) fn tiff() -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    let mut file = TiffEncoder::new(&mut bytes).unwrap();
    for shade in [255, 128, 0] {
        let page = vec![shade; usize::try_from(WIDTH * HEIGHT).unwrap()];
        file.write_image::<Gray8>(WIDTH, HEIGHT, &page).unwrap();
    }
    bytes.into_inner()
}

/// A chart with a note and a scan of three pages, on the desk of a coder.
struct Scanned {
    app: TestApp,
    uploader: Desk,
    coder: Desk,
    chart: String,
    /// As the desk lists them: the note, then the scan.
    documents: Vec<String>,
    epoch: Value,
}

impl Scanned {
    async fn new(account: &str, terms: impl FnOnce(&mut facilities::NewQueue)) -> Self {
        let mut app = TestApp::new().await;
        app.queue = app.new_queue("Scans", rules::words::WorkType::Outpatient, terms).await;
        let uploader = app.staff(&[Role::FacilityUploader]).await;
        let coder = app.vendor(&[Role::Coder]).await;
        let form = app.chart_form(account);
        let files = [("note.txt", NOTE.as_bytes()), ("scan.tif", &tiff())];
        uploader.client.upload(&form, &files, &format!("upload-{account}")).await.ok();
        app.run_jobs().await;
        let taken = coder.client.post("/api/v1/work/next", json!({ "kind": "coding" })).await.ok();
        let chart = taken["taken"]["chart_id"].as_str().unwrap().to_owned();
        let desk = coder.client.get(&format!("/api/v1/desk/{chart}")).await.ok();
        let listed = desk["documents"].as_array().unwrap();
        assert_eq!((&listed[0]["pages"], &listed[1]["pages"]), (&Value::Null, &json!(3)));
        assert_eq!(listed[1]["media_type"], "image/tiff");
        let documents = listed.iter().map(|one| one["id"].as_str().unwrap().to_owned()).collect();
        let epoch = desk["lease"]["epoch"].clone();
        Self { app, uploader, coder, chart, documents, epoch }
    }

    fn desk(&self, rest: &str) -> String {
        format!("/api/v1/desk/{}{rest}", self.chart)
    }

    fn page(&self, number: u32) -> String {
        self.desk(&format!("/documents/{}/pages/{number}", self.documents[1]))
    }

    fn words(&self, start: usize, end: usize) -> Value {
        json!({ "document_id": self.documents[0], "start": start, "end": end })
    }

    fn a_box(&self, page: u32, [left, top, width, height]: [i32; 4]) -> Value {
        json!({ "document_id": self.documents[1], "page": page, "left": left, "top": top,
            "width": width, "height": height })
    }
}

fn lines(evidence: [Value; 3]) -> Value {
    let [first, second, third] = evidence;
    json!([
        { "role": "principal", "system": "icd10cm", "code": "E11.65", "evidence": first },
        { "role": "secondary", "system": "icd10cm", "code": "I10", "evidence": second },
        { "role": "procedure", "system": "cpt", "code": "99213", "pointers": [1],
            "evidence": third },
    ])
}

async fn image_at(client: &Client, path: &str) -> (Vec<u8>, GrayImage) {
    let answer = client.get(path).await;
    assert_eq!(answer.status, 200, "{}", String::from_utf8_lossy(&answer.body));
    assert_eq!(answer.headers.get("cache-control").unwrap(), "no-store");
    let shown = image::load_from_memory(&answer.body).unwrap().to_luma8();
    (answer.body, shown)
}

#[actix_web::test]
async fn whoever_holds_the_chart_sees_its_pages_marked_with_their_name_and_nobody_else_sees_any() {
    let scanned = Scanned::new("P-1", |_| ()).await;
    let (first, page) = image_at(&scanned.coder.client, &scanned.page(1)).await;
    assert_eq!(page.dimensions(), (WIDTH, HEIGHT));
    let darker = page.pixels().filter(|pixel| pixel.0[0] < 240).count();
    assert!(darker > 3_000, "{darker} pixels of a white page are written on");
    let (_, black) = image_at(&scanned.coder.client, &scanned.page(3)).await;
    assert!(black.pixels().filter(|pixel| pixel.0[0] > 15).count() > 3_000);
    // The same page a minute later carries another time.
    scanned.app.advance_minutes(1);
    assert_ne!(image_at(&scanned.coder.client, &scanned.page(1)).await.0, first);

    for path in [
        scanned.page(0),
        scanned.page(4),
        scanned.desk(&format!("/documents/{}/pages/1", scanned.documents[0])),
        scanned.desk(&format!("/documents/{}", scanned.documents[1])),
        scanned.desk(&format!("/documents/{}/pages/x", scanned.documents[1])),
    ] {
        assert_eq!(scanned.coder.client.get(&path).await.status, 404, "{path}");
    }
    let other = scanned.app.vendor(&[Role::Coder]).await;
    other.client.get(&scanned.page(1)).await.refused(404);
    let own =
        format!("/api/v1/charts/{}/documents/{}/pages/2", scanned.chart, scanned.documents[1]);
    image_at(&scanned.uploader.client, &own).await;
    scanned.coder.client.get(&own).await.refused(403);

    let give_back = json!({ "epoch": scanned.epoch, "reason": "other" });
    scanned.coder.client.post(&scanned.desk("/release"), give_back).await.ok();
    scanned.coder.client.get(&scanned.page(1)).await.refused(409);
}

#[actix_web::test]
async fn each_page_that_is_seen_is_written_down_with_its_number() {
    let scanned = Scanned::new("P-2", |_| ()).await;
    for number in [2, 3] {
        image_at(&scanned.coder.client, &scanned.page(number)).await;
    }
    let auditor = scanned.app.staff(&[Role::Auditor]).await;
    let trail = auditor.client.get("/api/v1/audit").await.ok();
    let events = trail["items"].as_array().unwrap();
    let read = events.iter().filter(|event| event["action"] == "document.read");
    let mut details: Vec<&str> = read.map(|event| event["detail"].as_str().unwrap()).collect();
    details.sort_unstable();
    assert_eq!(details, ["page 2", "page 3"], "{trail}");
}

#[actix_web::test]
async fn an_image_is_what_its_bytes_say_and_a_faulty_one_is_refused_in_words() {
    let app = TestApp::new().await;
    let uploader = app.staff(&[Role::FacilityUploader]).await.client;
    let (png, tiff) = (png(), tiff());
    let mut bomb = png.clone();
    bomb[16..24].copy_from_slice(&[0, 0, 0xff, 0xff, 0, 0, 0xff, 0xff]);
    for (name, bytes, words) in [
        ("scan.png", &png[..png.len() / 2], "PNG image is cut off or damaged"),
        ("scan.tif", &tiff[..tiff.len() / 2], "TIFF image is cut off or damaged"),
        ("scan.png", &bomb, "image"),
        ("scan.tif", b"%PDF-1.7 named as a scan", "this is a PDF"),
        ("scan.jpg", b"\xff\xd8\xff\xe0 no picture at all", "JPEG image is cut off or damaged"),
        ("scan.gif", b"GIF89a...", "a GIF image"),
    ] {
        let answer = uploader.upload(&app.chart_form("P-3"), &[(name, bytes)], "refused-one").await;
        let problem = answer.refused(422);
        let message = problem["fields"][0]["message"].as_str().unwrap();
        assert!(message.contains(words), "{name}: {message}");
        assert!(problem["fields"][0]["name"].as_str().unwrap().contains(name), "{problem}");
    }
    assert_eq!(uploader.get("/api/v1/charts").await.ok()["items"], json!([]));

    let form = app.chart_form("P-4");
    let id = uploader.upload(&form, &[("named-as-a.pdf", &png)], "misnamed-one").await.ok()["id"]
        .clone();
    let chart = uploader.get(&format!("/api/v1/charts/{}", id.as_str().unwrap())).await.ok();
    let document = &chart["documents"][0];
    assert_eq!((&document["media_type"], &document["pages"]), (&json!("image/png"), &json!(1)));
}

#[actix_web::test]
async fn words_and_boxes_are_kept_through_draft_submit_review_and_return() {
    let reviewed = |terms: &mut facilities::NewQueue| terms.sampling_percent = 100;
    let scanned = Scanned::new("P-5", reviewed).await;
    let reviewer = scanned.app.vendor(&[Role::Reviewer]).await;
    let evidence = [
        scanned.words(12, 36),
        scanned.a_box(2, [100, 250, 300, 40]),
        scanned.a_box(3, [0, 0, 1_000, 1_000]),
    ];
    let lines = lines(evidence.clone());
    let draft = json!({ "epoch": scanned.epoch, "revision": 0, "draft": { "lines": lines } });
    scanned.coder.client.put(&scanned.desk("/draft"), draft).await.ok();
    let desk = scanned.coder.client.get(&scanned.desk("")).await.ok();
    let kept = |lines: &Value| [0, 1, 2].map(|at| lines[at]["evidence"].clone());
    assert_eq!(kept(&desk["draft"]["draft"]["lines"]), evidence);

    let submit = json!({ "epoch": scanned.epoch, "lines": lines });
    scanned.coder.client.post(&scanned.desk("/submit"), submit).await.ok();
    scanned.app.run_jobs().await;
    reviewer.client.post("/api/v1/work/next", json!({ "kind": "review" })).await.ok();
    let review = format!("/api/v1/reviews/{}", scanned.chart);
    let seen = reviewer.client.get(&review).await.ok();
    assert_eq!(kept(&seen["coding"]["lines"]), evidence);
    let page = format!("{review}/documents/{}/pages/2", scanned.documents[1]);
    image_at(&reviewer.client, &page).await;
    scanned.coder.client.get(&page).await.refused(403);

    let accept = json!({ "epoch": seen["lease"]["epoch"], "outcome": "accepted" });
    reviewer.client.post(&format!("{review}/decide"), accept).await.ok();
    scanned.app.run_jobs().await;
    let returns = scanned.uploader.client.get("/api/v1/returns").await.ok();
    let id = returns["items"][0]["id"].as_str().unwrap();
    let path = format!("/api/v1/returns/{id}/package?format=json");
    let package = scanned.uploader.client.get(&path).await.ok();
    assert_eq!(kept(&package["lines"]), evidence);
    assert_eq!(package["documents"][1]["pages"], 3);
}

#[actix_web::test]
async fn evidence_that_is_no_place_is_not_saved_and_one_outside_the_documents_is_not_handed_in() {
    let scanned = Scanned::new("P-6", |_| ()).await;
    let fine = scanned.words(0, 10);
    for wrong in
        [scanned.words(9, 9), scanned.a_box(1, [900, 0, 101, 10]), scanned.a_box(0, [0; 4])]
    {
        let lines = lines([wrong, fine.clone(), fine.clone()]);
        let draft = json!({ "epoch": scanned.epoch, "revision": 0, "draft": { "lines": lines } });
        let refused = scanned.coder.client.put(&scanned.desk("/draft"), draft).await.refused(422);
        assert_eq!(refused["fields"][0]["name"], "lines.0.evidence");
    }
    let mut on_text = scanned.a_box(1, [0, 0, 10, 10]);
    on_text["document_id"] = json!(scanned.documents[0]);
    let mut on_scan = scanned.words(0, 10);
    on_scan["document_id"] = json!(scanned.documents[1]);
    let mut elsewhere = scanned.words(0, 10);
    elsewhere["document_id"] = json!(uuid::Uuid::now_v7());
    for wrong in [
        scanned.a_box(4, [0, 0, 10, 10]),
        scanned.words(0, NOTE.len() + 1),
        on_text,
        on_scan,
        elsewhere,
    ] {
        let lines = lines([fine.clone(), wrong.clone(), fine.clone()]);
        let submit = json!({ "epoch": scanned.epoch, "lines": lines });
        let refused =
            scanned.coder.client.post(&scanned.desk("/submit"), submit).await.refused(422);
        assert_eq!(refused["fields"][0]["name"], "lines.1.evidence", "{wrong}");
    }
}
