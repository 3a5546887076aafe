//! The second wall: what PostgreSQL itself refuses, whatever a program sends.

use crate::support::cluster;
use base::db::lint;
use base::private_postgres::DATABASE;

const PLANES: [&str; 5] = [
    "chartrelay_facility",
    "chartrelay_desk",
    "chartrelay_ops",
    "chartrelay_auth",
    "chartrelay_jobs",
];

/// Every table of a facility that the role may read at all.
async fn readable(client: &tokio_postgres::Client) -> Vec<String> {
    let sql = "select n.nspname || '.' || c.relname from pg_class c \
         join pg_namespace n on n.oid = c.relnamespace \
         join pg_attribute a on a.attrelid = c.oid and a.attname = 'facility_id' \
         where n.nspname in ('app', 'audit') and c.relkind = 'r' \
           and has_table_privilege(c.oid, 'select')";
    client.query(sql, &[]).await.unwrap().iter().map(|row| row.get(0)).collect()
}

#[actix_web::test]
async fn the_catalogue_breaks_no_rule_of_the_tenant_walls() {
    let server = cluster().await.server(DATABASE);
    assert_eq!(lint(&server).await.unwrap(), []);
}

#[actix_web::test]
async fn without_a_scope_no_role_sees_a_row_of_any_facility() {
    let cluster = cluster().await;
    crate::support::TestApp::new().await;
    for role in PLANES {
        let client = cluster.connect(DATABASE, role).await;
        for table in readable(&client).await {
            let rows =
                client.query_one(&format!("select count(*) from {table}"), &[]).await.unwrap();
            assert_eq!(rows.get::<_, i64>(0), 0, "{role} reads {table} without a scope");
        }
    }
}

#[actix_web::test]
async fn a_forged_scope_is_an_error_and_not_an_empty_answer() {
    let cluster = cluster().await;
    let client = cluster.connect(DATABASE, "chartrelay_ops").await;
    for forged in ["all||.00", "all||", "one|00000000-0000-0000-0000-000000000000|.abcd"] {
        client.query_one("select set_config('app.ctx', $1, false)", &[&forged]).await.unwrap();
        let read = client.query("select app.scope_facilities()", &[]).await;
        assert!(read.is_err(), "{forged}");
    }
}

#[actix_web::test]
async fn the_ops_plane_has_no_grant_on_patient_data() {
    let client = cluster().await.connect(DATABASE, "chartrelay_ops").await;
    for table in [
        "encounters",
        "documents",
        "codings",
        "coding_lines",
        "drafts",
        "findings",
        "notes",
        "return_packages",
        "facility_keys",
        "passwords",
        "sessions",
    ] {
        let refused = client.query(&format!("select * from app.{table}"), &[]).await.unwrap_err();
        let code = refused.code().cloned();
        assert_eq!(code, Some(tokio_postgres::error::SqlState::INSUFFICIENT_PRIVILEGE), "{table}");
    }
}

#[actix_web::test]
async fn no_role_can_change_or_read_the_audit_trail_by_hand() {
    for role in PLANES {
        let client = cluster().await.connect(DATABASE, role).await;
        for sql in [
            "delete from audit.events",
            "update audit.events set detail = ''",
            "insert into audit.heads values (gen_random_uuid(), 1, '')",
            "truncate audit.events",
        ] {
            assert!(client.batch_execute(sql).await.is_err(), "{role}: {sql}");
        }
    }
}
