//! Examines whether samples are plausible: both sensors on one clock in nanoseconds,
//! gravity in the acceleration, and rates of turn that fit the variation of
//! acceleration.
//!
//! Faults are returned as [`Doubt`]s, with the factor that would mend them. `enroll`,
//! `record`, `replay`, `run` and `grasp-train inspect` all use this.

mod clock;
mod doubt;
mod examined_source;
mod lag;
mod live;
mod magnitude;
mod skew;

#[cfg(test)]
mod tests;

use crate::motion::{Channels, Sample, Sensor};
use clock::{Clock, RelativeClock};
pub use doubt::{Doubt, LikelyUnit};
pub use examined_source::ExaminedSource;
use lag::Lag;
pub use live::LiveExamination;
use magnitude::Magnitudes;
use skew::Skew;

/// Fewest samples of a sensor from which anything is concluded.
const FEWEST: u64 = 100;

/// Examines samples in the order in which they come. It keeps a few numbers for each
/// second of the first hours, and nothing more after that.
#[derive(Debug, Default)]
pub struct Examination {
    channels: Channels,
    clocks: [Clock; 2],
    relative_clock: RelativeClock,
    skew: Skew,
    lag: Lag,
    magnitudes: Magnitudes,
}

impl Examination {
    /// Examines samples for a model that takes these sensors: what the other says or does not
    /// say raises no doubt.
    pub fn of(channels: Channels) -> Self {
        Self {
            channels,
            ..Self::default()
        }
    }

    /// Takes one sample.
    pub fn note(&mut self, sample: &Sample) {
        let sensor = sample.sensor.index();
        self.clocks[sensor].note(sample);
        if self.channels.include(sample.sensor) {
            self.relative_clock.note(sample);
            self.skew.note(sample);
            self.lag.note(sample);
            self.magnitudes.note(sample);
        }
    }

    /// Begins anew, but for the motion of the last minutes.
    fn begin_round(&mut self) {
        self.lag.keep_newest();
        *self = Self {
            lag: std::mem::take(&mut self.lag),
            ..Self::of(self.channels)
        };
    }

    /// Samples so far.
    pub fn samples(&self) -> u64 {
        self.clocks.iter().map(|clock| clock.samples()).sum()
    }

    /// The doubts about the samples so far, those about time first; none where there
    /// are too few samples to tell.
    pub fn doubts(&self) -> Vec<Doubt> {
        let [acc, gyro] = &self.clocks;
        let mut doubts = Vec::new();
        for &sensor in self.channels.sensors() {
            let (own, other) = match sensor {
                Sensor::Accelerometer => (acc, gyro),
                Sensor::Gyroscope => (gyro, acc),
            };
            if own.samples() == 0 && other.samples() >= FEWEST {
                doubts.push(Doubt::Missing(sensor));
            }
            doubts.extend(own.doubts(sensor));
        }
        // The two sensors' time stamps can be compared only in the same unit.
        let both = self.channels == Channels::AccelerometerAndGyroscope;
        if both
            && !doubts
                .iter()
                .any(|doubt| matches!(doubt, Doubt::TimeUnit { .. }))
        {
            doubts.extend(match self.relative_clock.doubt([acc, gyro]) {
                worse @ Some(Doubt::TwoClocks(_) | Doubt::Unsorted(_)) => worse,
                ended => self.skew.doubt().or(ended),
            });
            doubts.extend(self.lag.doubt());
        }
        doubts.extend(self.magnitudes.doubts());
        doubts
    }
}
