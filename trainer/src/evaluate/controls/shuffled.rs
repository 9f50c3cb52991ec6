//! Control: sessions assigned to people at random. An EER other than 0.5 means that trials
//! leak who they are of.

use graspd::model::cohort::Cohort;
use graspd::owner::ocsvm::FitError;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;

use crate::evaluate::features::PersonFeatures;
use crate::evaluate::trials::Trials;
use crate::evaluate::verification::{Enrolment, mean, verify};

/// Number of random assignments.
pub const REPEATS: usize = 10;

/// Mean EER over [`REPEATS`] random assignments of all sessions to people, each of whom
/// keeps their number of sessions. `None` if nobody could be an owner.
pub fn shuffled(
    people: &[PersonFeatures],
    how: Enrolment,
    cohort: Option<&Cohort>,
    seed: u64,
) -> Result<Option<f64>, FitError> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut means = Vec::new();
    for _ in 0..REPEATS {
        let shuffled = reassign(people, &mut rng);
        let verified = verify(&shuffled, how, cohort)?;
        means.push(mean(
            verified.iter().map(|owner| Trials::eer(&owner.trials)),
        ));
    }
    Ok(mean(means))
}

fn reassign(people: &[PersonFeatures], rng: &mut ChaCha8Rng) -> Vec<PersonFeatures> {
    let mut sessions: Vec<_> = people.iter().flat_map(|person| &person.sessions).collect();
    sessions.shuffle(rng);
    let mut sessions = sessions.into_iter().cloned();
    let assigned = |person: &PersonFeatures| PersonFeatures {
        id: person.id.clone(),
        sessions: sessions.by_ref().take(person.sessions.len()).collect(),
    };
    people.iter().map(assigned).collect()
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
        let people: Vec<PersonFeatures> = (0..4)
            .map(|person| PersonFeatures {
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
