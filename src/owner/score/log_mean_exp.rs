//! ln of a mean of exponentials.

/// ln(mean of exp(v)) over `values`, in one pass and without overflow: sums are scaled by
/// the largest value so far. NaN if a value is NaN, or without values.
pub(super) fn log_mean_exp(values: impl Iterator<Item = f64>) -> f64 {
    let (mut most, mut sum, mut count) = (f64::NEG_INFINITY, 0.0, 0u32);
    for value in values {
        if value.is_nan() {
            return f64::NAN;
        }
        if value > most {
            sum *= (most - value).exp();
            most = value;
        }
        sum += (value - most).exp();
        count += 1;
    }
    most + (sum / f64::from(count)).ln()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_the_log_of_the_mean_and_never_overflows() {
        let values = [-1.0, 2.0, 0.5];
        let mean = values.iter().map(|v: &f64| v.exp()).sum::<f64>() / 3.0;
        assert!((log_mean_exp(values.into_iter()) - mean.ln()).abs() < 1e-12);
        for shift in [-1e4, 1e4] {
            let shifted = log_mean_exp(values.iter().map(|v| v + shift));
            assert!((shifted - shift - mean.ln()).abs() < 1e-9);
        }
        assert!(log_mean_exp([0.0, f64::NAN].into_iter()).is_nan());
        assert!(log_mean_exp(std::iter::empty()).is_nan());
    }
}
