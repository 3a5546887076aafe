//! THE list: every slice's routes and jobs. The only file that knows all slices.

use actix_web::web::ServiceConfig;
use base::Services;
use base::jobs::Handlers;
use std::sync::Arc;
use utoipa::openapi::OpenApi;

/// Every route of the product.
pub fn routes(config: &mut ServiceConfig, services: &Arc<Services>) {
    web::register(config, Arc::clone(services));
    crate::health::routes(config);
    web::routes(config);
    people::routes(config);
    facilities::routes(config);
    charts::routes(config);
    intake::routes(config);
    scheduling::routes(config);
    coding::routes(config);
    queries::routes(config);
    review::routes(config);
    returns::routes(config);
    metrics::routes(config);
}

/// Who does which promised work.
#[must_use]
pub fn jobs() -> Handlers {
    let handlers = Handlers::default().on(web::live::do_tell);
    let handlers = people::jobs(handlers);
    let handlers = charts::jobs(handlers);
    let handlers = scheduling::jobs(handlers);
    let handlers = coding::jobs(handlers);
    let handlers = queries::jobs(handlers);
    let handlers = review::jobs(handlers);
    returns::jobs(handlers)
}

/// The slices' own descriptions of the JSON API.
#[must_use]
pub fn described() -> Vec<OpenApi> {
    vec![
        crate::health::openapi(),
        web::openapi(),
        people::openapi(),
        facilities::openapi(),
        charts::openapi(),
        intake::openapi(),
        scheduling::openapi(),
        coding::openapi(),
        queries::openapi(),
        review::openapi(),
        returns::openapi(),
        metrics::openapi(),
    ]
}

/// The description of the JSON API, put together from the slices' own.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut parts = described().into_iter();
    let mut whole = parts.next().unwrap_or_default();
    for part in parts {
        whole.merge(part);
    }
    whole
}
