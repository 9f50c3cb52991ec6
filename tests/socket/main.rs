//! The event socket with real clients.

// clippy.toml allows these in tests, but does not recognise this crate as one.
#![allow(clippy::unwrap_used, clippy::panic)]

mod conversation;
mod daemon;
mod examples;
mod filesystem;
mod goodbye;
mod misbehaviour;
mod newer;
mod users;
