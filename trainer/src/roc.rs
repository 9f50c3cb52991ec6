//! How well a score tells genuine from impostor.

use std::cmp::Ordering;

/// Scores of trials, of which higher means more genuine.
#[derive(Debug, Clone, Default)]
pub struct Roc {
    /// Score and whether the trial was genuine, highest first.
    trials: Vec<(f32, bool)>,
}

/// A threshold, at or above which trials are accepted, and what it costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperatingPoint {
    /// Least score accepted.
    pub threshold: f32,
    /// Share of impostor trials accepted.
    pub far: f64,
    /// Share of genuine trials rejected.
    pub frr: f64,
}

impl FromIterator<(f32, bool)> for Roc {
    fn from_iter<I: IntoIterator<Item = (f32, bool)>>(trials: I) -> Self {
        let mut trials: Vec<_> = trials.into_iter().collect();
        trials.sort_by(|a, b| b.0.partial_cmp(&a.0).unwrap_or(Ordering::Equal));
        Self { trials }
    }
}

impl Roc {
    /// Area under the curve: how often a genuine trial scores above an impostor
    /// one, ties counting half. `None` without both kinds of trial.
    pub fn auc(&self) -> Option<f64> {
        let (genuine, impostors) = self.counts()?;
        let (mut above, mut area) = (0.0, 0.0);
        for tie in self.ties() {
            let (hits, alarms) = of_kind(tie);
            area += alarms * (above + hits / 2.0);
            above += hits;
        }
        Some(area / (genuine * impostors))
    }

    /// Equal error rate: where false acceptances are as common as false
    /// rejections, on the straight line between the two thresholds around it.
    pub fn eer(&self) -> Option<f64> {
        let (genuine, impostors) = self.counts()?;
        let (mut hits, mut alarms) = (0.0, 0.0);
        let (mut far, mut frr) = (0.0, 1.0);
        for tie in self.ties() {
            let (more_hits, more_alarms) = of_kind(tie);
            hits += more_hits;
            alarms += more_alarms;
            let (next_far, next_frr) = (alarms / impostors, 1.0 - hits / genuine);
            if next_far >= next_frr {
                let (gap, next_gap): (f64, f64) = (frr - far, next_far - next_frr);
                let part = gap / (gap + next_gap).max(f64::MIN_POSITIVE);
                return Some(far + part * (next_far - far));
            }
            (far, frr) = (next_far, next_frr);
        }
        None
    }

    /// The error rates at each score as a threshold, strictest first, after the one
    /// that accepts nobody: what a DET curve (Martin et al. 1997) is drawn from.
    /// Nothing without both kinds of trial.
    pub fn det(&self) -> Vec<OperatingPoint> {
        let Some((genuine, impostors)) = self.counts() else {
            return Vec::new();
        };
        let mut points = vec![OperatingPoint {
            threshold: f32::INFINITY,
            far: 0.0,
            frr: 1.0,
        }];
        let (mut hits, mut alarms) = (0.0, 0.0);
        for tie in self.ties() {
            let (more_hits, more_alarms) = of_kind(tie);
            hits += more_hits;
            alarms += more_alarms;
            points.push(OperatingPoint {
                threshold: tie[0].0,
                far: alarms / impostors,
                frr: 1.0 - hits / genuine,
            });
        }
        points
    }

    /// The least share of impostors accepted where no more than `frr` of the
    /// genuine trials are rejected.
    pub fn far_at_frr(&self, frr: f64) -> Option<f64> {
        // Rounding must not reject one trial of a hundred at 1 %.
        let enough = |point: &&OperatingPoint| point.frr <= frr + 1e-12;
        self.det().iter().find(enough).map(|point| point.far)
    }

    /// Genuine and impostor trials, if there are both.
    fn counts(&self) -> Option<(f64, f64)> {
        let (genuine, impostors) = of_kind(&self.trials);
        (genuine > 0.0 && impostors > 0.0).then_some((genuine, impostors))
    }

    fn ties(&self) -> impl Iterator<Item = &[(f32, bool)]> {
        self.trials.chunk_by(|a, b| a.0 == b.0)
    }
}

fn of_kind(trials: &[(f32, bool)]) -> (f64, f64) {
    let genuine = trials.iter().filter(|trial| trial.1).count();
    (genuine as f64, (trials.len() - genuine) as f64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// By the definition: every genuine trial against every impostor.
    fn auc_by_counting(trials: &[(f32, bool)]) -> f64 {
        let of = |kind: bool| trials.iter().filter(move |t| t.1 == kind).map(|t| t.0);
        let (mut won, mut met) = (0.0, 0.0);
        for genuine in of(true) {
            for impostor in of(false) {
                met += 1.0;
                won += f64::from(u8::from(genuine > impostor));
                won += f64::from(u8::from(genuine == impostor)) / 2.0;
            }
        }
        won / met
    }

    fn trials() -> impl Strategy<Value = Vec<(f32, bool)>> {
        prop::collection::vec((0u8..20, any::<bool>()), 2..80)
            .prop_map(|trials| trials.into_iter().map(|(s, g)| (f32::from(s), g)).collect())
            .prop_filter("both kinds", |trials: &Vec<(f32, bool)>| {
                trials.iter().any(|t| t.1) && trials.iter().any(|t| !t.1)
            })
    }

    proptest! {
        #[test]
        fn auc_is_the_share_of_meetings_won(trials in trials()) {
            let roc: Roc = trials.iter().copied().collect();
            prop_assert!((roc.auc().unwrap() - auc_by_counting(&trials)).abs() < 1e-9);
        }

        #[test]
        fn turning_the_score_round_turns_the_figures_round(trials in trials()) {
            let roc: Roc = trials.iter().copied().collect();
            let turned: Roc = trials.iter().map(|&(score, genuine)| (-score, genuine)).collect();
            prop_assert!((roc.auc().unwrap() + turned.auc().unwrap() - 1.0).abs() < 1e-9);
            prop_assert!((roc.eer().unwrap() + turned.eer().unwrap() - 1.0).abs() < 1e-9);
        }
    }

    #[test]
    fn known_cases() {
        let roc = |trials: &[(f32, bool)]| trials.iter().copied().collect::<Roc>();
        let apart = roc(&[(2.0, true), (3.0, true), (0.0, false), (1.0, false)]);
        assert_eq!((apart.eer(), apart.auc()), (Some(0.0), Some(1.0)));
        let alike = roc(&[(1.0, true), (1.0, false)]);
        assert_eq!((alike.eer(), alike.auc()), (Some(0.5), Some(0.5)));
        let one_in_four = roc(&[
            (9.0, true),
            (8.0, true),
            (7.0, true),
            (3.0, true),
            (6.0, false),
            (2.0, false),
            (1.0, false),
            (0.0, false),
        ]);
        assert_eq!(one_in_four.eer(), Some(0.25));
        assert_eq!(roc(&[(1.0, true)]).eer(), None);
        assert_eq!(roc(&[]).auc(), None);
    }
}
