//! Sampling rates, and which of them can be used.

use std::ops::RangeInclusive;
use std::time::Duration;

use crate::motion::align::SERVED_INTERVALS;

/// Rates that are asked for, in hertz. What a sensor makes of them may be a little beside
/// ([`Hertz::is_served`]).
pub(super) const USABLE: RangeInclusive<f64> = 25.0..=400.0;

/// A sampling rate in samples per second.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Hertz(pub f64);

impl Hertz {
    pub(super) fn interval(self) -> Duration {
        self.time_of(1)
    }

    /// The time that `samples` take, at most an hour.
    pub(super) fn time_of(self, samples: usize) -> Duration {
        let longest = Duration::from_secs(3600);
        Duration::try_from_secs_f64(samples as f64 / self.0).map_or(longest, |t| t.min(longest))
    }

    /// Whole samples within `span`, at least one.
    pub(super) fn samples_in(self, span: Duration) -> usize {
        ((self.0 * span.as_secs_f64()) as usize).max(1)
    }

    /// Whether this rate may be asked for: 25 to 400 Hz.
    pub fn is_usable(self) -> bool {
        USABLE.contains(&self.0)
    }

    /// Whether samples that come at this rate are resampled to 100 Hz: 25 to 400 Hz, and a
    /// tenth beyond.
    pub fn is_served(self) -> bool {
        SERVED_INTERVALS.contains(&self.interval())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rate_without_bounds_makes_no_endless_wait() {
        assert_eq!(Hertz(1e-300).interval(), Duration::from_secs(3600));
        assert_eq!(Hertz(100.0).samples_in(Duration::from_millis(960)), 96);
        assert_eq!(Hertz(0.5).samples_in(Duration::from_millis(960)), 1);
    }

    #[test]
    fn what_comes_may_be_a_little_beside_what_may_be_asked_for() {
        for (hz, usable, served) in [
            (25.0, true, true),
            (400.0, true, true),
            (24.9, false, true),
            (416.0, false, true),
            (440.0, false, true),
            (22.4, false, false),
            (441.0, false, false),
            (0.0, false, false),
            (f64::NAN, false, false),
            (f64::INFINITY, false, false),
        ] {
            assert_eq!(Hertz(hz).is_usable(), usable, "{hz} Hz");
            assert_eq!(Hertz(hz).is_served(), served, "{hz} Hz");
        }
    }
}
