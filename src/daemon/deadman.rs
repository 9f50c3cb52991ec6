//! Decides for a worker that does not come round: no frame is accepted then, whatever
//! arrives, so after `sensor_grace_s` the state is lock. A worker that hangs cannot say so
//! itself.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::sleep;

use super::heartbeat::Heartbeat;
use super::outlets::SharedOutlets;
use super::silence::Now;

/// Three heartbeats: a shorter grace says nothing of a worker.
const LEAST: Duration = Duration::from_secs(3);

/// A reload that shortens the grace is noticed after this long at the latest.
const LOOK_AGAIN: Duration = Duration::from_secs(15);

/// What had stopped every thread may let the worker go on last.
const HEARING: Duration = Duration::from_millis(500);

/// What the worker is told when it comes round again.
#[derive(Debug, Clone, Default)]
pub(super) struct Stalled(Arc<AtomicBool>);

impl Stalled {
    /// Whether a lock was published in place of the worker since the last call.
    pub(super) fn take(&self) -> bool {
        self.0.swap(false, Ordering::Relaxed)
    }
}

/// Publishes lock once while `heartbeat` has stood still for the grace that the outlets
/// have. Never returns. CLOCK_MONOTONIC counts, so a suspended system is no stall.
pub(super) async fn watch(heartbeat: &Heartbeat, outlets: Weak<SharedOutlets>, stalled: Stalled) {
    let mut locked_after = None;
    loop {
        let last = heartbeat.last();
        let deadline = outlets.upgrade().map(|outlets| outlets.deadline());
        // No sooner than a stall could be due, because each look wakes the processor.
        let mut wait = LOOK_AGAIN;
        if let Some(deadline) = deadline {
            let grace = deadline.grace.max(LEAST);
            wait = wait.min(grace);
            if !deadline.paused && locked_after != Some(last) {
                let left = grace.saturating_sub(Now::read().monotonic.saturating_sub(last));
                if left.is_zero() {
                    sleep(HEARING).await;
                    if heartbeat.last() == last
                        && let Some(outlets) = outlets.upgrade()
                    {
                        locked_after = Some(last);
                        let locked = outlets.lock_in_place_of_worker();
                        stalled.0.store(locked, Ordering::Relaxed);
                    }
                    continue;
                }
                wait = wait.min(left);
            }
        }
        sleep(wait).await;
    }
}
