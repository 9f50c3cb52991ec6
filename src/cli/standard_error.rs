//! Standard error: a terminal that may hang up, or a pipe that somebody may stop reading. What
//! cannot be written there nobody can be told, and what is being done goes on.

use std::fmt::Display;
use std::io::{self, Write};

/// Begins the terminal's line anew.
const START_AGAIN: &str = "\r\x1b[K";

/// Writes a line.
pub(super) fn tell(line: impl Display) {
    let _ = writeln!(io::stderr(), "{line}");
}

/// Puts `text` in the place of the terminal's line, without ending it.
pub(super) fn overwrite(text: impl Display) {
    let mut out = io::stderr().lock();
    let _ = write!(out, "{START_AGAIN}{text}").and_then(|()| out.flush());
}
