//! Why a data set cannot be used.

use std::path::PathBuf;

use thiserror::Error;

use super::set::DataSet;

/// Why a data set cannot be used.
#[derive(Debug, Error)]
pub enum DataError {
    /// The folder cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Io {
        /// The folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// No recording lies where its authors' layout has it.
    #[error("{} holds no {set} data: expected {}", path.display(), set.layout())]
    Layout {
        /// The folder.
        path: PathBuf,
        /// The data set.
        set: DataSet,
    },
    /// `people=` names somebody who is not in the folder.
    #[error("{set} has no person `{person}` here; it has {here}")]
    NoSuchPerson {
        /// The data set.
        set: DataSet,
        /// Who was asked for, as the data set names people.
        person: String,
        /// Everyone in the folder, with commas.
        here: String,
    },
    /// No session had one window without a gap.
    #[error("no session of {set} gave a single whole window ({skipped} sessions skipped)")]
    Empty {
        /// The data set.
        set: DataSet,
        /// Number of sessions that were skipped.
        skipped: usize,
    },
}
