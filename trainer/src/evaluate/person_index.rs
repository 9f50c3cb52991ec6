//! Maps people to numbers shared by all folds.

use super::trials::Trials;
use crate::data::DataSet;

/// A person: data sets may give one id to two people.
pub type PersonId = (DataSet, String);

/// People; each one's number is their position.
#[derive(Debug, Clone, Default)]
pub struct PersonIndex(Vec<PersonId>);

impl PersonIndex {
    /// The number of `person`, who is added if new.
    pub fn number(&mut self, person: &PersonId) -> usize {
        let known = self.0.iter().position(|known| known == person);
        known.unwrap_or_else(|| {
            self.0.push(person.clone());
            self.0.len() - 1
        })
    }

    /// `trials` with these numbers in place of positions in `people`.
    pub fn renumber(&mut self, trials: Trials, people: &[PersonId]) -> Trials {
        let numbers: Vec<usize> = people.iter().map(|person| self.number(person)).collect();
        trials.renumbered(&numbers)
    }

    /// The people, by number.
    pub fn people(&self) -> &[PersonId] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate::trials::ScoredSession;

    #[test]
    fn one_id_in_two_data_sets_is_two_people() {
        let person = |set, id: &str| (set, id.to_owned());
        let session = |person| ScoredSession {
            person,
            genuine: person == 0,
            scores: vec![0.0],
        };
        let trials = || Trials::new((0..3).map(session).collect());
        let mut index = PersonIndex::default();
        let fold = [
            person(DataSet::Hapt, "2"),
            person(DataSet::Hapt, "1"),
            person(DataSet::MotionSense, "1"),
        ];
        let renumbered = index.renumber(trials(), &fold);
        assert_eq!(renumbered.impostors(), [1, 2]);
        let another = [fold[1].clone(), fold[2].clone(), fold[0].clone()];
        let renumbered = index.renumber(trials(), &another);
        assert_eq!(
            (renumbered.owner(), renumbered.impostors()),
            (Some(1), vec![2, 0])
        );
        assert_eq!(index.people(), fold);
    }
}
