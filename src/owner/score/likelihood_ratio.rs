//! The log-likelihood ratio of owner to cohort, in its stored form: a linear function of
//! the embedding for each class of the cohort. [`OwnerGaussian`] makes it.
//!
//! [`OwnerGaussian`]: super::OwnerGaussian

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

/// Log-likelihood ratio of the owner to the cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodRatio {
    pub(super) columns: usize,
    /// Slopes of ln(class / owner) over the embedding, class by class, each of `columns`
    /// numbers.
    pub(super) slopes: Vec<f32>,
    /// Value of ln(class / owner) at the zero embedding, for each class.
    pub(super) offsets: Vec<f64>,
    /// Person of each class.
    pub(super) people: Vec<u32>,
}

impl LikelihoodRatio {
    /// ln of the owner's likelihood over the cohort's. Not finite for an embedding of
    /// another length or with a number that is not finite. Allocates nothing.
    pub fn score(&self, x: ArrayView1<'_, f32>) -> f64 {
        self.score_without(None, x)
    }

    /// The same without one person's classes: that person's score as an unknown impostor.
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
        // ln Σ exp in one pass, scaled by the largest value so far against overflow.
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

    /// Whether lengths agree and numbers are finite.
    pub(super) fn is_sound(&self) -> bool {
        let classes = self.offsets.len();
        classes > 0
            && self.people.len() == classes
            && classes.checked_mul(self.columns) == Some(self.slopes.len())
            && self.slopes.iter().all(|w| w.is_finite())
            && self.offsets.iter().all(|b| b.is_finite())
    }
}
