//! Tracks the live session by its unlocks, locks and pauses, and gathers the windows of one
//! that began with the owner's proof. A pure machine, driven by the worker.

use std::time::Duration;

use ndarray::ArrayView1;

use crate::decide::{Pause, Reason, State};
use crate::enrol::adaptation::{JUDGED_WINDOWS, LEAST_WINDOWS, Label, SessionWindows};
use crate::session::SessionChange;

/// How soon after a lock the secret has to be entered for the lock to have been false.
const ANSWER: Duration = Duration::from_secs(30);

/// The present session. Times are of one clock that never stands, which is CLOCK_BOOTTIME.
#[derive(Debug)]
pub struct SessionTracker {
    phase: Phase,
    windows: SessionWindows,
    /// The earliest lock by evidence since the last proof: a later one that is answered at once
    /// does not answer it.
    lock: Option<Lock>,
    answered: Option<LockAnswer>,
    /// Number of the newest outcome that has to be heeded.
    outcomes: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Nobody has proved anything since the last pause.
    Unproven,
    /// The screen was just opened with the secret.
    Opened,
    /// The session goes on, and its windows are gathered.
    Running,
    /// Evidence has locked in it.
    Locked,
}

/// A lock by evidence.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lock {
    /// At this time.
    At(Duration),
    /// Before the daemon began.
    Before,
}

/// How the newest lock by evidence was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Answer {
    /// With the secret within [`ANSWER`]: the lock was false.
    AtOnce,
    /// With the secret, but later.
    Later,
    /// Later, and its owner has said since that it was them.
    LaterAndTold,
}

/// The answer to a lock by evidence, and the number of the outcome that it came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LockAnswer {
    pub answer: Answer,
    pub number: u64,
}

/// What has to be done after a notice of the session manager.
#[derive(Debug, Default, PartialEq)]
pub struct Outcome {
    /// Counts those in which there is something to do, from 1 on, so that what is said of one
    /// later finds it; 0 for the others.
    pub number: u64,
    /// A session that may be judged.
    pub ended: Option<(SessionWindows, Label)>,
    /// The lock before this was false.
    pub false_lock: bool,
    /// A lock was not answered at once, so that a stranger may have had the device.
    pub stranger: bool,
    /// Somebody has entered the secret.
    pub proof: bool,
}

impl SessionTracker {
    /// No session yet; `locked` if the state is lock from before.
    pub fn new(columns: usize, locked: bool) -> Self {
        Self {
            phase: Phase::Unproven,
            windows: SessionWindows::with_room(columns, JUDGED_WINDOWS),
            lock: locked.then_some(Lock::Before),
            answered: None,
            outcomes: 0,
        }
    }

    /// Number of the next outcome in which there is something to do.
    pub(super) fn next_number(&self) -> u64 {
        self.outcomes + 1
    }

    /// Whether it wants windows now.
    pub fn is_gathering(&self) -> bool {
        self.phase == Phase::Running && !self.windows.is_full()
    }

    /// Takes a window's embedding. Allocates nothing.
    pub fn window(&mut self, embedding: ArrayView1<'_, f32>) {
        if self.is_gathering() {
            self.windows.push(embedding);
        }
    }

    /// Forgets the session, as when the owner changes.
    pub(super) fn forget(&mut self) {
        self.phase = Phase::Unproven;
        self.windows.clear();
        self.lock = None;
        self.answered = None;
    }

    /// Takes note of a new state.
    pub fn decided(&mut self, state: (State, Reason), now: Duration) {
        match state {
            (State::Lock, Reason::Evidence) => {
                self.lock.get_or_insert(Lock::At(now));
                if matches!(self.phase, Phase::Running | Phase::Opened) {
                    self.phase = Phase::Locked;
                }
            }
            // Of such a lock nobody can say later whether it was false.
            (State::Lock, _) => self.drop_windows(),
            // Motion has ended the lock of a screen that nothing locked. Nobody has proved
            // themselves, so whose windows these are is not known.
            _ if self.phase == Phase::Locked => self.drop_windows(),
            _ => {}
        }
    }

    /// Takes note of what the session manager has said.
    pub fn changed(&mut self, change: SessionChange, now: Duration) -> Outcome {
        let outcome = match change {
            SessionChange::Authenticated => self.proof(now),
            SessionChange::Resumed => {
                self.phase = match self.phase {
                    Phase::Opened => Phase::Running,
                    Phase::Locked => Phase::Locked,
                    // The session manager was lost, and the screen with it from sight.
                    Phase::Running | Phase::Unproven => Phase::Unproven,
                };
                Outcome::default()
            }
            SessionChange::Paused(why) => self.pause(why),
        };
        if outcome == Outcome::default() {
            return outcome;
        }
        let number = self.next_number();
        self.outcomes = number;
        Outcome { number, ..outcome }
    }

    /// How the newest lock by evidence was answered, of which its owner has something to say;
    /// an error says why it cannot be called `what`.
    pub(super) fn answered(&self, what: &str) -> Result<LockAnswer, String> {
        self.answered.ok_or_else(|| {
            format!(
                "no lock by evidence was opened with the secret since graspd began or since it \
                 was last said, so there is nothing to call {what}"
            )
        })
    }

    /// The owner has said of the lock with this answer that it was false.
    pub(super) fn said_false(&mut self, of: LockAnswer) {
        if self.answered == Some(of) && of.answer == Answer::Later {
            let answer = Answer::LaterAndTold;
            self.answered = Some(LockAnswer { answer, ..of });
        }
    }

    /// The owner has said of the lock with this answer that it was right.
    pub(super) fn said_right(&mut self, of: LockAnswer) {
        self.answered.take_if(|answered| *answered == of);
    }

    fn proof(&mut self, now: Duration) -> Outcome {
        let mut outcome = Outcome {
            proof: true,
            ..Outcome::default()
        };
        if let Some(lock) = self.lock.take() {
            let at_once = matches!(lock, Lock::At(at) if now.saturating_sub(at) <= ANSWER);
            outcome.false_lock = at_once;
            outcome.stranger = !at_once;
            self.answered = Some(LockAnswer {
                answer: match at_once {
                    true => Answer::AtOnce,
                    false => Answer::Later,
                },
                number: self.next_number(),
            });
            if at_once && self.phase == Phase::Locked {
                outcome.ended = self.take(Label::FalseLock);
            }
        }
        self.windows.clear();
        self.phase = Phase::Opened;
        outcome
    }

    fn pause(&mut self, why: Pause) -> Outcome {
        let mut outcome = Outcome::default();
        match self.phase {
            Phase::Running => outcome.ended = self.take(Label::Undisturbed),
            // Until the screen is opened, or another pause.
            Phase::Locked if why == Pause::ScreenLocked => return outcome,
            Phase::Opened | Phase::Locked | Phase::Unproven => {}
        }
        self.drop_windows();
        outcome
    }

    /// The windows, if they are enough to be judged.
    fn take(&mut self, label: Label) -> Option<(SessionWindows, Label)> {
        let enough = self.windows.len() >= LEAST_WINDOWS;
        enough.then(|| (self.windows.take(), label))
    }

    fn drop_windows(&mut self) {
        self.windows.clear();
        self.phase = Phase::Unproven;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ndarray::arr1;
    use proptest::prelude::*;

    const LOCK: (State, Reason) = (State::Lock, Reason::Evidence);
    const LOCKED: SessionChange = SessionChange::Paused(Pause::ScreenLocked);

    fn seconds(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    fn opened() -> SessionTracker {
        let mut session = SessionTracker::new(1, false);
        assert!(
            session
                .changed(SessionChange::Authenticated, seconds(0))
                .proof
        );
        session.changed(SessionChange::Resumed, seconds(0));
        session
    }

    fn use_it(session: &mut SessionTracker, windows: usize) {
        for _ in 0..windows {
            session.window(arr1(&[1.0]).view());
        }
    }

    fn ended(outcome: &Outcome) -> Option<(usize, Label)> {
        let (windows, label) = outcome.ended.as_ref()?;
        Some((windows.len(), *label))
    }

    #[test]
    fn a_proven_session_is_judged_when_it_ends() {
        let mut session = opened();
        use_it(&mut session, 200);
        let outcome = session.changed(LOCKED, seconds(300));
        assert_eq!(ended(&outcome), Some((200, Label::Undisturbed)));
        // What follows begins with another proof, or is nobody's.
        session.changed(SessionChange::Resumed, seconds(310));
        use_it(&mut session, 200);
        assert_eq!(session.changed(LOCKED, seconds(600)), Outcome::default());
    }

    #[test]
    fn its_windows_are_the_first_ones_and_too_few_are_none() {
        let mut session = opened();
        use_it(&mut session, 10 * JUDGED_WINDOWS);
        assert!(!session.is_gathering());
        let outcome = session.changed(LOCKED, seconds(9000));
        assert_eq!(ended(&outcome), Some((JUDGED_WINDOWS, Label::Undisturbed)));
        let mut session = opened();
        use_it(&mut session, LEAST_WINDOWS - 1);
        assert_eq!(ended(&session.changed(LOCKED, seconds(60))), None);
    }

    #[test]
    fn a_lock_that_the_secret_follows_at_once_was_false() {
        let mut session = opened();
        use_it(&mut session, 150);
        session.decided(LOCK, seconds(200));
        use_it(&mut session, 20);
        assert_eq!(session.changed(LOCKED, seconds(201)), Outcome::default());
        let outcome = session.changed(SessionChange::Authenticated, seconds(230));
        assert!(outcome.false_lock && !outcome.stranger);
        assert_eq!(ended(&outcome), Some((150, Label::FalseLock)));
        let answered = session.answered("false").unwrap();
        assert_eq!(
            (answered.answer, answered.number),
            (Answer::AtOnce, outcome.number)
        );
        session.said_false(answered);
        assert_eq!(session.answered("right"), Ok(answered));
        session.said_right(answered);
        assert!(session.answered("right").is_err());
    }

    #[test]
    fn a_lock_that_is_opened_later_speaks_of_a_stranger_whatever_is_said() {
        let mut session = opened();
        use_it(&mut session, 150);
        session.decided(LOCK, seconds(200));
        session.changed(LOCKED, seconds(201));
        assert!(session.answered("false").is_err(), "it is not opened yet");
        let outcome = session.changed(SessionChange::Authenticated, seconds(231));
        assert!(outcome.stranger && !outcome.false_lock);
        assert_eq!(ended(&outcome), None);
        let answered = session.answered("false").unwrap();
        assert_eq!(answered.answer, Answer::Later);
        session.said_false(answered);
        let told = session.answered("false").unwrap();
        assert_eq!(
            (told.answer, told.number),
            (Answer::LaterAndTold, outcome.number)
        );
        session.said_right(answered);
        assert_eq!(session.answered("right"), Ok(told), "another was told");
    }

    #[test]
    fn a_lock_from_before_the_daemon_is_not_taken_for_a_false_one() {
        let mut session = SessionTracker::new(1, true);
        let outcome = session.changed(SessionChange::Authenticated, seconds(5));
        assert!(outcome.stranger && !outcome.false_lock);
    }

    #[test]
    fn a_lock_without_evidence_ends_a_session_unjudged() {
        let mut session = opened();
        use_it(&mut session, 150);
        session.decided((State::Lock, Reason::SensorLost), seconds(200));
        session.changed(LOCKED, seconds(201));
        let outcome = session.changed(SessionChange::Authenticated, seconds(205));
        assert_eq!(
            (ended(&outcome), outcome.false_lock, outcome.stranger),
            (None, false, false)
        );
    }

    #[test]
    fn a_lock_that_nobody_answered_is_not_answered_by_the_secret_after_another() {
        let mut session = opened();
        use_it(&mut session, 150);
        session.decided(LOCK, seconds(200));
        // Nothing locks the screen, and motion ends the lock.
        session.decided((State::Unlock, Reason::Evidence), seconds(260));
        assert!(!session.is_gathering());
        session.decided(LOCK, seconds(300));
        session.changed(LOCKED, seconds(301));
        let outcome = session.changed(SessionChange::Authenticated, seconds(310));
        assert!(outcome.stranger && !outcome.false_lock);
        assert_eq!(ended(&outcome), None);
        // Neither is one from before the daemon.
        let mut session = SessionTracker::new(1, true);
        session.decided((State::Unlock, Reason::Evidence), seconds(60));
        session.decided(LOCK, seconds(100));
        let outcome = session.changed(SessionChange::Authenticated, seconds(105));
        assert!(outcome.stranger && !outcome.false_lock);
    }

    #[test]
    fn a_session_that_was_lost_from_sight_is_not_judged() {
        let mut session = opened();
        use_it(&mut session, 150);
        // The session manager has gone.
        session.changed(SessionChange::Resumed, seconds(100));
        use_it(&mut session, 150);
        assert_eq!(ended(&session.changed(LOCKED, seconds(300))), None);
    }

    proptest! {
        /// Whatever happens, nothing is judged that did not begin with a proof, and no lock is
        /// called false without the secret within half a minute.
        #[test]
        fn nothing_is_judged_without_a_proof(
            steps in prop::collection::vec((0u8..7, 0u64..60), 1..60),
        ) {
            let mut session = SessionTracker::new(1, false);
            let (mut now, mut proven, mut locked) = (0, false, None);
            for (step, wait) in steps {
                now += wait;
                let at = seconds(now);
                let outcome = match step {
                    0 => session.changed(SessionChange::Authenticated, at),
                    1 => session.changed(SessionChange::Resumed, at),
                    2 => session.changed(LOCKED, at),
                    3 => session.changed(SessionChange::Paused(Pause::Asleep), at),
                    4 => {
                        session.decided(LOCK, at);
                        locked.get_or_insert(now);
                        continue;
                    }
                    5 => {
                        session.decided((State::Unlock, Reason::Evidence), at);
                        proven &= locked.is_none();
                        continue;
                    }
                    _ => {
                        use_it(&mut session, 130);
                        continue;
                    }
                };
                if let Some((_, label)) = outcome.ended {
                    prop_assert!(proven);
                    prop_assert_eq!(label == Label::FalseLock, outcome.false_lock);
                    prop_assert_eq!(label == Label::Undisturbed, locked.is_none());
                }
                if outcome.false_lock {
                    prop_assert!(step == 0 && locked.is_some_and(|at| now - at <= 30));
                }
                match step {
                    0 => (proven, locked) = (true, None),
                    2 | 3 if locked.is_none() => proven = false,
                    _ => {}
                }
            }
        }
    }
}
