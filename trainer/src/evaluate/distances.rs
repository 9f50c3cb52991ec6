//! Embedding distances of pairs of windows, and a classifier by distance alone, without the
//! one-class SVM.

use ndarray::ArrayView1;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde::Serialize;

use super::person_features::PersonFeatures;
use super::verification::trial_sessions;
use crate::features::{enrolment_sessions, sample_evenly};
use crate::roc::Roc;

/// Pairs drawn of each kind for each person.
const PAIRS: usize = 300;
/// Enrolment windows of an owner that a test window is compared with.
const REFERENCES: usize = 20;
/// The recipe's thresholds are tenths of its margin from 0.1 to 0.8; these are finer.
const THRESHOLDS: std::ops::RangeInclusive<u32> = 2..=16;
const THRESHOLD_STEP: f64 = 0.05;

/// Distances of genuine and of impostor pairs.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Distances {
    /// Distances of two windows of one person.
    pub genuine: Spread,
    /// Distances of windows of two people.
    pub impostor: Spread,
    /// Distance threshold at the equal error rate.
    pub eer_threshold: f64,
    /// Equal error rate of pairs.
    pub eer: f64,
    /// All distances of genuine pairs, for a histogram.
    #[serde(skip)]
    pub genuine_pairs: Vec<f64>,
    /// All distances of impostor pairs.
    #[serde(skip)]
    pub impostor_pairs: Vec<f64>,
}

/// Range and mean of distances.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Spread {
    /// Minimum.
    pub min: f64,
    /// Mean.
    pub mean: f64,
    /// Maximum.
    pub max: f64,
}

/// Detection rates at one distance threshold.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct ThresholdPoint {
    /// A window is accepted if its mean distance to the owner's reference windows is below.
    pub threshold: f64,
    /// Share of the owner's test windows that are accepted; mean over owners.
    pub self_detected: f64,
    /// Share of impostors' windows that are rejected; mean over owners.
    pub impostors_detected: f64,
}

/// Mean distances of test windows to one owner's reference windows.
struct OwnerDistances {
    own: Vec<f64>,
    others: Vec<f64>,
}

/// Draws [`PAIRS`] genuine and as many impostor pairs for each person. `None` with fewer
/// than two people of two windows each.
pub fn of_pairs(people: &[PersonFeatures], seed: u64) -> Option<Distances> {
    let rows: Vec<Vec<ArrayView1<'_, f32>>> = people
        .iter()
        .map(|person| {
            person
                .sessions
                .iter()
                .flat_map(|s| s.outer_iter())
                .collect()
        })
        .filter(|rows: &Vec<_>| rows.len() > 1)
        .collect();
    if rows.len() < 2 {
        return None;
    }
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let (mut genuine, mut impostor) = (Vec::new(), Vec::new());
    for (person, own) in rows.iter().enumerate() {
        for _ in 0..PAIRS {
            let first = rng.random_range(0..own.len());
            let second = (first + rng.random_range(1..own.len())) % own.len();
            genuine.push(distance(own[first], own[second]));
            let other = &rows[(person + rng.random_range(1..rows.len())) % rows.len()];
            impostor.push(distance(
                own[first],
                other[rng.random_range(0..other.len())],
            ));
        }
    }
    let of_kind = |distances: &[f64], kind: bool| -> Vec<(f32, bool)> {
        distances.iter().map(|d| (-*d as f32, kind)).collect()
    };
    let roc: Roc = [of_kind(&genuine, true), of_kind(&impostor, false)]
        .concat()
        .into_iter()
        .collect();
    Some(Distances {
        genuine: Spread::of(&genuine)?,
        impostor: Spread::of(&impostor)?,
        eer_threshold: -f64::from(roc.threshold_at_eer()?),
        eer: roc.eer()?,
        genuine_pairs: genuine,
        impostor_pairs: impostor,
    })
}

/// Detection rates of the distance classifier at multiples of `unit`, the contrastive
/// margin if there is one.
pub fn classifier(people: &[PersonFeatures], unit: f64) -> Vec<ThresholdPoint> {
    let owners: Vec<OwnerDistances> = (0..people.len())
        .filter_map(|owner| {
            let own = &people[owner].sessions;
            let (references, _) = sample_evenly(&own[..enrolment_sessions(own.len())?], REFERENCES);
            let mean_distance = |row: ArrayView1<'_, f32>| {
                let sum: f64 = references.outer_iter().map(|r| distance(r, row)).sum();
                sum / references.nrows().max(1) as f64
            };
            let of = |kind: bool| -> Vec<f64> {
                trial_sessions(people, owner)
                    .filter(|(genuine, _)| *genuine == kind)
                    .flat_map(|(_, rows)| rows.outer_iter().map(mean_distance).collect::<Vec<_>>())
                    .collect()
            };
            Some(OwnerDistances {
                own: of(true),
                others: of(false),
            })
        })
        .collect();
    let share = |distances: &[f64], passes: &dyn Fn(f64) -> bool| {
        distances.iter().filter(|d| passes(**d)).count() as f64 / distances.len().max(1) as f64
    };
    let over = |of: &dyn Fn(&OwnerDistances) -> f64| {
        owners.iter().map(of).sum::<f64>() / owners.len().max(1) as f64
    };
    THRESHOLDS
        .map(|step| {
            let threshold = f64::from(step) * THRESHOLD_STEP * unit;
            ThresholdPoint {
                threshold,
                self_detected: over(&|owner| share(&owner.own, &|d| d < threshold)),
                // NaN is rejected.
                impostors_detected: over(&|owner| 1.0 - share(&owner.others, &|d| d < threshold)),
            }
        })
        .collect()
}

impl Spread {
    fn of(values: &[f64]) -> Option<Self> {
        (!values.is_empty()).then(|| Self {
            min: values.iter().copied().fold(f64::INFINITY, f64::min),
            mean: values.iter().sum::<f64>() / values.len() as f64,
            max: values.iter().copied().fold(f64::NEG_INFINITY, f64::max),
        })
    }
}

fn distance(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> f64 {
    let squares = a.iter().zip(b).map(|(a, b)| f64::from(a - b).powi(2));
    squares.sum::<f64>().sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// Two people 5 apart, each within a tenth of their own place.
    fn people() -> Vec<PersonFeatures> {
        let session = |person: usize| {
            Array2::from_shape_fn((10, 1), |(row, _)| 5.0 * person as f32 + row as f32 / 100.0)
        };
        (0..2)
            .map(|person| PersonFeatures {
                id: person.to_string(),
                sessions: vec![session(person); 4],
            })
            .collect()
    }

    #[test]
    fn pairs_within_are_near_and_pairs_between_are_far() {
        let d = of_pairs(&people(), 1).unwrap();
        assert!(d.genuine.max < 0.1 && d.impostor.min > 4.8, "{d:?}");
        assert_eq!(d.eer, 0.0);
        assert!((d.genuine.max..=d.impostor.min).contains(&d.eer_threshold));
        assert_eq!(of_pairs(&people()[..1], 1), None);
    }

    #[test]
    fn a_threshold_between_detects_both() {
        for point in classifier(&people(), 1.0) {
            assert_eq!((point.self_detected, point.impostors_detected), (1.0, 1.0));
        }
        let far = classifier(&people(), 10.0);
        let last = far.last().unwrap();
        assert!((last.threshold - 8.0).abs() < 1e-9);
        assert_eq!((last.self_detected, last.impostors_detected), (1.0, 0.0));
    }
}
