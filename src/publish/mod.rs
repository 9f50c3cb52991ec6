//! Decisions to whoever asks: JSON lines on a Unix stream socket.
//!
//! The worker holds a [`Publisher`] and never waits for a reader. The [`Server`]
//! serves the readers, each from a bounded queue of its own. [`client`] is the
//! other end. docs/protocol.md is the contract, and [`Event`] its types.

mod bind;
mod board;
pub mod client;
mod connection;
mod desk;
mod error;
mod event;
mod outbox;
mod publisher;
mod redact;
mod request;
mod server;
mod word;

pub use bind::SocketConfig;

pub use client::Client;
pub use desk::{Desk, Visit};
pub use error::PublishError;
pub use event::{
    ByeReason, Caution, DAEMON, Enrolment, Event, Figures, Hello, Mode, Phase, Status, Unconfirmed,
    VERSION, Verdict, WindowScore,
};
pub use publisher::Publisher;
pub use redact::{Audience, redact};
pub use request::{Enrol, Request, Step};
pub use server::Server;
pub use word::Word;

/// Where the daemon listens unless told otherwise.
pub const DEFAULT_SOCKET: &str = "/run/graspd/graspd.sock";
