//! Identities dealt at random: whatever is told apart then is a leak.

use graspd::model::cohort::Cohort;
use graspd::owner::ocsvm::FitError;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::evaluate::features::Gallery;
use crate::evaluate::trials::Trials;
use crate::evaluate::verification::{Enrolment, mean, verify};

/// Times that sessions are dealt anew.
pub const REPEATS: usize = 10;

/// Mean EER over [`REPEATS`] deals of everyone's sessions to people, as many to
/// each as they have. `None` where nobody could be an owner.
pub fn shuffled(
    people: &[Gallery],
    how: Enrolment,
    cohort: Option<&Cohort>,
    seed: u64,
) -> Result<Option<f64>, FitError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut means = Vec::new();
    for _ in 0..REPEATS {
        let dealt = deal(people, &mut rng);
        let verified = verify(&dealt, how, cohort)?;
        means.push(mean(
            verified.iter().map(|owner| Trials::eer(&owner.trials)),
        ));
    }
    Ok(mean(means))
}

fn deal(people: &[Gallery], rng: &mut ChaCha8Rng) -> Vec<Gallery> {
    let mut cards: Vec<_> = people.iter().flat_map(|person| &person.sessions).collect();
    cards.shuffle(rng);
    let mut cards = cards.into_iter().cloned();
    let hand = |person: &Gallery| Gallery {
        id: person.id.clone(),
        sessions: cards.by_ref().take(person.sessions.len()).collect(),
    };
    people.iter().map(hand).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    #[test]
    fn people_that_differ_greatly_are_not_told_apart_once_dealt() {
        let session = |person: usize, session: usize| {
            Array2::from_shape_fn((20, 2), |(row, column)| {
                ((row * 7 + column * 13 + session * 29) as f32).sin() + 9.0 * person as f32
            })
        };
        let people: Vec<Gallery> = (0..4)
            .map(|person| Gallery {
                id: person.to_string(),
                sessions: (0..6).map(|s| session(person, s)).collect(),
            })
            .collect();
        let how = Enrolment::default();
        let told = mean(
            verify(&people, how, None)
                .unwrap()
                .iter()
                .map(|o| o.trials.eer()),
        )
        .unwrap();
        assert!(told < 0.02, "{told}");
        let dealt = shuffled(&people, how, None, 1).unwrap().unwrap();
        assert!((dealt - 0.5).abs() < 0.1, "{dealt}");
    }
}
