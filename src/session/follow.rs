//! While there is a session manager: what it says, and what it is asked.

use std::collections::HashMap;
use std::future::pending;
use std::sync::Arc;

use tokio::task::spawn_blocking;
use tokio::time::{Instant, sleep_until};
use zbus::Message;
use zbus::zvariant::{OwnedFd, Value};

use super::login1::{Login1, MANAGER, PROPERTIES, SESSION};
use super::view::View;
use super::{Notice, Session, SessionError};
use crate::decide::Pause;
use crate::publish::{Event, Unconfirmed};

/// What is known and under way.
struct Following<'a> {
    session: &'a mut Session,
    login: Login1,
    view: View,
    asleep: bool,
    /// What was said last; `None` before the first time.
    said: Option<Option<Pause>>,
    /// Holds sleep up.
    inhibitor: Option<OwnedFd>,
}

impl Session {
    /// Until the session manager is gone; why.
    pub(super) async fn follow(&mut self, login: Login1) -> SessionError {
        if let Some(attempt) = &mut self.attempt {
            attempt.due = Instant::now();
        }
        let mut following = Following {
            session: self,
            login,
            view: View::default(),
            asleep: false,
            said: None,
            inhibitor: None,
        };
        let Err(why) = following.run().await;
        // Nobody is left who could confirm it.
        self.give_notice(Some(Unconfirmed::NoSessionManager));
        why
    }
}

impl Following<'_> {
    async fn run(&mut self) -> Result<std::convert::Infallible, SessionError> {
        let mut signals = self.login.signals().await?;
        self.delay_sleep().await;
        self.look().await?;
        loop {
            let due = self.session.attempt.as_ref().map(|attempt| attempt.due);
            let too_late = async {
                match due {
                    Some(due) => sleep_until(due).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                signal = signals.next() => self.heed(&signal?).await?,
                Ok(()) = self.session.lock.changed() => {
                    self.session.begin();
                    // It may be locked already.
                    self.confirm();
                }
                () = too_late => self.try_again().await,
                Ok(()) = self.session.owner.changed() => self.look().await?,
            }
        }
    }

    async fn heed(&mut self, signal: &Message) -> Result<(), SessionError> {
        let header = signal.header();
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        let interface = word(header.interface().map(|name| name.as_str()));
        let member = word(header.member().map(|name| name.as_str()));
        match (interface.as_str(), member.as_str()) {
            (MANAGER, "PrepareForSleep") => match signal.body().deserialize()? {
                true => self.fall_asleep().await,
                false => self.wake_up().await?,
            },
            (MANAGER, "SessionNew" | "SessionRemoved") => self.look().await?,
            (PROPERTIES, "PropertiesChanged") => {
                let ours = header.path().map(|path| path.as_str())
                    == self.view.session.as_ref().map(|path| path.as_str());
                match locked_hint(signal)?.filter(|_| ours) {
                    // Looking would miss a lock that was opened at once.
                    Some(locked) => {
                        let view = View {
                            locked,
                            ..self.view.clone()
                        };
                        self.see(view);
                    }
                    None => self.look().await?,
                }
            }
            _ => {}
        }
        Ok(())
    }

    async fn look(&mut self) -> Result<(), SessionError> {
        let owner = *self.session.owner.borrow_and_update();
        let view = match View::of(&self.login, &self.session.config.seat, owner).await {
            // A session that ends while it is looked at; a signal says so next.
            Err(why) if why.is_about_an_object() => return Ok(()),
            seen => seen?,
        };
        if view.session.is_none() && (self.said.is_none() || self.view.session.is_some()) {
            tracing::warn!(?owner, "the owner has no session: nothing is decided");
        }
        self.see(view);
        Ok(())
    }

    fn see(&mut self, view: View) {
        let before = std::mem::replace(&mut self.view, view);
        if self.view.opened_since(&before) {
            self.session.watcher.notice(Notice::Authenticated);
        }
        self.say();
        self.confirm();
    }

    /// Says that the screen is locked, if that was wanted and is so.
    fn confirm(&mut self) {
        if self.view.locked
            && let Some(attempt) = self.session.attempt.take()
        {
            tracing::info!(attempts = attempt.made, "the screen is locked");
            self.session.watcher.publish(&Event::LockConfirmed {
                t_ns: attempt.lock.t,
                attempts: attempt.made,
            });
        }
    }

    fn say(&mut self) {
        let pause = if self.asleep {
            Some(Pause::Asleep)
        } else {
            self.view.pause()
        };
        if self.said.replace(pause) != Some(pause) {
            let notice = pause.map_or(Notice::Resumed, Notice::Paused);
            self.session.watcher.notice(notice);
        }
    }

    async fn try_again(&mut self) {
        let Some(attempt) = &mut self.session.attempt else {
            return;
        };
        if !attempt.overdue && attempt.made >= self.session.config.attempts {
            self.session.give_notice(None);
            return;
        }
        attempt.tried(match &self.view.session {
            None => Unconfirmed::NoSession,
            Some(session) => match self.login.lock(session).await {
                Ok(()) => Unconfirmed::Ignored,
                Err(why) => {
                    tracing::error!(%why, "the session cannot be locked");
                    Unconfirmed::Refused
                }
            },
        });
    }

    async fn fall_asleep(&mut self) {
        self.asleep = true;
        self.say();
        let watcher = Arc::clone(&self.session.watcher);
        // It fails only if this daemon is ending, which lets go as well.
        let _ = spawn_blocking(move || watcher.let_go()).await;
        self.inhibitor = None;
    }

    async fn wake_up(&mut self) -> Result<(), SessionError> {
        self.delay_sleep().await;
        self.asleep = false;
        self.look().await
    }

    async fn delay_sleep(&mut self) {
        match self.login.delay_sleep().await {
            Ok(inhibitor) => self.inhibitor = Some(inhibitor),
            Err(why) => tracing::warn!(%why, "sleep will not wait for the sensors"),
        }
    }
}

/// What a change of properties says about the lock of a session, if anything.
fn locked_hint(signal: &Message) -> Result<Option<bool>, SessionError> {
    type Changed<'a> = (&'a str, HashMap<&'a str, Value<'a>>, Vec<&'a str>);
    let body = signal.body();
    let (interface, changed, _): Changed<'_> = body.deserialize()?;
    Ok(match changed.get("LockedHint") {
        Some(Value::Bool(locked)) if interface == SESSION => Some(*locked),
        _ => None,
    })
}
