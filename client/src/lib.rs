//! What the programs of the session, `agent/` and `app/`, share: how they reach the daemon, the
//! files of the days, and what reasons mean.

pub mod daemon;
pub mod days;
pub mod reason;
