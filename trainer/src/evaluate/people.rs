//! Numbers for people that are the same in all folds.

use super::trials::Trials;

/// Ids of people; each one's number is their position.
#[derive(Debug, Clone, Default)]
pub struct People(Vec<String>);

impl People {
    /// The number of `id`, who is added if new.
    pub fn number(&mut self, id: &str) -> usize {
        let known = self.0.iter().position(|known| known == id);
        known.unwrap_or_else(|| {
            self.0.push(id.to_owned());
            self.0.len() - 1
        })
    }

    /// `trials` with these numbers in place of positions in `ids`.
    pub fn renumber(&mut self, trials: Trials, ids: &[String]) -> Trials {
        let numbers: Vec<usize> = ids.iter().map(|id| self.number(id)).collect();
        trials.renumbered(&numbers)
    }

    /// The ids, by number.
    pub fn ids(&self) -> &[String] {
        &self.0
    }
}
