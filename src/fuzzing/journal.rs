//! What `graspd watch` wrote, or somebody else.

use crate::report::{Journal, Levels, page};

/// Any journal, as `graspd report` draws it: nothing in it runs in a browser.
pub fn journal(bytes: &[u8]) {
    let mut journal = Journal::default();
    assert!(journal.read(bytes).is_ok());
    let levels = Levels {
        lock: 0.1,
        warn: 0.25,
    };
    let page = page(&journal, levels);
    assert!(!page.contains("<script") && page.ends_with("</html>\n"));
}
