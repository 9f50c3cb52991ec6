//! The first line of every connection, and the answer to a status request.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extensible, Figures, SessionStatus};
use crate::decide::{Reason, State};
use crate::motion::SampleTime;

/// Version of the protocol. Within a version, fields and events are only added.
pub const VERSION: u32 = 1;
/// Name and version of the daemon in its hello.
pub const DAEMON: &str = concat!("graspd ", env!("CARGO_PKG_VERSION"));

/// The daemon's version and mode, and the present state.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// Version of the protocol.
    pub v: u32,
    /// Name and version of the daemon.
    pub daemon: String,
    /// The present state.
    pub state: State,
    /// Why it holds.
    pub reason: Extensible<Reason>,
    /// The newest sample's time in ns; `None` before the first.
    pub t_ns: Option<SampleTime>,
    /// Name of the model bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether the motion is live, and whether decisions are acted on.
    pub mode: Extensible<Mode>,
}

/// Whether the motion is live, and whether decisions are acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Sensors or a live stream; locks are carried out.
    Live,
    /// Sensors or a live stream; the daemon locks nothing.
    Observe,
    /// A recording: nothing should be locked because of it.
    Replay,
}

impl Hello {
    /// The hello of a daemon before its first sample.
    pub fn new(mode: Mode, model: Option<String>, state: State, reason: Reason) -> Self {
        Self {
            v: VERSION,
            daemon: DAEMON.to_owned(),
            state,
            reason: reason.into(),
            t_ns: None,
            model,
            mode: mode.into(),
        }
    }
}

/// The answer to a status request.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// The present state.
    pub state: State,
    /// Why it holds.
    pub reason: Extensible<Reason>,
    /// The newest sample's time in ns; `None` before the first.
    pub t_ns: Option<SampleTime>,
    /// Time from the first sample to the newest, in ns.
    pub uptime_ns: u64,
    /// Name of the model bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whether the motion is live, and whether decisions are acted on.
    pub mode: Extensible<Mode>,
    /// The owner's session; absent if no session is followed. For root and the owner only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionStatus>,
    /// User id of the owner; absent if nobody has enrolled. For root and the owner only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub owner: Option<u32>,
    /// End of the owner's pause, in seconds since 1970 of the system's clock; absent without
    /// one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub paused_until_unix_s: Option<u64>,
    /// As of the newest state or score. For root and the owner only.
    #[serde(flatten)]
    pub figures: Option<Figures>,
    /// What was read, passed over and scored, by module. For root and the owner only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Value>,
    /// Why there are no frames or windows, for people; absent while there are. For root and
    /// the owner only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_fault: Option<String>,
}

impl Status {
    /// Whether it tells the user `uid` of a device that is watched for them; root, of one that is
    /// watched for anybody. Who the owner is it tells nobody else.
    pub fn is_for(&self, uid: u32) -> bool {
        uid == 0 || self.owner == Some(uid)
    }

    /// Signs that the newest samples are wrong, as sentences for people; none without
    /// counters.
    pub fn doubts(&self) -> impl Iterator<Item = &str> {
        let counters = self.counters.as_ref();
        let doubts = counters.and_then(|counters| counters.get("doubts")?.as_array());
        doubts.into_iter().flatten().filter_map(Value::as_str)
    }
}
