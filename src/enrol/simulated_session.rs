//! A simulated session, for forecasts of enrolment and the trainer: feeds windows whose scores
//! are known to the state machine, from the owner's proof on.

use std::time::Duration;

use ndarray::ArrayView1;

use crate::decide::{Decider, Policy, State};
use crate::motion::SampleTime;
use crate::owner::Score;
use crate::owner::score::{Calibration, Scorer};
use crate::owner::session_adaptation::{SessionAdaptation, SessionSpace};

/// Time from one window to the next: they do not overlap.
pub(super) const STEP: Duration = Duration::from_secs(5);
/// Times that each score is fed, once a second: the machine counts a window for two
/// seconds at most, which is less than [`STEP`].
const TICKS: u32 = 5;

/// Scores of one window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct WindowScores {
    /// By any session of the owner.
    pub whole: f64,
    /// By this session; `None` where nothing was learnt of it.
    pub in_session: Option<f64>,
}

/// The state machine, fed with one window a [`STEP`].
pub(super) struct Machine {
    decider: Decider,
    t: SampleTime,
}

impl Machine {
    pub(super) fn new(policy: Policy, calibration: Calibration) -> Self {
        let mut decider = Decider::new(policy, calibration);
        let t = SampleTime::default();
        decider.advance(t, &mut |_| {});
        Self { decider, t }
    }

    /// The owner unlocks the screen.
    pub(super) fn open(&mut self) {
        self.decider.begin_anew(self.t, &mut |_| {});
    }

    pub(super) fn is_locked(&self) -> bool {
        self.decider.state().0 == State::Lock
    }

    /// Feeds a window with these scores; whether the state is lock after it.
    pub(super) fn locks(&mut self, scores: WindowScores) -> bool {
        let in_session = scores.in_session.map(Score);
        for _ in 0..TICKS {
            self.t = self.t.after(STEP / TICKS);
            self.decider.frame(self.t, &mut |_| {});
            let whole = Score(scores.whole);
            self.decider
                .window_in_session(self.t, whole, in_session, &mut |_| {});
        }
        self.is_locked()
    }
}

/// Windows after the owner's proof in the order of time, and what is learnt of their session.
pub(super) struct Learning {
    adaptation: SessionAdaptation,
    t: SampleTime,
}

impl Learning {
    pub(super) fn new(space: SessionSpace) -> Self {
        let mut adaptation = SessionAdaptation::new(space);
        adaptation.prove();
        let t = SampleTime::default();
        Self { adaptation, t }
    }

    /// ln of how much likelier the next window is in this session than in any; `None`
    /// before something was learnt. With `believed`, it may be learnt from later. Nothing is
    /// known of how much the device moves, so that no change of context is seen in that.
    pub(super) fn gain(&mut self, x: ArrayView1<'_, f32>, believed: bool) -> Option<f64> {
        self.t = self.t.after(STEP);
        let gain = self.adaptation.window(self.t, x, 0.0);
        self.adaptation.learn(self.t, believed);
        gain
    }
}

/// A simulated session of a profile's owner, window by window, as [`Pipeline`](crate::pipeline::Pipeline)
/// decides on it.
pub struct SimulatedSession<'a> {
    scorer: &'a Scorer,
    adaptation: Option<SessionAdaptation>,
    machine: Machine,
}

impl<'a> SimulatedSession<'a> {
    /// Before its first window. Nothing is learnt of the session unless `learns`.
    pub fn new(scorer: &'a Scorer, policy: Policy, calibration: Calibration, learns: bool) -> Self {
        let space = scorer.session_space().filter(|_| learns).cloned();
        let mut adaptation = space.map(SessionAdaptation::new);
        if let Some(adaptation) = &mut adaptation {
            adaptation.prove();
        }
        Self {
            scorer,
            adaptation,
            machine: Machine::new(policy, calibration),
        }
    }

    /// Feeds the next window of five seconds, with its
    /// [`activity`](crate::motion::activity::activity). Whether it locks; the owner then
    /// unlocks at once.
    pub fn locks(&mut self, x: ArrayView1<'_, f32>, activity: f64) -> bool {
        let t = self.machine.t.after(STEP);
        let gain =
            (self.adaptation.as_mut()).and_then(|adaptation| adaptation.window(t, x, activity));
        let (whole, in_session) = self.scorer.score_in_session(x, gain);
        let locks = self.machine.locks(WindowScores {
            whole: whole.0,
            in_session: in_session.map(|score| score.0),
        });
        if let Some(adaptation) = &mut self.adaptation {
            adaptation.learn(t, self.machine.decider.believes());
        }
        if locks {
            self.machine.open();
            if let Some(adaptation) = &mut self.adaptation {
                adaptation.prove();
            }
        }
        locks
    }

    /// Time that so many windows take, in hours.
    pub fn hours(windows: usize) -> f64 {
        STEP.as_secs_f64() * windows as f64 / 3600.0
    }
}
