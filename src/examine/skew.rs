//! How far apart the two sensors' clocks are, from the order in which samples come.
//!
//! Samples of the same time come together, but for the seconds that a hardware buffer holds
//! one sensor's back: then the newest times of both still meet each time that it is emptied.
//! Rows that were sorted by time do not tell; see [`Lag`](super::lag::Lag).

use std::time::Duration;

use super::doubt::Doubt;
use crate::motion::{Sample, SampleTime, Sensor};

/// The sensors' newest times meet where they are within this of each other.
const NEAR_S: f64 = 0.5;
/// Share of samples at which the newest times meet below which one sensor is late. With a
/// buffer of ten seconds they meet at a twentieth.
const MEETING: f64 = 0.02;
/// Difference between the rates of the two clocks, as a share, from which they drift; even bad
/// sensors keep below it.
const DRIFT: f64 = 0.003;
/// Where the rates differ by a larger share, one clock has stopped, or counts in another unit.
const STOPPED: f64 = 0.2;
/// A drift is reported once it has added up to this many seconds, and to [`CLEARLY`] times the
/// variation of the difference about its line. A single step in mid-stream gives 6 times.
const DRIFTED_S: f64 = 0.1;
const CLEARLY: f64 = 8.0;

/// The difference of the newest times, gyroscope's less accelerometer's, over the
/// accelerometer's time; in seconds.
#[derive(Debug, Default)]
pub(super) struct Skew {
    newest: [Option<SampleTime>; 2],
    origin: Option<SampleTime>,
    samples: u64,
    near: u64,
    /// Sums of time, difference, and their products.
    t: f64,
    d: f64,
    tt: f64,
    td: f64,
    dd: f64,
}

impl Skew {
    pub(super) fn note(&mut self, sample: &Sample) {
        self.newest[sample.sensor.index()] = Some(sample.t);
        let [Some(acc), Some(gyro)] = self.newest else {
            return;
        };
        let origin = *self.origin.get_or_insert(acc);
        let (t, d) = (seconds(acc, origin), seconds(gyro, acc));
        self.samples += 1;
        self.near += u64::from(d.abs() <= NEAR_S);
        self.t += t;
        self.d += d;
        self.tt += t * t;
        self.td += t * d;
        self.dd += d * d;
    }

    pub(super) fn doubt(&self) -> Option<Doubt> {
        if self.samples < super::FEWEST {
            return None;
        }
        let n = self.samples as f64;
        let (mean_t, mean_d) = (self.t / n, self.d / n);
        let of_t = self.tt / n - mean_t * mean_t;
        let both = self.td / n - mean_t * mean_d;
        let of_d = self.dd / n - mean_d * mean_d;
        if of_t > 0.0 {
            let drift = both / of_t;
            // The whole change of a line over times that are spread evenly.
            let change = drift.abs() * (12.0 * of_t).sqrt();
            let rest = (of_d - drift * both).max(0.0).sqrt();
            if drift.abs() > STOPPED {
                return None;
            }
            if drift.abs() >= DRIFT && change >= DRIFTED_S && change >= CLEARLY * rest {
                return Some(Doubt::Drift(drift));
            }
        }
        let meeting = self.near as f64 / n;
        let steady = mean_d.abs() > 2.0 * of_d.max(0.0).sqrt();
        (meeting < MEETING && steady && mean_d.abs() > NEAR_S).then(|| {
            let behind = match mean_d < 0.0 {
                true => Sensor::Gyroscope,
                false => Sensor::Accelerometer,
            };
            Doubt::Late(behind, Duration::from_secs_f64(mean_d.abs().min(1e9)))
        })
    }
}

/// `t` less `from`.
fn seconds(t: SampleTime, from: SampleTime) -> f64 {
    match t >= from {
        true => t.since(from).as_secs_f64(),
        false => -from.since(t).as_secs_f64(),
    }
}
