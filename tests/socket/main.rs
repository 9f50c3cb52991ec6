//! The event socket, with real clients on a real socket.

// clippy.toml allows these in tests, but does not see that all of this is one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod conversation;
mod daemon;
mod examples;
mod filesystem;
mod goodbye;
mod misbehaviour;
mod newer;
mod users;
