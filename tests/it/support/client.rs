//! Somebody at a browser or a program with a key: requests against the application in this process.

use actix_web::http::{Method, StatusCode};
use actix_web::{dev::ServiceResponse, test};
use base::Services;
use rules::ids::PersonId;
use serde_json::Value;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;

type Responding = Pin<Box<dyn Future<Output = Answer>>>;
pub type Door = Rc<dyn Fn(test::TestRequest) -> Responding>;

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: actix_web::http::header::HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn of<B: actix_web::body::MessageBody>(response: ServiceResponse<B>) -> Self {
        let (status, headers) = (response.status(), response.headers().clone());
        let body = test::try_read_body(response).await.map(|bytes| bytes.to_vec());
        Self { status, headers, body: body.unwrap_or_default() }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body)
            .unwrap_or_else(|error| panic!("{error}: {} {}", self.status, self.text()))
    }

    /// The JSON of an answer that must have been a success.
    #[track_caller]
    pub fn ok(self) -> Value {
        assert!(self.status.is_success(), "{} {}", self.status, self.text());
        if self.body.is_empty() { Value::Null } else { self.json() }
    }

    /// The body of an answer that must have had this status.
    #[track_caller]
    pub fn refused(self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        self.json()
    }
}

/// Who asks.
#[derive(Clone)]
pub enum As {
    Nobody,
    Session { cookie: String, csrf: String },
    Key(String),
}

/// A client of the application.
#[derive(Clone)]
pub struct Client {
    door: Door,
    identity: As,
}

impl Client {
    pub fn nobody(door: &Door) -> Self {
        Self { door: Rc::clone(door), identity: As::Nobody }
    }

    pub fn with_key(door: &Door, key: &str) -> Self {
        Self { door: Rc::clone(door), identity: As::Key(key.to_owned()) }
    }

    /// Signed in, as if the password had just been given.
    pub async fn signed_in(door: &Door, services: &Services, person: PersonId) -> Self {
        let token = web::sessions::open(services, person, "test").await.unwrap();
        let cookie = token.text().to_string();
        let principal = web::sessions::by_token(services, &cookie, web::sessions::Seen::ByPerson)
            .await
            .unwrap()
            .expect("the person is active");
        let csrf = web::sessions::csrf(services, principal.session.unwrap());
        Self { door: Rc::clone(door), identity: As::Session { cookie, csrf } }
    }

    /// Cookie and proof of the session, for a browser or a program elsewhere.
    pub fn proof(&self) -> (String, String) {
        match &self.identity {
            As::Session { cookie, csrf } => (cookie.clone(), csrf.clone()),
            As::Nobody | As::Key(_) => panic!("there is no session"),
        }
    }

    /// The same browser, but the request comes from somewhere else and proves nothing.
    pub fn without_proof(&self) -> Self {
        let mut other = self.clone();
        if let As::Session { csrf, .. } = &mut other.identity {
            csrf.clear();
        }
        other
    }

    fn request(&self, method: Method, path: &str) -> test::TestRequest {
        let request = test::TestRequest::default().method(method).uri(path);
        match &self.identity {
            As::Nobody => request,
            As::Key(key) => request.insert_header(("authorization", format!("Bearer {key}"))),
            As::Session { cookie, csrf } => request
                .insert_header(("cookie", format!("{}={cookie}", web::sessions::COOKIE)))
                .insert_header(("x-csrf-token", csrf.clone()))
                .insert_header(("sec-fetch-site", "same-origin")),
        }
    }

    pub async fn send(&self, method: Method, path: &str, body: Option<Value>) -> Answer {
        let request = self.request(method, path);
        let request = match body {
            Some(body) => request.set_json(body),
            None => request,
        };
        (self.door)(request).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    /// The same request as often as one likes, under one idempotency key.
    pub async fn post_once(&self, path: &str, body: Value, key: &str) -> Answer {
        let request = self.request(Method::POST, path).insert_header(("idempotency-key", key));
        (self.door)(request.set_json(body)).await
    }

    pub async fn put(&self, path: &str, body: Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    /// Hands in a chart as the page and the command line do.
    pub async fn upload(&self, chart: &Value, documents: &[(&str, &[u8])], key: &str) -> Answer {
        self.multipart("/api/v1/charts", chart, documents, key).await
    }

    /// A form as JSON and documents, as one request.
    pub async fn multipart(
        &self,
        path: &str,
        chart: &Value,
        documents: &[(&str, &[u8])],
        key: &str,
    ) -> Answer {
        const BOUNDARY: &str = "chartrelay-test-boundary";
        let mut body = Vec::new();
        let mut part = |head: &str, content: &[u8]| {
            body.extend_from_slice(format!("--{BOUNDARY}\r\n{head}\r\n\r\n").as_bytes());
            body.extend_from_slice(content);
            body.extend_from_slice(b"\r\n");
        };
        let head =
            "content-disposition: form-data; name=\"chart\"\r\ncontent-type: application/json";
        part(head, chart.to_string().as_bytes());
        for (name, bytes) in documents {
            let head = format!(
                "content-disposition: form-data; name=\"document\"; filename=\"{name}\"\r\n\
                 content-type: text/plain"
            );
            part(&head, bytes);
        }
        body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
        let request = self
            .request(Method::POST, path)
            .insert_header(("content-type", format!("multipart/form-data; boundary={BOUNDARY}")))
            .insert_header(("idempotency-key", key))
            .set_payload(body);
        (self.door)(request).await
    }
}
