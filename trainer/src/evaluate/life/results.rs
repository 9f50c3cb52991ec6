//! `results.json` of `--protocol life`. Keys are only ever added.

use serde::Serialize;

use super::intruder::{Intruder, Intrusion};
use crate::data::Skipped;
use crate::evaluate::results::FoldPeople;

/// `results.json` of `--protocol life`.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LifeResults {
    /// The command, without paths.
    pub command: String,
    /// `life`, or `life, seen` if tested people are among those of the training.
    pub protocol: String,
    /// Name of the data set.
    pub dataset: String,
    /// Name of the bundle.
    pub model: String,
    /// How the profile changes with use.
    pub adaptation: String,
    /// Length of a window, s.
    pub window_s: f64,
    /// Sittings of the enrolment.
    pub sittings: usize,
    /// Most windows of each.
    pub windows_a_sitting: usize,
    /// Trained and tested people of each fold.
    pub folds: Vec<FoldPeople>,
    /// Tested people whom a bundle was trained on (`--allow-seen`).
    pub seen: Vec<String>,
    /// Means over owners.
    pub mean: LifeMeans,
    /// Each enrolment.
    pub per_owner: Vec<LifeOwner>,
    /// What came of somebody else who knows the secret; empty unless asked for.
    pub intrusions: Vec<Intrusion>,
    /// `thief` or `housemate`; null unless asked for.
    pub intruder: Option<Intruder>,
    /// Sessions that were left out, with the reason.
    pub skipped: Vec<Skipped>,
}

/// Means over owners.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LifeMeans {
    /// EER per window of all sessions after the enrolment.
    pub eer: f64,
    /// The same for scores averaged over 30 s.
    pub eer_30s: f64,
    /// EER per window of the later half of all sessions.
    pub eer_later_half: f64,
    /// The same for scores averaged over 30 s.
    pub eer_30s_later_half: f64,
    /// EER per window of the later half, by a profile of the earlier half: what the other
    /// protocol measures.
    pub eer_half_enrolled: f64,
    /// The same for scores averaged over 30 s.
    pub eer_30s_half_enrolled: f64,
    /// By the profile as it was enrolled, of the same sessions; null where it does not change.
    pub as_enrolled: Option<LifeErrors>,
    /// Mean EER per window of the first, second, … session after the enrolment, over owners
    /// who have one.
    pub eer_by_session: Vec<f64>,
}

/// Error rates of sessions after an enrolment. Null without windows.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub struct LifeErrors {
    /// As in [`LifeMeans`].
    pub eer: Option<f64>,
    /// As in [`LifeMeans`].
    pub eer_30s: Option<f64>,
    /// As in [`LifeMeans`].
    pub eer_later_half: Option<f64>,
    /// As in [`LifeMeans`].
    pub eer_30s_later_half: Option<f64>,
}

/// One owner's life.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LifeOwner {
    /// Id of the owner.
    pub owner: String,
    /// Ids of the impostors.
    pub impostors: Vec<String>,
    /// Sittings that the enrolment took until it was accepted.
    pub sittings: usize,
    /// Windows of the enrolment.
    pub enrolled_windows: usize,
    /// The sessions after it, in order of time.
    pub sessions: Vec<LifeSession>,
    /// As in [`LifeMeans`].
    pub eer: Option<f64>,
    /// As in [`LifeMeans`].
    pub eer_30s: Option<f64>,
    /// As in [`LifeMeans`].
    pub eer_later_half: Option<f64>,
    /// As in [`LifeMeans`].
    pub eer_30s_later_half: Option<f64>,
    /// As in [`LifeMeans`].
    pub eer_half_enrolled: Option<f64>,
    /// As in [`LifeMeans`].
    pub eer_30s_half_enrolled: Option<f64>,
    /// By the profile as it was enrolled, of the same sessions; null where it does not change.
    pub as_enrolled: Option<LifeErrors>,
    /// Why nothing is ever learnt of this owner's use; null if use can be.
    pub nothing_learnt: Option<String>,
}

/// One session, scored before anything was learnt of it.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct LifeSession {
    /// Its name, as the data set has it.
    pub session: String,
    /// Days from the first sitting to it; null where the data set has no dates.
    pub days: Option<f64>,
    /// Number of its windows.
    pub windows: usize,
    /// Sessions of the profile that scored it.
    pub profile_sessions: usize,
    /// EER of its windows against all impostors'.
    pub eer: Option<f64>,
    /// The same for scores averaged over 30 s.
    pub eer_30s: Option<f64>,
    /// Share of its windows that are rejected where one in ten of impostors' is accepted.
    pub frr_at_far_10: Option<f64>,
    /// Whether it joined the profile.
    pub learnt: bool,
    /// Why it did not, of its last part that was judged; null if it did, or was not judged.
    pub kept_out: Option<String>,
    /// Locks for lack of evidence in it, after each of which the secret is entered at once;
    /// null where the profile does not change.
    pub locks: Option<u32>,
    /// EER by the profile as it was enrolled; null where the profile does not change.
    pub eer_as_enrolled: Option<f64>,
    /// The same for scores averaged over 30 s.
    pub eer_30s_as_enrolled: Option<f64>,
}
