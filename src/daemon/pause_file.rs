//! The owner's pause in a file, so that a restart keeps it.
//!
//! A pause belongs to one start of the system: after another there was a login, which ends a
//! pause as a lock screen does. Its end is counted by a clock that nobody can set.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::regular_file::Owners;
use crate::sealed::{Kind, Sealed, SealedFileError, file};

/// The file's name in the state folder.
const NAME: &str = "pause";
/// A word that the kernel makes up at each start of the system: random(4).
const BOOT_ID: &str = "/proc/sys/kernel/random/boot_id";

/// Whose pause it is, and its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct PauseEnd {
    /// User id of the owner who has paused.
    pub owner_uid: u32,
    /// By CLOCK_BOOTTIME.
    pub boottime: Duration,
    /// In seconds since 1970 of the system's clock as it was at the beginning; for people.
    pub unix_s: u64,
}

#[derive(Debug, Serialize, Deserialize)]
struct Note {
    boot: String,
    end: PauseEnd,
}

impl Sealed for Note {
    const KIND: Kind = Kind {
        name: "pause",
        renew: "pause again",
    };
    const MAGIC: [u8; 8] = *b"GRASPPA\0";
    const VERSION: u32 = 2;

    fn defect(&self) -> Option<&'static str> {
        None
    }
}

/// Path of the file.
#[derive(Debug, Clone)]
pub(super) struct PauseFile(PathBuf);

impl PauseFile {
    pub(super) fn in_folder(state: &Path) -> Self {
        Self(state.join(NAME))
    }

    /// The pause that was kept by a daemon of the same start of the system; `None` if there
    /// is none, or the file cannot be read, which the log says.
    pub(super) fn load(&self) -> Option<PauseEnd> {
        let _ = file::remove_unfinished(&self.0);
        match file::load::<Note>(&self.0, Owners::this_process()) {
            Ok(note) => (Some(note.boot) == boot()).then_some(note.end),
            Err(error) if error.is_missing() => None,
            Err(error) => {
                tracing::warn!(%error, "a pause from before does not go on");
                None
            }
        }
    }

    /// Writes the pause that ends at `end`, or removes the file where there is none.
    pub(super) fn save(&self, end: Option<PauseEnd>) -> Result<(), SealedFileError> {
        // Without a name of this start of the system no later daemon could tell.
        match end.zip(boot()) {
            Some((end, boot)) => file::save(&Note { boot, end }, &self.0),
            None => file::remove::<Note>(&self.0).map(drop),
        }
    }
}

fn boot() -> Option<String> {
    let id = fs::read_to_string(BOOT_ID).ok()?;
    Some(id.trim().to_owned()).filter(|id| !id.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_is_kept_until_it_is_over_or_the_system_starts_anew() {
        let folder = tempfile::tempdir().unwrap();
        let kept = PauseFile::in_folder(folder.path());
        assert_eq!(kept.load(), None);
        let end = PauseEnd {
            owner_uid: 1000,
            boottime: Duration::from_secs(7),
            unix_s: 9,
        };
        kept.save(Some(end)).unwrap();
        assert_eq!(kept.load(), Some(end));
        kept.save(None).unwrap();
        assert_eq!(kept.load(), None);

        let boot = "another start".to_owned();
        file::save(&Note { boot, end }, &kept.0).unwrap();
        assert_eq!(kept.load(), None);
        fs::write(&kept.0, "rubbish").unwrap();
        assert_eq!(kept.load(), None);
    }
}
