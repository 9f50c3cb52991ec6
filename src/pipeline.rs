//! The house from sample to decision, on one thread and without a clock.

use std::time::{Duration, Instant};

use serde::Serialize;

use crate::align::AlignCounts;
use crate::decide::{Context, Decider, Decision, Evidence, Pause, Policy, Score, State};
use crate::embed::Embedder;
use crate::framing::Framer;
use crate::motion::SampleTime;
use crate::ocsvm::OneClassSvm;
use crate::profile::Profile;
use crate::rest::RestLimits;
use crate::source::Reading;
use crate::window::Window;

/// What comes out.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Output {
    /// The state or its reason changed.
    Decision(Decision),
    /// A window was looked at.
    Window(WindowReport),
}

/// What became of a window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct WindowReport {
    /// When its newest frame was.
    pub t: SampleTime,
    /// Its score; `None` at rest, where none is computed.
    pub score: Option<Score>,
    /// The score that speaks neither for nor against the owner.
    pub threshold: Score,
    /// Evidence after it.
    pub evidence: Evidence,
    /// What the device was doing.
    pub context: Context,
    /// The state after it.
    pub state: State,
}

/// What happened to windows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct WindowCounts {
    /// Windows that got a score.
    pub scored: u64,
    /// Windows of a device at rest.
    pub at_rest: u64,
    /// Windows that the model gave no numbers for.
    pub failed: u64,
}

/// The rooms in a row.
pub struct Pipeline {
    framer: Framer,
    rest: RestLimits,
    scorer: Scorer,
    decider: Decider,
}

struct Scorer {
    embedder: Embedder,
    svm: OneClassSvm,
    counts: WindowCounts,
    embedding_took: Duration,
}

impl Pipeline {
    /// `policy` must be validated, `profile` be of the embedder's model.
    pub fn new(
        embedder: Embedder,
        profile: &Profile,
        hop: usize,
        rest: RestLimits,
        policy: Policy,
    ) -> Self {
        Self {
            framer: Framer::new(embedder.frames(), hop),
            rest,
            scorer: Scorer {
                embedder,
                svm: profile.svm.clone(),
                counts: WindowCounts::default(),
                embedding_took: Duration::ZERO,
            },
            decider: Decider::new(policy, profile.calibration),
        }
    }

    /// Begins locked; see [`Decider::locked_before`].
    pub fn locked_before(mut self) -> Self {
        self.decider = self.decider.locked_before();
        self
    }

    /// Goes on with another policy and profile, and the evidence there is.
    pub fn reconfigure(&mut self, profile: &Profile, rest: RestLimits, policy: Policy) {
        self.rest = rest;
        self.scorer.svm = profile.svm.clone();
        self.decider.reconfigure(policy, profile.calibration);
    }

    /// Takes a reading and hands what follows from it to `sink`.
    pub fn push(&mut self, reading: &Reading, sink: &mut impl FnMut(Output)) {
        let Self {
            framer,
            rest,
            scorer,
            decider,
        } = self;
        let now = match reading {
            Reading::Quiet(t) => Some(*t),
            Reading::Sample(sample) if decider.is_paused() => Some(sample.t),
            Reading::Sample(sample) => framer.push(sample, |t, window| {
                decider.frame(t, &mut |d| sink(Output::Decision(d)));
                if let Some(window) = window {
                    look_at(&window, *rest, scorer, decider, sink);
                }
            }),
        };
        if let Some(t) = now {
            decider.advance(t, &mut |d| sink(Output::Decision(d)));
        }
    }

    /// Passes over what it is given from `t` on; see [`Decider::pause`].
    pub fn pause(&mut self, t: SampleTime, why: Pause, sink: &mut impl FnMut(Output)) {
        self.framer.restart();
        let sink = &mut |d| sink(Output::Decision(d));
        self.decider.pause(t, why, sink);
    }

    /// Goes on at `t`, with a fresh window; see [`Decider::resume`].
    pub fn resume(&mut self, t: SampleTime, sink: &mut impl FnMut(Output)) {
        self.framer.restart();
        self.decider.resume(t, &mut |d| sink(Output::Decision(d)));
    }

    /// Begins anew at `t`; see [`Decider::begin_anew`].
    pub fn begin_anew(&mut self, t: SampleTime, sink: &mut impl FnMut(Output)) {
        self.framer.restart();
        let sink = &mut |d| sink(Output::Decision(d));
        self.decider.begin_anew(t, sink);
    }

    /// What holds now.
    pub fn decider(&self) -> &Decider {
        &self.decider
    }

    /// What alignment passed over.
    pub fn align_counts(&self) -> AlignCounts {
        self.framer.counts()
    }

    /// What happened to windows.
    pub fn window_counts(&self) -> WindowCounts {
        self.scorer.counts
    }

    /// Time spent inside tract so far.
    pub fn embedding_took(&self) -> Duration {
        self.scorer.embedding_took
    }
}

fn look_at(
    window: &Window<'_>,
    rest: RestLimits,
    scorer: &mut Scorer,
    decider: &mut Decider,
    sink: &mut impl FnMut(Output),
) {
    let t = window.t();
    let (score, context) = if rest.at_rest(window.frames) {
        scorer.counts.at_rest += 1;
        decider.at_rest(t, &mut |d| sink(Output::Decision(d)));
        (None, Context::AtRest)
    } else {
        let score = scorer.score(window);
        decider.window(t, score, &mut |d| sink(Output::Decision(d)));
        (Some(score), Context::Moving)
    };
    sink(Output::Window(WindowReport {
        t,
        score,
        threshold: decider.threshold(),
        evidence: decider.evidence(t),
        context,
        state: decider.state().0,
    }));
}

impl Scorer {
    /// The window's score; no number where there is none, which rejects.
    fn score(&mut self, window: &Window<'_>) -> Score {
        let began = Instant::now();
        let embedding = self.embedder.embed(window);
        self.embedding_took += began.elapsed();
        let score = match embedding {
            Ok(embedding) => self.svm.score(embedding.view()),
            Err(error) => {
                tracing::error!(%error, "no embedding");
                Score(f64::NAN)
            }
        };
        if score.0.is_finite() {
            self.counts.scored += 1;
        } else {
            self.counts.failed += 1;
        }
        score
    }
}
