//! Examines the time stamps of each sensor, and of one sensor relative to the other.

use std::time::Duration;

use super::doubt::{Doubt, LikelyUnit};
use super::magnitude::upper_median;
use super::{FEWEST, magnitude};
use crate::motion::align::MAX_GAP;
use crate::motion::{Sample, SampleTime, Sensor};
use crate::source::Hertz;

/// Intervals are averaged over runs of this duration, or of this many samples.
const RUN: Duration = Duration::from_secs(1);
const RUN_SAMPLES: u32 = 512;
/// Fewest runs from which a rate is computed.
const RUNS: usize = 2;

/// A larger share of repeated or decreasing time stamps is a fault of the recording.
/// The late samples of sensors themselves are below one in a hundred.
const OFTEN: f64 = 0.25;

/// This many gaps, at an average distance below the following, leave no room for
/// windows.
const HOLES: u64 = 5;
const HOLED: Duration = Duration::from_secs(2);

/// Largest time between the two sensors' samples that hardware buffers explain.
const BEHIND: Duration = Duration::from_secs(10);

/// Units that have been mistaken for nanoseconds, the likeliest first.
const UNITS: [LikelyUnit; 4] = [
    LikelyUnit {
        name: "milliseconds",
        factor: 1e6,
        alternative: "",
    },
    LikelyUnit {
        name: "microseconds",
        factor: 1e3,
        alternative: "",
    },
    LikelyUnit {
        name: "seconds",
        factor: 1e9,
        alternative: "",
    },
    LikelyUnit {
        name: "ticks of 100 ns",
        factor: 100.0,
        alternative: "",
    },
];

/// The time stamps of one sensor.
#[derive(Debug, Default)]
pub(super) struct Clock {
    samples: u64,
    not_finite: u64,
    repeated: u64,
    backward: u64,
    gaps: u64,
    earliest: Option<SampleTime>,
    latest: Option<SampleTime>,
    last: Option<SampleTime>,
    /// When the present run began, and the samples since.
    run: Option<(SampleTime, u32)>,
    /// Mean interval of each run, in nanoseconds.
    intervals: Vec<f64>,
}

impl Clock {
    pub(super) fn samples(&self) -> u64 {
        self.samples
    }

    pub(super) fn note(&mut self, sample: &Sample) {
        self.samples += 1;
        if !sample.xyz.iter().all(|value| value.is_finite()) {
            self.not_finite += 1;
        }
        let t = sample.t;
        self.earliest = Some(self.earliest.map_or(t, |earliest| earliest.min(t)));
        self.latest = Some(self.latest.map_or(t, |latest| latest.max(t)));
        match self.last.replace(t) {
            Some(last) if t == last => self.repeated += 1,
            Some(last) if t < last => {
                self.backward += 1;
                self.run = None;
            }
            Some(last) if t.since(last) > MAX_GAP => self.gaps += 1,
            _ => {}
        }
        let (began, count) = *self.run.get_or_insert((t, 0));
        let span = t.since(began);
        if count > 0 && (span >= RUN || count >= RUN_SAMPLES) {
            if self.intervals.len() < magnitude::MOST {
                self.intervals
                    .push(span.as_nanos() as f64 / f64::from(count));
            }
            self.run = Some((t, 1));
        } else {
            self.run = Some((began, count + 1));
        }
    }

    pub(super) fn doubts(&self, sensor: Sensor) -> Vec<Doubt> {
        let share = |count: u64| count as f64 / self.samples.max(1) as f64;
        let mut doubts = Vec::new();
        if self.samples < FEWEST {
            doubts.extend(self.rate(sensor));
            return doubts;
        }
        if share(self.not_finite) > OFTEN {
            doubts.push(Doubt::NotNumbers(sensor, share(self.not_finite)));
        }
        if self.earliest == self.latest {
            doubts.push(Doubt::Frozen(sensor));
            return doubts;
        }
        if share(self.backward) > OFTEN {
            doubts.push(Doubt::Backward(sensor, share(self.backward)));
            return doubts;
        }
        let rate = self.rate(sensor);
        if share(self.repeated) > OFTEN && !matches!(rate, Some(Doubt::TimeUnit { .. })) {
            doubts.push(Doubt::Repeated(sensor, share(self.repeated)));
        } else if rate.is_none() && self.gaps >= HOLES {
            let span = self.latest.zip(self.earliest);
            let span = span.map_or(Duration::ZERO, |(latest, earliest)| latest.since(earliest));
            let mean = span / u32::try_from(self.gaps).unwrap_or(u32::MAX);
            if mean < HOLED {
                doubts.push(Doubt::Holed(sensor, mean));
            }
        }
        doubts.extend(rate);
        doubts
    }

    fn rate(&self, sensor: Sensor) -> Option<Doubt> {
        if self.intervals.len() < RUNS {
            return None;
        }
        let step_ns = upper_median(self.intervals.iter().copied())?;
        let served = |factor: f64| Hertz(1e9 / (step_ns * factor)).is_served();
        if served(1.0) || step_ns == 0.0 {
            return None;
        }
        let unit = UNITS.into_iter().find(|unit| served(unit.factor));
        Some(match unit {
            Some(unit) => Doubt::TimeUnit {
                sensor,
                step_ns,
                unit,
            },
            None => Doubt::Rate(sensor, 1e9 / step_ns),
        })
    }
}

/// The time stamps of one sensor relative to the other's.
#[derive(Debug, Default)]
pub(super) struct RelativeClock {
    newest: [Option<SampleTime>; 2],
    /// Samples of either sensor after the other's first.
    samples: u64,
    /// Samples whose time differs by more than [`BEHIND`] from the other sensor's
    /// newest.
    apart: u64,
    furthest: Duration,
}

impl RelativeClock {
    pub(super) fn note(&mut self, sample: &Sample) {
        let own = sample.sensor.index();
        self.newest[own] = Some(sample.t);
        if let Some(other) = self.newest[1 - own] {
            let apart = sample.t.since(other).max(other.since(sample.t));
            self.samples += 1;
            self.apart += u64::from(apart > BEHIND);
            self.furthest = self.furthest.max(apart);
        }
    }

    pub(super) fn doubt(&self, [acc, gyro]: [&Clock; 2]) -> Option<Doubt> {
        if acc.samples < FEWEST || gyro.samples < FEWEST {
            return None;
        }
        let (first, last) = (
            acc.earliest?.max(gyro.earliest?),
            acc.latest?.min(gyro.latest?),
        );
        let span = |clock: &Clock| Some(clock.latest?.since(clock.earliest?));
        let shorter = span(acc)?.min(span(gyro)?);
        if last.since(first) < shorter / 10 {
            let (a, g) = (acc.earliest?, gyro.earliest?);
            return Some(Doubt::TwoClocks(a.since(g).max(g.since(a))));
        }
        if self.apart * 2 > self.samples {
            return Some(Doubt::Unsorted(self.furthest));
        }
        let (sensor, short) = match acc.latest? < gyro.latest? {
            true => (Sensor::Accelerometer, gyro.latest?.since(acc.latest?)),
            false => (Sensor::Gyroscope, acc.latest?.since(gyro.latest?)),
        };
        (short > BEHIND).then_some(Doubt::Ended(sensor, short))
    }
}
