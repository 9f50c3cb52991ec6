//! What every evaluation checks about itself: a figure that survives these is
//! not yet right, but one that does not is wrong.

mod causality;
mod handset;
mod probe;
mod shuffled;

use serde::Serialize;

pub use causality::{CausalityError, causality};
pub use handset::Handset;
pub use probe::{Probe, sessions as session_probe, versions as handset_probe};
pub use shuffled::{REPEATS, shuffled};

/// How far the mean EER of shuffled identities may lie from 0.5.
pub const SHUFFLED_TOLERANCE: f64 = 0.08;

/// What the controls came to.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Controls {
    /// Mean EER where sessions were dealt to people at random; 0.5 unless trials leak.
    pub shuffled: f64,
    /// Mean EER of the channel means alone.
    pub gravity_only: f64,
    /// Windows whose score was computed again by the daemon's pipeline without
    /// what came after them, and that came out the same to the bit.
    pub causal_windows: usize,
    /// How often an embedding's nearest neighbour is of the same session, among
    /// one person's.
    pub session_probe: Probe,
    /// How often it is of the same handset, where every session was recorded by
    /// two that differ in offset and scale.
    pub handset_probe: Probe,
}

impl Controls {
    /// What is so wrong that no other figure counts.
    pub fn failures(&self) -> Vec<String> {
        let mut failures = Vec::new();
        if (self.shuffled - 0.5).abs() > SHUFFLED_TOLERANCE {
            failures.push(format!(
                "with shuffled identities the EER is {:.3}, not 0.5: trials leak who they are of",
                self.shuffled
            ));
        }
        failures
    }

    /// What makes `eer` less than it seems.
    pub fn warnings(&self, eer: f64) -> Vec<String> {
        let mut warnings = Vec::new();
        if self.gravity_only <= eer {
            warnings.push(format!(
                "the channel means alone reach an EER of {:.3}: the embedding adds nothing to them",
                self.gravity_only
            ));
        }
        warnings
    }
}
