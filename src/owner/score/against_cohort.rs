//! An owner against the cohort: the mean of two scores that fail on different windows.
//!
//! One is the log-likelihood ratio of Gaussians, the other the one-class SVM of the owner
//! less those of the cohort's people. Each is standardised by strangers' scores: the
//! cohort's own people, each without their classes and their SVM.

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::svm_contrast::CohortSvms;
use super::whitening::Whitening;
use super::{LikelihoodRatio, OwnerTemplates, moments};
use crate::model::cohort::Cohort;
use crate::owner::ocsvm::OneClassSvm;

/// Scores one owner's windows against the cohort's people.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AgainstCohort {
    /// `None` where the SVMs alone decide.
    ratio: Option<(LikelihoodRatio, Standard)>,
    svms: CohortSvms,
    svm: OneClassSvm,
    of_svms: Standard,
    /// Windows less close to the owner than this are like nobody's.
    guard: f64,
}

/// Embeddings of impostors: for each person of the cohort, in order.
pub type Strangers = Vec<(u32, Array2<f32>)>;

impl AgainstCohort {
    /// Learns both scores of the owner of `rows`, one embedding each in time order;
    /// `sessions` has a session number for each, and `overlap` is how many windows after one
    /// share frames with it. `strangers` are the cohort's people, as
    /// [`OwnerTemplates::strangers`] gives them; `far` as for [`OwnerTemplates::against`].
    /// `None` where lengths disagree or something cannot be fitted.
    pub fn learn(
        cohort: &Cohort,
        owner: &OwnerTemplates,
        (rows, sessions, overlap): (ArrayView2<'_, f32>, &[u32], usize),
        strangers: &Strangers,
        far: bool,
    ) -> Option<Self> {
        let whitening = Whitening::by(&OwnerTemplates::of_cohort(cohort)?);
        let svms = CohortSvms::fit(whitening, strangers)?;
        let svm = svms.owner(rows)?;
        let ratio = owner.against(cohort, far);
        let of_strangers = |score: &dyn Fn(u32, ArrayView1<'_, f32>) -> f64| {
            let scores: Vec<f64> = strangers
                .iter()
                .flat_map(|(person, rows)| rows.outer_iter().map(|row| score(*person, row)))
                .collect();
            Standard::of(&scores)
        };
        let of_ratio = of_strangers(&|person, row| ratio.score_without(Some(person), row));
        let of_svms = of_strangers(&|person, row| svms.compare(&svm, Some(person), row).0);
        Some(Self {
            ratio: Some((ratio, of_ratio)),
            guard: svms.guard(rows, sessions, overlap, far)?,
            svms,
            svm,
            of_svms,
        })
    }

    /// The same of other windows of the owner, with the cohort's SVMs, strangers' moments and
    /// the guard kept: for windows that are held out of an enrolment. Gives the score, and
    /// whether the window is like nobody's, which the score leaves out.
    pub fn relearn(
        &self,
        cohort: &Cohort,
        owner: &OwnerTemplates,
        rows: ArrayView2<'_, f32>,
        far: bool,
    ) -> Option<impl Fn(ArrayView1<'_, f32>) -> (f64, bool) + use<'_>> {
        let svm = self.svms.owner(rows)?;
        let ratio = self.ratio.as_ref().map(|_| owner.against(cohort, far));
        Some(move |x: ArrayView1<'_, f32>| {
            let (by_svms, closeness) = self.svms.compare(&svm, None, x);
            let score = self.mean(ratio.as_ref().map(|ratio| ratio.score(x)), by_svms);
            (score, closeness < self.guard)
        })
    }

    /// With the guard of an owner who is not far from the cohort; rows and sessions as for
    /// [`AgainstCohort::learn`].
    pub fn guarded_as_near(
        self,
        (rows, sessions, overlap): (ArrayView2<'_, f32>, &[u32], usize),
    ) -> Option<Self> {
        let guard = self.svms.guard(rows, sessions, overlap, false)?;
        Some(Self { guard, ..self })
    }

    /// The SVMs alone.
    pub fn svms_alone(self) -> Self {
        Self {
            ratio: None,
            ..self
        }
    }

    /// The score, in strangers' standard deviations above their mean; minus infinity for a
    /// window like nobody's. NaN for an embedding of another length or with a number that is
    /// not finite. With it the log-likelihood ratio, where that scores too. Allocates nothing.
    pub fn score(&self, x: ArrayView1<'_, f32>) -> (f64, Option<f64>) {
        let ratio = self.ratio.as_ref().map(|(ratio, _)| ratio.score(x));
        let (by_svms, closeness) = self.svms.compare(&self.svm, None, x);
        let score = if closeness < self.guard {
            f64::NEG_INFINITY
        } else {
            self.mean(ratio, by_svms)
        };
        (score, ratio)
    }

    /// The same without one person of the cohort, that person's score as an unknown impostor,
    /// and without the check for windows like nobody's.
    pub fn score_without(&self, person: u32, x: ArrayView1<'_, f32>) -> f64 {
        let ratio = self.ratio.as_ref();
        let ratio = ratio.map(|(ratio, _)| ratio.score_without(Some(person), x));
        let by_svms = self.svms.compare(&self.svm, Some(person), x).0;
        self.mean(ratio, by_svms)
    }

    fn mean(&self, ratio: Option<f64>, by_svms: f64) -> f64 {
        let by_svms = self.of_svms.place(by_svms);
        match (ratio, &self.ratio) {
            (Some(ratio), Some((_, of_ratio))) => (of_ratio.place(ratio) + by_svms) / 2.0,
            _ => by_svms,
        }
    }

    /// The log-likelihood ratio, and its mean over strangers; `None` where the SVMs alone
    /// decide.
    pub fn ratio(&self) -> Option<(&LikelihoodRatio, f64)> {
        let ratio = self.ratio.as_ref();
        ratio.map(|(ratio, of_ratio)| (ratio, of_ratio.mean))
    }

    /// Length of an embedding.
    pub fn columns(&self) -> usize {
        self.svms.columns()
    }

    /// The owner's one-class SVM, in the whitened space.
    pub fn svm(&self) -> &OneClassSvm {
        &self.svm
    }

    /// Whether lengths agree and numbers are finite.
    pub(super) fn is_sound(&self) -> bool {
        let ratio = self.ratio.as_ref().is_none_or(|(ratio, of_ratio)| {
            ratio.is_sound() && ratio.columns() == self.columns() && of_ratio.is_sound()
        });
        ratio
            && self.svms.is_sound()
            && self.svm.columns() == self.columns()
            && self.of_svms.is_sound()
            && self.guard.is_finite()
    }
}

/// Moments of strangers' scores.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
struct Standard {
    mean: f64,
    deviation: f64,
}

impl Standard {
    fn of(scores: &[f64]) -> Self {
        let (mean, deviation) = moments(scores.iter().copied());
        Self { mean, deviation }
    }

    fn place(self, score: f64) -> f64 {
        (score - self.mean) / self.deviation
    }

    fn is_sound(self) -> bool {
        self.mean.is_finite() && self.deviation.is_finite() && self.deviation > 0.0
    }
}
