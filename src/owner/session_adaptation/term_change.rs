//! Whether the owner has begun to move otherwise than the session so far: another chair,
//! another hand, up and away.

/// Largest probability of a change, so that windows as in the session can still refute it.
const MOST_CERTAIN: f64 = 1.0 - 1e-6;

/// Probability that the session's term holds no more, filtered window by window (a
/// two-state hidden Markov model whose second state is not left by itself).
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(super) struct TermChange {
    probability: f64,
}

impl TermChange {
    /// Probability of a change until now.
    pub(super) fn probability(self) -> f64 {
        self.probability
    }

    /// Takes a window that is e^`gain` times as likely in the session so far as in any
    /// session of the owner, and that stands for `share` (from 0 to 1) of an independent
    /// one. `hazard` is the probability of a change in an independent window, below 1.
    ///
    /// Returns ln of how much likelier the window is for the owner, whose term may have
    /// changed, than in any session of theirs: never less than ln `hazard`.
    pub(super) fn window(&mut self, gain: f64, hazard: f64, share: f64) -> f64 {
        let held = 1.0 - self.probability;
        let changed = self.probability + held * hazard;
        let (larger, smaller) = (gain.max(0.0), gain.min(0.0));
        let (of_held, of_changed) = match gain > 0.0 {
            true => (1.0, (-larger).exp()),
            false => (smaller.exp(), 1.0),
        };
        let mixed = larger + ((1.0 - changed) * of_held + changed * of_changed).ln();
        let before = 1.0 - held * (1.0 - hazard).powf(share);
        let odds = before / (1.0 - before).max(f64::MIN_POSITIVE) * (-gain * share).exp();
        let probability = if odds.is_finite() {
            odds / (1.0 + odds)
        } else {
            1.0
        };
        self.probability = probability.min(MOST_CERTAIN);
        mixed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn windows_unlike_the_session_are_taken_for_a_change_and_like_it_for_none() {
        let mut change = TermChange::default();
        for _ in 0..100 {
            change.window(2.0, 0.01, 0.2);
        }
        assert!(change.probability() < 0.01);
        for _ in 0..100 {
            change.window(-4.0, 0.01, 0.2);
        }
        assert!(change.probability() > 0.99);
    }

    #[test]
    fn what_a_hazard_makes_likelier_is_found_sooner() {
        let after = |hazard: f64| {
            let mut change = TermChange::default();
            (0..)
                .take_while(|_| {
                    change.window(-2.0, hazard, 0.2);
                    change.probability() < 0.5
                })
                .count()
        };
        assert!(after(0.1) < after(0.001));
    }

    proptest! {
        #[test]
        fn it_stays_a_probability_and_no_window_costs_more_than_the_hazard(
            gains in prop::collection::vec(-1e4..1e4f64, 1..60),
            hazard in 1e-4..0.5f64,
            share in 0.01..1.0f64,
        ) {
            let mut change = TermChange::default();
            for gain in gains {
                let mixed = change.window(gain, hazard, share);
                prop_assert!(mixed.is_finite());
                prop_assert!(mixed >= hazard.ln() - 1e-9);
                prop_assert!(mixed <= gain.max(0.0) + 1e-9);
                prop_assert!((0.0..=1.0).contains(&change.probability()));
            }
        }
    }
}
