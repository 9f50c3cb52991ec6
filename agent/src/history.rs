//! The days' events, for the app and `graspd report`: one file of the owner's for each day, with
//! the lines as the socket gave them and the time of the day at their end. docs/agent.md

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use super::conversation::Line;
use super::thinned::Thinned;

/// Days that are kept.
const DAYS: usize = 7;
/// The largest file of a day, in bytes.
const LARGEST: u64 = 4 << 20;
/// Up to here scores are kept; locks and what else happens are, beyond.
const SCORES_TO: u64 = 3 << 20;
/// What scores wait for at most, in bytes, before they are written.
const WAITING: usize = 32 << 10;

/// The owner's folder of days.
#[derive(Debug)]
pub(crate) struct History {
    folder: PathBuf,
    uid: u32,
    /// The daemon's hello, until it has said for whom it watches.
    hello: Option<String>,
    /// It watches for this user, and plays no recording.
    ours: bool,
    thinned: Thinned,
    /// What somebody answered of the newest lock, until the daemon has taken it.
    answer: Option<bool>,
    /// Whole lines that are to be written.
    waiting: String,
    /// The size of the day's file, as last seen.
    size: u64,
    /// It cannot be written, and that was said.
    broken: bool,
}

/// `graspd` in $XDG_STATE_HOME; `None` without a home.
pub(crate) fn usual_folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let state = state.or_else(|| Some(set("HOME")?.join(".local/state")));
    Some(state?.join("graspd"))
}

impl History {
    pub(crate) fn of_user(uid: u32, folder: PathBuf) -> Self {
        Self {
            folder,
            uid,
            hello: None,
            ours: false,
            thinned: Thinned::default(),
            answer: None,
            waiting: String::new(),
            size: 0,
            broken: false,
        }
    }

    /// Takes an event; whether the daemon has to be asked for scores from now on.
    pub(crate) fn hear(&mut self, line: &Line, now: SystemTime) -> bool {
        match line.event.as_str() {
            "hello" => {
                self.ours = false;
                self.hello = Some(line.text.clone());
            }
            "status" => {
                let before = self.ours;
                let plays = line.mode.as_deref() == Some("replay");
                self.ours = line.owner == Some(self.uid) && !plays;
                if self.ours && !before {
                    let hello = self.hello.take();
                    self.keep(hello.as_deref(), now);
                    return true;
                }
            }
            _ if !self.ours => {}
            "score" if self.size < SCORES_TO && self.thinned.keeps(line) => {
                self.add(&line.text, now);
                if self.waiting.len() >= WAITING {
                    self.write(now);
                }
            }
            "lock" | "unlock" | "inconclusive" | "warning" | "lock_confirmed"
            | "lock_unconfirmed" | "lagged" | "bye" => self.keep(Some(&line.text), now),
            "adaptation" => {
                if let Some(was_false) = self.answer.take() {
                    let answer = format!(r#"{{"event":"answer","was_false":{was_false}}}"#);
                    self.keep(Some(&answer), now);
                }
            }
            "error" => self.answer = None,
            _ => {}
        }
        false
    }

    /// The daemon is told that its newest lock was false, or right.
    pub(crate) fn answered(&mut self, was_false: bool) {
        self.answer = Some(was_false);
    }

    /// Writes what waits.
    pub(crate) fn write(&mut self, now: SystemTime) {
        if self.waiting.is_empty() {
            return;
        }
        let lines = std::mem::take(&mut self.waiting);
        match append(&self.folder, &day(now), &lines) {
            Ok(size) => (self.size, self.broken) = (size, false),
            Err(why) if !self.broken => {
                self.broken = true;
                let folder = self.folder.display();
                eprintln!("graspd-agent: the day is not kept in {folder}: {why}");
            }
            Err(_) => {}
        }
    }

    fn keep(&mut self, text: Option<&str>, now: SystemTime) {
        if let Some(text) = text {
            self.add(text, now);
        }
        self.write(now);
    }

    /// Adds the time of the day as the last member.
    fn add(&mut self, text: &str, now: SystemTime) {
        let Some(object) = text.trim_end().strip_suffix('}') else {
            return;
        };
        let since = now.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        self.waiting += &format!("{object},\"unix_s\":{since}}}\n");
    }
}

/// The day in UTC, as in 2026-11-27.
fn day(now: SystemTime) -> String {
    let now = now.max(UNIX_EPOCH);
    let whole = humantime::format_rfc3339_seconds(now).to_string();
    whole.split('T').next().unwrap_or_default().to_owned()
}

/// Appends whole lines to the day's file; its size then.
fn append(folder: &Path, day: &str, lines: &str) -> io::Result<u64> {
    DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(folder)?;
    let path = folder.join(format!("events-{day}.jsonl"));
    let begins = !path.exists();
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(0o600);
    let mut file = options.open(&path)?;
    // Opened for both, a FIFO does not wait for its other end; written to, it would.
    if !file.metadata()?.is_file() {
        let why = format!("{} is no file; remove it", path.display());
        return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
    }
    if begins {
        forget_old(folder, &path);
    }
    let size = file.metadata()?.len();
    if size + lines.len() as u64 > LARGEST {
        return Ok(size);
    }
    // In one call, because the app appends to the same file.
    match ends_whole(&mut file, size)? {
        true => file.write_all(lines.as_bytes())?,
        false => file.write_all(format!("\n{lines}").as_bytes())?,
    }
    Ok(size + lines.len() as u64)
}

/// Whether the file ends with a whole line: one may be cut short where the disk was full.
fn ends_whole(file: &mut File, size: u64) -> io::Result<bool> {
    if size == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::Start(size - 1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

/// Removes all days but the newest, and never today, which a wrong clock may take for old.
/// What cannot be removed stays.
fn forget_old(folder: &Path, today: &Path) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    let mut days = Vec::new();
    for entry in entries.flatten() {
        let path = entry.path();
        let name = path.file_name().and_then(|name| name.to_str());
        let day = name.and_then(|name| name.strip_prefix("events-")?.strip_suffix(".jsonl"));
        if day.is_some_and(|day| day.len() == "2026-11-27".len()) {
            days.push(path);
        }
    }
    days.sort();
    let old = days.len().saturating_sub(DAYS);
    for day in days.iter().take(old).filter(|day| *day != today) {
        let _ = fs::remove_file(day);
    }
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
