//! Exact confidence interval of a Poisson mean (Garwood 1936), and quantiles.

/// 95 % interval of the mean of a Poisson variable, from one observed `count`.
pub fn interval(count: u64) -> (f64, f64) {
    let tail = 0.025;
    let lower = match count {
        0 => 0.0,
        _ => mean_where(|mean| 1.0 - at_most(count - 1, mean) >= tail, count),
    };
    (
        lower,
        mean_where(|mean| at_most(count, mean) <= tail, count),
    )
}

/// The 2.5th and 97.5th percentile of a Poisson variable with this mean.
pub fn counts(mean: f64) -> (u64, u64) {
    let quantile = |share: f64| (0..).find(|&count| at_most(count, mean) >= share);
    (
        quantile(0.025).unwrap_or_default(),
        quantile(0.975).unwrap_or(u64::MAX),
    )
}

/// The smallest mean at which `reached` holds, which it goes on doing above.
fn mean_where(reached: impl Fn(f64) -> bool, count: u64) -> f64 {
    // Far above where any tail of `count` ends.
    let (mut low, mut high) = (0.0, 20.0 + 4.0 * count as f64);
    for _ in 0..100 {
        let middle = f64::midpoint(low, high);
        if reached(middle) {
            high = middle;
        } else {
            low = middle;
        }
    }
    high
}

/// The probability of at most `count` events where `mean` are expected.
fn at_most(count: u64, mean: f64) -> f64 {
    let mut log_term = -mean;
    let mut sum = log_term.exp();
    for k in 1..=count {
        log_term += (mean / k as f64).ln();
        sum += log_term.exp();
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_quantiles() {
        // scipy.stats.poisson.ppf([.025, .975], mean)
        for (mean, few, many) in [(0.0, 0, 0), (0.2, 0, 1), (2.0, 0, 5), (10.0, 4, 17)] {
            assert_eq!(counts(mean), (few, many), "{mean}");
        }
    }

    #[test]
    fn known_intervals() {
        // scipy.stats.chi2.ppf([.025, .975], [2k, 2k + 2]) / 2
        for (count, lower, upper) in [
            (0, 0.0, 3.688879454),
            (1, 0.025317808, 5.571643391),
            (10, 4.795388696, 18.390356042),
            (100, 81.363991253, 121.626793782),
            (1000, 938.973018408, 1063.952136016),
        ] {
            let (low, high) = interval(count);
            assert!(
                (low - lower).abs() < 1e-6 * lower.max(1.0),
                "{count}: {low}"
            );
            assert!((high - upper).abs() < 1e-6 * upper, "{count}: {high}");
        }
    }
}
