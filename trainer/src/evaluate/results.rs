//! What an evaluation comes to, as `results.json` holds it. Fields are only ever
//! added. Rates are shares of 1, times are seconds, intervals are 95 %.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bootstrap::Interval;
use super::controls::Controls;
use super::decision::DecisionFigures;
use crate::data::Skipped;

/// `evaluate --protocol unseen`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// The command that made this, every path left out.
    pub command: String,
    /// `unseen`, or `seen` where people of the training are among those tested.
    pub protocol: String,
    /// The data set.
    pub dataset: String,
    /// Of the bundle; of each fold's, joined by `+`.
    pub model_sha256: String,
    /// The bundle's name.
    pub model: String,
    /// Seconds of a window.
    pub window_s: f64,
    /// Who was taught and who was tested.
    pub folds: Vec<FoldPeople>,
    /// People of the training that were tested all the same (`--allow-seen`).
    pub seen: Vec<String>,
    /// Owners.
    pub owners: usize,
    /// Test windows, genuine and impostors', over all owners.
    pub windows: usize,
    /// Windows of the tested sessions without a score, because the device lay still.
    pub abstained: usize,
    /// Windows of an enrolment.
    pub enrolment_windows: usize,
    /// `auto`, or γ.
    pub gamma: String,
    /// Seed of the bootstrap and of the controls.
    pub seed: u64,
    /// Mean over owners, each at a threshold of their own.
    pub eer_mean: f64,
    /// Drawing owners, then sessions, anew.
    pub eer_ci95: Interval,
    /// By owner.
    pub eer_per_owner: BTreeMap<String, f64>,
    /// At one threshold for all.
    pub eer_global_threshold: f64,
    /// Mean over owners, 30 s of a session averaged.
    pub eer_30s_mean: f64,
    /// As `eer_ci95`.
    pub eer_30s_ci95: Interval,
    /// Mean over owners, impostors weighed to move as much as the owner does.
    pub eer_matched_motion: f64,
    /// Mean over owners where every session has a handset of its own.
    pub eer_handset_randomised: f64,
    /// As `eer_30s_mean`, likewise.
    pub eer_30s_handset_randomised: f64,
    /// False acceptances where 1, 5 and 10 % of the owner's windows are rejected;
    /// mean over owners.
    pub far_at_frr: BTreeMap<String, f64>,
    /// Share of the variance of genuine scores that a session has in common.
    pub rho: f64,
    /// Mean EER by number of enrolment windows.
    pub enrolment_curve: Vec<EnrolmentPoint>,
    /// Each owner.
    pub per_owner: Vec<OwnerFigures>,
    /// What would make the rest worthless.
    pub controls: Controls,
    /// Controls that failed.
    pub failures: Vec<String>,
    /// What makes the figures less than they seem.
    pub warnings: Vec<String>,
    /// Decisions; absent where no owner could be enrolled.
    pub decision: Option<DecisionFigures>,
    /// The same where each session is recorded by a handset of its own.
    pub decision_handset_randomised: Option<DecisionFigures>,
    /// Sessions that could not be used.
    pub skipped: Vec<Skipped>,
    /// Another bundle on the same trials.
    pub against: Option<NormalisedRatio>,
}

/// Who a fold's bundle was taught on and tested on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoldPeople {
    /// The bundle.
    pub model_sha256: String,
    /// Taught on, of any data set.
    pub taught: Vec<String>,
    /// Tested on.
    pub tested: Vec<String>,
}

/// A point of the enrolment curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EnrolmentPoint {
    /// Enrolment windows; fewer where an owner has fewer.
    pub windows: usize,
    /// Mean EER.
    pub eer_mean: f64,
    /// Mean EER of 30 s.
    pub eer_30s_mean: f64,
}

/// One owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnerFigures {
    /// Who.
    pub owner: String,
    /// Later sessions of theirs.
    pub sessions: usize,
    /// Windows of those.
    pub genuine_windows: usize,
    /// Windows of impostors.
    pub impostor_windows: usize,
    /// γ in force.
    pub gamma: f64,
    /// Equal error rate per window.
    pub eer: f64,
    /// Equal error rate of 30 s; absent where no session has as much.
    pub eer_30s: Option<f64>,
    /// Area under the curve.
    pub auc: f64,
    /// Share of the score's variance that a session has in common.
    pub rho: Option<f64>,
    /// False acceptance and false rejection rates, from the strictest threshold on.
    pub det: Vec<(f64, f64)>,
}

/// The same trials with another bundle.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct NormalisedRatio {
    /// Its name.
    pub model: String,
    /// Which one.
    pub model_sha256: String,
    /// People tested that it was taught on (`--allow-seen`).
    pub seen: Vec<String>,
    /// Its mean EER.
    pub eer_mean: f64,
    /// This bundle's mean EER less that.
    pub difference: f64,
    /// Drawing owners, then sessions, anew, for both alike.
    pub difference_ci95: Interval,
    /// The same for 30 s.
    pub difference_30s: f64,
    /// As `difference_ci95`.
    pub difference_30s_ci95: Interval,
}
