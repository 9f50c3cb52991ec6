//! The file beside a profile that keeps the windows it is made of.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use thiserror::Error;

use super::KeptSessions;
use crate::owner::profile::Profile;
use crate::regular_file::Owners;
use crate::sealed::{SealedFileError, file};

/// `<profile>.windows`, mode 0600, written atomically.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptFile(PathBuf);

/// Why nothing can be learnt beside a profile.
#[derive(Debug, Error)]
pub enum NotKept {
    /// There is no file.
    #[error("{} is not there, as for profiles of earlier versions; enrol again to have it", .0.display())]
    Missing(PathBuf),
    /// The file belongs to another profile.
    #[error("{} is of another enrolment; enrol again", .0.display())]
    OtherEnrolment(PathBuf),
    /// It cannot be read, or is damaged.
    #[error(transparent)]
    File(#[from] SealedFileError),
}

impl KeptFile {
    /// The file beside the profile at `profile`.
    pub fn beside(profile: &Path) -> Self {
        let mut path = OsString::from(profile);
        path.push(".windows");
        Self(path.into())
    }

    /// Its path.
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Reads the sessions of `profile`. Fails if the file belongs to none of `owners`.
    pub fn load(&self, profile: &Profile, owners: Owners) -> Result<KeptSessions, NotKept> {
        let kept: KeptSessions = file::load(&self.0, owners).map_err(|error| {
            if error.is_missing() {
                NotKept::Missing(self.0.clone())
            } else {
                NotKept::File(error)
            }
        })?;
        if kept.belongs_to(profile) {
            Ok(kept)
        } else {
            Err(NotKept::OtherEnrolment(self.0.clone()))
        }
    }

    /// Replaces the file: a kill at any time leaves the old one or the new one.
    pub fn save(&self, kept: &KeptSessions) -> Result<(), SealedFileError> {
        file::save(kept, &self.0)
    }

    /// Removes the file and the temporary file of a killed write; `false` if neither existed.
    pub fn remove(&self) -> Result<bool, SealedFileError> {
        file::remove::<KeptSessions>(&self.0)
    }

    /// Removes the temporary file of a killed write.
    pub(crate) fn remove_unfinished(&self) {
        // One that cannot be removed is overwritten by the next write.
        let _ = file::remove_unfinished(&self.0);
    }
}
