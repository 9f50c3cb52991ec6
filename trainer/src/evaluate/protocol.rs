//! Settings of an evaluation of people whom the network has not seen in training.

use graspd::decide::Policy;

use super::scoring::Scoring;
use super::verification::Enrolment;

/// Settings that every fold of an evaluation shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Protocol {
    /// Enrolment of each owner.
    pub enrolment: Enrolment,
    /// Which parts of the bundle's cohort scores use.
    pub scoring: Scoring,
    /// Thresholds and times of the daemon's state machine.
    pub policy: Policy,
    /// Whether decisions are replayed, too, which takes most of the time.
    pub replays: bool,
    /// Seed of the bootstrap, of simulated handsets and of shuffled identities.
    pub seed: u64,
}
