//! Notifications to systemd. The watchdog is fed only while the worker's loop runs, so a
//! daemon whose worker hangs is killed; clients then lose the connection and have no
//! evidence.
//! sd_notify(3), sd_watchdog_enabled(3)

use std::time::Duration;

use sd_notify::NotifyState;

use super::heartbeat::Heartbeat;

/// Tells systemd that the daemon has started.
pub(super) fn ready() {
    tell(NotifyState::Ready);
}

/// Tells systemd that the daemon is ending.
pub(super) fn stopping() {
    tell(NotifyState::Stopping);
}

/// Feeds the watchdog, if systemd asks for one, each time that half its timeout has
/// passed and `heartbeat` has changed. Never returns. To be started only once: each new
/// start feeds once before it has seen `heartbeat` change.
pub(super) async fn feed_while_alive(heartbeat: &Heartbeat) {
    match sd_notify::watchdog_enabled() {
        Some(limit) => watch(heartbeat, limit / 2, || tell(NotifyState::Watchdog)).await,
        None => std::future::pending().await,
    }
}

async fn watch(heartbeat: &Heartbeat, every: Duration, mut feed: impl FnMut()) {
    let mut ticks = tokio::time::interval(every.max(Duration::from_millis(1)));
    let mut last = None;
    loop {
        ticks.tick().await;
        let beat = heartbeat.last();
        if last.replace(beat) != Some(beat) {
            feed();
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
    use std::cell::Cell;

    use super::*;

    #[tokio::test]
    async fn a_heart_that_stands_still_is_not_fed() {
        let (heartbeat, fed) = (Heartbeat::starting(Duration::ZERO), Cell::new(0));
        let every = Duration::from_millis(1);
        let mut vigil = std::pin::pin!(watch(&heartbeat, every, || fed.set(fed.get() + 1)));
        for _ in 0..20 {
            let pause = tokio::time::timeout(5 * every, &mut vigil);
            assert!(pause.await.is_err(), "the vigil ended");
        }
        assert_eq!(fed.get(), 1, "once, for having started");

        heartbeat.beat(Duration::from_secs(1));
        let beating = async {
            while fed.get() == 1 {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            () = &mut vigil => panic!("the vigil ended"),
            () = beating => {}
        }
    }
}
