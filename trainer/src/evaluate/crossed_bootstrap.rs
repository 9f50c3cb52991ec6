//! Bootstrap intervals of a mean EER that hold for other owners and other impostors.
//!
//! Owners and impostors are drawn independently of each other, so that a trial counts as
//! often as its owner was drawn times its impostor (the pigeonhole bootstrap of crossed
//! random effects, Owen 2007, <https://doi.org/10.1214/07-AOAS122>). Sessions of each person
//! are then drawn, once for all trials in which they appear. With impostors as they are
//! ([`Impostors::Fixed`]), owners and sessions only.

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

use super::bootstrap::{Interval, RESAMPLES};
use super::trials::Trials;

/// Whether impostors are drawn, too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Impostors {
    /// Intervals hold for other impostors.
    Drawn,
    /// Intervals hold for these impostors.
    Fixed,
}

/// Interval of the mean EER of `trials`, of which an owner may have several. People are
/// numbered alike in all of them. `None` without trials.
pub fn of_mean_eer(trials: &[Trials], impostors: Impostors, seed: u64) -> Option<Interval> {
    let crossed = Crossed::of(trials);
    Interval::of(crossed.resampled(impostors, seed, |draw| crossed.mean_eer(trials, draw)))
}

/// Interval of the mean EER of `trials` minus that of `others`, which must be the same owners,
/// impostors and sessions. Each resample is applied to both.
pub fn of_difference(
    trials: &[Trials],
    others: &[Trials],
    impostors: Impostors,
    seed: u64,
) -> Option<Interval> {
    let crossed = Crossed::of(trials);
    Interval::of(crossed.resampled(impostors, seed, |draw| {
        Some(crossed.mean_eer(trials, draw)? - crossed.mean_eer(others, draw)?)
    }))
}

/// Who and what is drawn from.
struct Crossed {
    owners: Vec<usize>,
    impostors: Vec<usize>,
    /// Number of sessions of each person.
    sessions: Vec<usize>,
    /// For each session of each trial, its number among the sessions of its person.
    numbers: Vec<Vec<usize>>,
}

/// How often each owner, each impostor, and each session of each person was drawn.
struct Draw {
    owners: Vec<f64>,
    impostors: Vec<f64>,
    sessions: Vec<Vec<f64>>,
}

impl Crossed {
    fn of(trials: &[Trials]) -> Self {
        let all = || trials.iter().flat_map(|trials| trials.sessions());
        let people = all().map(|session| session.person + 1).max().unwrap_or(0);
        let mut crossed = Self {
            owners: trials.iter().filter_map(Trials::owner).collect(),
            impostors: trials.iter().flat_map(Trials::impostors).collect(),
            sessions: vec![0; people],
            numbers: Vec::new(),
        };
        for everyone in [&mut crossed.owners, &mut crossed.impostors] {
            everyone.sort_unstable();
            everyone.dedup();
        }
        for trials in trials {
            let mut before = vec![0; people];
            let mut number = |person: usize| {
                before[person] += 1;
                crossed.sessions[person] = crossed.sessions[person].max(before[person]);
                before[person] - 1
            };
            let sessions = trials.sessions().iter();
            crossed
                .numbers
                .push(sessions.map(|session| number(session.person)).collect());
        }
        crossed
    }

    fn resampled(
        &self,
        impostors: Impostors,
        seed: u64,
        value: impl Fn(&Draw) -> Option<f64>,
    ) -> Vec<f64> {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        (0..RESAMPLES)
            .filter_map(|_| value(&self.draw(impostors, &mut rng)))
            .collect()
    }

    fn draw(&self, impostors: Impostors, rng: &mut ChaCha8Rng) -> Draw {
        let people = self.sessions.len();
        let mut from = |drawn: &[usize], counts: &mut Vec<f64>| {
            for _ in drawn {
                counts[drawn[rng.random_range(0..drawn.len())]] += 1.0;
            }
        };
        let mut draw = Draw {
            owners: vec![0.0; people],
            impostors: vec![0.0; people],
            sessions: self.sessions.iter().map(|&n| vec![0.0; n]).collect(),
        };
        from(&self.owners, &mut draw.owners);
        match impostors {
            Impostors::Drawn => from(&self.impostors, &mut draw.impostors),
            Impostors::Fixed => draw.impostors.fill(1.0),
        }
        for counts in &mut draw.sessions {
            let all: Vec<usize> = (0..counts.len()).collect();
            from(&all, counts);
        }
        draw
    }

    /// Mean EER under a draw; `None` if no trial is in it.
    fn mean_eer(&self, trials: &[Trials], draw: &Draw) -> Option<f64> {
        let (mut sum, mut total) = (0.0, 0.0);
        for (trials, numbers) in trials.iter().zip(&self.numbers) {
            let impostors = trials.impostors();
            let drawn: f64 = impostors.iter().map(|&person| draw.impostors[person]).sum();
            let owner = trials.owner().map_or(0.0, |person| draw.owners[person]);
            let weight = owner * drawn / impostors.len().max(1) as f64;
            if weight <= 0.0 {
                continue;
            }
            let eer = trials.weighted_eer(|s, _| {
                let session = &trials.sessions()[s];
                let impostor = match session.genuine {
                    true => 1.0,
                    false => draw.impostors[session.person],
                };
                impostor * draw.sessions[session.person][numbers[s]]
            });
            if let Some(eer) = eer {
                sum += weight * eer;
                total += weight;
            }
        }
        (total > 0.0).then(|| sum / total)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::trials::ScoredSession;

    const PEOPLE: usize = 6;

    /// Everyone against everyone, in one trial an owner or in one a pair. How well a pair is
    /// told apart depends on the impostor by `impostors`, and on the owner by `owners`.
    fn trials(owners: f64, impostors: f64, in_pairs: bool) -> Vec<Trials> {
        let mut rng = ChaCha8Rng::seed_from_u64(3);
        let mut scores = |level: f64| (0..20).map(|_| level + rng.random::<f64>()).collect();
        let mut all = Vec::new();
        for owner in 0..PEOPLE {
            let level = 0.3 + owners * owner as f64;
            let others: Vec<usize> = (0..PEOPLE).filter(|other| *other != owner).collect();
            let groups: Vec<&[usize]> = match in_pairs {
                true => others.chunks(1).collect(),
                false => vec![&others[..]],
            };
            for group in groups {
                let mut sessions = Vec::new();
                for (person, level) in std::iter::once((owner, level))
                    .chain(group.iter().map(|&other| (other, impostors * other as f64)))
                {
                    for _ in 0..3 {
                        sessions.push(ScoredSession {
                            person,
                            genuine: person == owner,
                            scores: scores(level),
                        });
                    }
                }
                all.push(Trials::new(sessions));
            }
        }
        all
    }

    fn width(trials: &[Trials], impostors: Impostors) -> f64 {
        let Interval(low, high) = of_mean_eer(trials, impostors, 1).unwrap();
        high - low
    }

    #[test]
    fn impostors_that_differ_widen_it_and_are_missed_where_they_are_fixed() {
        for in_pairs in [false, true] {
            let differ = trials(0.0, 0.1, in_pairs);
            let (drawn, fixed) = (
                width(&differ, Impostors::Drawn),
                width(&differ, Impostors::Fixed),
            );
            assert!(drawn > 1.5 * fixed, "{drawn} {fixed}");
            let alike = trials(0.0, 0.0, in_pairs);
            assert!(width(&alike, Impostors::Drawn) < drawn);
        }
    }

    #[test]
    fn pairs_of_one_owner_are_not_taken_for_so_many_owners() {
        let pairs = trials(0.1, 0.0, true);
        let owners = trials(0.1, 0.0, false);
        let (as_pairs, as_owners) = (
            width(&pairs, Impostors::Fixed),
            width(&owners, Impostors::Fixed),
        );
        assert!(
            (as_pairs / as_owners - 1.0).abs() < 0.3,
            "{as_pairs} {as_owners}"
        );
    }

    #[test]
    fn it_holds_the_mean_and_a_difference_from_itself_is_none() {
        let trials = trials(0.05, 0.05, true);
        let mean = trials.iter().filter_map(Trials::eer).sum::<f64>() / trials.len() as f64;
        let Interval(low, high) = of_mean_eer(&trials, Impostors::Drawn, 1).unwrap();
        assert!(low < mean && mean < high, "{low} {mean} {high}");
        let none = of_difference(&trials, &trials, Impostors::Drawn, 1);
        assert_eq!(none, Some(Interval(0.0, 0.0)));
        assert_eq!(of_mean_eer(&[], Impostors::Drawn, 1), None);
    }
}
