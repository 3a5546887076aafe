//! One server plans at a time: a row with a term that runs out, and an epoch that every write carries.
//!
//! A server that lost its term without noticing cannot write any more: each of its transactions asks for
//! the epoch first, and keeps the row from changing hands until it ends.

use base::Services;
use base::db::WorkTx;
use base::error::Result;
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Text, Timestamptz, Uuid};
use diesel_async::RunQueryDsl;
use rules::Instant;
use std::sync::LazyLock;

/// What is led.
const TERM: &str = "scheduling";

/// This process among all that serve.
static HOLDER: LazyLock<uuid::Uuid> = LazyLock::new(uuid::Uuid::now_v7);

/// Counts who led; the newest one leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Epoch(i64);

/// Leads, or goes on leading; none while another server does.
pub(crate) async fn lead(services: &Services) -> Result<Option<Epoch>> {
    let seconds = i64::from(services.config.scheduling.leader_seconds);
    let system = services.authority.system();
    services
        .db
        .ops(&system, async |tx| {
            let until = tx.now().plus_seconds(seconds);
            Ok(take_term(tx, *HOLDER, until).await?)
        })
        .await
}

/// Leaves the place to whoever asks next, so that nobody has to wait for the term to run out.
pub(crate) async fn resign(services: &Services) -> Result<()> {
    let system = services.authority.system();
    services.db.ops(&system, async |tx| Ok(end_term(tx, *HOLDER).await?)).await?;
    Ok(())
}

/// Becomes the leader, or stays it; none while somebody else leads. A new term has a new epoch.
async fn take_term(
    tx: &mut WorkTx,
    holder: uuid::Uuid,
    until: Instant,
) -> QueryResult<Option<Epoch>> {
    #[derive(QueryableByName)]
    struct Term {
        #[diesel(sql_type = BigInt)]
        epoch: i64,
    }
    let now = tx.now();
    let term: Option<Term> = diesel::sql_query(
        "insert into app.leaders as l (name, holder, epoch, expires_at) values ($1, $2, 1, $3) \
         on conflict (name) do update set holder = excluded.holder, \
           epoch = l.epoch + case when l.holder = excluded.holder and l.expires_at > $4 \
             then 0 else 1 end, \
           expires_at = greatest(l.expires_at, excluded.expires_at) \
         where l.holder = excluded.holder or l.expires_at <= $4 returning epoch",
    )
    .bind::<Text, _>(TERM)
    .bind::<Uuid, _>(holder)
    .bind::<Timestamptz, _>(until)
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await
    .optional()?;
    Ok(term.map(|term| Epoch(term.epoch)))
}

/// Whether this epoch still leads; nobody takes over before the transaction ends.
pub(crate) async fn still_leads(tx: &mut WorkTx, epoch: Epoch) -> QueryResult<bool> {
    #[derive(QueryableByName)]
    struct Leads {
        #[diesel(sql_type = Bool)]
        leads: bool,
    }
    let now = tx.now();
    let leads: Option<Leads> = diesel::sql_query(
        "select epoch = $2 and expires_at > $3 as leads from app.leaders where name = $1 for share",
    )
    .bind::<Text, _>(TERM)
    .bind::<BigInt, _>(epoch.0)
    .bind::<Timestamptz, _>(now)
    .get_result(tx.conn())
    .await
    .optional()?;
    Ok(leads.is_some_and(|leads| leads.leads))
}

/// Ends a term early, so that another server need not wait for it to run out.
async fn end_term(tx: &mut WorkTx, holder: uuid::Uuid) -> QueryResult<usize> {
    let now = tx.now();
    diesel::sql_query("update app.leaders set expires_at = $3 where name = $1 and holder = $2")
        .bind::<Text, _>(TERM)
        .bind::<Uuid, _>(holder)
        .bind::<Timestamptz, _>(now)
        .execute(tx.conn())
        .await
}
