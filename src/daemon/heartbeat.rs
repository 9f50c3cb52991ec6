//! CLOCK_MONOTONIC at the newest round of the worker's loop, for other threads to read.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// The worker's sign of life, which other threads read. It beats once in three seconds at least.
#[derive(Debug, Clone)]
pub(super) struct Heartbeat(Arc<AtomicU64>);

impl Heartbeat {
    /// Beats at `monotonic` of CLOCK_MONOTONIC.
    pub(super) fn starting(monotonic: Duration) -> Self {
        Self(Arc::new(AtomicU64::new(nanos(monotonic))))
    }

    /// The worker has come round.
    pub(super) fn beat(&self, monotonic: Duration) {
        self.0.store(nanos(monotonic), Ordering::Relaxed);
    }

    /// CLOCK_MONOTONIC at the last beat.
    pub(super) fn last(&self) -> Duration {
        Duration::from_nanos(self.0.load(Ordering::Relaxed))
    }
}

/// Of a clock that is at 0 when the system starts: 584 years fit.
fn nanos(monotonic: Duration) -> u64 {
    u64::try_from(monotonic.as_nanos()).unwrap_or(u64::MAX)
}
