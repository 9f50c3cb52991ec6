//! Waits between retries, doubled from one to the next.

use std::time::Duration;

const FIRST: Duration = Duration::from_millis(250);
/// The longest wait, and so the latest that a sensor plugged in again is found.
const LONGEST: Duration = Duration::from_secs(30);

/// The wait before the next retry.
#[derive(Debug)]
pub(super) struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Backoff {
    /// The wait before this retry; the following one is twice as long, up to
    /// [`LONGEST`].
    pub(super) fn next(&mut self) -> Duration {
        let wait = self.0;
        self.0 = (2 * wait).min(LONGEST);
        wait
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn waits_double_up_to_a_bound() {
        let mut backoff = Backoff::default();
        let waits: Vec<_> = (0..12).map(|_| backoff.next()).collect();
        assert!(waits.windows(2).all(|w| w[1] == (2 * w[0]).min(LONGEST)));
        assert_eq!((waits[0], waits[11]), (FIRST, LONGEST));
    }
}
