//! The log-likelihood ratio of owner to cohort, in its stored form: a linear function of
//! the embedding for each template of the owner and each class of the cohort.
//! [`OwnerTemplates`] makes it.
//!
//! [`OwnerTemplates`]: super::OwnerTemplates

use ndarray::ArrayView1;
use serde::{Deserialize, Serialize};

use super::lines::Lines;
use super::log_mean_exp::log_mean_exp;

/// Log-likelihood ratio of the owner to the cohort.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LikelihoodRatio {
    pub(super) columns: usize,
    /// ln(template / reference) of each of the owner's templates, tempered; the reference is
    /// a Gaussian at the owner's mean, which cancels.
    pub(super) templates: Lines,
    /// ln(class / reference) of each class, tempered.
    pub(super) classes: Lines,
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
        let kept = self.classes.values(x).zip(&self.people);
        let kept = kept.filter(|(_, whose)| person.is_none_or(|person| **whose != person));
        log_mean_exp(self.templates.values(x)) - log_mean_exp(kept.map(|(value, _)| value))
    }

    /// Length of an embedding.
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Number of the owner's templates.
    pub fn templates(&self) -> usize {
        self.templates.len()
    }

    /// Whether lengths agree and numbers are finite.
    pub(super) fn is_sound(&self) -> bool {
        self.templates.is_sound(self.columns)
            && self.classes.is_sound(self.columns)
            && self.people.len() == self.classes.len()
    }
}
