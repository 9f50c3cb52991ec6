//! Errors that keep the daemon from starting: one line for people, and an exit code
//! that systemd/graspd.service handles.

use std::fs;
use std::process::Command;

use crate::harness::{Device, bundle};

/// The exit code, and the only line on standard error.
pub fn refusal(mut command: Command) -> (i32, String) {
    let output = command.output().unwrap();
    let said = String::from_utf8(output.stderr).unwrap();
    assert_eq!(said.lines().count(), 1, "{said}");
    (output.status.code().unwrap(), said)
}

/// Expects `run` and `validate` to refuse in the same way.
pub fn assert_refused(device: &Device, code: i32, parts: &[&str]) {
    let (ran, said) = refusal(device.command("run"));
    assert_eq!((ran, said.clone()), refusal(device.command("validate")));
    assert_eq!(ran, code, "{said}");
    for part in parts {
        assert!(said.contains(part), "no {part:?} in {said}");
    }
}

#[test]
fn a_configuration_that_is_wrong() {
    let device = Device::live("lose_s = -1");
    assert_refused(&device, 78, &["graspd.toml", "decide.lose_s"]);
    device.decide("lose_sec = 1");
    assert_refused(&device, 78, &["graspd.toml", "line", "lose_sec"]);
    fs::remove_file(device.config()).unwrap();
    assert_refused(&device, 78, &["graspd.toml"]);
}

#[test]
fn a_hop_that_the_model_does_not_take() {
    let device = Device::live("");
    device.configure("[window]\nhop_frames = 2999\n");
    assert_refused(&device, 78, &["window.hop_frames", "2999"]);
}

#[test]
fn an_owner_who_never_enrolled() {
    let device = Device::live("");
    let profile = device.socket().with_file_name("owner.profile");
    let text = format!(
        "[state]\nfolder = {:?}\n[model]\nbundle = {:?}\n[profile]\npath = {profile:?}\n",
        device.file(""),
        bundle()
    );
    fs::write(device.config(), &text).unwrap();
    // Without a profile the daemon starts, as one can be enrolled with it.
    let validated = device.command("validate").output().unwrap();
    assert!(validated.status.success());
    let said = String::from_utf8(validated.stdout).unwrap();
    assert!(said.contains("nobody has enrolled yet"), "{said}");
    // A replay without a profile is an error.
    let replay = format!("{text}[source]\nkind = \"replay\"\nrecordings = [\"x\"]\n");
    fs::write(device.config(), replay).unwrap();
    assert_refused(&device, 66, &["owner.profile", "graspd enroll"]);
    fs::write(device.config(), text).unwrap();
    fs::write(&profile, "no profile").unwrap();
    fs::set_permissions(
        &profile,
        std::os::unix::fs::PermissionsExt::from_mode(0o600),
    )
    .unwrap();
    assert_refused(&device, 65, &["owner.profile", "not a graspd profile"]);
}

#[test]
fn a_model_that_is_not_there() {
    let device = Device::live("");
    fs::write(device.config(), "[model]\nbundle = \"/nonexistent\"\n").unwrap();
    assert_refused(&device, 65, &["/nonexistent"]);
}

#[test]
fn a_fifo_that_nobody_made() {
    let device = Device::live("");
    fs::remove_file(device.motion()).unwrap();
    let (code, said) = refusal(device.command("run"));
    assert_eq!(code, 66, "{said}");
    assert!(said.contains("motion"), "{said}");
}

#[test]
fn a_socket_that_another_daemon_holds() {
    let device = Device::live("");
    let first = device.start_ready();
    // A state folder of its own, so that only the socket is shared.
    device.keep_state_apart();
    let (code, said) = refusal(device.command("run"));
    assert_eq!(code, 69, "{said}");
    assert!(said.contains("graspd.sock"), "{said}");
    assert_eq!(first.client().hello().v, 1);
}
