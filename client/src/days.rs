//! The files of the days: `events-2026-11-27.jsonl` for each day of UTC, in a folder of the owner's.
//! The agent and the app append to the same file. docs/agent.md

use std::ffi::OsStr;
use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};

/// Days that are kept.
pub const KEPT: usize = 7;

/// `graspd` in $XDG_STATE_HOME; `None` without a home.
pub fn usual_folder() -> Option<PathBuf> {
    let set = |name| std::env::var_os(name).map(PathBuf::from);
    let state = set("XDG_STATE_HOME").filter(|path| path.is_absolute());
    let state = state.or_else(|| Some(set("HOME")?.join(".local/state")));
    Some(state?.join("graspd"))
}

/// The files of all days in the folder, the oldest first.
pub fn files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut days = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(OsStr::to_str).unwrap_or_default();
        let day = name.strip_prefix("events-");
        let day = day.and_then(|name| name.strip_suffix(".jsonl"));
        let is_day = day.is_some_and(|day| day.len() == "2026-11-27".len());
        // Whoever read a FIFO would wait for its other end.
        if is_day && path.is_file() {
            days.push(path);
        }
    }
    days.sort();
    Ok(days)
}

/// An event of the daemon's as a line of a day, with the time as its last member; `None` if it is
/// no JSON object.
pub fn line(event: &str, unix_s: i64) -> Option<String> {
    let object = event.trim_end().strip_suffix('}')?;
    Some(format!("{object},\"unix_s\":{unix_s}}}\n"))
}

/// The line for what was answered of the newest lock.
pub fn answer_line(was_false: bool, unix_s: i64) -> String {
    format!("{{\"event\":\"answer\",\"was_false\":{was_false},\"unix_s\":{unix_s}}}\n")
}

/// A day's file, open for appending.
#[derive(Debug)]
pub struct DayFile {
    file: File,
    size: u64,
}

impl DayFile {
    /// Opens the file of `day`, as in 2026-11-27. Where that begins a day, the oldest are removed.
    pub fn open(folder: &Path, day: &str) -> io::Result<Self> {
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(folder)?;
        let path = folder.join(format!("events-{day}.jsonl"));
        let begins = !path.exists();
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true).mode(0o600);
        let file = options.open(&path)?;
        // Opened for both, a FIFO does not wait for its other end; written to, it would.
        let metadata = file.metadata()?;
        if !metadata.is_file() {
            let why = format!("{} is no file; remove it", path.display());
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        if begins {
            remove_old(folder, &path);
        }
        let size = metadata.len();
        Ok(Self { file, size })
    }

    /// Its size in bytes, as far as this program knows.
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Appends whole lines.
    pub fn append(&mut self, lines: &str) -> Result<(), Incomplete> {
        let cut = if self.ends_whole()? { "" } else { "\n" };
        let written = write(&mut self.file, cut, lines);
        let whole = written
            .as_ref()
            .map_or_else(|end| end.whole, |()| lines.len());
        self.size += (cut.len() + whole) as u64;
        written
    }

    /// Whether it ends with a whole line: one may be cut short where the disk was full.
    fn ends_whole(&mut self) -> io::Result<bool> {
        if self.size == 0 {
            return Ok(true);
        }
        self.file.seek(SeekFrom::End(-1))?;
        let mut last = [0];
        self.file.read_exact(&mut last)?;
        Ok(last == *b"\n")
    }
}

/// Only a part could be written.
#[derive(Debug)]
pub struct Incomplete {
    /// Bytes of the lines that were written whole.
    pub whole: usize,
    /// Why no more were.
    pub why: io::Error,
}

/// Before anything was written.
impl From<io::Error> for Incomplete {
    fn from(why: io::Error) -> Self {
        Self { whole: 0, why }
    }
}

/// Writes `cut` and `lines`: in one call where that takes all, because another program appends to
/// the same file.
fn write(to: &mut impl Write, cut: &str, lines: &str) -> Result<(), Incomplete> {
    let bytes = [cut.as_bytes(), lines.as_bytes()].concat();
    let mut written = 0;
    while let rest @ [_, ..] = &bytes[written..] {
        let why = match to.write(rest) {
            Ok(0) => io::ErrorKind::WriteZero.into(),
            Ok(more) => {
                written += more;
                continue;
            }
            Err(why) if why.kind() == io::ErrorKind::Interrupted => continue,
            Err(why) => why,
        };
        let of_lines = &lines.as_bytes()[..written.saturating_sub(cut.len())];
        let end = of_lines.iter().rposition(|byte| *byte == b'\n');
        let whole = end.map_or(0, |end| end + 1);
        return Err(Incomplete { whole, why });
    }
    Ok(())
}

/// Removes all days but the newest, and never today, which a wrong clock may take for old.
/// What cannot be removed stays.
fn remove_old(folder: &Path, today: &Path) {
    let days = files(folder).unwrap_or_default();
    let old = days.len().saturating_sub(KEPT);
    for day in days.iter().take(old).filter(|day| *day != today) {
        let _ = fs::remove_file(day);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: &str = "2026-11-27";

    #[test]
    fn a_line_that_a_full_disk_cut_short_spoils_no_other() {
        let home = tempfile::tempdir().unwrap();
        let path = home.path().join("events-2026-11-27.jsonl");
        fs::write(&path, "{\"event\":\"lo").unwrap();
        let line = answer_line(true, 9);
        for _ in 0..2 {
            DayFile::open(home.path(), DAY)
                .unwrap()
                .append(&line)
                .unwrap();
        }
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text, format!("{{\"event\":\"lo\n{line}{line}"));
    }

    #[test]
    fn of_what_could_be_written_in_part_the_whole_lines_are_told() {
        let whole = |room: usize, cut: &str| {
            let mut disk = vec![0; room];
            let written = write(&mut disk.as_mut_slice(), cut, "one\ntwo\n");
            written.map_err(|end| end.whole)
        };
        assert_eq!(whole(8, ""), Ok(()));
        for (room, end) in [(0, 0), (3, 0), (4, 4), (7, 4)] {
            assert_eq!(whole(room, ""), Err(end), "{room}");
            assert_eq!(whole(room + 1, "\n"), Err(end), "{room}, after a cut line");
        }
        assert_eq!(whole(0, "\n"), Err(0));
    }

    #[test]
    fn what_is_no_file_holds_nobody_up() {
        let home = tempfile::tempdir().unwrap();
        let fifo = home.path().join("events-2026-11-27.jsonl");
        let made = std::process::Command::new("mkfifo").arg(&fifo).status();
        assert!(made.unwrap().success());
        let why = DayFile::open(home.path(), DAY).unwrap_err();
        assert!(why.to_string().contains("is no file; remove it"), "{why}");
        assert!(DayFile::open(home.path(), "2026-11-28").is_ok());
        assert_eq!(files(home.path()).unwrap().len(), 1, "a FIFO is no day");
    }

    #[test]
    fn a_line_has_the_time_at_its_end() {
        let timed = line("{\"event\":\"bye\"}\n", 7);
        assert_eq!(timed.as_deref(), Some("{\"event\":\"bye\",\"unix_s\":7}\n"));
        assert_eq!(line("bye", 7), None);
    }
}
