//! Keeps across restarts whether the state was lock.
//!
//! While the state is lock, the state folder has a file, the note. Its presence means
//! locked, whatever its contents or kind; only the end of a lock removes it.
//!
//! A thread of its own writes the newest state and retries until that succeeds, so a slow
//! or full disk delays no decision. The order is such that a daemon killed in between
//! restarts locked:
//!
//! - A lock is noted, then published: [`PersistedLock::keep`] returns once other processes
//!   can see the note, which a kill cannot undo. That takes microseconds, because it does
//!   not wait for the disk; after [`ANSWER`] it returns without the file system's answer.
//!   The thread then syncs the note to the disk, in case of a power cut.
//! - The end of a lock is published, then noted, without waiting: if a power cut brings
//!   the note back, the daemon restarts locked, which is safe.

use std::io;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::state_folder::StateFolder;
use crate::decide::State;

/// The note's name.
pub(super) const NOTE: &str = "locked";
/// How long the publication of a lock waits for the note to be made.
const ANSWER: Duration = Duration::from_millis(50);
/// Wait between attempts to write the state.
const AGAIN: Duration = Duration::from_secs(2);
/// How long a daemon that ends waits for its last state to be written.
const FAREWELL: Duration = Duration::from_secs(1);

/// Storage of the note: the state folder, or a stand-in in tests.
pub(super) trait Notes: Send + Sync + 'static {
    /// Whether there is a note.
    fn noted(&self) -> io::Result<bool>;
    /// Makes the note, visible to every process on return.
    fn note(&self) -> io::Result<()>;
    /// Removes the note.
    fn erase(&self) -> io::Result<()>;
    /// Waits until the disk has the newest change.
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

/// Keeps the note of a lock up to date; has a thread that does so until this is dropped.
#[derive(Debug)]
pub(super) struct PersistedLock {
    locked: bool,
    /// How long a lock waits for its note: [`ANSWER`], or longer in tests.
    answer: Duration,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    progress: Mutex<Progress>,
    changed: Condvar,
}

/// What the thread has to write, and how far it is.
#[derive(Debug)]
struct Progress {
    /// Whether the state is lock, so the note should be there.
    wanted: bool,
    /// Whether other processes see the note; `None` if unknown.
    seen: Option<bool>,
    /// The newest state written for good, a lock to the disk too; `None` while writing, and
    /// after a failure.
    kept: Option<bool>,
    /// Whether the newest attempt failed.
    failed: bool,
    /// The [`PersistedLock`] was dropped, so `wanted` will not change again.
    over: bool,
}

impl PersistedLock {
    /// Reads the note and starts the thread. A note that cannot be read counts as a lock.
    /// Errors only if the system starts no thread.
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
        let answer = ANSWER;
        Ok(Self {
            locked,
            answer,
            shared,
        })
    }

    /// The same on a machine that may be too busy to make a note in time.
    #[cfg(test)]
    pub(super) fn patient(mut self) -> Self {
        self.answer = Duration::from_secs(60);
        self
    }

    /// Whether the newest state, at first the earlier daemon's, is lock.
    pub(super) fn was_locked(&self) -> bool {
        self.locked
    }

    /// Sets the state to write. A lock is noted before this returns, unless the file system
    /// takes longer than [`ANSWER`] or refuses; the thread then keeps trying.
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
            drop(
                self.shared
                    .wait(progress, self.answer, Progress::is_unanswered),
            );
        }
    }
}

impl Drop for PersistedLock {
    fn drop(&mut self) {
        // After a panic clients are told that the state is lock, so the note must agree.
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
        // No update can panic half way, so the data of a poisoned mutex are consistent.
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits while `while_so` is true, for `limit` at most.
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

    /// The thread's loop: writes `wanted`, and retries after [`AGAIN`] what failed.
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
            // If `wanted` has changed meanwhile, this is no result for the new one.
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
    fn open(folder: &Path) -> PersistedLock {
        for _ in 0..1000 {
            if let Ok(folder) = StateFolder::take(folder) {
                return PersistedLock::open(Arc::new(folder)).unwrap();
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

    /// A folder as a state folder has to be.
    fn private_folder() -> tempfile::TempDir {
        let owner_only = std::os::unix::fs::PermissionsExt::from_mode(0o700);
        let mut folder = tempfile::Builder::new();
        folder.permissions(owner_only).tempdir().unwrap()
    }

    #[test]
    fn a_lock_is_remembered_until_it_is_over() {
        let folder = private_folder();
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
        let folder = private_folder();
        let folder = folder.path();
        let note = folder.join(NOTE);
        let fifo = |path: &Path| mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap();
        let link = |path: &Path| symlink("/nowhere", path).unwrap();
        let dir = |path: &Path| fs::create_dir(path).unwrap();
        let text = |path: &Path| fs::write(path, b"\xff\0 no").unwrap();
        for put in [&fifo as &dyn Fn(&Path), &link, &dir, &text] {
            put(&note);
            assert!(begins_locked(folder));
            // It counts as a note, and is removed as one.
            keep(folder, State::Lock);
            assert!(begins_locked(folder));
            keep(folder, State::Unlock);
            assert!(!begins_locked(folder));
        }
    }

    #[test]
    fn a_folder_that_was_away_gets_the_newest_state_once_it_is_there() {
        let parent = private_folder();
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

    /// A disk on which erasing and syncing wait until it is released.
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
        let mut memory = PersistedLock::open(disk.clone()).unwrap();
        memory.keep(State::Lock);
        // A restart would see it, although the disk does not have it yet.
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
        let folder = private_folder();
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
        let folder = private_folder();
        let _first = StateFolder::take(folder.path()).unwrap();
        let why = StateFolder::take(folder.path()).unwrap_err().to_string();
        assert!(why.contains("another graspd uses it"), "{why}");
    }
}
