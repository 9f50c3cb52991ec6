//! Control experiments that every evaluation runs on itself, to find leaks between
//! enrolment and test, and explanations other than the person.

mod causality;
mod gravity_only;
mod handset;
mod matched_motion;
mod probe;
mod shuffled;

use serde::Serialize;

pub use causality::{CausalityError, causality};
pub use gravity_only::gravity_only;
pub use handset::Handset;
pub use matched_motion::matched_motion;
pub use probe::{Probe, handsets as handset_probe, sessions as session_probe};
pub use shuffled::{Shuffled, shuffled};

/// Results of the controls.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Controls {
    /// Sessions assigned to people at random.
    #[serde(flatten)]
    pub shuffled: Shuffled,
    /// Mean EER by channel means alone.
    pub gravity_only: f64,
    /// Windows whose score stayed the same to the bit when the daemon's pipeline got other
    /// samples after them, or before.
    pub causal_windows: usize,
    /// How often an embedding's nearest neighbour, among one person's, is of the same
    /// session.
    pub session_probe: Probe,
    /// How often it is of the same handset, with each session recorded by two simulated
    /// ones that differ in scale and offset.
    pub handset_probe: Probe,
}

impl Controls {
    /// Failed controls, in words; with one, no other figure is valid.
    pub fn failures(&self) -> Vec<String> {
        self.shuffled.failure().into_iter().collect()
    }

    /// Reservations about `eer`, in words.
    pub fn warnings(&self, eer: f64) -> Vec<String> {
        let mut warnings: Vec<String> = self.shuffled.warning().into_iter().collect();
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
            shuffled: Shuffled {
                eer: 0.5,
                standard_error: 0.02,
                has_power: true,
            },
            gravity_only: 0.4,
            causal_windows: 40,
            session_probe: Probe::default(),
            handset_probe: Probe::default(),
        }
    }

    #[test]
    fn a_leak_fails_and_so_does_a_control_that_gave_no_figure() {
        assert!(controls().failures().is_empty());
        for eer in [0.3, 0.7, f64::NAN] {
            let mut controls = controls();
            controls.shuffled.eer = eer;
            assert_eq!(controls.failures().len(), 1, "{eer}");
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
