//! Publishes decisions to clients, as JSON lines on a Unix stream socket.
//!
//! The worker holds a [`Publisher`] and never waits for a client. The [`Server`] serves
//! the clients, each from a bounded queue of its own. [`client`] is the other end.
//! docs/protocol.md specifies the protocol, and [`Event`] has its types.

mod adaptation;
mod bind;
pub mod client;
mod command_handler;
mod connection;
mod descriptors;
mod enrolment;
mod error;
mod event;
mod extensible;
mod figures;
mod follower;
mod hello;
mod hub;
mod outbox;
pub mod phrase;
mod publisher;
mod redact;
mod request;
mod server;
mod serving_process;
mod session_status;
mod snapshot;

pub use adaptation::{Adaptation, AddedSession};
pub use bind::SocketConfig;

pub use client::Client;
pub(crate) use command_handler::check_pause;
pub use command_handler::{CommandHandler, LONGEST_PAUSE, Peer};
pub use enrolment::{Enrolment, Phase};
pub use error::PublishError;
pub use event::{ByeReason, Event, LockWarning, StateChange, Unconfirmed, WindowScore};
pub use extensible::Extensible;
pub use figures::Figures;
pub use follower::{Follower, FollowerUpdate};
pub use hello::{DAEMON, Hello, Mode, Status, VERSION};
pub use publisher::Publisher;
pub use redact::{Audience, redact};
pub use request::{Enrol, ProfileStep, Request, Step};
pub use server::Server;
pub use session_status::{ScreenState, SessionStatus};
pub use snapshot::Snapshot;

/// Path of the socket by default.
pub const DEFAULT_SOCKET: &str = "/run/graspd/graspd.sock";
