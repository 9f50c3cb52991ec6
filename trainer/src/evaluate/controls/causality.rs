//! Whether a score depends on anything that came after its window, or on
//! anything but its owner's enrolment.

use graspd::decide::{Policy, Score};
use graspd::embed::Embedder;
use graspd::model::{Bundle, ModelError};
use graspd::motion::{DEFAULT_HOP, Sample, SampleTime};
use graspd::pipeline::{Output, Pipeline};
use graspd::profile::Profile;
use graspd::rest::RestLimits;
use graspd::source::Reading;
use thiserror::Error;

/// A score that knew the future.
#[derive(Debug, Error)]
pub enum CausalityError {
    /// The bundle cannot be run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// Without what came later, a window scored differently.
    #[error(
        "the window at {} ns scores {without:?} without what came after it, and {with:?} with it",
        t.nanos()
    )]
    Future {
        /// Which window.
        t: SampleTime,
        /// Its score in the whole session.
        with: Option<Score>,
        /// Its score at the end of a session cut off there.
        without: Option<Score>,
    },
}

/// Runs the daemon's pipeline over a session, and again with everything after its
/// middle shaken. Up to there each window has to score the same to the bit; the
/// number of those windows.
pub fn causality(
    bundle: &Bundle,
    profile: &Profile,
    session: &[Sample],
) -> Result<usize, CausalityError> {
    let Some(middle) = session.get(session.len() / 2).map(|sample| sample.t) else {
        return Ok(0);
    };
    let shaken: Vec<Sample> = session
        .iter()
        .map(|sample| match sample.t < middle {
            true => *sample,
            false => Sample {
                xyz: sample.xyz.map(|value| 3.0 - 2.0 * value),
                ..*sample
            },
        })
        .collect();
    let (with, without) = (
        scores(bundle, profile, session)?,
        scores(bundle, profile, &shaken)?,
    );
    let before = |scores: Vec<(SampleTime, Option<Score>)>| -> Vec<_> {
        // A frame is interpolated, and at high rates filtered over ±80 ms.
        let known = middle.before(std::time::Duration::from_millis(200));
        scores.into_iter().filter(|(t, _)| *t < known).collect()
    };
    let (with, without) = (before(with), before(without));
    for (&(t, with), &(_, without)) in with.iter().zip(&without) {
        let bits = |score: Option<Score>| score.map(|score| score.0.to_bits());
        if bits(with) != bits(without) {
            return Err(CausalityError::Future { t, with, without });
        }
    }
    Ok(with.len().min(without.len()))
}

fn scores(
    bundle: &Bundle,
    profile: &Profile,
    session: &[Sample],
) -> Result<Vec<(SampleTime, Option<Score>)>, ModelError> {
    let embedder = Embedder::new(bundle)?;
    let mut pipeline = Pipeline::new(
        embedder,
        profile,
        DEFAULT_HOP,
        RestLimits::default(),
        Policy::default(),
    );
    let mut scores = Vec::new();
    for sample in session {
        pipeline.push(&Reading::Sample(*sample), &mut |output| {
            if let Output::Window(report) = output {
                scores.push((report.t, report.score));
            }
        });
    }
    Ok(scores)
}
