//! The running daemon's doubts about the samples it receives.

use std::time::Duration;

use super::{Device, Finding};
use crate::publish::Client;

const CHECK: &str = "motion";
/// Time-out for an answer of the daemon.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest doubt that is shown, in characters.
const LONGEST: usize = 300;

/// One finding for each doubt; none where no daemon answers.
pub(super) fn check(device: &Device<'_>) -> Vec<Finding> {
    let asked = || {
        let mut daemon = Client::connect(&device.config.socket.path)?;
        daemon.wait_for(Some(PATIENCE))?;
        daemon.doubts()
    };
    // A missing or foreign daemon is reported by the check of the socket.
    let doubts = asked().unwrap_or_default();
    let finding = |doubt: String| {
        let doubt: String = doubt.chars().take(LONGEST).collect();
        Finding::warn(CHECK, doubt).remedy(
            "whatever gives the samples has to mend them; docs/recordings.md has the format",
        )
    };
    doubts.into_iter().map(finding).collect()
}
