//! Bootstrap intervals of a mean EER: resamples owners, and then sessions of each
//! (two-stage bootstrap, Davison and Hinkley 1997, section 3.8).

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::trials::Trials;

/// Number of bootstrap resamples.
pub const RESAMPLES: usize = 2000;

/// A 95 % interval: lower and upper end.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Interval(pub f64, pub f64);

impl Interval {
    /// From the 2.5th to the 97.5th percentile of `values`. `None` without any.
    pub(super) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let last = values.len().checked_sub(1)?;
        let at = |share: f64| values[(last as f64 * share).round() as usize];
        Some(Self(at(0.025), at(0.975)))
    }

    /// Whether 0 is outside.
    pub fn excludes_zero(self) -> bool {
        self.0 > 0.0 || self.1 < 0.0
    }
}

/// Interval of the mean EER over `owners`. `None` without owners.
pub fn of_mean_eer(owners: &[Trials], seed: u64) -> Option<Interval> {
    Interval::of(resampled(owners, seed, |resample| {
        resample.mean_eer(owners)
    }))
}

/// Interval of the mean EER of `owners` minus that of `others`. Both must be the same
/// owners and sessions; each resample is applied to both (a paired bootstrap).
pub fn of_difference(owners: &[Trials], others: &[Trials], seed: u64) -> Option<Interval> {
    Interval::of(resampled(owners, seed, |resample| {
        Some(resample.mean_eer(owners)? - resample.mean_eer(others)?)
    }))
}

fn resampled(owners: &[Trials], seed: u64, value: impl Fn(&Resample) -> Option<f64>) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    (0..RESAMPLES)
        .filter_map(|_| value(&Resample::new(owners, &mut rng)))
        .collect()
}

/// One resample: the owners drawn, and for each how often each session was drawn.
struct Resample(Vec<(usize, Vec<f64>)>);

impl Resample {
    fn new(owners: &[Trials], rng: &mut ChaCha8Rng) -> Self {
        let one = |_| {
            let owner = rng.random_range(0..owners.len());
            let sessions = owners[owner].sessions();
            let mut weights = vec![0.0; sessions.len()];
            for kind in [true, false] {
                let of_kind: Vec<usize> = (0..sessions.len())
                    .filter(|&s| sessions[s].genuine == kind)
                    .collect();
                for _ in &of_kind {
                    weights[of_kind[rng.random_range(0..of_kind.len())]] += 1.0;
                }
            }
            (owner, weights)
        };
        Self((0..owners.len()).map(one).collect())
    }

    /// Mean EER of the resample. `None` if any owner has no windows of one kind.
    fn mean_eer(&self, owners: &[Trials]) -> Option<f64> {
        let of =
            |(owner, weights): &(usize, Vec<f64>)| owners[*owner].weighted_eer(|s, _| weights[s]);
        let rates: Option<Vec<f64>> = self.0.iter().map(of).collect();
        let rates = rates.filter(|rates| !rates.is_empty())?;
        Some(rates.iter().sum::<f64>() / rates.len() as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::trials::ScoredSession;

    fn owner(shift: f64, seed: u64) -> Trials {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let session = |n: usize| {
            let genuine = n.is_multiple_of(2);
            let level = if genuine { shift } else { 0.0 };
            let scores = (0..30).map(|_| level + rng.random::<f64>()).collect();
            ScoredSession {
                person: usize::from(!genuine),
                genuine,
                scores,
            }
        };
        Trials::new((0..8).map(session).collect())
    }

    #[test]
    fn the_interval_holds_the_figure_and_a_seed_decides() {
        let owners: Vec<Trials> = (0..5).map(|n| owner(0.1 * n as f64, n)).collect();
        let mean = owners.iter().filter_map(Trials::eer).sum::<f64>() / 5.0;
        let interval = of_mean_eer(&owners, 1).unwrap();
        assert!(
            interval.0 < mean && mean < interval.1,
            "{mean} {interval:?}"
        );
        assert!(
            interval.1 - interval.0 > 0.05,
            "owners differ: {interval:?}"
        );
        assert_eq!(of_mean_eer(&owners, 1), Some(interval));
        assert_ne!(of_mean_eer(&owners, 2), Some(interval));
    }

    #[test]
    fn pairing_sees_a_difference_that_owners_would_hide() {
        let worse: Vec<Trials> = (0..5).map(|n| owner(0.1 * n as f64, n)).collect();
        let better: Vec<Trials> = (0..5).map(|n| owner(0.1 * n as f64 + 0.15, n)).collect();
        let apart = of_difference(&better, &worse, 1).unwrap();
        assert!(apart.excludes_zero() && apart.1 < 0.0, "{apart:?}");
        assert!(!of_difference(&worse, &worse, 1).unwrap().excludes_zero());
        let (one, other) = (
            of_mean_eer(&better, 1).unwrap(),
            of_mean_eer(&worse, 1).unwrap(),
        );
        assert!(one.1 > other.0, "unpaired, the intervals overlap");
    }

    #[test]
    fn nobody_has_no_interval() {
        assert_eq!(of_mean_eer(&[], 1), None);
    }
}
