//! Control: a window's score must not depend on samples before or after the window.

use std::time::Duration;

use graspd::model::ModelError;
use graspd::motion::{RATE_HZ, Sample, SampleTime};
use graspd::owner::Score;
use graspd::pipeline::Output;
use thiserror::Error;

use crate::evaluate::decision::{OwnerPipeline, Start};

/// How far around its time a sample can affect frames: interpolation, and at high rates a
/// filter over ±80 ms.
const REACH: Duration = Duration::from_millis(200);

/// Why the control failed.
#[derive(Debug, Error)]
pub enum CausalityError {
    /// The bundle cannot be run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// A window scored differently after samples outside of it were changed.
    #[error(
        "the window at {} ns scores {score:?}, and {changed:?} once what came {side} it is changed",
        t.nanos()
    )]
    Around {
        /// Time of the window.
        t: SampleTime,
        /// Its score.
        score: Option<Score>,
        /// Its score in the changed session.
        changed: Option<Score>,
        /// `before` or `after`.
        side: &'static str,
    },
}

/// Replays a session unchanged, with all samples after its middle changed, and with all
/// before it changed. Windows of the unchanged half must score the same to the bit;
/// returns their number.
pub fn causality(
    pipeline: &OwnerPipeline<'_>,
    session: &[Sample],
) -> Result<usize, CausalityError> {
    let Some(middle) = session.get(session.len() / 2).map(|sample| sample.t) else {
        return Ok(0);
    };
    let frames = pipeline.bundle.manifest().input.frames;
    let window = Duration::from_secs_f64(frames as f64 / f64::from(RATE_HZ));
    let scores = scores(pipeline, session)?;
    let earliest = middle.after(window + REACH);
    let latest = middle.before(REACH);
    let later = unchanged(
        pipeline,
        session,
        &scores,
        "after",
        |t| t >= middle,
        |t| t < latest,
    )?;
    let earlier = unchanged(
        pipeline,
        session,
        &scores,
        "before",
        |t| t < middle,
        |t| t > earliest,
    )?;
    Ok(later + earlier)
}

type Scored = (SampleTime, Option<Score>);

/// Number of windows in `out_of_reach` whose score is the same to the bit after the samples
/// in `touched` are changed.
fn unchanged(
    pipeline: &OwnerPipeline<'_>,
    session: &[Sample],
    original: &[Scored],
    side: &'static str,
    touched: impl Fn(SampleTime) -> bool,
    out_of_reach: impl Fn(SampleTime) -> bool,
) -> Result<usize, CausalityError> {
    let change = |sample: &Sample| match touched(sample.t) {
        true => Sample {
            xyz: sample.xyz.map(|value| 3.0 - 2.0 * value),
            ..*sample
        },
        false => *sample,
    };
    let changed: Vec<Sample> = session.iter().map(change).collect();
    let changed = scores(pipeline, &changed)?;
    let mut same = 0;
    for (&(t, score), &(at, changed)) in original.iter().zip(&changed) {
        if !out_of_reach(t) {
            continue;
        }
        let bits = |score: Option<Score>| score.map(|score| score.0.to_bits());
        if at != t || bits(score) != bits(changed) {
            return Err(CausalityError::Around {
                t,
                score,
                changed,
                side,
            });
        }
        same += 1;
    }
    Ok(same)
}

fn scores(pipeline: &OwnerPipeline<'_>, session: &[Sample]) -> Result<Vec<Scored>, ModelError> {
    let mut scores = Vec::new();
    pipeline.replay(Start::Trusted, session, |output| {
        if let Output::Window(report) = output {
            scores.push((report.t, report.score));
        }
        false
    })?;
    Ok(scores)
}
