//! The first line of every connection, and the answer to a status request.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{Extensible, Figures, SessionStatus};
use crate::decide::{Reason, State};
use crate::motion::SampleTime;

/// Version of the protocol. Within one, fields and events are only ever added.
pub const VERSION: u32 = 1;
/// How the daemon names itself in its hello.
pub const DAEMON: &str = concat!("graspd ", env!("CARGO_PKG_VERSION"));

/// Who speaks, and what holds now.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// Version of the protocol.
    pub v: u32,
    /// Name and version of the daemon.
    pub daemon: String,
    /// What holds now.
    pub state: State,
    /// Why.
    pub reason: Extensible<Reason>,
    /// The newest sample's time in ns; `None` before the first.
    pub t_ns: Option<SampleTime>,
    /// Name of the model bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whose motion this is.
    pub mode: Extensible<Mode>,
}

/// Whether the motion is of now, and whether anything is to be done about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Sensors, or a stream of them.
    Live,
    /// The same, and the daemon does nothing about what it decides.
    Observe,
    /// A recording: nothing should be locked because of it.
    Replay,
}

impl Hello {
    /// What a daemon says before it has seen a sample.
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

/// How the daemon is doing.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Status {
    /// What holds now.
    pub state: State,
    /// Why.
    pub reason: Extensible<Reason>,
    /// The newest sample's time in ns; `None` before the first.
    pub t_ns: Option<SampleTime>,
    /// From the first sample to the newest, in ns.
    pub uptime_ns: u64,
    /// Name of the model bundle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub model: Option<String>,
    /// Whose motion this is.
    pub mode: Extensible<Mode>,
    /// The owner's session, where sessions are followed; not for everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionStatus>,
    /// As of the newest state or score; not for everyone.
    #[serde(flatten)]
    pub figures: Option<Figures>,
    /// What was read, passed over and scored, room by room; not for everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub counters: Option<Value>,
    /// What is wrong with the input, for people; absent while frames come. Not for
    /// everyone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub input_fault: Option<String>,
}

impl Status {
    /// What speaks against the newest samples, in sentences for people.
    pub fn doubts(&self) -> impl Iterator<Item = &str> {
        let counters = self.counters.as_ref();
        let doubts = counters.and_then(|counters| counters.get("doubts")?.as_array());
        doubts.into_iter().flatten().filter_map(Value::as_str)
    }
}
