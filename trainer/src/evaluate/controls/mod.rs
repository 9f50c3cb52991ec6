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
    /// Windows whose score was computed again by the daemon's pipeline with other
    /// motion after them, or before, and that came out the same to the bit.
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
        // A rate that is no number is no 0.5 either.
        let off = (self.shuffled - 0.5).abs();
        if off.is_nan() || off > SHUFFLED_TOLERANCE {
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
        if self.causal_windows == 0 {
            warnings.push(
                "nobody could be enrolled and replayed, so it was NOT checked that scores know \
                 nothing of other windows"
                    .into(),
            );
        }
        warnings
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn controls() -> Controls {
        Controls {
            shuffled: 0.5,
            gravity_only: 0.4,
            causal_windows: 40,
            session_probe: Probe::default(),
            handset_probe: Probe::default(),
        }
    }

    #[test]
    fn a_leak_fails_and_so_does_a_control_that_gave_no_figure() {
        assert!(controls().failures().is_empty());
        for shuffled in [0.3, 0.7, f64::NAN] {
            let controls = Controls {
                shuffled,
                ..controls()
            };
            assert_eq!(controls.failures().len(), 1, "{shuffled}");
        }
    }

    #[test]
    fn a_model_that_lives_on_gravity_and_a_control_that_did_not_run_are_told() {
        assert!(controls().warnings(0.3).is_empty());
        assert_eq!(controls().warnings(0.45).len(), 1);
        let unchecked = Controls {
            causal_windows: 0,
            ..controls()
        };
        assert_eq!(unchecked.warnings(0.3).len(), 1);
    }
}
