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
    /// Whether nothing is locked, whatever it decides.
    pub fn observes(&self) -> bool {
        self.mode == "observe"
    }
}
