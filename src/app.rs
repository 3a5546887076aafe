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
    coding::routes(config);
}

/// Who does which promised work.
#[must_use]
pub fn jobs() -> Handlers {
    let handlers = Handlers::default().on(web::live::do_tell);
    people::jobs(handlers)
}

/// The description of the JSON API, put together from the slices' own.
#[must_use]
pub fn openapi() -> OpenApi {
    let mut whole = crate::health::openapi();
    for part in [
        web::openapi(),
        people::openapi(),
        facilities::openapi(),
        charts::openapi(),
        intake::openapi(),
        coding::openapi(),
    ] {
        whole.merge(part);
    }
    whole
}
