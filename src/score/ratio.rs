//! The owner against the cohort: the logarithm of a likelihood ratio.
//!
//! The owner is one Gaussian, everybody else an even mixture of the cohort's
//! classes, each twice: where it was seen, and as far from the owner as it was
//! from the cohort's middle. The latter stand for strangers who carry the device
//! as this owner does, which may be in no way the cohort knows. All share one
//! covariance, which is made of what is certain: how the
//! owner's windows spread, how windows of the cohort do, and how a person's
//! sessions differ (within-class covariance normalisation: Hatch, Kajarekar and
//! Stolcke, Interspeech 2006). With one covariance what is quadratic in x
//! cancels, so that a class costs one dot product.

use ndarray::{ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::cholesky::Cholesky;
use crate::cohort::Cohort;

/// Shares of the owner's covariance, of the cohort's, and of that between sessions.
const OWNER: f64 = 0.1;
const COHORT: f64 = 0.9;
const SESSIONS: f64 = 0.5;
/// Ridge, in mean variances.
const RIDGE: f64 = 0.03;
/// What likelihoods are raised to: the numbers of an embedding are not independent.
const TEMPER: f64 = 0.2;

/// Scores embeddings by how much better the owner explains them than the cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodRatio {
    columns: usize,
    /// Of each class, the slope of ln(class / owner) over the embedding.
    slopes: Vec<f32>,
    /// Its value at zero.
    offsets: Vec<f64>,
    /// Whose class it is.
    people: Vec<u32>,
}

impl LikelihoodRatio {
    /// Learns an owner from `rows`, one embedding each. `None` where these or
    /// the cohort's numbers make no covariance, or there are no rows.
    pub fn fit(cohort: &Cohort, rows: ArrayView2<'_, f32>) -> Option<Self> {
        let d = cohort.columns;
        if rows.ncols() != d || rows.nrows() == 0 {
            return None;
        }
        let owner: Vec<f64> = rows.mapv(f64::from).mean_axis(Axis(0))?.to_vec();
        let shared = Cholesky::of(covariance(cohort, rows, &owner), d)?;
        let line = |mean: &[f64]| {
            let slope: Vec<f64> = shared.solve(mean).iter().map(|w| TEMPER * w).collect();
            let offset = -0.5 * slope.iter().zip(mean).map(|(w, m)| w * m).sum::<f64>();
            (slope, offset)
        };
        let (owner_slope, owner_offset) = line(&owner);
        let count = 2 * cohort.classes.len();
        let mut ratio = Self {
            columns: d,
            slopes: Vec::with_capacity(d * count),
            offsets: Vec::with_capacity(count),
            people: Vec::with_capacity(count),
        };
        let to_owner = cohort.way_to(&owner);
        for shift in [&vec![0.0; d], &to_owner] {
            for class in &cohort.classes {
                let shifted = class.mean.iter().zip(shift);
                let mean: Vec<f64> = shifted.map(|(&m, s)| f64::from(m) + s).collect();
                let (slope, offset) = line(&mean);
                let apart = slope.iter().zip(&owner_slope).map(|(c, o)| (c - o) as f32);
                ratio.slopes.extend(apart);
                ratio.offsets.push(offset - owner_offset);
                ratio.people.push(class.person);
            }
        }
        Some(ratio)
    }

    /// ln of the owner's likelihood over the cohort's. Not finite for an
    /// embedding of another length or with a number that is not. Allocates nothing.
    pub fn score(&self, x: ArrayView1<'_, f32>) -> f64 {
        self.score_without(None, x)
    }

    /// The same with a cohort that lacks one person: what that person would score
    /// as a stranger.
    pub fn score_without(&self, person: Option<u32>, x: ArrayView1<'_, f32>) -> f64 {
        if x.len() != self.columns {
            return f64::NAN;
        }
        let of_class = |(at, offset): (usize, &f64)| {
            let slope = &self.slopes[at * self.columns..][..self.columns];
            let dot: f64 = slope
                .iter()
                .zip(x)
                .map(|(&w, &x)| f64::from(w) * f64::from(x))
                .sum();
            dot + offset
        };
        let kept = || {
            let all = self.offsets.iter().enumerate();
            all.filter(|(at, _)| person.is_none_or(|person| self.people[*at] != person))
        };
        // ln Σ exp in one pass, kept in range by the largest so far.
        let (mut most, mut sum) = (f64::NEG_INFINITY, 0.0);
        for value in kept().map(of_class) {
            if value.is_nan() {
                return f64::NAN;
            }
            if value > most {
                sum *= (most - value).exp();
                most = value;
            }
            sum += (value - most).exp();
        }
        let classes = kept().count() as f64;
        classes.ln() - most - sum.ln()
    }

    /// Length of an embedding.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Whether its parts fit together.
    pub(super) fn is_sound(&self) -> bool {
        let classes = self.offsets.len();
        classes > 0
            && self.people.len() == classes
            && classes.checked_mul(self.columns) == Some(self.slopes.len())
            && self.slopes.iter().all(|w| w.is_finite())
            && self.offsets.iter().all(|b| b.is_finite())
    }
}

fn covariance(cohort: &Cohort, rows: ArrayView2<'_, f32>, mean: &[f64]) -> Vec<f64> {
    let d = cohort.columns;
    let mut shared: Vec<f64> = cohort
        .within
        .iter()
        .zip(&cohort.between)
        .map(|(&within, &between)| COHORT * f64::from(within) + SESSIONS * f64::from(between))
        .collect();
    let share = OWNER / rows.nrows() as f64;
    let mut centred = vec![0.0; d];
    for row in rows.outer_iter() {
        for ((c, &x), m) in centred.iter_mut().zip(row).zip(mean) {
            *c = f64::from(x) - m;
        }
        for (i, &left) in centred.iter().enumerate() {
            let line = &mut shared[i * d..][..=i];
            for (value, right) in line.iter_mut().zip(&centred) {
                *value += share * left * right;
            }
        }
    }
    let trace: f64 = (0..d).map(|i| shared[i * d + i]).sum();
    for i in 0..d {
        shared[i * d + i] += RIDGE * trace / d as f64;
    }
    shared
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cohort::tests::cohort;
    use ndarray::{Array2, arr1};

    fn owner() -> Array2<f32> {
        Array2::from_shape_fn((40, 4), |(row, column)| {
            let wobble = ((row * 11 + column * 5) as f32 * 0.9).sin();
            wobble + if column == 3 { -3.0 } else { 0.0 }
        })
    }

    #[test]
    fn the_owner_is_above_everybody_else() {
        let ratio = LikelihoodRatio::fit(&cohort(4), owner().view()).unwrap();
        assert!(ratio.score(arr1(&[0.0, 0.0, 0.0, -3.0]).view()) > 2.0);
        assert!(ratio.score(arr1(&[3.0, 0.0, 0.0, 0.0]).view()) < -2.0);
        assert!(ratio.score(arr1(&[0.0; 3]).view()).is_nan());
        assert!(
            !ratio
                .score(arr1(&[f32::NAN, 0.0, 0.0, 0.0]).view())
                .is_finite()
        );
    }

    #[test]
    fn it_is_the_log_ratio_of_the_gaussians() {
        // Written out with one class: ln N(x; owner, S)/N(x; class, S), tempered.
        let mut one = cohort(2);
        one.classes.truncate(1);
        let rows = Array2::from_shape_vec((2, 2), vec![1.0, 2.0, 1.0, 2.0]).unwrap();
        let ratio = LikelihoodRatio::fit(&one, rows.view()).unwrap();
        // The owner's own covariance is zero: S = (0.9 + 0.1)·1.03·I.
        let variance = 1.0 * 1.03;
        let square = |x: [f64; 2], m: [f64; 2]| (x[0] - m[0]).powi(2) + (x[1] - m[1]).powi(2);
        for x in [[0.5, -1.0], [4.0, 2.0]] {
            let class = square(x, [3.0, 0.0]);
            let expected = 0.5 * 0.5 * (class - square(x, [1.0, 2.0])) / variance;
            let found = ratio.score(arr1(&x.map(|v| v as f32)).view());
            assert!((found - expected).abs() < 1e-4, "{found} {expected}");
        }
    }

    #[test]
    fn who_is_left_out_scores_as_a_stranger() {
        let cohort = cohort(4);
        let ratio = LikelihoodRatio::fit(&cohort, owner().view()).unwrap();
        let them = arr1(&[3.0f32, 0.0, 0.0, 0.0]);
        assert!(ratio.score_without(Some(0), them.view()) > ratio.score(them.view()));
    }
}
