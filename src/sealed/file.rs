//! Reads and writes sealed files. Writes are atomic: the bytes go to a new file in the same
//! folder, are synced, and the file is renamed, so that a kill at any time leaves the old file
//! or the new one.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::regular_file::{self, Owners};

use super::{Kind, LIMIT, Sealed, SealedError, SealedFileError, new_file, seal, unseal};

/// Permission bits of group and others, none of which may be set.
const OTHERS: u32 = 0o077;

/// Reads the sealed file at `path`. Fails if it belongs to none of `owners`.
pub(crate) fn load<T: Sealed>(path: &Path, owners: Owners) -> Result<T, SealedFileError> {
    read(path, T::KIND, owners)
        .and_then(|bytes| unseal(&bytes))
        .map_err(|why| SealedFileError {
            kind: T::KIND,
            path: path.to_owned(),
            why,
        })
}

/// Writes `what` as a sealed file to `path`, with mode 0600.
pub(crate) fn save<T: Sealed>(what: &T, path: &Path) -> Result<(), SealedFileError> {
    seal(what)
        .and_then(|bytes| write(path, &bytes))
        .map_err(|why| SealedFileError {
            kind: T::KIND,
            path: path.to_owned(),
            why,
        })
}

/// Removes the file at `path` and what killed writes left; `false` if there was neither.
pub(crate) fn remove<T: Sealed>(path: &Path) -> Result<bool, SealedFileError> {
    let removed = remove_both(path).map_err(|why| SealedFileError {
        kind: T::KIND,
        path: path.to_owned(),
        why: failed("remove")(why),
    });
    if let (Ok(true), Some(Ok(folder))) = (&removed, path.parent().map(File::open)) {
        let _ = folder.sync_all();
    }
    removed
}

/// Removes what killed writes of `path` left; `false` if there is nothing.
pub(crate) fn remove_unfinished(path: &Path) -> io::Result<bool> {
    new_file::remove_all(path)
}

fn remove_both(path: &Path) -> io::Result<bool> {
    let removed = new_file::remove_if_there(path)?;
    Ok(remove_unfinished(path)? || removed)
}

fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> SealedError {
    move |source| SealedError::Io { doing, source }
}

/// Fails if the folder of `path` lets anyone but `owners` remove or replace the file.
pub(crate) fn check_folder(path: &Path, owners: Owners) -> Result<(), SealedError> {
    match fs::metadata(new_file::folder_of(path)) {
        Ok(it) if !owners.control(&it) => Err(SealedError::OpenFolder {
            uid: it.uid(),
            mode: it.mode() & 0o7777,
        }),
        // A folder that cannot be looked at is an error of the file below.
        _ => Ok(()),
    }
}

fn read(path: &Path, kind: Kind, owners: Owners) -> Result<Vec<u8>, SealedError> {
    check_folder(path, owners)?;
    let file = regular_file::open(path).map_err(|e| match e.kind() {
        io::ErrorKind::NotFound => SealedError::Missing,
        _ if regular_file::is_not_regular(&e) => SealedError::NotAFile(e),
        _ => failed("open")(e),
    })?;
    let metadata = file.metadata().map_err(failed("look at"))?;
    if !owners.include(&metadata) {
        return Err(SealedError::Stranger {
            uid: metadata.uid(),
        });
    }
    let mode = metadata.mode() & 0o7777;
    if mode & OTHERS != 0 {
        return Err(SealedError::Permissions { mode });
    }
    let mut bytes = Vec::new();
    file.take(LIMIT as u64 + 1)
        .read_to_end(&mut bytes)
        .map_err(failed("read"))?;
    if bytes.len() > LIMIT {
        return Err(SealedError::TooLong(kind));
    }
    Ok(bytes)
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), SealedError> {
    // It may be what fills the disk.
    let _ = new_file::remove_left(path);
    let (file, beside) = new_file::create(path).map_err(failed("create a new file beside"))?;
    let written = write_synced(file, bytes)
        .and_then(|()| fs::rename(&beside, path).map_err(failed("put in place")));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written?;
    // Errors are ignored: without a sync of the folder a crash may bring back the old
    // file, which is complete, and some file systems cannot sync folders.
    if let Ok(folder) = File::open(new_file::folder_of(path)) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write_synced(mut file: File, bytes: &[u8]) -> Result<(), SealedError> {
    file.write_all(bytes).map_err(failed("write"))?;
    file.sync_all().map_err(failed("sync"))
}

#[cfg(test)]
mod tests {
    use std::thread;

    use super::*;
    use crate::owner::profile::Profile;
    use crate::owner::profile::tests::profile;

    #[test]
    fn writers_of_one_file_do_not_disturb_each_other() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("owner.profile");
        save(&profile(), &path).unwrap();
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..25 {
                        save(&profile(), &path).unwrap();
                        let read: Profile = load(&path, Owners::Anybody).unwrap();
                        assert_eq!(read, profile());
                    }
                });
            }
        });
        assert_eq!(fs::read_dir(home.path()).unwrap().count(), 1);
    }
}
