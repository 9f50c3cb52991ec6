//! Results of one fold: a bundle, tested on people whom it was not trained on.

use graspd::model::Bundle;

use super::EvaluateError;
use super::controls::{self, Handset, Probe, Shuffled};
use super::fold_source::FoldTest;
use super::person_features::{PersonFeatures, embed, embed_transformed};
use super::protocol::Protocol;
use super::replay::{FoldReplay, Outcomes};
use super::replay_cache::ReplayCache;
use super::verification::{Enrolment, VerifiedOwner, verify, verify_strangers};
use crate::progress::Progress;

/// Numbers of enrolment windows of the enrolment curve.
pub const CURVE: [usize; 5] = [6, 12, 36, 60, 180];

/// Results of one bundle on the people of its fold.
pub struct FoldResult {
    /// Each owner's verification trials.
    pub verified: Vec<VerifiedOwner>,
    /// The same against impostors of another data set, if there are any.
    pub strangers: Option<Vec<VerifiedOwner>>,
    /// The same as `verified`, scored with the other bundle, if there is one.
    pub other: Option<Vec<VerifiedOwner>>,
    /// The same for each number of enrolment windows in [`CURVE`].
    pub curve: Vec<Vec<VerifiedOwner>>,
    /// The same with simulated sensor errors of another handset in each session.
    pub handset: Vec<VerifiedOwner>,
    /// The same by channel means alone.
    pub gravity: Vec<VerifiedOwner>,
    /// Each owner's EER against impostors weighted to move as much.
    pub matched: Vec<Option<f64>>,
    /// EER with shuffled identities. `None` if nobody could be an owner.
    pub shuffled: Option<Shuffled>,
    /// How well embeddings tell one person's sessions apart.
    pub session_probe: Probe,
    /// How well embeddings tell handsets apart.
    pub handset_probe: Probe,
    /// Windows whose score was checked not to depend on samples outside of them.
    pub causal_windows: usize,
    /// Decisions over each owner's test sessions and over hand-overs.
    pub decisions: Outcomes,
    /// The same with simulated sensor errors of another handset in each session.
    pub decisions_handset: Outcomes,
}

impl FoldResult {
    /// Evaluates a fold, and verifies its trials with the `other` bundle too. Finished replays
    /// are stored in `cache`, and taken from it after an interruption. `None` if nobody in it
    /// can be an owner.
    pub fn evaluate(
        test: &FoldTest,
        other: Option<&Bundle>,
        protocol: Protocol,
        cache: &ReplayCache,
        progress: Progress,
    ) -> Result<Option<Self>, EvaluateError> {
        let Protocol {
            enrolment, seed, ..
        } = protocol;
        let FoldTest {
            bundle, test_set, ..
        } = test;
        let people = embed(bundle, test_set, progress)?;
        let cohort = protocol.scoring.of(bundle.cohort());
        let cohort = cohort.as_deref();
        let frames = bundle.manifest().input.frames;
        let handset_people =
            embed_transformed(bundle, test_set, progress, |person, session, windows| {
                Handset::draw(seed, &person.id, session).record(windows, frames)
            })?;
        let bar = progress.bar("enrolling", CURVE.len() + 2);
        let enrolled = |people: &[PersonFeatures], how: Enrolment, who: &str| {
            bar.step(1, who);
            verify(people, how, cohort)
        };
        let verified = enrolled(&people, enrolment, "everybody")?;
        if verified.is_empty() {
            return Ok(None);
        }
        // Before hours of replays.
        let shuffled = controls::shuffled(&people, enrolment, cohort, seed)?;
        if let Some(failure) = shuffled.and_then(|shuffled| shuffled.failure()) {
            progress.say(&format!("a control fails: {failure}"));
        }
        let curve = CURVE
            .iter()
            .map(|&windows| {
                // The daemon takes no enrolment as short as most of these, so what it would
                // fall back to is not asked.
                let how = Enrolment {
                    windows,
                    falls_back: false,
                    ..enrolment
                };
                enrolled(&people, how, &format!("on {windows} windows"))
            })
            .collect::<Result<_, _>>()?;
        let handset = enrolled(&handset_people, enrolment, "with another handset")?;
        bar.finish();
        let owners: Vec<usize> = match protocol.replays {
            true => verified.iter().map(|owner| owner.person).collect(),
            false => Vec::new(),
        };
        let replay = FoldReplay {
            bundle,
            test_set,
            people: &people,
            protocol,
            handset: false,
        };
        let (decisions, causal_windows) = replay.run(&owners, cache, progress)?;
        let replay_handset = FoldReplay {
            people: &handset_people,
            handset: true,
            ..replay
        };
        let (decisions_handset, _) = replay_handset.run(&owners, cache, progress)?;
        let strangers = match &test.strangers {
            Some(set) => {
                let strangers = embed(bundle, set, progress)?;
                Some(verify_strangers(&people, &strangers, enrolment, cohort)?)
            }
            None => None,
        };
        let other = match other {
            Some(other) => {
                let cohort = protocol.scoring.of(other.cohort());
                let people = embed(other, test_set, progress)?;
                Some(verify(&people, enrolment, cohort.as_deref())?)
            }
            None => None,
        };
        Ok(Some(Self {
            strangers,
            other,
            curve,
            handset,
            gravity: controls::gravity_only(test_set, enrolment)?,
            matched: controls::matched_motion(test_set, &verified),
            shuffled,
            session_probe: controls::session_probe(&people),
            handset_probe: controls::handset_probe(&people, &handset_people),
            causal_windows,
            decisions,
            decisions_handset,
            verified,
        }))
    }
}
