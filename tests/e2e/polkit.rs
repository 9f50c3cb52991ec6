//! An authority that stands in for polkit, and polkit itself on a test's bus.

use std::collections::HashMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};

use tokio::runtime::Runtime;
use zbus::zvariant::OwnedValue;
use zbus::{Connection, connection, interface};

use crate::harness::Device;
use crate::login::{Bus, Logind};

/// What the stand-in does when it is asked.
#[derive(Debug, Default)]
struct Authority {
    grants: bool,
    asked: Vec<String>,
}

type Shared = Arc<Mutex<Authority>>;

/// A stand-in for polkit; leaves the bus when dropped.
pub struct Polkit {
    state: Shared,
    bus: Connection,
    runtime: Runtime,
}

impl Polkit {
    /// One that allows nothing, until it is told to.
    pub fn stand_in(bus: &Bus) -> Self {
        let state = Shared::default();
        let runtime = Logind::runtime();
        let served = async {
            connection::Builder::address(bus.address.as_str())?
                .serve_at(
                    "/org/freedesktop/PolicyKit1/Authority",
                    Served(state.clone()),
                )?
                .name("org.freedesktop.PolicyKit1")?
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

    /// Whether the secret is given from now on.
    pub fn grant(&self, grants: bool) {
        self.state.lock().unwrap().grants = grants;
    }

    /// The actions that it was asked about since it was asked this.
    pub fn asked(&self) -> Vec<String> {
        std::mem::take(&mut self.state.lock().unwrap().asked)
    }
}

impl Drop for Polkit {
    fn drop(&mut self) {
        let _ = self.runtime.block_on(self.bus.clone().close());
    }
}

struct Served(Shared);

/// Whether it is authorised, whether somebody could be asked, and details.
type Answer = (bool, bool, HashMap<String, String>);

#[interface(name = "org.freedesktop.PolicyKit1.Authority")]
impl Served {
    fn check_authorization(
        &self,
        subject: (String, HashMap<String, OwnedValue>),
        action: String,
        _details: HashMap<String, String>,
        flags: u32,
        _cancellation: String,
    ) -> (Answer,) {
        assert_eq!(subject.0, "system-bus-name");
        let name: &str = (&subject.1["name"]).try_into().unwrap();
        assert!(name.starts_with(':'), "{name}");
        assert_eq!(flags, 1, "nobody may be asked");
        let mut state = self.0.lock().unwrap();
        state.asked.push(action);
        ((state.grants, false, HashMap::new()),)
    }
}

/// polkit's own daemon with graspd's actions, for a graspd that runs as the user daemon, and this
/// rule; ended when dropped.
pub struct RealPolkit(Child);

impl RealPolkit {
    /// `None`, with a notice, where it cannot be run here.
    pub fn start(device: &Device, bus: &Bus, rule: &str) -> Option<Self> {
        let polkitd = ["/usr/lib/polkit-1/polkitd", "/usr/libexec/polkitd"];
        let polkitd = polkitd.into_iter().find(|path| Path::new(path).exists());
        let root = rustix::process::geteuid().is_root();
        let (Some(polkitd), true) = (polkitd, root) else {
            skipped::because("polkitd, or root to run it, is not here, so it was NOT asked");
            return None;
        };
        let rules = device.file("rules.d");
        fs::create_dir(&rules).unwrap();
        fs::write(rules.join("10-test.rules"), rule).unwrap();
        // In a view of the file system of its own, and readable to its user.
        let script = "
            mount -t tmpfs tmpfs /usr/share/polkit-1/rules.d
            mount -t tmpfs tmpfs /etc/polkit-1/rules.d
            mount -t tmpfs tmpfs /usr/share/polkit-1/actions
            sed s/unix-user:graspd/unix-user:daemon/ \"$1\" >/usr/share/polkit-1/actions/alt.graspd.policy
            cp \"$2\"/*.rules /usr/share/polkit-1/rules.d
            chmod -R a+rX /usr/share/polkit-1/actions /usr/share/polkit-1/rules.d /etc/polkit-1/rules.d
            exec \"$3\" --no-debug";
        let policy = Path::new(env!("CARGO_MANIFEST_DIR")).join("dbus/alt.graspd.policy");
        let mut child = Command::new("unshare")
            .args(["--mount", "sh", "-ec", script, "sh"])
            .arg(policy)
            .arg(rules)
            .arg(polkitd)
            .env("DBUS_SYSTEM_BUS_ADDRESS", &bus.address)
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let has_come = || {
            let asked = Command::new("dbus-send")
                .args([&format!("--bus={}", bus.address), "--print-reply=literal"])
                .args(["--dest=org.freedesktop.DBus", "/"])
                .args([
                    "org.freedesktop.DBus.NameHasOwner",
                    "string:org.freedesktop.PolicyKit1",
                ])
                .output()
                .unwrap();
            String::from_utf8_lossy(&asked.stdout).contains("true")
        };
        for _ in 0..500 {
            if has_come() {
                return Some(Self(child));
            }
            if child.try_wait().unwrap().is_some() {
                skipped::because("polkitd does not run here, so it was NOT asked");
                return None;
            }
            std::thread::sleep(std::time::Duration::from_millis(20));
        }
        panic!("polkitd does not come");
    }
}

/// Whether polkit answers the user `uid` whether the owner of the name `subject` may pause;
/// `None`, with a notice, where nothing can ask it.
pub fn answers(bus: &Bus, uid: u32, subject: &str) -> Option<bool> {
    let asked = Command::new("setpriv")
        .args([
            &format!("--reuid={uid}"),
            &format!("--regid={uid}"),
            "--clear-groups",
        ])
        .args(["busctl", &format!("--address={}", bus.address), "call"])
        .args([
            "org.freedesktop.PolicyKit1",
            "/org/freedesktop/PolicyKit1/Authority",
        ])
        .args(["org.freedesktop.PolicyKit1.Authority", "CheckAuthorization"])
        .args([
            "(sa{sv})sa{ss}us",
            "system-bus-name",
            "1",
            "name",
            "s",
            subject,
        ])
        .args(["alt.graspd.pause", "0", "1", ""])
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&asked.stderr);
    if said.contains("failed to execute") {
        skipped::because("there is no busctl, so polkit was NOT asked as another user");
        return None;
    }
    assert!(
        asked.status.success() || said.contains("trusted callers"),
        "{said}"
    );
    Some(asked.status.success())
}

impl Drop for RealPolkit {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
