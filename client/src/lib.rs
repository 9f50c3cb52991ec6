//! What the programs of the session, `agent/` and `app/`, share: how they reach the daemon, and the
//! files of the days.

pub mod daemon;
pub mod days;
