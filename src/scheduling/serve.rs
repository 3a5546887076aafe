//! The scheduler of a server: plans when something waits, and by the clock; sweeps what ran out.

use crate::{leader, learn, plan, sweep};
use base::Services;
use base::error::{Result, can_fail};
use base::jobs::JobError;
use charts::promises::WorkWaiting;
use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;
use tokio::sync::{Notify, watch};

/// Charts often arrive in crowds: a run waits this long for those that come right behind.
const SETTLE: Duration = Duration::from_millis(300);

/// The schedulers that run in this process, each with what wakes it: one in a server.
static RUNNING: Mutex<Vec<(Weak<Services>, Arc<Notify>)>> = Mutex::new(Vec::new());

/// Leads if nobody else does, plans and sweeps, until `stop` turns true or its sender is gone.
pub async fn serve(services: Arc<Services>, stop: watch::Receiver<bool>) {
    let wake = Arc::new(Notify::new());
    let running = Arc::downgrade(&services);
    with_running(|all| all.push((running, Arc::clone(&wake))));
    let tick = Duration::from_secs(u64::from(services.config.scheduling.tick_seconds.max(1)));
    let mut stop = stop;
    can_fail("promising to learn", learn::promise(&services).await);
    while !*stop.borrow() {
        can_fail("scheduling", Box::pin(round(&services)).await);
        let goes_on = tokio::select! {
            () = wake.notified() => settled(&mut stop).await,
            () = tokio::time::sleep(tick) => true,
            told = stop.changed() => told.is_ok(),
        };
        if !goes_on {
            break;
        }
    }
    with_running(|all| all.retain(|(_, other)| !Arc::ptr_eq(other, &wake)));
    can_fail("resigning", leader::resign(&services).await);
}

/// Waits for a crowd to be complete; false when nobody can say stop any more.
async fn settled(stop: &mut watch::Receiver<bool>) -> bool {
    tokio::select! {
        () = tokio::time::sleep(SETTLE) => true,
        told = stop.changed() => told.is_ok(),
    }
}

async fn round(services: &Services) -> Result<()> {
    if leader::lead(services).await?.is_none() {
        return Ok(());
    }
    let ended = Box::pin(sweep::sweep(services)).await?;
    let planned = Box::pin(plan::plan_once(services)).await?;
    if ended > 0 || planned.offers > 0 || planned.skipped > 0 {
        let plan::PlanReport { offers, skipped, waiting, .. } = planned;
        tracing::info!(ended, offers, skipped, waiting, "scheduled");
    }
    Ok(())
}

/// Does [`WorkWaiting`]: wakes the scheduler of this server, or plans at once where none runs.
///
/// # Errors
/// Those of a planning run.
pub(crate) async fn work_waiting(
    services: Arc<Services>,
    _promise: WorkWaiting,
) -> Result<(), JobError> {
    if !wake(&services) {
        Box::pin(plan::plan_once(&services)).await?;
    }
    Ok(())
}

/// Wakes the scheduler that works with these services; false when there is none.
fn wake(services: &Arc<Services>) -> bool {
    with_running(|all| {
        let of_these = |(running, _): &&(Weak<Services>, _)| {
            std::ptr::eq(running.as_ptr(), Arc::as_ptr(services))
        };
        let found = all.iter().find(of_these);
        if let Some((_, wake)) = found {
            wake.notify_one();
        }
        found.is_some()
    })
}

fn with_running<T>(look: impl FnOnce(&mut Vec<(Weak<Services>, Arc<Notify>)>) -> T) -> T {
    look(&mut RUNNING.lock().unwrap_or_else(PoisonError::into_inner))
}
