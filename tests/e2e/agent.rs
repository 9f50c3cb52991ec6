//! `graspd-agent` beside a real daemon, with a service of notifications on a private bus.

use std::collections::HashMap;
use std::fs::{self, File};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};

use graspd::decide::{Reason, State};
use graspd::report::{EventLog, Lock};
use tokio::runtime::Runtime;
use zbus::object_server::SignalEmitter;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, connection, interface};

use crate::harness::{Daemon, Device, rows, stream};
use crate::login::{Bus, Locker, Logind};
use crate::session::expect_state;

const RECORDING: &str = "hand-over.csv.zst";
const PATH: &str = "/org/freedesktop/Notifications";

/// A notification as it came.
#[derive(Debug, Clone)]
struct Notification {
    title: String,
    body: String,
    /// Keys and labels in turn.
    actions: Vec<String>,
    category: String,
    urgency: u8,
}

type Shown = Arc<Mutex<Vec<Notification>>>;
/// Ids that were taken back.
type Closed = Arc<Mutex<Vec<u32>>>;

/// A stand-in for the shell's notifications; each gets its place in the list, from 1, as its id.
struct Notifications {
    shown: Shown,
    closed: Closed,
    bus: Connection,
    runtime: Runtime,
}

impl Notifications {
    fn start(bus: &Bus) -> Self {
        let (shown, closed) = (Shown::default(), Closed::default());
        let runtime = Logind::runtime();
        let served = async {
            connection::Builder::address(bus.address.as_str())?
                .serve_at(PATH, Served(shown.clone(), closed.clone()))?
                .name("org.freedesktop.Notifications")?
                .build()
                .await
        };
        let bus = runtime.block_on(served).unwrap();
        Self {
            shown,
            closed,
            bus,
            runtime,
        }
    }

    /// The first notification of which `wanted` is true, and its id.
    fn expect(
        &self,
        daemon: &Daemon,
        wanted: impl Fn(&Notification) -> bool,
    ) -> (Notification, u32) {
        let find = || {
            let shown = self.shown.lock().unwrap();
            let at = shown.iter().position(&wanted)?;
            Some((shown[at].clone(), at as u32 + 1))
        };
        daemon
            .patiently(find)
            .unwrap_or_else(|| panic!("only {:?}", self.shown.lock().unwrap()))
    }

    /// The agent takes back the notification of this id.
    fn expect_closed(&self, daemon: &Daemon, id: u32) {
        let closed = || self.closed.lock().unwrap().contains(&id).then_some(());
        daemon.patiently(closed).expect("it is shown for ever");
    }

    /// Somebody taps a button.
    fn tap(&self, id: u32, key: &str) {
        let emitter = SignalEmitter::new(&self.bus, PATH).unwrap();
        let tapped = Served::action_invoked(&emitter, id, key);
        self.runtime.block_on(tapped).unwrap();
    }
}

struct Served(Shown, Closed);

#[interface(name = "org.freedesktop.Notifications")]
impl Served {
    #[allow(clippy::too_many_arguments, reason = "the specification has as many")]
    fn notify(
        &self,
        app_name: String,
        _replaces_id: u32,
        _app_icon: String,
        title: String,
        body: String,
        actions: Vec<String>,
        mut hints: HashMap<String, OwnedValue>,
        _expire_timeout: i32,
    ) -> u32 {
        assert_eq!(app_name, "graspd");
        let mut shown = self.0.lock().unwrap();
        shown.push(Notification {
            title,
            body,
            actions,
            category: hints.remove("category").unwrap().try_into().unwrap(),
            urgency: hints.remove("urgency").unwrap().try_into().unwrap(),
        });
        shown.len() as u32
    }

    fn close_notification(&self, id: u32) {
        self.1.lock().unwrap().push(id);
    }

    #[zbus(signal)]
    async fn action_invoked(emitter: &SignalEmitter<'_>, id: u32, key: &str) -> zbus::Result<()>;
}

/// A running agent; ended when dropped.
pub struct Agent(Child);

impl Agent {
    /// `None`, with a notice, where it is not built.
    pub fn start(device: &Device, bus: &Bus, locale: &str) -> Option<Self> {
        let program = Path::new(env!("CARGO_BIN_EXE_graspd")).with_file_name("graspd-agent");
        if !program.exists() {
            skipped::because(format!(
                "there is no {}, so it was NOT tried",
                program.display()
            ));
            return None;
        }
        let agent = Command::new(program)
            .arg("--socket")
            .arg(device.socket())
            .env("DBUS_SESSION_BUS_ADDRESS", &bus.address)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address)
            .env("LC_ALL", locale)
            .env("XDG_STATE_HOME", device.file("state-home"))
            .stderr(File::create(device.file("agent.log")).unwrap())
            .spawn()
            .unwrap();
        Some(Self(agent))
    }
}

impl Drop for Agent {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn device() -> Device {
    let device = Device::live("");
    let motion = device.motion();
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\n"
    ));
    device
}

#[test]
fn a_word_comes_before_the_lock_and_a_question_after_it() {
    let device = device();
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let notifications = Notifications::start(&bus);
    let daemon = device.start_ready();
    let Some(_agent) = Agent::start(&device, &bus, "de_DE.UTF-8") else {
        return;
    };
    // The agent is among the clients.
    let with_agent = |counters: &serde_json::Value| counters["clients"]["connected"] == 2;
    daemon.expect_status(|status| status.counters.as_ref().is_some_and(with_agent));
    stream(&device, &daemon, &rows(RECORDING), || logind.locks() > 0);

    let (near, near_id) =
        notifications.expect(&daemon, |shown| shown.body.starts_with("Halten Sie es"));
    assert_eq!((near.urgency, near.category.as_str()), (2, "device"));
    assert_eq!(near.actions, [""; 0]);
    notifications.expect_closed(&daemon, near_id);
    let asked = |shown: &Notification| !shown.actions.is_empty();
    assert!(
        !notifications.shown.lock().unwrap().iter().any(asked),
        "before it was opened"
    );

    let mut client = daemon.client();
    logind.set_locked(false);
    expect_state(&mut client, State::Inconclusive, Reason::WarmUp);
    let (question, id) = notifications.expect(&daemon, asked);
    assert_eq!(question.title, "Waren Sie es?");
    assert_eq!(question.actions, ["yes", "Ja", "no", "Nein"]);
    // What the daemon says to the answer is shown, too.
    notifications.tap(id + 100, "yes");
    notifications.tap(id, "yes");
    notifications.expect(&daemon, |shown| shown.body.starts_with("counted"));
    the_day_is_kept(&device, &daemon);
}

/// The agent's file of the day, as `graspd report` reads it.
fn the_day_is_kept(device: &Device, daemon: &Daemon) {
    let folder = device.file("state-home").join("graspd");
    let read = || {
        let day = fs::read_dir(&folder).ok()?.next()?.ok()?.path();
        let text = fs::read_to_string(&day).ok()?;
        text.contains(r#"{"event":"answer","was_false":true"#)
            .then_some((day, text))
    };
    let (day, text) = daemon.patiently(read).expect("no answer is kept");
    let mut log = EventLog::default();
    log.read(text.as_bytes()).unwrap();
    assert_eq!((log.unreadable, log.unknown), (0, 1), "{text}");
    let [segment] = &log.segments[..] else {
        panic!("{text}");
    };
    let by_evidence = |lock: &&Lock| lock.reason == Reason::Evidence.into();
    assert_eq!(segment.locks.iter().filter(by_evidence).count(), 1);
    assert!(segment.windows > 10, "{} scores", segment.windows);
    let others = fs::metadata(day).unwrap().permissions().mode() & 0o077;
    assert_eq!(others, 0);
}

#[test]
fn a_device_without_motion_and_one_that_nobody_watches_are_told() {
    let device = device();
    device.reconfigure("[session]\n", "[session]\n[decide]\nsensor_grace_s = 0.5\n");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let _logind = Logind::start(&bus, Locker::Obedient);
    let notifications = Notifications::start(&bus);
    let mut daemon = device.start_ready();
    let Some(_agent) = Agent::start(&device, &bus, "C") else {
        return;
    };
    let about = |words: &'static str| move |shown: &Notification| shown.body.contains(words);
    let (fault, _) = notifications.expect(&daemon, about("cannot be judged"));
    assert_eq!(fault.category, "device.error");
    daemon.signal(rustix::process::Signal::KILL);
    daemon.exit_code();
    let (gone, _) = notifications.expect(&daemon, about("graspd has ended"));
    assert_eq!(gone.urgency, 2);
    assert!(gone.title.contains("Nobody watches"), "{gone:?}");
}
