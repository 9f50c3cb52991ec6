//! The interface `alt.graspd.Graspd1`. dbus/alt.graspd.Graspd1.xml is what a bus tells of it.

use std::ops::Deref;
use std::time::Duration;

use tokio::sync::{Semaphore, SemaphorePermit};
use tokio::task::spawn_blocking;
use zbus::message::Header;
use zbus::object_server::SignalEmitter;
use zbus::{Connection, interface};

use super::caller::{Caller, Operation};
use super::open_prompts::OpenPrompts;
use super::progress::{self, Progress};
use super::refusal::Refusal;
use super::sittings::Sittings;
use super::word;
use crate::publish::{Enrol, Event, Peer, Publisher, Request, Step, check_pause};

/// Most calls under way. The bus library begins each as it comes, so that without a bound any
/// account could have the daemon's memory filled.
const CALLS_MAX: usize = 32;

/// The object on the bus.
pub(super) struct Graspd {
    publisher: Publisher,
    sittings: Sittings,
    prompts: OpenPrompts,
    calls: Semaphore,
}

/// A call of somebody who may make it, until it is dropped.
struct Call<'a> {
    caller: Caller,
    _counted: SemaphorePermit<'a>,
}

impl Deref for Call<'_> {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl Graspd {
    pub(super) fn new(publisher: Publisher, sittings: Sittings) -> Self {
        Self {
            publisher,
            sittings,
            prompts: OpenPrompts::default(),
            calls: Semaphore::new(CALLS_MAX),
        }
    }

    async fn caller(
        &self,
        header: &Header<'_>,
        bus: &Connection,
        operation: Operation,
    ) -> Result<Call<'_>, Refusal> {
        // Before anything is asked of the bus, which answers no sooner than others call.
        let counted = self.calls.try_acquire().map_err(|_| {
            Refusal::Refused("too many calls are under way; call again in a moment".into())
        })?;
        let caller = Caller::of(header, bus).await?;
        caller
            .may(operation, &self.publisher, &self.prompts, bus)
            .await?;
        Ok(Call {
            caller,
            _counted: counted,
        })
    }

    /// Carries out what `peer` was found to be allowed.
    async fn carry_out(&self, peer: Peer, request: Request) -> Result<Option<Event>, Refusal> {
        // More would only wait for the thread of decisions, and keep commands of the socket from it.
        static ROOM: Semaphore = Semaphore::const_new(2);
        let _room = ROOM.acquire().await;
        let publisher = self.publisher.clone();
        let done = spawn_blocking(move || publisher.carry_out(peer, request)).await;
        // Fails only if the command panicked.
        let done = done.unwrap_or_else(|_| Err("this is a bug; the log has its place".into()));
        done.map_err(Refusal::Refused)
    }

    async fn enrol(&self, caller: &Caller, step: Step) -> Result<Progress, Refusal> {
        let peer = self.sittings.peer_of(caller);
        match self
            .carry_out(peer, Request::Enrol(Enrol::step(step)))
            .await?
        {
            Some(Event::Enrolment(enrolment)) => Ok(progress::told(enrolment)),
            _ => Ok(Progress::new()),
        }
    }
}

#[interface(name = "alt.graspd.Graspd1")]
impl Graspd {
    /// `lock`, `unlock` or `inconclusive`. `unlock` is a reason not to lock, and never one to
    /// open a locked screen.
    #[zbus(property)]
    fn state(&self) -> &str {
        self.publisher.snapshot().state.name()
    }

    /// Why the state holds, in the words of the socket's protocol.
    #[zbus(property)]
    fn reason(&self) -> String {
        word(&self.publisher.snapshot().reason)
    }

    /// `live`, or `observe`: decisions are published, and clients must not lock.
    #[zbus(property)]
    fn mode(&self) -> String {
        word(&self.publisher.snapshot().mode)
    }

    /// Whether somebody has enrolled.
    #[zbus(property)]
    fn enrolled(&self) -> bool {
        self.publisher.snapshot().owner.is_some()
    }

    /// Whether the owner has paused the daemon.
    #[zbus(property)]
    fn paused(&self) -> bool {
        self.publisher.snapshot().paused_until.is_some()
    }

    /// End of that pause in seconds since 1970; 0 without one. It may end sooner.
    #[zbus(property)]
    fn paused_until(&self) -> u64 {
        self.publisher.snapshot().paused_until.unwrap_or_default()
    }

    /// The daemon's version.
    #[zbus(property(emits_changed_signal = "const"))]
    fn version(&self) -> &str {
        env!("CARGO_PKG_VERSION")
    }

    /// Pauses for this many seconds, at most until the next lock screen. The owner, after
    /// polkit's `alt.graspd.pause`, and root.
    async fn pause(
        &self,
        seconds: u64,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Refusal> {
        let for_s = Duration::from_secs(seconds);
        // Nobody is asked for a secret for what will be refused.
        check_pause(for_s).map_err(Refusal::Refused)?;
        let caller = self.caller(&header, bus, Operation::Pause(for_s)).await?;
        let peer = self.publisher.new_peer(caller.uid);
        self.carry_out(peer, Request::Pause { for_s }).await?;
        Ok(())
    }

    /// Ends a pause. The owner and root.
    async fn resume(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<(), Refusal> {
        let caller = self.caller(&header, bus, Operation::AnswerOrResume).await?;
        let peer = self.publisher.new_peer(caller.uid);
        self.carry_out(peer, Request::Resume).await?;
        Ok(())
    }

    /// Says whether the newest lock by evidence was false, once the screen is open again. The
    /// answer is a sentence. The owner and root.
    async fn label_last_lock(
        &self,
        was_false: bool,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<String, Refusal> {
        let caller = self.caller(&header, bus, Operation::AnswerOrResume).await?;
        let request = match was_false {
            true => Request::FalseLock,
            false => Request::RightLock,
        };
        let peer = self.publisher.new_peer(caller.uid);
        match self.carry_out(peer, request).await? {
            Some(Event::Adaptation(answer)) => Ok(answer.message.unwrap_or_default()),
            _ => Ok(String::new()),
        }
    }

    /// Begins a sitting of an enrolment, which lasts until its caller leaves the bus or there
    /// is enough. The owner, after `alt.graspd.enrol`; without an owner whoever is to be it,
    /// after `alt.graspd.become-owner`; root.
    async fn begin_enrolment(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<Progress, Refusal> {
        let caller = self.caller(&header, bus, Operation::Enrol).await?;
        let begun = self.enrol(&caller, Step::Begin).await?;
        // Whoever left meanwhile was looked for before there was a sitting to end.
        if !caller.is_there(bus).await? {
            self.sittings.departed(caller.name.as_str());
        }
        Ok(begun)
    }

    /// How far the enrolment is. The owner, whose enrolment it is, and root.
    async fn enrolment_status(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<Progress, Refusal> {
        let caller = self.caller(&header, bus, Operation::SeeEnrolment).await?;
        self.enrol(&caller, Step::Show).await
    }

    /// Ends the sitting and has the profile made of what was gathered, which
    /// `EnrolmentStatus` then tells of. As `BeginEnrolment`, of one's own.
    async fn finish_enrolment(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<Progress, Refusal> {
        let caller = self.caller(&header, bus, Operation::Enrol).await?;
        if caller.uid != 0 && !caller.is_enrolling(&self.publisher) {
            let why = "what was gathered is not yours, or there is nothing yet";
            return Err(Refusal::Refused(why.into()));
        }
        self.enrol(&caller, Step::Finish).await
    }

    /// Discards what was gathered; a profile in use stays. The owner, whose enrolment it is,
    /// and root.
    async fn cancel_enrolment(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<Progress, Refusal> {
        let caller = self.caller(&header, bus, Operation::SeeEnrolment).await?;
        self.enrol(&caller, Step::Cancel).await
    }

    /// Forgets the owner; whether there was one. The owner, after `alt.graspd.forget`, and
    /// root.
    async fn forget(
        &self,
        #[zbus(header)] header: Header<'_>,
        #[zbus(connection)] bus: &Connection,
    ) -> Result<bool, Refusal> {
        let caller = self.caller(&header, bus, Operation::Forget).await?;
        let peer = self.publisher.new_peer(caller.uid);
        let answer = self.carry_out(peer, Request::Forget).await?;
        Ok(matches!(answer, Some(Event::Forgotten { owner: true })))
    }

    /// A lock is near. `mode` as the property.
    #[zbus(signal)]
    pub(super) async fn warning(
        emitter: &SignalEmitter<'_>,
        reason: &str,
        mode: &str,
    ) -> zbus::Result<()>;

    /// The state has become `lock`. `mode` as the property.
    #[zbus(signal)]
    pub(super) async fn lock(
        emitter: &SignalEmitter<'_>,
        reason: &str,
        mode: &str,
    ) -> zbus::Result<()>;

    /// The screen is locked, as the newest lock asked for.
    #[zbus(signal)]
    pub(super) async fn lock_confirmed(
        emitter: &SignalEmitter<'_>,
        attempts: u32,
    ) -> zbus::Result<()>;

    /// The newest lock has not locked the screen: it may be open.
    #[zbus(signal)]
    pub(super) async fn lock_unconfirmed(
        emitter: &SignalEmitter<'_>,
        attempts: u32,
        reason: &str,
    ) -> zbus::Result<()>;
}
