//! Why a profile cannot be read or written.

use std::path::PathBuf;

use thiserror::Error;

use crate::model::ModelId;

/// A profile that cannot be read or written.
#[derive(Debug, Error)]
#[error("profile {}: {why}", path.display())]
pub struct ProfileError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub why: Trouble,
}

/// What is wrong with a profile.
#[derive(Debug, Error)]
pub enum Trouble {
    /// There is none.
    #[error("there is none; make one with `graspd enroll`")]
    Missing,
    /// The system refuses.
    #[error("cannot {doing} it: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Others may read or change it.
    #[error("its mode is {mode:04o}, so others can read or change it; run `chmod 0600` on it")]
    Permissions {
        /// Permission bits.
        mode: u32,
    },
    /// A folder, a device, a socket.
    #[error("it is not a regular file")]
    NotAFile,
    /// Another kind of file.
    #[error("it is not a graspd profile")]
    Foreign,
    /// From before this format.
    #[error("it has the old format {found}, this graspd reads {reads}; enrol again")]
    Older {
        /// Its format.
        found: u32,
        /// What is read.
        reads: u32,
    },
    /// From a newer graspd.
    #[error("it has format {found}, this graspd reads up to {reads}; use a newer graspd")]
    Newer {
        /// Its format.
        found: u32,
        /// What is read.
        reads: u32,
    },
    /// Shorter than it says.
    #[error("it is cut off after {found} of {expected} bytes; restore it or enrol again")]
    Truncated {
        /// Bytes there are.
        found: u64,
        /// Bytes there should be.
        expected: u64,
    },
    /// Longer than it says, or than any profile.
    #[error("it is longer than it should be; restore it or enrol again")]
    TooLong,
    /// The contents are not what was written.
    #[error("its checksum is wrong, so its contents were damaged; restore it or enrol again")]
    Corrupted,
    /// The checksum is right but the contents make no profile.
    #[error("its contents make no sense ({0}); enrol again")]
    Nonsense(String),
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

impl Trouble {
    /// A profile of `theirs` where `ours` is in use.
    pub(super) fn other_model(theirs: ModelId, ours: ModelId) -> Self {
        let short = |id: ModelId| id.to_string().chars().take(12).collect();
        Self::OtherModel {
            theirs: short(theirs),
            ours: short(ours),
        }
    }
}

impl ProfileError {
    /// Whether there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self.why, Trouble::Missing)
    }

    /// Whether the file could not be read at all, whatever is in it.
    pub fn is_about_reading(&self) -> bool {
        matches!(
            self.why,
            Trouble::Missing | Trouble::Io { .. } | Trouble::NotAFile
        )
    }
}
