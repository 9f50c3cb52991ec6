//! The present state and the clients, shared by the worker and the connections.
//!
//! Everything is behind one mutex, held for a few copies and never while waiting. So
//! publishing never blocks the worker for longer, and between a new client's hello and its
//! first event no change is lost or repeated.

use std::cell::LazyCell;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::outbox::{Kind, Line, Next, Outbox};
use super::{
    Audience, ByeReason, CommandHandler, Event, Figures, Hello, Mode, Peer, Request, SessionStatus,
    Snapshot, Status, redact,
};
use crate::decide::State;
use crate::motion::SampleTime;

/// The clients, and the hello for the next one.
#[derive(Debug)]
pub(super) struct Hub {
    inner: Mutex<Inner>,
    /// Wakes the server when the last event has been published.
    over: Notify,
    /// Carries out the requests that change something; without one these are refused.
    command_handler: OnceLock<Arc<dyn CommandHandler>>,
}

/// The number of clients, and of lines queued for each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    pub clients: usize,
    pub queue: usize,
}

/// Counters of the worker as it reported them last: made JSON only for who asks.
pub(super) trait Counters: Debug + Send {
    /// `None` where they are no JSON.
    fn to_json(&self) -> Option<Value>;
}

impl<T: Serialize + Debug + Send> Counters for T {
    fn to_json(&self) -> Option<Value> {
        serde_json::to_value(self).ok()
    }
}

/// Id of a client, unique while the daemon runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct ClientId(u64);

/// A request was answered with an error event.
#[derive(Debug)]
pub(super) struct Refused;

#[derive(Debug)]
struct Inner {
    limits: Limits,
    clients: BTreeMap<ClientId, ClientSlot>,
    joined: u64,
    refused: u64,
    owner: Option<u32>,
    /// The hello for the next client, kept up to date.
    hello: Hello,
    first: Option<SampleTime>,
    session: Option<SessionStatus>,
    paused_until: Option<u64>,
    figures: Option<Figures>,
    counters: Option<Box<dyn Counters>>,
    input_fault: Option<String>,
    bye: Option<Line>,
}

#[derive(Debug)]
struct ClientSlot {
    /// `None` for a follower in the daemon itself, which sees what everybody sees.
    uid: Option<u32>,
    scores: bool,
    outbox: Outbox,
    wake: Arc<Notify>,
}

impl Hub {
    pub fn new(limits: Limits, owner: Option<u32>, hello: Hello) -> Self {
        Self {
            inner: Mutex::new(Inner {
                limits,
                clients: BTreeMap::new(),
                joined: 0,
                refused: 0,
                owner,
                first: hello.t_ns,
                hello,
                session: None,
                paused_until: None,
                figures: None,
                counters: None,
                input_fault: None,
                bye: None,
            }),
            over: Notify::new(),
            command_handler: OnceLock::new(),
        }
    }

    /// Sets who carries out requests that change something. Later calls have no effect.
    pub fn set_command_handler(&self, command_handler: Arc<dyn CommandHandler>) {
        let _ = self.command_handler.set(command_handler);
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        // No update can panic half way, so the data of a poisoned mutex are consistent.
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
        // A daemon that failed has no evidence any more.
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

    pub fn report(
        &self,
        t: Option<SampleTime>,
        counters: Box<dyn Counters>,
        input_fault: Option<String>,
    ) {
        let mut inner = self.lock();
        if let Some(t) = t {
            inner.reach(t);
        }
        inner.counters = Some(counters);
        inner.input_fault = input_fault;
    }

    pub fn show_session(&self, session: SessionStatus) {
        self.lock().session = Some(session);
    }

    pub fn session(&self) -> Option<SessionStatus> {
        self.lock().session.clone()
    }

    pub fn pause_until(&self, end: Option<u64>) {
        let mut inner = self.lock();
        inner.paused_until = end;
        inner.wake_followers();
    }

    pub fn set_owner(&self, owner: Option<u32>) {
        let mut inner = self.lock();
        inner.owner = owner;
        inner.figures = None;
        inner.wake_followers();
    }

    /// What everybody may know now.
    pub fn snapshot(&self) -> Snapshot {
        let inner = self.lock();
        Snapshot {
            state: inner.hello.state,
            reason: inner.hello.reason.clone(),
            mode: inner.hello.mode.clone(),
            owner: inner.owner,
            paused_until: inner.paused_until,
        }
    }

    pub fn input_fault(&self) -> Option<String> {
        self.lock().input_fault.clone()
    }

    pub fn forget_scores(&self) {
        self.lock().figures = None;
    }

    /// The state that was published last.
    pub fn state(&self) -> State {
        self.lock().hello.state
    }

    /// Time of the newest sample; `None` before the first.
    pub fn newest(&self) -> Option<SampleTime> {
        self.lock().hello.t_ns
    }

    /// Resolves when the last event has been published.
    pub async fn over(&self) {
        self.over.notified().await;
    }

    /// Admits a client and queues its hello; an error says why not, for people.
    pub fn join(&self, uid: u32, wake: Arc<Notify>) -> Result<ClientId, &'static str> {
        self.lock().join(uid, wake)
    }

    /// Admits a follower in the daemon itself.
    pub fn join_follower(&self, wake: Arc<Notify>) -> ClientId {
        self.lock().insert(None, wake)
    }

    /// A peer that has no connection to the socket.
    pub fn new_peer(&self, uid: u32) -> Peer {
        let mut inner = self.lock();
        let id = inner.next_id();
        Peer {
            id: id.0,
            uid,
            on_socket: false,
        }
    }

    /// Removes a client.
    pub fn leave(&self, id: ClientId) {
        self.lock().clients.remove(&id);
        self.gone(id.0);
    }

    /// The peer with this id has gone.
    pub fn gone(&self, id: u64) {
        if let Some(command_handler) = self.command_handler.get() {
            command_handler.disconnected(id);
        }
    }

    /// The next line for a client; `None` if none waits.
    pub fn next(&self, id: ClientId) -> Option<Next> {
        self.lock().clients.get_mut(&id)?.outbox.pop()
    }

    /// Queues the answer to a client's line.
    pub fn request(&self, id: ClientId, line: &[u8]) -> Result<(), Refused> {
        let Some((peer, audience)) = self.peer(id) else {
            return Ok(());
        };
        let request = Request::from_line(line).and_then(|request| {
            request.allow(peer.uid, audience).map_err(str::to_owned)?;
            Ok(request)
        });
        let answer = request.and_then(|request| match request {
            Request::Subscribe { scores } => {
                if let Some(client) = self.lock().clients.get_mut(&id) {
                    client.scores = scores;
                }
                Ok(None)
            }
            request => self.carry_out(peer, request),
        });
        let refused = answer.is_err();
        let answer = answer.unwrap_or_else(|why| Some(Event::error(why)));
        if let (Some(answer), Some(client)) = (answer, self.lock().clients.get_mut(&id)) {
            client.answer(&answer);
        }
        if refused { Err(Refused) } else { Ok(()) }
    }

    /// Carries out what `peer` is allowed to ask.
    pub fn carry_out(&self, peer: Peer, request: Request) -> Result<Option<Event>, String> {
        // The command handler may publish, so the mutex is not held meanwhile.
        let answer = match request {
            Request::Status => return Ok(self.status_for(peer.uid)),
            Request::Subscribe { .. } => return Ok(None),
            Request::Enrol(order) => self.command_handler()?.enrol(peer, order),
            Request::Forget => self.command_handler()?.forget(peer),
            Request::Profile { step } => self.command_handler()?.profile(peer, step),
            Request::FalseLock => self.command_handler()?.false_lock(peer),
            Request::RightLock => self.command_handler()?.right_lock(peer),
            Request::Pause { for_s } => {
                self.command_handler()?.pause(peer, for_s)?;
                return Ok(self.status_for(peer.uid));
            }
            Request::Resume => {
                self.command_handler()?.resume(peer)?;
                return Ok(self.status_for(peer.uid));
            }
        };
        answer.map(Some)
    }

    fn status_for(&self, uid: u32) -> Option<Event> {
        let inner = self.lock();
        redact(&inner.status(), Audience::of(uid, inner.owner))
    }

    fn peer(&self, id: ClientId) -> Option<(Peer, Audience)> {
        let inner = self.lock();
        let uid = inner.clients.get(&id)?.uid?;
        let peer = Peer {
            id: id.0,
            uid,
            on_socket: true,
        };
        Some((peer, Audience::of(uid, inner.owner)))
    }

    fn command_handler(&self) -> Result<&Arc<dyn CommandHandler>, String> {
        let none = "this daemon reads a recording, so it cannot enrol anybody";
        self.command_handler.get().ok_or_else(|| none.to_owned())
    }

    /// Queues an error event that tells a client why it will be disconnected.
    pub fn dismiss(&self, id: ClientId, why: &str) {
        if let Some(client) = self.lock().clients.get_mut(&id) {
            client.answer(&Event::error(why));
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
            Event::Warning(warning) => {
                self.reach(warning.t_ns);
                Kind::News
            }
            Event::LockConfirmed { .. } | Event::LockUnconfirmed { .. } => Kind::News,
            Event::Bye { .. } => {
                let line: Line = event.to_line().into();
                for client in self.clients.values_mut() {
                    client.outbox.end(line.clone());
                    client.wake.notify_one();
                }
                self.bye = Some(line);
                return;
            }
            _ => {
                let Some((state, change)) = event.state_change() else {
                    return;
                };
                self.reach(change.t_ns);
                self.hello.state = state;
                self.hello.reason = change.reason.clone();
                self.figures = change.figures;
                Kind::State
            }
        };
        // Made where somebody wants them: mostly nobody listens to scores.
        let line = |audience| redact(event, audience).map(|event| Line::from(event.to_line()));
        let trusted = LazyCell::new(|| line(Audience::Trusted));
        let anyone = LazyCell::new(|| line(Audience::Anyone));
        for client in self.clients.values_mut() {
            if kind == Kind::Score && !client.scores {
                continue;
            }
            let audience = client
                .uid
                .map_or(Audience::Anyone, |uid| Audience::of(uid, self.owner));
            let line = match audience {
                Audience::Trusted => trusted.as_ref(),
                Audience::Anyone => anyone.as_ref(),
            };
            if let Some(line) = line {
                client.outbox.push(kind, line.clone());
                client.wake.notify_one();
            }
        }
    }

    fn reach(&mut self, t: SampleTime) {
        self.first.get_or_insert(t);
        self.hello.t_ns = Some(t);
    }

    fn join(&mut self, uid: u32, wake: Arc<Notify>) -> Result<ClientId, &'static str> {
        if self.bye.is_some() {
            return Err("graspd is stopping");
        }
        // A quarter of the places is reserved for root and the owner.
        let places = match Audience::of(uid, self.owner) {
            Audience::Trusted => self.limits.clients,
            Audience::Anyone => self.limits.clients - self.limits.clients / 4,
        };
        if self.connected() >= places {
            self.refused += 1;
            return Err("too many clients; try again later");
        }
        let hello = Event::Hello(self.hello.clone());
        let id = self.insert(Some(uid), wake);
        if let Some(client) = self.clients.get_mut(&id) {
            client.answer(&hello);
        }
        Ok(id)
    }

    fn insert(&mut self, uid: Option<u32>, wake: Arc<Notify>) -> ClientId {
        let id = self.next_id();
        let client = ClientSlot {
            uid,
            scores: false,
            outbox: Outbox::new(self.limits.queue),
            wake,
        };
        self.clients.insert(id, client);
        id
    }

    fn next_id(&mut self) -> ClientId {
        let id = ClientId(self.joined);
        self.joined += 1;
        id
    }

    /// Number of clients on the socket.
    fn connected(&self) -> usize {
        let on_socket = |client: &&ClientSlot| client.uid.is_some();
        self.clients.values().filter(on_socket).count()
    }

    fn wake_followers(&self) {
        let followers = self.clients.values().filter(|client| client.uid.is_none());
        followers.for_each(|follower| follower.wake.notify_one());
    }

    /// The worker's counters, and those of the socket.
    fn counters(&self) -> Option<Value> {
        let mut counters = self.counters.as_ref()?.to_json()?;
        let clients = json!({ "connected": self.connected(), "refused": self.refused });
        if let Some(by_module) = counters.as_object_mut() {
            by_module.insert("clients".to_owned(), clients);
        }
        Some(counters)
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
            session: self.session.clone(),
            owner: self.owner,
            paused_until_unix_s: self.paused_until,
            figures: self.figures,
            counters: self.counters(),
            input_fault: self.input_fault.clone(),
        })
    }
}

impl ClientSlot {
    fn answer(&mut self, event: &Event) {
        self.outbox.push(Kind::Kept, event.to_line().into());
        self.wake.notify_one();
    }
}
