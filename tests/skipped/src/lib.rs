//! Says which tests, or parts of them, could not be tried on this machine.

use std::fs::OpenOptions;
use std::io::Write;

/// Names the file to which each reason is added, one a line: `.ci/run` prints them at its end.
const LIST: &str = "GRASPD_NOT_TRIED";

/// Says why something was not tried: `because("there is no man, so pages were NOT shown")`.
///
/// Written to the process's standard error itself: what `eprintln!` prints in a test that
/// passes is shown to nobody.
pub fn because(why: impl AsRef<str>) {
    let why = why.as_ref();
    // One write each, or the lines of tests on several threads would mix.
    let _ = std::io::stderr().write_all(format!("skipped: {why}\n").as_bytes());
    let Some(list) = std::env::var_os(LIST) else {
        return;
    };
    if let Ok(mut list) = OpenOptions::new().append(true).create(true).open(list) {
        let _ = list.write_all(format!("{why}\n").as_bytes());
    }
}
