//! The daemon's pipeline for one owner, without threads or sockets.

use graspd::decide::Policy;
use graspd::model::Embedder;
use graspd::model::{Bundle, ModelError};
use graspd::motion::rest::RestLimits;
use graspd::motion::{DEFAULT_HOP, Sample};
use graspd::owner::profile::Profile;
use graspd::pipeline::{Output, Pipeline, WindowSink};
use graspd::source::{Reading, Source, SourceError};

use super::start::Start;

/// What the daemon's pipeline is built from for one owner.
pub struct OwnerPipeline<'a> {
    /// The model.
    pub bundle: &'a Bundle,
    /// The owner's profile.
    pub profile: &'a Profile,
    /// Thresholds and times of the state machine.
    pub policy: Policy,
}

impl OwnerPipeline<'_> {
    /// A fresh pipeline, as after a start of the daemon.
    pub fn start(&self) -> Result<Pipeline, ModelError> {
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

    /// Runs `samples` through a fresh pipeline that begins by `start`. Whenever `unlocked_after` returns true for an
    /// output, the screen counts as unlocked by its user at that sample.
    pub fn replay(
        &self,
        start: Start,
        samples: &[Sample],
        unlocked_after: impl FnMut(&Output) -> bool,
    ) -> Result<(), ModelError> {
        run(self.start()?, start, samples, unlocked_after);
        Ok(())
    }

    /// The same, just unlocked, with windows given to `window_sink`.
    pub fn replay_gathering(
        &self,
        window_sink: Box<dyn WindowSink>,
        samples: &[Sample],
        unlocked_after: impl FnMut(&Output) -> bool,
    ) -> Result<(), ModelError> {
        let pipeline = self.start()?.gather(window_sink);
        run(pipeline, Start::Trusted, samples, unlocked_after);
        Ok(())
    }
}

fn run(
    mut pipeline: Pipeline,
    start: Start,
    samples: &[Sample],
    mut unlocked_after: impl FnMut(&Output) -> bool,
) {
    if let (Start::Trusted, Some(first)) = (start, samples.first()) {
        pipeline.begin_anew(first.t, &mut |_| {});
    }
    for sample in samples {
        let mut unlock = false;
        pipeline.push(&Reading::Sample(*sample), &mut |output| {
            unlock = unlocked_after(&output) || unlock;
        });
        if unlock {
            pipeline.begin_anew(sample.t, &mut |_| {});
        }
    }
}

/// All samples of a recording.
pub fn read_samples(source: &mut dyn Source) -> Result<Vec<Sample>, SourceError> {
    let mut samples = Vec::new();
    while let Some(reading) = source.next()? {
        if let Reading::Sample(sample) = reading {
            samples.push(sample);
        }
    }
    Ok(samples)
}
