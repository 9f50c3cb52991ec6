//! What the running daemon finds wrong with the samples that come.

use std::time::Duration;

use super::{Device, Finding};
use crate::publish::{Client, Event};

const CHECK: &str = "motion";
/// How long the daemon may take to answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// Longest sentence that is shown.
const LONGEST: usize = 300;

/// One finding for each thing; none where no daemon says.
pub(super) fn check(device: &Device<'_>) -> Vec<Finding> {
    doubts(device)
        .unwrap_or_default()
        .into_iter()
        .map(|doubt| {
            Finding::warn(CHECK, doubt).remedy(
                "whatever gives the samples has to mend them; docs/recordings.md has the format",
            )
        })
        .collect()
}

fn doubts(device: &Device<'_>) -> Option<Vec<String>> {
    let mut client = Client::connect(&device.config.socket.path).ok()?;
    client.wait_for(Some(PATIENCE)).ok()?;
    client.request(r#"{"request":"status"}"#).ok()?;
    while let Some((_, event)) = client.next_line().ok()? {
        let Event::Status(status) = event else {
            continue;
        };
        let sentences = status.counters?.get("doubts")?.as_array()?.clone();
        let shown = |text: &str| text.chars().take(LONGEST).collect();
        return Some(
            sentences
                .iter()
                .filter_map(|s| s.as_str())
                .map(shown)
                .collect(),
        );
    }
    None
}
