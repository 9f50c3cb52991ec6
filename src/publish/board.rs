//! What holds, and who is told: where the worker and the readers meet.
//!
//! Everything is behind one mutex that is held for a few copies and never while
//! anything waits. So publishing costs the worker no more than that, and a
//! newcomer's hello and its first event can neither overlap nor miss each other.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde_json::Value;
use tokio::sync::Notify;

use super::outbox::{Kind, Line, Next, Outbox};
use super::{
    Audience, ByeReason, Desk, Event, Figures, Hello, Mode, Request, Status, Visit, redact,
};
use crate::decide::State;
use crate::motion::SampleTime;

/// The readers' places, and what the next one will be told.
#[derive(Debug)]
pub(super) struct Board {
    inner: Mutex<Inner>,
    /// Wakes the server when the last event has been published.
    over: Notify,
    /// Takes orders; without one they are refused.
    desk: OnceLock<Arc<dyn Desk>>,
}

/// How many readers, and how many lines may wait for each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub clients: usize,
    pub queue: usize,
}

/// A reader's place.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct SeatId(u64);

/// A request was answered with an error event.
#[derive(Debug)]
pub(super) struct Refused;

#[derive(Debug)]
struct Inner {
    limits: Limits,
    seats: BTreeMap<SeatId, Seat>,
    joined: u64,
    owner: Option<u32>,
    /// Kept as the next newcomer should hear it.
    hello: Hello,
    first: Option<SampleTime>,
    figures: Option<Figures>,
    counters: Option<Value>,
    bye: Option<Line>,
}

#[derive(Debug)]
struct Seat {
    uid: u32,
    scores: bool,
    outbox: Outbox,
    wake: Arc<Notify>,
}

impl Board {
    pub fn new(limits: Limits, owner: Option<u32>, hello: Hello) -> Self {
        Self {
            inner: Mutex::new(Inner {
                limits,
                seats: BTreeMap::new(),
                joined: 0,
                owner,
                first: hello.t_ns,
                hello,
                figures: None,
                counters: None,
                bye: None,
            }),
            over: Notify::new(),
            desk: OnceLock::new(),
        }
    }

    /// Orders go there from now on; the first desk stays.
    pub fn open(&self, desk: Arc<dyn Desk>) {
        let _ = self.desk.set(desk);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // No update here can stop half way, so even a poisoned board is whole.
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn publish(&self, event: &Event) {
        self.lock().publish(event);
        if matches!(event, Event::Bye { .. }) {
            self.over.notify_one();
        }
    }

    pub fn end(&self, reason: ByeReason) {
        let mut inner = self.lock();
        // A daemon that has failed has lost whatever evidence it had.
        let state = match reason {
            ByeReason::Failed => State::Lock,
            ByeReason::Stopped | ByeReason::SourceEnded => inner.hello.state,
        };
        inner.publish(&Event::Bye {
            reason: reason.into(),
            state,
        });
        self.over.notify_one();
    }

    pub fn report(&self, t: SampleTime, counters: Option<Value>) {
        let mut inner = self.lock();
        inner.reach(t);
        inner.counters = counters;
    }

    pub fn trust(&self, owner: Option<u32>) {
        self.lock().owner = owner;
    }

    /// The state that was published last.
    pub fn state(&self) -> State {
        self.lock().hello.state
    }

    /// Resolves when the last event has been published.
    pub async fn over(&self) {
        self.over.notified().await;
    }

    /// Takes in a reader, whose first line is hello; or says why not.
    pub fn join(&self, uid: u32, wake: Arc<Notify>) -> Result<SeatId, &'static str> {
        self.lock().join(uid, wake)
    }

    /// Forgets a reader.
    pub fn leave(&self, id: SeatId) {
        self.lock().seats.remove(&id);
        if let Some(desk) = self.desk.get() {
            desk.left(id.0);
        }
    }

    /// What to send to a reader next.
    pub fn next(&self, id: SeatId) -> Option<Next> {
        self.lock().seats.get_mut(&id)?.outbox.pop()
    }

    /// Answers a reader's line.
    pub fn request(&self, id: SeatId, line: &[u8]) -> Result<(), Refused> {
        let Some((visit, audience)) = self.visit(id) else {
            return Ok(());
        };
        let request = Request::from_line(line).and_then(|request| {
            request.allow(audience).map_err(str::to_owned)?;
            Ok(request)
        });
        // The desk may publish, so the board is not held meanwhile.
        let answer = request.and_then(|request| match request {
            Request::Subscribe { scores } => {
                if let Some(seat) = self.lock().seats.get_mut(&id) {
                    seat.scores = scores;
                }
                Ok(None)
            }
            Request::Status => Ok(redact(&self.lock().status(), audience)),
            Request::Enrol(order) => self.desk()?.enrol(visit, order).map(Some),
            Request::Forget => self.desk()?.forget(visit).map(Some),
        });
        let refused = answer.is_err();
        let answer = answer.unwrap_or_else(|why| Some(Event::error(why)));
        if let (Some(answer), Some(seat)) = (answer, self.lock().seats.get_mut(&id)) {
            seat.answer(&answer);
        }
        if refused { Err(Refused) } else { Ok(()) }
    }

    fn visit(&self, id: SeatId) -> Option<(Visit, Audience)> {
        let inner = self.lock();
        let uid = inner.seats.get(&id)?.uid;
        Some((Visit { id: id.0, uid }, Audience::of(uid, inner.owner)))
    }

    fn desk(&self) -> Result<&Arc<dyn Desk>, String> {
        let none = "this daemon reads a recording, so it cannot enrol anybody";
        self.desk.get().ok_or_else(|| none.to_owned())
    }

    /// Tells one reader why it will be disconnected.
    pub fn dismiss(&self, id: SeatId, why: &str) {
        if let Some(seat) = self.lock().seats.get_mut(&id) {
            seat.answer(&Event::error(why));
        }
    }
}

impl Inner {
    fn publish(&mut self, event: &Event) {
        if self.bye.is_some() {
            return;
        }
        let observes = self.hello.mode == Mode::Observe.into();
        let observed = observes.then(|| event.clone().observed());
        let event = observed.as_ref().unwrap_or(event);
        let kind = match event {
            Event::Score(score) => {
                self.reach(score.t_ns);
                self.figures = Some(score.figures);
                Kind::Score
            }
            Event::Warning(caution) => {
                self.reach(caution.t_ns);
                Kind::News
            }
            Event::LockConfirmed { .. } | Event::LockUnconfirmed { .. } => Kind::News,
            Event::Bye { .. } => {
                let line: Line = event.to_line().into();
                for seat in self.seats.values_mut() {
                    seat.outbox.end(line.clone());
                    seat.wake.notify_one();
                }
                self.bye = Some(line);
                return;
            }
            _ => {
                let Some((state, verdict)) = event.state_change() else {
                    return;
                };
                self.reach(verdict.t_ns);
                self.hello.state = state;
                self.hello.reason = verdict.reason.clone();
                self.figures = verdict.figures;
                Kind::State
            }
        };
        let lines = [Audience::Trusted, Audience::Anyone]
            .map(|audience| redact(event, audience).map(|event| Line::from(event.to_line())));
        for seat in self.seats.values_mut() {
            let [trusted, anyone] = &lines;
            let line = match Audience::of(seat.uid, self.owner) {
                Audience::Trusted => trusted,
                Audience::Anyone => anyone,
            };
            let wanted = kind != Kind::Score || seat.scores;
            if let Some(line) = line.as_ref().filter(|_| wanted) {
                seat.outbox.push(kind, line.clone());
                seat.wake.notify_one();
            }
        }
    }

    fn reach(&mut self, t: SampleTime) {
        self.first.get_or_insert(t);
        self.hello.t_ns = Some(t);
    }

    fn join(&mut self, uid: u32, wake: Arc<Notify>) -> Result<SeatId, &'static str> {
        if self.bye.is_some() {
            return Err("graspd is stopping");
        }
        // A quarter of the places stays free for those whose daemon it is.
        let places = match Audience::of(uid, self.owner) {
            Audience::Trusted => self.limits.clients,
            Audience::Anyone => self.limits.clients - self.limits.clients / 4,
        };
        if self.seats.len() >= places {
            return Err("too many clients; try again later");
        }
        let id = SeatId(self.joined);
        self.joined += 1;
        let mut seat = Seat {
            uid,
            scores: false,
            outbox: Outbox::new(self.limits.queue),
            wake,
        };
        seat.answer(&Event::Hello(self.hello.clone()));
        self.seats.insert(id, seat);
        Ok(id)
    }

    fn status(&self) -> Event {
        let uptime = match (self.first, self.hello.t_ns) {
            (Some(first), Some(newest)) => newest.since(first),
            _ => Default::default(),
        };
        Event::Status(Status {
            state: self.hello.state,
            reason: self.hello.reason.clone(),
            t_ns: self.hello.t_ns,
            uptime_ns: uptime.as_nanos().try_into().unwrap_or(u64::MAX),
            model: self.hello.model.clone(),
            mode: self.hello.mode.clone(),
            figures: self.figures,
            counters: self.counters.clone(),
        })
    }
}

impl Seat {
    fn answer(&mut self, event: &Event) {
        self.outbox.push(Kind::Kept, event.to_line().into());
        self.wake.notify_one();
    }
}
