//! Resamples one sensor to the grid.

use std::collections::VecDeque;
use std::time::Duration;

use super::lowpass;
use crate::motion::{FrameIndex, SampleTime};

/// Longest interval between two samples that is interpolated; a longer one is a gap.
pub const MAX_GAP: Duration = Duration::from_millis(100);
/// Samples kept: enough for the low-pass at the highest rate, and to estimate the rate.
const KEPT: usize = 128;
/// Samples without a gap after which the rate is known.
const RATE_SAMPLES: usize = 32;
/// Mean interval below which samples are low-passed: 105 Hz, so that a nominal
/// 100 Hz with its tolerance is interpolated.
const LOWPASS_BELOW: Duration = Duration::from_micros(9_524);
/// Accepted mean intervals between a sensor's samples: 400 Hz to 25 Hz, with a tolerance
/// of a tenth because drivers round.
pub const SERVED_INTERVALS: std::ops::RangeInclusive<Duration> =
    Duration::from_micros(2_272)..=Duration::from_micros(44_444);
/// So many consecutive samples in ascending order, all before the newest, are taken for
/// a clock that was set back; fewer are late samples and dropped.
const CLOCK_STEP_RUN: u32 = 50;

/// Accepted times, within 146 years of zero, so that arithmetic on them cannot overflow.
const PLAUSIBLE: std::ops::RangeInclusive<SampleTime> =
    SampleTime::from_nanos(i64::MIN / 2)..=SampleTime::from_nanos(i64::MAX / 2);

/// A sensor's value at a grid point.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    pub index: FrameIndex,
    pub xyz: [f32; 3],
}

/// How a sample was handled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Outcome {
    /// It continues the stream.
    Taken,
    /// It restarts the stream after a gap.
    Gap,
    /// It restarts the stream on a clock that was set back.
    ClockStep,
    /// It was kept, but the rate is outside [`SERVED_INTERVALS`].
    OffRate,
    /// Dropped.
    NonFinite,
    /// Dropped.
    Duplicate,
    /// Dropped.
    Backward,
}

/// Resamples one sensor.
pub(super) struct Resampler {
    kept: VecDeque<(SampleTime, [f32; 3])>,
    /// Mean interval; `None` until known, kept over gaps.
    interval: Option<MeanInterval>,
    /// The next grid point to emit.
    next: Option<FrameIndex>,
    /// Time of the newest sample dropped as backward, and how many in a row went on from one to
    /// the next.
    straggler: (SampleTime, u32),
}

impl Default for Resampler {
    fn default() -> Self {
        Self {
            kept: VecDeque::with_capacity(KEPT),
            interval: None,
            next: None,
            straggler: (SampleTime::default(), 0),
        }
    }
}

/// The mean of intervals. It is compared without being divided, once for each sample.
#[derive(Debug, Clone, Copy)]
struct MeanInterval {
    span: Duration,
    count: u32,
}

impl MeanInterval {
    fn is_below(self, limit: Duration) -> bool {
        self.span < limit * self.count
    }

    fn is_served(self) -> bool {
        let (least, most) = (*SERVED_INTERVALS.start(), *SERVED_INTERVALS.end());
        // Whole nanoseconds, as a division gives them.
        !self.is_below(least) && self.is_below(most + Duration::from_nanos(1))
    }
}

impl Resampler {
    /// Takes a sample and passes the grid points that it determines to `sink`.
    pub(super) fn push(
        &mut self,
        t: SampleTime,
        xyz: [f32; 3],
        sink: impl FnMut(Point),
    ) -> Outcome {
        if !xyz.iter().all(|v| v.is_finite()) || !PLAUSIBLE.contains(&t) {
            return Outcome::NonFinite;
        }
        let mut outcome = Outcome::Taken;
        if let Some(&(last, _)) = self.kept.back() {
            if t == last {
                return Outcome::Duplicate;
            }
            if t < last {
                if !self.clock_was_set_back(t) {
                    return Outcome::Backward;
                }
                self.restart();
                outcome = Outcome::ClockStep;
            } else if t.since(last) > MAX_GAP {
                self.restart();
                outcome = Outcome::Gap;
            }
        }
        self.straggler.1 = 0;
        if self.kept.len() == KEPT {
            self.kept.pop_front();
        }
        self.kept.push_back((t, xyz));
        self.measure_interval();
        match self.interval {
            None => outcome,
            Some(interval) if !interval.is_served() => {
                self.next = None;
                Outcome::OffRate
            }
            Some(interval) if interval.is_below(LOWPASS_BELOW) => {
                self.hand_out(t, lowpass::REACH, Self::lowpassed, sink);
                outcome
            }
            Some(_) => {
                self.hand_out(t, Duration::ZERO, Self::interpolated, sink);
                outcome
            }
        }
    }

    fn restart(&mut self) {
        self.kept.clear();
        self.next = None;
    }

    fn clock_was_set_back(&mut self, t: SampleTime) -> bool {
        let (newest, run) = self.straggler;
        // What is repeated or late in a stream that goes on is so in one that was set back, too.
        if run > 0 && t <= newest && newest.since(t) <= MAX_GAP {
            return false;
        }
        let run = if run > 0 && t > newest { run + 1 } else { 1 };
        self.straggler = (t, run);
        run >= CLOCK_STEP_RUN
    }

    fn measure_interval(&mut self) {
        if self.kept.len() < RATE_SAMPLES {
            return;
        }
        if let (Some(&(first, _)), Some(&(last, _))) = (self.kept.front(), self.kept.back()) {
            self.interval = Some(MeanInterval {
                span: last.since(first),
                count: self.kept.len() as u32 - 1,
            });
        }
    }

    /// Emits grid points up to `margin` before the newest sample, beginning `margin` after
    /// the first sample since a gap.
    fn hand_out(
        &mut self,
        newest: SampleTime,
        margin: Duration,
        value: impl Fn(&Self, SampleTime) -> Option<[f32; 3]>,
        mut sink: impl FnMut(Point),
    ) {
        let Some(&(oldest, _)) = self.kept.front() else {
            return;
        };
        let first = FrameIndex::at_or_after(oldest.after(margin));
        let mut index = self.next.unwrap_or(first).max(first);
        while index.time().after(margin) <= newest {
            if let Some(xyz) = value(self, index.time()) {
                sink(Point { index, xyz });
            }
            index = index.next();
        }
        self.next = Some(index);
    }

    fn interpolated(&self, at: SampleTime) -> Option<[f32; 3]> {
        // From the newest on, because a grid point is handed out as soon as it can be.
        let newer = self.kept.iter().rev().take_while(|(t, _)| *t >= at);
        let after = self.kept.len() - newer.count();
        let &(t1, v1) = self.kept.get(after)?;
        if t1 == at {
            return Some(v1);
        }
        let &(t0, v0) = self.kept.get(after.checked_sub(1)?)?;
        let seconds = |t: SampleTime| (t.nanos() - t0.nanos()) as f64 / 1e9;
        let share = seconds(at) / seconds(t1);
        Some(std::array::from_fn(|i| {
            let (a, b) = (f64::from(v0[i]), f64::from(v1[i]));
            (a + (b - a) * share) as f32
        }))
    }

    fn lowpassed(&self, at: SampleTime) -> Option<[f32; 3]> {
        let seconds = move |t: SampleTime| (t.nanos() - at.nanos()) as f64 * 1e-9;
        let (from, until) = (at.before(lowpass::REACH), at.after(lowpass::REACH));
        // With a neighbour on each side, which says what time a sample stands for.
        let first = self.kept.partition_point(|&(t, _)| t <= from);
        let end = self.kept.partition_point(|&(t, _)| t < until);
        let near = first.saturating_sub(1)..(end + 1).min(self.kept.len());
        lowpass::filtered(self.kept.range(near).map(|&(t, v)| (seconds(t), v)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::f64::consts::TAU;

    fn resample(samples: impl Iterator<Item = (f64, f64)>) -> Vec<(f64, f64)> {
        let mut resampler = Resampler::default();
        let mut out = Vec::new();
        for (t, v) in samples {
            let t = SampleTime::from_nanos((t * 1e9).round() as i64);
            resampler.push(t, [v as f32; 3], |p| {
                out.push((p.index.time().nanos() as f64 * 1e-9, f64::from(p.xyz[0])));
            });
        }
        out
    }

    fn tone(rate: f64, hz: f64) -> impl Iterator<Item = (f64, f64)> {
        (0..(4.0 * rate) as usize).map(move |i| {
            let t = i as f64 / rate;
            (t, (TAU * hz * t).sin())
        })
    }

    fn largest_error(out: &[(f64, f64)], hz: f64) -> f64 {
        out.iter()
            .map(|&(t, v)| (v - (TAU * hz * t).sin()).abs())
            .fold(0.0, f64::max)
    }

    #[test]
    fn every_served_rate_keeps_a_slow_tone() {
        for (rate, tolerance) in [
            (25.0, 0.07),
            (50.0, 0.02),
            (100.0, 1e-5),
            (104.5, 0.005),
            (200.0, 0.005),
            (400.0, 0.005),
        ] {
            let out = resample(tone(rate, 2.0));
            assert!(out.len() > 350, "{rate} Hz gave {} points", out.len());
            let error = largest_error(&out, 2.0);
            assert!(error < tolerance, "{rate} Hz: {error}");
        }
    }

    #[test]
    fn what_would_fold_is_gone_before_decimation() {
        for (rate, hz, at_most) in [
            (200.0, 65.0, 0.01),
            (200.0, 95.0, 0.01),
            (400.0, 110.0, 0.01),
        ] {
            let peak = resample(tone(rate, hz))
                .iter()
                .fold(0.0, |m: f64, p| m.max(p.1.abs()));
            assert!(peak < at_most, "{hz} Hz at {rate} Hz leaves {peak}");
        }
    }

    #[test]
    fn rates_that_cannot_be_served_give_no_points() {
        for rate in [11.0, 1000.0] {
            assert_eq!(resample(tone(rate, 1.0)).len(), 0, "{rate} Hz");
        }
    }

    #[test]
    fn a_gap_is_not_bridged() {
        let out = resample(tone(100.0, 1.0).filter(|&(t, _)| !(1.0..1.15).contains(&t)));
        assert!(out.iter().all(|&(t, _)| !(0.995..1.145).contains(&t)));
        assert!(out.len() > 350);
    }

    #[test]
    fn a_clock_set_back_is_followed_but_a_straggler_is_not() {
        let mut resampler = Resampler::default();
        let mut push =
            |ms: i64| resampler.push(SampleTime::from_nanos(ms * 1_000_000), [0.0; 3], |_| {});
        for i in 0..100 {
            push(100_000 + 10 * i);
        }
        assert_eq!(push(50_000), Outcome::Backward);
        assert_eq!(push(101_000), Outcome::Taken);
        let outcomes: Vec<_> = (0..60).map(|i| push(10 * i)).collect();
        assert_eq!(
            outcomes
                .iter()
                .filter(|o| **o == Outcome::ClockStep)
                .count(),
            1
        );
        assert_eq!(outcomes[59], Outcome::Taken);
    }

    #[test]
    fn a_clock_set_back_is_followed_though_samples_are_repeated_or_swapped() {
        let repeated = |i: i64| i / 2;
        let swapped = |i: i64| i + 1 - 2 * (i % 2);
        let seldom = |i: i64| if i % 40 == 0 { i - 1 } else { i };
        let stream: [fn(i64) -> i64; 3] = [repeated, swapped, seldom];
        for (kind, number) in stream.into_iter().enumerate() {
            let mut resampler = Resampler::default();
            let mut push = |ms: i64| {
                let t = SampleTime::from_nanos(ms * 1_000_000);
                resampler.push(t, [0.0; 3], |_| {})
            };
            for i in 0..100 {
                push(100_000 + 10 * number(i));
            }
            let steps = (1..200)
                .filter(|i| push(10 * number(*i)) == Outcome::ClockStep)
                .count();
            assert_eq!(steps, 1, "kind {kind}");
        }
    }
}
