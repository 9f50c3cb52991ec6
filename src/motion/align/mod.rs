//! Aligns irregularly sampled sensors on one 10 ms grid.
//!
//! Each sensor is resampled by itself ([`Resampler`]), onto grid points that
//! are multiples of 10 ms of the sensor clock; a frame is a grid point that
//! both have, or the accelerometer has where it is aligned alone. So the frames depend on each sensor's samples and their times, not on how
//! the two streams were interleaved. A grid point that one sensor lacks gives no frame;
//! later stages see a gap as missing frames.

mod lowpass;
mod resample;

use std::collections::VecDeque;

use serde::Serialize;

use crate::motion::{CHANNELS, Channels, Frame, FrameIndex, Sample, SampleTime};
pub use resample::{MAX_GAP, SERVED_INTERVALS};
use resample::{Outcome, Point, Resampler};

/// Grid points that one sensor may run ahead of the other: 10 s.
const SKEW: usize = 1000;

/// Counts of samples and grid points dropped, and of irregularities.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct AlignCounts {
    /// Samples with a NaN or infinite value, or an implausible time (more than 146 years
    /// from zero).
    pub non_finite: u64,
    /// Samples with the time of the one before.
    pub duplicate: u64,
    /// Samples with a time before the one before.
    pub backward: u64,
    /// Number of times that the clock was set back.
    pub clock_steps: u64,
    /// Intervals of more than 100 ms between a sensor's samples.
    pub gaps: u64,
    /// Samples that came at a rate outside 25 to 400 Hz.
    pub off_rate: u64,
    /// Grid points that only one of the sensors had.
    pub unpaired: u64,
}

/// Makes frames of the sensors' samples.
pub struct Aligner {
    channels: Channels,
    resamplers: [Resampler; 2],
    waiting: [VecDeque<Point>; 2],
    counts: AlignCounts,
}

impl Aligner {
    /// Makes frames of these sensors. Samples of the other are ignored, and its channels zero.
    pub fn of(channels: Channels) -> Self {
        Self {
            channels,
            resamplers: Default::default(),
            waiting: [(); 2].map(|()| VecDeque::with_capacity(SKEW)),
            counts: AlignCounts::default(),
        }
    }

    /// The sensors that are aligned.
    pub fn channels(&self) -> Channels {
        self.channels
    }

    /// Takes one sample and passes every frame that it completes to `sink`, in order.
    /// Allocates nothing.
    ///
    /// Returns the sample's time if it continues its sensor's stream; `None` otherwise,
    /// because the time of the first sample after a gap may be corrupt, and only the next
    /// sample confirms it, or because its sensor is not aligned.
    pub fn push(&mut self, sample: &Sample, mut sink: impl FnMut(Frame)) -> Option<SampleTime> {
        if !self.channels.include(sample.sensor) {
            return None;
        }
        let Self {
            channels,
            resamplers,
            waiting,
            counts,
        } = self;
        let sensor = sample.sensor.index();
        let outcome = resamplers[sensor].push(sample.t, sample.xyz, |point| {
            if *channels == Channels::Accelerometer {
                sink(frame(point.index, point.xyz, [0.0; 3]));
                return;
            }
            let queue = &mut waiting[sensor];
            if queue.len() == SKEW {
                queue.pop_front();
                counts.unpaired += 1;
            }
            queue.push_back(point);
        });
        match outcome {
            Outcome::Taken => {}
            Outcome::Gap => counts.gaps += 1,
            Outcome::NonFinite => counts.non_finite += 1,
            Outcome::Duplicate => counts.duplicate += 1,
            Outcome::Backward => counts.backward += 1,
            Outcome::OffRate => counts.off_rate += 1,
            Outcome::ClockStep => {
                counts.clock_steps += 1;
                // Waiting grid points are of the clock before it was set back.
                waiting.iter_mut().for_each(VecDeque::clear);
            }
        }
        self.pair(&mut sink);
        matches!(outcome, Outcome::Taken | Outcome::OffRate).then_some(sample.t)
    }

    /// The counts so far.
    pub fn counts(&self) -> AlignCounts {
        self.counts
    }

    fn pair(&mut self, sink: &mut impl FnMut(Frame)) {
        let [acc, gyro] = &mut self.waiting;
        while let (Some(a), Some(g)) = (acc.front(), gyro.front()) {
            if a.index == g.index {
                sink(frame(a.index, a.xyz, g.xyz));
                acc.pop_front();
                gyro.pop_front();
            } else {
                let behind = if a.index < g.index {
                    &mut *acc
                } else {
                    &mut *gyro
                };
                behind.pop_front();
                self.counts.unpaired += 1;
            }
        }
    }
}

fn frame(index: FrameIndex, acc: [f32; 3], gyro: [f32; 3]) -> Frame {
    let mut channels = [0.0; CHANNELS];
    channels[..3].copy_from_slice(&acc);
    channels[3..].copy_from_slice(&gyro);
    Frame { index, channels }
}
