//! Words of a vocabulary that may grow.

use serde::{Deserialize, Serialize};

/// A word this version knows, or one that a newer daemon added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Extensible<T> {
    /// One of ours.
    Known(T),
    /// Anything else, as it was spelled.
    Other(String),
}

impl<T> From<T> for Extensible<T> {
    fn from(word: T) -> Self {
        Extensible::Known(word)
    }
}
