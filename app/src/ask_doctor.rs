//! Runs `graspd doctor --json`. It changes nothing.

use std::ffi::OsStr;

use gtk::gio;

use crate::doctor::{SortedFindings, sort};

/// What it finds, or why it cannot be run.
pub async fn ask() -> Result<SortedFindings, String> {
    let program = std::env::var_os("GRASPD").unwrap_or_else(|| "graspd".into());
    // What the service may do counts, and not what this user may.
    let arguments = ["doctor", "--json", "--user", "graspd"].map(OsStr::new);
    let command: Vec<&OsStr> = [program.as_os_str()].into_iter().chain(arguments).collect();
    let flags = gio::SubprocessFlags::STDOUT_PIPE | gio::SubprocessFlags::STDERR_SILENCE;
    let words = |error: gtk::glib::Error| error.message().to_owned();
    let doctor = gio::Subprocess::newv(&command, flags).map_err(words)?;
    let (printed, _) = doctor.communicate_utf8_future(None).await.map_err(words)?;
    sort(&printed.unwrap_or_default()).ok_or_else(|| "it printed no report".to_owned())
}
