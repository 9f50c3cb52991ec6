//! A snapshot of what everybody may know of the daemon, for those who ask rather than listen.

use super::{Extensible, Mode};
use crate::decide::{Reason, State};

/// The present state, its reason and its owner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    /// The state that was published last.
    pub state: State,
    /// Why it holds.
    pub reason: Extensible<Reason>,
    /// Whether the motion is live, and whether decisions are acted on.
    pub mode: Extensible<Mode>,
    /// User id of the owner; `None` if nobody has enrolled.
    pub owner: Option<u32>,
    /// End of the owner's pause, in seconds since 1970 of the system's clock; `None` without
    /// one.
    pub paused_until: Option<u64>,
}
