//! Keeps the events of the last days for the app and `graspd report`: a file of the owner's for each
//! day, with the socket's lines and the time of each at its end. docs/agent.md

use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use graspd_client::days::{self, DayFile, Incomplete};

use super::conversation::Line;
use super::score_thinning::ScoreThinning;
use super::standard_error::tell;

/// The largest file of a day, in bytes.
const DAY_MAX: u64 = 4 << 20;
/// The size of a day beyond which no scores are kept, in bytes; other events are.
const SCORES_MAX: u64 = 3 << 20;
/// What waits at most, in bytes: scores are written by then, and what cannot be written waits in as
/// much.
const WAITING_MAX: usize = 32 << 10;
/// How a score begins.
const SCORE: &str = "{\"event\":\"score\"";

/// The events of the days, and what is not written yet.
#[derive(Debug)]
pub(crate) struct History {
    folder: PathBuf,
    uid: u32,
    /// The daemon's hello, until its status says for whom it watches.
    hello: Option<String>,
    /// The daemon watches for this user, and plays no recording.
    watches_user: bool,
    thinning: ScoreThinning,
    /// Whether the newest lock was false, as somebody answered, until the daemon has taken it.
    answer: Option<bool>,
    /// Whole lines that are to be written.
    waiting: String,
    /// The size of the day's file, as last seen.
    size: u64,
    /// The last write failed, which was said on standard error.
    write_failed: bool,
}

impl History {
    pub(crate) fn of_user(uid: u32, folder: PathBuf) -> Self {
        Self {
            folder,
            uid,
            hello: None,
            watches_user: false,
            thinning: ScoreThinning::default(),
            answer: None,
            waiting: String::new(),
            size: 0,
            write_failed: false,
        }
    }

    /// Takes an event; whether the daemon has to be asked for scores from now on.
    pub(crate) fn hear(&mut self, line: &Line, now: SystemTime) -> bool {
        match line.event.as_str() {
            "hello" => {
                self.watches_user = false;
                self.hello = Some(line.text.clone());
            }
            "status" => {
                let before = self.watches_user;
                let plays = line.mode.as_deref() == Some("replay");
                self.watches_user = line.owner == Some(self.uid) && !plays;
                if self.watches_user && !before {
                    let hello = self.hello.take();
                    self.keep(hello.as_deref(), now);
                    return true;
                }
            }
            _ if !self.watches_user => {}
            "score" if self.size < SCORES_MAX && self.thinning.keeps(line) => {
                self.add(&line.text, now);
                if self.waiting.len() >= WAITING_MAX {
                    self.write(now);
                }
            }
            "lock" | "unlock" | "inconclusive" | "warning" | "lock_confirmed"
            | "lock_unconfirmed" | "lagged" | "bye" => self.keep(Some(&line.text), now),
            "adaptation" => {
                if let Some(was_false) = self.answer.take() {
                    self.waiting += &days::answer_line(was_false, unix_s(now));
                    self.write(now);
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

    /// Writes what waits. What cannot be written waits on, in its order: an answer is of the newest
    /// lock before it.
    pub(crate) fn write(&mut self, now: SystemTime) {
        if self.waiting.is_empty() {
            return;
        }
        let lines = std::mem::take(&mut self.waiting);
        match append(&self.folder, &day(now), &lines) {
            Ok(size) => (self.size, self.write_failed) = (size, false),
            Err(Incomplete { whole, why }) => {
                self.waiting = bounded(&lines[whole..]);
                if !self.write_failed {
                    let folder = self.folder.display();
                    tell(format_args!("the day is not kept in {folder}: {why}"));
                }
                self.write_failed = true;
            }
        }
    }

    fn keep(&mut self, text: Option<&str>, now: SystemTime) {
        if let Some(text) = text {
            self.add(text, now);
        }
        self.write(now);
    }

    fn add(&mut self, text: &str, now: SystemTime) {
        self.waiting += &days::line(text, unix_s(now)).unwrap_or_default();
    }
}

fn unix_s(now: SystemTime) -> i64 {
    let since = now.duration_since(UNIX_EPOCH).unwrap_or_default();
    since.as_secs().cast_signed()
}

/// The day in UTC, as in 2026-11-27.
fn day(now: SystemTime) -> String {
    let now = now.max(UNIX_EPOCH);
    let whole = humantime::format_rfc3339_seconds(now).to_string();
    whole.split('T').next().unwrap_or_default().to_owned()
}

/// As many of the newest lines as may wait. Scores go first: of an even day one is like another.
fn bounded(lines: &str) -> String {
    let whole = |lines: &str| lines.len() <= WAITING_MAX;
    if whole(lines) {
        return lines.to_owned();
    }
    let others = lines
        .split_inclusive('\n')
        .filter(|line| !line.starts_with(SCORE));
    let others: String = others.collect();
    let starts = others.match_indices('\n').map(|(end, _)| end + 1);
    let newest = std::iter::once(0)
        .chain(starts)
        .map(|start| &others[start..]);
    newest
        .into_iter()
        .find(|lines| whole(lines))
        .unwrap_or_default()
        .to_owned()
}

/// Appends whole lines to the day's file, as long as it is not full; its size then.
fn append(folder: &Path, day: &str, lines: &str) -> Result<u64, Incomplete> {
    let mut file = DayFile::open(folder, day)?;
    if file.size() + lines.len() as u64 <= DAY_MAX {
        file.append(lines)?;
    }
    Ok(file.size())
}

#[cfg(test)]
#[path = "history_tests.rs"]
mod tests;
