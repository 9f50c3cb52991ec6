//! Replays of a fold's owners through the daemon's own pipeline and policy: their test
//! sessions, with changes of context spliced from them, and hand-overs to each of the others.

use graspd::enrol::{DecisionBudget, LearnOptions, LearntOwner};
use graspd::model::Bundle;
use graspd::motion::Sample;
use graspd::owner::profile::{EnrolmentStats, Profile};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};

use super::EvaluateError;
use super::controls::{self, Handset};
use super::decision::{
    OwnerOutcome, OwnerPipeline, Promise, RefusedEnrolment, Start, WATCHED_S, context_change,
    read_samples,
};
use super::person_features::PersonFeatures;
use super::protocol::Protocol;
use super::replay_cache::ReplayCache;
use super::test_set::{Person, Session, TestSet};
use super::verification::test_sessions;
use crate::features::{enrolment_sessions, is_walking, sample_evenly};
use crate::progress::Progress;

/// The most hand-overs that are spliced for one owner at each time.
const HAND_OVERS: usize = 24;
/// The most of them to one impostor.
const HAND_OVERS_TO_ONE: usize = 12;

/// Decisions of a fold, owner by owner.
#[derive(Debug, Clone, Default)]
pub struct Outcomes {
    /// Owners who could be enrolled.
    pub replayed: Vec<OwnerOutcome>,
    /// Owners whose enrolment was refused.
    pub refused: Vec<RefusedEnrolment>,
}

/// A fold to replay.
#[derive(Clone, Copy)]
pub struct FoldReplay<'a> {
    /// The model.
    pub bundle: &'a Bundle,
    /// The recordings.
    pub test_set: &'a TestSet,
    /// Their embeddings, for enrolment.
    pub people: &'a [PersonFeatures],
    /// Enrolment, scoring and policy.
    pub protocol: Protocol,
    /// Whether each session gets the simulated sensor errors of another handset; `people`
    /// must then be embeddings of the same.
    pub handset: bool,
}

/// Result of one owner, as the cache stores it.
#[derive(Debug, Serialize, Deserialize)]
struct OwnerReplay {
    outcome: Result<OwnerOutcome, RefusedEnrolment>,
    causal_windows: usize,
}

impl FoldReplay<'_> {
    /// Replays `owners` (positions in `people`) and counts the windows whose score was
    /// checked to be causal. Results that are in `cache` are not computed again.
    pub fn run(
        &self,
        owners: &[usize],
        cache: &ReplayCache,
        progress: Progress,
    ) -> Result<(Outcomes, usize), EvaluateError> {
        let (mut outcomes, mut causal_windows) = (Outcomes::default(), 0);
        let what = match self.handset {
            false => "replaying",
            true => "replaying another handset",
        };
        let bar = progress.bar(what, owners.len());
        let (id, sha256) = (self.bundle.id(), self.test_set.sha256());
        let of_fold = format!("{id} {:?} {sha256} {}", self.protocol, self.handset);
        let replay = |owner: usize, check: bool| {
            let name = &self.test_set.people[owner].id;
            bar.step(1, name);
            let inputs = format!("{of_fold} {owner} {check}");
            if cache.has(&inputs) {
                bar.say(&format!("{name} was replayed before the interruption"));
            }
            cache.or_make(&inputs, || self.replay_owner(owner, check))
        };
        let mut replayed: Vec<OwnerReplay> = Vec::new();
        // Causality is checked on the first who can be enrolled, the rest side by side.
        while !self.handset && causal_windows == 0 && replayed.len() < owners.len() {
            let first = replay(owners[replayed.len()], true)?;
            causal_windows += first.causal_windows;
            replayed.push(first);
        }
        let rest: Result<Vec<OwnerReplay>, EvaluateError> = owners[replayed.len()..]
            .par_iter()
            .map(|&owner| replay(owner, false))
            .collect();
        for replayed in replayed.into_iter().chain(rest?) {
            match replayed.outcome {
                Ok(outcome) => outcomes.replayed.push(outcome),
                Err(refused) => outcomes.refused.push(refused),
            }
        }
        bar.finish();
        Ok((outcomes, causal_windows))
    }

    /// Replays one owner; with `check_causality`, checks it on the first session that has
    /// windows.
    fn replay_owner(
        &self,
        owner: usize,
        check_causality: bool,
    ) -> Result<OwnerReplay, EvaluateError> {
        let person = &self.test_set.people[owner];
        let (profile, promise) = match self.profile(owner) {
            Ok(enrolled) => enrolled,
            Err(why) => {
                let owner = person.id.clone();
                return Ok(OwnerReplay {
                    outcome: Err(RefusedEnrolment { owner, why }),
                    causal_windows: 0,
                });
            }
        };
        let pipeline = OwnerPipeline {
            bundle: self.bundle,
            profile: &profile,
            policy: self.protocol.policy,
        };
        let own = test_sessions(&person.sessions);
        let others = self
            .test_set
            .people
            .iter()
            .filter(|one| one.id != person.id);
        let others = others.map(|one| one.id.clone()).collect();
        let mut outcome = OwnerOutcome::of(&person.id, others);
        outcome.promise = promise;
        let mut causal_windows = 0;
        for session in own {
            let session = self.samples_of(session)?;
            outcome.genuine.add(&pipeline, Start::Trusted, &session)?;
            let untrusted = &mut outcome.genuine_untrusted;
            untrusted.add(&pipeline, Start::Untrusted, &session)?;
            if check_causality && causal_windows == 0 {
                causal_windows = controls::causality(&pipeline, &session)?;
            }
        }
        let walking: Vec<bool> = own.iter().map(|one| is_walking(&one.windows)).collect();
        for (session, other) in context_change::partners(&walking) {
            let session = self.samples_of(&own[session])?;
            let other = self.samples_of(&own[other])?;
            if let Some(splice) = context_change::splice(&session, &other) {
                let changes = &mut outcome.context_changes;
                changes.add(&pipeline, Start::Trusted, splice.samples())?;
            }
        }
        for (session, impostor) in hand_overs(own, &self.test_set.people, owner) {
            let impostor = self.impostor_samples(&impostor)?;
            let session = self.samples_of(session)?;
            for (scenario, all) in outcome.scenarios() {
                all.add(scenario, &pipeline, &session, &impostor)?;
            }
        }
        Ok(OwnerReplay {
            outcome: Ok(outcome),
            causal_windows,
        })
    }

    /// All samples of a session, with simulated sensor errors if `handset`.
    fn samples_of(&self, session: &Session) -> Result<Vec<Sample>, EvaluateError> {
        let recording = &session.recording;
        let mut source = self.test_set.set.open(&recording.path)?;
        let mut samples = read_samples(source.as_mut())?;
        if self.handset {
            let person = &recording.person;
            let theirs = self.test_set.people.iter().find(|one| one.id == *person);
            let sessions = theirs.into_iter().flat_map(|one| &one.sessions);
            let number = sessions
                .take_while(|one| !std::ptr::eq(*one, session))
                .count();
            let handset = Handset::draw(self.protocol.seed, person, number);
            samples
                .iter_mut()
                .for_each(|sample| handset.distort(sample));
        }
        Ok(samples)
    }

    /// Samples of as many of the sessions as one hand-over needs ([`WATCHED_S`]).
    fn impostor_samples(&self, sessions: &[&Session]) -> Result<Vec<Vec<Sample>>, EvaluateError> {
        let (mut all, mut seconds) = (Vec::new(), 0.0);
        for session in sessions {
            let samples = self.samples_of(session)?;
            if let (Some(first), Some(last)) = (samples.first(), samples.last()) {
                seconds += last.t.since(first.t).as_secs_f64();
                all.push(samples);
            }
            if seconds > WATCHED_S {
                break;
            }
        }
        Ok(all)
    }

    /// The owner's profile, by the daemon's own enrolment, and what it promises; the error is
    /// why it is refused.
    fn profile(&self, owner: usize) -> Result<(Profile, Option<Promise>), String> {
        let (owner, protocol) = (&self.people[owner], self.protocol);
        let enrolled = enrolment_sessions(owner.sessions.len()).unwrap_or(0);
        let enrolment = protocol.enrolment;
        let (rows, sessions) = sample_evenly(&owner.sessions[..enrolled], enrolment.windows);
        let how = LearnOptions {
            nu: enrolment.nu,
            gamma: enrolment.gamma,
            rule: DecisionBudget {
                policy: protocol.policy,
                ..DecisionBudget::default()
            },
        };
        let cohort = protocol.scoring.of(self.bundle.cohort());
        let owner = LearntOwner::learn(rows.view(), &sessions, 0, &how, cohort.as_deref())
            .map_err(|why| why.to_string())?;
        let promise = owner.expectation.forecast.as_ref().map(Promise::from);
        let profile = Profile {
            model: self.bundle.id(),
            owner_uid: 0,
            created_unix_s: 0,
            scorer: owner.scorer,
            calibration: owner.calibration,
            enrolment: EnrolmentStats::default(),
        };
        Ok((profile, promise))
    }
}

/// Pairs each of the owner's test sessions with each impostor in turn, up to
/// [`HAND_OVERS`] and about [`HAND_OVERS_TO_ONE`]. An impostor starts from another of their
/// sessions each time.
fn hand_overs<'a>(
    own: &'a [Session],
    people: &'a [Person],
    owner: usize,
) -> Vec<(&'a Session, Vec<&'a Session>)> {
    let impostors: Vec<&[Session]> = (0..people.len())
        .filter(|person| *person != owner)
        .map(|person| test_sessions(&people[person].sessions))
        .collect();
    let mut begun = vec![0; impostors.len()];
    pairs(own.len(), impostors.len())
        .map(|(session, impostor)| {
            let sessions = impostors[impostor];
            let first = begun[impostor] % sessions.len();
            begun[impostor] += 1;
            let chain = sessions.iter().cycle().skip(first).take(sessions.len());
            (&own[session], chain.collect())
        })
        .collect()
}

/// Numbers of a session and an impostor, round by round of all sessions: no pair comes twice,
/// and all come where there are few enough.
fn pairs(sessions: usize, impostors: usize) -> impl Iterator<Item = (usize, usize)> {
    let most = HAND_OVERS.min(HAND_OVERS_TO_ONE * impostors);
    let all = (0..impostors).flat_map(move |round| {
        (0..sessions).map(move |session| (session, (session + round) % impostors))
    });
    all.take(most)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_session_meets_no_impostor_twice_and_all_if_there_is_room() {
        for sessions in 1..30 {
            for impostors in 1..30 {
                let all: Vec<_> = pairs(sessions, impostors).collect();
                let different: BTreeSet<_> = all.iter().collect();
                assert_eq!(different.len(), all.len());
                let most = HAND_OVERS.min(HAND_OVERS_TO_ONE * impostors);
                assert_eq!(all.len(), most.min(sessions * impostors));
                let with = |impostor| all.iter().filter(|(_, with)| *with == impostor).count();
                let counts = || (0..impostors).map(with);
                assert!(counts().all(|count| count <= HAND_OVERS_TO_ONE + 1));
            }
        }
    }
}
