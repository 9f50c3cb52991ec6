//! One bundle and the people that it never saw.

use graspd::decide::Policy;
use graspd::model::Bundle;

use super::EvaluateError;
use super::controls::{self, Handset, Probe};
use super::features::{self, Gallery};
use super::kept::Kept;
use super::material::EnrolmentWindows;
use super::replay::{Lives, World};
use super::scoring::Scoring;
use super::verification::{Enrolment, Verified, earlier, spread, tested, verify};
use crate::progress::Progress;

/// Enrolment windows at which the curve is taken.
pub const CURVE: [usize; 5] = [6, 12, 36, 60, 180];

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
    pub decisions: Lives,
    /// The same with a handset of its own for each session.
    pub decisions_handset: Lives,
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
        material: &EnrolmentWindows,
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
        let curve = CURVE
            .iter()
            .map(|&windows| enrolled(&people, windows, &format!("on {windows} windows")))
            .collect::<Result<_, _>>()?;
        let handset = enrolled(&other, enrolment.windows, "with another handset")?;
        bar.finish();
        let owners: Vec<usize> = verified.iter().map(|owner| owner.person).collect();
        let world = World {
            bundle,
            material,
            people: &people,
            protocol,
            handset: false,
        };
        let (decisions, causal_windows) = world.replay(&owners, kept, progress)?;
        let worn = World {
            people: &other,
            handset: true,
            ..world
        };
        let (decisions_handset, _) = worn.replay(&owners, kept, progress)?;
        Ok(Self {
            curve,
            handset,
            gravity: gravity(material, enrolment)?,
            matched: matched(material, &verified),
            shuffled: controls::shuffled(&people, enrolment, cohort, seed)?,
            session_probe: controls::session_probe(&people),
            handset_probe: controls::handset_probe(&people, &other),
            causal_windows,
            decisions,
            decisions_handset,
            verified,
        })
    }
}

/// By gravity and the handset's errors alone, each channel in units of its spread
/// over the owner's enrolment.
fn gravity(material: &EnrolmentWindows, how: Enrolment) -> Result<Vec<Verified>, EvaluateError> {
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
fn matched(material: &EnrolmentWindows, verified: &[Verified]) -> Vec<Option<f64>> {
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
pub fn seen(bundle: &Bundle, material: &EnrolmentWindows) -> Vec<String> {
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
