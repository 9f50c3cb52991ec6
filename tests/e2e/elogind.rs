//! A real elogind on its own bus, with a session and a small screen locker. Run by
//! tests/elogind.sh, which gets elogind and keeps its files apart from the machine's.

use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use graspd::decide::{Reason, State};
use graspd::publish::Event;
use tokio::runtime::Runtime;

use zbus::export::ordered_stream::OrderedStreamExt;
use zbus::zvariant::{OwnedFd, OwnedObjectPath, Value};
use zbus::{Proxy, connection};

use crate::harness::{Device, rows, stream};
use crate::login::Bus;
use crate::session::{expect_state, next};

const LOGIN1: &str = "org.freedesktop.login1";
const MANAGER: &str = "/org/freedesktop/login1";

/// Ended when dropped.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts elogind from the folder that its package was unpacked in.
fn elogind(folder: PathBuf, bus: &str) -> Program {
    let libraries = ["lib/elogind", "lib", "usr/lib"].map(|name| folder.join(name));
    let libraries = std::env::join_paths(libraries).unwrap();
    let elogind = Command::new(folder.join("lib/elogind/elogind"))
        .env("LD_LIBRARY_PATH", libraries)
        .env("DBUS_SYSTEM_BUS_ADDRESS", bus)
        .spawn();
    Program(elogind.unwrap())
}

/// An active session of the calling user on seat0; it lasts until its leader ends or
/// the descriptor is closed.
struct Session {
    proxy: Proxy<'static>,
    _leader: Program,
    _open: OwnedFd,
}

/// The answer of `CreateSession`.
type Created = (
    String,
    OwnedObjectPath,
    String,
    OwnedFd,
    u32,
    String,
    u32,
    bool,
);

impl Session {
    async fn open(manager: &Proxy<'_>) -> zbus::Result<Self> {
        let leader = Program(Command::new("sleep").arg("600").spawn().unwrap());
        // A seat with virtual terminals requires the number of one.
        let (terminal, tty) = match Path::new("/dev/tty0").exists() {
            true => (7u32, "/dev/tty7"),
            false => (0, ""),
        };
        let properties: Vec<(&str, Value<'_>)> = Vec::new();
        let request = (
            rustix::process::geteuid().as_raw(),
            leader.0.id(),
            "login",
            "wayland",
            "user",
            "",
            "seat0",
            terminal,
            tty,
            "",
            false,
            "",
            "",
            properties,
        );
        let answer: Created = manager.call("CreateSession", &request).await?;
        let (_, path, _, open, ..) = answer;
        let interface = "org.freedesktop.login1.Session";
        let proxy = Proxy::new(manager.connection(), LOGIN1, path, interface).await?;
        proxy.call_method("Activate", &()).await?;
        Ok(Self {
            proxy,
            _leader: leader,
            _open: open,
        })
    }

    /// A screen locker: sets the locked hint when asked to lock, and counts the
    /// requests.
    async fn lock_when_asked(&self, asked: Arc<AtomicU32>) -> zbus::Result<()> {
        let (session, mut signals) = (self.proxy.clone(), self.proxy.receive_signal("Lock").await?);
        tokio::spawn(async move {
            while signals.next().await.is_some() {
                asked.fetch_add(1, Ordering::Relaxed);
                let _ = session.call_method("SetLockedHint", &true).await;
            }
        });
        Ok(())
    }
}

/// elogind's manager once it is on the bus; `None` where elogind cannot run.
async fn manager(bus: &str) -> zbus::Result<Option<Proxy<'static>>> {
    let client = connection::Builder::address(bus)?.build().await?;
    let manager = Proxy::new(&client, LOGIN1, MANAGER, "org.freedesktop.login1.Manager").await?;
    for _ in 0..100 {
        if manager.call_method("ListSeats", &()).await.is_ok() {
            return Ok(Some(manager));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    Ok(None)
}

#[test]
fn elogind_is_followed_as_logind_is() {
    let Some(folder) = std::env::var_os("GRASPD_ELOGIND") else {
        eprintln!("tests/elogind.sh tries this");
        return;
    };
    let device = Device::live("");
    let motion = device.motion();
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[session]\n"
    ));
    let _bus = Bus::start(&device).unwrap();
    let _elogind = elogind(folder.into(), &device.bus());
    let runtime = Runtime::new().unwrap();
    let Some(manager) = runtime.block_on(manager(&device.bus())).unwrap() else {
        skipped::because("elogind does not come to the bus, so it was NOT tried");
        return;
    };
    let session = runtime.block_on(Session::open(&manager)).unwrap();
    let asked = Arc::new(AtomicU32::new(0));
    runtime
        .block_on(session.lock_when_asked(asked.clone()))
        .unwrap();

    let daemon = device.start_ready();
    let mut events = daemon.client();
    // A delaying inhibitor of sleep is held until the sensors are off.
    let delays_sleep = || {
        type Inhibitor = (String, String, String, String, u32, u32);
        let all: Vec<Inhibitor> = runtime
            .block_on(manager.call("ListInhibitors", &()))
            .unwrap();
        let ours = |(what, who, _, mode, ..): &Inhibitor| {
            (what.as_str(), who.as_str(), mode.as_str()) == ("sleep", "graspd", "delay")
        };
        all.iter().any(ours).then_some(())
    };
    daemon.patiently(delays_sleep).unwrap();

    let was_asked = || asked.load(Ordering::Relaxed) > 0;
    stream(&device, &daemon, &rows("hand-over.csv.zst"), was_asked);
    let attempts = next(&mut events, |event| match event {
        Event::LockConfirmed { attempts, .. } => Some(attempts),
        _ => None,
    });
    assert_eq!(attempts, 1);
    assert_eq!(asked.load(Ordering::Relaxed), 1);

    let opened = session.proxy.call_method("SetLockedHint", &false);
    runtime.block_on(opened).unwrap();
    expect_state(&mut events, State::Inconclusive, Reason::WarmUp);
}
