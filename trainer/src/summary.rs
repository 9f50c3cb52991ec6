//! Summary statistics of a column of numbers.

use serde::Serialize;

/// Count, mean, standard deviation and quartiles.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    /// Number of values.
    pub count: usize,
    /// Arithmetic mean.
    pub mean: f64,
    /// Sample standard deviation (n − 1); 0 for a single value.
    pub std: f64,
    /// Minimum.
    pub min: f64,
    /// First quartile.
    pub quartile_1: f64,
    /// Median.
    pub median: f64,
    /// Third quartile.
    pub quartile_3: f64,
    /// Maximum.
    pub max: f64,
}

impl Summary {
    /// Over the finite ones of `values`; `None` if there are none.
    pub fn of(values: impl IntoIterator<Item = f64>) -> Option<Self> {
        let values = finite_in_order(values);
        let count = values.len();
        let mean = values.iter().sum::<f64>() / count as f64;
        let off: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
        Some(Self {
            count,
            mean,
            std: (off / count.saturating_sub(1).max(1) as f64).sqrt(),
            min: *values.first()?,
            quartile_1: quantile(&values, 0.25)?,
            median: quantile(&values, 0.5)?,
            quartile_3: quantile(&values, 0.75)?,
            max: *values.last()?,
        })
    }
}

/// Quantile of `sorted`, linearly interpolated: numpy's default, type 7 of Hyndman and Fan
/// (The American Statistician 50, 1996). `None` if it is empty.
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let at = share.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let below = at.floor();
    let low = sorted.get(below as usize)?;
    let high = sorted.get(at.ceil() as usize)?;
    Some(low + (high - low) * (at - below))
}

/// The finite ones of `values`, ascending.
pub(crate) fn finite_in_order(values: impl IntoIterator<Item = f64>) -> Vec<f64> {
    let mut values: Vec<f64> = values
        .into_iter()
        .filter(|value| value.is_finite())
        .collect();
    values.sort_by(f64::total_cmp);
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    /// numpy.quantile, numpy.mean and numpy.std(ddof=1)
    #[test]
    fn agrees_with_numpy() {
        let summary = Summary::of([7.5, f64::NAN, 1.0, 2.0, 10.0, 3.5, 4.0]).unwrap();
        assert_eq!(summary.count, 6);
        let found = [
            summary.mean,
            summary.std,
            summary.min,
            summary.quartile_1,
            summary.median,
            summary.quartile_3,
            summary.max,
        ];
        let expected = [4.666666667, 3.430257522, 1.0, 2.375, 3.75, 6.625, 10.0];
        for (found, expected) in found.into_iter().zip(expected) {
            assert!((found - expected).abs() < 1e-8, "{found} for {expected}");
        }
    }

    #[test]
    fn one_number_is_not_spread_and_none_has_no_summary() {
        let one = Summary::of([2.0]).unwrap();
        assert_eq!((one.std, one.quartile_1, one.max), (0.0, 2.0, 2.0));
        assert_eq!(Summary::of([f64::NAN]), None);
        assert_eq!(quantile(&[], 0.5), None);
    }
}
