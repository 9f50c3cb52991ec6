//! The phone's two sensors: noise, offset, scale, resolution, sampling times.
//!
//! Magnitudes are near those of two Bosch parts: the accelerometer BMA280
//! (noise 120 µg/√Hz, zero-g offset 50 mg) and the gyroscope BMG160 (noise
//! 0.014 °/s/√Hz, zero-rate offset 1 °/s, 16 bits at ±2000 °/s). The
//! accelerometer resolves 12 bits at ±4 g, which keeps recordings small.

use graspd::motion::{Sample, SampleTime, Sensor};

use super::random::{Purpose, SeededRng};
use super::trajectory::{GRAVITY, Trajectory};

/// Noise bandwidth of a sensor read at 100 Hz, Hz.
const BANDWIDTH_HZ: f64 = 47.0;
/// Resolution of timestamps, ns.
const TICK_NS: f64 = 100_000.0;
/// Largest jitter of a timestamp, s; less than the interval, so that order is kept.
const MOST_JITTER_S: f64 = 0.003;

/// The sensors of one handset.
pub(super) struct Handset([Part; 2]);

/// One sensor with its errors.
struct Part {
    sensor: Sensor,
    bias: [f64; 3],
    scale: [f64; 3],
    noise: f64,
    /// Resolution of a value, and decimals in a recording.
    step: f64,
    decimals: i32,
    period_s: f64,
    jitter_s: f64,
}

impl Handset {
    /// Draws the handset of `seed`.
    pub(super) fn from_seed(seed: u64) -> Self {
        let rng = &mut SeededRng::new(Purpose::Handset, [seed, 0]);
        let micro_g = GRAVITY * 1e-6;
        let accelerometer = Part {
            sensor: Sensor::Accelerometer,
            bias: [(); 3].map(|()| 25e3 * micro_g * rng.normal()),
            scale: [(); 3].map(|()| rng.within(0.99..1.01)),
            noise: rng.within(120.0..180.0) * micro_g * BANDWIDTH_HZ.sqrt(),
            step: 4.0 * GRAVITY / f64::from(1 << 11),
            decimals: 2,
            period_s: rng.within(0.00998..0.01002),
            jitter_s: rng.within(0.1e-3..0.4e-3),
        };
        let gyroscope = Part {
            sensor: Sensor::Gyroscope,
            // Android's calibration takes most of the offset away.
            bias: [(); 3].map(|()| f64::to_radians(0.2) * rng.normal()),
            scale: [(); 3].map(|()| rng.within(0.99..1.01)),
            noise: f64::to_radians(rng.within(0.007..0.014)) * BANDWIDTH_HZ.sqrt(),
            step: f64::to_radians(2000.0) / f64::from(1 << 15),
            decimals: 3,
            period_s: rng.within(0.00998..0.01002),
            jitter_s: rng.within(0.1e-3..0.4e-3),
        };
        Self([accelerometer, gyroscope])
    }

    /// Samples of `path` until `end_s`, in order of time.
    pub(super) fn record(&self, path: &Trajectory, end_s: f64, mut rng: SeededRng) -> Vec<Sample> {
        let mut samples = Vec::new();
        for part in &self.0 {
            let offset = MOST_JITTER_S + part.period_s * rng.unit();
            let instants = (0..)
                .map(|k| offset + f64::from(k) * part.period_s)
                .take_while(|&t| t < end_s);
            samples.extend(instants.map(|t| part.read(path, t, &mut rng)));
        }
        samples.sort_by_key(|s| s.t);
        samples
    }
}

impl Part {
    fn read(&self, path: &Trajectory, t: f64, rng: &mut SeededRng) -> Sample {
        let jitter = (self.jitter_s * rng.normal()).clamp(-MOST_JITTER_S, MOST_JITTER_S);
        let ticks = ((t + jitter) * 1e9 / TICK_NS).round();
        let t = ticks * TICK_NS;
        let truth = match self.sensor {
            Sensor::Accelerometer => path.force_at(t / 1e9),
            Sensor::Gyroscope => path.rate_at(t / 1e9),
        };
        let mut xyz = [0.0; 3];
        for axis in 0..3 {
            let value = self.scale[axis] * truth[axis] + self.bias[axis];
            xyz[axis] = self.rounded(value + self.noise * rng.normal());
        }
        Sample {
            sensor: self.sensor,
            t: SampleTime::from_nanos(t as i64),
            xyz,
        }
    }

    /// Rounds to the resolution, and to decimals that keep recordings small.
    fn rounded(&self, value: f64) -> f32 {
        let steps = (value / self.step).round();
        let shift = 10f64.powi(self.decimals);
        // Adding zero turns −0, which would print its sign, into 0.
        ((steps * self.step * shift).round() / shift + 0.0) as f32
    }
}
