//! Verification of windows: owners are enrolled on their earlier sessions and scored on
//! later ones, against the later sessions of everyone else.

use graspd::enrol::{DecisionBudget, GammaRule, LearnOptions, LearntOwner};
use graspd::model::cohort::Cohort;
use graspd::owner::ocsvm::{FitError, Folds, Gamma, Nu, choose_gamma, fit};
use graspd::owner::score::{AgainstCohort, NormalisedScore, OwnerTemplates, Scorer};
use ndarray::Array2;

use super::person_features::PersonFeatures;
use super::trials::{ScoredSession, Trials};
use crate::features::{ENROLMENT_WINDOWS, Features, enrolment_sessions, sample_evenly};

/// How an owner is enrolled from embeddings.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Enrolment {
    /// Most windows used, spread evenly over the enrolment sessions.
    pub windows: usize,
    /// ν of the one-class SVM.
    pub nu: Nu,
    /// γ of its kernel.
    pub gamma: GammaRule,
    /// Whether the SVMs alone score for an owner far from the cohort where the daemon finds no
    /// threshold, for which its whole enrolment is gone through.
    pub falls_back: bool,
}

impl Default for Enrolment {
    fn default() -> Self {
        Self {
            windows: ENROLMENT_WINDOWS,
            nu: Nu::RECIPE,
            gamma: GammaRule::HeldOut,
            falls_back: true,
        }
    }
}

/// Trials of one owner.
#[derive(Debug, Clone)]
pub struct VerifiedOwner {
    /// Position of the owner among the people.
    pub person: usize,
    /// Scores of their test sessions, then of every other person's.
    pub trials: Trials,
    /// γ of the one-class SVM.
    pub gamma: f64,
    /// See [`OwnerTemplates::distance_from`]; `None` without a cohort.
    pub from_cohort: Option<f64>,
    /// Whether only the SVMs score, because no error rates can be expected of an owner far from
    /// the cohort.
    pub svms_alone: bool,
}

/// Enrols an owner: without a cohort by the one-class SVM, with one against it, and by the SVMs
/// alone where the daemon would. With too few rows for cross-validation, γ of the one-class SVM
/// is [`Gamma::RECIPE`].
pub fn enrol(
    rows: &Array2<f32>,
    sessions: &[u32],
    how: Enrolment,
    cohort: Option<&Cohort>,
) -> Result<Scorer, FitError> {
    let against = cohort.and_then(|cohort| {
        let owner = OwnerTemplates::of(cohort, rows.view(), sessions)?;
        let far = owner.far_from(cohort).is_some();
        if far && how.falls_back {
            let enrolled = as_the_daemon(rows, sessions, how, cohort);
            if enrolled.is_some() {
                return enrolled;
            }
        }
        let strangers = owner.strangers(cohort, far);
        let against =
            AgainstCohort::learn(cohort, &owner, (rows.view(), sessions, 0), &strangers, far)?;
        Some(against)
    });
    if let Some(against) = against {
        // Already in strangers' standard deviations above their mean.
        return Ok(Scorer::Cohort(Box::new(NormalisedScore {
            against,
            strangers: 0.0,
            span: 1.0,
            session: None,
        })));
    }
    let gamma = match (how.gamma, Folds::new(sessions, 0)) {
        (GammaRule::HeldOut, Ok(folds)) => choose_gamma(rows.view(), &folds, how.nu)?.gamma,
        (GammaRule::Fixed(gamma), _) => gamma,
        (GammaRule::HeldOut, Err(_)) => Gamma::RECIPE,
    };
    Ok(Scorer::OneClass(fit(rows.view(), how.nu, gamma)?))
}

/// What scores after the daemon's enrolment, which leaves an owner far from the cohort for whom it
/// finds no threshold to the SVMs alone. `None` where it refuses.
fn as_the_daemon(
    rows: &Array2<f32>,
    sessions: &[u32],
    how: Enrolment,
    cohort: &Cohort,
) -> Option<AgainstCohort> {
    let how = LearnOptions {
        nu: how.nu,
        gamma: how.gamma,
        rule: DecisionBudget::default(),
    };
    match LearntOwner::learn(rows.view(), sessions, 0, &how, Some(cohort)) {
        Ok(LearntOwner {
            scorer: Scorer::Cohort(scored),
            ..
        }) => Some(scored.against),
        _ => None,
    }
}

/// Takes everyone with an enrolment and a test session as owner, with everyone else's test
/// sessions as impostors. Scores depend on the owner's enrolment and the cohort only; no
/// tested person may be in the cohort.
pub fn verify(
    people: &[PersonFeatures],
    how: Enrolment,
    cohort: Option<&Cohort>,
) -> Result<Vec<VerifiedOwner>, FitError> {
    verify_where(people, how, cohort, |owner| {
        let others = (0..people.len()).filter(|other| *other != owner);
        let of = |other: usize| test_sessions(&people[other].sessions).iter();
        others
            .flat_map(|other| of(other).map(move |session| (other, session)))
            .collect()
    })
}

/// The same with all sessions of `strangers` as impostors, who must be none of `people`.
pub fn verify_strangers(
    people: &[PersonFeatures],
    strangers: &[PersonFeatures],
    how: Enrolment,
    cohort: Option<&Cohort>,
) -> Result<Vec<VerifiedOwner>, FitError> {
    verify_where(people, how, cohort, |_| {
        let numbered = (people.len()..).zip(strangers);
        numbered
            .flat_map(|(number, one)| one.sessions.iter().map(move |session| (number, session)))
            .collect()
    })
}

/// `impostors` gives the sessions of an owner's impostors, with a number for each person.
fn verify_where<'a>(
    people: &'a [PersonFeatures],
    how: Enrolment,
    cohort: Option<&Cohort>,
    impostors: impl Fn(usize) -> Vec<(usize, &'a Features)>,
) -> Result<Vec<VerifiedOwner>, FitError> {
    let mut all = Vec::new();
    for (person, owner) in people.iter().enumerate() {
        let Some(enrolled) = enrolment_sessions(owner.sessions.len()) else {
            continue;
        };
        let (rows, sessions) = sample_evenly(&owner.sessions[..enrolled], how.windows);
        if rows.is_empty() {
            continue;
        }
        let scorer = enrol(&rows, &sessions, how, cohort)?;
        let scored = |(of, session): (usize, &Features)| ScoredSession {
            person: of,
            genuine: of == person,
            scores: session
                .outer_iter()
                .map(|row| scorer.score(row).0)
                .collect(),
        };
        let own = test_sessions(&owner.sessions).iter();
        let own = own.map(|session| (person, session));
        let trials = Trials::new(own.chain(impostors(person)).map(scored).collect());
        if trials.eer().is_some() {
            let gamma = scorer.svm().gamma().get();
            let templates =
                |cohort| Some((OwnerTemplates::of(cohort, rows.view(), &sessions)?, cohort));
            let templates = cohort.and_then(templates);
            all.push(VerifiedOwner {
                person,
                trials,
                gamma,
                from_cohort: templates.map(|(owner, cohort)| owner.distance_from(cohort)),
                svms_alone: match &scorer {
                    Scorer::Cohort(scored) => scored.against.ratio().is_none(),
                    Scorer::OneClass(_) => false,
                },
            });
        }
    }
    Ok(all)
}

/// The test sessions of `owner`, then everyone else's, with whether each is genuine.
pub fn trial_sessions(
    people: &[PersonFeatures],
    owner: usize,
) -> impl Iterator<Item = (bool, &Features)> {
    let others = (0..people.len()).filter(move |other| *other != owner);
    std::iter::once(owner)
        .chain(others)
        .flat_map(move |person| {
            test_sessions(&people[person].sessions)
                .iter()
                .map(move |s| (person == owner, s))
        })
}

/// The sessions that are tested: those after the enrolment sessions, or the only one.
pub fn test_sessions<T>(sessions: &[T]) -> &[T] {
    &sessions[enrolment_sessions(sessions.len()).unwrap_or(0)..]
}

/// Mean of the values that are there; `None` without any.
pub fn mean(of: impl IntoIterator<Item = Option<f64>>) -> Option<f64> {
    let values: Vec<f64> = of.into_iter().flatten().collect();
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use graspd::model::cohort::{Class, Drift, Run};
    use ndarray::ArrayView1;
    use rand::{Rng, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// Two people apart by `apart`, in sessions of 30 rows.
    fn people(apart: f32) -> Vec<PersonFeatures> {
        let session = |person: usize, session: usize| {
            Array2::from_shape_fn((30, 3), |(row, column)| {
                let noise = ((row * 7 + column * 13 + session * 29) as f32 * 1.3).sin();
                noise + apart * person as f32
            })
        };
        (0..2)
            .map(|person| PersonFeatures {
                id: person.to_string(),
                sessions: (0..4).map(|s| session(person, s)).collect(),
            })
            .collect()
    }

    #[test]
    fn people_apart_are_told_apart_and_people_alike_are_not() {
        let eer = |apart| {
            let verified = verify(&people(apart), Enrolment::default(), None).unwrap();
            assert_eq!(verified.len(), 2);
            mean(verified.iter().map(|owner| owner.trials.eer())).unwrap()
        };
        assert!(eer(6.0) < 0.02);
        assert!((eer(0.0) - 0.5).abs() < 0.01);
    }

    fn noise(rows: usize, seed: u64) -> Array2<f32> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        Array2::from_shape_fn((rows, 3), |_| rng.random_range(-1.0..1.0))
    }

    fn cohort() -> Cohort {
        let means = 3.0 * noise(6, 1);
        let identity = |scale: f32| (scale * Array2::<f32>::eye(3)).into_raw_vec_and_offset().0;
        let person = |(person, mean): (u32, ArrayView1<'_, f32>)| {
            let run = Run {
                person,
                embeddings: (noise(40, 2 + u64::from(person)) + mean)
                    .iter()
                    .copied()
                    .collect(),
            };
            let mean = mean.to_vec();
            (Class { person, mean }, run)
        };
        let (classes, runs) = (0u32..).zip(means.outer_iter()).map(person).unzip();
        Cohort {
            columns: 3,
            classes,
            within: identity(0.3),
            between: identity(0.2),
            runs,
            drift: Drift::UNKNOWN,
            in_session: Vec::new(),
        }
    }

    #[test]
    fn who_is_far_from_the_cohort_is_scored_as_the_daemon_would() {
        let cohort = cohort();
        let sessions: Vec<u32> = (0..6).flat_map(|session| [session; 20]).collect();
        let how = LearnOptions {
            nu: Nu::RECIPE,
            gamma: GammaRule::HeldOut,
            rule: DecisionBudget::default(),
        };
        let mut alone = Vec::new();
        for apart in [0.0, 40.0] {
            let moved = apart * noise(6, 20);
            let mut rows = 40.0 + noise(120, 21);
            for (mut row, session) in rows.outer_iter_mut().zip(&sessions) {
                row += &moved.row(*session as usize);
            }
            let learnt =
                LearntOwner::learn(rows.view(), &sessions, 0, &how, Some(&cohort)).unwrap();
            assert!(learnt.expectation.far_from_cohort.is_some());
            let scorer = enrol(&rows, &sessions, Enrolment::default(), Some(&cohort)).unwrap();
            let (Scorer::Cohort(ours), Scorer::Cohort(theirs)) = (&scorer, &learnt.scorer) else {
                panic!("there is a cohort");
            };
            assert!(ours.against == theirs.against, "{apart}");
            alone.push(learnt.expectation.forecast.is_none());
        }
        assert_eq!(alone, [true, false], "one of each kind");
    }

    #[test]
    fn who_has_one_session_is_an_impostor_only() {
        assert_eq!(test_sessions(&[7]), [7]);
        let mut people = people(6.0);
        people[1].sessions.truncate(1);
        let verified = verify(&people, Enrolment::default(), None).unwrap();
        assert_eq!(verified.len(), 1);
        assert_eq!(verified[0].trials.sessions().len(), 2 + 1);
    }
}
