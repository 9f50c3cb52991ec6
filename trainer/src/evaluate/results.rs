//! `results.json` of `--protocol unseen`. Keys are only ever added. Rates are from 0 to 1,
//! times in seconds, intervals 95 %.

use std::collections::BTreeMap;

use serde::Serialize;

use super::bootstrap::Interval;
use super::controls::Controls;
use super::decision::DecisionFigures;
use crate::data::Skipped;

/// `results.json` of `--protocol unseen`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Results {
    /// The command, without paths.
    pub command: String,
    /// `unseen`, or `seen` if tested people are among those of the training.
    pub protocol: String,
    /// Name of the data set.
    pub dataset: String,
    /// SHA-256 that identifies the bundle; those of folds joined by `+`.
    pub model_sha256: String,
    /// Name of the bundle.
    pub model: String,
    /// Length of a window, s.
    pub window_s: f64,
    /// Trained and tested people of each fold.
    pub folds: Vec<FoldPeople>,
    /// Tested people whom the bundle was trained on (`--allow-seen`).
    pub seen: Vec<String>,
    /// Number of owners.
    pub owners: usize,
    /// Number of test windows, genuine and impostor, over all owners.
    pub windows: usize,
    /// Number of windows of test sessions not scored because the device lay still.
    pub abstained: usize,
    /// Number of enrolment windows.
    pub enrolment_windows: usize,
    /// `auto`, or the fixed γ.
    pub gamma: String,
    /// Seed of the bootstrap and of the controls.
    pub seed: u64,
    /// Mean EER per window over owners, each at their own threshold.
    pub eer_mean: f64,
    /// Bootstrap interval of the same, over owners and sessions.
    pub eer_ci95: Interval,
    /// Bootstrap interval of the same, over owners, impostors and sessions.
    pub eer_crossed_ci95: Interval,
    /// EER per window, by owner.
    pub eer_per_owner: BTreeMap<String, f64>,
    /// EER per window at one threshold for all owners.
    pub eer_global_threshold: f64,
    /// Mean EER over owners for scores averaged over 30 s.
    pub eer_30s_mean: f64,
    /// Bootstrap interval of the same.
    pub eer_30s_ci95: Interval,
    /// Bootstrap interval of the same, over owners, impostors and sessions.
    pub eer_30s_crossed_ci95: Interval,
    /// Mean EER per window over all ordered pairs of an owner and an impostor, each pair at
    /// its own threshold.
    pub eer_pairs_mean: f64,
    /// The same for scores averaged over 30 s.
    pub eer_30s_pairs_mean: f64,
    /// Error rates of each owner against each impostor.
    pub pairs: Vec<PairFigures>,
    /// Mean EER over owners, impostors weighted to move as much as the owner.
    pub eer_matched_motion: f64,
    /// Mean EER over owners with simulated sensor errors, another handset each session.
    pub eer_handset_randomised: f64,
    /// The same for scores averaged over 30 s.
    pub eer_30s_handset_randomised: f64,
    /// False acceptance rate at a false rejection rate of 1, 5 and 10 %, mean over owners.
    pub far_at_frr: BTreeMap<String, f64>,
    /// Mean intraclass correlation of genuine scores within sessions.
    pub rho: f64,
    /// Mean EER for different numbers of enrolment windows.
    pub enrolment_curve: Vec<EnrolmentPoint>,
    /// Figures of each owner.
    pub per_owner: Vec<OwnerFigures>,
    /// Error rates against impostors of another data set (`--impostors`); null without.
    pub strangers: Option<StrangerFigures>,
    /// Results of the controls.
    pub controls: Controls,
    /// Failed controls, in words; with one, no other figure is valid.
    pub failures: Vec<String>,
    /// Reservations about the figures, in words.
    pub warnings: Vec<String>,
    /// Decision figures; null if no owner could be enrolled.
    pub decision: Option<DecisionFigures>,
    /// The same with simulated sensor errors, another handset each session.
    pub decision_handset_randomised: Option<DecisionFigures>,
    /// Sessions that were left out, with the reason.
    pub skipped: Vec<Skipped>,
    /// Comparison with another bundle on the same trials (`--against`); null without.
    pub against: Option<ModelComparison>,
}

/// People of one fold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FoldPeople {
    /// SHA-256 that identifies the fold's bundle.
    pub model_sha256: String,
    /// People whom the bundle was trained on, as `<data set> <id>`.
    pub taught: Vec<String>,
    /// Ids of the tested people.
    pub tested: Vec<String>,
}

/// A point of the enrolment curve.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct EnrolmentPoint {
    /// Number of enrolment windows; owners with fewer use all of theirs.
    pub windows: usize,
    /// Mean EER per window.
    pub eer_mean: f64,
    /// Mean EER for scores averaged over 30 s.
    pub eer_30s_mean: f64,
}

/// Figures of one owner.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct OwnerFigures {
    /// Id of the owner.
    pub owner: String,
    /// Number of their test sessions.
    pub sessions: usize,
    /// Hours from the begin of their last enrolment session to that of their first test session;
    /// null where a session has no date.
    pub hours_to_first_test: Option<f64>,
    /// Number of test sessions that began within 12 hours of the begin of the last enrolment
    /// session, and so on the same day in all likelihood; null where a session has no date.
    pub sessions_within_12_h: Option<usize>,
    /// Number of windows of those.
    pub genuine_windows: usize,
    /// Number of impostor windows.
    pub impostor_windows: usize,
    /// γ of the one-class SVM.
    pub gamma: f64,
    /// Distance of the enrolment's mean from the nearest class of the cohort, in standard
    /// deviations; beyond 6 the owner is far from it. Null without a cohort.
    pub from_cohort: Option<f64>,
    /// Whether only the SVMs score, of any fold, as the daemon does where it can expect no
    /// error rates of an owner far from the cohort.
    pub svms_alone: bool,
    /// Equal error rate per window.
    pub eer: f64,
    /// Equal error rate for scores averaged over 30 s; null if no session is as long.
    pub eer_30s: Option<f64>,
    /// Area under the ROC curve.
    pub auc: f64,
    /// Intraclass correlation of genuine scores within sessions; null with one session.
    pub rho: Option<f64>,
    /// DET curve: (false acceptance rate, false rejection rate), strictest threshold first.
    pub det: Vec<(f64, f64)>,
}

/// An owner against one impostor.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct PairFigures {
    /// Id of the owner.
    pub owner: String,
    /// Id of the impostor.
    pub impostor: String,
    /// Equal error rate per window; null without windows of both.
    pub eer: Option<f64>,
    /// Equal error rate for scores averaged over 30 s; null if no session is as long.
    pub eer_30s: Option<f64>,
}

/// Error rates against impostors of another data set, over owners.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct StrangerFigures {
    /// Name of the data set.
    pub dataset: String,
    /// Number of its people.
    pub people: usize,
    /// Mean EER per window.
    pub eer_mean: f64,
    /// Bootstrap interval of the same, over owners, impostors and sessions.
    pub eer_crossed_ci95: Interval,
    /// Mean EER for scores averaged over 30 s.
    pub eer_30s_mean: f64,
    /// Bootstrap interval of the same.
    pub eer_30s_crossed_ci95: Interval,
    /// False acceptance rate at a false rejection rate of 1, 5 and 10 %.
    pub far_at_frr: BTreeMap<String, f64>,
}

/// Comparison with another bundle on the same trials.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelComparison {
    /// Name of the other bundle.
    pub model: String,
    /// SHA-256 that identifies it.
    pub model_sha256: String,
    /// Tested people whom it was trained on (`--allow-seen`).
    pub seen: Vec<String>,
    /// Its mean EER.
    pub eer_mean: f64,
    /// Mean EER of this bundle minus that of the other.
    pub difference: f64,
    /// Paired bootstrap interval of the difference.
    pub difference_ci95: Interval,
    /// The same, with impostors drawn too.
    pub difference_crossed_ci95: Interval,
    /// Difference for scores averaged over 30 s.
    pub difference_30s: f64,
    /// Paired bootstrap interval of the same.
    pub difference_30s_ci95: Interval,
    /// The same, with impostors drawn too.
    pub difference_30s_crossed_ci95: Interval,
}
