//! The session that the owner uses: whether it is the one in use, whether its
//! screen is locked, and asking for the latter.
//!
//! Speaks to logind, or elogind, which has the same name on the system bus.
//! Every call is in `login1`; none of them opens a screen, and no other call
//! is made anywhere. Without a session manager decisions are published all the
//! same, and a lock runs the fallback command alone. docs/session.md says what
//! is called when. org.freedesktop.login1(5)

mod attempt;
mod config;
mod fallback;
mod follow;
mod login1;
mod view;

use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

pub use config::{Enabled, SessionConfig};
pub use view::View;

use crate::decide::Pause;
use crate::motion::SampleTime;
use crate::publish::{Event, Unconfirmed};
use attempt::Attempt;
use fallback::Fallback;
use login1::Login1;

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
    attempt: Option<Attempt>,
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
            attempt: None,
        }
    }

    /// Whether a session manager answers; for those who cannot do without.
    pub async fn probe() -> Result<(), SessionError> {
        Login1::connect().await.map(|_| ())
    }

    /// What would be followed now, of `owner` or else of whoever uses the device.
    pub async fn look(seat: &str, owner: Option<u32>) -> Result<View, SessionError> {
        View::of(&Login1::connect().await?, seat, owner).await
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
            let why = match Login1::connect().await {
                Ok(login) => {
                    (pause, said) = (FIRST_LOOK, false);
                    self.follow(login).await
                }
                Err(why) => why,
            };
            if !said {
                tracing::warn!(%why, "the screen is neither followed nor locked");
                said = true;
            }
            // Whatever held, nobody would say when it ends.
            self.watcher.notice(Notice::Resumed);
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
                    self.give_notice(Some(Unconfirmed::NoSessionManager));
                }
            }
        }
    }

    /// Turns to the lock that is wanted now, if one is.
    fn begin(&mut self) {
        let wanted = *self.lock.borrow_and_update();
        self.attempt = wanted.map(|lock| Attempt::new(lock, &self.config));
    }

    /// Says, once for each lock, that the screen may be open, and tries the
    /// last resort. The reason is the newest trouble unless it is known better.
    fn give_notice(&mut self, reason: Option<Unconfirmed>) {
        let Some(attempt) = self.attempt.as_mut().filter(|attempt| !attempt.overdue) else {
            return;
        };
        attempt.give_notice();
        let (attempts, reason) = (attempt.made, reason.unwrap_or(attempt.trouble));
        tracing::error!(?reason, attempts, "the screen may be open");
        self.watcher.publish(&Event::LockUnconfirmed {
            t_ns: attempt.lock.t,
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
