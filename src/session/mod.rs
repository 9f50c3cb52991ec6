//! The session that the owner uses: whether it is the one in use, whether its
//! screen is locked, and asking for the latter.
//!
//! Speaks to logind, or elogind, which has the same name on the system bus.
//! Every call to it is in `login1`, and `accounts` asks AccountsService whether the
//! owner has a password; none of them opens a screen, and no other call is made
//! anywhere. Without a session manager decisions are published all the same, and a
//! lock runs the fallback command alone. docs/session.md says what is called when.
//! org.freedesktop.login1(5)

mod accounts;
mod config;
mod fallback;
mod login1;
mod monitor;
mod owner_session;
mod pending_lock;
mod sleep;

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

pub use config::{Enabled, SessionConfig};
pub use owner_session::{NoScreen, OwnerSession, Screen};

use crate::decide::Pause;
use crate::motion::SampleTime;
use crate::publish::{Event, ScreenState, SessionStatus, Unconfirmed};
use fallback::Fallback;
use login1::Login1;
use pending_lock::PendingLock;

/// The wait before a session manager that is not there is looked for again, …
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// … which doubles up to this.
const RARE_LOOK: Duration = Duration::from_secs(60);

/// What the session means for decisions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Notice {
    /// Nothing is to be decided from now on.
    Paused(Pause),
    /// Decide again.
    Resumed,
    /// A locked screen was opened: somebody has proved who they are.
    Authenticated,
}

/// The state has become lock, and the screen should.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LockWanted {
    /// When, on the sensors' clock; `None` before the first sample.
    pub t: Option<SampleTime>,
}

/// Whom the session is followed for.
pub trait Watcher: Send + Sync {
    /// Takes note.
    fn notice(&self, notice: Notice);
    /// Blocks until the sensors are off, if any have to be.
    fn let_go(&self);
    /// Tells everyone.
    fn publish(&self, event: &Event);
    /// Shows whoever asks how the session is.
    fn show(&self, session: SessionStatus);
}

/// Why there is no session to follow.
#[derive(Debug, Error)]
pub enum SessionError {
    /// Bus or session manager are not there, or refuse.
    #[error("no session manager (logind or elogind) answers on the system bus: {0}")]
    Bus(#[from] zbus::Error),
    /// It was there.
    #[error("the session manager has gone")]
    Gone,
}

impl SessionError {
    /// Whether only the object that was asked is missing.
    fn is_about_an_object(&self) -> bool {
        let unknown = "org.freedesktop.DBus.Error.UnknownObject";
        matches!(self, Self::Bus(zbus::Error::MethodError(name, ..)) if name.as_str() == unknown)
    }
}

/// Follows the session, and has it locked.
pub struct Session {
    config: SessionConfig,
    owner: watch::Receiver<Option<u32>>,
    lock: watch::Receiver<Option<LockWanted>>,
    watcher: Arc<dyn Watcher>,
    /// The lock that is wanted, until the screen is seen locked.
    pending: Option<PendingLock>,
    /// The owner is let in without a password, as AccountsService says.
    owner_has_no_password: bool,
}

impl Session {
    /// The session of `owner`, of whoever uses the device while there is none.
    /// It is locked whenever a `lock` is wanted anew.
    pub fn new(
        config: SessionConfig,
        owner: watch::Receiver<Option<u32>>,
        mut lock: watch::Receiver<Option<LockWanted>>,
        watcher: Arc<dyn Watcher>,
    ) -> Self {
        // One that is wanted already counts too.
        lock.mark_changed();
        Self {
            config,
            owner,
            lock,
            watcher,
            pending: None,
            owner_has_no_password: false,
        }
    }

    /// Whether a session manager answers; for those who cannot do without.
    pub async fn probe() -> Result<(), SessionError> {
        Login1::connect().await.map(|_| ())
    }

    /// What would be followed now, of `owner` or else of whoever uses the device.
    pub async fn look(seat: &str, owner: Option<u32>) -> Result<OwnerSession, SessionError> {
        OwnerSession::read(&Login1::connect().await?, seat, owner).await
    }

    /// Never returns.
    pub async fn run(mut self) {
        if self.config.enabled == Enabled::No {
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
            // Whatever held, nobody would say when it ends.
            self.watcher.notice(Notice::Resumed);
            self.report_screen(ScreenState::NoSessionManager);
            self.serve_alone(Instant::now() + pause).await;
            pause = (2 * pause).min(RARE_LOOK);
        }
    }

    /// Until then nobody can be asked for a lock.
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

    /// Turns to the lock that is wanted now, if one is.
    fn begin(&mut self) {
        let wanted = *self.lock.borrow_and_update();
        self.pending = wanted.map(|lock| PendingLock::new(lock, &self.config));
    }

    /// A lock that is wanted still, although its screen was locked and opened again by
    /// somebody who proved nothing, is asked for again, as of an owner.
    fn lock_again(&mut self) {
        let wanted = *self.lock.borrow();
        if let Some(lock) = wanted.filter(|_| self.owner.borrow().is_some()) {
            self.pending = Some(PendingLock::reopened(lock, &self.config));
        }
    }

    /// Whether opening the screen counts as the owner's proof.
    fn unlock_proves_owner(&self) -> bool {
        self.config.unlock_proves_owner && !self.owner_has_no_password
    }

    fn report_screen(&self, screen: ScreenState) {
        self.watcher.show(SessionStatus {
            screen: screen.into(),
            unlock_proves_owner: self.unlock_proves_owner(),
        });
    }

    /// Publishes, once for each lock, that the screen may be open, and runs the
    /// fallback. The reason is the newest trouble unless another is given.
    fn publish_unconfirmed(&mut self, reason: Option<Unconfirmed>) {
        let Some(pending) = self.pending.as_mut().filter(|pending| !pending.overdue) else {
            return;
        };
        pending.mark_overdue();
        let (attempts, reason) = (pending.asked, reason.unwrap_or(pending.trouble));
        tracing::error!(?reason, attempts, "the screen may be open");
        self.watcher.publish(&Event::LockUnconfirmed {
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
