//! Writing a folder atomically: it appears complete, or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// Writes `files` (name, contents) to the folder `out`, which must not exist: into
/// `<out>.partial` first, synced, then renamed. An error comes with the path that failed.
pub(crate) fn write_whole(out: &Path, files: &[(&str, &[u8])]) -> Result<(), (PathBuf, io::Error)> {
    let mut staging = out.as_os_str().to_owned();
    staging.push(".partial");
    let staging = PathBuf::from(staging);
    fill(&staging, files)?;
    fs::rename(&staging, out).map_err(|e| (out.to_owned(), e))
}

/// Replaces `folder` by a new one with these files, each synced.
fn fill(folder: &Path, files: &[(&str, &[u8])]) -> Result<(), (PathBuf, io::Error)> {
    let at = |path: &Path| {
        let path = path.to_owned();
        move |source| (path, source)
    };
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(at(folder))?;
    }
    fs::create_dir_all(folder).map_err(at(folder))?;
    for (name, contents) in files {
        let path = folder.join(name);
        fs::write(&path, contents).map_err(at(&path))?;
        let synced = fs::File::open(&path).and_then(|file| file.sync_all());
        synced.map_err(at(&path))?;
    }
    Ok(())
}
