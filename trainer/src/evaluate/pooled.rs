//! The trials of all folds together, and what is computed of them.

use std::collections::BTreeMap;

use super::bootstrap::{self, Interval};
use super::comparison::several_an_owner;
use super::controls::{Controls, Probe, Shuffled};
use super::crossed_bootstrap::{self, Impostors};
use super::decision::{DecisionFigures, OwnerOutcome};
use super::fold::{CURVE, FoldResult};
use super::owner_figures::{ScoredOwner, of_owner, of_pairs};
use super::person_index::PersonIndex;
use super::replay::Outcomes;
use super::results::{EnrolmentPoint, OwnerFigures, PairFigures, StrangerFigures};
use super::trials::Trials;
use super::unseen::Fold;
use super::verification::{VerifiedOwner, mean};

/// False rejection rates at which the false acceptance rate is given, with their keys.
const FRR: [(&str, f64); 3] = [("0.01", 0.01), ("0.05", 0.05), ("0.10", 0.10)];

/// All folds that have an owner.
pub(super) struct Pooled<'a> {
    /// Their results.
    pub folds: Vec<&'a FoldResult>,
    people: PersonIndex,
    owners: Vec<ScoredOwner>,
    strangers: Vec<ScoredOwner>,
    /// By the bundle that is compared with.
    pub others: Vec<Trials>,
    /// Of [`owners`](Self::owners).
    pub trials: Vec<Trials>,
    /// The same averaged over [`run`](Self::run) windows.
    pub fused: Vec<Trials>,
    run: usize,
    seed: u64,
}

/// A mean EER with its intervals.
#[derive(Debug, Clone, Copy)]
pub(super) struct MeanEer {
    pub mean: f64,
    /// Over owners and sessions, impostors being who they are.
    pub ci95: Interval,
    /// Over owners, impostors and sessions.
    pub crossed_ci95: Interval,
}

impl MeanEer {
    pub(super) fn of(trials: &[Trials], seed: u64) -> Self {
        let interval = match several_an_owner(trials) {
            true => crossed_bootstrap::of_mean_eer(trials, Impostors::Fixed, seed),
            false => bootstrap::of_mean_eer(trials, seed),
        };
        let crossed = crossed_bootstrap::of_mean_eer(trials, Impostors::Drawn, seed);
        let nowhere = Interval(f64::NAN, f64::NAN);
        Self {
            mean: rate(trials.iter().map(Trials::eer)),
            ci95: interval.unwrap_or(nowhere),
            crossed_ci95: crossed.unwrap_or(nowhere),
        }
    }
}

impl<'a> Pooled<'a> {
    /// `run` windows are averaged for the figures over 30 s.
    pub(super) fn of(all: &'a [Fold], run: usize, seed: u64) -> Self {
        let mut people = PersonIndex::default();
        let mut scored = |of: fn(&FoldResult) -> Option<&Vec<VerifiedOwner>>| {
            let mut scored = Vec::new();
            for fold in all {
                for owner in fold.result.iter().filter_map(of).flatten() {
                    scored.push(ScoredOwner {
                        id: fold.numbered[owner.person].1.clone(),
                        gamma: owner.gamma,
                        from_cohort: owner.from_cohort,
                        svms_alone: owner.svms_alone,
                        delay: fold.delays.get(owner.person).copied().flatten(),
                        trials: people.renumber(owner.trials.clone(), &fold.numbered),
                    });
                }
            }
            scored
        };
        let owners = scored(|fold| Some(&fold.verified));
        let strangers = scored(|fold| fold.strangers.as_ref());
        let others = trials_of(&scored(|fold| fold.other.as_ref()));
        let trials = trials_of(&owners);
        Self {
            folds: all.iter().filter_map(|fold| fold.result.as_ref()).collect(),
            fused: fused(&trials, run),
            people,
            owners,
            strangers,
            others,
            trials,
            run,
            seed,
        }
    }

    /// Mean over what `of` gives for each fold.
    pub(super) fn over(&self, of: impl Fn(&FoldResult) -> Vec<Option<f64>>) -> f64 {
        rate(self.folds.iter().flat_map(|fold| of(fold)))
    }

    /// Mean EER per window, and for scores averaged over 30 s.
    pub(super) fn eers(&self, of: impl Fn(&FoldResult) -> &Vec<VerifiedOwner>) -> [f64; 2] {
        let eer = |run: Option<usize>| {
            self.over(|fold| {
                let trials = of(fold).iter().map(|owner| &owner.trials);
                let eers = trials.map(|trials| match run {
                    Some(run) => trials.fused(run).eer(),
                    None => trials.eer(),
                });
                eers.collect()
            })
        };
        [eer(None), eer(Some(self.run))]
    }

    pub(super) fn controls(&self) -> Controls {
        let folds = self.folds.iter();
        let shuffled: Vec<Shuffled> = folds.clone().filter_map(|fold| fold.shuffled).collect();
        Controls {
            shuffled: Shuffled::over(&shuffled),
            gravity_only: self.eers(|fold| &fold.gravity)[0],
            causal_windows: folds.clone().map(|fold| fold.causal_windows).sum(),
            session_probe: probe(folds.clone().map(|fold| fold.session_probe)),
            handset_probe: probe(folds.map(|fold| fold.handset_probe)),
        }
    }

    /// Mean EERs by enrolments of [`CURVE`] windows.
    pub(super) fn curve(&self) -> Vec<EnrolmentPoint> {
        let point = |(at, windows): (usize, &usize)| {
            let [eer_mean, eer_30s_mean] = self.eers(|fold| &fold.curve[at]);
            EnrolmentPoint {
                windows: *windows,
                eer_mean,
                eer_30s_mean,
            }
        };
        CURVE.iter().enumerate().map(point).collect()
    }

    pub(super) fn per_owner(&self) -> Vec<OwnerFigures> {
        let mut by_number: BTreeMap<usize, Vec<&ScoredOwner>> = BTreeMap::new();
        for owner in &self.owners {
            let number = owner.trials.owner().unwrap_or_default();
            by_number.entry(number).or_default().push(owner);
        }
        let figures = by_number.values().map(|all| of_owner(all, self.run));
        figures.flatten().collect()
    }

    pub(super) fn pairs(&self) -> Vec<PairFigures> {
        of_pairs(&self.owners, self.people.people(), self.run)
    }

    /// Figures against impostors of another data set, of this name.
    pub(super) fn against_strangers(&self, dataset: &str) -> StrangerFigures {
        let trials = trials_of(&self.strangers);
        let window = MeanEer::of(&trials, self.seed);
        let half_minute = MeanEer::of(&fused(&trials, self.run), self.seed);
        let mut impostors: Vec<usize> = trials.iter().flat_map(Trials::impostors).collect();
        impostors.sort_unstable();
        impostors.dedup();
        StrangerFigures {
            dataset: dataset.into(),
            people: impostors.len(),
            eer_mean: window.mean,
            eer_crossed_ci95: window.crossed_ci95,
            eer_30s_mean: half_minute.mean,
            eer_30s_crossed_ci95: half_minute.crossed_ci95,
            far_at_frr: far_at_frr(&trials),
        }
    }

    pub(super) fn decisions(
        &self,
        of: impl Fn(&FoldResult) -> &Outcomes,
    ) -> Option<DecisionFigures> {
        let outcomes = || self.folds.iter().map(|fold| of(fold));
        let owners: Vec<OwnerOutcome> = outcomes().flat_map(|one| one.replayed.clone()).collect();
        let refused = outcomes().flat_map(|one| one.refused.clone()).collect();
        DecisionFigures::of(&owners, refused)
    }
}

/// Mean of the rates that are there; NaN without any.
pub(super) fn rate(of: impl IntoIterator<Item = Option<f64>>) -> f64 {
    mean(of).unwrap_or(f64::NAN)
}

/// Mean false acceptance rate at each false rejection rate of [`FRR`].
pub(super) fn far_at_frr(owners: &[Trials]) -> BTreeMap<String, f64> {
    let far = |frr| mean(owners.iter().map(|owner| owner.roc().far_at_frr(frr)));
    let told = FRR.map(|(name, frr)| Some((name.to_owned(), far(frr)?)));
    told.into_iter().flatten().collect()
}

fn trials_of(owners: &[ScoredOwner]) -> Vec<Trials> {
    owners.iter().map(|owner| owner.trials.clone()).collect()
}

fn fused(trials: &[Trials], run: usize) -> Vec<Trials> {
    trials.iter().map(|owner| owner.fused(run)).collect()
}

fn probe(probes: impl Iterator<Item = Probe> + Clone) -> Probe {
    let over = |of: fn(&Probe) -> f64| rate(probes.clone().map(|probe| Some(of(&probe))));
    Probe {
        accuracy: over(|probe| probe.accuracy),
        chance: over(|probe| probe.chance),
    }
}
