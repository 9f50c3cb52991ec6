//! A system bus for the tests, with a simulated session manager.

use std::collections::HashMap;
use std::fs::File;
use std::io::{BufRead, BufReader, Read};
use std::os::fd::OwnedFd;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use tokio::runtime::Runtime;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::{self, OwnedObjectPath, Value};
use zbus::{Connection, connection, fdo, interface};

use crate::harness::Device;

const MANAGER: &str = "/org/freedesktop/login1";
const SEAT: &str = "/org/freedesktop/login1/seat/seat0";
const USER: &str = "/org/freedesktop/login1/user/_1";
const OTHER_USER: &str = "/org/freedesktop/login1/user/_2";
/// The owner's session.
pub const SESSION: &str = "/org/freedesktop/login1/session/c1";
/// Another user's session.
const OTHER: &str = "/org/freedesktop/login1/session/c2";
/// The owner's remote session, by ssh.
const REMOTE: &str = "/org/freedesktop/login1/session/c3";
/// The owner's second session of the seat.
const SECOND: &str = "/org/freedesktop/login1/session/c4";
/// The user of the other session.
pub const NOBODY: u32 = 65534;

/// A bus daemon, ended when dropped.
pub struct Bus {
    daemon: Child,
    pub address: String,
}

impl Bus {
    /// `None`, with a notice, where there is no dbus-daemon.
    pub fn start(device: &Device) -> Option<Self> {
        let address = device.bus();
        let address_option = format!("--address={address}");
        Self::start_with(&["--session", &address_option], address)
    }

    /// A bus that every user reaches, and that allows by its policy no more than the system's
    /// does, with the policy that graspd ships.
    pub fn start_as_system(device: &Device) -> Option<Self> {
        static STARTED: AtomicU32 = AtomicU32::new(0);
        let number = STARTED.fetch_add(1, Ordering::Relaxed);
        // Others cannot reach the device's folder.
        let address = format!("unix:abstract=graspd-{}-{number}", std::process::id());
        let shipped = Path::new(env!("CARGO_MANIFEST_DIR")).join("dbus/alt.graspd.Graspd1.conf");
        let uid = rustix::process::geteuid().as_raw();
        let configured = device.file("bus.conf");
        let text = include_str!("system-bus.conf")
            .replace("@DEVICE@", &device.bus())
            .replace("@EVERYBODY@", &address)
            .replace("@TESTER@", &uid.to_string())
            .replace("@SHIPPED@", shipped.to_str().unwrap());
        std::fs::write(&configured, text).unwrap();
        let option = format!("--config-file={}", configured.display());
        Self::start_with(&[&option], address)
    }

    fn start_with(options: &[&str], address: String) -> Option<Self> {
        let started = Command::new("dbus-daemon")
            .args(options)
            .args(["--nofork", "--print-address"])
            .stdout(Stdio::piped())
            .spawn();
        let Ok(mut daemon) = started else {
            skipped::because("there is no dbus-daemon, so the session was NOT tested");
            return None;
        };
        // Prints its address once it listens.
        let mut said = String::new();
        let output = daemon.stdout.take().unwrap();
        BufReader::new(output).read_line(&mut said).unwrap();
        assert!(said.starts_with("unix:"), "{said}");
        Some(Self { daemon, address })
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.daemon.kill();
        let _ = self.daemon.wait();
    }
}

/// What the session's screen locker does when asked to lock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Locker {
    /// Locks the screen and sets the locked hint.
    Obedient,
    /// Ignores the request.
    Deaf,
}

#[derive(Debug)]
struct State {
    locker: Locker,
    locked: bool,
    shown: &'static str,
    /// The owner's `Display` property: the session to use for graphical programs.
    display: &'static str,
    preparing_for_sleep: bool,
    locks: u32,
    remote_locks: u32,
    second_locked: bool,
    second_locks: u32,
    unlocks: u32,
    /// This side's ends of the inhibitors.
    inhibitors: Vec<OwnedFd>,
    /// How often the session was read.
    readings: u32,
    /// Signals that are sent before each answer to a reading.
    flood: u32,
    /// Whether readings are never answered.
    mute: bool,
}

impl State {
    fn of(locker: Locker) -> Self {
        Self {
            locker,
            locked: false,
            shown: SESSION,
            display: SESSION,
            preparing_for_sleep: false,
            locks: 0,
            remote_locks: 0,
            second_locked: false,
            second_locks: 0,
            unlocks: 0,
            inhibitors: Vec::new(),
            readings: 0,
            flood: 0,
            mute: false,
        }
    }
}

type Shared = Arc<Mutex<State>>;

/// A simulated AccountsService; leaves the bus when dropped.
pub struct Accounts {
    bus: Connection,
    runtime: Runtime,
}

impl Accounts {
    /// One whose users all log in without a password.
    pub fn without_passwords(bus: &Bus) -> Self {
        let runtime = Logind::runtime();
        let user = "/org/freedesktop/Accounts/User";
        let served = async {
            connection::Builder::address(bus.address.as_str())?
                .serve_at("/org/freedesktop/Accounts", AccountsManager(path(user)))?
                .serve_at(user, AccountsUser)?
                .name("org.freedesktop.Accounts")?
                .build()
                .await
        };
        let bus = runtime.block_on(served).unwrap();
        Self { bus, runtime }
    }
}

impl Drop for Accounts {
    fn drop(&mut self) {
        let _ = self.runtime.block_on(self.bus.clone().close());
    }
}

struct AccountsManager(OwnedObjectPath);

#[interface(name = "org.freedesktop.Accounts")]
impl AccountsManager {
    fn find_user_by_id(&self, id: i64) -> OwnedObjectPath {
        assert_eq!(id, i64::from(rustix::process::geteuid().as_raw()));
        self.0.clone()
    }
}

struct AccountsUser;

#[interface(name = "org.freedesktop.Accounts.User")]
impl AccountsUser {
    #[zbus(property)]
    fn password_mode(&self) -> i32 {
        2
    }
}

/// A simulated session manager; leaves the bus when dropped.
pub struct Logind {
    state: Shared,
    bus: Connection,
    runtime: Runtime,
}

impl Logind {
    pub fn start(bus: &Bus, locker: Locker) -> Self {
        Self::start_as(bus, State::of(locker))
    }

    /// One that answers no reading.
    pub fn start_mute(bus: &Bus, locker: Locker) -> Self {
        let state = State {
            mute: true,
            ..State::of(locker)
        };
        Self::start_as(bus, state)
    }

    /// One that sends so many signals before it answers a reading. Any account can have the
    /// real one do so.
    pub fn start_flooding(bus: &Bus, locker: Locker, flood: u32) -> Self {
        let state = State {
            flood,
            ..State::of(locker)
        };
        Self::start_as(bus, state)
    }

    fn start_as(bus: &Bus, state: State) -> Self {
        let state = Arc::new(Mutex::new(state));
        let runtime = Self::runtime();
        let uid = rustix::process::geteuid().as_raw();
        let session = |uid, kind| Session {
            uid,
            kind,
            state: state.clone(),
        };
        let served = async {
            connection::Builder::address(bus.address.as_str())?
                .serve_at(MANAGER, Manager(state.clone()))?
                .serve_at(SEAT, Seat(state.clone()))?
                .serve_at(USER, User(None, state.clone()))?
                .serve_at(OTHER_USER, User(Some(OTHER), state.clone()))?
                .serve_at(SESSION, session(uid, Kind::First))?
                .serve_at(OTHER, session(NOBODY, Kind::First))?
                .serve_at(REMOTE, session(uid, Kind::Remote))?
                .serve_at(SECOND, session(uid, Kind::Second))?
                .name("org.freedesktop.login1")?
                .build()
                .await
        };
        let bus = runtime.block_on(served).unwrap();
        Self {
            state,
            bus,
            runtime,
        }
    }

    pub fn runtime() -> Runtime {
        tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()
            .unwrap()
    }

    /// Sets what the session's screen locker does from now on.
    pub fn set_locker(&self, locker: Locker) {
        self.state.lock().unwrap().locker = locker;
    }

    /// How often the owner's session was asked to lock.
    pub fn locks(&self) -> u32 {
        self.state.lock().unwrap().locks
    }

    /// How often the owner's remote session was asked to lock.
    pub fn remote_locks(&self) -> u32 {
        self.state.lock().unwrap().remote_locks
    }

    /// How often the owner's second session was asked to lock.
    pub fn second_locks(&self) -> u32 {
        self.state.lock().unwrap().second_locks
    }

    /// How often the session was read.
    pub fn readings(&self) -> u32 {
        self.state.lock().unwrap().readings
    }

    /// The screen is locked or unlocked by hand, without a signal.
    pub fn set_locked_unheard(&self, locked: bool) {
        self.state.lock().unwrap().locked = locked;
    }

    /// The screen is locked or unlocked by hand.
    pub fn set_locked(&self, locked: bool) {
        self.set_locked_unheard(locked);
        self.changed(
            SESSION,
            "org.freedesktop.login1.Session",
            "LockedHint",
            locked.into(),
        );
    }

    /// The screen of the other user's session is locked or unlocked by hand.
    pub fn set_other_locked(&self, locked: bool) {
        self.set_locked_unheard(locked);
        let interface = "org.freedesktop.login1.Session";
        self.changed(OTHER, interface, "LockedHint", locked.into());
    }

    /// The owner has only a remote session; another user's is active on the seat.
    pub fn log_in_remotely(&self) {
        self.state.lock().unwrap().display = REMOTE;
        self.show_owner(false);
    }

    /// Makes the owner's session the active one of the seat, or another user's.
    pub fn show_owner(&self, owner: bool) {
        self.show(if owner { SESSION } else { OTHER });
    }

    /// Makes the owner's second session, whose screen is open at first, the active one.
    pub fn show_second(&self) {
        self.show(SECOND);
    }

    /// The screen of the owner's second session is opened by hand.
    pub fn open_second(&self) {
        self.state.lock().unwrap().second_locked = false;
        let interface = "org.freedesktop.login1.Session";
        self.changed(SECOND, interface, "LockedHint", false.into());
    }

    fn show(&self, shown: &'static str) {
        self.state.lock().unwrap().shown = shown;
        let value = zvariant::Structure::from(named(shown)).into();
        self.changed(SEAT, "org.freedesktop.login1.Seat", "ActiveSession", value);
    }

    /// Sleep begins or ends, without a signal.
    pub fn prepare_for_sleep_unheard(&self, begins: bool) {
        self.state.lock().unwrap().preparing_for_sleep = begins;
    }

    /// Sleep begins or ends.
    pub fn prepare_for_sleep(&self, begins: bool) {
        self.prepare_for_sleep_unheard(begins);
        let signal = self.bus.emit_signal(
            None::<&str>,
            MANAGER,
            "org.freedesktop.login1.Manager",
            "PrepareForSleep",
            &begins,
        );
        self.runtime.block_on(signal).unwrap();
    }

    /// Waits for the next inhibitor that delays sleep; it reads end of file once the
    /// daemon has closed it.
    pub fn inhibitor(
        &self,
        patiently: impl Fn(&dyn Fn() -> Option<OwnedFd>) -> Option<OwnedFd>,
    ) -> Inhibitor {
        let take = || self.state.lock().unwrap().inhibitors.pop();
        Inhibitor(File::from(patiently(&take).unwrap()))
    }

    /// A process that is not the session manager sends the signal that the screen is
    /// locked.
    pub fn forge(bus: &Bus, locked: bool) {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .unwrap();
        runtime.block_on(async {
            let forger = connection::Builder::address(bus.address.as_str()).unwrap();
            let forger = forger.build().await.unwrap();
            let interface = "org.freedesktop.login1.Session";
            emit(&forger, SESSION, interface, "LockedHint", locked.into()).await;
        });
    }

    fn changed(&self, path: &str, interface: &str, name: &str, value: Value<'_>) {
        let emitted = emit(&self.bus, path, interface, name, value);
        self.runtime.block_on(emitted);
    }
}

impl Drop for Logind {
    fn drop(&mut self) {
        let opened = self.state.lock().unwrap().unlocks;
        assert!(
            opened == 0 || std::thread::panicking(),
            "graspd opened a screen"
        );
        let bus = self.bus.clone();
        let _ = self.runtime.block_on(bus.close());
    }
}

/// An inhibitor that delays sleep.
pub struct Inhibitor(File);

impl Inhibitor {
    /// Blocks until the daemon closes it.
    pub fn wait(mut self) {
        let mut nothing = Vec::new();
        self.0.read_to_end(&mut nothing).unwrap();
    }
}

async fn emit(bus: &Connection, path: &str, interface: &str, name: &str, value: Value<'_>) {
    let changed = HashMap::from([(name, value)]);
    let none: [&str; 0] = [];
    bus.emit_signal(
        None::<&str>,
        path,
        "org.freedesktop.DBus.Properties",
        "PropertiesChanged",
        &(interface, changed, &none[..]),
    )
    .await
    .unwrap();
}

fn path(path: &str) -> OwnedObjectPath {
    OwnedObjectPath::try_from(path).unwrap()
}

fn named(session: &str) -> (String, OwnedObjectPath) {
    (
        session.rsplit('/').next().unwrap().to_owned(),
        path(session),
    )
}

struct Manager(Shared);

#[interface(name = "org.freedesktop.login1.Manager")]
impl Manager {
    async fn get_seat(
        &self,
        id: &str,
        #[zbus(connection)] bus: &Connection,
    ) -> fdo::Result<OwnedObjectPath> {
        assert_eq!(id, "seat0");
        let (flood, mute) = {
            let mut state = self.0.lock().unwrap();
            state.readings += 1;
            (state.flood, state.mute)
        };
        if mute {
            std::future::pending::<()>().await;
        }
        for _ in 0..flood {
            let seat = "org.freedesktop.login1.Seat";
            emit(bus, SEAT, seat, "IdleHint", false.into()).await;
        }
        Ok(path(SEAT))
    }

    fn get_user(&self, uid: u32) -> fdo::Result<OwnedObjectPath> {
        if uid == NOBODY {
            return Ok(path(OTHER_USER));
        }
        assert_eq!(uid, rustix::process::geteuid().as_raw());
        Ok(path(USER))
    }

    #[zbus(property(emits_changed_signal = "false"))]
    fn preparing_for_sleep(&self) -> bool {
        self.0.lock().unwrap().preparing_for_sleep
    }

    fn inhibit(&self, what: &str, who: &str, _why: &str, mode: &str) -> zvariant::OwnedFd {
        assert_eq!((what, who, mode), ("sleep", "graspd", "delay"));
        let (ours, theirs) = std::io::pipe().unwrap();
        self.0.lock().unwrap().inhibitors.push(ours.into());
        OwnedFd::from(theirs).into()
    }

    fn unlock_session(&self, _id: &str) {
        self.0.lock().unwrap().unlocks += 1;
    }

    fn unlock_sessions(&self) {
        self.0.lock().unwrap().unlocks += 1;
    }
}

struct Seat(Shared);

#[interface(name = "org.freedesktop.login1.Seat")]
impl Seat {
    #[zbus(property)]
    fn active_session(&self) -> (String, OwnedObjectPath) {
        named(self.0.lock().unwrap().shown)
    }
}

struct User(Option<&'static str>, Shared);

#[interface(name = "org.freedesktop.login1.User")]
impl User {
    #[zbus(property)]
    fn display(&self) -> (String, OwnedObjectPath) {
        named(self.0.unwrap_or(self.1.lock().unwrap().display))
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    First,
    Second,
    Remote,
}

struct Session {
    uid: u32,
    kind: Kind,
    state: Shared,
}

#[interface(name = "org.freedesktop.login1.Session")]
impl Session {
    #[zbus(property)]
    fn user(&self) -> (u32, OwnedObjectPath) {
        (self.uid, path(USER))
    }

    #[zbus(property)]
    fn locked_hint(&self) -> bool {
        let state = self.state.lock().unwrap();
        match self.kind {
            Kind::Second => state.second_locked,
            Kind::First | Kind::Remote => state.locked,
        }
    }

    #[zbus(property)]
    fn remote(&self) -> bool {
        self.kind == Kind::Remote
    }

    #[zbus(property)]
    fn seat(&self) -> (String, OwnedObjectPath) {
        match self.remote() {
            true => (String::new(), path("/")),
            false => ("seat0".to_owned(), path(SEAT)),
        }
    }

    #[zbus(property, name = "Type")]
    fn kind(&self) -> &str {
        if self.remote() { "tty" } else { "wayland" }
    }

    #[zbus(property)]
    fn class(&self) -> &str {
        "user"
    }

    async fn lock(&self, #[zbus(signal_emitter)] emitter: SignalEmitter<'_>) -> fdo::Result<()> {
        {
            let mut state = self.state.lock().unwrap();
            if self.kind == Kind::Remote {
                // logind sets the locked hint of remote sessions, too.
                state.remote_locks += 1;
                return Ok(());
            }
            let second = self.kind == Kind::Second;
            match second {
                true => state.second_locks += 1,
                false => state.locks += 1,
            }
            if state.locker == Locker::Deaf {
                return Ok(());
            }
            match second {
                true => state.second_locked = true,
                false => state.locked = true,
            }
        }
        self.locked_hint_changed(&emitter).await?;
        Ok(())
    }

    fn unlock(&self) {
        self.state.lock().unwrap().unlocks += 1;
    }
}
