//! How numbers are spread.

use serde::Serialize;

/// What a table says of a column of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Summary {
    /// How many.
    pub count: usize,
    /// Their mean.
    pub mean: f64,
    /// Standard deviation of the numbers as a sample (n − 1); 0 of a single one.
    pub std: f64,
    /// The least.
    pub min: f64,
    /// A quarter lies below.
    pub quartile_1: f64,
    /// Half lies below.
    pub median: f64,
    /// Three quarters lie below.
    pub quartile_3: f64,
    /// The greatest.
    pub max: f64,
}

impl Summary {
    /// Of those of `values` that are finite; `None` where there is none.
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

/// The value below which a share of `sorted` lies, on the straight line between
/// the two values around it: numpy's default and type 7 of Hyndman and Fan
/// (The American Statistician 50, 1996).
pub fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let at = share.clamp(0.0, 1.0) * sorted.len().checked_sub(1)? as f64;
    let below = at.floor();
    let low = sorted.get(below as usize)?;
    let high = sorted.get(at.ceil() as usize)?;
    Some(low + (high - low) * (at - below))
}

/// Those of `values` that are finite, the least first.
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
