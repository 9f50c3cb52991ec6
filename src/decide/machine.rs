//! The decision state machine. It reads no clock: time comes with the samples, so
//! that a recording gives the same decisions, to the bit, at any replay speed.
//!
//! Evidence is a trust level in the sense of Bours and Mondal (Continuous
//! authentication with a focus on performance, 2015): each window moves it by
//! its weight times the time since the last window, clamped to 0 to 1, and two
//! thresholds with hysteresis turn it into states. Absent windows, samples or
//! motion lead to a state at a deadline; such a decision carries the deadline's
//! time, also where the machine is called later.
//!
//! During a pause nothing is decided and no deadline runs; afterwards the times
//! since the last frame and the last window are what they were before it.

use std::time::Duration;

use super::{Context, Decision, Evidence, Pause, Policy, Reason, Silence, State, Warning};
use crate::motion::SampleTime;
use crate::owner::Score;
use crate::owner::score::Calibration;

/// Most time that one window counts for, however long ago the last one was.
const LONGEST_STEP: Duration = Duration::from_secs(2);
/// Evidence from which windows are believed to be the owner's, so that something is learnt
/// from them.
const BELIEVED: f64 = 0.9;
/// Longest time from a proof in a pause to the pause's end by which the device is still with
/// whoever gave the proof.
const PROOF_ENDS_PAUSE: Duration = Duration::from_secs(3);

/// Makes decisions of scored windows, and of their absence.
#[derive(Debug, Clone)]
pub struct Decider {
    policy: Policy,
    calibration: Calibration,
    /// State and reason in force; published from the first sample on.
    held: (State, Reason),
    /// Whether there has been a sample.
    begun: bool,
    /// Start and cause of the pause; `None` while decisions are made.
    paused: Option<(SampleTime, Pause)>,
    /// Until when evidence cannot lock, after such a lock was followed by an unlock of
    /// the screen; see [`Policy::trust`].
    trusted_until: Option<SampleTime>,
    /// Whether a warning was given since evidence was last at or above
    /// [`Policy::warn_below`].
    warned: bool,
    /// Whether evidence has reached [`Policy::unlock_above`] since the last lock or
    /// warm-up.
    established: bool,
    level: Level,
    score: Option<Score>,
    /// Context of the newest window; `None` before the first.
    context: Option<Context>,
    /// Time of the newest frame, or of the start.
    last_frame: SampleTime,
    /// Time of the newest window, or of the start.
    last_window: SampleTime,
    seen_a_window: bool,
}

/// Evidence at an instant, and whether it has been falling since because the device
/// is at rest.
#[derive(Debug, Clone, Copy)]
struct Level {
    at: SampleTime,
    /// By the scores against the profile alone.
    whole: f64,
    /// By the scores that know how the owner moves in this session, and by the others while
    /// nothing is known of it.
    in_session: f64,
    draining: bool,
}

impl Level {
    /// The same evidence by both, at `at`.
    fn of(at: SampleTime, evidence: f64) -> Self {
        Self {
            at,
            whole: evidence,
            in_session: evidence,
            draining: false,
        }
    }

    /// What is decided by: the lesser, so that either locks by itself.
    fn evidence(&self) -> f64 {
        self.whole.min(self.in_session)
    }
}

impl Decider {
    /// A machine before its first sample. `policy` must be [`Policy::validated`].
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
            level: Level::of(SampleTime::default(), policy.start),
            score: None,
            context: None,
            last_frame: SampleTime::default(),
            last_window: SampleTime::default(),
            seen_a_window: false,
        }
    }

    /// Begins locked with [`Reason::Persisted`], so that a restart does not undo a lock.
    pub fn locked_before(mut self) -> Self {
        self.held = (State::Lock, Reason::Persisted);
        self.level = Level::of(self.level.at, 0.0);
        self
    }

    /// Replaces the policy; evidence and state stay.
    pub fn reconfigure(&mut self, policy: Policy) {
        self.policy = policy;
    }

    /// Begins with another owner at `t`: evidence, score and trust of the one before are
    /// dropped. A lock stays, and deadlines for frames and windows are not extended.
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
        let at = self.paused.map_or(t, |(since, _)| since);
        self.level = Level::of(at, if locked { 0.0 } else { self.policy.start });
        if !locked {
            let reason = self.paused.map_or(Reason::WarmUp, |(_, why)| why.into());
            self.publish(t, State::Inconclusive, reason, sink);
        }
    }

    /// Replaces the calibration; evidence and state stay.
    pub fn recalibrate(&mut self, calibration: Calibration) {
        self.calibration = calibration;
    }

    /// State and reason in force.
    pub fn state(&self) -> (State, Reason) {
        self.held
    }

    /// Whether time has begun, with the first call of [`Decider::advance`]; nothing is
    /// published before.
    pub fn has_begun(&self) -> bool {
        self.begun
    }

    /// Cause of the pause; `None` while decisions are made.
    pub fn paused(&self) -> Option<Pause> {
        self.paused.map(|(_, why)| why)
    }

    fn is_paused(&self) -> bool {
        self.paused.is_some()
    }

    /// Evidence at `t`.
    pub fn evidence(&self, t: SampleTime) -> Evidence {
        Evidence(self.level_at(t).evidence())
    }

    /// The level, drained until `t` where it drains.
    fn level_at(&self, t: SampleTime) -> Level {
        let mut level = self.level;
        if level.draining {
            let gone = t.since(level.at).as_secs_f64() / self.policy.rest.as_secs_f64();
            level.whole = (level.whole - gone).max(0.0);
            level.in_session = (level.in_session - gone).max(0.0);
        }
        level
    }

    /// ln of the likelihood ratio, genuine to impostor, of `score`; `None` without a
    /// cohort.
    pub fn log_likelihood_ratio(&self, score: Score) -> Option<f64> {
        self.calibration.log_likelihood_ratio(score)
    }

    /// The threshold in force.
    pub fn threshold(&self) -> Score {
        self.calibration.threshold
    }

    /// Applies the deadlines up to `t` on the sensors' clock.
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

    /// Applies the deadlines by the system's clock, so that a sensors' clock that stops,
    /// runs slow or counts in another unit does not extend them. For live input only; a
    /// recording has no clock but its own.
    pub fn silent(&mut self, silence: Silence, sink: &mut impl FnMut(Decision)) {
        if !self.begun || self.is_paused() {
            return;
        }
        let t = self.last_frame.after(silence.frame);
        // Where the sensors' clock runs true this applies every deadline, at its own time.
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

    /// The clock of a live source went ahead by `ahead` more than time has passed by the
    /// system's: every stored time goes with it, so that no deadline runs out by that. A
    /// recording has no clock but its own, and its deadlines run by it.
    pub fn clock_went_ahead(&mut self, ahead: Duration) {
        // Of a pause, the step is a part, and [`Decider::resume`] shifts by all of it.
        if self.is_paused() {
            return;
        }
        for instant in [
            &mut self.last_frame,
            &mut self.last_window,
            &mut self.level.at,
        ] {
            *instant = instant.after(ahead);
        }
        self.trusted_until = self.trusted_until.map(|until| until.after(ahead));
    }

    /// Publishes what a deadline at `due` leads to; a lock sets evidence to 0.
    fn run_out(
        &mut self,
        due: SampleTime,
        state: State,
        reason: Reason,
        sink: &mut impl FnMut(Decision),
    ) {
        if state == State::Lock {
            self.level = Level::of(due, 0.0);
            self.established = false;
        }
        self.publish(due, state, reason, sink);
    }

    /// Pauses decisions from `t` on. A lock stays; any other state becomes inconclusive.
    pub fn pause(&mut self, t: SampleTime, why: Pause, sink: &mut impl FnMut(Decision)) {
        if self.begun {
            self.advance(t, sink);
        }
        let level = self.level_at(t);
        let (since, _) = *self.paused.get_or_insert((t, why));
        self.paused = Some((since, why));
        self.level = Level {
            at: since,
            draining: false,
            ..level
        };
        if self.held.0 != State::Lock {
            self.publish(t, State::Inconclusive, why.into(), sink);
        }
    }

    /// Ends the pause at `t` and begins a warm-up. Evidence is at most
    /// [`Policy::start`], the trust that a proof before the pause had won is over, because
    /// another may have the device now, and deadlines are shifted by the pause, not restarted,
    /// so that a pause gains neither trust nor grace. A lock stays.
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
        // A proof within the pause counts as its beginning, and mostly ends it.
        if away > PROOF_ENDS_PAUSE {
            self.trusted_until = None;
        }
        // Whatever was learnt of the session is no longer known to hold.
        let evidence = self.level.evidence().min(self.policy.start);
        self.level = Level::of(self.level.at, evidence);
        self.warm_up();
        if self.held.0 != State::Lock {
            self.publish(t, State::Inconclusive, Reason::WarmUp, sink);
        }
    }

    /// Restarts at `t`, after the owner was authenticated by other means, such as
    /// unlocking the screen: evidence is [`Policy::start`] and all deadlines restart. Ends
    /// a pause for a locked screen, and no other.
    pub fn begin_anew(&mut self, t: SampleTime, sink: &mut impl FnMut(Decision)) {
        self.paused.take_if(|(_, why)| *why == Pause::ScreenLocked);
        if self.held == (State::Lock, Reason::Evidence) {
            self.trusted_until = Some(t.after(self.policy.trust));
        }
        self.level = Level::of(self.level.at, self.policy.start);
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

    /// Takes note of a frame, which has samples of each sensor that the model takes, at `t`.
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

    /// Adds the score of a window that ended at `t` to the evidence. Returns a warning
    /// when evidence falls below [`Policy::warn_below`], once until it is back above.
    pub fn window(
        &mut self,
        t: SampleTime,
        score: Score,
        sink: &mut impl FnMut(Decision),
    ) -> Option<Warning> {
        self.window_in_session(t, score, None, sink)
    }

    /// The same, with the score of the window in this session where one was learnt. That
    /// has evidence of its own, which only adds a way to lock: [`Decider::evidence`] is the
    /// lesser of both.
    pub fn window_in_session(
        &mut self,
        t: SampleTime,
        score: Score,
        in_session: Option<Score>,
        sink: &mut impl FnMut(Decision),
    ) -> Option<Warning> {
        let (step, before) = self.begin_window(t, sink)?;
        self.score = Some(score);
        self.context = Some(Context::Moving);
        let least = match self.trusted_until {
            // In a lock there is no trust to keep: whatever locked meanwhile, the device lying
            // still or samples missing, the whole way up has to be earned.
            Some(until) if t < until && self.held.0 != State::Lock => self.policy.start,
            _ => 0.0,
        };
        let weight = self.calibration.weight(score);
        let whole = self.moved(before.whole, weight, step, least);
        let weight_in_session = match in_session {
            Some(score) => self.calibration.within_session().weight(score),
            None => weight,
        };
        self.level = Level {
            at: t,
            whole,
            in_session: self.moved(before.in_session, weight_in_session, step, least),
            draining: false,
        };
        self.judge(t, score, sink);
        let decisive = if self.level.in_session < whole {
            weight_in_session
        } else {
            weight
        };
        let lost = (self.level.evidence() < before.evidence()).then_some(-decisive);
        self.warn(t, score, lost)
    }

    /// Evidence after a window of this weight that counts for `step`, from `least` to 1.
    fn moved(&self, evidence: f64, weight: f64, step: Duration, least: f64) -> f64 {
        let full = if weight > 0.0 {
            self.policy.gain
        } else {
            self.policy.lose
        };
        let moved = evidence + weight * step.as_secs_f64() / full.as_secs_f64();
        moved.clamp(least, 1.0)
    }

    /// Whether the windows seen until now are believed to be the owner's, so that something
    /// may be learnt of their session.
    pub fn believes(&self) -> bool {
        self.held.0 != State::Lock && self.level.evidence() >= BELIEVED
    }

    /// The warning that is due after a window; `lost` is the size of its weight where it
    /// lowered evidence.
    fn warn(&mut self, t: SampleTime, score: Score, lost: Option<f64>) -> Option<Warning> {
        let evidence = self.level.evidence();
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

    /// The reason of a lock that a window with this score leads to.
    fn reason_of(score: Score) -> Reason {
        if score.0.is_finite() {
            Reason::Evidence
        } else {
            Reason::ModelFailed
        }
    }

    /// The device was at rest in the window that ended at `t`. Such a window has no
    /// score, and evidence falls from 1 to 0 over [`Policy::rest`].
    pub fn at_rest(&mut self, t: SampleTime, sink: &mut impl FnMut(Decision)) {
        let Some((_, level)) = self.begin_window(t, sink) else {
            return;
        };
        self.context = Some(Context::AtRest);
        if !self.level.draining {
            self.level = Level {
                at: t,
                draining: true,
                ..level
            };
            self.advance(t, sink);
        }
        if self.state().0 != State::Lock {
            self.publish(t, State::Inconclusive, Reason::AtRest, sink);
        }
    }

    /// Notes a window at `t` and returns the time it counts for and the level before it;
    /// `None` during a pause.
    fn begin_window(
        &mut self,
        t: SampleTime,
        sink: &mut impl FnMut(Decision),
    ) -> Option<(Duration, Level)> {
        self.frame(t, sink);
        if self.is_paused() {
            return None;
        }
        let step = t.since(self.last_window).min(LONGEST_STEP);
        self.last_window = t;
        self.seen_a_window = true;
        Some((step, self.level_at(t)))
    }

    fn judge(&mut self, t: SampleTime, score: Score, sink: &mut impl FnMut(Decision)) {
        let evidence = self.level.evidence();
        if evidence <= self.policy.lock_below {
            self.established = false;
            // A lock keeps the reason it was entered with.
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

    /// The earliest deadline and what it leads to; `None` in a lock or a pause.
    fn next_deadline(&self) -> Option<(SampleTime, State, Reason)> {
        let (state, reason) = self.state();
        if state == State::Lock || self.is_paused() {
            return None;
        }
        let policy = &self.policy;
        let lock = |t: SampleTime, after, why| Some((t.after(after), State::Lock, why));
        let drained = (self.level.evidence() - policy.lock_below).max(0.0);
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

    /// Shifts every stored time back with the clock, so that setting it back extends no
    /// deadline.
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
