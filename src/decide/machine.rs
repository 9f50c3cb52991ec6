//! The state machine. It has no clock: time comes in with the samples, so the
//! same recording gives the same decisions, to the bit, however fast it is fed.
//!
//! Evidence is a trust level in the sense of Bours and Mondal (Continuous
//! authentication with a focus on performance, 2015): each window moves it by
//! its weight times the time it stands for, between 0 and 1, and two thresholds
//! with a distance between them turn it into states. What is missing
//! (windows, samples, motion) has deadlines, which are applied at their own
//! time, however late the machine hears of it.
//!
//! A pause is an input like any other: while it lasts nothing is decided and no
//! deadline runs, and every age is afterwards what it was before.

use std::time::Duration;

use super::{Context, Decision, Evidence, Pause, Policy, Reason, Silence, State, Warning};
use crate::motion::SampleTime;
use crate::owner::Score;
use crate::owner::score::Calibration;

/// A window stands for at most this much time, however long ago the last one was.
const LONGEST_STEP: Duration = Duration::from_secs(2);

/// Turns windows and their absence into decisions.
#[derive(Debug, Clone)]
pub struct Decider {
    policy: Policy,
    calibration: Calibration,
    /// What holds; published from the first sample on.
    held: (State, Reason),
    /// Whether there has been a sample.
    begun: bool,
    /// Since when nothing is decided, and why.
    paused: Option<(SampleTime, Pause)>,
    /// Until when evidence cannot lock, because it did so to somebody who then
    /// opened the screen.
    trusted_until: Option<SampleTime>,
    /// Whether a lock has been warned of since evidence was far from it.
    warned: bool,
    /// Whether the owner has been recognised since the last lock.
    established: bool,
    level: Level,
    score: Option<Score>,
    /// Of the newest window.
    context: Option<Context>,
    /// Newest frame, or the start.
    last_frame: SampleTime,
    /// Newest window, or the start.
    last_window: SampleTime,
    seen_a_window: bool,
}

/// Evidence at an instant, and whether it has been draining since.
#[derive(Debug, Clone, Copy)]
struct Level {
    at: SampleTime,
    evidence: f64,
    draining: bool,
}

impl Decider {
    /// A machine that has seen nothing. `policy` must be [`Policy::validated`].
    pub fn new(policy: Policy, calibration: Calibration) -> Self {
        Self {
            policy,
            calibration,
            held: (State::Inconclusive, Reason::WarmUp),
            begun: false,
            paused: None,
            trusted_until: None,
            warned: false,
            established: false,
            level: Level {
                at: SampleTime::default(),
                evidence: policy.start,
                draining: false,
            },
            score: None,
            context: None,
            last_frame: SampleTime::default(),
            last_window: SampleTime::default(),
            seen_a_window: false,
        }
    }

    /// Begins locked, as it ended before: a restart is no way round a lock.
    pub fn locked_before(mut self) -> Self {
        self.held = (State::Lock, Reason::Persisted);
        self.level.evidence = 0.0;
        self
    }

    /// Goes on under another policy, with the evidence there is.
    pub fn reconfigure(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// Begins with another owner at `t`, without evidence, score or trust of the one
    /// before. A lock stays, and so does the age of what is missing: nobody wins a grace.
    pub fn change_owner(
        &mut self,
        t: SampleTime,
        calibration: Calibration,
        sink: &mut impl FnMut(Decision),
    ) {
        if self.begun {
            self.advance(t, sink);
        }
        self.calibration = calibration;
        self.trusted_until = None;
        self.warned = false;
        self.warm_up();
        let locked = self.held.0 == State::Lock;
        self.level = Level {
            at: self.paused.map_or(t, |(since, _)| since),
            evidence: if locked { 0.0 } else { self.policy.start },
            draining: false,
        };
        if !locked {
            let reason = self.paused.map_or(Reason::WarmUp, |(_, why)| why.into());
            self.publish(t, State::Inconclusive, reason, sink);
        }
    }

    /// Goes on with another calibration.
    pub fn recalibrate(&mut self, calibration: Calibration) {
        self.calibration = calibration;
    }

    /// What holds now.
    pub fn state(&self) -> (State, Reason) {
        self.held
    }

    /// Whether there has been a sample, or word of none; nothing is published before.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// Why nothing is decided for now, if so.
    pub fn paused(&self) -> Option<Pause> {
        self.paused.map(|(_, why)| why)
    }

    fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    /// Evidence at `t`.
    pub fn evidence(&self, t: SampleTime) -> Evidence {
        let Level {
            at,
            evidence,
            draining,
        } = self.level;
        Evidence(if draining {
            (evidence - t.since(at).as_secs_f64() / self.policy.rest.as_secs_f64()).max(0.0)
        } else {
            evidence
        })
    }

    /// ln of how much likelier an owner gives this score than a stranger.
    pub fn log_likelihood_ratio(&self, score: Score) -> Option<f64> {
        self.calibration.log_likelihood_ratio(score)
    }

    /// The threshold in force.
    pub fn threshold(&self) -> Score {
        self.calibration.threshold
    }

    /// The sensors' clock has come to `t`.
    pub fn advance(&mut self, t: SampleTime, sink: &mut impl FnMut(Decision)) {
        if !self.begun {
            self.begun = true;
            self.count_from(t);
            self.announce(t, sink);
        }
        while let Some((due, state, reason)) = self.next_deadline().filter(|d| d.0 <= t) {
            self.run_out(due, state, reason, sink);
        }
    }

    /// The system has measured so much time without a frame and without a window, whatever
    /// the sensors' clock says: one that stands still, creeps or shows another unit wins no
    /// grace. For live input; a recording has no other clock than its own.
    pub fn silent(&mut self, silence: Silence, sink: &mut impl FnMut(Decision)) {
        if !self.begun || self.is_paused() {
            return;
        }
        let t = self.last_frame.after(silence.frame);
        // With sensors' clocks that keep pace all deadlines are met here, each at its time.
        self.advance(t, sink);
        if self.held.0 == State::Lock {
            return;
        }
        let Policy {
            stale,
            sensor_grace,
            evidence_grace,
            ..
        } = self.policy;
        if silence.frame >= sensor_grace {
            self.run_out(t, State::Lock, Reason::SensorLost, sink);
        } else if silence.window >= evidence_grace {
            self.run_out(t, State::Lock, Reason::NoEvidence, sink);
        } else if silence.window >= stale && self.held.0 == State::Unlock {
            self.run_out(t, State::Inconclusive, Reason::Gap, sink);
        }
    }

    /// A deadline has passed at `due`: no evidence is left to a lock.
    fn run_out(
        &mut self,
        due: SampleTime,
        state: State,
        reason: Reason,
        sink: &mut impl FnMut(Decision),
    ) {
        if state == State::Lock {
            self.level = Level {
                at: due,
                evidence: 0.0,
                draining: false,
            };
            self.established = false;
        }
        self.publish(due, state, reason, sink);
    }

    /// Nothing is decided from `t` on. A lock stays; anything else gives way.
    pub fn pause(&mut self, t: SampleTime, why: Pause, sink: &mut impl FnMut(Decision)) {
        if self.begun {
            self.advance(t, sink);
        }
        let evidence = self.evidence(t).0;
        let (since, _) = *self.paused.get_or_insert((t, why));
        self.paused = Some((since, why));
        self.level = Level {
            at: since,
            evidence,
            draining: false,
        };
        if self.held.0 != State::Lock {
            self.publish(t, State::Inconclusive, why.into(), sink);
        }
    }

    /// Decides again from `t` on, after a warm-up: a pause wins nobody trust,
    /// nor any grace. A lock stays.
    pub fn resume(&mut self, t: SampleTime, sink: &mut impl FnMut(Decision)) {
        let Some((since, _)) = self.paused.take() else {
            return;
        };
        let away = t.since(since);
        for instant in [
            &mut self.last_frame,
            &mut self.last_window,
            &mut self.level.at,
        ] {
            *instant = instant.after(away);
        }
        self.level.evidence = self.level.evidence.min(self.policy.start);
        self.warm_up();
        if self.held.0 != State::Lock {
            self.publish(t, State::Inconclusive, Reason::WarmUp, sink);
        }
    }

    /// Somebody has proved at `t` by other means that they are the owner, as by
    /// opening a locked screen, which ends that pause: all is as at the start.
    pub fn begin_anew(&mut self, t: SampleTime, sink: &mut impl FnMut(Decision)) {
        self.paused.take_if(|(_, why)| *why == Pause::ScreenLocked);
        if self.held == (State::Lock, Reason::Evidence) {
            self.trusted_until = Some(t.after(self.policy.trust));
        }
        self.level.evidence = self.policy.start;
        self.level.draining = false;
        self.warned = false;
        self.count_from(t);
        self.warm_up();
        let reason = self.paused.map_or(Reason::WarmUp, |(_, why)| why.into());
        self.publish(t, State::Inconclusive, reason, sink);
    }

    fn count_from(&mut self, t: SampleTime) {
        self.last_frame = t;
        self.last_window = t;
        self.level.at = t;
        self.paused = self.paused.map(|(_, why)| (t, why));
    }

    fn warm_up(&mut self) {
        self.established = false;
        self.seen_a_window = false;
        self.score = None;
        self.context = None;
    }

    /// Both sensors were heard at `t`.
    pub fn frame(&mut self, t: SampleTime, sink: &mut impl FnMut(Decision)) {
        self.advance(t, sink);
        if self.is_paused() {
            return;
        }
        if t < self.last_frame {
            self.clock_was_set_back(t);
        }
        self.last_frame = t;
    }

    /// A window that ended at `t` got this score. Returns a warning if a lock
    /// has come near with it: one for each time that evidence comes down.
    pub fn window(
        &mut self,
        t: SampleTime,
        score: Score,
        sink: &mut impl FnMut(Decision),
    ) -> Option<Warning> {
        let (step, evidence) = self.begin_window(t, sink)?;
        self.score = Some(score);
        self.context = Some(Context::Moving);
        let weight = self.calibration.weight(score);
        let full = if weight > 0.0 {
            self.policy.gain
        } else {
            self.policy.lose
        };
        let least = match self.trusted_until {
            Some(until) if t < until => self.policy.start,
            _ => 0.0,
        };
        let moved = evidence + weight * step.as_secs_f64() / full.as_secs_f64();
        self.level = Level {
            at: t,
            evidence: moved.clamp(least, 1.0),
            draining: false,
        };
        self.judge(t, score, sink);
        let lost = (self.level.evidence < evidence).then_some(-weight);
        self.warn(t, score, lost)
    }

    /// The warning that is due when a window has lost evidence with this weight.
    fn warn(&mut self, t: SampleTime, score: Score, lost: Option<f64>) -> Option<Warning> {
        let evidence = self.level.evidence;
        if evidence >= self.policy.warn_below {
            self.warned = false;
            return None;
        }
        let weight = lost.filter(|_| !self.warned && self.held.0 != State::Lock)?;
        self.warned = true;
        let left = (evidence - self.policy.lock_below) * self.policy.lose.as_secs_f64();
        Some(Warning {
            t,
            reason: Self::reason_of(score),
            score,
            threshold: self.calibration.threshold,
            evidence: Evidence(evidence),
            log_likelihood_ratio: self.log_likelihood_ratio(score),
            lock_in: Duration::try_from_secs_f64(left / weight).unwrap_or(Duration::MAX),
        })
    }

    /// Why a window with this score may end in a lock.
    fn reason_of(score: Score) -> Reason {
        if score.0.is_finite() {
            Reason::Evidence
        } else {
            Reason::ModelFailed
        }
    }

    /// In the window that ended at `t` the device lay still: it says nothing
    /// about who is there, and trust runs out.
    pub fn at_rest(&mut self, t: SampleTime, sink: &mut impl FnMut(Decision)) {
        let Some((_, evidence)) = self.begin_window(t, sink) else {
            return;
        };
        self.context = Some(Context::AtRest);
        if !self.level.draining {
            self.level = Level {
                at: t,
                evidence,
                draining: true,
            };
            self.advance(t, sink);
        }
        if self.state().0 != State::Lock {
            self.publish(t, State::Inconclusive, Reason::AtRest, sink);
        }
    }

    /// Notes a window, unless nothing is decided; how long it stands for, and
    /// the evidence before it.
    fn begin_window(
        &mut self,
        t: SampleTime,
        sink: &mut impl FnMut(Decision),
    ) -> Option<(Duration, f64)> {
        self.frame(t, sink);
        if self.is_paused() {
            return None;
        }
        let step = t.since(self.last_window).min(LONGEST_STEP);
        self.last_window = t;
        self.seen_a_window = true;
        Some((step, self.evidence(t).0))
    }

    fn judge(&mut self, t: SampleTime, score: Score, sink: &mut impl FnMut(Decision)) {
        let evidence = self.level.evidence;
        if evidence <= self.policy.lock_below {
            self.established = false;
            // A state of lock keeps the reason it was entered with.
            if self.state().0 != State::Lock {
                self.publish(t, State::Lock, Self::reason_of(score), sink);
            }
        } else if self.established || evidence >= self.policy.unlock_above {
            self.established = true;
            self.publish(t, State::Unlock, Reason::Evidence, sink);
        } else if self.state().0 == State::Inconclusive {
            self.publish(t, State::Inconclusive, Reason::WarmUp, sink);
        }
    }

    /// The earliest change that happens by itself.
    fn next_deadline(&self) -> Option<(SampleTime, State, Reason)> {
        let (state, reason) = self.state();
        if state == State::Lock || self.is_paused() {
            return None;
        }
        let policy = &self.policy;
        let lock = |t: SampleTime, after, why| Some((t.after(after), State::Lock, why));
        let drained = (self.level.evidence - policy.lock_below).max(0.0);
        let stale = (self.seen_a_window && reason != Reason::Gap).then(|| {
            let due = self.last_window.after(policy.stale);
            (due, State::Inconclusive, Reason::Gap)
        });
        [
            lock(self.last_frame, policy.sensor_grace, Reason::SensorLost),
            lock(self.last_window, policy.evidence_grace, Reason::NoEvidence),
            self.level
                .draining
                .then_some(())
                .and_then(|()| lock(self.level.at, policy.rest.mul_f64(drained), Reason::AtRest)),
            stale,
        ]
        .into_iter()
        .flatten()
        .min_by_key(|&(due, ..)| due)
    }

    /// Keeps every age as it was, so that no grace is won by setting a clock back.
    fn clock_was_set_back(&mut self, t: SampleTime) {
        let back = self.last_frame.since(t);
        for instant in [&mut self.last_window, &mut self.level.at] {
            *instant = instant.before(back);
        }
        self.trusted_until = self.trusted_until.map(|until| until.before(back));
    }

    fn publish(
        &mut self,
        t: SampleTime,
        state: State,
        reason: Reason,
        sink: &mut impl FnMut(Decision),
    ) {
        let before = std::mem::replace(&mut self.held, (state, reason));
        if self.begun && before != self.held {
            self.announce(t, sink);
        }
    }

    fn announce(&self, t: SampleTime, sink: &mut impl FnMut(Decision)) {
        let (state, reason) = self.held;
        sink(Decision {
            t,
            state,
            reason,
            score: self.score,
            threshold: self.calibration.threshold,
            evidence: self.evidence(t),
            log_likelihood_ratio: self.score.and_then(|s| self.log_likelihood_ratio(s)),
            context: self.context,
        });
    }
}
