//! Decides for a worker that does not come round: no frame is accepted then, whatever
//! arrives, so after `sensor_grace_s` the state is lock. A worker that hangs cannot say so
//! itself.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::time::{Instant, MissedTickBehavior, interval};

use super::outlets::SharedOutlets;

/// How often the worker's heartbeat is looked at; it beats once a second at least.
const LOOK: Duration = Duration::from_millis(500);

/// Three heartbeats: a shorter grace says nothing of a worker.
const LEAST: Duration = Duration::from_secs(3);

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
pub(super) async fn watch(heartbeat: &AtomicU64, outlets: Weak<SharedOutlets>, stalled: Stalled) {
    let mut looks = interval(LOOK);
    // A late look must not be followed by a hurried one, in which nothing could beat.
    looks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let (mut last, mut since, mut locked) = (0, Instant::now(), false);
    loop {
        let looked = looks.tick().await;
        let beats = heartbeat.load(Ordering::Relaxed);
        if beats != last {
            (last, since, locked) = (beats, looked, false);
            continue;
        }
        let Some(outlets) = outlets.upgrade().filter(|_| !locked) else {
            continue;
        };
        if looked.saturating_duration_since(since) >= outlets.grace().max(LEAST) {
            locked = true;
            stalled
                .0
                .store(outlets.lock_in_place_of_worker(), Ordering::Relaxed);
        }
    }
}
