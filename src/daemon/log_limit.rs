//! Limits how many log lines one place in the code may write: clients that connect in a
//! loop, a session that locks and unlocks, and a failing sensor decide how often their lines
//! come, and none of them may fill the disk.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Notify;
use tracing::callsite::Identifier;
use tracing::{Event, Metadata, Subscriber};
use tracing_subscriber::layer::{Context, Filter};

use super::log_thread::one_line;

/// Lines that one place may write at once.
const BURST: u32 = 60;
/// After those it may write one line in this time.
const REFILL: Duration = Duration::from_secs(10);
/// How soon the number of lines left out is logged.
const SAID_AFTER: Duration = Duration::from_secs(60);

/// Filter that drops and counts the lines beyond the limit. Clones share the counts.
#[derive(Debug, Clone, Default)]
pub struct LogLimit(Arc<Shared>);

#[derive(Debug, Default)]
struct Shared {
    allowances: Mutex<HashMap<Identifier, Allowance>>,
    /// Notified when a place has its first line left out.
    left_out: Notify,
}

#[derive(Debug)]
struct Allowance {
    lines: u32,
    refilled: Instant,
    left_out: u64,
    /// The first line left out since [`LogLimit::say_left_out`].
    example: String,
}

impl Allowance {
    fn new(now: Instant) -> Self {
        Self {
            lines: BURST,
            refilled: now,
            left_out: 0,
            example: String::new(),
        }
    }

    /// Whether a line may be written at `now`.
    fn take(&mut self, now: Instant) -> bool {
        let due = now.saturating_duration_since(self.refilled).as_secs() / REFILL.as_secs();
        if due > 0 {
            self.lines = BURST.min(self.lines.saturating_add(due.try_into().unwrap_or(BURST)));
            self.refilled = now;
        }
        match self.lines.checked_sub(1) {
            Some(left) => {
                self.lines = left;
                true
            }
            None => {
                self.left_out += 1;
                false
            }
        }
    }
}

impl LogLimit {
    fn allowances(&self) -> MutexGuard<'_, HashMap<Identifier, Allowance>> {
        let allowances = self.0.allowances.lock();
        allowances.unwrap_or_else(PoisonError::into_inner)
    }

    /// Logs a minute after the first line that is left out how many were, and so on. Never
    /// returns.
    pub(super) async fn say_what_is_left_out(&self) {
        loop {
            self.0.left_out.notified().await;
            tokio::time::sleep(SAID_AFTER).await;
            self.say_left_out();
        }
    }

    /// Logs how many lines were left out since the last call, for each place that had any.
    fn say_left_out(&self) {
        let left_out: Vec<_> = self
            .allowances()
            .values_mut()
            .filter(|allowance| allowance.left_out > 0)
            .map(|allowance| {
                let example = std::mem::take(&mut allowance.example);
                (std::mem::take(&mut allowance.left_out), example)
            })
            .collect();
        for (lines, example) in left_out {
            tracing::warn!("left {lines} lines like this out of the log: {example}");
        }
    }
}

impl<S: Subscriber> Filter<S> for LogLimit {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        let now = Instant::now();
        let mut allowances = self.allowances();
        let place = event.metadata().callsite();
        let allowance = allowances
            .entry(place)
            .or_insert_with(|| Allowance::new(now));
        let may = allowance.take(now);
        if !may && allowance.left_out == 1 {
            allowance.example = one_line(event);
            self.0.left_out.notify_one();
        }
        may
    }
}

#[cfg(test)]
mod tests {
    use tracing_subscriber::Layer;
    use tracing_subscriber::layer::SubscriberExt;

    use super::*;
    use crate::daemon::log_thread::tests::Log;

    #[test]
    fn a_flood_from_one_place_is_cut_short_and_counted_and_hides_no_other_line() {
        let (log, limit) = (Log::default(), LogLimit::default());
        let to = log.clone();
        let layer = tracing_subscriber::fmt::layer()
            .with_ansi(false)
            .with_writer(move || to.clone())
            .with_filter(limit.clone());
        let subscriber = tracing_subscriber::registry().with(layer);
        tracing::subscriber::with_default(subscriber, || {
            for client in 0..10_000 {
                tracing::info!(client, "refused a client");
            }
            tracing::warn!("the sensors fell silent");
            limit.say_left_out();
            limit.say_left_out();
        });
        let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        assert!(log.contains("the sensors fell silent"));
        let left_out: Vec<_> = log.lines().filter(|line| line.contains("left")).collect();
        assert_eq!(left_out.len(), 1, "{left_out:?}");
        assert!(left_out[0].contains("left 9940 lines like this out of the log: "));
        assert!(left_out[0].contains("refused a client client=60"));
        assert_eq!(log.lines().count(), BURST as usize + 2);
    }

    #[test]
    fn lines_come_again_when_the_flood_is_over() {
        let began = Instant::now();
        let mut allowance = Allowance::new(began);
        let lines = |allowance: &mut Allowance, at: Duration| {
            (0..1000).filter(|_| allowance.take(began + at)).count()
        };
        assert_eq!(lines(&mut allowance, Duration::ZERO), 60);
        assert_eq!(lines(&mut allowance, REFILL - Duration::from_millis(1)), 0);
        assert_eq!(lines(&mut allowance, REFILL), 1);
        assert_eq!(lines(&mut allowance, 4 * REFILL), 3);
        assert_eq!(lines(&mut allowance, 10_000 * REFILL), 60);
    }
}
