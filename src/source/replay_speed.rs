//! Replays recordings in real time, or at a multiple of it.

use std::fmt;
use std::str::FromStr;
use std::thread;
use std::time::{Duration, Instant};

use super::{Reading, Source, SourceCounts, SourceError};
use crate::motion::SampleTime;

/// Replay speed.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Speed {
    /// As fast as possible.
    Max,
    /// Recorded seconds per second of real time.
    Factor(f64),
}

impl FromStr for Speed {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "max" {
            return Ok(Self::Max);
        }
        match text.parse() {
            Ok(factor) if (0.001..=1000.0).contains(&factor) => Ok(Self::Factor(factor)),
            _ => Err("a speed is `max`, or a factor from 0.001 to 1000 (1 is real time)".into()),
        }
    }
}

impl fmt::Display for Speed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Max => f.write_str("max"),
            Self::Factor(factor) => write!(f, "{factor}"),
        }
    }
}

/// Shorter waits are put off and added up, because a wake-up costs more than they
/// matter.
const SHORTEST_NAP: Duration = Duration::from_millis(5);
/// The longest wait for a gap in a recording.
const LONGEST_NAP: Duration = Duration::from_secs(3);
/// A step back by more than late samples explain begins a new recording with its own
/// clock.
const NEW_CLOCK: Duration = Duration::from_secs(1);

/// A source that returns readings at a given [`Speed`].
pub struct Paced<S> {
    inner: S,
    speed: Speed,
    start: Option<(Instant, SampleTime)>,
    newest: SampleTime,
}

impl<S: Source> Paced<S> {
    /// Returns the readings of `inner` at `speed`.
    pub fn new(inner: S, speed: Speed) -> Self {
        Self {
            inner,
            speed,
            start: None,
            newest: SampleTime::default(),
        }
    }

    fn wait_for(&mut self, t: SampleTime) {
        let Speed::Factor(factor) = self.speed else {
            return;
        };
        if self.newest.since(t) > NEW_CLOCK {
            self.start = None;
        }
        self.newest = t;
        let now = Instant::now();
        let (began, first) = *self.start.get_or_insert((now, t));
        let due = began
            + t.since(first)
                .div_f64(factor)
                .min(Duration::from_secs(1 << 32));
        let nap = due.saturating_duration_since(now);
        if nap > LONGEST_NAP {
            thread::sleep(LONGEST_NAP);
            self.start = Some((Instant::now(), t));
        } else if nap > SHORTEST_NAP {
            thread::sleep(nap);
        }
    }
}

impl<S: Source> Source for Paced<S> {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        let reading = self.inner.next()?;
        if let Some(Reading::Sample(sample)) = reading {
            self.wait_for(sample.t);
        }
        Ok(reading)
    }

    fn counts(&self) -> SourceCounts {
        self.inner.counts()
    }

    fn unreadable(&self) -> Option<&str> {
        self.inner.unreadable()
    }
}

impl Source for Box<dyn Source> {
    fn next(&mut self) -> Result<Option<Reading>, SourceError> {
        (**self).next()
    }

    fn is_ready(&self) -> bool {
        (**self).is_ready()
    }

    fn release(&mut self) {
        (**self).release();
    }

    fn counts(&self) -> SourceCounts {
        (**self).counts()
    }

    fn unreadable(&self) -> Option<&str> {
        (**self).unreadable()
    }

    fn fault(&self) -> Option<&str> {
        (**self).fault()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::motion::{Sample, Sensor};

    /// A source of samples at these times.
    struct At(std::vec::IntoIter<i64>);

    impl Source for At {
        fn next(&mut self) -> Result<Option<Reading>, SourceError> {
            Ok(self.0.next().map(|ms| {
                Reading::Sample(Sample {
                    sensor: Sensor::Gyroscope,
                    t: SampleTime::from_nanos(ms * 1_000_000),
                    xyz: [0.0; 3],
                })
            }))
        }

        fn counts(&self) -> SourceCounts {
            SourceCounts::default()
        }
    }

    #[test]
    fn time_passes_as_recorded_in_each_of_several_recordings() {
        // Two recordings of a second each, the second on an earlier clock, at double
        // speed.
        let times: Vec<i64> = (0..=10).map(|i| 90_000 + 100 * i).collect();
        let again = (0..=10).map(|i| 5_000 + 100 * i);
        let all: Vec<i64> = times.into_iter().chain(again).collect();
        let mut paced = Paced::new(At(all.into_iter()), Speed::Factor(2.0));
        let began = Instant::now();
        while paced.next().unwrap().is_some() {}
        assert!(began.elapsed() >= Duration::from_millis(990));
    }

    #[test]
    fn speeds_parse_and_print_back() {
        for text in ["max", "1", "0.5", "50"] {
            assert_eq!(text.parse::<Speed>().unwrap().to_string(), text);
        }
        for text in ["", "fast", "0", "-1", "NaN", "inf", "1e9"] {
            assert!(text.parse::<Speed>().is_err(), "{text}");
        }
    }
}
