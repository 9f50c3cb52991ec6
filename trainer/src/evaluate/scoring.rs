//! Ablation of the score: which parts of a bundle's cohort it uses.

use std::sync::Arc;

use clap::ValueEnum;
use graspd::model::cohort::Cohort;

/// How windows are scored. A bundle without a cohort always scores by the one-class SVM.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub enum Scoring {
    /// The one-class SVM alone, as without a cohort
    OneClass,
    /// The owner against the cohort, as if a person's sessions were all alike
    Cohort,
    /// The owner against the cohort, knowing how a person's sessions differ: as graspd does
    #[default]
    Compensated,
}

impl Scoring {
    /// The part of `cohort` that scores use; `None` for the one-class SVM alone.
    pub fn of(self, cohort: Option<Arc<Cohort>>) -> Option<Arc<Cohort>> {
        match self {
            Self::OneClass => None,
            Self::Compensated => cohort,
            Self::Cohort => cohort.map(|mut cohort| {
                Arc::make_mut(&mut cohort).between.fill(0.0);
                cohort
            }),
        }
    }
}
