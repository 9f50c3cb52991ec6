//! The file beside the graph of a bundle: training history, or cohort.

use graspd::model::cohort::Cohort;

use crate::history::{Epoch, Measured};

/// The second file of a bundle.
#[derive(Debug, Clone)]
pub enum CompanionFile {
    /// `history.csv` of a trained branch.
    History {
        /// Pair error rates of the untrained network.
        before: Measured,
        /// One entry an epoch.
        epochs: Vec<Epoch>,
    },
    /// `cohort.bin`: other people's embedding statistics.
    Cohort(Cohort),
}
