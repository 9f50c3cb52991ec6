//! Whether the daemon is on the system bus, and its properties there. docs/dbus.md

/// Whether the daemon runs, as far as the bus tells.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Presence {
    /// It is being looked for.
    #[default]
    Searching,
    /// There is no system bus.
    NoBus,
    /// Nobody has its name on the bus.
    NotRunning,
    /// Its properties.
    Running(Status),
}

/// The properties of the daemon's interface.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Status {
    /// `lock`, `unlock` or `inconclusive`.
    pub state: String,
    /// Why, in a word of docs/protocol.md.
    pub reason: String,
    /// `live` or `observe`.
    pub mode: String,
    /// Whether somebody has enrolled.
    pub enrolled: bool,
    /// The end of a pause, in seconds since 1970.
    pub paused_until: Option<u64>,
    /// The daemon's version.
    pub version: String,
}

impl Presence {
    /// Its properties, where it runs.
    pub fn status(&self) -> Option<&Status> {
        match self {
            Self::Running(status) => Some(status),
            _ => None,
        }
    }
}

impl Status {
    /// Whether its state follows from motion of now.
    pub fn decides(&self) -> bool {
        let reason = self.reason.as_str();
        let of_now = ["evidence", "warm_up", "at_rest", "gap", "persisted"];
        self.enrolled && self.paused_until.is_none() && of_now.contains(&reason)
    }

    /// Whether nothing is locked, whatever it decides.
    pub fn observes(&self) -> bool {
        self.mode == "observe"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_a_locked_screen_and_silent_sensors_decide_nothing() {
        let because = |reason: &str| Status {
            reason: reason.into(),
            enrolled: true,
            ..Status::default()
        };
        assert!(because("evidence").decides() && because("at_rest").decides());
        for reason in ["screen_locked", "paused", "sensor_lost", "another"] {
            assert!(!because(reason).decides(), "{reason}");
        }
        let paused = Status {
            paused_until: Some(1),
            ..because("evidence")
        };
        assert!(!paused.decides());
    }
}
