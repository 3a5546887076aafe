//! A facility's own users and keys.

use super::standing::{self, Standing};
use super::{ZONES, in_words, roles_of};
use crate::api::api_keys::{self, ApiKey};
use crate::store::{self, Person};
use actix_web::HttpResponse;
use actix_web::web::Path;
use askama::Template;
use rules::Instant;
use rules::access::{Role, Side, may};
use rules::ids::PersonId;
use web::{Answer, May, Shell};

/// A user as the list shows them.
struct Listed {
    person: Person,
    roles: String,
    state: Standing,
}

impl Listed {
    fn of(person: Person) -> Self {
        Self { roles: in_words(&person.roles), state: standing::state(&person), person }
    }
}

#[derive(Template)]
#[template(path = "users.html")]
struct UsersPage {
    shell: Shell,
    users: Vec<Listed>,
    keys: Vec<ApiKey>,
    roles: Vec<Role>,
    zones: [&'static str; ZONES.len()],
    time_zone: String,
    now: Instant,
}

impl UsersPage {
    fn has_expired(&self, key: &ApiKey) -> bool {
        key.expires_at <= self.now
    }
}

pub(super) async fn list(may: May<may::ManageFacilityUsers>) -> Answer<HttpResponse> {
    let (users, keys) =
        may.facility(async |tx| Ok((store::list(tx).await?, api_keys::all(tx).await?))).await?;
    web::html(&UsersPage {
        shell: Shell::new(&may, "Users", "/users"),
        users: users.into_iter().map(Listed::of).collect(),
        keys,
        roles: roles_of(Side::Facility),
        zones: ZONES,
        time_zone: may.principal().time_zone.clone(),
        now: may.now(),
    })
}

#[derive(Template)]
#[template(path = "user.html")]
struct UserPage {
    shell: Shell,
    person: Person,
    words: String,
    state: Standing,
    roles: Vec<Role>,
    zones: [&'static str; ZONES.len()],
}

impl UserPage {
    fn holds(&self, role: &Role) -> bool {
        self.person.roles.iter().any(|held| held == role.as_str())
    }
}

pub(super) async fn one(
    may: May<may::ManageFacilityUsers>,
    id: Path<PersonId>,
) -> Answer<HttpResponse> {
    let person = may.facility(async |tx| Ok(store::find(tx, *id).await?)).await?;
    web::html(&UserPage {
        shell: Shell::new(&may, person.name.clone(), "/users"),
        words: in_words(&person.roles),
        state: standing::state(&person),
        roles: roles_of(Side::Facility),
        zones: ZONES,
        person,
    })
}
