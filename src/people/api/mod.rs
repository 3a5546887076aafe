//! The JSON doors of this room.

pub mod account;
pub mod api_keys;
pub mod people;
pub mod schedules;
pub mod session;
pub mod tickets;
pub mod users;

use crate::manage;
use crate::store::{self, Person};
use actix_web::HttpRequest;
use base::db::PlaneTx;
use base::error::Result;
use rules::ids::PersonId;
use serde::{Deserialize, Serialize};
use web::idempotency::Once;

/// The request's idempotency key with a digest of what it says.
fn once(request: &HttpRequest, route: &'static str, said: &impl Serialize) -> Result<Option<Once>> {
    Once::of(request, route, base::secret::sha256(&serde_json::to_vec(said)?))
}

/// What is kept of an answer about somebody: enough to give it again.
#[derive(Serialize, Deserialize)]
struct Made {
    id: PersonId,
}

/// Stores and invites a person, or answers with the one that the same request made before.
async fn invite_once(tx: &mut PlaneTx, once: Option<Once>, person: Person) -> Result<Person> {
    if let Some(once) = &once {
        if let Some(made) = once.earlier::<Made>(tx).await? {
            return Ok(store::find(tx, made.id).await?);
        }
        once.keep(tx, &Made { id: person.id }).await?;
    }
    manage::insert(tx, &person, true).await?;
    Ok(person)
}
