//! Enumerations of the protocol to which newer daemons may add.

use serde::{Deserialize, Serialize};

/// A value that this version knows, or one that a newer daemon added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Extensible<T> {
    /// A known value.
    Known(T),
    /// Any other value, as received.
    Other(String),
}

impl<T> From<T> for Extensible<T> {
    fn from(word: T) -> Self {
        Extensible::Known(word)
    }
}
