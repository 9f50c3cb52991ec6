//! Whether samples can be what they should be: two sensors on one clock that
//! counts nanoseconds, gravity in the one, and in the other a turning that fits
//! how gravity moves.
//!
//! It says what speaks against that ([`Doubt`]), with the factor that would mend
//! it. `enroll`, `record`, `replay`, `run` and `grasp-train inspect` all ask here.

mod clock;
mod doubt;
mod level;
mod watch;
mod watched;

#[cfg(test)]
mod tests;

use crate::motion::{Sample, Sensor};
use clock::{Clock, Together};
pub use doubt::{Doubt, Looks};
use level::Levels;
pub use watch::Watch;
pub use watched::Watched;

/// Fewest samples of a sensor that say anything about it.
const FEWEST: u64 = 100;

/// Looks at samples as they come, in their order. What it keeps grows by a few
/// numbers a second for the first hours, and then not at all.
#[derive(Debug, Default)]
pub struct Examination {
    clocks: [Clock; 2],
    together: Together,
    levels: Levels,
}

impl Examination {
    /// Takes one sample.
    pub fn note(&mut self, sample: &Sample) {
        let sensor = sample.sensor.index();
        self.clocks[sensor].note(sample);
        self.together.note(sample);
        self.levels.note(sample);
    }

    /// Samples of both sensors so far.
    pub fn samples(&self) -> u64 {
        self.clocks.iter().map(|clock| clock.samples()).sum()
    }

    /// What speaks against the samples so far; nothing where there are too few to
    /// tell. What is wrong with time comes first.
    pub fn doubts(&self) -> Vec<Doubt> {
        let [acc, gyro] = &self.clocks;
        let mut doubts = Vec::new();
        for sensor in Sensor::ALL {
            let (own, other) = match sensor {
                Sensor::Accelerometer => (acc, gyro),
                Sensor::Gyroscope => (gyro, acc),
            };
            if own.samples() == 0 && other.samples() >= FEWEST {
                doubts.push(Doubt::Missing(sensor));
            }
            doubts.extend(own.doubts(sensor));
        }
        // Of two clocks that count in different units nothing else can be said.
        if !doubts
            .iter()
            .any(|doubt| matches!(doubt, Doubt::TimeUnit { .. }))
        {
            doubts.extend(self.together.doubt([acc, gyro]));
        }
        doubts.extend(self.levels.doubts());
        doubts
    }
}
