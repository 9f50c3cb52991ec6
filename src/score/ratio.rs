//! The owner against the cohort: the logarithm of a likelihood ratio.
//!
//! The owner is one Gaussian, everybody else an even mixture of the cohort's
//! classes. For an owner who is far from all of them, whose device or way of
//! carrying it the cohort does not know, each class stands there a second time,
//! as far from the owner as it is from the cohort's middle: whoever snatches the
//! device will be as far from the cohort.
//!
//! All share one covariance, which is made of what is certain: how the owner's
//! windows spread, how windows of the cohort do, and how a person's sessions differ
//! (within-class covariance normalisation: Hatch, Kajarekar and Stolcke, Interspeech
//! 2006). With one covariance what is quadratic in x cancels, so that a class costs
//! one dot product.

use ndarray::{Array1, ArrayView1, ArrayView2, Axis};
use serde::{Deserialize, Serialize};

use super::cholesky::Cholesky;
use crate::cohort::{Cohort, Run};

/// Shares of the owner's covariance, of the cohort's, and of that between sessions.
const OWNER: f64 = 0.1;
const COHORT: f64 = 0.9;
const SESSIONS: f64 = 0.5;
/// Ridge, in mean variances.
const RIDGE: f64 = 0.03;
/// What likelihoods are raised to: the numbers of an embedding are not independent.
const TEMPER: f64 = 0.5;
/// The same for an owner who is far from the cohort, where less is known.
const TEMPER_AFAR: f64 = 0.2;
/// An owner whose mean is farther than this from every class, in standard deviations
/// (Mahalanobis), is far from the cohort. HMOG's people, each left out of the cohort in
/// turn, are 3.6 to 5.0 from it; MotionSense's, phones in pockets, 6.7 to 9.1.
const FAR: f64 = 6.0;

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
    /// Learns an owner from `rows`, one embedding each, and says how far from the
    /// cohort they are if that makes it stand around them, too. `None` where rows or
    /// the cohort's numbers make no covariance, or there are no rows.
    pub fn fit(cohort: &Cohort, rows: ArrayView2<'_, f32>) -> Option<(Self, Option<f64>)> {
        let d = cohort.columns;
        if rows.ncols() != d || rows.nrows() == 0 {
            return None;
        }
        let owner: Vec<f64> = rows.mapv(f64::from).mean_axis(Axis(0))?.to_vec();
        let shared = Cholesky::of(covariance(cohort, rows, &owner), d)?;
        let mut means: Vec<Vec<f64>> = cohort
            .classes
            .iter()
            .map(|class| class.mean.iter().map(|&m| f64::from(m)).collect())
            .collect();
        let nearest = means.iter().map(|mean| shared.distance(mean, &owner));
        let foreign = Some(nearest.fold(f64::INFINITY, f64::min)).filter(|far| *far > FAR);
        let temper = if foreign.is_some() {
            let way = cohort.way_to(&owner);
            let moved = |mean: &Vec<f64>| mean.iter().zip(&way).map(|(m, w)| m + w).collect();
            means.extend(means.iter().map(moved).collect::<Vec<_>>());
            TEMPER_AFAR
        } else {
            TEMPER
        };
        let line = |mean: &[f64]| {
            let slope: Vec<f64> = shared.solve(mean).iter().map(|w| temper * w).collect();
            let offset = -0.5 * slope.iter().zip(mean).map(|(w, m)| w * m).sum::<f64>();
            (slope, offset)
        };
        let (owner_slope, owner_offset) = line(&owner);
        let people = cohort.classes.iter().map(|class| class.person);
        let mut ratio = Self {
            columns: d,
            slopes: Vec::with_capacity(d * means.len()),
            offsets: Vec::with_capacity(means.len()),
            people: people.cycle().take(means.len()).collect(),
        };
        for mean in &means {
            let (slope, offset) = line(mean);
            let apart = slope.iter().zip(&owner_slope).map(|(c, o)| (c - o) as f32);
            ratio.slopes.extend(apart);
            ratio.offsets.push(offset - owner_offset);
        }
        Some((ratio, foreign))
    }

    /// What each run of the cohort scores without its person in the cohort, and
    /// whose it is; if `around` an owner's mean, moved there from the cohort's middle.
    pub fn strangers(&self, cohort: &Cohort, around: Option<&[f64]>) -> Vec<(u32, Vec<f64>)> {
        let way = around.map(|owner| cohort.way_to(owner));
        let of_run = |run: &Run| {
            let rows = run.rows(cohort.columns);
            let scores = rows.map(|row| {
                let Some(way) = &way else {
                    return self.score_without(Some(run.person), row);
                };
                let moved: Array1<f32> = row.iter().zip(way).map(|(x, w)| x + *w as f32).collect();
                self.score_without(Some(run.person), moved.view())
            });
            (run.person, scores.collect())
        };
        cohort.runs.iter().map(of_run).collect()
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

/// Mean and standard deviation, the latter above zero.
pub(crate) fn moments(values: impl Iterator<Item = f64> + Clone) -> (f64, f64) {
    let count = values.clone().count().max(1) as f64;
    let mean = values.clone().sum::<f64>() / count;
    let square = values.map(|v| (v - mean).powi(2)).sum::<f64>() / count;
    (mean, square.sqrt().max(1e-9))
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
        let (ratio, _) = LikelihoodRatio::fit(&cohort(4), owner().view()).unwrap();
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
        let (ratio, _) = LikelihoodRatio::fit(&one, rows.view()).unwrap();
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
        let (ratio, _) = LikelihoodRatio::fit(&cohort, owner().view()).unwrap();
        let them = arr1(&[3.0f32, 0.0, 0.0, 0.0]);
        assert!(ratio.score_without(Some(0), them.view()) > ratio.score(them.view()));
    }

    #[test]
    fn strangers_who_carry_the_device_as_a_far_owner_does_are_told_from_them() {
        let mut apart = cohort(4);
        for mean in apart.classes.iter_mut().flat_map(|class| &mut class.mean) {
            *mean *= 4.0;
        }
        // Far from everybody along the last axis, along which strangers come with it.
        let rows = owner() + arr1(&[0.0, 0.0, 0.0, -60.0]).view();
        let (ratio, foreign) = LikelihoodRatio::fit(&apart, rows.view()).unwrap();
        assert!(foreign.is_some());
        let at = |x: [f32; 4]| ratio.score(arr1(&x).view());
        let (owner, stranger) = (at([0.0, 0.0, 0.0, -63.0]), at([9.0, 0.0, 0.0, -63.0]));
        assert!(owner > 0.0 && stranger < 0.0, "{owner} {stranger}");

        let (_, near) = LikelihoodRatio::fit(&cohort(4), self::owner().view()).unwrap();
        assert_eq!(near, None);
    }
}
