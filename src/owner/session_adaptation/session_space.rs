//! The space in which a session's windows are averaged and compared, stored with a profile.

use ndarray::{Array1, ArrayView1};
use serde::{Deserialize, Serialize};

use crate::owner::triangle::Triangle;

/// The owner's templates in the space in which all classes have the identity for their
/// covariance, and the way there from an embedding.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SessionSpace {
    /// Of the covariance that owner and cohort share.
    triangle: Triangle,
    /// L⁻¹·template, one template after another.
    templates: Vec<f32>,
    /// Exponent of likelihoods; see `owner_templates.rs`.
    temper: f64,
}

impl SessionSpace {
    /// From the lower triangle of L, row by row without zeros, the owner's templates as
    /// embeddings, and the exponent of likelihoods. `None` where lengths do not agree or a
    /// number is unusable.
    pub fn new<'a>(
        lower: Vec<f32>,
        templates: impl IntoIterator<Item = &'a [f64]>,
        temper: f64,
    ) -> Option<Self> {
        let templates: Vec<&[f64]> = templates.into_iter().collect();
        let mut space = Self {
            triangle: Triangle::new(templates.first()?.len(), lower),
            templates: Vec::new(),
            temper,
        };
        let mut point = vec![0.0; space.columns()];
        for template in templates {
            if template.len() != space.columns() || !space.triangle.is_sound() {
                return None;
            }
            let template = Array1::from_iter(template.iter().map(|&mean| mean as f32));
            (space.triangle).solve(template.view(), &mut point, |z| z);
            space.templates.extend(point.iter().map(|&z| z as f32));
        }
        space.is_sound().then_some(space)
    }

    /// Length of an embedding.
    pub fn columns(&self) -> usize {
        self.triangle.columns()
    }

    /// Number of templates.
    pub fn len(&self) -> usize {
        self.templates
            .len()
            .checked_div(self.columns())
            .unwrap_or(0)
    }

    /// Whether there is no template; a sound space has one.
    pub fn is_empty(&self) -> bool {
        self.templates.is_empty()
    }

    /// Exponent of likelihoods.
    pub(super) fn temper(&self) -> f64 {
        self.temper
    }

    /// The templates, whitened, each of [`SessionSpace::columns`] numbers.
    pub(super) fn templates(&self) -> impl Iterator<Item = &[f32]> {
        self.templates.chunks_exact(self.columns().max(1))
    }

    /// Writes L⁻¹·x into `point`; `false` if `x` has another length or a number that is not
    /// finite. Allocates nothing.
    pub(super) fn place(&self, x: ArrayView1<'_, f32>, point: &mut [f64]) -> bool {
        if x.len() != self.columns() || point.len() != self.columns() {
            return false;
        }
        self.triangle.solve(x, point, |z| z);
        point.iter().all(|z| z.is_finite())
    }

    /// Whether lengths agree and numbers are finite.
    pub(crate) fn is_sound(&self) -> bool {
        self.triangle.is_sound()
            && !self.templates.is_empty()
            && self.templates.len().is_multiple_of(self.columns())
            && self.temper > 0.0
            && self.temper.is_finite()
            && self.templates.iter().all(|v| v.is_finite())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr1;

    fn space() -> SessionSpace {
        // L = [[2, 0], [1, 4]].
        SessionSpace::new(vec![2.0, 1.0, 4.0], [&[4.0, 10.0][..]], 0.5).unwrap()
    }

    #[test]
    fn whitening_solves_with_the_triangle() {
        let mut point = [0.0; 2];
        assert!(space().place(arr1(&[4.0, 10.0]).view(), &mut point));
        assert_eq!(point, [2.0, 2.0]);
        assert_eq!(space().templates().next().unwrap(), [2.0, 2.0]);
    }

    #[test]
    fn what_is_no_embedding_is_refused() {
        let mut point = [0.0; 2];
        assert!(!space().place(arr1(&[4.0]).view(), &mut point));
        assert!(!space().place(arr1(&[f32::NAN, 0.0]).view(), &mut point));
        assert!(!space().place(arr1(&[f32::INFINITY, 0.0]).view(), &mut point));
    }

    #[test]
    fn what_does_not_fit_together_is_refused() {
        let one = [1.0, 2.0];
        let of = |lower: Vec<f32>, templates: Vec<&[f64]>, temper| {
            SessionSpace::new(lower, templates, temper).is_some()
        };
        assert!(of(vec![1.0, 0.0, 1.0], vec![&one], 0.5));
        assert!(!of(vec![1.0, 0.0], vec![&one], 0.5));
        assert!(!of(vec![1.0, 0.0, 0.0], vec![&one], 0.5));
        assert!(!of(vec![1.0, 0.0, 1.0], vec![&one, &one[..1]], 0.5));
        assert!(!of(vec![1.0, 0.0, 1.0], vec![], 0.5));
        assert!(!of(vec![1.0, f32::NAN, 1.0], vec![&one], 0.5));
        assert!(!of(vec![1.0, 0.0, 1.0], vec![&one], 0.0));
    }
}
