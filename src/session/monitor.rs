//! Follows the session by the session manager's signals and properties, and asks it to
//! lock, while a session manager answers.
//!
//! Signals may get lost, so all that they tell is also read every ten seconds, and every
//! three while sleep is near.

use std::collections::HashMap;
use std::future::pending;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};
use zbus::Message;
use zbus::zvariant::{OwnedFd, Value};

use super::login1::{Login1, MANAGER, PROPERTIES, SESSION};
use super::owner_session::{NoScreen, OwnerSession, Screen};
use super::sleep::Sleep;
use super::{Session, SessionChange, SessionError};
use crate::decide::Pause;
use crate::publish::{Event, Unconfirmed};

/// How often everything is read again. The clock does not run in sleep.
const REREAD: Duration = Duration::from_secs(10);
/// The same between the announcement of sleep and its end.
const REREAD_NEAR_SLEEP: Duration = Duration::from_secs(3);
/// Attempts to read a session, which may end between the calls.
const READ_ATTEMPTS: u32 = 3;

/// A connected session manager, and the newest that is known from it.
struct Monitor<'a> {
    session: &'a mut Session,
    login: Login1,
    seen: OwnerSession,
    sleep: Sleep,
    /// The pause reported last, `Some(None)` for no pause; `None` before the first report.
    reported: Option<Option<Pause>>,
    /// Descriptor that delays sleep while it is open; `None` while sleep is not delayed.
    inhibitor: Option<OwnedFd>,
    inhibitor_refused: bool,
    next_read: Instant,
}

impl Session {
    /// Follows the session until the session manager fails, and returns why. `answered` is
    /// set once everything has been read.
    pub(super) async fn monitor(&mut self, login: Login1, answered: &mut bool) -> SessionError {
        if let Some(pending) = &mut self.pending {
            pending.due = Instant::now();
        }
        let mut monitor = Monitor {
            session: self,
            login,
            seen: OwnerSession::default(),
            sleep: Sleep::default(),
            reported: None,
            inhibitor: None,
            inhibitor_refused: false,
            next_read: Instant::now(),
        };
        let Err(why) = monitor.run(answered).await;
        // Without a session manager a pending lock cannot be confirmed.
        self.publish_unconfirmed(Some(Unconfirmed::NoSessionManager));
        why
    }
}

impl Monitor<'_> {
    async fn run(&mut self, answered: &mut bool) -> Result<std::convert::Infallible, SessionError> {
        let mut signals = self.login.signals().await?;
        self.read().await?;
        *answered = true;
        loop {
            let due = self.session.pending.as_ref().map(|pending| pending.due);
            let lock_is_due = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                signal = signals.next() => self.receive(&signal?).await?,
                Ok(()) = self.session.lock.changed() => {
                    self.session.begin();
                    // The screen may be locked already.
                    self.confirm();
                }
                () = lock_is_due => self.ask_for_lock().await,
                Ok(()) = self.session.owner.changed() => self.read().await?,
                () = sleep_until(self.next_read) => self.read().await?,
            }
        }
    }

    async fn receive(&mut self, signal: &Message) -> Result<(), SessionError> {
        let header = signal.header();
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        let interface = word(header.interface().map(|name| name.as_str()));
        let member = word(header.member().map(|name| name.as_str()));
        match (interface.as_str(), member.as_str()) {
            (MANAGER, "PrepareForSleep") => {
                let begins = signal.body().deserialize()?;
                self.sleep.signalled(begins, Instant::now());
                if begins {
                    self.apply_sleep().await;
                } else {
                    self.report();
                    self.read().await?;
                }
            }
            (MANAGER, "SessionNew" | "SessionRemoved") => self.read().await?,
            (PROPERTIES, "PropertiesChanged") => {
                let ours = header.path().map(|path| path.as_str())
                    == self.seen.path.as_ref().map(|path| path.as_str());
                let has_screen = matches!(self.seen.screen, Screen::Open | Screen::Locked);
                match locked_hint(signal)?.filter(|_| ours && has_screen) {
                    // Reading the property instead would miss a lock that ended at once.
                    Some(locked) => {
                        let screen = if locked { Screen::Locked } else { Screen::Open };
                        self.update(OwnerSession {
                            screen,
                            ..self.seen.clone()
                        });
                    }
                    None => self.read().await?,
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Reads session and sleep again, and applies what has changed.
    async fn read(&mut self) -> Result<(), SessionError> {
        let owner = *self.session.owner.borrow_and_update();
        let preparing = self.login.is_preparing_for_sleep().await?;
        let session = self.read_session(owner).await?;
        if session.path.is_none() && (self.reported.is_none() || self.seen.path.is_some()) {
            tracing::warn!(?owner, "the owner has no session: nothing is decided");
        }
        self.sleep.read(preparing, Instant::now());
        if session.is_locked() || session.path != self.seen.path {
            self.read_password(owner).await;
        }
        self.update(session);
        self.apply_sleep().await;
        Ok(())
    }

    async fn read_session(&self, owner: Option<u32>) -> Result<OwnerSession, SessionError> {
        for _ in 0..READ_ATTEMPTS {
            match OwnerSession::read(&self.login, &self.session.config.seat, owner).await {
                Err(why) if why.is_about_an_object() => {}
                read => return read,
            }
        }
        // The session manager still names a session that does not exist.
        Ok(OwnerSession::default())
    }

    async fn read_password(&mut self, owner: Option<u32>) {
        let needs_none = match owner {
            Some(owner) => self.login.needs_no_password(owner).await,
            None => None,
        };
        self.session.learn_password(owner, needs_none);
    }

    fn update(&mut self, session: OwnerSession) {
        let before = std::mem::replace(&mut self.seen, session);
        if self.seen.was_used_since(&before) {
            self.sleep.screen_was_used();
        }
        if self.seen.was_opened_since(&before) {
            self.opened();
        }
        // As where a display manager logs in anew, or the session manager was replaced.
        if self.seen.is_in_use() {
            self.session.lock_another();
        }
        let changed = self.seen.path != before.path;
        if let Some(pending) = self.session.pending.as_mut().filter(|_| changed) {
            pending.due = Instant::now();
        }
        self.session.report_screen(self.seen.screen.into());
        self.report();
        self.confirm();
    }

    /// The screen was unlocked.
    fn opened(&mut self) {
        if self.session.unlock_proves_owner() {
            tracing::info!("the screen was opened, which counts as the owner's proof");
            self.session.listener.changed(SessionChange::Authenticated);
            self.session.answered = true;
            return;
        }
        tracing::info!("the screen was opened, which proves nobody");
        self.session.lock_again();
    }

    /// Publishes `lock_confirmed` if a lock is pending and the screen is locked.
    fn confirm(&mut self) {
        if self.seen.is_locked()
            && let Some(pending) = self.session.pending.take()
        {
            tracing::info!(attempts = pending.asked, "the screen is locked");
            self.session.listener.publish(&Event::LockConfirmed {
                t_ns: pending.lock.t,
                attempts: pending.asked,
            });
        }
    }

    fn report(&mut self) {
        let pause = if self.sleep.is_announced() {
            Some(Pause::Asleep)
        } else {
            self.seen.pause()
        };
        if self.reported.replace(pause) != Some(pause) {
            let change = pause.map_or(SessionChange::Resumed, SessionChange::Paused);
            self.session.listener.changed(change);
        }
    }

    async fn ask_for_lock(&mut self) {
        let Some(pending) = &mut self.session.pending else {
            return;
        };
        if pending.is_exhausted() {
            self.session.publish_unconfirmed(None);
            return;
        }
        let trouble = match (&self.seen.path, self.seen.screen) {
            (None, _) | (_, Screen::None(NoScreen::NoSession)) => Unconfirmed::NoSession,
            (Some(_), Screen::None(_)) => Unconfirmed::NotLockable,
            (Some(session), Screen::Open | Screen::Locked) => {
                pending.asked += 1;
                match self.login.lock(session).await {
                    Ok(()) => Unconfirmed::Ignored,
                    Err(why) => {
                        tracing::error!(%why, "the session cannot be locked");
                        Unconfirmed::Refused
                    }
                }
            }
        };
        pending.tried(trouble);
    }

    /// If sleep is announced, waits until the sensors are off and then stops delaying it.
    /// If the system is awake, delays the next sleep.
    async fn apply_sleep(&mut self) {
        self.report();
        let mut reread = REREAD;
        match self.sleep {
            Sleep::Announced(_) => {
                reread = REREAD_NEAR_SLEEP;
                if let Some(inhibitor) = self.inhibitor.take() {
                    let listener = Arc::clone(&self.session.listener);
                    // Fails only if the daemon is ending, which switches them off too.
                    let _ = spawn_blocking(move || listener.wait_until_sensors_off()).await;
                    drop(inhibitor);
                }
            }
            // Sleep may still be about to begin, and must not be delayed again.
            Sleep::AwakeUnsaid => reread = REREAD_NEAR_SLEEP,
            Sleep::Awake => self.delay_sleep().await,
        }
        self.next_read = Instant::now() + reread;
    }

    async fn delay_sleep(&mut self) {
        if self.inhibitor.is_some() {
            return;
        }
        match self.login.delay_sleep().await {
            Ok(inhibitor) => {
                self.inhibitor = Some(inhibitor);
                self.inhibitor_refused = false;
            }
            Err(why) => {
                if !std::mem::replace(&mut self.inhibitor_refused, true) {
                    tracing::warn!(%why, "sleep will not wait for the sensors");
                }
            }
        }
    }
}

/// `LockedHint` in a `PropertiesChanged` signal of a session; `None` if it has none.
fn locked_hint(signal: &Message) -> Result<Option<bool>, SessionError> {
    type Changed<'a> = (&'a str, HashMap<&'a str, Value<'a>>, Vec<&'a str>);
    let body = signal.body();
    let (interface, changed, _): Changed<'_> = body.deserialize()?;
    Ok(match changed.get("LockedHint") {
        Some(Value::Bool(locked)) if interface == SESSION => Some(*locked),
        _ => None,
    })
}
