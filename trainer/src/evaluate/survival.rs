//! Kaplan-Meier estimate of the time until an event, with right-censored observations
//! (1958, <https://doi.org/10.2307/2281868>).

use serde::{Deserialize, Serialize};

/// One observed wait.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Wait {
    /// Seconds until the event, or until observation ended.
    pub seconds: f64,
    /// Whether the event came; `false` means censored.
    pub ended: bool,
}

/// Survival function: (seconds, share still waiting), one step an event, ascending.
#[derive(Debug, Clone, Default, PartialEq, Serialize)]
pub struct Survival(pub Vec<(f64, f64)>);

impl Survival {
    /// Estimates it from observations.
    pub fn of(waits: &[Wait]) -> Self {
        let mut waits = waits.to_vec();
        waits.sort_by(|a, b| a.seconds.total_cmp(&b.seconds));
        let (mut at_risk, mut share) = (waits.len(), 1.0);
        let mut steps = Vec::new();
        for same in waits.chunk_by(|a, b| a.seconds == b.seconds) {
            let events = same.iter().filter(|wait| wait.ended).count();
            if events > 0 {
                share *= 1.0 - events as f64 / at_risk as f64;
                steps.push((same[0].seconds, share));
            }
            at_risk -= same.len();
        }
        Self(steps)
    }

    /// Time by which the event has come for `share` of all, s. `None` if it never does.
    pub fn quantile(&self, share: f64) -> Option<f64> {
        let (seconds, _) = self
            .0
            .iter()
            .find(|(_, left)| *left <= 1.0 - share + 1e-12)?;
        Some(*seconds)
    }

    /// Share still waiting after `seconds`.
    pub fn after(&self, seconds: f64) -> f64 {
        let past = self.0.iter().take_while(|(t, _)| *t <= seconds);
        past.last().map_or(1.0, |(_, share)| *share)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn waits(waits: &[(f64, bool)]) -> Survival {
        let of = |&(seconds, ended)| Wait { seconds, ended };
        Survival::of(&waits.iter().map(of).collect::<Vec<_>>())
    }

    #[test]
    fn without_censoring_it_is_the_share_left() {
        let curve = waits(&[(1.0, true), (2.0, true), (2.0, true), (4.0, true)]);
        assert_eq!(curve.0, [(1.0, 0.75), (2.0, 0.25), (4.0, 0.0)]);
        assert_eq!(curve.quantile(0.5), Some(2.0));
        assert_eq!((curve.after(0.5), curve.after(3.0)), (1.0, 0.25));
    }

    #[test]
    fn a_wait_cut_short_counts_only_while_it_was_watched() {
        // The textbook's rule: 3/4, then 3/4 · 1/2 with two left at risk.
        let curve = waits(&[(1.0, true), (2.0, false), (3.0, true), (5.0, false)]);
        assert_eq!(curve.0, [(1.0, 0.75), (3.0, 0.375)]);
        assert_eq!(curve.quantile(0.9), None);
        assert_eq!(waits(&[(9.0, false)]).after(99.0), 1.0);
    }
}
