//! The folder of the files that outlive the daemon, and paths that are not regular
//! files.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, chown};
use std::process::{Command, Output};

use graspd::decide::{Reason, State};
use graspd::publish::Event;

use crate::harness::{Device, bundle, graspd, make_fifo, make_private, profile};
use crate::live_enrolment::{BEGIN, order};
use crate::start::{assert_refused, refusal};

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

fn chmod(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn a_state_folder_that_others_could_change_is_refused() {
    let device = Device::live("");
    let state = device.keep_state_apart();
    for (mode, part) in [
        (0o777, "0777"),
        (0o1777, "go-w"),
        (0o755, "chmod go-r"),
        (0o500, "chmod 0700"),
    ] {
        chmod(&state, mode);
        assert_refused(&device, 78, &["state.folder", "state", part]);
    }
    fs::remove_dir(&state).unwrap();
    assert_refused(&device, 78, &["there is none", "install -d -m 0700"]);
    fs::write(&state, "").unwrap();
    assert_refused(&device, 78, &["no folder"]);
    fs::remove_file(&state).unwrap();
    make_private(&state);
    if !is_root() {
        return skipped::because(
            "only root can give a folder away, so the owner of the state folder was NOT tried",
        );
    }
    chown(&state, Some(65534), Some(65534)).unwrap();
    assert_refused(&device, 78, &["belongs to user 65534"]);
}

#[test]
fn a_profile_of_another_user_is_refused() {
    if !is_root() {
        return skipped::because(
            "only root can give a file away, so the owner of files was NOT tried",
        );
    }
    let device = Device::live("");
    device.configure_owner("");
    fs::copy(profile(), device.profile()).unwrap();
    chown(device.profile(), Some(65534), None).unwrap();
    assert_refused(&device, 65, &["owner.profile", "belongs to user 65534"]);
}

#[test]
fn a_fifo_in_a_files_place_is_refused_at_once() {
    let device = Device::live("");
    device.configure_owner("");
    make_fifo(&device.profile());
    assert_refused(&device, 66, &["owner.profile", "it is a FIFO"]);
    fs::remove_file(device.profile()).unwrap();

    let fake = device.file("bundle");
    make_private(&fake);
    fs::copy(bundle().join("manifest.toml"), fake.join("manifest.toml")).unwrap();
    for file in ["branch.onnx", "manifest.toml"] {
        let _ = fs::remove_file(fake.join(file));
        make_fifo(&fake.join(file));
        device.configure_owner("");
        let (was, is) = (format!("{:?}", bundle()), format!("{fake:?}"));
        device.reconfigure(&was, &is);
        assert_refused(&device, 65, &[file, "it is a FIFO"]);
    }

    fs::remove_file(device.config()).unwrap();
    make_fifo(&device.config());
    assert_refused(&device, 78, &["graspd.toml", "it is a FIFO"]);
}

#[test]
fn two_daemons_do_not_share_a_state_folder() {
    let device = Device::live("");
    let first = device.start_ready();
    let (was, is) = ("graspd.sock", "another.sock");
    device.reconfigure(was, is);
    let (code, said) = refusal(device.command("run"));
    assert_eq!(code, 69, "{said}");
    assert!(said.contains("another graspd uses it"), "{said}");
    // Validation succeeds, as it does not use the folder.
    assert!(
        device
            .command("validate")
            .output()
            .unwrap()
            .status
            .success()
    );
    drop(first);
    device.reconfigure(is, was);
    device.start_ready();
}

#[test]
fn what_cannot_be_written_is_published_all_the_same_and_written_later() {
    let device = Device::live("sensor_grace_s = 0.5");
    let state = device.keep_state_apart();
    let mut daemon = device.start_ready();
    let mut client = daemon.client();
    let away = device.file("away");
    fs::rename(&state, &away).unwrap();
    let lock = client.find(|event| matches!(event, Ok(Event::Lock(_))));
    assert!(lock.is_some());
    daemon.expect_log("a restart would not know that the state is lock");
    make_private(&state);
    daemon.expect_log("a restart would know the state again");
    daemon.child.kill().unwrap();
    daemon.exit_code();
    let next = device.start_ready();
    assert_eq!(next.client().hello().reason, Reason::Persisted.into());
}

#[test]
fn a_fifo_in_the_notes_place_is_a_lock() {
    let device = Device::live("");
    make_fifo(&device.file("locked"));
    let daemon = device.start_ready();
    assert_eq!(daemon.client().hello().state, State::Lock);
}

#[test]
fn a_begun_enrolment_that_cannot_be_gone_on_with_is_never_written_over() {
    let device = Device::live("");
    let motion = device.motion();
    device.configure_owner(&format!("[source]\nkind = \"stream\"\npath = {motion:?}\n"));
    let begun = device.file("begun.enrolment");
    let first = device.start_ready();
    crate::live_enrolment::sit(&device, &first, "enrol-1.csv.zst", 5);
    first.patiently(|| begun.exists().then_some(())).unwrap();
    drop(first);
    let kept = fs::read(&begun).unwrap();
    let refused = |part: &str| {
        let daemon = device.start_ready();
        let said = order(&mut daemon.client(), &BEGIN).unwrap_err();
        assert!(said.contains(part) && said.contains("--cancel"), "{said}");
        let shown = order(&mut daemon.client(), "\"do\":\"show\"").unwrap();
        assert_eq!(shown.message, Some(said));
        assert_eq!(fs::read(&begun).unwrap(), kept);
        daemon
    };

    chmod(&begun, 0o644);
    let daemon = refused("chmod 0600");
    // The remedy in the message is sufficient.
    chmod(&begun, 0o600);
    let windows = order(&mut daemon.client(), &BEGIN).unwrap().windows;
    assert!(windows >= 5);
    drop(daemon);
    fs::write(&begun, &kept).unwrap();

    let hop = "[window]\nhop_frames = 48\n[source]";
    device.reconfigure("[source]", hop);
    drop(refused("window.hop_frames"));
    device.reconfigure(hop, "[source]");

    fs::rename(&begun, device.file("set aside")).unwrap();
    make_fifo(&begun);
    let daemon = device.start_ready();
    let said = order(&mut daemon.client(), &BEGIN).unwrap_err();
    assert!(said.contains("a FIFO"), "{said}");
    order(&mut daemon.client(), "\"do\":\"cancel\"").unwrap();
    assert!(!begun.exists());
    order(&mut daemon.client(), &BEGIN).unwrap();
}

/// Runs `graspd profile forget`.
pub fn forget(device: &Device) -> Output {
    let mut command = graspd();
    command.args(["profile", "forget", "--config"]);
    command.arg(device.config()).output().unwrap()
}

#[test]
fn forgetting_leaves_nothing_behind() {
    let device = Device::live("");
    let motion = device.motion();
    device.configure_owner(&format!("[source]\nkind = \"stream\"\npath = {motion:?}\n"));
    let state = device.keep_state_apart();
    let own = state.join("owner.profile");
    device.reconfigure(&format!("{:?}", device.profile()), &format!("{own:?}"));
    let leftovers = || {
        fs::copy(profile(), &own).unwrap();
        for half in [
            ".owner.profile.4194305-3.new",
            ".begun.enrolment.new",
            "begun.enrolment.damaged",
        ] {
            fs::copy(profile(), state.join(half)).unwrap();
        }
    };
    let forget = || {
        let output = forget(&device);
        assert!(output.status.success(), "{output:?}");
        let names = fs::read_dir(&state).unwrap();
        let names: Vec<_> = names.map(|entry| entry.unwrap().file_name()).collect();
        assert!(names.is_empty(), "{names:?}");
    };
    leftovers();
    forget();
    let _daemon = device.start_ready();
    leftovers();
    forget();
    // A daemon on another socket would write its state again.
    device.reconfigure("graspd.sock", "another.sock");
    let refused = self::forget(&device);
    assert_eq!(refused.status.code(), Some(69), "{refused:?}");
}

#[test]
fn profiles_that_cannot_be_listed_are_no_trouble_of_the_output() {
    let device = Device::live("");
    let state = device.keep_state_apart();
    fs::remove_dir(&state).unwrap();
    let mut command = graspd();
    command.args(["profile", "list", "--config"]);
    let output = command.arg(device.config()).output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(66), "{said}");
    assert!(
        said.contains("cannot read") && said.contains("state"),
        "{said}"
    );
}

#[test]
fn the_doctor_looks_at_the_state_folder() {
    let device = Device::live("");
    let state = device.keep_state_apart();
    let look = || {
        let mut command: Command = device.command("doctor");
        if is_root() {
            command.args(["--user", "root"]);
        }
        let said = String::from_utf8(command.output().unwrap().stdout).unwrap();
        let line = said.lines().find(|line| line[6..].starts_with("state"));
        line.unwrap_or_else(|| panic!("no state in {said}"))
            .to_owned()
    };
    assert!(look().starts_with("ok"), "{}", look());
    chmod(&state, 0o777);
    assert!(
        look().starts_with("fail") && look().contains("go-w"),
        "{}",
        look()
    );
}
