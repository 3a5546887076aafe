//! The catalogue lint: what PostgreSQL itself says about the tenant walls. Runs at boot and in tests.

use super::pool::Server;
use crate::error::{Error, Result};
use diesel::QueryResult;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

/// One broken rule.
#[derive(Debug, Clone, PartialEq, Eq, diesel::QueryableByName)]
pub struct Finding {
    /// Which rule.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub rule: String,
    /// Which table, policy, index or role.
    #[diesel(sql_type = diesel::sql_types::Text)]
    pub what: String,
}

/// Every finding on the server; none is what it takes to start.
///
/// # Errors
/// When the catalogue cannot be read.
pub async fn lint(server: &Server) -> Result<Vec<Finding>> {
    let mut link = server.connect(None).await?;
    lint_on(&mut link).await.map_err(Error::from)
}

pub(super) async fn lint_on(link: &mut AsyncPgConnection) -> QueryResult<Vec<Finding>> {
    diesel::sql_query(include_str!("lint.sql")).load(link).await
}
