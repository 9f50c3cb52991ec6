//! What was gathered for a profile, as a file that outlives the daemon. What it cannot
//! go on with is never written over.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::enrol::{BegunEnrolment, EnrolmentWindows};
use crate::regular_file::Owners;
use crate::sealed::{SealedFileError, file};

/// Its name in the state folder.
const NAME: &str = "begun.enrolment";

/// The file of a begun enrolment.
#[derive(Debug, Clone)]
pub(crate) struct BegunFile(PathBuf);

impl BegunFile {
    /// The one in this state folder.
    pub(crate) fn in_folder(state: &Path) -> Self {
        Self(state.join(NAME))
    }

    /// What was gathered, if it is of `blank`'s kind. An error says why it cannot be gone
    /// on with, and what to do. What is damaged is set aside.
    pub(super) fn load(&self, blank: &EnrolmentWindows) -> Result<Option<BegunEnrolment>, String> {
        let path = &self.0;
        // Half of it, or a whole one that a killed daemon had no time to name.
        let _ = file::remove_unfinished(path);
        match file::load::<BegunEnrolment>(path, Owners::this_process()) {
            Ok((owner, material)) if material.fits(blank) => Ok(Some((owner, material))),
            Ok((owner, material)) => Err(format!(
                "{} keeps {} windows of user {owner}, begun with another model or \
                 window.hop_frames; set these back and restart graspd, or throw the windows \
                 away with `graspd enroll --cancel`",
                path.display(),
                material.windows(),
            )),
            Err(error) if error.is_missing() => Ok(None),
            Err(error) if error.why.is_damage() => match fs::rename(path, self.aside()) {
                Ok(()) => {
                    let kept = self.aside();
                    let kept = kept.display();
                    tracing::warn!(%error, %kept, "the enrolment that was begun begins anew");
                    Ok(None)
                }
                Err(why) => Err(format!("{error}; it cannot be set aside: {why}")),
            },
            Err(error) => Err(format!(
                "{error}; or throw it away with `graspd enroll --cancel`"
            )),
        }
    }

    /// Writes down what was gathered.
    pub(super) fn save(&self, gathered: &BegunEnrolment) -> Result<(), SealedFileError> {
        file::save(gathered, &self.0)
    }

    /// Removes all that was gathered, what was set aside too.
    pub(crate) fn remove(&self) -> Result<bool, SealedFileError> {
        let aside = file::remove::<BegunEnrolment>(&self.aside())?;
        Ok(file::remove::<BegunEnrolment>(&self.0)? || aside)
    }

    fn aside(&self) -> PathBuf {
        let mut path = OsString::from(&self.0);
        path.push(".damaged");
        path.into()
    }
}
