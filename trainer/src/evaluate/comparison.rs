//! `--against`: another bundle on the same trials, with paired intervals.

use graspd::model::Bundle;

use super::EvaluateError;
use super::bootstrap::{Interval, of_difference};
use super::features;
use super::protocol::Protocol;
use super::results::Against;
use super::trials::Trials;
use super::unseen::{FoldTest, fused_windows};
use super::verification::{mean, verify};
use crate::progress::Progress;

/// Checks that `other` can be compared on `tests`: it must take windows of the same length,
/// and without `allow_seen` must not have been trained on tested people.
pub fn check_other(
    other: &Bundle,
    tests: &[FoldTest],
    allow_seen: bool,
) -> Result<(), EvaluateError> {
    let frames = |bundle: &Bundle| bundle.manifest().input.frames;
    for test in tests {
        if frames(other) != frames(&test.bundle) {
            let (ours, theirs) = (frames(&test.bundle), frames(other));
            return Err(EvaluateError::WindowLength(ours, theirs));
        }
    }
    let seen = seen_by(other, tests);
    match seen.is_empty() || allow_seen {
        true => Ok(()),
        false => Err(EvaluateError::SeenByOther(seen)),
    }
}

fn seen_by(other: &Bundle, tests: &[FoldTest]) -> Vec<String> {
    let of = |test: &FoldTest| test.test_set.seen_in_training(other);
    tests.iter().flat_map(of).collect()
}

/// Scores the trials of `owners` with `other` too, which [`check_other`] must have accepted.
pub fn against(
    other: &Bundle,
    tests: &[FoldTest],
    owners: &[Trials],
    protocol: Protocol,
    progress: Progress,
) -> Result<Against, EvaluateError> {
    let cohort = protocol.scoring.of(other.cohort());
    let mut others = Vec::new();
    for test in tests {
        let people = features::embed(other, &test.test_set, progress)?;
        let verified = verify(&people, protocol.enrolment, cohort.as_deref())?;
        others.extend(verified.into_iter().map(|owner| owner.trials));
    }
    let run = fused_windows(other.manifest().input.frames);
    let fuse = |all: &[Trials]| all.iter().map(|o| o.fused(run)).collect::<Vec<_>>();
    let eer = |all: &[Trials]| mean(all.iter().map(Trials::eer)).unwrap_or(f64::NAN);
    let (fused, fused_others) = (fuse(owners), fuse(&others));
    let nowhere = Interval(f64::NAN, f64::NAN);
    let interval =
        |a: &[Trials], b: &[Trials]| of_difference(a, b, protocol.seed).unwrap_or(nowhere);
    Ok(Against {
        model: other.manifest().name.clone(),
        model_sha256: other.id().to_string(),
        seen: seen_by(other, tests),
        eer_mean: eer(&others),
        difference: eer(owners) - eer(&others),
        difference_ci95: interval(owners, &others),
        difference_30s: eer(&fused) - eer(&fused_others),
        difference_30s_ci95: interval(&fused, &fused_others),
    })
}
