//! The daemon's own pipeline and policy for each owner of a fold: their later sessions,
//! and hand-overs to the others.

use graspd::enrol::{DecisionBudget, LearnOptions, LearntOwner};
use graspd::model::Bundle;
use graspd::motion::Sample;
use graspd::owner::profile::{EnrolmentStats, Profile};
use serde::{Deserialize, Serialize};

use super::EvaluateError;
use super::controls::{self, Handset};
use super::decision::{House, Lived, Refused, WATCHED_S, samples};
use super::features::Gallery;
use super::fold::Protocol;
use super::kept::Kept;
use super::material::{EnrolmentWindows, Person, Session};
use super::verification::{earlier, later, spread};
use crate::progress::Progress;

/// The most hand-overs that are spliced for one owner.
const HAND_OVERS: usize = 24;

/// What befell owners.
#[derive(Debug, Clone, Default)]
pub struct Lives {
    /// Those who could be enrolled.
    pub lived: Vec<Lived>,
    /// Those who could not.
    pub refused: Vec<Refused>,
}

/// What owners live in.
#[derive(Clone, Copy)]
pub struct World<'a> {
    /// The model.
    pub bundle: &'a Bundle,
    /// The recordings.
    pub material: &'a EnrolmentWindows,
    /// Their embeddings.
    pub people: &'a [Gallery],
    /// How owners are learnt and decisions made.
    pub protocol: Protocol,
    /// Whether each session is recorded by a handset of its own, as `people` must
    /// then be too.
    pub handset: bool,
}

/// One owner's replay.
#[derive(Debug, Serialize, Deserialize)]
struct Replayed {
    fate: Result<Lived, Refused>,
    causal_windows: usize,
}

impl World<'_> {
    /// Replays `owners`, and counts the windows whose score was seen to be causal. What
    /// is in `kept` is taken from there.
    pub fn replay(
        &self,
        owners: &[usize],
        kept: &Kept,
        progress: Progress,
    ) -> Result<(Lives, usize), EvaluateError> {
        let (mut lives, mut causal_windows) = (Lives::default(), 0);
        let what = match self.handset {
            false => "replaying",
            true => "replaying another handset",
        };
        let bar = progress.bar(what, owners.len());
        let (id, sha256) = (self.bundle.id(), self.material.sha256());
        let of_fold = format!("{id} {:?} {sha256} {}", self.protocol, self.handset);
        for &owner in owners {
            let name = &self.material.people[owner].id;
            bar.step(1, name);
            let check = !self.handset && causal_windows == 0;
            let inputs = format!("{of_fold} {owner} {check}");
            if kept.has(&inputs) {
                bar.say(&format!("{name} was replayed before the interruption"));
            }
            let replayed = kept.or_make(&inputs, || self.replayed(owner, check))?;
            causal_windows += replayed.causal_windows;
            match replayed.fate {
                Ok(lived) => lives.lived.push(lived),
                Err(refused) => lives.refused.push(refused),
            }
        }
        bar.finish();
        Ok((lives, causal_windows))
    }

    /// One owner; whether scores are causal is seen from the first of their sessions.
    fn replayed(&self, owner: usize, check: bool) -> Result<Replayed, EvaluateError> {
        let person = &self.material.people[owner];
        let profile = match self.profile(owner) {
            Ok(profile) => profile,
            Err(why) => {
                let owner = person.id.clone();
                return Ok(Replayed {
                    fate: Err(Refused { owner, why }),
                    causal_windows: 0,
                });
            }
        };
        let house = House {
            bundle: self.bundle,
            profile: &profile,
            policy: self.protocol.policy,
        };
        let own = later(&person.sessions);
        let mut lived = Lived::of(&person.id);
        let mut causal_windows = 0;
        for session in own {
            let session = self.motion(session)?;
            lived.genuine.add(&house, &session)?;
            if check && causal_windows == 0 {
                causal_windows = controls::causality(&house, &session)?;
            }
        }
        for (session, impostor) in hand_overs(own, &self.material.people, owner) {
            let impostor = self.enough(&impostor)?;
            let session = self.motion(session)?;
            lived.hand_overs.add(&house, &session, &impostor)?;
        }
        Ok(Replayed {
            fate: Ok(lived),
            causal_windows,
        })
    }

    fn motion(&self, session: &Session) -> Result<Vec<Sample>, EvaluateError> {
        let recording = &session.recording;
        let mut source = self.material.set.open(&recording.path)?;
        let mut samples = samples(source.as_mut())?;
        if self.handset {
            let person = &recording.person;
            let theirs = self.material.people.iter().find(|one| one.id == *person);
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

    /// As many of the sessions as it takes to watch one impostor.
    fn enough(&self, sessions: &[&Session]) -> Result<Vec<Vec<Sample>>, EvaluateError> {
        let (mut all, mut seconds) = (Vec::new(), 0.0);
        for session in sessions {
            let samples = self.motion(session)?;
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

    fn profile(&self, owner: usize) -> Result<Profile, String> {
        let (owner, protocol) = (&self.people[owner], self.protocol);
        let enrolled = earlier(owner.sessions.len()).unwrap_or(0);
        let enrolment = protocol.enrolment;
        let (rows, sessions) = spread(&owner.sessions[..enrolled], enrolment.windows);
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
        Ok(Profile {
            model: self.bundle.id(),
            owner_uid: 0,
            created_unix_s: 0,
            scorer: owner.scorer,
            calibration: owner.calibration,
            enrolment: EnrolmentStats::default(),
        })
    }
}

/// Each of the owner's later sessions with each impostor in turn, until there are
/// [`HAND_OVERS`]; an impostor goes on from another of their sessions each time.
fn hand_overs<'a>(
    own: &'a [Session],
    people: &'a [Person],
    owner: usize,
) -> Vec<(&'a Session, Vec<&'a Session>)> {
    let impostors: Vec<&[Session]> = (0..people.len())
        .filter(|person| *person != owner)
        .map(|person| later(&people[person].sessions))
        .collect();
    let turns = own.len() * impostors.len();
    (0..turns.min(HAND_OVERS))
        .map(|turn| {
            let (session, impostor) = (turn % own.len(), turn % impostors.len());
            // Where both lengths share a divisor, every round shifts by one.
            let shift = turn / own.len().max(1);
            let sessions = impostors[(impostor + shift) % impostors.len()];
            let first = turn % sessions.len();
            let chain = sessions.iter().cycle().skip(first).take(sessions.len());
            (&own[session], chain.collect())
        })
        .collect()
}
