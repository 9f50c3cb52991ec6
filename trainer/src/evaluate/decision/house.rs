//! The daemon's house for one owner, built as often as it is wanted.

use graspd::decide::Policy;
use graspd::model::Embedder;
use graspd::model::{Bundle, ModelError};
use graspd::motion::rest::RestLimits;
use graspd::motion::{DEFAULT_HOP, Sample};
use graspd::owner::profile::Profile;
use graspd::pipeline::{Output, Pipeline};
use graspd::source::{Reading, Source, SourceError};

/// A bundle, an owner's profile and a policy.
pub struct House<'a> {
    /// The model.
    pub bundle: &'a Bundle,
    /// The owner.
    pub profile: &'a Profile,
    /// How decisions are made.
    pub policy: Policy,
}

impl House<'_> {
    /// As just started, on a device that was just unlocked.
    pub fn pipeline(&self) -> Result<Pipeline, ModelError> {
        let embedder = Embedder::new(self.bundle)?;
        let hop = DEFAULT_HOP.next_multiple_of(embedder.hop_multiple());
        let rest = RestLimits::default();
        Ok(Pipeline::new(
            embedder,
            self.profile,
            hop,
            rest,
            self.policy,
        ))
    }

    /// Runs `samples` through a house. Whoever it is opens the screen after each
    /// output that `opened` says so of.
    pub fn replay(
        &self,
        samples: &[Sample],
        mut opened: impl FnMut(&Output) -> bool,
    ) -> Result<(), ModelError> {
        let mut pipeline = self.pipeline()?;
        for sample in samples {
            let mut open = false;
            pipeline.push(&Reading::Sample(*sample), &mut |output| {
                open = opened(&output) || open;
            });
            if open {
                pipeline.begin_anew(sample.t, &mut |_| {});
            }
        }
        Ok(())
    }
}

/// All samples of a recording.
pub fn samples(source: &mut dyn Source) -> Result<Vec<Sample>, SourceError> {
    let mut samples = Vec::new();
    while let Some(reading) = source.next()? {
        if let Reading::Sample(sample) = reading {
            samples.push(sample);
        }
    }
    Ok(samples)
}
