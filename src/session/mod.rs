//! The owner's session: whether it is the one in use, whether its screen is locked, and
//! asking it to lock.
//!
//! Calls logind, or elogind, which has the same name on the system bus. All calls to it
//! are in `login1`; `accounts` asks AccountsService whether the owner has a password.
//! No call unlocks a screen. Without a session
//! manager decisions are still published, and a lock only runs the fallback command.
//! docs/session.md says what is called when.
//! org.freedesktop.login1(5)

mod accounts;
mod config;
mod fallback;
mod login1;
mod monitor;
mod owner_session;
mod pending_lock;
mod reading;
mod signals;
mod sleep;

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

pub use config::{FollowSession, SessionConfig};
pub use owner_session::{NoScreen, OwnerSession, Screen};

use crate::decide::Pause;
use crate::motion::SampleTime;
use crate::publish::{Event, ScreenState, SessionStatus, Unconfirmed};
use fallback::Fallback;
use login1::Login1;
use pending_lock::PendingLock;

/// The first wait before a missing session manager is looked for again.
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// The longest such wait; it doubles from [`FIRST_LOOK`] up to this.
const RARE_LOOK: Duration = Duration::from_secs(60);

/// What a change of the session means for decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SessionChange {
    /// Decisions pause from now on.
    Paused(Pause),
    /// Decisions resume.
    Resumed,
    /// The locked screen was unlocked, which counts as proof that it is the owner.
    Authenticated,
}

/// The state has become lock, so the screen is to be locked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockRequest {
    /// Time of the lock on the sensors' clock; `None` if before the first sample.
    pub t: Option<SampleTime>,
}

/// Receives what the session has to report.
pub trait SessionListener: Send + Sync {
    /// The session has changed in a way that matters to decisions.
    fn changed(&self, change: SessionChange);
    /// Blocks until the sensors are off, if they are to be, or a time limit.
    fn wait_until_sensors_off(&self);
    /// Publishes an event.
    fn publish(&self, event: &Event);
    /// Sets the session in the answers to status requests.
    fn show(&self, session: SessionStatus);
}

/// Why no session can be followed.
#[derive(Debug, Error)]
pub enum SessionError {
    /// The bus or the session manager is missing, or refused a call.
    #[error("no session manager (logind or elogind) answers on the system bus: {0}")]
    Bus(#[from] zbus::Error),
    /// The session manager has left the bus.
    #[error("the session manager has gone")]
    Gone,
}

impl SessionError {
    /// Whether only the object that was called is missing, and not the session manager.
    fn is_about_an_object(&self) -> bool {
        let unknown = "org.freedesktop.DBus.Error.UnknownObject";
        matches!(self, Self::Bus(zbus::Error::MethodError(name, ..)) if name.as_str() == unknown)
    }
}

/// Follows the owner's session and asks it to lock.
pub struct Session {
    config: SessionConfig,
    owner: watch::Receiver<Option<u32>>,
    lock: watch::Receiver<Option<LockRequest>>,
    listener: Arc<dyn SessionListener>,
    /// The wanted lock until the screen is seen locked; `None` without one.
    pending: Option<PendingLock>,
    /// Whether a proof has answered the wanted lock, which the worker may not know yet.
    answered: bool,
    /// Whether `lock_unconfirmed` was published of the wanted lock.
    said_unconfirmed: bool,
    /// The owner who can log in without a password, as AccountsService told last.
    without_password: Option<u32>,
    /// The owner's session as it was read last, of whichever session manager.
    last: OwnerSession,
}

impl Session {
    /// Follows the session of `owner`, or without an owner the active one, and asks it to
    /// lock whenever `lock` becomes `Some`.
    pub fn new(
        config: SessionConfig,
        owner: watch::Receiver<Option<u32>>,
        mut lock: watch::Receiver<Option<LockRequest>>,
        listener: Arc<dyn SessionListener>,
    ) -> Self {
        // So that a lock that is wanted already is asked for too.
        lock.mark_changed();
        Self {
            config,
            owner,
            lock,
            listener,
            pending: None,
            answered: false,
            said_unconfirmed: false,
            without_password: None,
            last: OwnerSession::default(),
        }
    }

    /// An error unless a session manager answers.
    pub async fn probe() -> Result<(), SessionError> {
        Login1::connect().await.map(|_| ())
    }

    /// The session of `owner`, or without an owner the active one, as it is now.
    pub async fn look(seat: &str, owner: Option<u32>) -> Result<OwnerSession, SessionError> {
        OwnerSession::read(&Login1::connect().await?, seat, owner).await
    }

    /// Follows the session, and looks for a session manager while there is none. Never
    /// returns.
    pub async fn run(mut self) {
        if self.config.enabled == FollowSession::No {
            while self.lock.changed().await.is_ok() {
                if self.lock.borrow_and_update().is_some() {
                    self.fall_back();
                }
            }
            return pending().await;
        }
        let mut pause = FIRST_LOOK;
        let mut said = false;
        loop {
            let mut answered = false;
            let why = match Login1::connect().await {
                Ok(login) => self.monitor(login, &mut answered).await,
                Err(why) => why,
            };
            if answered {
                (pause, said) = (FIRST_LOOK, false);
            }
            if !said {
                tracing::warn!(%why, "the screen is neither followed nor locked");
                said = true;
            }
            // Without a session manager the end of a pause could not be noticed.
            self.listener.changed(SessionChange::Resumed);
            self.report_screen(ScreenState::NoSessionManager);
            self.serve_alone(Instant::now() + pause).await;
            pause = (2 * pause).min(RARE_LOOK);
        }
    }

    /// Without a session manager until `until`: locks are unconfirmed at once.
    async fn serve_alone(&mut self, until: Instant) {
        loop {
            tokio::select! {
                () = sleep_until(until) => return,
                Ok(()) = self.lock.changed() => {
                    self.begin();
                    self.publish_unconfirmed(Some(Unconfirmed::NoSessionManager));
                }
            }
        }
    }

    /// Makes the lock that is wanted now the pending one; none if none is wanted.
    fn begin(&mut self) {
        let wanted = *self.lock.borrow_and_update();
        self.pending = wanted.map(|lock| PendingLock::new(lock, &self.config));
        (self.answered, self.said_unconfirmed) = (false, false);
    }

    /// Asks again for a lock that is still wanted after the screen was unlocked without
    /// proof that it was the owner. Does nothing if there is no owner.
    fn lock_again(&mut self) {
        let wanted = *self.lock.borrow();
        if let Some(lock) = wanted.filter(|_| self.owner.borrow().is_some()) {
            self.pending = Some(PendingLock::reopened(lock, &self.config));
        }
    }

    /// Asks for a lock that is still wanted although one screen was locked: another of the
    /// owner's is open. Does nothing while a lock is pending or answered, nor before a change
    /// of what is wanted was heeded, nor without an owner.
    fn lock_another(&mut self) {
        let wanted = *self.lock.borrow();
        let heeded = matches!(self.lock.has_changed(), Ok(false));
        if let Some(lock) = wanted
            && heeded
            && !self.answered
            && self.pending.is_none()
            && self.owner.borrow().is_some()
        {
            tracing::warn!("another session of the owner is open in a lock");
            let said = self.said_unconfirmed;
            self.pending = Some(PendingLock::of_another(lock, &self.config, said));
        }
    }

    /// Takes what AccountsService tells of `owner`. Where it tells nothing, what it told of the
    /// same owner before holds: it may have ended, and they have no password yet.
    fn learn_password(&mut self, owner: Option<u32>, needs_none: Option<bool>) {
        let before = self.without_password.filter(|its| Some(*its) == owner);
        self.without_password = match needs_none {
            Some(true) => owner,
            Some(false) => None,
            None => before,
        };
        if self.without_password.is_some() && before.is_none() {
            tracing::warn!(
                "the owner has no password: a lock protects nothing, and opening the screen \
                 proves nobody"
            );
        }
    }

    /// Whether unlocking the screen counts as proof that it is the owner.
    fn unlock_proves_owner(&self) -> bool {
        self.config.unlock_proves_owner && self.without_password.is_none()
    }

    fn report_screen(&self, screen: ScreenState) {
        self.listener.show(SessionStatus {
            screen: screen.into(),
            unlock_proves_owner: self.unlock_proves_owner(),
        });
    }

    /// Publishes `lock_unconfirmed` and runs the fallback, once for each lock. Without
    /// `reason` it is that of the newest attempt.
    fn publish_unconfirmed(&mut self, reason: Option<Unconfirmed>) {
        let Some(pending) = self.pending.as_mut().filter(|pending| !pending.overdue) else {
            return;
        };
        pending.mark_overdue();
        self.said_unconfirmed = true;
        let (attempts, reason) = (pending.asked, reason.unwrap_or(pending.trouble));
        tracing::error!(?reason, attempts, "the screen may be open");
        self.listener.publish(&Event::LockUnconfirmed {
            t_ns: pending.lock.t,
            attempts,
            reason: reason.into(),
        });
        self.fall_back();
    }

    fn fall_back(&self) {
        if let Some(fallback) = Fallback::of(&self.config) {
            tokio::spawn(fallback.run());
        }
    }
}
