//! Follows the session by the session manager's signals and properties, and asks it to
//! lock, while a session manager answers.
//!
//! Signals may get lost, so all that they tell is also read every ten seconds, and every
//! three while sleep is near. Nothing else waits for what is being read.

use std::convert::Infallible;
use std::future::pending;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};
use zbus::zvariant::OwnedFd;

use super::login1::Login1;
use super::owner_session::{NoScreen, OwnerSession, Screen};
use super::reading::Reading;
use super::signals::{PendingSignals, SignalValue, Signals};
use super::sleep::Sleep;
use super::{Session, SessionChange, SessionError};
use crate::decide::Pause;
use crate::publish::{Event, Unconfirmed};

/// How often everything is read again. The clock does not run in sleep.
const REREAD: Duration = Duration::from_secs(10);
/// The same between the announcement of sleep and its end.
const REREAD_NEAR_SLEEP: Duration = Duration::from_secs(3);
/// However many signals come, it is not read again sooner than this after the last time.
const REREAD_SIGNALLED: Duration = Duration::from_millis(250);
/// A lock waits for the first reading for so long. Then the session is asked that was known before,
/// or none.
const FIRST_READING: Duration = Duration::from_secs(1);

/// What is being read.
type Underway = Pin<Box<dyn Future<Output = Result<Reading, SessionError>> + Send>>;

/// A connected session manager, and the newest that is known from it.
struct Monitor<'a> {
    session: &'a mut Session,
    login: Login1,
    signals: Signals,
    began: Instant,
    /// What is being read; let go once a value is heeded that it may be older than.
    reading: Option<Underway>,
    /// When that began, or what was read last.
    read_at: Instant,
    next_read: Instant,
    /// Whether signals have come since then.
    stale: bool,
    seen: OwnerSession,
    /// Whose session that is.
    seen_of: Option<u32>,
    sleep: Sleep,
    /// The pause reported last, `Some(None)` for no pause; `None` before the first reading.
    reported: Option<Option<Pause>>,
    /// Descriptor that delays sleep while it is open; `None` while sleep is not delayed.
    inhibitor: Option<OwnedFd>,
    inhibitor_refused: bool,
}

impl Session {
    /// Follows the session until the session manager fails, and returns why. `answered` is
    /// set once everything has been read.
    pub(super) async fn monitor(&mut self, login: Login1, answered: &mut bool) -> SessionError {
        let Err(why) = self.follow(login, answered).await;
        // Without a session manager a pending lock cannot be confirmed.
        self.publish_unconfirmed(Some(Unconfirmed::NoSessionManager));
        why
    }

    async fn follow(
        &mut self,
        login: Login1,
        answered: &mut bool,
    ) -> Result<Infallible, SessionError> {
        let signals = login.signals().await?;
        let now = Instant::now();
        if let Some(pending) = &mut self.pending {
            pending.due = now;
        }
        let mut monitor = Monitor {
            session: self,
            login,
            signals,
            began: now,
            reading: None,
            read_at: now,
            next_read: now,
            stale: false,
            seen: OwnerSession::default(),
            seen_of: None,
            sleep: Sleep::default(),
            reported: None,
            inhibitor: None,
            inhibitor_refused: false,
        };
        monitor.run(answered).await
    }
}

impl Monitor<'_> {
    async fn run(&mut self, answered: &mut bool) -> Result<Infallible, SessionError> {
        loop {
            let due = self.lock_is_due();
            let lock_is_due = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                pending = self.signals.next(), if self.has_read() => self.heed(pending?).await,
                Ok(()) = self.session.lock.changed() => {
                    self.session.begin();
                    // The screen may be locked already.
                    self.confirm();
                }
                () = lock_is_due => self.ask_for_lock().await,
                Ok(()) = self.session.owner.changed() => self.begin_reading(),
                read = finished(&mut self.reading) => {
                    self.reading = None;
                    self.apply(read?).await;
                    *answered = true;
                }
                () = sleep_until(self.next_read), if self.reading.is_none() => self.begin_reading(),
            }
        }
    }

    /// Whether anything has been read of this session manager.
    fn has_read(&self) -> bool {
        self.reported.is_some()
    }

    /// When the pending lock is to be asked for; `None` without one.
    fn lock_is_due(&self) -> Option<Instant> {
        let due = self.session.pending.as_ref()?.due;
        Some(match self.has_read() {
            true => due,
            false => due.max(self.began + FIRST_READING),
        })
    }

    /// Begins to read session and sleep again. What is being read is let go.
    fn begin_reading(&mut self) {
        self.stale = false;
        self.read_at = Instant::now();
        self.next_read = self.read_at + REREAD;
        let owner = *self.session.owner.borrow_and_update();
        let (login, seat) = (self.login.clone(), self.session.config.seat.clone());
        let known = (self.seen_of, self.seen.path.clone());
        self.reading = Some(Box::pin(Reading::of(login, seat, owner, known)));
    }

    /// Has everything read again soon.
    fn read_soon(&mut self) {
        self.stale = true;
        self.next_read = self.next_read.min(self.read_at + REREAD_SIGNALLED);
    }

    /// What signals have said.
    async fn heed(&mut self, pending: PendingSignals) {
        // It may be older than the values, and would take them back.
        if !pending.values.is_empty() && self.reading.take().is_some() {
            self.read_soon();
        }
        for value in pending.values {
            match value {
                SignalValue::Sleep(begins) => {
                    self.sleep.signalled(begins, Instant::now());
                    if begins {
                        self.apply_sleep().await;
                    } else {
                        self.report();
                        self.read_soon();
                    }
                }
                // Reading the property instead would miss a lock that ended at once.
                SignalValue::Locked(locked)
                    if matches!(self.seen.screen, Screen::Open | Screen::Locked) =>
                {
                    let screen = if locked { Screen::Locked } else { Screen::Open };
                    self.update(OwnerSession {
                        screen,
                        ..self.seen.clone()
                    });
                }
                SignalValue::Locked(_) => self.read_soon(),
            }
        }
        if pending.changed {
            self.read_soon();
        }
    }

    /// Applies what has changed.
    async fn apply(&mut self, reading: Reading) {
        let Reading { owner, session, .. } = reading;
        self.seen_of = owner;
        if session.path.is_none() && (!self.has_read() || self.seen.path.is_some()) {
            tracing::warn!(?owner, "the owner has no session: nothing is decided");
        }
        self.sleep.read(reading.preparing, Instant::now());
        self.session
            .learn_password(owner, reading.needs_no_password);
        self.update(session);
        self.apply_sleep().await;
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
        self.signals.watch(self.seen.path.as_ref());
        let changed = self.seen.path != self.session.last.path;
        self.session.last = self.seen.clone();
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
        let has_read = self.has_read();
        let at = match has_read {
            true => &self.seen,
            false => &self.session.last,
        };
        let Some(pending) = &mut self.session.pending else {
            return;
        };
        if at.path.is_none() && !has_read {
            // Nobody knows of a session to ask yet, which is no attempt.
            pending.due = Instant::now() + FIRST_READING;
            return;
        }
        if pending.is_exhausted() {
            self.session.publish_unconfirmed(None);
            return;
        }
        let trouble = match (&at.path, at.screen) {
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
        if self.stale {
            self.read_soon();
        }
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

/// Waits for what is being read; for ever if nothing is.
async fn finished(reading: &mut Option<Underway>) -> Result<Reading, SessionError> {
    match reading {
        Some(reading) => reading.await,
        None => pending().await,
    }
}
