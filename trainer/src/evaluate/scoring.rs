//! What of a bundle's cohort a score uses, to see what each part of it brings.

use std::sync::Arc;

use clap::ValueEnum;
use graspd::model::cohort::Cohort;

/// How windows are scored. A bundle without a cohort knows the first way only.
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
    /// What is left of `cohort`.
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
