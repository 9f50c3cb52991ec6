//! Generates samples of two sensors with the faults of real ones.

use graspd::motion::{Sample, SampleTime, Sensor};
use proptest::prelude::*;

/// One sample: the time to the next one, with jitter, its value and its fault.
#[derive(Debug, Clone, Copy)]
pub struct Step {
    /// Time to the next sample, in µs.
    pub interval_us: i64,
    pub value: f32,
    pub fault: Fault,
}

/// The fault of a sample.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Fault {
    None,
    Repeated,
    Backward,
    NotFinite,
    /// A gap of this many ms before the next sample.
    Hole(i64),
}

fn fault() -> impl Strategy<Value = Fault> {
    prop_oneof![
        60 => Just(Fault::None),
        1 => Just(Fault::Repeated),
        1 => Just(Fault::Backward),
        1 => Just(Fault::NotFinite),
        1 => (50i64..400).prop_map(Fault::Hole),
    ]
}

/// One sensor's samples at about `hz`.
pub fn steps(hz: i64, length: usize) -> impl Strategy<Value = Vec<Step>> {
    let mean = 1_000_000 / hz;
    let step = (mean * 8 / 10..=mean * 12 / 10, -20f32..20.0, fault()).prop_map(
        |(interval_us, value, fault)| Step {
            interval_us,
            value,
            fault,
        },
    );
    prop::collection::vec(step, length)
}

/// The samples of some steps, starting at `start_us`.
pub fn samples(sensor: Sensor, start_us: i64, steps: &[Step]) -> Vec<Sample> {
    let mut t_us = start_us;
    let mut out = Vec::new();
    for step in steps {
        let mut push = |us: i64, v: f32| {
            out.push(Sample {
                sensor,
                t: SampleTime::from_nanos(us * 1000),
                xyz: [v, -v, 0.5 * v],
            });
        };
        match step.fault {
            Fault::None => push(t_us, step.value),
            Fault::Repeated => {
                push(t_us, step.value);
                push(t_us, step.value + 1.0);
            }
            Fault::Backward => push(t_us - 30_000, step.value),
            Fault::NotFinite => push(t_us, f32::NAN),
            Fault::Hole(ms) => {
                push(t_us, step.value);
                t_us += ms * 1000;
            }
        }
        t_us += step.interval_us;
    }
    out
}

/// A clean stream of both sensors at 100 Hz, interleaved in time.
pub fn clean(seconds: usize) -> impl Iterator<Item = Sample> {
    (0..seconds * 100).flat_map(|i| {
        let t = |offset: i64| SampleTime::from_nanos(i as i64 * 10_000_000 + offset);
        let v = (i as f32 * 0.1).sin();
        [
            Sample {
                sensor: Sensor::Accelerometer,
                t: t(0),
                xyz: [v, 9.8, -v],
            },
            Sample {
                sensor: Sensor::Gyroscope,
                t: t(3_000_000),
                xyz: [v, 0.0, -v],
            },
        ]
    })
}
