//! Control: what else embeddings encode, by a nearest-neighbour classifier.

use ndarray::ArrayView1;
use serde::Serialize;

use crate::evaluate::person_features::PersonFeatures;
use crate::features::Features;

/// Accuracy of a nearest-neighbour classifier.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize)]
pub struct Probe {
    /// Share of windows classified correctly.
    pub accuracy: f64,
    /// Accuracy of guessing.
    pub chance: f64,
}

/// Classifies windows by session within each person; windows at odd positions by those at
/// even ones. Mean over people.
pub fn sessions(people: &[PersonFeatures]) -> Probe {
    mean(
        people
            .iter()
            .map(|person| nearest_neighbour(&person.sessions.iter().collect::<Vec<_>>())),
    )
}

/// Classifies windows by which of two handsets recorded them, session by session; `one`
/// and `other` are the same sessions.
pub fn handsets(one: &[PersonFeatures], other: &[PersonFeatures]) -> Probe {
    let sessions = |people: &[PersonFeatures]| -> Vec<Features> {
        people
            .iter()
            .flat_map(|person| person.sessions.clone())
            .collect()
    };
    let (one, other) = (sessions(one), sessions(other));
    mean(
        one.iter()
            .zip(&other)
            .map(|(a, b)| nearest_neighbour(&[a, b])),
    )
}

fn mean(probes: impl Iterator<Item = Option<Probe>>) -> Probe {
    let probes: Vec<Probe> = probes.flatten().collect();
    let count = probes.len().max(1) as f64;
    Probe {
        accuracy: probes.iter().map(|probe| probe.accuracy).sum::<f64>() / count,
        chance: probes.iter().map(|probe| probe.chance).sum::<f64>() / count,
    }
}

/// Accuracy for `classes` of embeddings. `None` with fewer than two classes of two rows.
fn nearest_neighbour(classes: &[&Features]) -> Option<Probe> {
    let classes: Vec<_> = classes.iter().filter(|rows| rows.nrows() > 1).collect();
    if classes.len() < 2 {
        return None;
    }
    let of = |odd: usize| {
        classes.iter().enumerate().flat_map(move |(class, rows)| {
            rows.outer_iter()
                .skip(odd)
                .step_by(2)
                .map(move |row| (class, row))
        })
    };
    let known: Vec<_> = of(0).collect();
    let (mut right, mut asked) = (0.0, 0.0);
    for (class, row) in of(1) {
        let nearest = known
            .iter()
            .min_by(|a, b| distance(a.1, row).total_cmp(&distance(b.1, row)));
        right += f64::from(u8::from(nearest.is_some_and(|(found, _)| *found == class)));
        asked += 1.0;
    }
    Some(Probe {
        accuracy: right / asked,
        chance: 1.0 / classes.len() as f64,
    })
}

fn distance(a: ArrayView1<'_, f32>, b: ArrayView1<'_, f32>) -> f32 {
    a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    fn session(level: f32) -> Features {
        Array2::from_shape_fn((40, 2), |(row, column)| {
            level + ((row * 5 + column * 3) as f32 * 2.1).sin()
        })
    }

    #[test]
    fn sessions_apart_are_told_and_sessions_alike_are_not() {
        let person = |gap: f32| {
            vec![PersonFeatures {
                id: "a".into(),
                sessions: (0..4).map(|s| session(gap * s as f32)).collect(),
            }]
        };
        let apart = sessions(&person(9.0));
        assert_eq!((apart.accuracy, apart.chance), (1.0, 0.25));
        assert!(sessions(&person(0.0)).accuracy <= 0.3);
    }
}
