//! ROC and DET curves: error rates of a score over all thresholds.
//!
//! A trial is accepted if its score is at or above the threshold. FAR is the
//! share of impostor trials that are accepted, FRR the share of genuine ones
//! that are not. tests/reference/roc.py holds all of it against scikit-learn.

/// Trials by score; higher scores are more genuine.
#[derive(Debug, Clone, Default)]
pub struct Roc {
    /// Score and whether the trial was genuine, highest first.
    trials: Vec<(f32, bool)>,
}

/// Error rates at one threshold.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct OperatingPoint {
    /// Scores at or above it are accepted.
    pub threshold: f32,
    /// False acceptance rate, 0 to 1.
    pub far: f64,
    /// False rejection rate, 0 to 1.
    pub frr: f64,
}

/// Counts of errors at one threshold.
#[derive(Debug, Clone, Copy)]
struct Errors {
    threshold: f32,
    accepted_impostors: f64,
    rejected_genuine: f64,
}

impl FromIterator<(f32, bool)> for Roc {
    /// NaN scores rank below all others, because graspd rejects such windows.
    fn from_iter<I: IntoIterator<Item = (f32, bool)>>(trials: I) -> Self {
        let number = |score: f32| {
            if score.is_nan() {
                f32::NEG_INFINITY
            } else {
                score
            }
        };
        let mut trials: Vec<_> = trials
            .into_iter()
            .map(|(score, genuine)| (number(score), genuine))
            .collect();
        trials.sort_by(|a, b| b.0.total_cmp(&a.0));
        Self { trials }
    }
}

impl Roc {
    /// Area under the ROC curve: the probability that a genuine trial scores above an
    /// impostor one, ties counting half. `None` without both kinds of trial.
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
    /// (Not on the convex hull, whose EER is never higher.) `None` without both
    /// kinds of trial.
    pub fn eer(&self) -> Option<f64> {
        let (genuine, impostors) = self.counts()?;
        let (mut far, mut frr) = (0.0, 1.0);
        for errors in self.errors() {
            let next_far = errors.accepted_impostors / impostors;
            let next_frr = errors.rejected_genuine / genuine;
            if next_far >= next_frr {
                let (gap, next_gap): (f64, f64) = (frr - far, next_far - next_frr);
                let part = gap / (gap + next_gap).max(f64::MIN_POSITIVE);
                return Some(far + part * (next_far - far));
            }
            (far, frr) = (next_far, next_frr);
        }
        None
    }

    /// The score at which FAR and FRR are closest, the highest of several.
    /// `None` without both kinds of trial.
    pub fn threshold_at_eer(&self) -> Option<f32> {
        let (genuine, impostors) = self.counts()?;
        // FAR − FRR times both counts: whole numbers, so that ties are ties.
        let gap = |errors: &Errors| {
            (errors.accepted_impostors * genuine - errors.rejected_genuine * impostors).abs()
        };
        self.errors()
            .min_by(|a, b| gap(a).total_cmp(&gap(b)))
            .map(|errors| errors.threshold)
    }

    /// Every operating point, from rejecting all at an infinite threshold to
    /// accepting all at the lowest score; what a DET curve draws. Empty without
    /// both kinds of trial.
    pub fn det(&self) -> Vec<OperatingPoint> {
        let Some((genuine, impostors)) = self.counts() else {
            return Vec::new();
        };
        let none = Errors {
            threshold: f32::INFINITY,
            accepted_impostors: 0.0,
            rejected_genuine: genuine,
        };
        let point = |errors: Errors| OperatingPoint {
            threshold: errors.threshold,
            far: errors.accepted_impostors / impostors,
            frr: errors.rejected_genuine / genuine,
        };
        [none].into_iter().chain(self.errors()).map(point).collect()
    }

    /// The lowest FAR of any threshold that rejects no more than `frr` of the
    /// genuine trials. Nothing is interpolated: it can be had. `None` without
    /// both kinds of trial.
    pub fn far_at_frr(&self, frr: f64) -> Option<f64> {
        let (genuine, impostors) = self.counts()?;
        if frr >= 1.0 {
            return Some(0.0);
        }
        self.errors()
            .find(|errors| errors.rejected_genuine / genuine <= frr)
            .map(|errors| errors.accepted_impostors / impostors)
    }

    /// Share of trials classified correctly at `threshold`. `None` without trials.
    pub fn accuracy_at(&self, threshold: f32) -> Option<f64> {
        let right = |trial: &&(f32, bool)| (trial.0 >= threshold) == trial.1;
        let right = self.trials.iter().filter(right).count();
        (!self.trials.is_empty()).then(|| right as f64 / self.trials.len() as f64)
    }

    /// F1 of accepting at `threshold`: the harmonic mean of precision and recall
    /// of genuine trials. `None` where nothing is genuine and nothing accepted.
    pub fn f1_at(&self, threshold: f32) -> Option<f64> {
        let accepted = self.trials.partition_point(|trial| trial.0 >= threshold);
        let (hits, _) = of_kind(&self.trials[..accepted]);
        let (genuine, _) = of_kind(&self.trials);
        let both = accepted as f64 + genuine;
        (both > 0.0).then(|| 2.0 * hits / both)
    }

    /// Genuine and impostor trials, if there are both.
    fn counts(&self) -> Option<(f64, f64)> {
        let (genuine, impostors) = of_kind(&self.trials);
        (genuine > 0.0 && impostors > 0.0).then_some((genuine, impostors))
    }

    /// Errors at each score taken as threshold, highest first.
    fn errors(&self) -> impl Iterator<Item = Errors> {
        let (genuine, _) = of_kind(&self.trials);
        self.ties().scan((0.0, genuine), |(alarms, misses), tie| {
            let (more_hits, more_alarms) = of_kind(tie);
            *alarms += more_alarms;
            *misses -= more_hits;
            Some(Errors {
                threshold: tie[0].0,
                accepted_impostors: *alarms,
                rejected_genuine: *misses,
            })
        })
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
        assert_eq!(one_in_four.threshold_at_eer(), Some(6.0));
        assert_eq!(one_in_four.accuracy_at(6.0), Some(0.75));
        assert_eq!(one_in_four.f1_at(6.0), Some(0.75));
        assert_eq!(one_in_four.far_at_frr(0.0), Some(0.25));
        assert_eq!(one_in_four.far_at_frr(1.0), Some(0.0));
        assert_eq!(roc(&[(1.0, true)]).eer(), None);
        assert!(roc(&[(1.0, true)]).det().is_empty());
        assert_eq!(roc(&[]).accuracy_at(0.0), None);
        assert_eq!(roc(&[]).auc(), None);
    }
}
