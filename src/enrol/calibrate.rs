//! What scores mean, from windows that the model had not seen.

use super::EnrolError;
use crate::owner::Score;
use crate::owner::score::Calibration;

/// Share of held-out windows that may speak against their own owner.
const AGAINST: f64 = 0.2;
/// A window that scores like the owner's median speaks with full weight.
const FULL: f64 = 0.5;

/// The threshold is a low quantile of the owner's held-out scores, the scale
/// reaches from there to their median.
pub(super) fn from_held_out(scores: &[Score]) -> Result<Calibration, EnrolError> {
    let mut sorted: Vec<f64> = scores.iter().map(|s| s.0).collect();
    sorted.sort_by(f64::total_cmp);
    let quantile = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    let (threshold, full) = (quantile(AGAINST), quantile(FULL));
    let scale = full - threshold;
    // Where held-out windows all get the score of infinite distance, the
    // kernel is too tight to tell anybody from anybody.
    let apart = scale > 1e-9 * threshold.abs();
    if !apart {
        return Err(EnrolError::TooTight);
    }
    Ok(Calibration {
        threshold: Score(threshold),
        scale,
        slope: None,
    })
}
