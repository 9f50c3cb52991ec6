//! What a restart may not forget: that the state was lock.
//!
//! One file in the state folder says so by being there. Whatever is in it, or has become
//! of it, means locked; only the end of a lock removes it.
//!
//! The disk is written to by a thread of its own, which knows the newest state and tries
//! until the folder says it: a slow or full disk holds up no decision. Which way round
//! things happen is chosen so that a kill in between errs on the side of lock:
//!
//! - A lock is noted, then told: [`LockMemory::keep`] returns when the note can be seen,
//!   which a kill cannot undo. That is a matter of microseconds and no disk is waited
//!   for; a file system that has not answered in [`ANSWER`] is not waited for either.
//!   The thread then has the note put on the disk itself, for the sake of power cuts.
//! - The end of a lock is told, then noted: nobody waits, and a note that comes back with
//!   a power cut is only a lock too many.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::state_folder::StateFolder;
use crate::decide::State;

/// The note's name.
pub(super) const NOTE: &str = "locked";
/// How long a lock waits to be told for the file system to say that it is noted.
const ANSWER: Duration = Duration::from_millis(50);
/// Between one try to write a state down and the next.
const AGAIN: Duration = Duration::from_secs(2);
/// How long a daemon that ends waits for its last word.
const FAREWELL: Duration = Duration::from_secs(1);

/// Where the note is.
pub(super) trait Notes: Send + Sync + 'static {
    /// Whether it is there.
    fn noted(&self) -> io::Result<bool>;
    /// Puts it there, for every process to see.
    fn note(&self) -> io::Result<()>;
    /// Takes it away.
    fn erase(&self) -> io::Result<()>;
    /// Waits until the disk has it.
    fn sync(&self) -> io::Result<()>;
}

impl Notes for StateFolder {
    fn noted(&self) -> io::Result<bool> {
        self.has(NOTE)
    }

    fn note(&self) -> io::Result<()> {
        self.put(NOTE)
    }

    fn erase(&self) -> io::Result<()> {
        self.remove(NOTE)
    }

    fn sync(&self) -> io::Result<()> {
        StateFolder::sync(self)
    }
}

/// The note of a lock.
#[derive(Debug)]
pub(super) struct LockMemory {
    locked: bool,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    progress: Mutex<Progress>,
    changed: Condvar,
}

/// How far the thread is with what is wanted of it.
#[derive(Debug)]
struct Progress {
    /// Whether the state is lock.
    wanted: bool,
    /// What other processes see, as far as that is known.
    seen: Option<bool>,
    /// What is kept, and not tried any more.
    kept: Option<bool>,
    /// The newest try failed.
    failed: bool,
    /// Nothing new will be wanted.
    over: bool,
}

impl LockMemory {
    /// What is remembered in `notes`. What cannot be told counts as a lock. An error is
    /// the system's, which starts no thread.
    pub(super) fn open(notes: Arc<impl Notes>) -> io::Result<Self> {
        let noted = notes.noted();
        if let Err(why) = &noted {
            tracing::error!(%why, "cannot tell whether the state was lock, so it is");
        }
        let noted = noted.ok();
        let locked = noted.unwrap_or(true);
        let shared = Arc::new(Shared {
            progress: Mutex::new(Progress {
                wanted: locked,
                seen: noted,
                kept: noted,
                failed: false,
                over: false,
            }),
            changed: Condvar::new(),
        });
        let thread = shared.clone();
        thread::Builder::new()
            .name("memory".into())
            .spawn(move || thread.keep_up(&*notes))?;
        Ok(Self { locked, shared })
    }

    /// Whether the state was lock.
    pub(super) fn was_locked(&self) -> bool {
        self.locked
    }

    /// Remembers the state. A lock is noted before this returns, unless the file system
    /// is slow or refuses; then it is tried on.
    pub(super) fn keep(&mut self, state: State) {
        let locked = state == State::Lock;
        if locked == std::mem::replace(&mut self.locked, locked) {
            return;
        }
        let mut progress = self.shared.lock();
        progress.wanted = locked;
        progress.failed = false;
        self.shared.changed.notify_all();
        if locked {
            drop(self.shared.wait(progress, ANSWER, Progress::is_unanswered));
        }
    }
}

impl Drop for LockMemory {
    fn drop(&mut self) {
        // Clients are told that a daemon which failed is locked.
        if thread::panicking() {
            self.keep(State::Lock);
        }
        let mut progress = self.shared.lock();
        progress.over = true;
        self.shared.changed.notify_all();
        let waited = self
            .shared
            .wait(progress, FAREWELL, Progress::is_unanswered);
        drop(waited);
    }
}

impl Progress {
    fn is_unanswered(&self) -> bool {
        self.seen != Some(self.wanted) && !self.failed
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Progress> {
        // No update here can stop half way.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits `while_so`, and no longer than `limit`.
    fn wait<'a>(
        &self,
        progress: MutexGuard<'a, Progress>,
        limit: Duration,
        while_so: impl Fn(&Progress) -> bool,
    ) -> MutexGuard<'a, Progress> {
        let waited = self
            .changed
            .wait_timeout_while(progress, limit, |it| while_so(it));
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// What the thread does.
    fn keep_up(&self, notes: &impl Notes) {
        let mut complained = false;
        let mut progress = self.lock();
        loop {
            if progress.kept == Some(progress.wanted) {
                if progress.over {
                    return;
                }
                let woken = self.changed.wait(progress);
                progress = woken.unwrap_or_else(PoisonError::into_inner);
                continue;
            }
            let wanted = progress.wanted;
            progress.seen = None;
            progress.kept = None;
            drop(progress);

            let written = if wanted { notes.note() } else { notes.erase() };
            progress = self.lock();
            progress.seen = written.is_ok().then_some(wanted);
            // Of what is wanted now nothing is known if that is another by now.
            progress.failed = written.is_err() && progress.wanted == wanted;
            self.changed.notify_all();
            drop(progress);

            let kept = written.and_then(|()| if wanted { notes.sync() } else { Ok(()) });
            progress = self.lock();
            match kept {
                Ok(()) => {
                    progress.kept = Some(wanted);
                    if std::mem::take(&mut complained) {
                        tracing::info!("a restart would know the state again");
                    }
                }
                Err(why) => {
                    if !std::mem::replace(&mut complained, true) {
                        let is = if wanted { "lock" } else { "no longer lock" };
                        tracing::error!(%why, "a restart would not know that the state is {is}: state.folder cannot be written to; this is tried again every two seconds");
                    }
                    if progress.over {
                        return;
                    }
                    let waiting = |it: &Progress| it.wanted == wanted && !it.over;
                    progress = self.wait(progress, AGAIN, waiting);
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;
    use std::path::Path;
    use std::sync::atomic::{AtomicBool, Ordering};

    use rustix::fs::{CWD, FileType, Mode, mknodat};

    use super::*;

    /// The memory of the next daemon, once all of the one before is over.
    fn open(folder: &Path) -> LockMemory {
        for _ in 0..1000 {
            if let Ok(folder) = StateFolder::take(folder) {
                return LockMemory::open(Arc::new(folder)).unwrap();
            }
            thread::sleep(Duration::from_millis(10));
        }
        panic!("the folder is in use still");
    }

    /// Whether a restart would begin locked.
    fn begins_locked(folder: &Path) -> bool {
        open(folder).was_locked()
    }

    fn keep(folder: &Path, state: State) {
        open(folder).keep(state);
    }

    #[test]
    fn a_lock_is_remembered_until_it_is_over() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        assert!(!begins_locked(folder));
        keep(folder, State::Inconclusive);
        assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
        assert!(!begins_locked(folder));
        keep(folder, State::Lock);
        assert!(begins_locked(folder));
        keep(folder, State::Unlock);
        assert!(!begins_locked(folder));
    }

    #[test]
    fn whatever_stands_in_the_notes_place_is_a_lock_and_hangs_nobody() {
        let folder = tempfile::tempdir().unwrap();
        let folder = folder.path();
        let note = folder.join(NOTE);
        let fifo = |path: &Path| mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap();
        let link = |path: &Path| symlink("/nowhere", path).unwrap();
        let dir = |path: &Path| fs::create_dir(path).unwrap();
        let text = |path: &Path| fs::write(path, b"\xff\0 no").unwrap();
        for put in [&fifo as &dyn Fn(&Path), &link, &dir, &text] {
            put(&note);
            assert!(begins_locked(folder));
            // It is as good as a note, and goes as one.
            keep(folder, State::Lock);
            assert!(begins_locked(folder));
            keep(folder, State::Unlock);
            assert!(!begins_locked(folder));
        }
    }

    #[test]
    fn a_folder_that_was_away_gets_the_newest_state_once_it_is_there() {
        let parent = tempfile::tempdir().unwrap();
        let [folder, away] = ["state", "away"].map(|name| parent.path().join(name));
        let make = || {
            fs::create_dir(&folder).unwrap();
            let mode = std::os::unix::fs::PermissionsExt::from_mode(0o700);
            fs::set_permissions(&folder, mode).unwrap();
        };
        make();
        let mut memory = open(&folder);
        fs::rename(&folder, &away).unwrap();
        memory.keep(State::Lock);
        assert!(!away.join(NOTE).exists());
        make();
        while !folder.join(NOTE).exists() {
            thread::sleep(Duration::from_millis(10));
        }
        drop(memory);
        assert!(begins_locked(&folder));
    }

    /// A disk on which nothing gets done until it is released.
    #[derive(Default)]
    struct StuckDisk {
        released: AtomicBool,
        note: AtomicBool,
    }

    impl StuckDisk {
        fn wait(&self) {
            while !self.released.load(Ordering::SeqCst) {
                thread::sleep(Duration::from_millis(1));
            }
        }
    }

    impl Notes for StuckDisk {
        fn noted(&self) -> io::Result<bool> {
            Ok(self.note.load(Ordering::SeqCst))
        }

        fn note(&self) -> io::Result<()> {
            self.note.store(true, Ordering::SeqCst);
            Ok(())
        }

        fn erase(&self) -> io::Result<()> {
            self.wait();
            self.note.store(false, Ordering::SeqCst);
            Ok(())
        }

        fn sync(&self) -> io::Result<()> {
            self.wait();
            Ok(())
        }
    }

    #[test]
    fn a_disk_that_is_stuck_holds_nobody_up_and_gets_the_newest_state() {
        let disk = Arc::new(StuckDisk::default());
        let mut memory = LockMemory::open(disk.clone()).unwrap();
        memory.keep(State::Lock);
        // Seen by a restart, long before the disk has it.
        assert!(disk.noted().unwrap());
        memory.keep(State::Unlock);
        memory.keep(State::Lock);
        memory.keep(State::Unlock);
        disk.released.store(true, Ordering::SeqCst);
        drop(memory);
        while disk.noted().unwrap() {
            thread::sleep(Duration::from_millis(1));
        }
    }

    #[test]
    fn a_worker_that_panics_is_remembered_as_locked() {
        let folder = tempfile::tempdir().unwrap();
        let memory = open(folder.path());
        let worker = thread::spawn(move || {
            let _memory = memory;
            std::panic::resume_unwind(Box::new("a bug"));
        });
        assert!(worker.join().is_err());
        assert!(begins_locked(folder.path()));
    }

    #[test]
    fn a_folder_is_one_daemons() {
        let folder = tempfile::tempdir().unwrap();
        let _first = StateFolder::take(folder.path()).unwrap();
        let why = StateFolder::take(folder.path()).unwrap_err().to_string();
        assert!(why.contains("another graspd uses it"), "{why}");
    }
}
