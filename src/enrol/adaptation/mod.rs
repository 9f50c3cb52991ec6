//! Adaptation: sessions of use that join a profile, within bounds.
//!
//! An owner who enrolled in two sittings is recognised worse than one who enrolled in many,
//! because sessions differ. So a session that began with the owner's proof may join the
//! profile. Knowing the secret is not enough for that, because a secret can be entered for
//! somebody else: every session is also judged by [`Judge`], whom only the windows of the
//! enrolment make. Nothing that was learnt changes the judge, so that nobody becomes
//! admissible by use, however long and however often: what it refuses on the first day it
//! refuses on every day.
//!
//! Admissible sessions wait ([`KeptSessions::admit`]), at most one is recorded a day, those
//! that were learnt are bounded in number, and each can be taken back.

mod joining;
mod judge;
mod kept_file;
mod kept_sessions;
mod record;
mod redundancy;
mod refusal;
mod session_windows;

pub use judge::{Judge, SessionScores};
pub use kept_file::{KeptFile, NotKept};
pub use kept_sessions::KeptSessions;
pub use record::{Label, SessionRecord, UnixTime};
pub use refusal::{NoJudge, Refusal};
pub use session_windows::SessionWindows;

use std::time::Duration;

/// Windows of a session that are judged at most, from its beginning: about five minutes of
/// motion at the default hop. What is nearest to the proof is the least in doubt.
pub const JUDGED_WINDOWS: usize = 300;
/// Fewest windows of a session that is judged: about two minutes of motion. Windows overlap,
/// so that fewer say little of a session's mean.
pub const LEAST_WINDOWS: usize = 120;
/// Windows of a session that are kept, spread evenly over those judged.
pub const KEPT_WINDOWS: usize = 60;
/// Most learnt sessions of a profile. Those of the enrolment do not count and are never
/// replaced.
pub const MOST_LEARNT: usize = 12;
/// Least time from one recorded session to the next.
pub const BETWEEN_SESSIONS: Duration = Duration::from_secs(20 * 3600);
/// Least time from recording a session to learning it, unless the configuration says
/// otherwise: a day in which a lock may show that somebody else has the device.
pub const WAIT: Duration = Duration::from_secs(24 * 3600);

#[cfg(test)]
pub(crate) mod tests;
