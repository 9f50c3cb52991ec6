//! Why a profile cannot be read or written.

use std::path::PathBuf;

use thiserror::Error;

use crate::model::ModelId;
use crate::sealed::{SealedError, SealedFileError};

/// A profile that cannot be read or written.
#[derive(Debug, Error)]
#[error("profile {}: {why}", path.display())]
pub struct ProfileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub why: ProfileFault,
}

/// What is wrong with a profile.
#[derive(Debug, Error)]
pub enum ProfileFault {
    /// The file, or its contents.
    #[error(transparent)]
    File(SealedError),
    /// Made with another model.
    #[error(
        "it was made with model {theirs}, the model in use is {ours}; \
         enrol again with this model, or use the other bundle"
    )]
    OtherModel {
        /// First digits of the profile's model.
        theirs: String,
        /// First digits of the model in use.
        ours: String,
    },
}

impl ProfileFault {
    /// A profile of the model `theirs` where `ours` is in use.
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
    /// Whether there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self.why, ProfileFault::File(SealedError::Missing))
    }

    /// Whether the file could not be read at all, whatever its contents.
    pub fn is_about_reading(&self) -> bool {
        matches!(
            self.why,
            ProfileFault::File(
                SealedError::Missing | SealedError::Io { .. } | SealedError::NotAFile(_)
            )
        )
    }
}
