//! Why a sealed file cannot be read or written.

use std::path::PathBuf;

use thiserror::Error;

use super::Kind;

/// A sealed file that cannot be read or written.
#[derive(Debug, Error)]
#[error("{} {}: {why}", kind.name, path.display())]
pub struct SealedFileError {
    /// What the file should hold.
    pub kind: Kind,
    /// The file.
    pub path: PathBuf,
    /// What is wrong.
    #[source]
    pub why: SealedError,
}

/// What is wrong with a sealed file, or with its bytes.
#[derive(Debug, Error)]
pub enum SealedError {
    /// There is no file.
    #[error("there is none; make one with `graspd enroll`")]
    Missing,
    /// The system refuses.
    #[error("cannot {doing} it: {source}")]
    Io {
        /// What was tried.
        doing: &'static str,
        /// The system's answer.
        source: std::io::Error,
    },
    /// Users other than the file's owner may read or change it.
    #[error("its mode is {mode:04o}, so others can read or change it; run `chmod 0600` on it")]
    Permissions {
        /// Permission bits.
        mode: u32,
    },
    /// A folder, a device, a FIFO, a socket.
    #[error("{0}; remove it")]
    NotAFile(std::io::Error),
    /// It belongs to somebody who is not believed.
    #[error(
        "it belongs to user {uid}, who could have made it up; if it is genuine, `chown` it to the user that graspd runs as"
    )]
    Stranger {
        /// Whose it is.
        uid: u32,
    },
    /// The first bytes are not those of the kind.
    #[error("it is not a graspd {}", .0.name)]
    Foreign(Kind),
    /// Of an earlier format version.
    #[error("it has the old format {found}, this graspd reads {reads}; {}", kind.renew)]
    Older {
        /// What it is.
        kind: Kind,
        /// Its format version.
        found: u32,
        /// The version that is read.
        reads: u32,
    },
    /// Of a later format version.
    #[error("it has format {found}, this graspd reads up to {reads}; use a newer graspd")]
    Newer {
        /// Its format version.
        found: u32,
        /// The version that is read.
        reads: u32,
    },
    /// Shorter than its header says.
    #[error("it is cut off after {found} of {expected} bytes; restore it or {}", kind.renew)]
    Truncated {
        /// What it is.
        kind: Kind,
        /// Bytes there are.
        found: u64,
        /// Bytes that the header announces.
        expected: u64,
    },
    /// Longer than its header says, or than the limit.
    #[error("it is longer than it should be; restore it or {}", .0.renew)]
    TooLong(Kind),
    /// The checksum does not match the contents.
    #[error("its checksum is wrong, so its contents were damaged; restore it or {}", .0.renew)]
    Corrupted(Kind),
    /// The checksum matches, and the contents fail a check.
    #[error("its contents make no sense ({why}); {}", kind.renew)]
    Invalid {
        /// What it is.
        kind: Kind,
        /// The check that failed.
        why: String,
    },
}

impl SealedError {
    /// Whether what is in the file cannot be read by this graspd, whatever is done about
    /// the file.
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
    /// Whether there is no such file.
    pub fn is_missing(&self) -> bool {
        matches!(self.why, SealedError::Missing)
    }
}
