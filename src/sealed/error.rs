//! Errors of reading and writing sealed files.

use std::path::PathBuf;

use thiserror::Error;

use super::Kind;

/// Why a sealed file cannot be read or written, with its kind and path.
#[derive(Debug, Error)]
#[error("{} {}: {why}", kind.name, path.display())]
pub struct SealedFileError {
    /// The expected kind.
    pub kind: Kind,
    /// Path of the file.
    pub path: PathBuf,
    /// The cause.
    #[source]
    pub why: SealedError,
}

/// Why a sealed file, or its bytes, cannot be read or written.
#[derive(Debug, Error)]
pub enum SealedError {
    /// The file does not exist.
    #[error("there is none; make one with `graspd enroll`")]
    Missing,
    /// A system call failed.
    #[error("cannot {doing} it: {source}")]
    Io {
        /// The attempted operation, a verb.
        doing: &'static str,
        /// The system's error.
        source: std::io::Error,
    },
    /// Users other than the file's owner may read or change it.
    #[error("its mode is {mode:04o}, so others can read or change it; run `chmod 0600` on it")]
    Permissions {
        /// Permission bits of the file.
        mode: u32,
    },
    /// It is a folder, a device, a FIFO or a socket.
    #[error("{0}; remove it")]
    NotAFile(std::io::Error),
    /// It belongs to a user who is not trusted and could have forged it.
    #[error(
        "it belongs to user {uid}, who could have made it up; if it is genuine, `chown` it to the user that graspd runs as"
    )]
    Stranger {
        /// Id of the user who owns the file.
        uid: u32,
    },
    /// Others can remove or replace it, because of its folder's owner or mode.
    #[error(
        "its folder belongs to user {uid} and has the mode {mode:04o}, so others can remove or \
         replace it; `chmod go-w` the folder, `chown` it to the user that graspd runs as, or \
         choose another"
    )]
    OpenFolder {
        /// Id of the user who owns the folder.
        uid: u32,
        /// Permission bits of the folder.
        mode: u32,
    },
    /// The magic is not that of the kind.
    #[error("it is not a graspd {}", .0.name)]
    Foreign(Kind),
    /// It has an earlier format version.
    #[error("it has the old format {found}, this graspd reads {reads}; {}", kind.renew)]
    Older {
        /// Kind of the file.
        kind: Kind,
        /// Its format version.
        found: u32,
        /// The version that is read.
        reads: u32,
    },
    /// It has a later format version.
    #[error("it has format {found}, this graspd reads up to {reads}; use a newer graspd")]
    Newer {
        /// Its format version.
        found: u32,
        /// The version that is read.
        reads: u32,
    },
    /// It is shorter than its header says.
    #[error("it is cut off after {found} of {expected} bytes; restore it or {}", kind.renew)]
    Truncated {
        /// Kind of the file.
        kind: Kind,
        /// Length of the file, in bytes.
        found: u64,
        /// Length by the header, in bytes.
        expected: u64,
    },
    /// It is longer than its header says, or than the limit.
    #[error("it is longer than it should be; restore it or {}", .0.renew)]
    TooLong(Kind),
    /// The checksum does not match the contents.
    #[error("its checksum is wrong, so its contents were damaged; restore it or {}", .0.renew)]
    Corrupted(Kind),
    /// The checksum matches, but the contents fail a check.
    #[error("its contents make no sense ({why}); {}", kind.renew)]
    Invalid {
        /// Kind of the file.
        kind: Kind,
        /// The check that failed.
        why: String,
    },
}

impl SealedError {
    /// Whether the contents are unreadable for this graspd, as opposed to a file whose
    /// absence, type, owner or mode can be corrected.
    pub fn is_damage(&self) -> bool {
        matches!(
            self,
            Self::Foreign(_)
                | Self::Older { .. }
                | Self::Newer { .. }
                | Self::Truncated { .. }
                | Self::TooLong(_)
                | Self::Corrupted(_)
                | Self::Invalid { .. }
        )
    }
}

impl SealedFileError {
    /// Whether the file does not exist.
    pub fn is_missing(&self) -> bool {
        matches!(self.why, SealedError::Missing)
    }
}
