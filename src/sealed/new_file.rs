//! The new file that is written beside the one that it replaces. Each writer has a name of its own,
//! so that none puts what another has half written in the place of a whole file.

use std::ffi::OsStr;
use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};
use std::process;
use std::str;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::io::Errno;
use rustix::process::{Pid, test_kill_process};

/// How its name ends.
const NEW: &[u8] = b".new";

/// Counts the new files of this process.
static WRITES: AtomicU64 = AtomicU64::new(0);

/// The folder that `path` is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    }
}

/// Makes a new file beside `path`, with mode 0600.
pub(super) fn create(path: &Path) -> io::Result<(File, PathBuf)> {
    loop {
        let number = WRITES.fetch_add(1, Ordering::Relaxed);
        let mut name = start_of(path);
        name.extend(format!("{}-{number}", process::id()).bytes());
        name.extend(NEW);
        let beside = path.with_file_name(OsStr::from_bytes(&name));
        let mut options = OpenOptions::new();
        options.write(true).create_new(true).mode(0o600);
        match options.open(&beside) {
            // Left from a process that had the same id.
            Err(why) if why.kind() == io::ErrorKind::AlreadyExists => {}
            other => return other.map(|file| (file, beside)),
        }
    }
}

/// Removes the new files beside `path` whose writers were killed; `false` if there are none.
pub(super) fn remove_left(path: &Path) -> io::Result<bool> {
    remove(path, |writer| writer.is_none_or(has_ended))
}

/// Removes all new files beside `path`; `false` if there are none.
pub(super) fn remove_all(path: &Path) -> io::Result<bool> {
    remove(path, |_| true)
}

fn remove(path: &Path, is_left: impl Fn(Option<Pid>) -> bool) -> io::Result<bool> {
    let entries = match fs::read_dir(folder_of(path)) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => return Ok(false),
        other => other?,
    };
    let mut removed = false;
    for entry in entries {
        let entry = entry?;
        if writer(path, &entry.file_name()).is_some_and(&is_left) {
            removed |= remove_if_there(&entry.path())?;
        }
    }
    Ok(removed)
}

pub(super) fn remove_if_there(path: &Path) -> io::Result<bool> {
    match fs::remove_file(path) {
        Err(why) if why.kind() == io::ErrorKind::NotFound => Ok(false),
        other => other.map(|()| true),
    }
}

/// How the names of new files beside `path` begin.
fn start_of(path: &Path) -> Vec<u8> {
    let name = path.file_name().unwrap_or_default();
    [b".", name.as_bytes(), b"."].concat()
}

/// The process that writes the file `name` beside `path`; `None` if it is no new file, and no
/// process where its name tells none, as earlier versions wrote it.
fn writer(path: &Path, name: &OsStr) -> Option<Option<Pid>> {
    let rest = name.as_bytes().strip_prefix(&*start_of(path))?;
    if rest == &NEW[1..] {
        return Some(None);
    }
    let own = str::from_utf8(rest.strip_suffix(NEW)?).ok()?;
    let (id, number) = own.split_once('-')?;
    number.parse::<u64>().ok()?;
    Some(Pid::from_raw(id.parse().ok()?))
}

fn has_ended(writer: Pid) -> bool {
    test_kill_process(writer) == Err(Errno::SRCH)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).unwrap();
        let name = |entry: io::Result<fs::DirEntry>| entry.unwrap().file_name();
        let mut names: Vec<_> = entries
            .map(|entry| name(entry).into_string().unwrap())
            .collect();
        names.sort();
        names
    }

    #[test]
    fn what_killed_writers_left_goes_and_what_others_write_stays() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("owner.profile");
        let (_file, beside) = create(&path).unwrap();
        let own = beside.file_name().unwrap().to_str().unwrap();
        let kept = [".owner.profile.1-0.new", ".other.profile.new", "x", own];
        // No process has so large an id.
        let left = [".owner.profile.4194305-7.new", ".owner.profile.new"];
        for name in kept.iter().chain(&left) {
            fs::write(home.path().join(name), "half").unwrap();
        }
        assert!(remove_left(&path).unwrap());
        assert!(!remove_left(&path).unwrap());
        let mut expected = kept;
        expected.sort_unstable();
        assert_eq!(names(home.path()), expected);
        assert!(remove_all(&path).unwrap());
        assert_eq!(names(home.path()), [".other.profile.new", "x"]);
        assert!(!remove_all(&home.path().join("none/owner.profile")).unwrap());
    }

    #[test]
    fn each_writer_has_a_name_of_its_own() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("owner.profile");
        let first = create(&path).unwrap().1;
        let second = create(&path).unwrap().1;
        assert_ne!(first, second);
        assert_eq!(names(home.path()).len(), 2);
    }
}
