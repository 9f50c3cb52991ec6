//! Notifications to systemd. The watchdog is fed by the thread that serves, as often as the
//! worker asks for it, so that a daemon of which either hangs is killed; clients then lose the
//! connection and have no evidence.
//! sd_notify(3), sd_watchdog_enabled(3)

use std::sync::Arc;
use std::time::Duration;

use sd_notify::NotifyState;
use tokio::sync::Notify;

/// Tells systemd that the daemon has started.
pub(super) fn ready() {
    tell(NotifyState::Ready);
}

/// Tells systemd that the daemon is ending.
pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

/// Has the watchdog fed while the worker goes on. No timer of its own: each would wake the
/// processor.
#[derive(Debug, Clone, Default)]
pub(super) struct Feeding {
    /// How often; `None` if systemd asks for nothing.
    every: Option<Duration>,
    /// CLOCK_MONOTONIC when it was asked for last.
    asked: Option<Duration>,
    bell: Arc<Notify>,
}

impl Feeding {
    /// As systemd asks for it. The worker may wait for some seconds by itself, so it is fed
    /// after a third of the time and not half.
    pub(super) fn as_asked() -> Self {
        Self {
            every: sd_notify::watchdog_enabled().map(|limit| limit / 3),
            ..Self::default()
        }
    }

    /// The worker has come round at `monotonic`.
    pub(super) fn came_round(&mut self, monotonic: Duration) {
        let Some(every) = self.every else { return };
        let since = self.asked.map(|asked| monotonic.saturating_sub(asked));
        if since.is_none_or(|since| since >= every) {
            self.asked = Some(monotonic);
            self.bell.notify_one();
        }
    }

    /// Feeds each time that the worker asks for it. Never returns.
    pub(super) async fn feed(self) {
        loop {
            self.bell.notified().await;
            tell(NotifyState::Watchdog);
        }
    }
}

fn tell(state: NotifyState<'_>) {
    if let Err(error) = sd_notify::notify(&[state]) {
        tracing::warn!(%error, "cannot reach the service manager");
    }
}

#[cfg(test)]
mod tests {
    use tokio::time::timeout;

    use super::*;

    #[tokio::test]
    async fn it_is_fed_when_a_part_of_its_time_has_passed_and_only_by_a_worker_that_comes_round() {
        let mut feeding = Feeding {
            every: Some(Duration::from_secs(5)),
            ..Feeding::default()
        };
        let bell = feeding.bell.clone();
        let asked = || async { timeout(Duration::ZERO, bell.notified()).await.is_ok() };
        assert!(!asked().await, "nobody came round");
        for (second, is_fed) in [
            (100, true),
            (101, false),
            (104, false),
            (105, true),
            (111, true),
        ] {
            feeding.came_round(Duration::from_secs(second));
            assert_eq!(asked().await, is_fed, "at {second}");
        }
    }
}
