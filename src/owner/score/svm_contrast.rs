//! The owner's one-class SVM less those of the cohort's people.
//!
//! Alone, an owner's one-class SVM cannot tell a stranger's window from an unusual one of
//! the owner (docs/experiments.md). Each person of the cohort has one of the same kind, in
//! the space whitened by how people's windows and sessions differ, and the score is the
//! logarithm of how much closer a window is to the owner than to them.

use ndarray::{Array2, ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::whitening::Whitening;
use crate::owner::ocsvm::{Folds, Gamma, Nu, OneClassSvm, fit, held_out_closeness};
use crate::owner::registers::{LANES, in_registers};

/// γ of the kernels, times the length of an embedding: in the whitened space two windows of
/// one person are, squared, about twice that length apart.
const GAMMA_COLUMNS: f64 = 8.0;
/// Most windows of each of the cohort's people, and of the owner, spread evenly: a window is
/// compared with each, and more do not lower the error.
const OF_PERSON: usize = 50;
const OF_OWNER: usize = 200;
/// A window that is less close to the cohort than this share of its least close stranger
/// counts as that close, so that what resembles nobody is a rejection.
const NEAR: f64 = 1e-3;
/// A window that is less close to the owner than this share of their least close held-out
/// window is a rejection. On leave-pair-out it costs nothing (docs/experiments.md); it is
/// there for motion that is nearer to the owner's than to the cohort's and like neither.
const NEAR_OWNER: f64 = 1e-2;
/// For an owner far from the cohort, whose strangers are a guess, this share of their
/// held-out windows is less close than what is accepted: that of the original recipe.
const REJECTED_AFAR: f64 = 0.2;

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
            let some = rows.select(Axis(0), &spread(rows.nrows(), OF_PERSON));
            let svm = one_class(whitening.rows(some.view())?.view())?;
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
                let to_others =
                    |x: ArrayView1<'_, f32>| in_registers(x, |x| svms.closeness(Some(*person), x));
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
        let some = rows.select(Axis(0), &spread(rows.nrows(), OF_OWNER));
        one_class(self.whitening.rows(some.view())?.view())
    }

    /// The closeness to the owner below which a window is like nobody's, from held-out
    /// windows of the owner; 0 where there are too few to hold any out. `sessions` has a
    /// session number for each of `rows`, and `overlap` is how many windows after one share
    /// frames with it; `far` says that the owner is far from the cohort.
    pub(super) fn guard(
        &self,
        rows: ArrayView2<'_, f32>,
        sessions: &[u32],
        overlap: usize,
        far: bool,
    ) -> Option<f64> {
        let some = spread(rows.nrows(), OF_OWNER);
        let sessions: Vec<u32> = some.iter().map(|&row| sessions[row]).collect();
        let Ok(folds) = Folds::new(&sessions, overlap) else {
            return Some(0.0);
        };
        let rows = self.whitening.rows(rows.select(Axis(0), &some).view())?;
        let gamma = gamma(rows.ncols())?;
        let mut held_out = held_out_closeness(rows.view(), &folds, Nu::RECIPE, gamma).ok()?;
        held_out.sort_by(f64::total_cmp);
        let least = NEAR_OWNER * held_out.first()?;
        let share = (held_out.len() as f64 * REJECTED_AFAR) as usize;
        if far {
            held_out.get(share).copied()
        } else {
            Some(least)
        }
    }

    /// ln of how much closer `x` is to `owner` than to the cohort's people, one of them left
    /// out, and the closeness to the owner. Not finite for an embedding of another length or
    /// with a number that is not finite. Allocates nothing.
    pub(super) fn compare(
        &self,
        owner: &OneClassSvm,
        without: Option<u32>,
        x: ArrayView1<'_, f32>,
    ) -> (f64, f64) {
        let whitened = |x: ArrayView1<'_, f32>| {
            if owner.columns() != x.len() || !x.iter().all(|x| x.is_finite()) {
                return (f64::NAN, f64::NAN);
            }
            in_registers(x, |x| {
                let own = owner.closeness_in_registers(x);
                let cohort = self.closeness(without, x) + self.floor;
                // So far away that the kernel is 0 counts as hardly any closeness.
                ((own + f64::MIN_POSITIVE).ln() - cohort.ln(), own)
            })
        };
        self.whitening
            .of(x, whitened)
            .unwrap_or((f64::NAN, f64::NAN))
    }

    /// Mean closeness to the people, `x` being whitened and finite; 0 without people.
    fn closeness(&self, without: Option<u32>, x: &[[f32; LANES]]) -> f64 {
        let people = self.people.iter();
        let kept = people.filter(|(person, _)| without != Some(*person));
        let (sum, count) = kept.fold((0.0, 0u32), |(sum, count), (_, svm)| {
            (sum + svm.closeness_in_registers(x), count + 1)
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

/// At most `most` of `count` rows, spread evenly.
fn spread(count: usize, most: usize) -> Vec<usize> {
    let kept = count.min(most);
    (0..kept).map(|at| at * count / kept).collect()
}

fn one_class(rows: ArrayView2<'_, f32>) -> Option<OneClassSvm> {
    fit(rows, Nu::RECIPE, gamma(rows.ncols())?).ok()
}

fn gamma(columns: usize) -> Option<Gamma> {
    Gamma::new(GAMMA_COLUMNS / columns as f64).ok()
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
        let at = |x: [f32; 4]| cohort.compare(&owner, None, arr1(&x).view()).0;
        let (own, stranger) = (at([0.0, 0.0, 0.0, 4.0]), at([4.0, 0.0, 0.0, 0.0]));
        assert!(own > 2.0 && stranger < -2.0, "{own} {stranger}");
        // Nearer to the owner than to the cohort, but far from both.
        let nobody = at([0.0, 0.0, 0.0, 40.0]);
        assert!(
            nobody < stranger && nobody.is_finite(),
            "{nobody} {stranger}"
        );
        assert!(!at([f32::NAN, 0.0, 0.0, 0.0]).is_finite());
        let cut_off = cohort.compare(&owner, None, arr1(&[0.0; 3]).view()).0;
        assert!(!cut_off.is_finite());
    }

    #[test]
    fn who_is_left_out_scores_as_a_stranger() {
        let cohort = svms(&[[4.0, 0.0, 0.0, 0.0], [0.0, 4.0, 0.0, 0.0]]);
        let owner = cohort.owner(about([0.0, 0.0, 0.0, 4.0]).view()).unwrap();
        let them = arr1(&[4.0f32, 0.0, 0.0, 0.0]);
        let score = |without| cohort.compare(&owner, without, them.view()).0;
        assert!(score(Some(0)) > score(None));
    }
}
