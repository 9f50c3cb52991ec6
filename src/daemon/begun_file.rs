//! The windows gathered by an unfinished enrolment, in a file that survives a restart.
//! A file that cannot be continued is never overwritten.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use crate::enrol::{BegunEnrolment, EnrolmentWindows};
use crate::regular_file::Owners;
use crate::sealed::{SealedFileError, file};

/// The file's name in the state folder.
const NAME: &str = "begun.enrolment";

/// Path of the file of an unfinished enrolment.
#[derive(Debug, Clone)]
pub(crate) struct BegunFile(PathBuf);

impl BegunFile {
    /// The file in the folder `state`.
    pub(crate) fn in_folder(state: &Path) -> Self {
        Self(state.join(NAME))
    }

    /// The user id and windows in the file; `None` if there is no file or it was damaged,
    /// in which case it is renamed to `*.damaged`. An error, for people, says why the
    /// enrolment cannot continue and what to do: the windows are of another model or hop
    /// than `blank`, or the file cannot be read.
    pub(super) fn load(&self, blank: &EnrolmentWindows) -> Result<Option<BegunEnrolment>, String> {
        let path = &self.0;
        // A daemon killed while saving leaves a temporary file, in part or whole.
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

    /// Replaces the file by one with `gathered`.
    pub(super) fn save(&self, gathered: &BegunEnrolment) -> Result<(), SealedFileError> {
        file::save(gathered, &self.0)
    }

    /// Removes the file and the damaged one beside it; whether there was either.
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
