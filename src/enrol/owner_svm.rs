//! The one-class SVM of an owner, its held-out scores and their calibration.

use ndarray::ArrayView2;

use super::{EnrolError, GammaRule, calibrate};
use crate::owner::Score;
use crate::owner::ocsvm::{Folds, Gamma, Nu, OneClassSvm, choose_gamma, fit, held_out_scores};
use crate::owner::score::Calibration;

/// What is learnt from an owner's embeddings without a cohort.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnerSvm {
    /// The one-class SVM fitted to all embeddings.
    pub svm: OneClassSvm,
    /// The chosen γ.
    pub gamma: Gamma,
    /// Score of each embedding by a model fitted without its block; see
    /// [`Folds`](crate::owner::ocsvm::Folds).
    pub held_out: Vec<Score>,
}

impl OwnerSvm {
    /// Fits to `rows`, one embedding each in time order; `sessions` has a session number
    /// for each, and `overlap` is how many windows after one share frames with it.
    pub fn learn(
        rows: ArrayView2<'_, f32>,
        sessions: &[u32],
        overlap: usize,
        nu: Nu,
        gamma: GammaRule,
    ) -> Result<Self, EnrolError> {
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

    /// The calibration by the held-out scores. Fails where γ is so large that they are all
    /// equal.
    pub fn calibration(&self) -> Result<Calibration, EnrolError> {
        calibrate::from_held_out(&self.held_out)
    }
}
