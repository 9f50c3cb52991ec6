//! The calibration of the one-class SVM's scores, from held-out windows.

use super::EnrolError;
use crate::owner::Score;
use crate::owner::score::Calibration;

/// Share of the owner's held-out windows that get a negative weight.
const AGAINST: f64 = 0.2;
/// Quantile of the owner's held-out scores that gets the weight 1: the median.
const FULL: f64 = 0.5;

/// The threshold is the 0.2 quantile of the owner's held-out scores, the scale the
/// distance from there to their median. Fails where the two are equal.
pub(super) fn from_held_out(scores: &[Score]) -> Result<Calibration, EnrolError> {
    let mut sorted: Vec<f64> = scores.iter().map(|s| s.0).collect();
    sorted.sort_by(f64::total_cmp);
    if sorted.is_empty() {
        return Err(EnrolError::TooTight);
    }
    let quantile = |share: f64| sorted[((sorted.len() - 1) as f64 * share) as usize];
    let (threshold, full) = (quantile(AGAINST), quantile(FULL));
    let scale = full - threshold;
    // With too large a γ the kernel of every held-out window with every support vector
    // is 0, so that all score −ρ and the scores separate nobody.
    let apart = scale > 1e-9 * threshold.abs();
    if !apart {
        return Err(EnrolError::TooTight);
    }
    Ok(Calibration {
        threshold: Score(threshold),
        scale,
        slope: None,
        in_session: Calibration::IN_SESSION,
    })
}
