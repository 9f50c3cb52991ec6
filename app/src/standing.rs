//! What graspd says of itself on the system bus. docs/dbus.md

/// Whether graspd is there, and what holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Presence {
    /// It is being looked for.
    #[default]
    Looking,
    /// There is no system bus.
    NoBus,
    /// Nobody has its name.
    NoDaemon,
    /// It is there.
    There(Standing),
}

/// The interface's properties.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Standing {
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
    /// What holds, where it is there.
    pub fn standing(&self) -> Option<&Standing> {
        match self {
            Self::There(standing) => Some(standing),
            _ => None,
        }
    }
}

impl Standing {
    /// Whether something is decided of what is seen now.
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
        let because = |reason: &str| Standing {
            reason: reason.into(),
            enrolled: true,
            ..Standing::default()
        };
        assert!(because("evidence").decides() && because("at_rest").decides());
        for reason in ["screen_locked", "paused", "sensor_lost", "another"] {
            assert!(!because(reason).decides(), "{reason}");
        }
        let paused = Standing {
            paused_until: Some(1),
            ..because("evidence")
        };
        assert!(!paused.decides());
    }
}
