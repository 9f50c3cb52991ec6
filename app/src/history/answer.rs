//! Keeps an answer that graspd has taken, in the agent's form.

use std::fs::OpenOptions;
use std::io::{self, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;

/// Appends an answer of `day`, as in 2026-11-27, which is UTC's.
pub fn answer(folder: &Path, day: &str, unix_s: i64, was_false: bool) -> io::Result<()> {
    let path = folder.join(format!("events-{day}.jsonl"));
    let mut options = OpenOptions::new();
    options.read(true).append(true).create(true).mode(0o600);
    let line = format!("{{\"event\":\"answer\",\"was_false\":{was_false},\"unix_s\":{unix_s}}}\n");
    let mut file = options.open(path)?;
    // Opened for both, a FIFO does not wait for its other end; written to, it would.
    if !file.metadata()?.is_file() {
        return Err(io::ErrorKind::InvalidInput.into());
    }
    // In one call, because the agent appends to the same file.
    file.write_all(line.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;

    #[test]
    fn an_answer_is_of_the_newest_lock() {
        let home = tempfile::tempdir().unwrap();
        let day = home.path().join("events-2026-11-27.jsonl");
        let lock = |at| format!("{{\"event\":\"lock\",\"reason\":\"evidence\",\"unix_s\":{at}}}\n");
        std::fs::write(day, lock(1) + &lock(2)).unwrap();
        answer(home.path(), "2026-11-28", 3, false).unwrap();
        let log = read(home.path()).unwrap();
        let answers: Vec<_> = log.locks.iter().map(|lock| lock.was_false).collect();
        assert_eq!(answers, [None, Some(false)]);
    }

    #[test]
    fn what_is_no_file_is_not_waited_for() {
        let home = tempfile::tempdir().unwrap();
        let day = home.path().join("events-2026-11-27.jsonl");
        let made = std::process::Command::new("mkfifo").arg(day).status();
        assert!(made.unwrap().success());
        assert!(answer(home.path(), "2026-11-27", 3, false).is_err());
    }
}
