//! The event socket, with real clients on a real socket.

mod conversation;
mod daemon;
mod examples;
mod filesystem;
mod goodbye;
mod misbehaviour;
mod newer;
mod users;
