//! Examines live samples continuously, in rounds.

use std::time::Duration;

use super::{Doubt, Examination};
use crate::motion::{Channels, Sample};

/// Samples of a round: half a minute of two sensors at 100 Hz.
const ENOUGH: u64 = 6000;
/// A round ends after this time if it has at least [`ANY`] samples.
const LONG: Duration = Duration::from_secs(60);
const ANY: u64 = 200;

/// Examines samples in rounds as they come, and returns each doubt once.
#[derive(Debug, Default)]
pub struct LiveExamination {
    round: Examination,
    /// When the round began, by the clock passed to [`LiveExamination::look`].
    began: Option<Duration>,
    /// The doubts of the last complete round.
    doubts: Vec<Doubt>,
    said: Vec<Doubt>,
}

impl LiveExamination {
    /// Examines samples for a model that takes these sensors.
    pub fn of(channels: Channels) -> Self {
        Self {
            round: Examination::of(channels),
            ..Self::default()
        }
    }

    /// Takes one sample.
    pub fn note(&mut self, sample: &Sample) {
        self.round.note(sample);
    }

    /// Ends the round if it is due, and returns its doubts that were not returned
    /// before.
    pub fn look(&mut self, now: Duration) -> Vec<Doubt> {
        let began = *self.began.get_or_insert(now);
        let long = now.saturating_sub(began) >= LONG;
        let samples = self.round.samples();
        if samples < ENOUGH && !(long && samples >= ANY) {
            return Vec::new();
        }
        self.began = Some(now);
        self.doubts = self.round.doubts();
        self.round.begin_round();
        let new: Vec<Doubt> = self
            .doubts
            .iter()
            .filter(|doubt| !self.said.iter().any(|said| said.repeats(doubt)))
            .copied()
            .collect();
        self.said.extend(&new);
        new
    }

    /// The doubts of the last complete round.
    pub fn doubts(&self) -> &[Doubt] {
        &self.doubts
    }
}
