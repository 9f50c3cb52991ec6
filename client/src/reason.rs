//! Reasons of a state, in the words of docs/protocol.md.

/// Whether it says that no motion can be judged, so that nobody watches who holds the device.
pub fn cannot_judge_motion(reason: &str) -> bool {
    matches!(reason, "sensor_lost" | "no_evidence" | "model_failed")
}
