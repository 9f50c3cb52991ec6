//! The logarithm of a likelihood ratio, as a profile keeps it: a line over the
//! embedding for each class of the cohort. What they are made of is [`OwnerGaussian`].
//!
//! [`OwnerGaussian`]: super::OwnerGaussian

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

/// Scores embeddings by how much better the owner explains them than the cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodRatio {
    pub(super) columns: usize,
    /// Of each class, the slope of ln(class / owner) over the embedding.
    pub(super) slopes: Vec<f32>,
    /// Its value at zero.
    pub(super) offsets: Vec<f64>,
    /// Whose class it is.
    pub(super) people: Vec<u32>,
}

impl LikelihoodRatio {
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
