//! The command line.

pub mod socket;
pub mod status;
pub mod timeline;
pub mod watch;
