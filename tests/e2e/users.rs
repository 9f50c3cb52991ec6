//! Requests of other users to the daemon. These tests need root.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use graspd::decide::State;
use graspd::owner::profile::Profile;
use graspd::publish::Client;
use rustix::process::Signal;

use crate::harness::{Daemon, Device, profile, rows};

/// A user without files or sessions.
const NOBODY: u32 = 65534;

/// The program, run as another user.
pub struct Stranger {
    program: PathBuf,
}

impl Stranger {
    /// `None`, with a notice, without root.
    pub fn on(device: &Device) -> Option<Self> {
        let there = Command::new("setpriv").arg("--version").output();
        if !rustix::process::getuid().is_root() || there.is_err() {
            skipped::because(
                "only root can play another user, with setpriv, so requests of others were NOT tried",
            );
            return None;
        }
        let program = device.file("graspd");
        fs::copy(env!("CARGO_BIN_EXE_graspd"), &program).unwrap();
        let folder = program.parent().unwrap();
        fs::set_permissions(folder, Permissions::from_mode(0o711)).unwrap();
        Some(Self { program })
    }

    fn run(&self, device: &Device, arguments: &[&str]) -> Output {
        self.command(device, arguments).output().unwrap()
    }

    pub fn command(&self, device: &Device, arguments: &[&str]) -> Command {
        let mut command = Command::new("setpriv");
        command
            .args([
                &format!("--reuid={NOBODY}"),
                &format!("--regid={NOBODY}"),
                "--clear-groups",
            ])
            .arg(&self.program)
            .args(arguments)
            .arg("--socket")
            .arg(device.socket())
            .env_remove("SUDO_UID")
            .current_dir("/");
        command
    }

    /// Expects a refusal that says `part`.
    fn is_refused(&self, device: &Device, arguments: &[&str], part: &str) {
        let output = self.run(device, arguments);
        let said = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(77), "{arguments:?}: {said}");
        assert!(said.contains(part), "{arguments:?}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }

    /// Whether the status contains what only root and the owner may see.
    fn is_trusted(&self, device: &Device) -> bool {
        let output = self.run(device, &["status", "--json"]);
        assert!(output.status.success(), "{output:?}");
        let status: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        status.get("counters").is_some()
    }
}

const ORDERS: [&[&str]; 3] = [
    &["enroll"],
    &["enroll", "--finish"],
    &["enroll", "--cancel"],
];

fn device() -> Device {
    let device = Device::live("");
    let motion = device.motion();
    device.configure_owner(&format!("[source]\nkind = \"stream\"\npath = {motion:?}\n"));
    device
}

/// Makes `uid` the owner of the device's files.
fn give(device: &Device, uid: u32) {
    let profile = Profile::load_any(profile()).unwrap();
    let given = Profile {
        owner_uid: uid,
        ..profile
    };
    given.save(&device.profile()).unwrap();
}

#[test]
fn a_stranger_can_neither_enrol_nor_have_the_owner_forgotten() {
    let device = device();
    let Some(stranger) = Stranger::on(&device) else {
        return;
    };
    let config = device.config();
    let forget = ["profile", "forget", "--config", config.to_str().unwrap()];
    for owner in [None, Some(1000)] {
        if let Some(owner) = owner {
            give(&device, owner);
        }
        let daemon = device.start_ready();
        for order in ORDERS.into_iter().chain([&forget[..]]) {
            stranger.is_refused(&device, order, "are for root and the profile's owner");
        }
        let shown = crate::live_enrolment::order(&mut daemon.client(), "\"do\":\"show\"");
        assert_eq!(shown.unwrap().owner, None, "an enrolment has begun");
        assert_eq!(device.profile().exists(), owner.is_some());
    }
}

/// Starts the daemon as the user nobody, whose the device's files become.
fn start_as_nobody(device: &Device, program: &Path) -> Daemon {
    let folder = program.parent().unwrap();
    let bundle = folder.join("model");
    let mut copied = Command::new("cp");
    copied.arg("-r").arg(crate::harness::bundle()).arg(&bundle);
    assert!(copied.status().unwrap().success());
    let shipped = format!("bundle = {:?}", crate::harness::bundle());
    device.reconfigure(&shipped, &format!("bundle = {bundle:?}"));
    let mut given = Command::new("chown");
    given.args(["-R", &NOBODY.to_string()]).arg(folder);
    assert!(given.status().unwrap().success());
    let mut as_nobody = Command::new("setpriv");
    as_nobody
        .args([
            &format!("--reuid={NOBODY}"),
            &format!("--regid={NOBODY}"),
            "--clear-groups",
        ])
        // The copy, because the program itself may be where nobody else looks.
        .args(["sh", "-c", "shift; exec \"$0\" \"$@\""])
        .arg(program);
    let daemon = device.start_under(as_nobody);
    let there = daemon.patiently(|| Client::connect(&device.socket()).ok());
    assert!(there.is_some(), "{}", daemon.log());
    daemon
}

#[test]
fn the_user_that_the_daemon_runs_as_may_be_the_first_to_enrol() {
    let device = device();
    let Some(user) = Stranger::on(&device) else {
        return;
    };
    let daemon = start_as_nobody(&device, &user.program);
    let show = || crate::live_enrolment::order(&mut daemon.client(), "\"do\":\"show\"").unwrap();
    let mut sitting = user.command(&device, &["enroll"]);
    let mut sitting = sitting.stdout(Stdio::null()).spawn().unwrap();
    let begun = daemon.patiently(|| Some(show()).filter(|shown| shown.owner.is_some()));
    sitting.kill().unwrap();
    sitting.wait().unwrap();
    assert_eq!(begun.unwrap().owner, Some(NOBODY));
    let config = device.config();
    let forget = ["profile", "forget", "--config", config.to_str().unwrap()];
    let forgotten = user.run(&device, &forget);
    assert!(forgotten.status.success(), "{forgotten:?}");
    assert_eq!(show().owner, None);
}

#[test]
fn while_the_state_is_lock_its_owner_cannot_enrol_another_pair_of_hands() {
    let device = device();
    let Some(owner) = Stranger::on(&device) else {
        return;
    };
    give(&device, NOBODY);
    let before = fs::read(device.profile()).unwrap();
    fs::write(device.file("locked"), "").unwrap();
    let daemon = device.start_ready();
    assert_eq!(daemon.client().hello().state, State::Lock);
    let config = device.config();
    let forget = ["profile", "forget", "--config", config.to_str().unwrap()];
    // Whoever has the device could discard what its owner has begun to gather, too.
    for order in ORDERS.into_iter().chain([&forget[..]]) {
        owner.is_refused(&device, order, "while the state is lock, only root");
    }
    assert_eq!(fs::read(device.profile()).unwrap(), before);
}

#[test]
fn a_thief_with_the_unlocked_device_can_neither_enrol_nor_have_the_owner_forgotten() {
    let device = device();
    let Some(owner) = Stranger::on(&device) else {
        return;
    };
    give(&device, NOBODY);
    let before = fs::read(device.profile()).unwrap();
    let daemon = device.start_ready();
    device.feed(&rows("enrol-1.csv.zst")[..200]);
    let status = daemon.expect_status(|status| status.counters.is_some());
    assert_eq!(status.state, State::Inconclusive);
    let config = device.config();
    let forget = ["profile", "forget", "--config", config.to_str().unwrap()];
    for order in [ORDERS[0], ORDERS[1], &forget] {
        owner.is_refused(&device, order, "here only root may do that");
    }
    let shown = crate::live_enrolment::order(&mut daemon.client(), "\"do\":\"show\"");
    assert_eq!(shown.unwrap().owner, None, "an enrolment has begun");
    assert_eq!(fs::read(device.profile()).unwrap(), before);
    // What the owner may see they may see still.
    assert!(owner.is_trusted(&device));
    assert!(owner.run(&device, ORDERS[2]).status.success());
}

#[test]
fn nobody_but_root_can_name_another_owner() {
    let device = device();
    let Some(stranger) = Stranger::on(&device) else {
        return;
    };
    let output = stranger.run(&device, &["enroll", "--owner", "1000"]);
    let said = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(64), "{said}");
    assert!(said.contains("only root may enrol another user"), "{said}");
}

#[test]
fn a_reload_with_another_owners_profile_trusts_that_one() {
    let device = device();
    let Some(stranger) = Stranger::on(&device) else {
        return;
    };
    give(&device, 1000);
    let daemon = device.start_ready();
    device.feed(&rows("enrol-1.csv.zst")[..200]);
    daemon.expect_status(|status| status.counters.is_some());
    assert!(!stranger.is_trusted(&device));

    give(&device, NOBODY);
    daemon.signal(Signal::HUP);
    daemon.expect_log("reloaded");
    assert!(stranger.is_trusted(&device));

    give(&device, 1000);
    daemon.signal(Signal::HUP);
    daemon
        .patiently(|| (!stranger.is_trusted(&device)).then_some(()))
        .expect("who was the owner is trusted still");
}
