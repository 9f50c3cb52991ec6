//! Whether a user has access to a file, and what denies it.

use std::fmt;
use std::fs;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use super::Device;
use super::user::Access;

/// What denies a user access to a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Denial {
    /// A directory above the file without search permission.
    Directory(PathBuf),
    /// The file's own mode.
    Mode(PathBuf, Access),
    /// There is no such file.
    Missing(PathBuf),
}

impl fmt::Display for Denial {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Directory(path) => write!(f, "the directory {} denies it", path.display()),
            Self::Mode(path, Access::Read) => write!(f, "{} may not be read", path.display()),
            Self::Mode(path, _) => write!(f, "{} may not be written", path.display()),
            Self::Missing(path) => write!(f, "there is no {}", path.display()),
        }
    }
}

impl Device<'_> {
    /// Why the daemon's user cannot do `wanted` with the file at `path`; `None` if it
    /// can. Checks the modes of the file and of every directory above it, but no access
    /// control lists.
    pub(super) fn denial(&self, path: &Path, wanted: &[Access]) -> Option<Denial> {
        // The directories above a link's target count as well.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let root = self.machine.root();
        let root = fs::canonicalize(root).unwrap_or_else(|_| root.to_owned());
        let mut above: Vec<_> = path
            .ancestors()
            .skip(1)
            .take_while(|directory| directory.starts_with(&root))
            .collect();
        above.reverse();
        let mut last = root.as_path();
        for directory in above {
            match fs::metadata(directory) {
                Ok(it) if self.user.may(Access::Search, &it) => last = directory,
                Ok(_) => return Some(Denial::Directory(directory.to_owned())),
                Err(error) => return Some(unseen(error.kind(), directory, last)),
            }
        }
        match fs::metadata(&path) {
            Err(error) => Some(unseen(error.kind(), &path, last)),
            Ok(it) => wanted
                .iter()
                .find(|&&wish| !self.user.may(wish, &it))
                .map(|&wish| Denial::Mode(path, wish)),
        }
    }
}

fn unseen(error: ErrorKind, path: &Path, above: &Path) -> Denial {
    match error {
        ErrorKind::PermissionDenied => Denial::Directory(above.to_owned()),
        _ => Denial::Missing(path.to_owned()),
    }
}
