//! Examines the magnitude of the values, second by second.
//!
//! The mean of acceleration over a second is gravity, however the device moves: its
//! median over any ten seconds is 8.6 to 13.0 m/s² in HMOG, MotionSense, HAPT, SisFall
//! and Brajdic and Harle's recordings, still, in hand, in pockets, walking and running.
//! Whoever moves a device also turns it: in the same recordings rates of turn vary by
//! 0.1 to 0.6 rad/s for each m/s² by which acceleration varies (medians over the
//! seconds in motion), so that degrees, which are 57 times as many, cannot be mistaken
//! for radians.

use std::time::Duration;

use super::doubt::{A_TENTH, Doubt, LikelyUnit};
use crate::motion::{Sample, SampleTime, Sensor};

/// Blocks that are kept: ten hours of seconds.
pub(super) const MOST: usize = 36_000;
/// A block is a second of one sensor, or this many samples where its clock is wrong.
const BLOCK: Duration = Duration::from_secs(1);
const BLOCK_SAMPLES: u32 = 512;
/// Fewest samples of a sensor for a level of a block.
const FEWEST: u32 = 8;
/// Fewest blocks from which a level, or a ratio, is computed.
const BLOCKS: usize = 5;
/// Fewest blocks in motion before a small ratio, or one above [`MUCH`], is doubted: for
/// a while people turn a device without moving it, and vehicles shake one without
/// turning it.
const PATIENT: usize = 30;

/// Accepted range of gravity, in m/s².
const GRAVITY: std::ops::RangeInclusive<f64> = 7.0..=15.0;
/// A smaller acceleration is not gravity in any unit.
const NONE: f64 = 0.6;
/// A block is in motion where acceleration varies by more, in m/s².
const MOTION: f64 = 0.1;
/// Ratios in rad/s per m/s². Larger than `MUCH` over [`PATIENT`] blocks, or than
/// `TOO_MUCH` at any time, nobody turns a device; the other two are reached in degrees.
const MUCH: f64 = 1.2;
const TOO_MUCH: f64 = 2.5;
const DEGREES_OR_TEN: f64 = 4.5;
const CERTAINLY_DEGREES: f64 = 8.0;
/// Ratios of 0.1 to 0.7 are 6 to 40 in degrees, and 100 and more in thousandths of rad/s.
const MILLIRADIANS: f64 = 70.0;
const MILLIDEGREES: f64 = 2000.0;
/// A smaller ratio than in any hand or pocket, and the ratio below which the unit is a
/// hundredth of rad/s.
const TOO_LITTLE: f64 = 0.06;
const A_HUNDREDTH: f64 = 0.008;

/// Known wrong units of acceleration, by the values that gravity has in them.
const UNITS: [(std::ops::RangeInclusive<f64>, LikelyUnit); 4] = [
    (
        0.7..=1.5,
        LikelyUnit {
            name: "g",
            factor: 9.80665,
            alternative: " (or by 10, if it is a tenth of m/s²)",
        },
    ),
    (
        70.0..=150.0,
        LikelyUnit {
            name: "ten times m/s²",
            factor: 0.1,
            alternative: "",
        },
    ),
    (
        700.0..=1500.0,
        LikelyUnit {
            name: "thousandths of g",
            factor: 0.009_806_65,
            alternative: " (or by 0.01, if it is cm/s²)",
        },
    ),
    (
        0.07..=0.15,
        LikelyUnit {
            name: "a hundredth of m/s²",
            factor: 100.0,
            alternative: "",
        },
    ),
];

/// The levels of both sensors, by blocks.
#[derive(Debug, Default)]
pub(super) struct Magnitudes {
    sums: [Sums; 2],
    blocks: Vec<Block>,
    first: [Option<[f32; 3]>; 2],
    /// Whether any sample differs from the first, for each sensor.
    varies: [bool; 2],
    samples: [u64; 2],
}

/// A block of both sensors; `None` where it has too few samples of one.
#[derive(Debug, Clone, Copy)]
struct Block {
    acceleration: Option<Level>,
    rotation: Option<Level>,
}

/// A block of one sensor.
#[derive(Debug, Clone, Copy)]
struct Level {
    /// Magnitude of the mean.
    mean: f64,
    /// Mean magnitude.
    size: f64,
    /// Standard deviation, of the three axes together.
    deviation: f64,
}

#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    began: SampleTime,
    samples: u32,
    values: [f64; 3],
    squares: f64,
    sizes: f64,
}

impl Sums {
    fn level(&self) -> Option<Level> {
        if self.samples < FEWEST {
            return None;
        }
        let count = f64::from(self.samples);
        let mean = self.values.map(|sum| sum / count);
        let squared: f64 = mean.iter().map(|value| value * value).sum();
        Some(Level {
            mean: squared.sqrt(),
            size: self.sizes / count,
            deviation: (self.squares / count - squared).max(0.0).sqrt(),
        })
    }
}

impl Magnitudes {
    pub(super) fn note(&mut self, sample: &Sample) {
        if !sample.xyz.iter().all(|value| value.is_finite()) {
            return;
        }
        let own = sample.sensor.index();
        self.samples[own] += 1;
        let first = *self.first[own].get_or_insert(sample.xyz);
        self.varies[own] |= first != sample.xyz;

        let Sums { began, samples, .. } = self.sums[own];
        let over = sample.t < began || sample.t.since(began) >= BLOCK || samples >= BLOCK_SAMPLES;
        if samples > 0 && over {
            let [acceleration, rotation] = self.sums.map(|sums| sums.level());
            if self.blocks.len() < MOST {
                self.blocks.push(Block {
                    acceleration,
                    rotation,
                });
            }
            self.sums = Default::default();
        }
        let sums = &mut self.sums[own];
        if sums.samples == 0 {
            sums.began = sample.t;
        }
        sums.samples += 1;
        let values = sample.xyz.map(f64::from);
        let squared: f64 = values.iter().map(|value| value * value).sum();
        for (sum, value) in sums.values.iter_mut().zip(values) {
            *sum += value;
        }
        sums.squares += squared;
        sums.sizes += squared.sqrt();
    }

    pub(super) fn doubts(&self) -> Vec<Doubt> {
        let mut doubts = self.stuck();
        let of = |level: fn(&Block) -> Option<Level>, value: fn(Level) -> f64| {
            self.blocks
                .iter()
                .filter_map(level)
                .map(value)
                .collect::<Vec<_>>()
        };
        let acceleration = of(|block| block.acceleration, |level| level.mean);
        if acceleration.len() < BLOCKS {
            return doubts;
        }
        let sizes = of(|block| block.acceleration, |level| level.size);
        let rotation = of(|block| block.rotation, |level| level.mean);
        let (Some(gravity), Some(size)) = (upper_median(acceleration), upper_median(sizes)) else {
            return doubts;
        };
        let turning = upper_median(rotation).unwrap_or_default();
        let shaking = upper_median(of(|block| block.rotation, |level| level.deviation));
        if GRAVITY.contains(&gravity) {
            doubts.extend(self.rotation(1.0));
            return doubts;
        }
        let unit = unit(gravity);
        // Rates of turn in degrees can be as large, but vary more.
        let steady = gravity < NONE || shaking.is_some_and(|shaking| shaking < turning);
        if GRAVITY.contains(&turning) && gravity < *GRAVITY.start() && steady {
            doubts.push(Doubt::Swapped);
        } else if gravity < NONE && size > 2.0 * gravity {
            doubts.push(Doubt::NoGravity(size));
        } else {
            doubts.push(Doubt::Acceleration { gravity, unit });
            doubts.extend(unit.and_then(|unit| self.rotation(unit.factor)));
        }
        doubts
    }

    /// A doubt about rates of turn, with accelerations converted to m/s² by `factor`.
    fn rotation(&self, factor: f64) -> Option<Doubt> {
        let both: Vec<(f64, f64)> = self
            .blocks
            .iter()
            .filter_map(|block| {
                let acceleration = block.acceleration?.deviation * factor;
                Some((block.rotation?.deviation, acceleration))
            })
            .collect();
        if both.len() < BLOCKS {
            return None;
        }
        let at_least = |motion: f64| motion.max(MOTION);
        let most = upper_median(both.iter().map(|(turn, motion)| turn / at_least(*motion)))?;
        let moving = || both.iter().filter(|(_, motion)| *motion > MOTION);
        let ratio = upper_median(moving().map(|(turn, motion)| turn / motion));
        let patient = moving().count() >= PATIENT;
        let too_much = if patient { MUCH } else { TOO_MUCH };
        let (ratio, name, factor, alternative) = match ratio {
            _ if most > MILLIDEGREES => (most, "thousandths of degrees", 1.745_33e-5, ""),
            _ if most > MILLIRADIANS => (most, "thousandths of rad/s", 0.001, ""),
            _ if most > CERTAINLY_DEGREES => (most, "degrees", 0.017_453_3, ""),
            _ if most > DEGREES_OR_TEN => {
                let alternative = " (or by 0.1, if it is ten times rad/s)";
                (most, "degrees", 0.017_453_3, alternative)
            }
            _ if most > too_much => (most, "ten times rad/s", 0.1, ""),
            // A gyroscope whose values never change is reported as [`Doubt::Stuck`].
            Some(ratio) if ratio == 0.0 || !patient => return None,
            Some(ratio) if ratio < A_HUNDREDTH => (ratio, "a hundredth of rad/s", 100.0, ""),
            Some(ratio) if ratio < TOO_LITTLE => {
                (ratio, A_TENTH, 10.0, ", unless a vehicle shook the device")
            }
            _ => return None,
        };
        let unit = LikelyUnit {
            name,
            factor,
            alternative,
        };
        Some(Doubt::Rotation { ratio, unit })
    }

    fn stuck(&self) -> Vec<Doubt> {
        let enough = self.samples.iter().all(|count| *count >= super::FEWEST);
        let one = self.varies[0] != self.varies[1];
        Sensor::ALL
            .into_iter()
            .filter(|sensor| enough && one && !self.varies[sensor.index()])
            .map(Doubt::Stuck)
            .collect()
    }
}

/// The unit in which gravity has this value; `None` if it is not a known one.
pub(super) fn unit(gravity: f64) -> Option<LikelyUnit> {
    let unit = UNITS.iter().find(|(range, _)| range.contains(&gravity));
    unit.map(|(_, unit)| *unit)
}

/// The median of `values`, the upper one of two; `None` if there are none.
pub(super) fn upper_median(values: impl IntoIterator<Item = f64>) -> Option<f64> {
    let mut values: Vec<f64> = values.into_iter().collect();
    if values.is_empty() {
        return None;
    }
    let half = values.len() / 2;
    let (_, middle, _) = values.select_nth_unstable_by(half, f64::total_cmp);
    Some(*middle)
}
