//! Whether a score depends on anything that came before or after its window, or
//! on anything but its owner's enrolment.

use std::time::Duration;

use graspd::model::ModelError;
use graspd::motion::{RATE_HZ, Sample, SampleTime};
use graspd::owner::Score;
use graspd::pipeline::Output;
use thiserror::Error;

use crate::evaluate::decision::House;

/// A frame is interpolated, and at high rates filtered over ±80 ms.
const REACH: Duration = Duration::from_millis(200);

/// A score that knew more than its window.
#[derive(Debug, Error)]
pub enum CausalityError {
    /// The bundle cannot be run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// With something else around it, a window scored differently.
    #[error(
        "the window at {} ns scores {score:?}, and {changed:?} once what came {side} it is changed",
        t.nanos()
    )]
    Around {
        /// Which window.
        t: SampleTime,
        /// Its score.
        score: Option<Score>,
        /// Its score in the changed session.
        changed: Option<Score>,
        /// `before` or `after`.
        side: &'static str,
    },
}

/// Runs the daemon's pipeline over a session, again with everything after its
/// middle changed, and again with everything before. The windows of the half that
/// was left alone have to score the same to the bit; the number of them.
pub fn causality(house: &House<'_>, session: &[Sample]) -> Result<usize, CausalityError> {
    let Some(middle) = session.get(session.len() / 2).map(|sample| sample.t) else {
        return Ok(0);
    };
    let frames = house.bundle.manifest().input.frames;
    let window = Duration::from_secs_f64(frames as f64 / f64::from(RATE_HZ));
    let scores = scores(house, session)?;
    let earliest = middle.after(window + REACH);
    let latest = middle.before(REACH);
    let later = unchanged(
        house,
        session,
        &scores,
        "after",
        |t| t >= middle,
        |t| t < latest,
    )?;
    let earlier = unchanged(
        house,
        session,
        &scores,
        "before",
        |t| t < middle,
        |t| t > earliest,
    )?;
    Ok(later + earlier)
}

type Scored = (SampleTime, Option<Score>);

/// How many of the windows that `out_of_reach` says so of score the same to the
/// bit where all samples that `touched` says so of are changed.
fn unchanged(
    house: &House<'_>,
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
    let changed = scores(house, &changed)?;
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

fn scores(house: &House<'_>, session: &[Sample]) -> Result<Vec<Scored>, ModelError> {
    let mut scores = Vec::new();
    house.replay(session, |output| {
        if let Output::Window(report) = output {
            scores.push((report.t, report.score));
        }
        false
    })?;
    Ok(scores)
}
