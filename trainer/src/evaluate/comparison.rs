//! `--against`: another bundle on the same trials, with paired intervals.

use graspd::model::Bundle;

use super::EvaluateError;
use super::bootstrap::{self, Interval};
use super::crossed_bootstrap::{self, Impostors};
use super::fold_source::FoldSource;
use super::results::ModelComparison;
use super::trials::Trials;
use super::unseen::fused_windows;
use super::verification::mean;

/// Checks that `other` can be compared on `sources`, whose bundles take windows of `frames`
/// frames: it must take windows of the same length, and without `allow_seen` must not have
/// been trained on tested people. Returns those whom it was trained on.
pub fn check_other(
    other: &Bundle,
    sources: &[FoldSource],
    frames: usize,
    allow_seen: bool,
) -> Result<Vec<String>, EvaluateError> {
    let theirs = other.manifest().input.frames;
    if theirs != frames {
        return Err(EvaluateError::WindowLength(frames, theirs));
    }
    let mut seen = Vec::new();
    for source in sources {
        seen.extend(source.seen_by(other)?);
    }
    seen.sort_unstable();
    seen.dedup();
    match seen.is_empty() || allow_seen {
        true => Ok(seen),
        false => Err(EvaluateError::SeenByOther(seen)),
    }
}

/// Compares the trials of `owners` with the same trials as `other` scored them (`others`).
/// `seen` are tested people whom it was trained on.
pub fn against(
    other: &Bundle,
    owners: &[Trials],
    others: &[Trials],
    seen: Vec<String>,
    seed: u64,
) -> ModelComparison {
    let run = fused_windows(other.manifest().input.frames);
    let fuse = |all: &[Trials]| all.iter().map(|o| o.fused(run)).collect::<Vec<_>>();
    let eer = |all: &[Trials]| mean(all.iter().map(Trials::eer)).unwrap_or(f64::NAN);
    let (fused, fused_others) = (fuse(owners), fuse(others));
    let nowhere = Interval(f64::NAN, f64::NAN);
    let interval = |a: &[Trials], b: &[Trials]| {
        let difference = match several_an_owner(a) {
            true => crossed_bootstrap::of_difference(a, b, Impostors::Fixed, seed),
            false => bootstrap::of_difference(a, b, seed),
        };
        difference.unwrap_or(nowhere)
    };
    let crossed = |a: &[Trials], b: &[Trials]| {
        crossed_bootstrap::of_difference(a, b, Impostors::Drawn, seed).unwrap_or(nowhere)
    };
    ModelComparison {
        model: other.manifest().name.clone(),
        model_sha256: other.id().to_string(),
        seen,
        eer_mean: eer(others),
        difference: eer(owners) - eer(others),
        difference_ci95: interval(owners, others),
        difference_crossed_ci95: crossed(owners, others),
        difference_30s: eer(&fused) - eer(&fused_others),
        difference_30s_ci95: interval(&fused, &fused_others),
        difference_30s_crossed_ci95: crossed(&fused, &fused_others),
    }
}

/// Whether an owner has several trials, each of another fold.
pub fn several_an_owner(trials: &[Trials]) -> bool {
    let mut owners: Vec<_> = trials.iter().map(Trials::owner).collect();
    owners.sort_unstable();
    owners.windows(2).any(|two| two[0] == two[1])
}
