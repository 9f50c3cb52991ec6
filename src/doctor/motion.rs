//! What the running daemon finds wrong with the samples that come.

use std::time::Duration;

use super::{Device, Finding};
use crate::publish::Client;

const CHECK: &str = "motion";
/// How long the daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest sentence that is shown.
const LONGEST: usize = 300;

/// One finding for each thing; none where no daemon says.
pub(super) fn check(device: &Device<'_>) -> Vec<Finding> {
    let asked = || {
        let mut daemon = Client::connect(&device.config.socket.path)?;
        daemon.wait_for(Some(PATIENCE))?;
        daemon.doubts()
    };
    // That there is no daemon, or a foreign one, is another check's.
    let doubts = asked().unwrap_or_default();
    let finding = |doubt: String| {
        let doubt: String = doubt.chars().take(LONGEST).collect();
        Finding::warn(CHECK, doubt).remedy(
            "whatever gives the samples has to mend them; docs/recordings.md has the format",
        )
    };
    doubts.into_iter().map(finding).collect()
}
