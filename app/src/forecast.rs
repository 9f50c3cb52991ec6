//! The error rates that enrolment expects, in the daemon's text. The daemon gives it once, when the
//! profile is made, so the app keeps it beside the days, in a file called `promise`.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// The most that is read of the text, in bytes.
const LARGEST: u64 = 16 << 10;

fn file(folder: &Path) -> PathBuf {
    folder.join("promise")
}

/// Keeps the text of a profile that was made: the old one is there until the new one is whole.
pub fn keep(folder: &Path, text: &str) -> io::Result<()> {
    if kept(folder).as_deref() == Some(text) {
        return Ok(());
    }
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let whole = file(folder).with_extension("new");
    // What another has left there, or put there, is not written to.
    let _ = fs::remove_file(&whole);
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    options.open(&whole)?.write_all(text.as_bytes())?;
    fs::rename(whole, file(folder))
}

/// Removes the text of a profile that is no more.
pub fn forget(folder: &Path) {
    // Where it cannot be removed, it cannot be kept either.
    let _ = fs::remove_file(file(folder));
}

/// The kept text.
pub fn kept(folder: &Path) -> Option<String> {
    let path = file(folder);
    // Opening a FIFO would wait.
    if !fs::symlink_metadata(&path).ok()?.is_file() {
        return None;
    }
    let mut text = String::new();
    let file = File::open(path).ok()?;
    file.take(LARGEST).read_to_string(&mut text).ok()?;
    Some(text)
}

/// The false locks an hour that the text expects: "expect 1.0 false locks in 4 h of use". A test in
/// src/owner/profile/expectation.rs holds that it has these words.
pub fn false_locks_an_hour(text: &str) -> Option<f64> {
    let (_, after) = text.split_once("expect ")?;
    let (count, after) = after.split_once(" false locks in ")?;
    let (hours, _) = after.split_once(" h ")?;
    let (count, hours): (f64, f64) = (count.parse().ok()?, hours.parse().ok()?);
    (count >= 0.0 && hours > 0.0).then_some(count / hours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_is_kept_and_its_rate_read() {
        let text = "user 0, from 456 windows; 98 % of held-out windows accepted; expect 1.0 false \
                    locks in 4 h of use (95 %: 0.0 to 3.0); 0 % of strangers' windows pass";
        let home = tempfile::tempdir().unwrap();
        let folder = home.path().join("graspd");
        assert_eq!(kept(&folder), None);
        keep(&folder, text).unwrap();
        let rate = kept(&folder).as_deref().and_then(false_locks_an_hour);
        assert_eq!(rate, Some(0.25));
        keep(&folder, "another").unwrap();
        assert_eq!(kept(&folder).as_deref(), Some("another"));
        forget(&folder);
        assert_eq!(kept(&folder), None);
        for other in ["", "expect nothing", "expect x false locks in 4 h of use"] {
            assert_eq!(false_locks_an_hour(other), None);
        }
    }
}
