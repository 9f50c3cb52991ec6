//! From samples to decisions, on one thread and without a clock: framing, rest, scoring,
//! deciding.

use std::time::{Duration, Instant};

use ndarray::ArrayView1;
use serde::Serialize;

use crate::decide::{Context, Decider, Decision, Evidence, Pause, Policy, Silence, State, Warning};
use crate::model::Embedder;
use crate::motion::activity::activity;
use crate::motion::align::AlignCounts;
use crate::motion::framing::Framer;
use crate::motion::rest::RestLimits;
use crate::motion::window::Window;
use crate::motion::{Channels, SampleTime};
use crate::owner::Score;
use crate::owner::profile::Profile;
use crate::owner::score;
use crate::owner::score::Calibration;
use crate::owner::session_adaptation::SessionAdaptation;
use crate::source::Reading;

/// What the pipeline gives.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Output {
    /// The state or its reason changed.
    Decision(Decision),
    /// A lock is near.
    Warning(Warning),
    /// A window was scored or found at rest.
    Window(WindowReport),
}

/// The result of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowReport {
    /// Time of its newest frame.
    pub t: SampleTime,
    /// Its score, NaN if the model failed; `None` at rest, where none is computed.
    pub score: Option<Score>,
    /// Its score in this session, where an unlock has proved the owner and something was
    /// learnt of the session since.
    pub in_session: Option<Score>,
    /// The score that is evidence neither for nor against the owner.
    pub threshold: Score,
    /// Evidence after the window.
    pub evidence: Evidence,
    /// ln of the score's likelihood for the owner over that for an impostor; `None` without
    /// a score, or if the model has no cohort to estimate it.
    pub log_likelihood_ratio: Option<f64>,
    /// Whether the device was moving or at rest.
    pub context: Context,
    /// The state after the window.
    pub state: State,
}

/// Counts of windows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct WindowCounts {
    /// Windows that got a score.
    pub scored: u64,
    /// Windows of a device at rest.
    pub at_rest: u64,
    /// Windows for which the model failed or gave no finite score.
    pub failed: u64,
}

/// A live source's clock that is so far ahead of where it ought to be was set: arrivals vary by
/// less where none is missing.
const CLOCK_STEP: Duration = Duration::from_secs(1);

/// What a reading completed.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Accepted {
    /// Time of the newest frame that it completed; `None` if none.
    pub frame: Option<SampleTime>,
    /// Whether it completed a window.
    pub window: bool,
}

/// Receives the windows for an enrolment, while decisions go on.
pub trait WindowSink: Send {
    /// Whether windows are wanted, so that they are embedded even without an owner.
    fn is_gathering(&self) -> bool;
    /// Takes the embedding of a window in motion.
    fn window(&mut self, embedding: ArrayView1<'_, f32>);
    /// Takes note of a window of a device at rest.
    fn at_rest(&mut self);
}

/// The stages from sample to decision.
pub struct Pipeline {
    framer: Framer,
    rest: RestLimits,
    scorer: Scorer,
    decider: Decider,
    window_sink: Option<Box<dyn WindowSink>>,
    /// Where the sensors' clock ought to be; `None` for a recording.
    expected: Option<SampleTime>,
}

struct Scorer {
    embedder: Embedder,
    /// The owner's scorer; `None` if nobody has enrolled.
    owner: Option<score::Scorer>,
    /// What is learnt of the owner's session; `None` for an owner without a session space.
    session_adaptation: Option<SessionAdaptation>,
    counts: WindowCounts,
    embedding_took: Duration,
}

/// Scores of a window.
#[derive(Debug, Clone, Copy)]
struct Scores {
    /// By any session of the owner; NaN if the model failed.
    whole: Score,
    /// By this session, where something was learnt of it.
    in_session: Option<Score>,
}

impl Pipeline {
    /// A pipeline that decides for the owner of `profile`. `policy` must be validated and
    /// `profile` be of the embedder's model.
    pub fn new(
        embedder: Embedder,
        profile: &Profile,
        hop: usize,
        rest: RestLimits,
        policy: Policy,
    ) -> Self {
        let mut pipeline = Self::of_nobody(embedder, hop, rest, policy);
        pipeline.scorer.of_owner(profile);
        pipeline.decider = Decider::new(policy, profile.calibration);
        pipeline
    }

    /// A pipeline without an owner, whose decisions are paused. `policy` must be validated.
    pub fn of_nobody(embedder: Embedder, hop: usize, rest: RestLimits, policy: Policy) -> Self {
        let mut decider = Decider::new(policy, Calibration::NOBODY);
        decider.pause(SampleTime::default(), Pause::NotEnrolled, &mut |_| {});
        Self {
            framer: Framer::new(embedder.channels(), embedder.frames(), hop),
            rest,
            scorer: Scorer {
                embedder,
                owner: None,
                session_adaptation: None,
                counts: WindowCounts::default(),
                embedding_took: Duration::ZERO,
            },
            decider,
            window_sink: None,
            expected: None,
        }
    }

    /// Gives windows to `window_sink` too, whenever it is gathering.
    pub fn gather(mut self, window_sink: Box<dyn WindowSink>) -> Self {
        self.window_sink = Some(window_sink);
        self
    }

    /// The sensors that the model takes; samples of another are passed over.
    pub fn channels(&self) -> Channels {
        self.framer.channels()
    }

    /// Whether somebody has enrolled.
    pub fn is_enrolled(&self) -> bool {
        self.scorer.owner.is_some()
    }

    /// Decides for the owner of `profile` from `t` on, beginning with an empty window; see
    /// [`Decider::change_owner`].
    pub fn change_owner(
        &mut self,
        profile: &Profile,
        t: SampleTime,
        sink: &mut impl FnMut(Output),
    ) {
        self.framer.restart();
        self.scorer.of_owner(profile);
        let sink = &mut |d| sink(Output::Decision(d));
        self.decider.change_owner(t, profile.calibration, sink);
    }

    /// Goes on with another profile of the same owner: evidence, state and deadlines stay.
    /// The session's term is of the old profile and goes, so that windows are scored without one
    /// until the next proof. Does nothing if nobody has enrolled.
    pub fn adapt(&mut self, profile: &Profile) {
        if self.is_enrolled() {
            self.scorer.of_owner(profile);
            self.decider.recalibrate(profile.calibration);
        }
    }

    /// Removes the owner, so that nothing is scored. The caller has to pause decisions.
    pub fn forget(&mut self) {
        self.scorer.owner = None;
        self.scorer.session_adaptation = None;
        self.decider.recalibrate(Calibration::NOBODY);
    }

    /// Starts in the state lock; see [`Decider::locked_before`].
    pub fn locked_before(mut self) -> Self {
        self.decider = self.decider.locked_before();
        self
    }

    /// Uses these limits of rest and this policy from now on, and keeps the evidence.
    pub fn reconfigure(&mut self, rest: RestLimits, policy: Policy) {
        self.rest = rest;
        self.decider.reconfigure(policy);
    }

    /// Whether windows are gathered for an enrolment while nobody has enrolled.
    pub fn gathers_for_the_first(&self) -> bool {
        let gathers = || {
            self.window_sink
                .as_ref()
                .is_some_and(|it| it.is_gathering())
        };
        self.decider.paused() == Some(Pause::NotEnrolled) && gathers()
    }

    /// For a live source, before a reading: by the system's clock the sensors' clock is at
    /// `t`. Where a frame turns out to be [`CLOCK_STEP`] or more ahead of that, their clock has
    /// been set, and no deadline runs out by it; see [`Decider::clock_went_ahead`]. A sample of
    /// one sensor, which the other may be seconds behind, makes nothing later than `t`.
    pub fn expect(&mut self, t: SampleTime) {
        self.expected = Some(t);
    }

    /// Takes a reading and gives what follows from it to `sink`. Returns what it
    /// completed.
    pub fn push(&mut self, reading: &Reading, sink: &mut impl FnMut(Output)) -> Accepted {
        let Self {
            framer,
            rest,
            scorer,
            decider,
            window_sink,
            expected,
        } = self;
        let window_sink = window_sink
            .as_mut()
            .filter(|window_sink| window_sink.is_gathering());
        let passes_over = match decider.paused() {
            None => false,
            Some(Pause::NotEnrolled) => window_sink.is_none(),
            Some(_) => true,
        };
        let mut stages = WindowStages {
            rest: *rest,
            scorer,
            decider,
            window_sink,
        };
        let mut accepted = Accepted::default();
        let now = match reading {
            Reading::Quiet(t) => Some(*t),
            Reading::Skipped => None,
            Reading::Sample(sample) if !framer.channels().include(sample.sensor) => None,
            Reading::Sample(sample) if passes_over => Some(sample.t),
            Reading::Sample(sample) => framer.push(sample, |t, window| {
                accepted.frame = Some(t);
                accepted.window |= window.is_some();
                let ahead = expected.map_or(Duration::ZERO, |expected| t.since(expected));
                if ahead >= CLOCK_STEP {
                    stages.clock_went_ahead(ahead);
                    *expected = Some(t);
                }
                stages.decider.frame(t, &mut |d| sink(Output::Decision(d)));
                if let Some(window) = window {
                    stages.process(&window, sink);
                }
            }),
        };
        if let Some(t) = now {
            let t = match *expected {
                Some(expected) if decider.has_begun() => t.min(expected),
                _ => t,
            };
            decider.advance(t, &mut |d| sink(Output::Decision(d)));
        }
        accepted
    }

    /// Tells the decider how long a live source has given no frame and no window, by the
    /// system's clock; see [`Decider::silent`].
    pub fn silent(&mut self, silence: Silence, sink: &mut impl FnMut(Output)) {
        let sink = &mut |d| sink(Output::Decision(d));
        self.decider.silent(silence, sink);
    }

    /// Pauses decisions from `t` on and discards the unfinished window, unless they are
    /// paused for the same reason already; see [`Decider::pause`].
    pub fn pause(&mut self, t: SampleTime, why: Pause, sink: &mut impl FnMut(Output)) {
        if self.decider.paused() != Some(why) {
            self.framer.restart();
        }
        let sink = &mut |d| sink(Output::Decision(d));
        self.decider.pause(t, why, sink);
    }

    /// Resumes at `t`, after a pause with an empty window; see [`Decider::resume`]. Nobody
    /// knows who has the device after a pause, so that nothing is known of the session.
    pub fn resume(&mut self, t: SampleTime, sink: &mut impl FnMut(Output)) {
        if self.decider.paused().is_some() {
            self.framer.restart();
            if let Some(adaptation) = &mut self.scorer.session_adaptation {
                adaptation.forget();
            }
        }
        self.decider.resume(t, &mut |d| sink(Output::Decision(d)));
    }

    /// The owner was proved at `t`: discards evidence and the unfinished window, and learns
    /// from the windows to come how the owner moves in this session; see
    /// [`Decider::begin_anew`] and [`SessionAdaptation`].
    pub fn begin_anew(&mut self, t: SampleTime, sink: &mut impl FnMut(Output)) {
        self.framer.restart();
        if let Some(adaptation) = &mut self.scorer.session_adaptation {
            adaptation.prove();
        }
        let sink = &mut |d| sink(Output::Decision(d));
        self.decider.begin_anew(t, sink);
    }

    /// The decider, for the present state.
    pub fn decider(&self) -> &Decider {
        &self.decider
    }

    /// Counts of alignment.
    pub fn align_counts(&self) -> AlignCounts {
        self.framer.counts()
    }

    /// Counts of windows.
    pub fn window_counts(&self) -> WindowCounts {
        self.scorer.counts
    }

    /// Time spent computing embeddings so far.
    pub fn embedding_took(&self) -> Duration {
        self.scorer.embedding_took
    }
}

/// The stages that a completed window passes through.
struct WindowStages<'a> {
    rest: RestLimits,
    scorer: &'a mut Scorer,
    decider: &'a mut Decider,
    window_sink: Option<&'a mut Box<dyn WindowSink>>,
}

impl WindowStages<'_> {
    /// See [`Decider::clock_went_ahead`]. What waits to be learnt has not waited that long.
    fn clock_went_ahead(&mut self, ahead: Duration) {
        self.decider.clock_went_ahead(ahead);
        if let Some(adaptation) = &mut self.scorer.session_adaptation {
            adaptation.clock_was_set();
        }
    }

    fn process(&mut self, window: &Window<'_>, sink: &mut impl FnMut(Output)) {
        let t = window.t();
        let (scores, context) = if self.rest.at_rest(window.frames) {
            self.scorer.counts.at_rest += 1;
            if let Some(window_sink) = &mut self.window_sink {
                window_sink.at_rest();
            }
            self.decider.at_rest(t, &mut |d| sink(Output::Decision(d)));
            (None, Context::AtRest)
        } else {
            let window_sink = self.window_sink.as_deref_mut();
            let scores = self.scorer.score(window, window_sink);
            if let Some(Scores { whole, in_session }) = scores {
                let decided = &mut |d| sink(Output::Decision(d));
                let warning = self
                    .decider
                    .window_in_session(t, whole, in_session, decided);
                if let Some(warning) = warning {
                    sink(Output::Warning(warning));
                }
                self.scorer.learn(t, self.decider.believes());
            }
            (scores, Context::Moving)
        };
        let score = scores.map(|scores| scores.whole);
        if self.scorer.owner.is_none() {
            return;
        }
        sink(Output::Window(WindowReport {
            t,
            score,
            in_session: scores.and_then(|scores| scores.in_session),
            threshold: self.decider.threshold(),
            evidence: self.decider.evidence(t),
            log_likelihood_ratio: score.and_then(|s| self.decider.log_likelihood_ratio(s)),
            context,
            state: self.decider.state().0,
        }));
    }
}

impl Scorer {
    /// Scores for the owner of `profile` from now on.
    fn of_owner(&mut self, profile: &Profile) {
        self.session_adaptation = profile
            .scorer
            .session_space()
            .cloned()
            .map(SessionAdaptation::new);
        self.owner = Some(profile.scorer.clone());
    }

    /// The window's scores; NaN if the model failed, which counts against the owner; `None`
    /// if nobody has enrolled.
    fn score(
        &mut self,
        window: &Window<'_>,
        window_sink: Option<&mut Box<dyn WindowSink>>,
    ) -> Option<Scores> {
        let began = Instant::now();
        let embedding = self.embedder.embed(window);
        self.embedding_took += began.elapsed();
        let scores = match embedding {
            Ok(embedding) => {
                if let Some(window_sink) = window_sink {
                    window_sink.window(embedding.view());
                }
                let owner = self.owner.as_ref()?;
                let adaptation = self.session_adaptation.as_mut();
                let adaptation = adaptation.filter(|adaptation| adaptation.is_proved());
                let gain = adaptation.and_then(|adaptation| {
                    adaptation.window(window.t(), embedding.view(), activity(window.frames))
                });
                let (whole, in_session) = owner.score_in_session(embedding.view(), gain);
                Scores { whole, in_session }
            }
            Err(error) => {
                tracing::error!(%error, "no embedding");
                Scores {
                    whole: Score(f64::NAN),
                    in_session: None,
                }
            }
        };
        if scores.whole.0.is_finite() {
            self.counts.scored += 1;
        } else {
            self.counts.failed += 1;
        }
        self.owner.as_ref().map(|_| scores)
    }

    /// Learns of the session from windows some time before `t`, if those since are
    /// `believed` to be the owner's too.
    fn learn(&mut self, t: SampleTime, believed: bool) {
        if let Some(adaptation) = &mut self.session_adaptation {
            adaptation.learn(t, believed);
        }
    }
}
