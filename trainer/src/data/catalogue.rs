//! The recordings of everyone whom one `--data` names, ordered by person and session.

use std::collections::BTreeMap;

use super::error::DataError;
use super::recording::{Found, Recording, Skipped};
use super::spec::DataSpec;

/// Recordings that a `--data` argument names.
#[derive(Debug, Clone)]
pub struct Catalogue {
    /// One entry a person, in order of their ids (numbers by value); recordings in the
    /// data set's own order, which need not be that of their dates.
    pub people: Vec<Vec<Recording>>,
    /// Files among the recordings whose names are of no recording.
    pub skipped: Vec<Skipped>,
}

impl Catalogue {
    /// Lists what `spec` names. An error if the folder holds nothing of the data set, or
    /// lacks a person who was asked for.
    pub fn of(spec: &DataSpec) -> Result<Self, DataError> {
        let set = spec.set;
        let Found {
            recordings,
            skipped,
        } = set.find(&spec.root)?;
        // Numeric ids by their value: 2 comes before 10.
        let mut people = BTreeMap::<(Option<u64>, String), Vec<Recording>>::new();
        for recording in recordings {
            let id = (recording.person.parse().ok(), recording.person.clone());
            people.entry(id).or_default().push(recording);
        }
        if people.is_empty() {
            let path = spec.root.clone();
            return Err(DataError::Layout { path, set });
        }
        let here = || people.keys().map(|(_, id)| id.as_str());
        if let Some(person) = spec
            .people
            .iter()
            .find(|asked| !here().any(|id| id == *asked))
        {
            return Err(DataError::NoSuchPerson {
                set,
                person: person.clone(),
                here: here().collect::<Vec<_>>().join(", "),
            });
        }
        people.retain(|(_, id), _| spec.people.is_empty() || spec.people.contains(id));
        for recordings in people.values_mut() {
            recordings.sort_by(|a, b| (a.order, &a.session).cmp(&(b.order, &b.session)));
        }
        Ok(Self {
            people: people.into_values().collect(),
            skipped,
        })
    }

    /// Ids of the people, in their order.
    pub fn ids(&self) -> Vec<String> {
        let first = self.people.iter().filter_map(|all| all.first());
        first.map(|recording| recording.person.clone()).collect()
    }

    /// Number of sessions, over all people.
    pub fn sessions(&self) -> usize {
        self.people.iter().map(Vec::len).sum()
    }
}
