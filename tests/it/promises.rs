//! Promises of work: kept with what causes them, never lost, never in each other's way.

use crate::support::TestApp;
use base::Services;
use base::jobs::{Handlers, Job, JobError, Runner, enqueue};
use rules::ids::FacilityId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use web::live::{Topic, tell};

const PAIRS: usize = 40;

#[actix_web::test]
async fn two_who_tell_the_same_people_in_another_order_do_not_wait_in_a_circle() {
    let app = TestApp::new().await;
    let scope = app.system();
    let (facility, db) = (app.facility, &app.services.db);
    let (one, other) = (Topic::Board, Topic::Facility(facility));
    for _ in 0..PAIRS {
        let both = async |first: Topic, second: Topic| {
            db.ops(&scope, async |tx| {
                tell(tx, first)?;
                tokio::task::yield_now().await;
                tell(tx, second)
            })
            .await
        };
        let (a, b) = tokio::join!(both(one, other), both(other, one));
        a.unwrap();
        b.unwrap();
    }
}

/// Work of which there is only one at a time to wait.
#[derive(Serialize, Deserialize)]
struct Alone {}

static DONE: AtomicU32 = AtomicU32::new(0);

impl Job for Alone {
    const KIND: &'static str = "work.waiting";
    fn facility(&self) -> Option<FacilityId> {
        None
    }
    fn unique_key(&self) -> Option<String> {
        Some("test.alone".to_owned())
    }
}

/// While it runs, the same is promised once more.
async fn do_alone(services: Arc<Services>, _: Alone) -> Result<(), JobError> {
    if DONE.fetch_add(1, Ordering::SeqCst) == 0 {
        let scope = services.authority.system();
        services.db.ops(&scope, async |tx| enqueue(tx, &Alone {})).await?;
    }
    Ok(())
}

#[actix_web::test]
async fn what_is_promised_twice_waits_once_and_what_is_promised_meanwhile_is_not_lost() {
    let app = TestApp::own_database().await;
    let scope = app.system();
    for _ in 0..3 {
        app.services.db.ops(&scope, async |tx| enqueue(tx, &Alone {})).await.unwrap();
    }
    let runner = Runner::new(Arc::clone(&app.services), Handlers::default().on(do_alone));
    let ran = runner.run_until_idle(10).await.unwrap();
    assert_eq!((ran.done, ran.failed), (2, 0));
    assert_eq!(DONE.load(Ordering::SeqCst), 2);
}

#[actix_web::test]
async fn a_promise_is_not_made_when_what_causes_it_fails() {
    let app = TestApp::own_database().await;
    let scope = app.system();
    let failed: base::Result<()> = app
        .services
        .db
        .ops(&scope, async |tx| {
            enqueue(tx, &Alone {})?;
            Err(base::Error::NotFound)
        })
        .await;
    assert!(failed.is_err());
    assert!(app.runner.counts().await.unwrap().is_empty());
}
