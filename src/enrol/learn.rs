//! Fits a scorer and its calibration to an owner's embeddings. The daemon uses it for
//! the live owner, the trainer for each person of a data set.

use std::collections::BTreeSet;

use ndarray::{Array2, ArrayView2, Axis};

use super::calibrate::from_held_out;
use super::forecast::{ScoreStatistics, calibrate};
use super::hand_over::{BEFORE, HandOver, HeldOutSession, Impostor};
use super::simulated_session::WindowScores;
use super::uniformity;
use super::{DecisionBudget, EnrolError, Expectation, GammaRule, OwnerSvm};
use crate::model::cohort::{Cohort, Drift, InSessionLocks};
use crate::owner::Score;
use crate::owner::ocsvm::{Gamma, Nu};
use crate::owner::score::Calibration;
use crate::owner::score::{
    AgainstCohort, InSession, NOVEL, NormalisedScore, OwnerTemplates, Scorer, Strangers, median,
    moments,
};

/// Least distance of the owner's median held-out session from the impostors' mean, in
/// standard deviations of impostors' windows, for which a profile is made.
const LEAST_SPAN: f64 = 0.6;
/// Number of equal parts that a single session is held out in.
const PARTS: usize = 5;
/// Number of sessions that the cohort's drift, as a prior, weighs as much as.
const PRIOR_SESSIONS: f64 = 4.0;

/// Sessions from which a profile is refused for the error rates that are expected of it. Each
/// session is held out in turn; with two, the walk is scored by what was learnt sitting, which
/// says little of both together, and use adds sessions (adaptation). With fewer, the rates are
/// expected from the cohort's sessions and said plainly. A single session is held out in parts,
/// which say too much good of it, and is refused like many.
pub(crate) const JUDGED_SESSIONS: u32 = 5;

/// Parameters of learning an owner.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct LearnOptions {
    /// The one-class SVM's ν.
    pub nu: Nu,
    /// How the γ of its kernel is chosen.
    pub gamma: GammaRule,
    /// The budget of false locks.
    pub rule: DecisionBudget,
}

/// What is learnt of an owner.
#[derive(Debug, Clone, PartialEq)]
pub struct LearntOwner {
    /// Scores windows for this owner.
    pub scorer: Scorer,
    /// Threshold and scale of the scores.
    pub calibration: Calibration,
    /// The chosen γ.
    pub gamma: Gamma,
    /// Score of each enrolment window by a scorer fitted without its session, or without
    /// its part of the only session.
    pub held_out: Vec<Score>,
    /// Expected error rates.
    pub expectation: Expectation,
}

impl LearntOwner {
    /// Learns from `rows`, one embedding each in time order; `sessions` has a
    /// number for each, and `overlap` is how many windows after one share frames with
    /// it. An owner who cannot be told from the cohort within the budget is refused or, if
    /// far from the cohort, scored by the one-class SVM less the cohort's.
    pub fn learn(
        rows: ArrayView2<'_, f32>,
        sessions: &[u32],
        overlap: usize,
        options: &LearnOptions,
        cohort: Option<&Cohort>,
    ) -> Result<Self, EnrolError> {
        Self::learn_and_expect(rows, sessions, overlap, usize::MAX, options, cohort)
    }

    /// The same, where what is to be expected of the owner's later sessions is measured on the
    /// first `measured` sessions alone. Those that joined since did so because they scored well.
    pub(super) fn learn_and_expect(
        rows: ArrayView2<'_, f32>,
        sessions: &[u32],
        overlap: usize,
        measured: usize,
        options: &LearnOptions,
        cohort: Option<&Cohort>,
    ) -> Result<Self, EnrolError> {
        uniformity::refuse_uniform(rows)?;
        let Some(cohort) = cohort else {
            let svm = OwnerSvm::learn(rows, sessions, overlap, options.nu, options.gamma)?;
            return Self::without_cohort(svm);
        };
        let held_out = sessions.iter().copied().collect::<BTreeSet<u32>>().len();
        // The only session is held out in parts, all of which count.
        let measured = if held_out == 1 { usize::MAX } else { measured };
        let learn = |svms_alone| {
            let learnt = Learnt::of(cohort, (rows, sessions, overlap), measured, svms_alone);
            learnt.ok_or(EnrolError::Embeddings)
        };
        let learnt = learn(false)?;
        let few = held_out > 1
            && held_out.min(measured) < JUDGED_SESSIONS as usize
            && learnt.far_from_cohort.is_none();
        let rule = DecisionBudget {
            refuse: options.rule.refuse && !few,
            ..options.rule
        };
        let judged = Self::against(&learnt, cohort.drift, &rule, few);
        match (judged, learnt.far_from_cohort) {
            // For an owner far from the cohort the impostors are shifted embeddings and not
            // measured ones, which is no ground for a refusal.
            (Err(_), Some(far)) => Self::by_svms(&learn(true)?, far),
            (judged, _) => judged,
        }
    }

    /// Scored against the cohort, if the expected error rates are acceptable, or if there are
    /// `few` sessions to expect them from.
    fn against(
        learnt: &Learnt,
        drift: Drift,
        rule: &DecisionBudget,
        few: bool,
    ) -> Result<Self, EnrolError> {
        let span = learnt.span();
        if span < LEAST_SPAN && !few {
            return Err(EnrolError::LikeStrangers { span });
        }
        // Held-out sessions that are like strangers' are no measure of later ones.
        let alike = span < LEAST_SPAN;
        let span = span.max(LEAST_SPAN);
        let scored = learnt.normalised(span);
        let mut statistics = learnt.statistics(span, &scored, drift);
        if alike {
            statistics.genuine = drift;
            statistics.sessions = PRIOR_SESSIONS;
        }
        let forecast = calibrate(&statistics, rule)?;
        Ok(Self {
            calibration: forecast.calibration,
            gamma: scored.against.svm().gamma(),
            held_out: learnt.placed(&scored),
            scorer: Scorer::Cohort(Box::new(scored)),
            expectation: Expectation {
                forecast: Some(forecast),
                far_from_cohort: learnt.far_from_cohort,
            },
        })
    }

    /// Scored by the owner's one-class SVM less the cohort's, without a forecast.
    fn by_svms(learnt: &Learnt, far: f64) -> Result<Self, EnrolError> {
        // Where even the held-out windows are like strangers', scores keep their unit.
        let scored = learnt.normalised(learnt.span().max(LEAST_SPAN));
        Ok(Self {
            // Those like nobody's are rejected already, and not once more by the threshold.
            calibration: from_held_out(&learnt.placed_of_somebody(&scored))?,
            gamma: scored.against.svm().gamma(),
            held_out: learnt.placed(&scored),
            scorer: Scorer::Cohort(Box::new(scored)),
            expectation: Expectation {
                forecast: None,
                far_from_cohort: Some(far),
            },
        })
    }

    /// Scored by the one-class SVM of the original recipe.
    fn without_cohort(svm: OwnerSvm) -> Result<Self, EnrolError> {
        Ok(Self {
            calibration: svm.calibration()?,
            gamma: svm.gamma,
            held_out: svm.held_out,
            scorer: Scorer::OneClass(svm.svm),
            expectation: Expectation::default(),
        })
    }
}

/// Held-out genuine and impostor scores, not normalised.
struct Learnt {
    against: AgainstCohort,
    /// `None` for an owner far from the cohort, whose impostors are a guess.
    session: Option<InSession>,
    /// See [`Expectation::far_from_cohort`].
    far_from_cohort: Option<f64>,
    /// Genuine scores of each held-out session, oldest first.
    genuine: Vec<Vec<f64>>,
    /// For each of them, whether the window is rejected as like nobody's, whatever its score.
    like_nobodys: Vec<Vec<bool>>,
    /// At most as many of those, from the first, tell of later sessions.
    measured: usize,
    /// How many windows after one share frames with it.
    overlap: usize,
    /// Impostor scores of each person of the cohort, run by run, by a cohort without that
    /// person. For an owner far from the cohort, of embeddings shifted towards them; see
    /// [`OwnerTemplates::strangers`].
    strangers: Vec<Vec<Vec<f64>>>,
    /// Hand-overs to each person of the cohort, who are scored as `strangers` are.
    hand_overs: Vec<HandOver>,
    /// See [`Cohort::in_session`].
    in_session: Vec<InSessionLocks>,
}

impl Learnt {
    /// With `svms_alone`, of the SVMs' score alone.
    fn of(
        cohort: &Cohort,
        (rows, sessions, overlap): (ArrayView2<'_, f32>, &[u32], usize),
        measured: usize,
        svms_alone: bool,
    ) -> Option<Self> {
        let owner = OwnerTemplates::of(cohort, rows, sessions)?;
        let far_from_cohort = owner.far_from(cohort);
        let far = far_from_cohort.is_some();
        let strangers = owner.strangers(cohort, far);
        let mut against =
            AgainstCohort::learn(cohort, &owner, (rows, sessions, overlap), &strangers, far)?;
        if svms_alone {
            against = against.svms_alone();
        }
        let enrolment = (rows, sessions, overlap);
        let mut held_out = HeldOut::of(cohort, enrolment, &against, far)?;
        // Where most of the enrolment is one session, the guard is measured within it, and would
        // reject the others.
        if far && held_out.is_mostly_like_nobodys() {
            against = against.guarded_as_near(enrolment)?;
            held_out = HeldOut::of(cohort, enrolment, &against, far)?;
        }
        let HeldOut {
            genuine,
            like_nobodys,
            mut ratios,
            sessions: mut held_out,
        } = held_out;
        ratios.truncate(measured);
        let scores = scores_of_strangers(cohort, &strangers, &against);
        let session = in_session(&owner, &against, ratios).filter(|_| !far);
        if session.is_none() {
            held_out.iter_mut().for_each(|held| held.space = None);
        }
        let hand_overs = strangers
            .iter()
            .zip(&scores)
            .flat_map(|((person, theirs), runs)| {
                let impostor = Impostor {
                    person: *person,
                    rows: theirs,
                    runs,
                };
                impostor.take_over(rows, &held_out)
            });
        Some(Self {
            hand_overs: hand_overs.collect(),
            in_session: match session {
                Some(_) => cohort.in_session.clone(),
                None => Vec::new(),
            },
            strangers: scores,
            measured,
            genuine,
            like_nobodys,
            overlap,
            session,
            against,
            far_from_cohort,
        })
    }

    fn of_strangers(&self) -> (f64, f64) {
        moments(self.strangers.iter().flatten().flatten().copied())
    }

    /// Distance of the median held-out session's mean from the impostors' mean, in standard
    /// deviations of impostors' windows.
    fn span(&self) -> f64 {
        let (mean, deviation) = self.of_strangers();
        let genuine = self.genuine.iter().take(self.measured);
        let mut spans: Vec<f64> = genuine
            .map(|scores| (moments(scores.iter().copied()).0 - mean) / deviation)
            .collect();
        median(&mut spans).unwrap_or(0.0)
    }

    fn normalised(&self, span: f64) -> NormalisedScore {
        let (strangers, deviation) = self.of_strangers();
        NormalisedScore {
            against: self.against.clone(),
            strangers,
            span: span * deviation,
            session: self.session.clone(),
        }
    }

    /// Normalised scores of the held-out windows, as the scorer gives them.
    fn placed(&self, scored: &NormalisedScore) -> Vec<Score> {
        let scores = self.genuine.iter().flatten();
        let like_nobodys = self.like_nobodys.iter().flatten();
        scores
            .zip(like_nobodys)
            .map(|(&score, &like_nobodys)| match like_nobodys {
                true => Score(NOVEL),
                false => Score(scored.normalise(score)),
            })
            .collect()
    }

    /// The same of those that are like somebody's.
    fn placed_of_somebody(&self, scored: &NormalisedScore) -> Vec<Score> {
        let all = self.placed(scored).into_iter();
        let like_nobodys = self.like_nobodys.iter().flatten();
        let somebodys = all.zip(like_nobodys).filter(|(_, nobodys)| !**nobodys);
        somebodys.map(|(score, _)| score).collect()
    }

    /// Statistics for the forecast: variances of the owner's held-out sessions, averaged
    /// with the cohort's (`prior`), which weighs [`PRIOR_SESSIONS`], because few sessions
    /// underestimate how far later ones differ.
    fn statistics(&self, span: f64, scored: &NormalisedScore, prior: Drift) -> ScoreStatistics {
        let place = |scores: &Vec<f64>| -> Vec<f64> {
            scores
                .iter()
                .map(|&score| scored.normalise(score))
                .collect()
        };
        let in_session = |ratio: Option<f64>| {
            let session = self.session.as_ref();
            ratio
                .zip(session)
                .map(|(ratio, session)| session.score(ratio, 0.0).0)
        };
        let both = |scores: &WindowScores| WindowScores {
            whole: scored.normalise(scores.whole),
            in_session: in_session(scores.in_session),
        };
        // Those like nobody's are rejected whatever they score, which the forecast adds.
        let of_somebody = |(scores, like_nobodys): (&Vec<f64>, &Vec<bool>)| -> Vec<f64> {
            let both = scores.iter().zip(like_nobodys);
            both.filter(|(_, nobodys)| !**nobodys)
                .map(|(&score, _)| scored.normalise(score))
                .collect()
        };
        let measured = self.genuine.iter().zip(&self.like_nobodys);
        let genuine: Vec<Vec<f64>> = measured
            .take(self.measured)
            .map(of_somebody)
            .filter(|scores| !scores.is_empty())
            .collect();
        let count = genuine.len() as f64;
        let own: f64 = genuine
            .iter()
            .map(|scores| Drift::stray(moments(scores.iter().copied()).0))
            .sum();
        let between = (PRIOR_SESSIONS * prior.between.powi(2) + own) / (PRIOR_SESSIONS + count);
        let within: f64 = genuine
            .iter()
            .map(|scores| moments(scores.iter().copied()).1.powi(2))
            .sum();
        let within = (PRIOR_SESSIONS * prior.within.powi(2) + within) / (PRIOR_SESSIONS + count);
        let all: Vec<f64> = genuine.iter().flatten().copied().collect();
        let spread = moments(all.iter().copied()).1;
        // The log-likelihood ratio's slope between two Gaussians with means 0 and 1 and a
        // common variance, the mean of both.
        let slope = 2.0 / (spread.powi(2) + span.powi(-2));
        ScoreStatistics {
            span,
            slope,
            genuine: Drift {
                between: between.sqrt(),
                within: within.sqrt(),
                lag: prior.lag,
            },
            sessions: PRIOR_SESSIONS + count,
            like_nobodys: self
                .like_nobodys
                .iter()
                .take(self.measured)
                .map(|session| session.iter().step_by(self.overlap + 1).copied().collect())
                .collect(),
            strangers: self
                .strangers
                .iter()
                .map(|runs| runs.iter().map(place).collect())
                .collect(),
            hand_overs: self
                .hand_overs
                .iter()
                .map(|HandOver { before, after }| HandOver {
                    before: before.iter().map(|&ratio| in_session(ratio)).collect(),
                    after: after.iter().map(both).collect(),
                })
                .collect(),
            in_session: self.in_session.clone(),
        }
    }
}

/// The owner's windows, each session scored by what is learnt of the others.
struct HeldOut {
    /// See [`Learnt`].
    genuine: Vec<Vec<f64>>,
    like_nobodys: Vec<Vec<bool>>,
    /// Mean log-likelihood ratio of each.
    ratios: Vec<f64>,
    sessions: Vec<HeldOutSession>,
}

impl HeldOut {
    fn of(
        cohort: &Cohort,
        (rows, sessions, overlap): (ArrayView2<'_, f32>, &[u32], usize),
        against: &AgainstCohort,
        far: bool,
    ) -> Option<Self> {
        let mut all = Self {
            genuine: Vec::new(),
            like_nobodys: Vec::new(),
            ratios: Vec::new(),
            sessions: Vec::new(),
        };
        let parts = parts(sessions);
        for part in parts.chunk_by(|a, b| a == b) {
            let held = part.first()?;
            let (inside, outside): (Vec<usize>, Vec<usize>) =
                (0..parts.len()).partition(|&row| parts[row] == *held);
            let others = rows.select(Axis(0), &outside);
            let their_sessions: Vec<u32> = outside.iter().map(|&row| sessions[row]).collect();
            // `far` is that of all rows, because the scores of both cases do not compare.
            let of_others = OwnerTemplates::of(cohort, others.view(), &their_sessions)?;
            let score = against.relearn(cohort, &of_others, others.view(), far)?;
            let (scores, like_nobodys) = inside.iter().map(|&row| score(rows.row(row))).unzip();
            let ratio = of_others.against(cohort, far);
            let ratios = inside.iter().map(|&row| ratio.score(rows.row(row)));
            all.ratios.push(moments(ratios).0);
            let windows = inside.into_iter().step_by(overlap + 1).take(BEFORE);
            all.sessions.push(HeldOutSession {
                windows: windows.collect(),
                ratio,
                space: of_others.session_space(),
            });
            all.genuine.push(scores);
            all.like_nobodys.push(like_nobodys);
        }
        Some(all)
    }

    fn is_mostly_like_nobodys(&self) -> bool {
        let windows = self.like_nobodys.iter().flatten();
        let rejected = windows.clone().filter(|one| **one).count();
        2 * rejected > windows.count()
    }
}

/// Scores of each person of the cohort, run by run, as the person's windows were joined.
fn scores_of_strangers(
    cohort: &Cohort,
    strangers: &Strangers,
    against: &AgainstCohort,
) -> Vec<Vec<Vec<f64>>> {
    let of_person = |(person, rows): &(u32, Array2<f32>)| {
        let scores: Vec<f64> = rows
            .outer_iter()
            .map(|row| against.score_without(*person, row))
            .collect();
        let runs = cohort.runs.iter().filter(|run| run.person == *person);
        let mut from = 0;
        runs.map(|run| {
            let start = from;
            from += run.rows(cohort.columns).len();
            scores[start..from].to_vec()
        })
        .collect()
    };
    strangers.iter().map(of_person).collect()
}

/// What scores windows in a session, from the mean log-likelihood ratio of each held-out
/// session; `None` where the ratio does not score, or does not tell the owner from strangers.
fn in_session(
    owner: &OwnerTemplates,
    against: &AgainstCohort,
    mut held_out: Vec<f64>,
) -> Option<InSession> {
    let (_, strangers) = against.ratio()?;
    let span = median(&mut held_out)? - strangers;
    Some(InSession {
        space: owner.session_space()?,
        strangers,
        span,
    })
    .filter(|session| session.span > 0.0)
}

/// Number of the part that each window is held out with: its session, or the fifth of
/// the only one.
fn parts(sessions: &[u32]) -> Vec<u32> {
    let one = sessions.first() == sessions.last();
    let count = sessions.len();
    let of = |(at, &session): (usize, &u32)| match one {
        true => (at * PARTS / count) as u32,
        false => session,
    };
    sessions.iter().enumerate().map(of).collect()
}
