//! Adapts the owner's templates to the present session, from windows after an unlock.
//! docs/experiments.md calls it anchoring.
//!
//! Scores within a session are alike: most of what makes an owner's window strange is the
//! chair, the hand or the task of the day, and not chance. Whoever opens the screen with a
//! secret is the owner, so that the windows after it show what today is like. Their mean is
//! the session's term; templates drawn towards it say how likely a window is *in this
//! session*, which tells a stranger better than any session of the owner's does.
//!
//! A window is learnt from only after it has waited for [`LAG`] and is still believed to be
//! the owner's, so that a stranger who takes over is noticed before they are learnt. The
//! owner may sit down or walk off: [`TermChange`] weighs that against each window.
//!
//! Time comes with the windows, and nothing is allocated after [`SessionAdaptation::new`].

mod session_space;
mod session_term;
mod term_change;
mod unconfirmed_windows;

use std::time::Duration;

use ndarray::ArrayView1;

use crate::motion::SampleTime;
use crate::owner::dot_product::dot_product;
use session_term::{SessionTerm, WhitenedWindow};
use term_change::TermChange;
use unconfirmed_windows::UnconfirmedWindows;

pub use session_space::SessionSpace;

/// What an independent window stands for: its length.
const WINDOW: Duration = Duration::from_secs(5);
// Chosen with `Calibration::in_session` and `decide`'s level of belief on the ordered pairs
// of six people: docs/experiments.md, "Anchoring in the session".
/// How long a window waits before it is learnt from.
const LAG: Duration = Duration::from_secs(20);
/// Windows that the owner's templates count as much as, against those of the session.
const PRIOR: f64 = 16.0;
/// Most windows remembered: three minutes.
const MOST: f64 = 36.0;
/// Probability that the session's term changes in one window.
const HAZARD: f64 = 0.001;
/// The same where the context has changed.
const HAZARD_CHANGED: f64 = 0.1;
/// Difference of activity (ln) from the session's mean from which the context has changed.
const OTHER: f64 = 1.0;
/// Time without a window from which the context may have changed.
const AWAY: Duration = Duration::from_secs(10);
/// Probability of a change from which no window is learnt, and from which the term is
/// forgotten.
const DOUBTED: f64 = 0.5;
const CERTAIN: f64 = 0.9;

/// What is known of the session since the owner was proved.
#[derive(Debug, Clone)]
pub struct SessionAdaptation {
    space: SessionSpace,
    /// Square of each template's length.
    squares: Box<[f64]>,
    window: WhitenedWindow,
    term: SessionTerm,
    unconfirmed: UnconfirmedWindows,
    change: TermChange,
    /// Whether an unlock has proved the owner, and nothing has put that in doubt since.
    proved: bool,
    newest: Option<SampleTime>,
    /// Time that passed windows stand for and that none which waits has.
    stands_for: Duration,
}

impl SessionAdaptation {
    /// Without a proof. `space` must be sound.
    pub fn new(space: SessionSpace) -> Self {
        let square = |template: &[f32]| template.iter().map(|&z| f64::from(z).powi(2)).sum();
        Self {
            squares: space.templates().map(square).collect(),
            window: WhitenedWindow::room(&space),
            term: SessionTerm::new(&space, MOST),
            unconfirmed: UnconfirmedWindows::new(&space, LAG),
            change: TermChange::default(),
            proved: false,
            newest: None,
            stands_for: Duration::ZERO,
            space,
        }
    }

    /// The owner has just been proved, so that a session begins.
    pub fn prove(&mut self) {
        self.forget();
        self.proved = true;
    }

    /// Nobody is proved any more.
    pub fn forget(&mut self) {
        self.restart_term();
        self.proved = false;
        self.newest = None;
    }

    /// Whether an unlock has proved the owner of this session.
    pub fn is_proved(&self) -> bool {
        self.proved
    }

    /// The sensors' clock was set: how long windows have waited is not known any more.
    pub fn clock_was_set(&mut self) {
        self.unconfirmed.clear();
    }

    /// Takes the embedding `x` of a window that ended at `t`, and its
    /// [`activity`](crate::motion::activity::activity). Returns ln of how much likelier it
    /// is for the owner in this session than in any of theirs; `None` where nothing was
    /// learnt of this session. Allocates nothing.
    pub fn window(&mut self, t: SampleTime, x: ArrayView1<'_, f32>, activity: f64) -> Option<f64> {
        if !self.proved {
            return None;
        }
        let since = self.newest.map_or(WINDOW, |newest| t.since(newest));
        if self.newest.replace(t).is_some_and(|newest| t < newest) {
            // What waits would wait for as long again.
            self.clock_was_set();
        }
        if !self.space.place(x, &mut self.window.point) || !activity.is_finite() {
            return None;
        }
        let WhitenedWindow { point, along, .. } = &mut self.window;
        for (along, template) in along.iter_mut().zip(self.space.templates()) {
            *along = dot_product(point, template);
        }
        self.window.activity = activity;
        let passed = since.min(WINDOW);
        self.stands_for = (self.stands_for + passed).min(WINDOW);
        if self.unconfirmed.push(t, self.stands_for, &self.window) {
            self.stands_for = Duration::ZERO;
        }
        if self.term.windows() <= 0.0 {
            return None;
        }
        let gain = self
            .term
            .gain(&self.space, &self.squares, &self.window, PRIOR);
        let other = (activity - self.term.activity()).abs() > OTHER || since > AWAY;
        let hazard = if other { HAZARD_CHANGED } else { HAZARD };
        Some(self.change.window(gain, hazard, share(passed)))
    }

    /// To be called after each window, once it has been decided on: learns from the windows
    /// that have waited long enough, if what has been seen until `t` is `believed` to be
    /// the owner's. Allocates nothing.
    pub fn learn(&mut self, t: SampleTime, believed: bool) {
        let learns = believed && self.change.probability() < DOUBTED;
        while let Some((window, stands_for)) = self.unconfirmed.pop(t) {
            if learns {
                self.term.learn(window, share(stands_for));
            }
        }
        if self.change.probability() > CERTAIN {
            self.restart_term();
        }
    }

    /// Whether something was learnt of this session.
    pub fn is_learnt(&self) -> bool {
        self.term.windows() > 0.0
    }

    fn restart_term(&mut self) {
        self.term.clear();
        self.unconfirmed.clear();
        self.change = TermChange::default();
        self.stands_for = Duration::ZERO;
    }
}

/// Share of an independent window.
fn share(time: Duration) -> f64 {
    time.as_secs_f64() / WINDOW.as_secs_f64()
}

#[cfg(test)]
mod tests;
