//! Rate and gaps of a sensor while it is recorded.

use std::fmt;
use std::time::Duration;

use crate::motion::align::MAX_GAP;
use crate::motion::{SampleTime, Sensor};

/// Counts the samples of one sensor, by its own time stamps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tally {
    sensor: Sensor,
    samples: u64,
    gaps: u64,
    /// Sum of the intervals between samples, gaps left out.
    spanned: Duration,
    last: Option<SampleTime>,
}

impl Tally {
    pub(super) fn of(sensor: Sensor) -> Self {
        Self {
            sensor,
            samples: 0,
            gaps: 0,
            spanned: Duration::ZERO,
            last: None,
        }
    }

    pub(super) fn note(&mut self, t: SampleTime) {
        self.samples += 1;
        let step = self.last.replace(t).map(|last| t.since(last));
        match step {
            Some(step) if step > MAX_GAP => self.gaps += 1,
            Some(step) => self.spanned += step,
            None => {}
        }
    }

    /// Samples so far.
    pub fn samples(&self) -> u64 {
        self.samples
    }

    /// Gaps that alignment does not bridge.
    pub fn gaps(&self) -> u64 {
        self.gaps
    }

    /// Samples per second, gaps left out; 0 with fewer than two samples.
    pub fn hz(&self) -> f64 {
        let steps = self.samples.saturating_sub(1 + self.gaps);
        let seconds = self.spanned.as_secs_f64();
        if seconds > 0.0 {
            steps as f64 / seconds
        } else {
            0.0
        }
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            sensor,
            samples,
            gaps,
            ..
        } = self;
        write!(f, "{sensor} {samples} ({:.1}/s, gaps {gaps})", self.hz())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(ms: impl IntoIterator<Item = i64>) -> Tally {
        let mut tally = Tally::of(Sensor::Gyroscope);
        for t in ms {
            tally.note(SampleTime::from_nanos(t * 1_000_000));
        }
        tally
    }

    #[test]
    fn the_rate_is_that_of_the_sensors_clock_and_gaps_are_counted() {
        let steady = tally((0..=100).map(|i| 20 * i));
        assert_eq!(steady.to_string(), "gyroscope 101 (50.0/s, gaps 0)");
        let holed = tally((0..=100).map(|i| if i < 50 { 10 * i } else { 10 * i + 5000 }));
        assert_eq!(holed.to_string(), "gyroscope 101 (100.0/s, gaps 1)");
    }

    #[test]
    fn nothing_repeated_and_backward_times_are_no_rate() {
        for times in [&[][..], &[5], &[5, 5], &[5, 4, 3]] {
            assert_eq!(tally(times.iter().copied()).hz(), 0.0, "{times:?}");
        }
    }
}
