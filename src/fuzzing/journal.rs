//! Event logs as `graspd watch --json` writes them, and any other bytes, drawn by `graspd report`.

use crate::report::{EventLog, EvidenceLevels, page};

/// Any journal, as `graspd report` draws it: nothing in it runs in a browser.
pub fn journal(bytes: &[u8]) {
    let mut log = EventLog::default();
    assert!(log.read(bytes).is_ok());
    let levels = EvidenceLevels {
        lock: 0.1,
        warn: 0.25,
    };
    let page = page(&log, levels);
    assert!(!page.contains("<script") && page.ends_with("</html>\n"));
}
