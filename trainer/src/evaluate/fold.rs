//! One bundle and the people that it never saw.

use graspd::decide::Policy;
use graspd::enrol::{How, Owner, Rule};
use graspd::model::Bundle;
use graspd::motion::Sample;
use graspd::profile::{EnrolmentStats, Profile};
use serde::{Deserialize, Serialize};

use super::EvaluateError;
use super::controls::{self, Handset, Probe};
use super::decision::{House, Lived, Refused, WATCHED_S, samples};
use super::features::{self, Gallery};
use super::kept::Kept;
use super::material::{Material, Person, Session};
use super::scoring::Scoring;
use super::verification::{Enrolment, Verified, earlier, later, spread, tested, verify};
use crate::progress::Progress;

/// Enrolment windows at which the curve is taken.
pub const CURVE: [usize; 5] = [6, 12, 36, 60, 180];
/// The most hand-overs that are spliced for one owner.
const HAND_OVERS: usize = 24;

/// What one bundle came to on people it never saw.
pub struct Fold {
    /// Each owner's trials.
    pub verified: Vec<Verified>,
    /// The same owners by number of enrolment windows, as in [`CURVE`].
    pub curve: Vec<Vec<Verified>>,
    /// The same with a handset of its own for each session.
    pub handset: Vec<Verified>,
    /// The same from the channel means alone.
    pub gravity: Vec<Verified>,
    /// Mean EER of each owner's windows against impostors' that move as much.
    pub matched: Vec<Option<f64>>,
    /// Mean EER of shuffled identities.
    pub shuffled: Option<f64>,
    /// How well sessions are told apart.
    pub session_probe: Probe,
    /// How well handsets are told apart.
    pub handset_probe: Probe,
    /// Windows whose score was seen not to depend on what is around them.
    pub causal_windows: usize,
    /// Each owner's own later sessions and hand-overs.
    pub lived: Vec<Lived>,
    /// Owners that could not be enrolled.
    pub refused: Vec<Refused>,
}

/// How a fold is evaluated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Protocol {
    /// How owners are learnt.
    pub enrolment: Enrolment,
    /// How windows are scored.
    pub scoring: Scoring,
    /// How decisions are made.
    pub policy: Policy,
    /// Of everything random.
    pub seed: u64,
}

impl Fold {
    /// Evaluates `bundle` on `material`. Replays go into `kept` one by one.
    pub fn evaluate(
        bundle: &Bundle,
        material: &Material,
        protocol: Protocol,
        kept: &Kept,
        progress: Progress,
    ) -> Result<Self, EvaluateError> {
        let Protocol {
            enrolment, seed, ..
        } = protocol;
        let people = features::embed(bundle, material, progress)?;
        let cohort = protocol.scoring.of(bundle.cohort());
        let cohort = cohort.as_deref();
        let frames = bundle.manifest().input.frames;
        let other = features::embed_as(bundle, material, progress, |person, session, windows| {
            Handset::draw(seed, &person.id, session).record(windows, frames)
        })?;
        let bar = progress.bar("enrolling", CURVE.len() + 2);
        let enrolled = |people: &[Gallery], windows: usize, who: &str| {
            bar.step(1, who);
            let with = Enrolment {
                windows,
                ..enrolment
            };
            verify(people, with, cohort)
        };
        let verified = enrolled(&people, enrolment.windows, "everybody")?;
        if verified.is_empty() {
            return Err(EvaluateError::NoOwner);
        }
        let mut fold = Self {
            curve: CURVE
                .iter()
                .map(|&windows| enrolled(&people, windows, &format!("on {windows} windows")))
                .collect::<Result<_, _>>()?,
            handset: enrolled(&other, enrolment.windows, "with another handset")?,
            gravity: gravity(material, enrolment)?,
            matched: matched(material, &verified),
            shuffled: controls::shuffled(&people, enrolment, cohort, seed)?,
            session_probe: controls::session_probe(&people),
            handset_probe: controls::handset_probe(&people, &other),
            causal_windows: 0,
            lived: Vec::new(),
            refused: Vec::new(),
            verified,
        };
        bar.finish();
        fold.replay(bundle, material, &people, protocol, kept, progress)?;
        Ok(fold)
    }

    /// Runs the daemon's house for each owner.
    fn replay(
        &mut self,
        bundle: &Bundle,
        material: &Material,
        people: &[Gallery],
        protocol: Protocol,
        kept: &Kept,
        progress: Progress,
    ) -> Result<(), EvaluateError> {
        let owners: Vec<usize> = self.verified.iter().map(|owner| owner.person).collect();
        let bar = progress.bar("replaying", owners.len());
        let of_fold = format!("{} {protocol:?} {}", bundle.id(), material.sha256());
        for owner in owners {
            bar.step(1, &material.people[owner].id);
            let checked = self.causal_windows > 0;
            let inputs = format!("{of_fold} {owner} {checked}");
            if kept.has(&inputs) {
                let owner = &material.people[owner].id;
                bar.say(&format!("{owner} was replayed before the interruption"));
            }
            let replayed = kept.or_make(&inputs, || {
                replayed(bundle, material, people, owner, protocol, !checked)
            })?;
            self.causal_windows += replayed.causal_windows;
            match replayed.fate {
                Ok(lived) => self.lived.push(lived),
                Err(refused) => self.refused.push(refused),
            }
        }
        bar.finish();
        Ok(())
    }
}

/// One owner's replay.
#[derive(Debug, Serialize, Deserialize)]
struct Replayed {
    fate: Result<Lived, Refused>,
    causal_windows: usize,
}

/// Runs the daemon's house for one owner, and checks that it is causal if that is
/// still to be done.
fn replayed(
    bundle: &Bundle,
    material: &Material,
    people: &[Gallery],
    owner: usize,
    protocol: Protocol,
    check: bool,
) -> Result<Replayed, EvaluateError> {
    let person = &material.people[owner];
    let profile = match profile(bundle, &people[owner], protocol) {
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
        bundle,
        profile: &profile,
        policy: protocol.policy,
    };
    let own = later(&person.sessions);
    let mut lived = Lived::of(&person.id);
    let mut causal_windows = 0;
    for session in own {
        let session = motion(material, session)?;
        lived.genuine.add(&house, &session)?;
        if check && causal_windows == 0 {
            causal_windows = controls::causality(&house, &session)?;
        }
    }
    for (session, impostor) in hand_overs(own, &material.people, owner) {
        let impostor = enough(material, &impostor)?;
        lived
            .hand_overs
            .add(&house, &motion(material, session)?, &impostor)?;
    }
    Ok(Replayed {
        fate: Ok(lived),
        causal_windows,
    })
}

fn motion(material: &Material, session: &Session) -> Result<Vec<Sample>, EvaluateError> {
    let mut source = material.set.open(&session.recording.path)?;
    Ok(samples(source.as_mut())?)
}

/// As many of the sessions as it takes to watch one impostor.
fn enough(material: &Material, sessions: &[&Session]) -> Result<Vec<Vec<Sample>>, EvaluateError> {
    let (mut all, mut seconds) = (Vec::new(), 0.0);
    for session in sessions {
        let samples = motion(material, session)?;
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

fn profile(bundle: &Bundle, owner: &Gallery, protocol: Protocol) -> Result<Profile, String> {
    let enrolled = earlier(owner.sessions.len()).unwrap_or(0);
    let enrolment = protocol.enrolment;
    let (rows, sessions) = spread(&owner.sessions[..enrolled], enrolment.windows);
    let how = How {
        nu: enrolment.nu,
        gamma: enrolment.gamma,
        rule: Rule {
            policy: protocol.policy,
            ..Rule::default()
        },
    };
    let cohort = protocol.scoring.of(bundle.cohort());
    let owner = Owner::learn(rows.view(), &sessions, 0, &how, cohort.as_deref())
        .map_err(|why| why.to_string())?;
    Ok(Profile {
        model: bundle.id(),
        owner_uid: 0,
        created_unix_s: 0,
        scorer: owner.scorer,
        calibration: owner.calibration,
        enrolment: EnrolmentStats::default(),
    })
}

/// By gravity and the handset's errors alone, each channel in units of its spread
/// over the owner's enrolment.
fn gravity(material: &Material, how: Enrolment) -> Result<Vec<Verified>, EvaluateError> {
    let people = features::map(material, |_, _, windows| features::channel_means(windows));
    let mut all = Vec::new();
    for owner in 0..people.len() {
        let enrolled = earlier(people[owner].sessions.len()).unwrap_or(0);
        let (rows, _) = spread(&people[owner].sessions[..enrolled], how.windows);
        if rows.is_empty() {
            continue;
        }
        let spread = rows.std_axis(ndarray::Axis(0), 0.0).mapv(|s| s.max(1e-6));
        let scaled: Vec<Gallery> = people
            .iter()
            .map(|person| Gallery {
                id: person.id.clone(),
                sessions: person.sessions.iter().map(|rows| rows / &spread).collect(),
            })
            .collect();
        all.extend(
            verify(&scaled, how, None)?
                .into_iter()
                .filter(|v| v.person == owner),
        );
    }
    Ok(all)
}

/// Each owner's EER where impostors' windows weigh so that they spread over the
/// quarters of the owner's vigour as the owner's own do.
fn matched(material: &Material, verified: &[Verified]) -> Vec<Option<f64>> {
    let people = features::map(material, |_, _, windows| features::vigour(windows));
    let eer = |owner: &Verified| {
        let vigour: Vec<_> = tested(&people, owner.person).collect();
        let mut own: Vec<f32> = vigour
            .iter()
            .filter(|(genuine, _)| *genuine)
            .flat_map(|(_, rows)| rows.iter().copied())
            .collect();
        own.sort_by(f32::total_cmp);
        let edges: Vec<f32> = (1..4).map(|quarter| own[quarter * own.len() / 4]).collect();
        let quarter = |v: f32| edges.iter().filter(|edge| v >= **edge).count();
        let mut counts = [[0.0f64; 4]; 2];
        for (genuine, rows) in &vigour {
            for &v in *rows {
                counts[usize::from(*genuine)][quarter(v)] += 1.0;
            }
        }
        owner.trials.eer_weighing(|s, w| {
            let (genuine, rows) = vigour[s];
            let q = quarter(rows[[w, 0]]);
            match genuine {
                true => 1.0,
                false => counts[1][q] / counts[0][q].max(1.0),
            }
        })
    };
    verified.iter().map(eer).collect()
}

/// Whom of `material` the bundle was taught on.
pub fn seen(bundle: &Bundle, material: &Material) -> Vec<String> {
    let data = &bundle.manifest().training.data;
    let taught = |id: &String| {
        let of_set = data.iter().filter(|data| data.name == material.set.name());
        of_set
            .flat_map(|data| &data.people)
            .any(|person| person == id)
    };
    material
        .people
        .iter()
        .map(|person| person.id.clone())
        .filter(taught)
        .collect()
}
