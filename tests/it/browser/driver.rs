//! Headless Chromium through `ChromeDriver`'s own protocol (W3C `WebDriver`).

use serde_json::{Value, json};
use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// How long a page gets to show what a test waits for.
const PATIENCE: Duration = Duration::from_secs(45);
const REQUEST_TIME_MAX: Duration = Duration::from_mins(1);
const LOOK_AGAIN: Duration = Duration::from_millis(50);
const THEMES: [&str; 2] = ["light", "dark"];
/// Colours that are on their way to others would be judged halfway.
pub const STAND_STILL: &str = "{ const sheet = new CSSStyleSheet(); \
    sheet.replaceSync('*, *::before, *::after { transition: none !important; }'); \
    document.adoptedStyleSheets = [sheet]; }";
const ELEMENT: &str = "element-6066-11e4-a52e-4f735466cecf";

/// A browser with one window.
pub struct Browser {
    driver: Child,
    http: reqwest::Client,
    session: String,
    profile: PathBuf,
}

/// Something on the page.
#[derive(Clone)]
pub struct Element(String);

impl Browser {
    /// Starts a browser; fails with the remedy where there is none.
    pub async fn start(width: u32, height: u32) -> Self {
        let port = free_port();
        let driver = Command::new("chromedriver")
            .arg(format!("--port={port}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("chromedriver is needed: script/setup installs it");
        let http = reqwest::Client::builder().timeout(REQUEST_TIME_MAX).build().unwrap();
        let base = format!("http://127.0.0.1:{port}");
        let profile = std::env::temp_dir().join(format!("chartrelay-browser-{port}"));
        let mut browser = Self { driver, http, session: base.clone(), profile };
        browser.wait_for_driver(&base).await;
        let arguments = [
            "--headless=new".to_owned(),
            "--no-sandbox".into(),
            "--disable-gpu".into(),
            "--disable-quic".into(),
            "--no-first-run".into(),
            "--disable-background-networking".into(),
            "--disable-component-update".into(),
            "--disable-sync".into(),
            "--disable-dev-shm-usage".into(),
            format!("--window-size={width},{height}"),
            format!("--user-data-dir={}", browser.profile.display()),
        ];
        let wanted = json!({ "capabilities": { "alwaysMatch": {
            "browserName": "chrome", "goog:chromeOptions": { "args": arguments } } } });
        let made = browser.post("/session", wanted).await;
        let id = made["sessionId"].as_str().expect("a session").to_owned();
        browser.session = format!("{base}/session/{id}");
        browser
    }

    async fn wait_for_driver(&self, base: &str) {
        let began = Instant::now();
        while self.http.get(format!("{base}/status")).send().await.is_err() {
            assert!(began.elapsed() < PATIENCE, "chromedriver does not answer");
            tokio::time::sleep(LOOK_AGAIN).await;
        }
    }

    async fn post(&self, path: &str, body: Value) -> Value {
        let answer = self.http.post(format!("{}{path}", self.session)).json(&body).send().await;
        let answer: Value = answer.unwrap().json().await.unwrap();
        answer["value"].clone()
    }

    /// Speaks to the browser's own developer tools, for what the protocol has no word for.
    pub async fn tools(&self, command: &str, parameters: Value) -> Value {
        let body = json!({ "cmd": command, "params": parameters });
        let answer = self.post("/goog/cdp/execute", body).await;
        assert!(answer["error"].is_null(), "{command}: {answer}");
        answer
    }

    /// Takes the network away from the window that is in front, or gives it back.
    pub async fn offline(&self, on: bool) {
        self.tools("Network.enable", json!({})).await;
        let unlimited = -1;
        let conditions = json!({ "offline": on, "latency": 0, "downloadThroughput": unlimited,
            "uploadThroughput": unlimited });
        self.tools("Network.emulateNetworkConditions", conditions).await;
    }

    /// Draws every page as for somebody who likes it dark, or light, and without motion.
    pub async fn likes(&self, theme: &str) {
        let features = json!([{ "name": "prefers-color-scheme", "value": theme },
            { "name": "prefers-reduced-motion", "value": "reduce" }]);
        self.tools("Emulation.setEmulatedMedia", json!({ "features": features })).await;
    }

    /// Runs a script at the start of every page from now on.
    pub async fn bring_along(&self, script: &str) {
        self.tools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": script })).await;
    }

    /// Pictures of the page in the sizes and themes that people have, into the folder that
    /// `CHARTRELAY_PICTURES` names; nothing where it names none.
    pub async fn pictures(&self, name: &str) {
        let Some(folder) = pictures_folder() else { return };
        std::fs::create_dir_all(&folder).unwrap();
        self.run(STAND_STILL).await;
        for ((width, height), theme) in
            [(1366, 768), (1920, 1080)].into_iter().flat_map(|size| THEMES.map(|it| (size, it)))
        {
            let size = json!({ "width": width, "height": height, "deviceScaleFactor": 1,
                "mobile": false });
            self.tools("Emulation.setDeviceMetricsOverride", size).await;
            self.likes(theme).await;
            // A frame with the new colours is drawn before the picture is taken.
            let drawn = "await new Promise((then) => requestAnimationFrame(() => \
                requestAnimationFrame(then)))";
            self.tools(
                "Runtime.evaluate",
                json!({ "expression": format!("(async () => {{ {drawn} }})()"),
                "awaitPromise": true }),
            )
            .await;
            let taken = self.tools("Page.captureScreenshot", json!({ "format": "png" })).await;
            let file = folder.join(format!("{name}-{width}x{height}-{theme}.png"));
            std::fs::write(file, from_base64(taken["data"].as_str().unwrap())).unwrap();
        }
        self.tools("Emulation.clearDeviceMetricsOverride", json!({})).await;
        self.likes("light").await;
    }

    /// The window that is in front; see [`Self::turn_to`].
    pub async fn window(&self) -> String {
        self.get("/window").await.as_str().unwrap_or_default().to_owned()
    }

    /// Opens a further tab of the same browser and turns to it.
    pub async fn new_tab(&self) -> String {
        let made = self.post("/window/new", json!({ "type": "tab" })).await;
        let handle = made["handle"].as_str().expect("a tab").to_owned();
        self.turn_to(&handle).await;
        handle
    }

    /// Brings a tab to the front.
    pub async fn turn_to(&self, handle: &str) {
        self.post("/window", json!({ "handle": handle })).await;
    }

    pub async fn forget_cookies(&self) {
        let answer = self.http.delete(format!("{}/cookie", self.session)).send().await;
        assert!(answer.unwrap().status().is_success());
    }

    async fn get(&self, path: &str) -> Value {
        let answer = self.http.get(format!("{}{path}", self.session)).send().await.unwrap();
        answer.json::<Value>().await.unwrap()["value"].clone()
    }

    pub async fn open(&self, address: &str) {
        self.post("/url", json!({ "url": address })).await;
    }

    pub async fn address(&self) -> String {
        self.get("/url").await.as_str().unwrap_or_default().to_owned()
    }

    /// The first element that fits, once it is there.
    pub async fn find(&self, css: &str) -> Element {
        let began = Instant::now();
        loop {
            let found =
                self.post("/element", json!({ "using": "css selector", "value": css })).await;
            if let Some(id) = found[ELEMENT].as_str() {
                return Element(id.to_owned());
            }
            self.be_patient(began, &format!("there is no {css}")).await;
        }
    }

    /// Types into an element; see [`key`] for keys without a letter.
    pub async fn type_into(&self, css: &str, text: &str) {
        let element = self.find(css).await;
        self.post(&format!("/element/{}/value", element.0), json!({ "text": text })).await;
    }

    /// Presses keys wherever the focus is.
    pub async fn press(&self, keys: &str) {
        let strokes: Vec<Value> = keys
            .chars()
            .flat_map(|c| {
                let stroke = |kind: &str| json!({ "type": kind, "value": c.to_string() });
                [stroke("keyDown"), stroke("keyUp")]
            })
            .collect();
        let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] });
        self.post("/actions", actions).await;
    }

    /// Presses a key while another is held.
    pub async fn press_with(&self, held: char, key: char) {
        let stroke = |kind: &str, c: char| json!({ "type": kind, "value": c.to_string() });
        let strokes = [
            stroke("keyDown", held),
            stroke("keyDown", key),
            stroke("keyUp", key),
            stroke("keyUp", held),
        ];
        let actions = json!({ "actions": [{ "type": "key", "id": "keys", "actions": strokes }] });
        self.post("/actions", actions).await;
    }

    /// Drags one element onto another with the mouse, and looks at `midway` before the drop.
    pub async fn drag(&self, from: &str, onto: &str, midway: (&str, &str)) {
        let element = async |css| json!({ ELEMENT: self.find(css).await.0 });
        let (from, onto) = (element(from).await, element(onto).await);
        let to = |origin: &Value, x: i32| {
            let duration = 50;
            json!({ "type": "pointerMove", "duration": duration, "origin": origin, "x": x, "y": 0 })
        };
        let button = |what: &str| json!({ "type": what, "button": 0 });
        let take = [to(&from, 0), button("pointerDown"), to(&from, 8), to(&onto, 0), to(&onto, 2)];
        self.mouse(json!(take)).await;
        self.wait_for(midway.0, midway.1).await;
        self.mouse(json!([to(&onto, 1), button("pointerUp")])).await;
    }

    async fn mouse(&self, actions: Value) {
        let kind = json!({ "pointerType": "mouse" });
        let mouse =
            json!({ "type": "pointer", "id": "mouse", "parameters": kind, "actions": actions });
        self.post("/actions", json!({ "actions": [mouse] })).await;
    }

    pub async fn text(&self, css: &str) -> String {
        let found = self.post("/element", json!({ "using": "css selector", "value": css })).await;
        let Some(id) = found[ELEMENT].as_str() else { return String::new() };
        self.get(&format!("/element/{id}/text")).await.as_str().unwrap_or_default().to_owned()
    }

    /// Fails once patience is at its end, with what the page shows.
    async fn be_patient(&self, since: Instant, wanted: &str) {
        if since.elapsed() <= PATIENCE {
            tokio::time::sleep(LOOK_AGAIN).await;
            return;
        }
        panic!("{wanted}, on {}:\n{}", self.address().await, self.text("body").await);
    }

    /// Waits until an element's text contains `words`.
    pub async fn wait_for(&self, css: &str, words: &str) {
        let began = Instant::now();
        while !self.text(css).await.contains(words) {
            self.be_patient(began, &format!("“{words}” is not in {css}")).await;
        }
    }

    /// Waits until a script's result is `expected`.
    pub async fn wait_until(&self, script: &str, expected: &Value) {
        let began = Instant::now();
        loop {
            let found = self.run(script).await;
            if found == *expected {
                return;
            }
            self.be_patient(began, &format!("{script} gives {found}, not {expected}")).await;
        }
    }

    /// Waits until the address contains `part`.
    pub async fn wait_for_address(&self, part: &str) {
        let began = Instant::now();
        while !self.address().await.contains(part) {
            self.be_patient(began, &format!("the address has no {part}")).await;
        }
    }

    /// Runs a script in the page and gives its result.
    pub async fn run(&self, script: &str) -> Value {
        self.post("/execute/sync", json!({ "script": script, "args": [] })).await
    }

    /// A cookie for the page's own site.
    pub async fn set_cookie(&self, name: &str, value: &str) {
        let cookie =
            json!({ "cookie": { "name": name, "value": value, "path": "/", "httpOnly": true } });
        self.post("/cookie", cookie).await;
    }
}

impl Browser {
    /// Ends the session, and with it the browser, without the runtime that may be going already.
    fn quit(&self) -> std::io::Result<()> {
        let rest = self.session.trim_start_matches("http://");
        let (host, path) = rest.split_once('/').unwrap_or((rest, ""));
        let mut stream = std::net::TcpStream::connect(host)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        write!(stream, "DELETE /{path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n")?;
        // It answers once the browser is gone.
        stream.read(&mut [0; 1]).map(|_| ())
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // The browser does not go with its driver: it is asked to leave first.
        let _left = self.quit();
        let _killed = self.driver.kill();
        let _gone = self.driver.wait();
        let _removed = std::fs::remove_dir_all(&self.profile);
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "where pictures go is asked of whoever looks at them"
)]
fn pictures_folder() -> Option<PathBuf> {
    std::env::var_os("CHARTRELAY_PICTURES").map(PathBuf::from)
}

fn from_base64(text: &str) -> Vec<u8> {
    let value = |letter: u8| match letter {
        b'A'..=b'Z' => letter - b'A',
        b'a'..=b'z' => letter - b'a' + 26,
        b'0'..=b'9' => letter - b'0' + 52,
        b'+' => 62,
        _ => 63,
    };
    let letters: Vec<u8> = text.bytes().filter(|letter| *letter != b'=').map(value).collect();
    let bytes = letters.chunks(4).flat_map(|four| {
        let whole = four.iter().fold(0_u32, |whole, six| whole << 6 | u32::from(*six));
        let whole = whole << (6 * (4 - four.len()));
        let [_, first, second, third] = whole.to_be_bytes();
        [first, second, third].into_iter().take(four.len().saturating_sub(1))
    });
    bytes.collect()
}

fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// Keys that have no letter.
pub mod key {
    pub const CONTROL: char = '\u{e009}';
    pub const ENTER: char = '\u{e007}';
    pub const ESCAPE: char = '\u{e00c}';
    pub const SHIFT: char = '\u{e008}';
    pub const END: char = '\u{e010}';
    pub const DOWN: char = '\u{e015}';
    pub const TAB: char = '\u{e004}';
}
