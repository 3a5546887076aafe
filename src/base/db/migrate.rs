//! Brings a database to the shape this program needs: roles, versions, standing SQL, lint.

use super::lint::{Finding, lint_on};
use super::pool::{Plane, Server};
use super::scope;
use crate::seal::MasterKey;
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness, embed_migrations};

const VERSIONS: EmbeddedMigrations = embed_migrations!("../../migrations/versions");

/// Applied on every migrate, in this order.
const STANDING: &[(&str, &str)] = &[
    ("10_context", include_str!("../../../migrations/standing/10_context.sql")),
    ("15_holds", include_str!("../../../migrations/standing/15_holds.sql")),
    ("16_history", include_str!("../../../migrations/standing/16_history.sql")),
    ("20_policies", include_str!("../../../migrations/standing/20_policies.sql")),
    ("30_grants", include_str!("../../../migrations/standing/30_grants.sql")),
    ("40_revisions", include_str!("../../../migrations/standing/40_revisions.sql")),
    ("50_next", include_str!("../../../migrations/standing/50_next.sql")),
    ("60_learning", include_str!("../../../migrations/standing/60_learning.sql")),
    ("70_queries", include_str!("../../../migrations/standing/70_queries.sql")),
];

/// One migration at a time, whoever starts it; the number is arbitrary and ours.
const LOCK: i64 = 0x0043_4841_5254_5245;

/// Why the database could not be brought into shape.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// No connection.
    #[error("cannot reach PostgreSQL: {0}")]
    Connect(String),
    /// A statement failed.
    #[error("migration step {step} failed: {message}")]
    Step {
        /// Which one.
        step: String,
        /// What PostgreSQL said.
        message: String,
    },
    /// The catalogue breaks a rule of the tenant walls.
    #[error("the database's catalogue breaks the tenant walls: {0:?}")]
    Lint(Vec<Finding>),
}

/// Migrates, then lints. Runs diesel's blocking harness on a runtime of its own, so that it may be
/// called from any runtime.
///
/// # Errors
/// [`MigrateError`]; the database is left as it was by the last step that succeeded.
pub async fn migrate(server: &Server, master: &MasterKey) -> Result<(), MigrateError> {
    let (server, passwords) = (server.clone(), Plane::ALL.map(|plane| plane.password(master)));
    let pads = scope::pads(master);
    let (done, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        let result = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .map_err(|error| MigrateError::Connect(error.to_string()))
            .and_then(|runtime| runtime.block_on(run(&server, &passwords, &pads)));
        // The receiver is gone only when the whole start was given up.
        drop(done.send(result));
    });
    wait.await.unwrap_or_else(|_gone| Err(MigrateError::Connect("migration thread ended".into())))
}

async fn run(
    server: &Server,
    passwords: &[String; 5],
    pads: &([u8; 64], [u8; 64]),
) -> Result<(), MigrateError> {
    let mut link =
        server.connect(None).await.map_err(|error| MigrateError::Connect(format!("{error:?}")))?;
    execute(&mut link, "lock", &format!("select pg_advisory_lock({LOCK})")).await?;
    execute(&mut link, "roles", &roles(passwords)).await?;
    execute(&mut link, "owner", "set role chartrelay_owner").await?;

    let mut harness = AsyncMigrationHarness::new(link);
    harness.run_pending_migrations(VERSIONS).map_err(|error| MigrateError::Step {
        step: "versions".into(),
        message: error.to_string(),
    })?;
    let mut link = harness.into_inner();

    execute(&mut link, "begin", "begin").await?;
    for (step, sql) in STANDING {
        execute(&mut link, step, sql).await?;
    }
    execute(&mut link, "context key", &context_key(pads)).await?;
    execute(&mut link, "commit", "commit").await?;

    let findings = lint_on(&mut link).await.map_err(|error| failed("lint", &error))?;
    if findings.is_empty() { Ok(()) } else { Err(MigrateError::Lint(findings)) }
}

fn failed(step: &str, error: &diesel::result::Error) -> MigrateError {
    MigrateError::Step { step: step.to_owned(), message: error.to_string() }
}

async fn execute(link: &mut AsyncPgConnection, step: &str, sql: &str) -> Result<(), MigrateError> {
    link.batch_execute(sql).await.map_err(|error| failed(step, &error))
}

/// The owner, who cannot log in, and the planes, who own nothing. Passwords are hex digits.
fn roles(passwords: &[String; 5]) -> String {
    let plane_roles: String = Plane::ALL
        .iter()
        .zip(passwords)
        .map(|(plane, password)| {
            let role = plane.role();
            format!(
                "if not exists (select from pg_roles where rolname = '{role}') then \
                   create role {role} login noinherit nosuperuser nocreatedb nocreaterole; end if; \
                 alter role {role} password '{password}'; \
                 execute format('grant connect on database %I to {role}', current_database());"
            )
        })
        .collect::<Vec<_>>()
        .concat();
    format!(
        "do $$ begin \
           if not exists (select from pg_roles where rolname = 'chartrelay_owner') then \
             create role chartrelay_owner nologin; end if; \
           if not pg_has_role(current_user, 'chartrelay_owner', 'member') then \
             execute format('grant chartrelay_owner to %I', current_user); end if; \
           execute format('grant create on database %I to chartrelay_owner', current_database()); \
           grant create, usage on schema public to chartrelay_owner; \
           {plane_roles} end $$"
    )
}

fn context_key((inner, outer): &([u8; 64], [u8; 64])) -> String {
    format!(
        "insert into priv.context_key (inner_pad, outer_pad) \
         values ('\\x{inner}', '\\x{outer}') \
         on conflict (only_row) do update set inner_pad = excluded.inner_pad, \
         outer_pad = excluded.outer_pad",
        inner = crate::secret::hex(inner),
        outer = crate::secret::hex(outer)
    )
}
