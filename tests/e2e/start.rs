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
    let process = format!("another graspd (process {})", first.child.id());
    assert!(
        said.contains("graspd.sock") && said.contains(&process),
        "{said}"
    );
    assert_eq!(first.client().hello().v, 1);
}

#[test]
fn more_clients_than_the_process_may_have_open_files() {
    let device = Device::live("");
    device.reconfigure("queue_events", "max_clients = 5000\nqueue_events");
    let mut limited = Command::new("sh");
    limited
        .args(["-c", "ulimit -n 1024; exec \"$0\" run --config \"$1\""])
        .arg(env!("CARGO_BIN_EXE_graspd"))
        .arg(device.config());
    let (code, said) = refusal(limited);
    assert_eq!(code, 78, "{said}");
    assert!(said.contains("max_clients"), "{said}");
    assert!(
        said.contains("5064 open files") && said.contains("may have 1024"),
        "{said}"
    );
    assert!(said.contains("LimitNOFILE="), "{said}");
}

#[test]
fn the_limit_of_open_files_is_raised_to_what_the_clients_need() {
    let device = Device::live("");
    device.reconfigure("queue_events", "max_clients = 300\nqueue_events");
    let mut limited = Command::new("sh");
    limited.args(["-c", "ulimit -S -n 128; exec \"$@\"", "sh"]);
    let daemon = device.start_under(limited);
    daemon.expect_word("READY=1");
    let clients: Vec<_> = (0..300).map(|_| daemon.client()).collect();
    assert_eq!(clients.len(), 300);
}

#[test]
fn a_name_does_not_control_the_terminal() {
    let device = Device::live("");
    let text = fs::read_to_string(device.config()).unwrap();
    let path = format!("{:?}", crate::harness::bundle());
    for name in ["/a\\u001b[2Jb", "/a\\nb", "/a\\u202eb"] {
        fs::write(device.config(), text.replace(&path, &format!("\"{name}\""))).unwrap();
        let (code, said) = refusal(device.command("validate"));
        assert_eq!(code, 78, "{said}");
        assert!(said.contains("model.bundle is \"/a\\"), "{said}");
        assert!(!said.contains(['\u{1b}', '\u{202e}']), "{said:?}");
    }
    let mut named = crate::harness::graspd();
    named.args(["enroll", "a\u{1b}[2J\nfake.csv", "--out", "x"]);
    let (code, said) = refusal(named);
    assert_eq!(code, 64, "{said}");
    assert!(
        said.contains("\\u{1b}") && !said.contains('\u{1b}'),
        "{said:?}"
    );
}
