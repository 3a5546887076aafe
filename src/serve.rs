//! The server: HTTP, the job engine and the scheduler, until it is asked to stop.

use crate::app;
use actix_web::dev::Server;
use actix_web::middleware::{self, Compress};
use actix_web::web::{JsonConfig, PathConfig, QueryConfig};
use actix_web::{App, HttpServer};
use base::jobs::Runner;
use base::{Error, Services};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// Promises made by other servers are looked for this often.
const JOBS_POLL: Duration = Duration::from_secs(1);
/// Connections that wait to be accepted.
const BACKLOG_CONNECTIONS_MAX: u32 = 1_024;

/// Builds the application that both the server and the tests run.
#[macro_export]
macro_rules! application {
    ($services:expr) => {
        $crate::serve::configured(
            actix_web::App::new()
                .wrap(actix_web::middleware::from_fn(web::authenticate))
                .wrap(actix_web::middleware::from_fn(web::page_errors))
                .wrap(web::headers::secure()),
            $services,
        )
    };
}

/// Adds routes, limits and state to an application.
pub fn configured<T>(app: App<T>, services: &Arc<Services>) -> App<T>
where
    T: actix_web::dev::ServiceFactory<
            actix_web::dev::ServiceRequest,
            Config = (),
            Error = actix_web::Error,
            InitError = (),
        >,
{
    let body_bytes_max = usize::try_from(services.config.server.body_bytes_max).unwrap_or(1 << 20);
    let json = JsonConfig::default()
        .limit(body_bytes_max)
        .error_handler(|error, _| web::Failure::from(malformed("body", &error)).into());
    let query = QueryConfig::default()
        .error_handler(|error, _| web::Failure::from(malformed("query", &error)).into());
    // An address that is no id is an address of nothing.
    let path =
        PathConfig::default().error_handler(|_, _| web::Failure::from(Error::NotFound).into());
    app.app_data(json)
        .app_data(query)
        .app_data(path)
        .configure(|config| app::routes(config, services))
        .default_service(actix_web::web::to(missing))
}

async fn missing() -> Result<actix_web::HttpResponse, web::Failure> {
    Err(Error::NotFound.into())
}

/// Parsers quote what they read, which may be a patient's: only the place is told.
fn malformed(part: &str, error: &dyn std::fmt::Display) -> Error {
    let text = error.to_string();
    let place = text.rfind(" at line ").and_then(|at| text.get(at..)).unwrap_or_default();
    let unknown = text
        .split_once("unknown field `")
        .and_then(|(_, rest)| rest.split_once('`'))
        .or_else(|| text.split_once("missing field `").and_then(|(_, rest)| rest.split_once('`')))
        .map(|(field, _)| format!(" (field {field})"))
        .unwrap_or_default();
    Error::invalid(part, format!("not in the expected form{unknown}{place}"))
}

/// Serves HTTP on a listener.
///
/// # Errors
/// When the listener cannot be used.
pub fn http(services: &Arc<Services>, listener: std::net::TcpListener) -> std::io::Result<Server> {
    let settings = &services.config.server;
    let workers = match usize::try_from(settings.workers) {
        Ok(0) | Err(_) => std::thread::available_parallelism().map_or(2, usize::from),
        Ok(workers) => workers,
    };
    let for_workers = Arc::clone(services);
    let server = HttpServer::new(move || {
        application!(&for_workers).wrap(Compress::default()).wrap(middleware::Condition::new(
            true,
            tracing_actix_web::TracingLogger::<Spans>::new(),
        ))
    })
    .workers(workers)
    .backlog(BACKLOG_CONNECTIONS_MAX)
    .client_request_timeout(Duration::from_secs(u64::from(settings.request_seconds)))
    .shutdown_timeout(u64::from(settings.shutdown_seconds))
    .disable_signals()
    .listen(listener)?
    .run();
    Ok(server)
}

/// A span for each request: method, route and status, never the address that was asked for.
struct Spans;

impl tracing_actix_web::RootSpanBuilder for Spans {
    fn on_request_start(request: &actix_web::dev::ServiceRequest) -> tracing::Span {
        let route = request.match_pattern().unwrap_or_else(|| "unknown".to_owned());
        tracing::info_span!("request", method = %request.method(), route)
    }

    fn on_request_end<B: actix_web::body::MessageBody>(
        span: tracing::Span,
        outcome: &Result<actix_web::dev::ServiceResponse<B>, actix_web::Error>,
    ) {
        let status = match outcome {
            Ok(response) => response.status().as_u16(),
            Err(error) => error.as_response_error().status_code().as_u16(),
        };
        let _inside = span.enter();
        tracing::debug!(status, "answered");
    }
}

/// Runs everything until `stop` turns true, then ends in order: HTTP, scheduler, jobs.
///
/// # Errors
/// When the HTTP server fails.
pub async fn until_stopped(
    services: Arc<Services>,
    listener: std::net::TcpListener,
    stop: watch::Receiver<bool>,
) -> std::io::Result<()> {
    // Before the first request, so that nobody is judged by less than what is loaded.
    let lists =
        base::error::can_fail("loading the code lists", coding::lists::refresh(&services, 0).await);
    let server = http(&services, listener)?;
    let handle = server.handle();
    let runner = Runner::new(Arc::clone(&services), app::jobs());
    let jobs_stop = stop.clone();
    let jobs = tokio::task::spawn_local(async move { runner.serve(JOBS_POLL, jobs_stop).await });
    let scheduler_services = Arc::clone(&services);
    let scheduler_stop = stop.clone();
    let scheduler = tokio::task::spawn_local(async move {
        scheduling::serve(scheduler_services, scheduler_stop).await;
    });
    let (lists_services, lists_stop) = (Arc::clone(&services), stop.clone());
    let follower = tokio::task::spawn_local(async move {
        coding::lists::follow(&lists_services, lists.unwrap_or(0), lists_stop).await;
    });
    let mut asked = stop;
    let stopper = tokio::task::spawn_local(async move {
        if asked.wait_for(|stopped| *stopped).await.is_ok() {
            handle.stop(true).await;
        }
    });
    let ended = server.await;
    stopper.abort();
    for task in [jobs, scheduler, follower] {
        base::error::can_fail("ending a background task", task.await);
    }
    ended
}
