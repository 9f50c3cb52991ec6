//! The pause that the owner asks for, with the secret, to hand the device to somebody.
//!
//! It ends at its time, when it is told to, and at the latest with the next lock screen of
//! the session: from whenever no open screen of the owner is in sight.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crossbeam_channel::{Receiver, RecvTimeoutError, Sender, bounded};

use super::orders::Orders;
use super::pause_file::{PauseEnd, PauseFile};
use super::sensor_switch::{OffReason, SensorSwitch};
use super::silence::Now;
use super::worker::Control;
use crate::decide::{Pause, State};
use crate::publish::{LONGEST_PAUSE, Publisher, ScreenState, SessionStatus, check_pause};
use crate::session::SessionChange;

/// Wait between attempts to write the file.
const AGAIN: Duration = Duration::from_secs(2);
/// How long the beginning of a pause waits for the file.
const SAVED: Duration = Duration::from_secs(1);

/// The pause of this daemon; clones share it.
#[derive(Debug, Clone)]
pub(super) struct OwnerPause(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    /// Never held while waiting for a disk.
    end: Mutex<Option<PauseEnd>>,
    /// Whether the owner's session is the one in use, as far as is known.
    active: AtomicBool,
    /// Has the file written as `end` says; the inner sender hears when it is.
    saver: Sender<Option<Sender<()>>>,
    control: Orders,
    publisher: Publisher,
    switch: SensorSwitch,
}

impl OwnerPause {
    /// The pause of an earlier daemon, if it was this owner's and is not over yet.
    pub(super) fn kept(file: &PauseFile, owner_uid: u32) -> Option<PauseEnd> {
        let now = Now::read().boottime;
        let ahead = |end: &PauseEnd| end.boottime > now && end.boottime <= now + LONGEST_PAUSE;
        let kept = file.load().filter(ahead);
        let kept = kept.filter(|end| end.owner_uid == owner_uid)?;
        // A file system that has become read-only would have kept a pause that is over.
        match file.save(Some(kept)) {
            Ok(()) => Some(kept),
            Err(error) => {
                tracing::warn!(%error, "a pause from before does not go on");
                None
            }
        }
    }

    /// Goes on with the pause `kept`, which the worker and the hello know already, or begins
    /// without one. Fails only if the system starts no thread.
    pub(super) fn start(
        file: PauseFile,
        kept: Option<PauseEnd>,
        control: Orders,
        publisher: Publisher,
        switch: SensorSwitch,
    ) -> std::io::Result<Self> {
        let (saver, orders) = bounded(1);
        let pause = Self(Arc::new(Shared {
            end: Mutex::new(kept),
            active: AtomicBool::new(true),
            saver,
            control,
            publisher,
            switch,
        }));
        let shared = Arc::downgrade(&pause.0);
        thread::Builder::new().name("pause".into()).spawn(move || {
            let end = || Some(*lock(&shared.upgrade()?.end));
            keep_up(&orders, &file, end);
        })?;
        if let Some(end) = kept {
            tracing::warn!(until = end.unix_s, "the owner's pause goes on");
            pause.0.switch.turn_off(OffReason::OwnerPause);
            pause.0.publisher.pause_until(Some(end.unix_s));
        } else {
            pause.save(None);
        }
        Ok(pause)
    }

    /// Whether the owner has paused.
    pub(super) fn is_on(&self) -> bool {
        self.end().is_some()
    }

    /// Pauses for `span` from now on, in place of an earlier pause. An error says for people
    /// why not.
    pub(super) fn begin(&self, span: Duration) -> Result<(), String> {
        check_pause(span)?;
        let publisher = &self.0.publisher;
        let Some(owner_uid) = publisher.snapshot().owner else {
            return Err("nobody has enrolled, so there is nothing to pause".into());
        };
        if publisher.state() == State::Lock {
            return Err("the state is lock; open the screen with the secret first".into());
        }
        let open = publisher.session().is_some_and(|session| is_open(&session));
        if !open || !self.0.active.load(Ordering::SeqCst) {
            return Err(
                "a pause ends with the next lock screen, and no open screen of the owner is in \
                 sight"
                    .into(),
            );
        }
        let unix = SystemTime::now().duration_since(UNIX_EPOCH);
        let end = PauseEnd {
            owner_uid,
            boottime: Now::read().boottime + span,
            unix_s: (unix.unwrap_or_default() + span).as_secs(),
        };
        self.set(Some(end));
        // The screen may have been locked between the look at it and now.
        if let Some(session) = publisher.session() {
            self.see(&session);
        }
        if !self.0.active.load(Ordering::SeqCst) {
            self.end_because("another session is in use");
        }
        self.wait_for_the_file();
        match self.is_on() {
            true => Ok(()),
            false => Err("the screen was locked meanwhile".into()),
        }
    }

    /// Ends the pause, if there is one, as its owner asks.
    pub(super) fn resume(&self) {
        self.end_because("it was told to end");
        self.wait_for_the_file();
    }

    /// Ends the pause, if there is one, because of `why`. Waits for no disk.
    pub(super) fn end_because(&self, why: &str) {
        if self.is_on() {
            tracing::info!("the owner's pause is over: {why}");
            self.set(None);
            self.save(None);
        }
    }

    /// Takes note of the session: without an open screen the pause is over.
    pub(super) fn see(&self, session: &SessionStatus) {
        if !is_open(session) {
            self.end_because("the owner's screen is not open");
        }
    }

    /// Takes note of a change of the session: in another's the pause is over.
    pub(super) fn session_changed(&self, change: SessionChange) {
        let active = match change {
            SessionChange::Paused(Pause::SessionInactive) => false,
            SessionChange::Resumed | SessionChange::Paused(Pause::ScreenLocked) => true,
            // Said of a session that may be in use or not.
            _ => return,
        };
        self.0.active.store(active, Ordering::SeqCst);
        if !active {
            self.end_because("another session is in use");
        }
    }

    /// Ends the pause if its time is over; `boottime` is the present.
    pub(super) fn pass_time(&self, boottime: Duration) {
        if self.end().is_some_and(|end| end.boottime <= boottime) {
            self.end_because("its time is up");
        }
    }

    fn set(&self, end: Option<PauseEnd>) {
        let Shared {
            switch,
            publisher,
            control,
            ..
        } = &*self.0;
        // Held to the last, so that of two changes at once all hear of the same one last.
        let mut held = self.end();
        *held = end;
        match end {
            Some(_) => switch.turn_off(OffReason::OwnerPause),
            None => switch.allow(OffReason::OwnerPause),
        }
        publisher.pause_until(end.map(|end| end.unix_s));
        control.send(Control::OwnerPause);
    }

    fn wait_for_the_file(&self) {
        let (done, saved) = bounded(1);
        self.save(Some(done));
        if saved.recv_timeout(SAVED).is_err() {
            tracing::warn!("a restart may not know whether the owner has paused");
        }
    }

    fn save(&self, done: Option<Sender<()>>) {
        match done {
            None => drop(self.0.saver.try_send(None)),
            // The saver looks at `end` after it has taken an order.
            done => drop(self.0.saver.send_timeout(done, SAVED)),
        }
    }

    fn end(&self) -> MutexGuard<'_, Option<PauseEnd>> {
        lock(&self.0.end)
    }
}

fn lock(end: &Mutex<Option<PauseEnd>>) -> MutexGuard<'_, Option<PauseEnd>> {
    end.lock().unwrap_or_else(PoisonError::into_inner)
}

fn is_open(session: &SessionStatus) -> bool {
    session.screen == ScreenState::Open.into()
}

/// The loop of the thread that writes the file: tries again what failed. Ends with the pause's
/// last handle.
fn keep_up(
    orders: &Receiver<Option<Sender<()>>>,
    file: &PauseFile,
    end: impl Fn() -> Option<Option<PauseEnd>>,
) {
    let mut complained = false;
    let mut order = orders.recv().map_err(|_| RecvTimeoutError::Disconnected);
    loop {
        let done = match order {
            Ok(done) => done,
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => return,
        };
        let Some(wanted) = end() else {
            return;
        };
        let saved = file.save(wanted);
        order = match saved {
            Ok(()) => {
                complained = false;
                // Fails only if whoever asked has stopped waiting.
                done.map_or(Ok(()), |done| done.send(()))
                    .unwrap_or_default();
                orders.recv().map_err(|_| RecvTimeoutError::Disconnected)
            }
            Err(error) => {
                if !std::mem::replace(&mut complained, true) {
                    tracing::error!(%error, "a restart would not know whether the owner has paused");
                }
                orders.recv_timeout(AGAIN)
            }
        };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pause_goes_on_only_where_its_end_could_have_been_written() {
        let home = tempfile::tempdir().unwrap();
        let file = PauseFile::in_folder(home.path());
        let end = PauseEnd {
            owner_uid: 1000,
            boottime: Now::read().boottime + Duration::from_secs(600),
            unix_s: 9,
        };
        file.save(Some(end)).unwrap();
        assert_eq!(OwnerPause::kept(&file, 1000), Some(end));
        assert_eq!(OwnerPause::kept(&file, 1001), None);
        // Root writes whatever the mode, but nothing whose path is longer than a path may be.
        let mut deep = home.path().to_owned();
        while let room @ 1.. = 4084_usize.saturating_sub(deep.as_os_str().len()) {
            deep.push("d".repeat(room.min(200)));
        }
        std::fs::create_dir_all(&deep).unwrap();
        std::fs::rename(home.path().join("pause"), deep.join("pause")).unwrap();
        let file = PauseFile::in_folder(&deep);
        assert_eq!(file.load(), Some(end));
        assert_eq!(OwnerPause::kept(&file, 1000), None);
    }
}
