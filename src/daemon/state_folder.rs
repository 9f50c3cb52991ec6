//! The state folder, for what survives a restart. Only the daemon's user may write to it,
//! because whoever can may remove the note of a lock, or read it, because whoever can may lock
//! it; one daemon uses it at a time.
//!
//! flock(2) is taken on the folder itself, because that works on a full disk and there is
//! no lock file that could be replaced.

use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rustix::fs::{
    AtFlags, FileType, FlockOperation, Mode, OFlags, StatVfsMountFlags, flock, mknodat, statat,
    statvfs, unlinkat,
};
use rustix::io::Errno;
use rustix::process::geteuid;
use thiserror::Error;

/// A state folder that cannot be used.
#[derive(Debug, Error)]
#[error("state.folder {}: {why}", path.display())]
pub struct StateFolderError {
    /// The folder.
    pub path: PathBuf,
    /// What is wrong with it.
    #[source]
    pub why: StateFolderFault,
}

/// What is wrong with a state folder, for a daemon of one user.
#[derive(Debug, Error)]
pub enum StateFolderFault {
    /// The folder does not exist.
    #[error(
        "there is none; make it, for user {uid} alone (`install -d -m 0700 -o {uid}`), or name another as \
         state.folder"
    )]
    Missing {
        /// User id of the daemon.
        uid: u32,
    },
    /// The path is not a folder.
    #[error("it is no folder; name another, or remove it")]
    NotAFolder,
    /// It belongs to another user, who could remove what is in it.
    #[error(
        "it belongs to user {found}, and graspd runs as user {uid}; `chown {uid}` it, or run \
         graspd as user {found}"
    )]
    Stranger {
        /// User id of its owner.
        found: u32,
        /// User id of the daemon.
        uid: u32,
    },
    /// Other users may write to it.
    #[error("its mode is {mode:04o}, so others can remove what is in it; `chmod go-w` it")]
    Open {
        /// Its permission bits.
        mode: u32,
    },
    /// Other users may read it, so they can take the lock that keeps a second daemon away.
    #[error("its mode is {mode:04o}, so others can keep graspd from using it; `chmod go-r` it")]
    Readable {
        /// Its permission bits.
        mode: u32,
    },
    /// Its owner may not read, write and search it.
    #[error("its mode is {mode:04o}, so nothing can be kept in it; `chmod 0700` it")]
    Closed {
        /// Its permission bits.
        mode: u32,
    },
    /// Its file system is mounted read-only.
    #[error("its file system is read-only; mount it for writing, or name another folder")]
    ReadOnly,
    /// Another running daemon has it locked.
    #[error("another graspd uses it; stop that one, or give this one a folder of its own")]
    InUse,
    /// A system call failed.
    #[error("cannot {doing} it: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The system's error.
        source: io::Error,
    },
}

use StateFolderFault as Fault;

impl Fault {
    fn is_denied(&self) -> bool {
        matches!(self, Self::Io { source, .. } if source.kind() == ErrorKind::PermissionDenied)
    }
}

/// Checks that a daemon of the user `uid` could use the folder at `path`, without locking
/// it: every fault except [`StateFolderFault::InUse`].
pub(crate) fn check(path: &Path, uid: u32) -> Result<(), StateFolderError> {
    let opened = match open(path, uid) {
        // What is its user's alone is for nobody else to open, and no other fault was seen.
        Err(why) if uid != geteuid().as_raw() && why.is_denied() && path.is_dir() => Ok(()),
        other => other.map(drop),
    };
    let checked = opened.and_then(|()| match statvfs(path) {
        Ok(it) if it.f_flag.contains(StatVfsMountFlags::RDONLY) => Err(Fault::ReadOnly),
        _ => Ok(()),
    });
    checked.map_err(|why| at(path, why))
}

/// Whether a daemon uses the folder at `path` now.
pub(crate) fn is_in_use(path: &Path) -> bool {
    let held = |folder: File| flock(&folder, FlockOperation::NonBlockingLockExclusive);
    File::open(path).is_ok_and(|folder| held(folder) == Err(Errno::WOULDBLOCK))
}

/// The state folder, locked for this daemon.
#[derive(Debug)]
pub(super) struct StateFolder {
    path: PathBuf,
    /// Kept open, so that a note can be made when no file descriptors are left.
    open: Mutex<File>,
}

impl StateFolder {
    /// Checks and locks the folder at `path`, until this is dropped.
    pub(super) fn take(path: &Path) -> Result<Self, StateFolderError> {
        let open = take(path).map_err(|why| at(path, why))?;
        Ok(Self {
            path: path.to_owned(),
            open: Mutex::new(open),
        })
    }

    /// Whether the folder has an entry of this name, of any kind. It is not opened.
    pub(super) fn has(&self, name: &str) -> io::Result<bool> {
        match statat(&*self.current()?, name, AtFlags::SYMLINK_NOFOLLOW) {
            Ok(_) => Ok(true),
            Err(Errno::NOENT) => Ok(false),
            Err(why) => Err(why.into()),
        }
    }

    /// Makes an empty file of this name unless there is an entry of any kind. Every process
    /// sees it on return; to survive a power cut it needs a [`StateFolder::sync`].
    pub(super) fn put(&self, name: &str) -> io::Result<()> {
        let mode = Mode::RUSR | Mode::WUSR;
        // Unlike open(2), mknod(2) needs no descriptor and never waits.
        match mknodat(&*self.current()?, name, FileType::RegularFile, mode, 0) {
            Err(Errno::EXIST) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Removes the entry of this name, if there is one.
    pub(super) fn remove(&self, name: &str) -> io::Result<()> {
        let folder = self.current()?;
        match unlinkat(&*folder, name, AtFlags::empty()) {
            Err(Errno::NOENT) => Ok(()),
            Err(Errno::ISDIR) => Ok(unlinkat(&*folder, name, AtFlags::REMOVEDIR)?),
            other => Ok(other?),
        }
    }

    /// Waits until the disk has all changes.
    pub(super) fn sync(&self) -> io::Result<()> {
        self.current()?.sync_all()
    }

    /// The folder that is at the path now. If it was replaced, the new one is checked and
    /// locked first.
    fn current(&self) -> io::Result<MutexGuard<'_, File>> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let [there, ours] = [fs::metadata(&self.path)?, open.metadata()?];
        if (there.dev(), there.ino()) != (ours.dev(), ours.ino()) {
            *open = take(&self.path).map_err(io::Error::other)?;
        }
        Ok(open)
    }
}

fn at(path: &Path, why: Fault) -> StateFolderError {
    StateFolderError {
        path: path.to_owned(),
        why,
    }
}

fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> Fault {
    move |source| Fault::Io { doing, source }
}

fn take(path: &Path) -> Result<File, Fault> {
    let folder = open(path, geteuid().as_raw())?;
    match flock(&folder, FlockOperation::NonBlockingLockExclusive) {
        Ok(()) => Ok(folder),
        Err(Errno::WOULDBLOCK) => Err(Fault::InUse),
        Err(why) => Err(failed("lock")(why.into())),
    }
}

/// Opens the folder, if a daemon of the user `uid` can use it.
fn open(path: &Path, uid: u32) -> Result<File, Fault> {
    let folder = OpenOptions::new()
        .read(true)
        .custom_flags(OFlags::DIRECTORY.bits().cast_signed())
        .open(path)
        .map_err(|why| match why.kind() {
            ErrorKind::NotFound => Fault::Missing { uid },
            ErrorKind::NotADirectory => Fault::NotAFolder,
            // It cannot be opened for reading; its owner and mode may still tell why.
            _ => match fs::metadata(path).map(|it| fault(&it, uid)) {
                Ok(Some(fault)) => fault,
                _ => failed("open")(why),
            },
        })?;
    match fault(&folder.metadata().map_err(failed("look at"))?, uid) {
        Some(fault) => Err(fault),
        None => Ok(folder),
    }
}

fn fault(it: &Metadata, uid: u32) -> Option<Fault> {
    let mode = it.mode() & 0o7777;
    match () {
        () if it.uid() != uid => Some(Fault::Stranger {
            found: it.uid(),
            uid,
        }),
        () if mode & 0o022 != 0 => Some(Fault::Open { mode }),
        () if mode & 0o044 != 0 => Some(Fault::Readable { mode }),
        () if mode & 0o700 != 0o700 => Some(Fault::Closed { mode }),
        () => None,
    }
}
