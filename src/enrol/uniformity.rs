//! Refuses enrolments whose windows repeat one another.

use ndarray::{ArrayView2, Axis};

use super::EnrolError;

/// Embeddings closer than this share of their typical norm count as repeated.
const SAME: f32 = 1e-3;
/// Largest accepted share of windows that repeat another.
const REPEATED: f64 = 0.2;

/// Refuses windows that hardly differ, as from the same recording twice, a device on a
/// stand or a simulated shake: a model of those does not describe a person.
pub(super) fn refuse_uniform(rows: ArrayView2<'_, f32>) -> Result<(), EnrolError> {
    let Some(centre) = rows.mean_axis(Axis(0)) else {
        return Ok(());
    };
    let spread = rows
        .rows()
        .into_iter()
        .map(|row| (&row - &centre).mapv(|d| d * d).sum())
        .sum::<f32>()
        / rows.nrows() as f32;
    let size = rows.mapv(|v| v * v).sum() / rows.nrows() as f32;
    let same = SAME * SAME * size;
    let differ = spread > same;
    if !differ {
        return Err(EnrolError::TooUniform { repeated: 1.0 });
    }
    let repeats = |i: usize| {
        (0..i).any(|j| {
            let close = rows
                .row(i)
                .iter()
                .zip(rows.row(j))
                .try_fold(0.0, |sum, (a, b)| {
                    let sum = sum + (a - b) * (a - b);
                    (sum <= same).then_some(sum)
                });
            close.is_some()
        })
    };
    let repeated = (0..rows.nrows()).filter(|&i| repeats(i)).count() as f64 / rows.nrows() as f64;
    if repeated > REPEATED {
        return Err(EnrolError::TooUniform { repeated });
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn repeated_and_constant_material_is_refused_and_varied_is_not() {
        let varied = Array2::from_shape_fn((80, 8), |(r, c)| ((r * 8 + c) as f32 * 0.7).sin());
        assert!(refuse_uniform(varied.view()).is_ok());
        let twice = Array2::from_shape_fn((160, 8), |(r, c)| varied[(r % 80, c)]);
        assert!(matches!(
            refuse_uniform(twice.view()),
            Err(EnrolError::TooUniform { repeated }) if repeated > 0.4
        ));
        let constant = Array2::from_elem((80, 8), 0.5);
        assert!(refuse_uniform(constant.view()).is_err());
    }
}
