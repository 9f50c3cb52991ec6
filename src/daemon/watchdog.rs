//! What systemd is told. The watchdog is fed only while the worker goes round:
//! a worker that hangs is killed, and a service that failed asks for a lock.
//! sd_notify(3), sd_watchdog_enabled(3)

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use sd_notify::NotifyState;

/// The daemon serves.
pub(super) fn ready() {
    tell(NotifyState::Ready);
}

/// The daemon is about to end.
pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

/// Feeds the watchdog, if there is one, each time that half its time has
/// passed and `heartbeat` has moved. Never returns.
pub(super) async fn feed_while_alive(heartbeat: &AtomicU64) {
    let Some(limit) = sd_notify::watchdog_enabled() else {
        return std::future::pending().await;
    };
    let mut ticks = tokio::time::interval((limit / 2).max(Duration::from_millis(1)));
    let mut last = None;
    loop {
        ticks.tick().await;
        let now = heartbeat.load(Ordering::Relaxed);
        if last.replace(now) != Some(now) {
            tell(NotifyState::Watchdog);
        }
    }
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "cannot reach the service manager");
    }
}
