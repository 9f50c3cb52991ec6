//! Whether both sensors show the same motion at the same time.
//!
//! Whoever moves a device also turns it, so that the accelerometer's jerk and the rate of turn
//! rise and fall together. Where they do so seconds apart, one sensor's times are wrong, in
//! whatever order the samples come. Over parts of a minute of HMOG the logarithms of both
//! correlate best within 0.2 s of each other wherever they correlate by [`CLEAR`], and by no
//! more than 0.2 better than at the same time.

use std::time::Duration;

use super::doubt::Doubt;
use super::magnitude::upper_median;
use crate::motion::align::MAX_GAP;
use crate::motion::{Sample, SampleTime, Sensor};

/// Both are averaged over this.
const BIN: Duration = Duration::from_millis(100);
/// Bins of a part, and most bins that are kept: an hour.
const PART: usize = 600;
const MOST: usize = 60 * PART;
/// Parts that are kept of input that does not end.
const KEPT: usize = 4;
/// Largest lag that is looked for, in bins: what alignment bridges.
const REACH: usize = 100;
/// Smallest lag that is doubted, in bins.
const LEAST: usize = 3;
/// Correlation from which a part tells anything.
const CLEAR: f64 = 0.35;
/// Where another lag correlates as well as this share of it, the motion repeats itself, as
/// walking does, and does not tell one lag from another.
const RIVAL: f64 = 0.8;
/// How much higher the correlation at a lag has to be than without one.
const BETTER: f64 = 0.2;
/// Fewest parts that tell, and the share of them that has to lag.
const PARTS: usize = 2;
const MOSTLY: f64 = 0.66;
/// Added to jerk (m/s³) and rate of turn (rad/s) before their logarithm, so that a device at
/// rest has no motion.
const QUIET: [f64; 2] = [0.5, 0.05];

/// Jerk and rate of turn over time.
#[derive(Debug, Default)]
pub(super) struct Lag {
    origin: Option<SampleTime>,
    last: Option<Sample>,
    bins: Vec<[Mean; 2]>,
}

#[derive(Debug, Clone, Copy, Default)]
struct Mean {
    sum: f32,
    samples: u16,
}

impl Lag {
    pub(super) fn note(&mut self, sample: &Sample) {
        let norm = |v: [f32; 3]| v.iter().map(|x| x * x).sum::<f32>().sqrt();
        let value = match sample.sensor {
            Sensor::Gyroscope => norm(sample.xyz),
            Sensor::Accelerometer => {
                let Some(last) = self.last.replace(*sample) else {
                    return;
                };
                let step = sample.t.since(last.t);
                if step.is_zero() || step > MAX_GAP {
                    return;
                }
                let change = std::array::from_fn(|i| sample.xyz[i] - last.xyz[i]);
                norm(change) / step.as_secs_f32()
            }
        };
        let Some(bin) = self.bin(sample.t).filter(|_| value.is_finite()) else {
            return;
        };
        if self.bins.len() <= bin {
            self.bins.resize(bin + 1, Default::default());
        }
        let mean = &mut self.bins[bin][sample.sensor.index()];
        mean.sum += value;
        mean.samples = mean.samples.saturating_add(1);
    }

    /// The bin of time `t`; `None` once there are [`MOST`], and for what is late by more than
    /// there is. A jump of more than a part begins anew.
    fn bin(&mut self, t: SampleTime) -> Option<usize> {
        let origin = *self.origin.get_or_insert(t);
        if self.bins.len() == MOST {
            return None;
        }
        let newest = origin.after(BIN * self.bins.len() as u32);
        if t.since(newest).max(newest.since(t)) > BIN * PART as u32 {
            self.bins.clear();
            self.origin = Some(t);
            return Some(0);
        }
        let bin = usize::try_from(t.since(origin).as_millis() / BIN.as_millis());
        bin.ok().filter(|bin| t >= origin && *bin < MOST)
    }

    /// Drops what is older than some parts, for input that does not end.
    pub(super) fn keep_newest(&mut self) {
        let parts = (self.bins.len() / PART).saturating_sub(KEPT);
        self.bins.drain(..parts * PART);
        self.origin = self.origin.map(|t| t.after(BIN * (parts * PART) as u32));
    }

    pub(super) fn doubt(&self) -> Option<Doubt> {
        let told: Vec<i32> = self.bins.chunks_exact(PART).filter_map(lag).collect();
        let lags = told
            .iter()
            .filter(|lag| lag.unsigned_abs() as usize >= LEAST);
        let lags: Vec<f64> = lags.map(|lag| f64::from(*lag)).collect();
        if told.len() < PARTS || (lags.len() as f64) < MOSTLY * told.len() as f64 {
            return None;
        }
        let typical = upper_median(lags.iter().copied())?;
        let most = lags.iter().fold(0.0f64, |most, lag| most.max(lag.abs()));
        let late = match typical > 0.0 {
            true => Sensor::Gyroscope,
            false => Sensor::Accelerometer,
        };
        let span = |bins: f64| BIN.mul_f64(bins.abs());
        Some(Doubt::Lag(late, span(typical), span(most)))
    }
}

/// By how many bins the gyroscope's motion is later than the accelerometer's in a part, or 0
/// where that explains it little better; `None` where their motion hardly correlates, or at
/// several lags.
fn lag(part: &[[Mean; 2]]) -> Option<i32> {
    let [acc, gyro] = [0, 1].map(|sensor| {
        let values = part.iter().map(|bin| bin[sensor]);
        normalised(values, QUIET[sensor])
    });
    let at = |lag: i32| {
        let by = lag.unsigned_abs() as usize;
        let (earlier, later) = if lag >= 0 {
            (&acc, &gyro)
        } else {
            (&gyro, &acc)
        };
        let products = earlier.iter().zip(&later[by..]).map(|(a, b)| a * b);
        products.sum::<f64>() / (earlier.len() - by) as f64
    };
    let reach = REACH as i32;
    let lags: Vec<(i32, f64)> = (-reach..=reach).map(|lag| (lag, at(lag))).collect();
    let &(best, correlation) = lags.iter().max_by(|(_, a), (_, b)| a.total_cmp(b))?;
    let peaks = lags.windows(3).filter(|near| {
        near[1].1 >= near[0].1.max(near[2].1) && near[1].0.abs_diff(best) > LEAST as u32
    });
    let rival = peaks.map(|near| near[1].1).fold(0.0, f64::max);
    if correlation < CLEAR || rival > RIVAL * correlation {
        return None;
    }
    match correlation - at(0) < BETTER {
        true => Some(0),
        false => Some(best),
    }
}

/// The logarithms, with mean 0 and variance 1; 0 where there is nothing.
fn normalised(values: impl Iterator<Item = Mean>, quiet: f64) -> Vec<f64> {
    let logs: Vec<Option<f64>> = values
        .map(|mean| {
            let value = f64::from(mean.sum) / f64::from(mean.samples);
            (mean.samples > 0).then(|| (value + quiet).ln())
        })
        .collect();
    let there = || logs.iter().flatten();
    let count = there().count().max(1) as f64;
    let mean = there().sum::<f64>() / count;
    let variance = there().map(|log| (log - mean).powi(2)).sum::<f64>() / count;
    let scale = if variance > 0.0 {
        variance.sqrt().recip()
    } else {
        0.0
    };
    let normal = |log: &Option<f64>| log.map_or(0.0, |log| (log - mean) * scale);
    logs.iter().map(normal).collect()
}
