//! Control: sessions assigned to people at random. An EER other than 0.5 means that trials
//! leak who they are of.

use graspd::model::cohort::Cohort;
use graspd::owner::ocsvm::FitError;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;

use crate::evaluate::person_features::PersonFeatures;
use crate::evaluate::trials::Trials;
use crate::evaluate::verification::{Enrolment, mean, verify};
use crate::features::enrolment_sessions;

/// Number of random assignments.
const REPEATS: usize = 10;
/// Most of them: as many more are made, as long as chance may move the mean further than is
/// tolerated.
const MOST_REPEATS: usize = 50;
/// How far the mean EER may lie from 0.5, or this many standard errors where that is more.
const TOLERANCE: f64 = 0.08;
const STANDARD_ERRORS: f64 = 3.0;
/// A leak that moves the EER by this has to be found, or the control has no power.
const TO_BE_FOUND: f64 = 0.25;

/// EER with sessions assigned to people at random.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct Shuffled {
    /// Mean EER over random assignments; must be 0.5.
    #[serde(rename = "shuffled")]
    pub eer: f64,
    /// Standard error of the same, from the assignments; null with fewer than two.
    #[serde(rename = "shuffled_se")]
    pub standard_error: f64,
    /// Whether there are enough different assignments, and they agree well enough, for a leak
    /// to show.
    #[serde(rename = "shuffled_has_power")]
    pub has_power: bool,
}

impl Shuffled {
    /// Where no fold has an owner.
    pub const NONE: Self = Self {
        eer: f64::NAN,
        standard_error: f64::INFINITY,
        has_power: false,
    };

    /// Over folds. They are shuffled alike, so that chance may move all of them together.
    pub fn over(folds: &[Self]) -> Self {
        let over = |of: fn(&Self) -> f64| mean(folds.iter().map(|fold| Some(of(fold))));
        let (Some(eer), Some(standard_error)) = (over(|f| f.eer), over(|f| f.standard_error))
        else {
            return Self::NONE;
        };
        Self {
            eer,
            standard_error,
            has_power: folds.iter().any(|fold| fold.has_power)
                && STANDARD_ERRORS * standard_error < TO_BE_FOUND,
        }
    }

    /// How far from 0.5 the mean EER may lie.
    pub fn tolerance(&self) -> f64 {
        TOLERANCE.max(STANDARD_ERRORS * self.standard_error)
    }

    /// What is wrong with the trials, in words.
    pub fn failure(&self) -> Option<String> {
        let off = (self.eer - 0.5).abs();
        // Without any figure it fails, too.
        let fails = off.is_nan() || self.has_power && off > self.tolerance();
        fails.then(|| {
            format!(
                "with shuffled identities the EER is {:.3}, not 0.5: trials leak who they are of",
                self.eer
            )
        })
    }

    /// A reservation about the control, in words.
    pub fn warning(&self) -> Option<String> {
        (!self.has_power).then(|| {
            "there are too few sessions to shuffle, so it was NOT checked that trials do not leak \
             who they are of"
                .into()
        })
    }
}

/// The EER over random assignments of all sessions to people, each of whom keeps their number
/// of sessions. `None` if nobody could be an owner.
pub fn shuffled(
    people: &[PersonFeatures],
    how: Enrolment,
    cohort: Option<&Cohort>,
    seed: u64,
) -> Result<Option<Shuffled>, FitError> {
    // Whoever it is, this asks about trials, and enrolling all of them would take hours.
    let how = Enrolment {
        falls_back: false,
        ..how
    };
    let counts: Vec<usize> = people.iter().map(|one| one.sessions.len()).collect();
    let sessions: usize = counts.iter().sum();
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let orders: Vec<Vec<usize>> = (0..MOST_REPEATS)
        .map(|_| {
            let mut order: Vec<usize> = (0..sessions).collect();
            order.shuffle(&mut rng);
            order
        })
        .collect();
    let eer = |order: &Vec<usize>| {
        let verified = verify(&reassign(people, order), how, cohort)?;
        Ok(mean(
            verified.iter().map(|owner| Trials::eer(&owner.trials)),
        ))
    };
    let mut eers: Vec<f64> = Vec::new();
    for some in orders.chunks(REPEATS) {
        let more: Result<Vec<Option<f64>>, FitError> = some.par_iter().map(eer).collect();
        eers.extend(more?.into_iter().flatten());
        let so_far = mean(eers.iter().copied().map(Some));
        let error = so_far.map_or(f64::INFINITY, |mean| standard_error(&eers, mean));
        if STANDARD_ERRORS * error <= TOLERANCE {
            break;
        }
    }
    Ok(mean(eers.iter().copied().map(Some)).map(|eer| {
        let standard_error = standard_error(&eers, eer);
        Shuffled {
            eer,
            standard_error,
            has_power: assignments(&counts) >= REPEATS as f64
                && STANDARD_ERRORS * standard_error < TO_BE_FOUND,
        }
    }))
}

/// Standard error of the mean of `values`; infinite with fewer than two.
fn standard_error(values: &[f64], mean: f64) -> f64 {
    let count = values.len() as f64;
    let squares: f64 = values.iter().map(|value| (value - mean).powi(2)).sum();
    match values.len() {
        0 | 1 => f64::INFINITY,
        _ => (squares / (count - 1.0) / count).sqrt(),
    }
}

/// Number of different assignments of sessions to the enrolments and tests of people with so
/// many `sessions` each.
fn assignments(sessions: &[usize]) -> f64 {
    let groups = sessions.iter().flat_map(|&all| {
        let enrolled = enrolment_sessions(all).unwrap_or(0);
        [enrolled, all - enrolled]
    });
    let (mut dealt, mut ways) = (0_u32, 1.0);
    for group in groups {
        for place in 1..=group {
            dealt += 1;
            ways *= f64::from(dealt) / place as f64;
        }
    }
    ways
}

/// The sessions of all people dealt in this `order`.
fn reassign(people: &[PersonFeatures], order: &[usize]) -> Vec<PersonFeatures> {
    let sessions: Vec<_> = people.iter().flat_map(|person| &person.sessions).collect();
    let mut dealt = order.iter().map(|&place| sessions[place].clone());
    let assigned = |person: &PersonFeatures| PersonFeatures {
        id: person.id.clone(),
        sessions: dealt.by_ref().take(person.sessions.len()).collect(),
    };
    people.iter().map(assigned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::Array2;

    /// People who are told apart at a glance, with so many sessions each.
    fn people(sessions: &[usize]) -> Vec<PersonFeatures> {
        let session = |person: usize, session: usize| {
            Array2::from_shape_fn((20, 2), |(row, column)| {
                ((row * 7 + column * 13 + session * 29) as f32).sin() + 9.0 * person as f32
            })
        };
        let person = |(person, &count): (usize, &usize)| PersonFeatures {
            id: person.to_string(),
            sessions: (0..count).map(|s| session(person, s)).collect(),
        };
        sessions.iter().enumerate().map(person).collect()
    }

    fn shuffle(sessions: &[usize], seed: u64) -> Shuffled {
        let how = Enrolment::default();
        shuffled(&people(sessions), how, None, seed)
            .unwrap()
            .unwrap()
    }

    #[test]
    fn people_that_differ_greatly_are_not_told_apart_once_dealt() {
        let people = people(&[6; 4]);
        let verified = verify(&people, Enrolment::default(), None).unwrap();
        let told = mean(verified.iter().map(|o| o.trials.eer())).unwrap();
        assert!(told < 0.02, "{told}");
        let dealt = shuffle(&[6; 4], 1);
        assert!((dealt.eer - 0.5).abs() < 0.1, "{dealt:?}");
    }

    #[test]
    fn honest_trials_of_few_sessions_pass_by_any_seed() {
        for seed in 0..12 {
            for sessions in [&[2, 2][..], &[3, 2], &[2, 2, 2]] {
                let dealt = shuffle(sessions, seed);
                assert_eq!(dealt.failure(), None, "{sessions:?} {seed} {dealt:?}");
                assert_eq!(dealt.warning(), None, "{sessions:?} {seed} {dealt:?}");
            }
        }
    }

    #[test]
    fn a_leak_fails_unless_chance_may_have_done_it() {
        let dealt = |eer, standard_error| Shuffled {
            eer,
            standard_error,
            has_power: true,
        };
        assert_eq!(dealt(0.43, 0.01).failure(), None);
        assert!(dealt(0.4, 0.01).failure().is_some());
        assert_eq!(dealt(0.4, 0.04).failure(), None);
        assert!(dealt(0.3, 0.04).failure().is_some());
        assert!(dealt(f64::NAN, 0.01).failure().is_some());
        assert!(Shuffled::over(&[]).failure().is_some());
        let two = Shuffled::over(&[dealt(0.4, 0.02), dealt(0.5, 0.04)]);
        assert!((two.eer - 0.45).abs() < 1e-12 && (two.standard_error - 0.03).abs() < 1e-12);
    }

    #[test]
    fn where_there_is_little_to_deal_the_control_says_so_and_does_not_fail() {
        assert_eq!(assignments(&[2, 1]), 6.0);
        assert_eq!(assignments(&[2, 2]), 24.0);
        assert_eq!(assignments(&[4]), 6.0);
        let dealt = shuffle(&[2, 1], 1);
        assert!(dealt.warning().is_some());
        assert_eq!(dealt.failure(), None);
    }
}
