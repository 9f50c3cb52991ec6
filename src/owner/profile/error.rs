//! Errors of reading and writing profiles.

use std::path::PathBuf;

use thiserror::Error;

use crate::model::ModelId;
use crate::sealed::{SealedError, SealedFileError};

/// Why a profile cannot be read or written, with its path.
#[derive(Debug, Error)]
#[error("profile {}: {why}", path.display())]
pub struct ProfileError {
    /// Path of the file.
    pub path: PathBuf,
    /// The cause.
    #[source]
    pub why: ProfileFault,
}

/// Why a profile cannot be read or written.
#[derive(Debug, Error)]
pub enum ProfileFault {
    /// The file cannot be read or written, or its contents are invalid.
    #[error(transparent)]
    File(SealedError),
    /// The profile was made with another model.
    #[error(
        "it was made with model {theirs}, the model in use is {ours}; \
         enrol again with this model, or use the other bundle"
    )]
    OtherModel {
        /// First 12 digits of the profile's model id.
        theirs: String,
        /// First 12 digits of the id of the model in use.
        ours: String,
    },
}

impl ProfileFault {
    /// The error for a profile of the model `theirs` where `ours` is in use.
    pub(super) fn other_model(theirs: ModelId, ours: ModelId) -> Self {
        let short = |id: ModelId| id.to_string().chars().take(12).collect();
        Self::OtherModel {
            theirs: short(theirs),
            ours: short(ours),
        }
    }
}

impl From<SealedFileError> for ProfileError {
    fn from(error: SealedFileError) -> Self {
        Self {
            path: error.path,
            why: ProfileFault::File(error.why),
        }
    }
}

impl ProfileError {
    /// Whether the file does not exist.
    pub fn is_missing(&self) -> bool {
        matches!(self.why, ProfileFault::File(SealedError::Missing))
    }

    /// Whether the file could not be read, so that nothing is known of its contents.
    pub fn is_about_reading(&self) -> bool {
        matches!(
            self.why,
            ProfileFault::File(
                SealedError::Missing | SealedError::Io { .. } | SealedError::NotAFile(_)
            )
        )
    }
}
