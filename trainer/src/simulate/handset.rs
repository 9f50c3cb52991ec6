//! The phone's two sensors: what they make of a motion, and when.
//!
//! Magnitudes are near those of two Bosch parts: the accelerometer BMA280
//! (noise 120 µg/√Hz, zero-g offset 50 mg) and the gyroscope BMG160 (noise
//! 0.014 °/s/√Hz, zero-rate offset 1 °/s, 16 bits at ±2000 °/s). The
//! accelerometer resolves 12 bits at ±4 g, which keeps recordings small.

use graspd::motion::{Sample, SampleTime, Sensor};

use super::random::{Dice, Purpose};
use super::rotation::Vector;
use super::trajectory::{GRAVITY, Trajectory};

/// Noise bandwidth of a sensor read at 100 Hz, Hz.
const BANDWIDTH_HZ: f64 = 47.0;
/// The tick of the clock that stamps samples.
const TICK_NS: f64 = 100_000.0;
/// No stamp is further than this from its place, so that order is kept.
const MOST_JITTER_S: f64 = 0.003;

/// A handset's sensors.
pub(super) struct Handset([Part; 2]);

/// One sensor, with what its specimen gets wrong.
struct Part {
    sensor: Sensor,
    bias: Vector,
    scale: Vector,
    noise: f64,
    /// The least step of a value, and the decimals that show it.
    step: f64,
    decimals: i32,
    period_s: f64,
    jitter_s: f64,
}

impl Handset {
    /// The handset this seed makes.
    pub(super) fn from_seed(seed: u64) -> Self {
        let dice = &mut Dice::new(Purpose::Handset, [seed, 0]);
        let micro_g = GRAVITY * 1e-6;
        let accelerometer = Part {
            sensor: Sensor::Accelerometer,
            bias: [(); 3].map(|()| 25e3 * micro_g * dice.normal()),
            scale: [(); 3].map(|()| dice.within(0.99..1.01)),
            noise: dice.within(120.0..180.0) * micro_g * BANDWIDTH_HZ.sqrt(),
            step: 4.0 * GRAVITY / f64::from(1 << 11),
            decimals: 2,
            period_s: dice.within(0.00998..0.01002),
            jitter_s: dice.within(0.1e-3..0.4e-3),
        };
        let gyroscope = Part {
            sensor: Sensor::Gyroscope,
            // Android's calibration takes most of the offset away.
            bias: [(); 3].map(|()| f64::to_radians(0.2) * dice.normal()),
            scale: [(); 3].map(|()| dice.within(0.99..1.01)),
            noise: f64::to_radians(dice.within(0.007..0.014)) * BANDWIDTH_HZ.sqrt(),
            step: f64::to_radians(2000.0) / f64::from(1 << 15),
            decimals: 3,
            period_s: dice.within(0.00998..0.01002),
            jitter_s: dice.within(0.1e-3..0.4e-3),
        };
        Self([accelerometer, gyroscope])
    }

    /// What the sensors report of `path` until `end_s`, in order of time.
    pub(super) fn record(&self, path: &Trajectory, end_s: f64, mut dice: Dice) -> Vec<Sample> {
        let mut samples = Vec::new();
        for part in &self.0 {
            let offset = MOST_JITTER_S + part.period_s * dice.unit();
            let instants = (0..)
                .map(|k| offset + f64::from(k) * part.period_s)
                .take_while(|&t| t < end_s);
            samples.extend(instants.map(|t| part.read(path, t, &mut dice)));
        }
        samples.sort_by_key(|s| s.t);
        samples
    }
}

impl Part {
    fn read(&self, path: &Trajectory, t: f64, dice: &mut Dice) -> Sample {
        let jitter = (self.jitter_s * dice.normal()).clamp(-MOST_JITTER_S, MOST_JITTER_S);
        let ticks = ((t + jitter) * 1e9 / TICK_NS).round();
        let t = ticks * TICK_NS;
        let truth = match self.sensor {
            Sensor::Accelerometer => path.force_at(t / 1e9),
            Sensor::Gyroscope => path.rate_at(t / 1e9),
        };
        let mut xyz = [0.0; 3];
        for axis in 0..3 {
            let value = self.scale[axis] * truth[axis] + self.bias[axis];
            xyz[axis] = self.rounded(value + self.noise * dice.normal());
        }
        Sample {
            sensor: self.sensor,
            t: SampleTime::from_nanos(t as i64),
            xyz,
        }
    }

    /// To whole steps, and to decimals that keep a recording's text short.
    fn rounded(&self, value: f64) -> f32 {
        let steps = (value / self.step).round();
        let shift = 10f64.powi(self.decimals);
        // Adding zero makes −0, which would print its sign, into 0.
        ((steps * self.step * shift).round() / shift + 0.0) as f32
    }
}
