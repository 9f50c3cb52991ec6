//! What a restart may not forget: that the state was lock.
//!
//! One file in the state directory says so by being there. Whatever is in it,
//! or has become of it, means locked; only a change of the state removes it.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use crate::decide::State;

/// The note of a lock.
#[derive(Debug)]
pub(super) struct LockMemory {
    note: PathBuf,
    locked: bool,
}

impl LockMemory {
    /// What is remembered in `folder`. What cannot be told counts as a lock.
    pub(super) fn open(folder: &Path) -> Self {
        let note = folder.join("locked");
        let locked = match fs::symlink_metadata(&note) {
            Ok(_) => true,
            Err(why) if why.kind() == io::ErrorKind::NotFound => false,
            Err(why) => {
                tracing::error!(note = %note.display(), %why, "cannot tell whether it was locked");
                true
            }
        };
        Self { note, locked }
    }

    /// Whether the state was lock.
    pub(super) fn was_locked(&self) -> bool {
        self.locked
    }

    /// Remembers the state; the disk is touched only if it is another.
    pub(super) fn keep(&mut self, state: State) {
        let locked = state == State::Lock;
        if locked == self.locked {
            return;
        }
        let kept = if locked { self.write() } else { self.erase() };
        match kept.and_then(|()| self.sync()) {
            Ok(()) => self.locked = locked,
            // The next change tries again.
            Err(why) => {
                let note = self.note.display();
                tracing::error!(%note, %why, "a restart would not know that the state is now {}", state.name());
            }
        }
    }

    fn write(&self) -> io::Result<()> {
        let note = OpenOptions::new()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&self.note)?;
        note.sync_all()
    }

    fn erase(&self) -> io::Result<()> {
        match fs::remove_file(&self.note) {
            Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(()),
            other => other,
        }
    }

    fn sync(&self) -> io::Result<()> {
        match self.note.parent() {
            Some(folder) => File::open(folder)?.sync_all(),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_is_remembered_until_it_is_over_whatever_becomes_of_the_note() {
        let folder = tempfile::tempdir().unwrap();
        let again = || LockMemory::open(folder.path());
        assert!(!again().was_locked());
        again().keep(State::Inconclusive);
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);

        again().keep(State::Lock);
        assert!(again().was_locked());
        let note = folder.path().join("locked");
        fs::write(&note, b"\xff\0 no").unwrap();
        assert!(again().was_locked());

        again().keep(State::Unlock);
        assert!(!again().was_locked());
        fs::create_dir(&note).unwrap();
        assert!(again().was_locked());
    }

    #[test]
    fn a_folder_that_cannot_be_looked_into_counts_as_a_lock() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        fs::write(&file, "").unwrap();
        assert!(LockMemory::open(&file).was_locked());
    }
}
