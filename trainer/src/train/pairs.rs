//! Drawing training pairs: genuine (two windows of one person) and impostor (of two
//! people), balanced over people.

use std::ops::Range;

use rand::Rng;
use rand_chacha::ChaCha8Rng;
use thiserror::Error;

use crate::data::{DataSet, Windows};

/// Windows of several people that pairs are drawn from.
#[derive(Debug, Clone, Default)]
pub struct Pool<'a> {
    windows: Vec<&'a [f32]>,
    people: Vec<PersonWindows>,
}

/// One person's windows in a [`Pool`].
#[derive(Debug, Clone)]
struct PersonWindows {
    set: DataSet,
    /// Positions in the pool's windows.
    windows: Range<usize>,
}

/// How many pairs to draw.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PairCount {
    /// This many with each person as the first of the pair, half of them genuine.
    PerPerson(usize),
    /// This many over all people.
    Total(usize),
}

impl PairCount {
    /// The number over all people in `pool` who can be paired.
    pub fn of(self, pool: &Pool<'_>) -> usize {
        match self {
            Self::PerPerson(count) => count * pool.pairable().len(),
            Self::Total(count) => count,
        }
    }
}

/// Two windows, as positions in a [`Pool`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The windows.
    pub windows: [usize; 2],
    /// Whether the pair is genuine: both windows are of one person.
    pub same: bool,
}

/// Why no pairs can be drawn.
#[derive(Debug, Error)]
pub enum PairsError {
    /// No data set has two people with two windows each.
    #[error("pairs need two people of one data set with two windows each; there are {0}")]
    TooFewPeople(usize),
}

impl<'a> Pool<'a> {
    /// Adds a person of `set` with the windows of their sessions.
    pub fn add_person(&mut self, set: DataSet, sessions: impl IntoIterator<Item = &'a Windows>) {
        let first = self.windows.len();
        for windows in sessions {
            self.windows.extend(windows.iter());
        }
        self.people.push(PersonWindows {
            set,
            windows: first..self.windows.len(),
        });
    }

    /// All windows.
    pub fn windows(&self) -> &[&'a [f32]] {
        &self.windows
    }

    /// Draws `count` pairs, genuine and impostor in turn, each person first in as many as
    /// any other; a remainder goes to the first people.
    ///
    /// A genuine pair is two different windows of a person, from any of their sessions. The
    /// second window of an impostor pair is of another person of the same data set: data
    /// sets differ in handset, bandwidth and place on the body, and a pair across them
    /// would teach those differences. A person alone in a data set is left out.
    pub fn draw(&self, count: usize, rng: &mut ChaCha8Rng) -> Result<Vec<Pair>, PairsError> {
        let pairable = self.pairable();
        if pairable.is_empty() {
            let two_or_more = self.people.iter().filter(|own| own.windows.len() > 1);
            return Err(PairsError::TooFewPeople(two_or_more.count()));
        }
        let others_of = |person: usize| -> Vec<&Range<usize>> {
            let in_turn =
                (1..pairable.len()).map(|step| pairable[(person + step) % pairable.len()]);
            in_turn
                .filter(|other| other.set == pairable[person].set)
                .map(|other| &other.windows)
                .collect()
        };
        let others: Vec<_> = (0..pairable.len()).map(others_of).collect();
        let mut pairs = Vec::with_capacity(count);
        for turn in 0..count {
            let (person, same) = ((turn / 2) % pairable.len(), turn % 2 == 0);
            let own = &pairable[person].windows;
            let first = rng.random_range(0..own.len());
            let second = if same {
                let step = rng.random_range(1..own.len());
                own.start + (first + step) % own.len()
            } else {
                let other = others[person][rng.random_range(0..others[person].len())];
                other.start + rng.random_range(0..other.len())
            };
            pairs.push(Pair {
                windows: [own.start + first, second],
                same,
            });
        }
        Ok(pairs)
    }

    /// People with two windows, in whose data set somebody else has two as well.
    fn pairable(&self) -> Vec<&PersonWindows> {
        let mut pairable: Vec<&PersonWindows> = self
            .people
            .iter()
            .filter(|own| own.windows.len() > 1)
            .collect();
        let two_or_more = pairable.clone();
        let alike = |set| two_or_more.iter().filter(move |own| own.set == set).count();
        pairable.retain(|own| alike(own.set) > 1);
        pairable
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use graspd::motion::CHANNELS;
    use rand::SeedableRng;

    /// People with so many windows of one frame each, marked by person.
    fn people(counts: &[usize]) -> Vec<Windows> {
        let of = |(person, &count): (usize, &usize)| {
            let mut windows = Windows::new(1);
            (0..count).for_each(|_| windows.push([person as f32; CHANNELS]));
            windows
        };
        counts.iter().enumerate().map(of).collect()
    }

    fn pool(people: &[Windows]) -> Pool<'_> {
        let mut pool = Pool::default();
        let hmog = DataSet::Hmog;
        people
            .iter()
            .for_each(|windows| pool.add_person(hmog, [windows]));
        pool
    }

    #[test]
    fn pairs_are_balanced_and_of_whom_they_say() {
        let people = people(&[2, 50, 7, 1]);
        let pool = pool(&people);
        let pairs = pool.draw(600, &mut ChaCha8Rng::seed_from_u64(1)).unwrap();
        let person = |window: usize| pool.windows()[window][0] as usize;
        let mut drawn = [[0; 2]; 4];
        for pair in &pairs {
            let [first, second] = pair.windows;
            assert_ne!(first, second);
            assert_eq!(person(first) == person(second), pair.same);
            drawn[person(first)][usize::from(pair.same)] += 1;
        }
        assert_eq!(PairCount::PerPerson(200).of(&pool), pairs.len());
        assert_eq!(PairCount::Total(7).of(&pool), 7);
        // Whoever has one window only cannot be paired with themselves, and is left out.
        assert_eq!(drawn, [[100, 100], [100, 100], [100, 100], [0, 0]]);
    }

    #[test]
    fn impostors_are_of_the_same_data_set() {
        let people = people(&[5, 5, 5, 5, 5, 5]);
        let sets = [
            DataSet::Hmog,
            DataSet::Hapt,
            DataSet::Hmog,
            DataSet::SisFall,
            DataSet::Hapt,
            DataSet::Hapt,
        ];
        let mut pool = Pool::default();
        for (set, windows) in sets.into_iter().zip(&people) {
            pool.add_person(set, [windows]);
        }
        let mut met = std::collections::BTreeSet::new();
        for pair in pool.draw(1000, &mut ChaCha8Rng::seed_from_u64(1)).unwrap() {
            let [one, other] = pair
                .windows
                .map(|window| pool.windows()[window][0] as usize);
            assert_eq!(sets[one], sets[other]);
            met.insert((one, other));
        }
        // Hmog's two and Hapt's three, each with each; SisFall's one with nobody.
        assert_eq!(met.len(), 2 * 2 + 3 * 3);
    }

    #[test]
    fn the_seed_decides() {
        let people = people(&[20, 20]);
        let draw = |seed| {
            pool(&people)
                .draw(50, &mut ChaCha8Rng::seed_from_u64(seed))
                .unwrap()
        };
        assert_eq!(draw(1), draw(1));
        assert_ne!(draw(1), draw(2));
    }

    #[test]
    fn one_person_makes_no_pairs() {
        let people = people(&[9, 1]);
        let error = pool(&people)
            .draw(2, &mut ChaCha8Rng::seed_from_u64(1))
            .unwrap_err();
        assert!(error.to_string().contains("there are 1"), "{error}");
    }
}
