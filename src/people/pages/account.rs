//! One's own account.

use crate::api::account::{Browser, open_browsers};
use actix_web::HttpResponse;
use askama::Template;
use rules::access::may;
use web::{Answer, May, Shell};

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage {
    shell: Shell,
    length_min: u32,
    time_zone: String,
    browsers: Vec<Browser>,
    idle_minutes: u32,
    absolute_hours: u32,
}

pub(super) async fn page(may: May<may::UseAccount>) -> Answer<HttpResponse> {
    let settings = &may.services().config;
    web::html(&AccountPage {
        shell: Shell::new(&may, "Account", "/account"),
        length_min: settings.passwords.length_min,
        time_zone: may.principal().time_zone.clone(),
        browsers: open_browsers(&may).await?,
        idle_minutes: settings.sessions.idle_minutes,
        absolute_hours: settings.sessions.absolute_hours,
    })
}
