//! The region that an owner's embeddings fill, and what scores in it mean.

use ndarray::ArrayView2;

use super::{EnrolError, GammaRule, calibrate, uniformity};
use crate::owner::Score;
use crate::owner::ocsvm::{Folds, Gamma, Nu, OneClassSvm, choose_gamma, fit, held_out_scores};
use crate::owner::score::Calibration;

/// What is learnt from embeddings alone, be they of a live owner or of a person
/// of a data set.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnerSvm {
    /// Fitted to all embeddings.
    pub svm: OneClassSvm,
    /// γ in force.
    pub gamma: Gamma,
    /// Each embedding's score by a model that had not seen its block of windows.
    pub held_out: Vec<Score>,
}

impl OwnerSvm {
    /// Learns from `rows`, one embedding each in time order; `sessions` has a
    /// number for each, and `overlap` is how many windows after one share frames
    /// with it.
    pub fn learn(
        rows: ArrayView2<'_, f32>,
        sessions: &[u32],
        overlap: usize,
        nu: Nu,
        gamma: GammaRule,
    ) -> Result<Self, EnrolError> {
        uniformity::refuse_uniform(rows)?;
        let folds = Folds::new(sessions, overlap)?;
        let (gamma, held_out) = match gamma {
            GammaRule::Fixed(gamma) => (gamma, held_out_scores(rows, &folds, nu, gamma)?),
            GammaRule::HeldOut => {
                let choice = choose_gamma(rows, &folds, nu)?;
                (choice.gamma, choice.scores)
            }
        };
        Ok(Self {
            svm: fit(rows, nu, gamma)?,
            gamma,
            held_out,
        })
    }

    /// What scores mean, by the held-out ones. Refuses a model so tight that they
    /// are all alike.
    pub fn calibration(&self) -> Result<Calibration, EnrolError> {
        calibrate::from_held_out(&self.held_out)
    }
}
