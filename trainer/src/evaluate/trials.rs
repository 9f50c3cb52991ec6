//! Verification trials of one owner: scores of their own and of impostors' windows, by
//! session.

use std::cmp::Ordering;

use crate::roc::Roc;

/// The scores of one session's windows, oldest first.
#[derive(Debug, Clone, PartialEq)]
pub struct ScoredSession {
    /// Number of the person who was recorded.
    pub person: usize,
    /// Whether the session is the owner's.
    pub genuine: bool,
    /// One score a window; higher is more genuine.
    pub scores: Vec<f64>,
}

/// All trials of one owner.
#[derive(Debug, Clone, PartialEq)]
pub struct Trials {
    sessions: Vec<ScoredSession>,
    /// (session, window) by descending score. NaN comes last, because the daemon rejects it.
    ranked: Vec<(usize, usize)>,
}

impl Trials {
    /// Trials of these sessions.
    pub fn new(sessions: Vec<ScoredSession>) -> Self {
        let mut ranked: Vec<(usize, usize)> = sessions
            .iter()
            .enumerate()
            .flat_map(|(s, session)| (0..session.scores.len()).map(move |w| (s, w)))
            .collect();
        let score = |&(s, w): &(usize, usize)| rank(sessions[s].scores[w]);
        ranked.sort_by(|a, b| score(b).total_cmp(&score(a)));
        Self { sessions, ranked }
    }

    /// The sessions.
    pub fn sessions(&self) -> &[ScoredSession] {
        &self.sessions
    }

    /// Number of the owner; `None` without a genuine session.
    pub fn owner(&self) -> Option<usize> {
        self.of_kind(true).next()
    }

    /// Numbers of the impostors, in the order of their sessions, each once.
    pub fn impostors(&self) -> Vec<usize> {
        let mut impostors: Vec<usize> = self.of_kind(false).collect();
        impostors.dedup();
        impostors
    }

    fn of_kind(&self, genuine: bool) -> impl Iterator<Item = usize> {
        let sessions = self.sessions.iter();
        let of_kind = sessions.filter(move |session| session.genuine == genuine);
        of_kind.map(|session| session.person)
    }

    /// The same with other numbers for people: `numbers[person]` for `person`.
    pub fn renumbered(mut self, numbers: &[usize]) -> Self {
        for session in &mut self.sessions {
            session.person = numbers[session.person];
        }
        self
    }

    /// Trials of the owner against one impostor only.
    pub fn against(&self, impostor: usize) -> Self {
        let sessions = self.sessions.iter();
        let kept = sessions.filter(|session| session.genuine || session.person == impostor);
        Self::new(kept.cloned().collect())
    }

    /// Number of windows.
    pub fn windows(&self) -> usize {
        self.ranked.len()
    }

    /// Equal error rate. `None` without both genuine and impostor windows.
    pub fn eer(&self) -> Option<f64> {
        self.weighted_eer(|_, _| 1.0)
    }

    /// Equal error rate with window `w` of session `s` counted `weight(s, w)` times.
    pub fn weighted_eer(&self, weight: impl Fn(usize, usize) -> f64) -> Option<f64> {
        let mut total = [0.0; 2];
        for &(s, w) in &self.ranked {
            total[usize::from(self.sessions[s].genuine)] += weight(s, w);
        }
        let [impostors, genuine] = total;
        let mut accepted = [0.0; 2];
        let (mut far, mut frr) = (0.0, 1.0);
        let level = |&(s, w): &(usize, usize)| rank(self.sessions[s].scores[w]);
        for tie in self
            .ranked
            .chunk_by(|a, b| level(a).total_cmp(&level(b)) == Ordering::Equal)
        {
            for &(s, w) in tie {
                accepted[usize::from(self.sessions[s].genuine)] += weight(s, w);
            }
            let (next_far, next_frr) = (accepted[0] / impostors, 1.0 - accepted[1] / genuine);
            if next_far >= next_frr {
                let (gap, next_gap): (f64, f64) = (frr - far, next_far - next_frr);
                let part = gap / (gap + next_gap).max(f64::MIN_POSITIVE);
                return Some(far + part * (next_far - far));
            }
            (far, frr) = (next_far, next_frr);
        }
        None
    }

    /// Trials of the mean score of every `count` consecutive windows of a session; the rest
    /// at a session's end is dropped.
    pub fn fused(&self, count: usize) -> Self {
        let fuse = |session: &ScoredSession| ScoredSession {
            person: session.person,
            genuine: session.genuine,
            scores: session
                .scores
                .chunks_exact(count.max(1))
                .map(|run| run.iter().sum::<f64>() / run.len() as f64)
                .collect(),
        };
        Self::new(self.sessions.iter().map(fuse).collect())
    }

    /// ROC over all windows, whatever their session.
    pub fn roc(&self) -> Roc {
        self.sessions
            .iter()
            .flat_map(|session| {
                let of = |&score: &f64| (rank(score) as f32, session.genuine);
                session.scores.iter().map(of)
            })
            .collect()
    }

    /// ρ, the intraclass correlation of genuine scores within sessions (one-way analysis of
    /// variance with groups of unequal size, Donner 1986). `None` with fewer than two
    /// genuine sessions, or without any variance.
    pub fn session_correlation(&self) -> Option<f64> {
        let groups: Vec<&[f64]> = self
            .sessions
            .iter()
            .filter(|s| s.genuine && !s.scores.is_empty())
            .map(|s| s.scores.as_slice())
            .collect();
        let sizes: Vec<f64> = groups.iter().map(|g| g.len() as f64).collect();
        let (k, n) = (groups.len() as f64, sizes.iter().sum::<f64>());
        if k < 2.0 || n <= k {
            return None;
        }
        let sum = |group: &[f64]| group.iter().sum::<f64>();
        let grand = groups.iter().map(|g| sum(g)).sum::<f64>() / n;
        let (mut between, mut within) = (0.0, 0.0);
        for group in &groups {
            let mean = sum(group) / group.len() as f64;
            between += group.len() as f64 * (mean - grand).powi(2);
            within += group
                .iter()
                .map(|score| (score - mean).powi(2))
                .sum::<f64>();
        }
        let (between, within) = (between / (k - 1.0), within / (n - k));
        let size = (n - sizes.iter().map(|s| s * s).sum::<f64>() / n) / (k - 1.0);
        let variance = between + (size - 1.0) * within;
        (variance > 0.0).then(|| (between - within) / variance)
    }
}

/// The score to sort by: NaN is lowest.
fn rank(score: f64) -> f64 {
    if score.is_nan() {
        f64::NEG_INFINITY
    } else {
        score
    }
}

/// Equal error rate at one threshold for all owners. Each owner's genuine windows have the
/// same total weight, and so have their impostor windows. `None` without both kinds.
pub fn eer_global_threshold<'a>(owners: impl IntoIterator<Item = &'a Trials>) -> Option<f64> {
    let (mut sessions, mut weights) = (Vec::new(), Vec::new());
    for trials in owners {
        let count = |genuine: bool| -> f64 {
            let of_kind = trials.sessions.iter().filter(|s| s.genuine == genuine);
            of_kind.map(|s| s.scores.len() as f64).sum()
        };
        let total = [count(false), count(true)];
        for session in &trials.sessions {
            weights.push(1.0 / total[usize::from(session.genuine)].max(1.0));
            sessions.push(session.clone());
        }
    }
    Trials::new(sessions).weighted_eer(|s, _| weights[s])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn session(genuine: bool, scores: &[f64]) -> ScoredSession {
        let scores = scores.to_vec();
        ScoredSession {
            person: usize::from(!genuine),
            genuine,
            scores,
        }
    }

    fn sessions() -> impl Strategy<Value = Vec<ScoredSession>> {
        let scores = prop::collection::vec((0i32..30).prop_map(f64::from), 1..12);
        let one = (any::<bool>(), scores);
        prop::collection::vec(
            one.prop_map(|(genuine, scores)| session(genuine, &scores)),
            2..8,
        )
    }

    proptest! {
        #[test]
        fn without_weights_it_is_the_plain_rate(sessions in sessions()) {
            let trials = Trials::new(sessions);
            match (trials.eer(), trials.roc().eer()) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12),
                (a, b) => prop_assert_eq!(a, b),
            }
        }

        #[test]
        fn a_weight_of_two_is_a_session_twice(sessions in sessions(), twice in 0usize..8) {
            let twice = twice % sessions.len();
            let weighed = Trials::new(sessions.clone())
                .weighted_eer(|s, _| if s == twice { 2.0 } else { 1.0 });
            let mut doubled = sessions.clone();
            doubled.push(sessions[twice].clone());
            match (weighed, Trials::new(doubled).eer()) {
                (Some(a), Some(b)) => prop_assert!((a - b).abs() < 1e-12),
                (a, b) => prop_assert_eq!(a, b),
            }
        }
    }

    #[test]
    fn a_score_that_is_no_number_counts_as_a_rejection() {
        let impostor = session(false, &[0.0, 0.0]);
        let with = |score| Trials::new(vec![session(true, &[1.0, score]), impostor.clone()]).eer();
        assert_eq!(with(f64::NAN), with(-1.0));
    }

    #[test]
    fn fusing_averages_within_a_session_only() {
        let trials = Trials::new(vec![
            session(true, &[1.0, 3.0, 5.0]),
            session(false, &[7.0]),
            session(false, &[0.0, 2.0]),
        ]);
        let scores: Vec<_> = trials
            .fused(2)
            .sessions
            .into_iter()
            .map(|s| s.scores)
            .collect();
        assert_eq!(scores, [vec![2.0], vec![], vec![1.0]]);
    }

    #[test]
    fn one_impostor_of_several_is_told_apart_by_themselves() {
        let of = |person, scores: &[f64]| ScoredSession {
            person,
            genuine: person == 0,
            scores: scores.to_vec(),
        };
        let all = vec![
            of(0, &[1.0, 1.0]),
            of(1, &[0.0]),
            of(2, &[2.0]),
            of(2, &[3.0]),
        ];
        let trials = Trials::new(all).renumbered(&[7, 8, 9]);
        assert_eq!(trials.owner(), Some(7));
        assert_eq!(trials.impostors(), [8, 9]);
        assert_eq!(trials.against(8).eer(), Some(0.0));
        assert_eq!(trials.against(9).eer(), Some(1.0));
    }

    #[test]
    fn sessions_that_differ_by_a_constant_are_fully_correlated() {
        let apart = Trials::new(vec![session(true, &[1.0, 1.0]), session(true, &[3.0, 3.0])]);
        assert_eq!(apart.session_correlation(), Some(1.0));
        let alike = Trials::new(vec![session(true, &[1.0, 3.0]), session(true, &[1.0, 3.0])]);
        assert!(alike.session_correlation().unwrap() <= 0.0);
        let one = Trials::new(vec![session(true, &[1.0, 3.0])]);
        assert_eq!(one.session_correlation(), None);
    }

    #[test]
    fn one_threshold_for_all_is_worse_where_owners_scores_lie_apart() {
        let low = Trials::new(vec![session(true, &[1.0]), session(false, &[0.0])]);
        let high = Trials::new(vec![session(true, &[11.0]), session(false, &[10.0])]);
        assert_eq!((low.eer(), high.eer()), (Some(0.0), Some(0.0)));
        assert_eq!(eer_global_threshold([&low, &high]), Some(0.5));
    }
}
