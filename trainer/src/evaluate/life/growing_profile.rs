//! A profile that learns of use as the daemon's does.

use std::collections::VecDeque;

use graspd::decide::Policy;
use graspd::enrol::adaptation::{Judge, Label, Refusal, SessionWindows, UnixTime, WAIT};
use graspd::enrol::{DecisionBudget, EnrolError, EnrolmentWindows, KeptSessions, LearnOptions};
use graspd::model::cohort::Cohort;
use graspd::model::{Bundle, Embedder, ModelError};
use graspd::motion::framing::Framer;
use graspd::motion::rest::RestLimits;
use graspd::motion::{DEFAULT_HOP, RATE_HZ, Sample};
use graspd::owner::profile::Profile;

use super::SITTING_S;
use super::session_of_use::SessionOfUse;
use crate::evaluate::decision::OwnerPipeline;
use crate::evaluate::verification::Enrolment;

/// The model and the options that profiles are enrolled with.
#[derive(Clone, Copy)]
pub(super) struct EnrolmentSetup<'a> {
    pub bundle: &'a Bundle,
    pub cohort: Option<&'a Cohort>,
    pub policy: Policy,
    pub how: Enrolment,
}

impl EnrolmentSetup<'_> {
    fn options(&self) -> LearnOptions {
        LearnOptions {
            nu: self.how.nu,
            gamma: self.how.gamma,
            rule: DecisionBudget {
                policy: self.policy,
                ..DecisionBudget::default()
            },
        }
    }

    /// An enrolment without windows yet.
    pub(super) fn begin(&self) -> Result<EnrolmentWindows, ModelError> {
        let embedder = Embedder::new(self.bundle)?;
        Ok(EnrolmentWindows::new(&embedder, hop(&embedder)))
    }

    /// Adds a sitting: the first [`SITTING_S`] of motion in `samples`.
    pub(super) fn add_sitting(
        &self,
        enrolment: &mut EnrolmentWindows,
        samples: &[Sample],
    ) -> Result<(), ModelError> {
        let mut embedder = Embedder::new(self.bundle)?;
        let hop = hop(&embedder);
        let most = (SITTING_S * f64::from(RATE_HZ) / hop as f64).round() as usize;
        let most = enrolment.windows() + most;
        let mut framer = Framer::new(embedder.channels(), embedder.frames(), hop);
        for sample in samples {
            framer.push(sample, |_, window| {
                let Some(window) = window else { return };
                if RestLimits::default().at_rest(window.frames) {
                    enrolment.at_rest();
                } else if enrolment.windows() < most
                    && let Ok(embedding) = embedder.embed(&window)
                {
                    enrolment.add(embedding.view());
                }
            });
        }
        enrolment.end_session();
        Ok(())
    }
}

fn hop(embedder: &Embedder) -> usize {
    DEFAULT_HOP.next_multiple_of(embedder.hop_multiple())
}

/// A profile, the sessions that it is made of, and who judges others.
#[derive(Clone)]
pub(super) struct GrowingProfile<'a> {
    setup: EnrolmentSetup<'a>,
    columns: usize,
    profile: Profile,
    kept: KeptSessions,
    /// An error says why nothing can be learnt.
    judge: Result<Judge, String>,
    /// Names of the sessions that wait to be learnt, oldest first.
    waiting: VecDeque<usize>,
    /// Number of times that the profile was made.
    version: usize,
}

/// How a candidate was judged.
#[derive(Debug)]
pub(super) struct Judged {
    /// Its mean score by the enrolment alone, in standard deviations of strangers' windows
    /// above their mean.
    pub mean: f64,
    /// Why it is not to join, if so.
    pub refused: Option<Refusal>,
}

impl<'a> GrowingProfile<'a> {
    /// The profile of an enrolment that ended at `now`.
    pub(super) fn of(
        enrolment: &EnrolmentWindows,
        setup: EnrolmentSetup<'a>,
        now: UnixTime,
    ) -> Result<Self, EnrolError> {
        let how = setup.options();
        let (profile, _) = enrolment.finish(&how, setup.cohort, 0, now.0)?;
        let kept = KeptSessions::of(enrolment, &how, &profile);
        Ok(Self {
            columns: profile.scorer.columns(),
            judge: (kept.judge(&how.rule, setup.cohort)).map_err(|why| why.to_string()),
            setup,
            profile,
            kept,
            waiting: VecDeque::new(),
            version: 0,
        })
    }

    /// The profile in force.
    pub(super) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// Changes with the profile.
    pub(super) fn version(&self) -> usize {
        self.version
    }

    /// Number of sessions that the profile is made of.
    pub(super) fn sessions(&self) -> usize {
        let learnt = self.kept.records().filter(|one| one.learnt.is_some());
        self.kept.enrolled_sessions() + learnt.count()
    }

    /// Why nothing can be learnt, if so.
    pub(super) fn off(&self) -> Option<String> {
        self.judge.as_ref().err().cloned()
    }

    /// A score in standard deviations of strangers' windows above their mean, for one of the
    /// profile; scores without a forecast as they are.
    pub(super) fn unit(&self) -> f64 {
        let forecast = self.profile.enrolment.expectation.forecast;
        forecast.map_or(1.0, |forecast| forecast.span)
    }

    /// Somebody enters the secret at `now`, so that a session that has waited joins: the name
    /// of the session, and why it does not, if so.
    pub(super) fn proven(&mut self, now: UnixTime) -> Option<(usize, Option<Refusal>)> {
        let how = (&self.setup.options().rule, self.setup.cohort);
        let judge = self.judge.as_ref().ok()?;
        let made = self.kept.join(judge, how, (now, WAIT))?;
        let name = self.waiting.pop_front()?;
        let refused = match made {
            Ok(profile) => {
                self.profile = profile;
                self.kept.made();
                self.version += 1;
                None
            }
            Err(why) => Some(why),
        };
        Some((name, refused))
    }

    /// A session of use, replayed by the profile in force.
    pub(super) fn replay(&self, samples: &[Sample]) -> Result<SessionOfUse, ModelError> {
        let pipeline = OwnerPipeline {
            bundle: self.setup.bundle,
            profile: &self.profile,
            policy: self.setup.policy,
        };
        SessionOfUse::of(&pipeline, self.columns, samples)
    }

    /// Records of the session `name`, which began at `began`, what may be learnt.
    pub(super) fn record(
        &mut self,
        name: usize,
        began: UnixTime,
        session: &SessionOfUse,
    ) -> Vec<Judged> {
        let candidates = session.candidates.iter();
        candidates
            .filter_map(|(windows, label, ended)| {
                self.propose(name, windows, *label, began.after(*ended))
            })
            .collect()
    }

    fn propose(
        &mut self,
        name: usize,
        windows: &SessionWindows,
        label: Label,
        now: UnixTime,
    ) -> Option<Judged> {
        let judge = self.judge.as_ref().ok()?;
        let mean = judge.scores(windows).mean * judge.span();
        let proposed = self.kept.propose(judge, windows, label, now);
        if proposed.is_ok() {
            self.waiting.push_back(name);
        }
        Some(Judged {
            mean,
            refused: proposed.err(),
        })
    }
}
