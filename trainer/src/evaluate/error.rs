//! Why an evaluation fails.

use graspd::model::ModelError;
use graspd::owner::ocsvm::FitError;
use graspd::source::SourceError;
use thiserror::Error;

use super::controls::CausalityError;
use super::replay_cache::CacheError;
use super::results::FoldPeople;
use crate::data::{DataError, DataSet, Skipped};

/// An evaluation that cannot be run, or whose figures would be invalid.
#[derive(Debug, Error)]
pub enum EvaluateError {
    /// The data set cannot be read.
    #[error(transparent)]
    Data(#[from] DataError),
    /// A recording cannot be read again.
    #[error(transparent)]
    Source(#[from] SourceError),
    /// The bundle's network cannot be run.
    #[error(transparent)]
    Model(#[from] ModelError),
    /// No one-class SVM can be fitted to an owner's embeddings.
    #[error(transparent)]
    Fit(#[from] FitError),
    /// A replay's result cannot be stored.
    #[error(transparent)]
    Cache(#[from] CacheError),
    /// A score depends on samples outside of its window.
    #[error("not causal: {0}")]
    Causality(CausalityError),
    /// The bundle was trained on people of the test, and `--allow-seen` is not given.
    #[error(
        "the bundle was trained on {}, who would be tested; name others with people=…, \
         or give --allow-seen, which labels the result", .0.join(", ")
    )]
    Seen(Vec<String>),
    /// The same of the bundle of `--against`.
    #[error(
        "the bundle of --against was trained on {}, who would be tested; name others with \
         people=…, or give --allow-seen, which labels the result", .0.join(", ")
    )]
    SeenByOther(Vec<String>),
    /// Nobody has both an enrolment and a test session, and an impostor.
    #[error(
        "nobody can be tested: it takes two people, one of them with two sessions at least; \
         give more with --data"
    )]
    NoOwner,
    /// Nobody has a session after the sittings of the enrolment, and an impostor.
    #[error(
        "nobody can be tested: it takes two people, one of them with more than {0} sessions; \
         give more with --data"
    )]
    NoLife(usize),
    /// The bundles take windows of different lengths, so they have no trials in common.
    #[error("the bundles take windows of {0} and {1} frames; compare bundles of one window length")]
    WindowLength(usize, usize),
}

impl EvaluateError {
    /// The error if nobody of `set` is tested in any of the folds, because none of their
    /// sessions can be used.
    pub(super) fn if_nobody_is_tested<'a>(
        set: DataSet,
        folds: impl Iterator<Item = (&'a FoldPeople, &'a [Skipped])>,
    ) -> Option<Self> {
        let (tested, skipped) = folds.fold((0, 0), |(tested, skipped), (people, without)| {
            (tested + people.tested.len(), skipped + without.len())
        });
        (tested == 0).then(|| DataError::Empty { set, skipped }.into())
    }
}

impl From<CausalityError> for EvaluateError {
    fn from(error: CausalityError) -> Self {
        match error {
            CausalityError::Model(error) => Self::Model(error),
            error => Self::Causality(error),
        }
    }
}
