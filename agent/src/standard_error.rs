//! Standard error, which the session's journal or log file reads, as long as it does.

use std::fmt::Display;
use std::io::{self, Write};

/// Writes a line about this program. Where that fails nobody can be told.
pub(crate) fn tell(line: impl Display) {
    let _ = writeln!(io::stderr(), "graspd-agent: {line}");
}
