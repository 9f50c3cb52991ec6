//! Opens regular files, and refuses any other kind of file.
//!
//! Opening a FIFO waits for its other end (fifo(7)), so one in place of a file would
//! block the daemon, and opening a device may have side effects. Hence `O_NONBLOCK`, and
//! a check of the type of the opened file before it is read.

use std::fs::{File, FileType, Metadata, OpenOptions};
use std::io::{self, ErrorKind, Read};
use std::os::unix::fs::{FileTypeExt, MetadataExt, OpenOptionsExt};
use std::path::Path;

use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl, fstatfs};
use thiserror::Error;

/// `f_type` of statfs(2) for an unnamed pipe: `PIPEFS_MAGIC` of linux/magic.h.
const PIPEFS: u64 = 0x5049_5045;

/// The file is not a regular one; the string names its kind.
#[derive(Debug, Error)]
#[error("it is {0}, and not a regular file")]
struct NotRegular(&'static str);

/// Users whose files are trusted; another's could be forged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Owners {
    /// All users, for commands that only display.
    Anybody,
    /// The user with this id, and root.
    User(u32),
}

impl Owners {
    /// The user that this process runs as, and root.
    pub fn this_process() -> Self {
        Self::User(rustix::process::geteuid().as_raw())
    }

    /// Whether a file with this metadata is trusted.
    pub fn include(self, metadata: &Metadata) -> bool {
        match self {
            Self::Anybody => true,
            Self::User(uid) => metadata.uid() == uid || metadata.uid() == 0,
        }
    }

    /// Whether no one else can remove or replace these users' files in a folder with this
    /// metadata. In a sticky folder (inode(7)) only a file's owner can.
    pub fn control(self, folder: &Metadata) -> bool {
        let others_write = folder.mode() & 0o022 != 0;
        let sticky = folder.mode() & 0o1000 != 0;
        self == Self::Anybody || self.include(folder) && (!others_write || sticky)
    }
}

/// Opens the regular file at `path` for reading; fails without blocking if it is any
/// other kind.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    let file = open_at_once(path)?;
    match kind(file.metadata()?.file_type()) {
        None => Ok(file),
        Some(kind) => Err(refusal(kind)),
    }
}

/// Reads the regular file at `path`; fails if it has more than `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit {
        let why = format!("it is larger than {limit} bytes");
        return Err(io::Error::new(ErrorKind::FileTooLarge, why));
    }
    Ok(bytes)
}

/// Opens an input file named by the user: a regular file, or the unnamed pipe of a
/// shell's process substitution, as in `graspd enroll <(xzcat monday.csv.xz)`.
pub(crate) fn open_input(path: &Path) -> io::Result<File> {
    let file = open_at_once(path)?;
    match kind(file.metadata()?.file_type()) {
        None => Ok(file),
        Some(_) if fstatfs(&file).is_ok_and(|it| it.f_type as u64 == PIPEFS) => {
            fcntl_setfl(&file, fcntl_getfl(&file)? - OFlags::NONBLOCK)?;
            Ok(file)
        }
        Some(kind) => Err(refusal(kind)),
    }
}

/// Whether an error of this module means that the file is not a regular one.
pub(crate) fn is_not_regular(why: &io::Error) -> bool {
    why.get_ref().is_some_and(|why| why.is::<NotRegular>())
}

fn open_at_once(path: &Path) -> io::Result<File> {
    let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
    let opened = OpenOptions::new()
        .read(true)
        .custom_flags(flags.bits().cast_signed())
        .open(path);
    // open(2) of a socket fails with ENXIO.
    opened.map_err(|why| match std::fs::metadata(path) {
        Ok(it) if it.file_type().is_socket() => refusal("a socket"),
        _ => why,
    })
}

fn refusal(kind: &'static str) -> io::Error {
    io::Error::new(ErrorKind::InvalidInput, NotRegular(kind))
}

/// Kind of a file, for messages; `None` if it is a regular one.
fn kind(it: FileType) -> Option<&'static str> {
    Some(match () {
        () if it.is_file() => return None,
        () if it.is_dir() => "a folder",
        () if it.is_fifo() => "a FIFO",
        () => "a device",
    })
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write;
    use std::os::fd::AsRawFd;

    use rustix::fs::{CWD, Mode, mknodat};

    use super::*;

    #[test]
    fn what_is_no_file_is_refused_at_once_and_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("file");
        fs::write(&path, "12345").unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert!(read(&path, 4).unwrap_err().to_string().contains("4 bytes"));

        let (fifo, socket) = (dir.path().join("fifo"), dir.path().join("socket"));
        mknodat(CWD, &fifo, rustix::fs::FileType::Fifo, Mode::RUSR, 0).unwrap();
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        for (path, what) in [
            (fifo.as_path(), "a FIFO"),
            (socket.as_path(), "a socket"),
            (dir.path(), "a folder"),
            (Path::new("/dev/zero"), "a device"),
        ] {
            for why in [open(path).unwrap_err(), open_input(path).unwrap_err()] {
                assert!(
                    is_not_regular(&why) && why.to_string().contains(what),
                    "{why}"
                );
            }
        }
    }

    #[test]
    fn a_shells_pipe_is_input() {
        let (reader, mut writer) = io::pipe().unwrap();
        let path = format!("/proc/self/fd/{}", reader.as_raw_fd());
        let mut input = open_input(Path::new(&path)).unwrap();
        assert!(open(Path::new(&path)).is_err());
        let writes = std::thread::spawn(move || writer.write_all(b"line\n").unwrap());
        drop(reader);
        let mut said = String::new();
        input.read_to_string(&mut said).unwrap();
        writes.join().unwrap();
        assert_eq!(said, "line\n");
    }
}
