//! Reads and writes sealed files. Writes are atomic: the bytes go to a temporary file in
//! the same folder, are synced, and the file is renamed, so that a kill at any time
//! leaves the old file or the new one.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{MetadataExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

use crate::regular_file::{self, Owners};

use super::{Kind, LIMIT, Sealed, SealedError, SealedFileError, seal, unseal};

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

/// Removes the file at `path` and the temporary file of a killed write; `false` if
/// neither existed.
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

/// Removes the temporary file of a killed write of `path`; `false` if there is none.
pub(crate) fn remove_unfinished(path: &Path) -> io::Result<bool> {
    remove_if_there(&beside(path))
}

fn remove_both(path: &Path) -> io::Result<bool> {
    let removed = remove_if_there(path)?;
    Ok(remove_unfinished(path)? || removed)
}

fn remove_if_there(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(false),
        other => other.map(|()| true),
    }
}

fn failed(doing: &'static str) -> impl FnOnce(io::Error) -> SealedError {
    move |source| SealedError::Io { doing, source }
}

/// Fails if the folder of `path` lets anyone but `owners` remove or replace the file.
pub(crate) fn check_folder(path: &Path, owners: Owners) -> Result<(), SealedError> {
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    match fs::metadata(folder) {
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
    let folder = match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    let beside = beside(path);
    // A file of that name is left from a killed write, of this process or another.
    let _ = fs::remove_file(&beside);
    let written = write_synced(&beside, bytes)
        .and_then(|()| fs::rename(&beside, path).map_err(failed("put in place")));
    if written.is_err() {
        let _ = fs::remove_file(&beside);
    }
    written?;
    // Errors are ignored: without a sync of the folder a crash may bring back the old
    // file, which is complete, and some file systems cannot sync folders.
    if let Ok(folder) = File::open(folder) {
        let _ = folder.sync_all();
    }
    Ok(())
}

fn write_synced(path: &Path, bytes: &[u8]) -> Result<(), SealedError> {
    let mut file = OpenOptions::new()
        .write(true)
        .create_new(true)
        .mode(0o600)
        .open(path)
        .map_err(failed("create a new file beside"))?;
    file.write_all(bytes).map_err(failed("write"))?;
    file.sync_all().map_err(failed("sync"))
}

fn beside(path: &Path) -> PathBuf {
    let mut name = std::ffi::OsString::from(".");
    name.push(path.file_name().unwrap_or_default());
    name.push(".new");
    path.with_file_name(name)
}
