//! Adds an answer that the daemon has taken to the history.

use std::io;
use std::path::Path;

use graspd_client::days::{DayFile, answer_line};

/// Appends an answer of `day`, as in 2026-11-27, which is UTC's.
pub fn answer(folder: &Path, day: &str, unix_s: i64, was_false: bool) -> io::Result<()> {
    let line = answer_line(was_false, unix_s);
    let written = DayFile::open(folder, day)?.append(&line);
    written.map_err(|end| end.why)
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
    fn an_answer_after_a_line_that_was_cut_short_is_read() {
        let home = tempfile::tempdir().unwrap();
        let day = home.path().join("events-2026-11-27.jsonl");
        let lock = "{\"event\":\"lock\",\"reason\":\"evidence\",\"unix_s\":1}\n";
        // The disk was full.
        std::fs::write(day, format!("{lock}{{\"event\":\"lo")).unwrap();
        answer(home.path(), "2026-11-27", 3, true).unwrap();
        let log = read(home.path()).unwrap();
        assert_eq!(log.unanswered(), None);
        assert_eq!(log.locks[0].was_false, Some(true));
    }
}
