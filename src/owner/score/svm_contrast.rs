//! The owner's one-class SVM less those of the cohort's people.
//!
//! Alone, an owner's one-class SVM cannot tell a stranger's window from an unusual one of
//! the owner (docs/experiments.md). Each person of the cohort has one of the same kind, in
//! the space whitened by how people's windows and sessions differ, and the score is the
//! logarithm of how much closer a window is to the owner than to them.

use ndarray::{Array2, ArrayView1, ArrayView2};
use serde::{Deserialize, Serialize};

use super::whitening::Whitening;
use crate::owner::ocsvm::{Gamma, Nu, OneClassSvm, fit};

/// γ of the kernels, times the length of an embedding: in the whitened space two windows of
/// one person are, squared, about twice that length apart.
const GAMMA_COLUMNS: f64 = 8.0;
/// A window that is less close to the cohort than this share of its least close stranger
/// counts as that close, so that what resembles nobody is a rejection.
const NEAR: f64 = 1e-3;

/// One-class SVMs of the cohort's people, in the whitened space.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct CohortSvms {
    whitening: Whitening,
    /// Number of each person, and their SVM.
    people: Vec<(u32, OneClassSvm)>,
    /// Least closeness to the cohort; see [`NEAR`].
    floor: f64,
}

impl CohortSvms {
    /// Fits one to the windows of each person, one embedding a row, in people's order.
    /// `None` without people, where lengths disagree, or where an SVM cannot be fitted.
    pub(super) fn fit(whitening: Whitening, strangers: &[(u32, Array2<f32>)]) -> Option<Self> {
        let of_person = |(person, rows): &(u32, Array2<f32>)| {
            let svm = one_class(whitening.rows(rows.view())?.view())?;
            Some((*person, svm))
        };
        let people = strangers
            .iter()
            .map(of_person)
            .collect::<Option<Vec<_>>>()?;
        let mut svms = Self {
            whitening,
            people,
            floor: 0.0,
        };
        let mut least = f64::INFINITY;
        for (person, rows) in strangers {
            for row in rows.outer_iter() {
                let to_others = |x: ArrayView1<'_, f32>| svms.closeness(Some(*person), x);
                let closeness = svms.whitening.of(row, to_others)?;
                // A cohort of one has nobody left to be close to.
                if closeness > 0.0 {
                    least = least.min(closeness);
                }
            }
        }
        svms.floor = (NEAR * least).clamp(f64::MIN_POSITIVE, NEAR);
        Some(svms)
    }

    /// The owner's SVM, of one embedding a row.
    pub(super) fn owner(&self, rows: ArrayView2<'_, f32>) -> Option<OneClassSvm> {
        one_class(self.whitening.rows(rows)?.view())
    }

    /// ln of how much closer `x` is to `owner` than to the cohort's people, one of them left
    /// out. Not finite for an embedding of another length or with a number that is not
    /// finite. Allocates nothing.
    pub(super) fn score(
        &self,
        owner: &OneClassSvm,
        without: Option<u32>,
        x: ArrayView1<'_, f32>,
    ) -> f64 {
        let whitened = |x: ArrayView1<'_, f32>| {
            // So far away that the kernel is 0 counts as hardly any closeness.
            let own = owner.closeness(x) + f64::MIN_POSITIVE;
            own.ln() - (self.closeness(without, x) + self.floor).ln()
        };
        self.whitening.of(x, whitened).unwrap_or(f64::NAN)
    }

    /// Mean closeness to the people, `x` being whitened; 0 without people.
    fn closeness(&self, without: Option<u32>, x: ArrayView1<'_, f32>) -> f64 {
        let people = self.people.iter();
        let kept = people.filter(|(person, _)| without != Some(*person));
        let (sum, count) = kept.fold((0.0, 0u32), |(sum, count), (_, svm)| {
            (sum + svm.closeness(x), count + 1)
        });
        sum / f64::from(count.max(1))
    }

    /// Length of an embedding.
    pub(super) fn columns(&self) -> usize {
        self.whitening.columns()
    }

    /// Whether lengths agree and numbers are finite.
    pub(super) fn is_sound(&self) -> bool {
        let mut people = self.people.iter();
        self.whitening.is_sound()
            && self.floor > 0.0
            && self.floor.is_finite()
            && people.all(|(_, svm)| svm.columns() == self.columns())
    }
}

fn one_class(rows: ArrayView2<'_, f32>) -> Option<OneClassSvm> {
    let gamma = Gamma::new(GAMMA_COLUMNS / rows.ncols() as f64).ok()?;
    fit(rows, Nu::RECIPE, gamma).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::owner::score::cholesky::Cholesky;
    use ndarray::arr1;

    /// 60 rows about `centre` in four dimensions.
    fn about(centre: [f32; 4]) -> Array2<f32> {
        Array2::from_shape_fn((60, 4), |(row, column)| {
            centre[column] + ((row * 7 + column * 13) as f32 * 1.7).sin()
        })
    }

    fn svms(people: &[[f32; 4]]) -> CohortSvms {
        let unit = (0..16).map(|at| if at % 5 == 0 { 1.0 } else { 0.0 });
        let whitening = Whitening::by(&Cholesky::of(unit.collect(), 4).unwrap());
        let rows = (0u32..).zip(people.iter().map(|centre| about(*centre)));
        CohortSvms::fit(whitening, &rows.collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn the_owner_is_above_the_cohort_and_what_is_like_nobody_is_below_all() {
        let cohort = svms(&[[4.0, 0.0, 0.0, 0.0], [0.0, 4.0, 0.0, 0.0]]);
        let owner = cohort.owner(about([0.0, 0.0, 0.0, 4.0]).view()).unwrap();
        let at = |x: [f32; 4]| cohort.score(&owner, None, arr1(&x).view());
        let (own, stranger) = (at([0.0, 0.0, 0.0, 4.0]), at([4.0, 0.0, 0.0, 0.0]));
        assert!(own > 2.0 && stranger < -2.0, "{own} {stranger}");
        // Nearer to the owner than to the cohort, but far from both.
        let nobody = at([0.0, 0.0, 0.0, 40.0]);
        assert!(
            nobody < stranger && nobody.is_finite(),
            "{nobody} {stranger}"
        );
        assert!(!at([f32::NAN, 0.0, 0.0, 0.0]).is_finite());
        assert!(
            !cohort
                .score(&owner, None, arr1(&[0.0; 3]).view())
                .is_finite()
        );
    }

    #[test]
    fn who_is_left_out_scores_as_a_stranger() {
        let cohort = svms(&[[4.0, 0.0, 0.0, 0.0], [0.0, 4.0, 0.0, 0.0]]);
        let owner = cohort.owner(about([0.0, 0.0, 0.0, 4.0]).view()).unwrap();
        let them = arr1(&[4.0f32, 0.0, 0.0, 0.0]);
        let score = |without| cohort.score(&owner, without, them.view());
        assert!(score(Some(0)) > score(None));
    }
}
