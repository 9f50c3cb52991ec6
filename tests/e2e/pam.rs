//! `pam_graspd.so` in a real libpam: pamtester with a stack like the one in docs/pam.md, where
//! a module that always lets in stands for the fingerprint, and one that never does for the
//! password.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use graspd::decide::{Reason, State};
use graspd::owner::profile::Profile;
use graspd::publish::Client;
use rustix::process::Signal;

use crate::harness::{Daemon, Device, TEN_SECONDS, rows, stream};
use crate::login::NOBODY;
use crate::session::expect_state;

const RECORDING: &str = "hand-over.csv.zst";

/// A folder of PAM's services, seen by a pamtester of its own in place of the system's.
struct Stack {
    services: PathBuf,
}

impl Stack {
    /// `None`, with a notice, where it cannot be tried.
    fn new(device: &Device, socket: &Path) -> Option<Self> {
        let module = Path::new(env!("CARGO_BIN_EXE_graspd"));
        let module = module.with_file_name("deps/libpam_graspd.so");
        let has_tester = Command::new("pamtester").output().is_ok();
        let root = rustix::process::geteuid().is_root();
        if !(module.exists() && has_tester && root) {
            skipped::because(format!(
                "pamtester, root or {} is not here, so pam_graspd was NOT tried",
                module.display()
            ));
            return None;
        }
        let services = device.file("pam.d");
        fs::create_dir(&services).unwrap();
        let (module, socket) = (module.display(), socket.display());
        let account = "account required pam_permit.so\n";
        for (service, stack) in [
            (
                "fingerprint-enough",
                format!(
                    "auth [ignore=ignore default=1] {module} socket={socket}\n\
                     auth sufficient pam_permit.so\nauth required pam_deny.so\n"
                ),
            ),
            // Mistakes of an administrator.
            (
                "alone",
                format!("auth sufficient {module} socket={socket}\n"),
            ),
            (
                "before-password",
                format!("auth sufficient {module} socket={socket}\nauth required pam_deny.so\n"),
            ),
            (
                "mistyped",
                format!(
                    "auth [ignore=ignore default=1] {module} sokcet={socket}\n\
                     auth sufficient pam_permit.so\nauth required pam_deny.so\n"
                ),
            ),
        ] {
            fs::write(services.join(service), stack + account).unwrap();
        }
        Some(Self { services })
    }

    /// Whether `service` lets the user `name` in.
    fn lets_in(&self, service: &str, name: &str) -> bool {
        let script = "mount --bind \"$1\" /etc/pam.d && exec pamtester \"$2\" \"$3\" authenticate";
        let tested = Command::new("unshare")
            .args(["--mount", "sh", "-c", script, "sh"])
            .arg(&self.services)
            .args([service, name])
            .env("GRASPD_SOCKET", "/nonexistent")
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&tested.stderr).into_owned()
            + &String::from_utf8_lossy(&tested.stdout);
        let outcomes = [
            "successfully authenticated",
            "Authentication failure",
            "Permission denied",
        ];
        assert!(outcomes.iter().any(|known| said.contains(known)), "{said}");
        tested.status.success()
    }

    /// Whether a fingerprint is enough for the user nobody.
    fn is_enough(&self) -> bool {
        self.lets_in("fingerprint-enough", "nobody")
    }
}

/// A device that watches for the user nobody.
fn device() -> Device {
    let device = Device::live("");
    let motion = device.motion();
    device.configure_owner(&format!("[source]\nkind = \"stream\"\npath = {motion:?}\n"));
    let mut profile = Profile::load_any(crate::harness::profile()).unwrap();
    profile.owner_uid = NOBODY;
    profile.save(&device.profile()).unwrap();
    device
}

fn recognised(device: &Device, daemon: &Daemon) -> Client {
    let mut client = daemon.client();
    stream(device, daemon, &rows(RECORDING)[..4 * TEN_SECONDS], || {
        false
    });
    expect_state(&mut client, State::Unlock, Reason::Evidence);
    client
}

#[test]
fn a_fingerprint_is_enough_while_the_owner_is_recognised_and_never_else() {
    let device = device();
    let Some(stack) = Stack::new(&device, &device.socket()) else {
        return;
    };
    assert!(!stack.is_enough(), "there is no daemon");
    let daemon = device.start_ready();
    assert!(!stack.is_enough(), "nothing was seen yet");
    let mut client = recognised(&device, &daemon);
    assert!(stack.is_enough(), "the owner is recognised");
    assert!(
        !stack.lets_in("fingerprint-enough", "root"),
        "it is not their profile"
    );
    assert!(
        !stack.lets_in("fingerprint-enough", "no such user"),
        "nobody knows them"
    );
    for mistaken in ["alone", "before-password", "mistyped"] {
        assert!(
            !stack.lets_in(mistaken, "nobody"),
            "it lets in by itself: {mistaken}"
        );
    }
    daemon.signal(Signal::STOP);
    assert!(!stack.is_enough(), "the daemon is silent");
    daemon.signal(Signal::CONT);
    assert!(stack.is_enough(), "it speaks again");
    stream(
        &device,
        &daemon,
        &rows(RECORDING)[4 * TEN_SECONDS..],
        || crate::harness::status(&mut daemon.client()).state == State::Lock,
    );
    expect_state(&mut client, State::Lock, Reason::Evidence);
    assert!(!stack.is_enough(), "another has it");
}

#[test]
fn a_daemon_that_only_observes_makes_nothing_easier() {
    let device = device();
    let rest = fs::read_to_string(device.config()).unwrap();
    fs::write(device.config(), format!("mode = \"observe\"\n{rest}")).unwrap();
    let Some(stack) = Stack::new(&device, &device.socket()) else {
        return;
    };
    let daemon = device.start_ready();
    recognised(&device, &daemon);
    assert!(!stack.is_enough());
}
