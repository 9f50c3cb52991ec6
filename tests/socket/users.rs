//! Other users of the device. These tests need root, and run this test program again as
//! another user.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use graspd::decide::State;
use graspd::motion::SampleTime;
use graspd::publish::{Client, Event, Server, SocketConfig};
use serde_json::json;

use crate::daemon::{Daemon, hello, score, state};

/// A user without files or sessions.
const NOBODY: u32 = 65534;
const ROLE: &str = "GRASPD_TEST_ROLE";

/// The lines that the other user's run prints, one for each event; `None` without root.
fn as_nobody(role: &str, path: &Path) -> Option<Vec<String>> {
    if !rustix::process::getuid().is_root() {
        skipped::because("only root can play another user, so none was tried at the socket");
        return None;
    }
    let stage = tempfile::tempdir().unwrap();
    open_to_all(stage.path());
    let program = stage.path().join("as-nobody");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    let ran = Command::new("setpriv")
        .args([
            &format!("--reuid={NOBODY}"),
            &format!("--regid={NOBODY}"),
            "--clear-groups",
        ])
        .arg(&program)
        .args(["--exact", "users::another_user", "--nocapture"])
        .env(ROLE, role)
        .env("GRASPD_SOCKET", path)
        .current_dir("/")
        .output();
    let Ok(output) = ran else {
        skipped::because(
            "there is no setpriv to play another user with, so none was tried at the socket",
        );
        return None;
    };
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(
        output.status.success(),
        "{text}{}",
        String::from_utf8_lossy(&output.stderr)
    );
    let lines = text.lines().filter_map(|line| line.strip_prefix("> "));
    Some(lines.map(str::to_owned).collect())
}

/// Not a test by itself: run by the other user.
#[test]
fn another_user() {
    let Ok(role) = std::env::var(ROLE) else {
        return;
    };
    let path = Path::new(&std::env::var_os("GRASPD_SOCKET").unwrap()).to_owned();
    // The test harness may not have ended its line.
    println!();
    if role == "bind" {
        let config = SocketConfig {
            path,
            ..SocketConfig::default()
        };
        println!("> {}", Server::bind(&config, None, hello()).unwrap_err());
        return;
    }
    let mut client = match Client::connect(&path) {
        Ok(client) => client,
        Err(why) => {
            println!("> {why}");
            return;
        }
    };
    println!("> {}", client.hello_line());
    client
        .request(r#"{"request":"subscribe","scores":true}"#)
        .unwrap();
    client.request(r#"{"request":"status"}"#).unwrap();
    let mut more = None;
    while more != Some(0) {
        let (line, event) = client.next_line().unwrap().unwrap();
        println!("> {line}");
        more = match event {
            Event::Status(_) => Some(4),
            _ => more.map(|n| n - 1),
        };
    }
}

/// The events that another user receives from a daemon that publishes continuously.
fn hear(owner: Option<u32>) -> Option<Vec<Event>> {
    let daemon = Daemon::with(owner, |_| {});
    open_to_all(daemon.folder.path());
    let counters = json!({"source": {"samples": 9}});
    let over = AtomicBool::new(false);
    let lines = thread::scope(|scope| {
        scope.spawn(|| {
            for t in 1.. {
                daemon.publisher.publish(&score(t));
                daemon.publisher.publish(&state(State::Lock, t));
                daemon
                    .publisher
                    .report(Some(SampleTime::from_nanos(t)), counters.clone(), None);
                if over.load(Ordering::Relaxed) {
                    return;
                }
                thread::sleep(Duration::from_millis(1));
            }
        });
        let lines = as_nobody("watch", &daemon.path);
        over.store(true, Ordering::Relaxed);
        lines
    })?;
    let events = lines.iter().map(|line| Event::from_line(line).unwrap());
    Some(events.collect())
}

fn open_to_all(folder: &Path) {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn another_user_sees_states_and_no_number_behind_them() {
    let Some(events) = hear(Some(1)) else { return };
    let mut refusals = Vec::new();
    let (mut states, mut answers) = (0, 0);
    for event in &events {
        match event {
            Event::Hello(_) => {}
            Event::Error { message } => refusals.push(message.as_str()),
            Event::Status(status) => {
                answers += 1;
                assert_eq!((status.figures, &status.counters), (None, &None));
            }
            event => {
                states += 1;
                assert_eq!(event.state_change().unwrap().1.figures, None);
            }
        }
    }
    assert_eq!(refusals, ["scores are for root and the profile's owner"]);
    assert_eq!(answers, 1);
    assert!(states >= 4);
}

#[test]
fn the_profiles_owner_sees_everything() {
    let Some(events) = hear(Some(NOBODY)) else {
        return;
    };
    assert!(events.iter().any(|event| matches!(event, Event::Score(_))));
    assert!(
        events
            .iter()
            .any(|event| { matches!(event, Event::Status(status) if status.counters.is_some()) })
    );
    for event in &events {
        assert!(!matches!(event, Event::Error { .. }), "{event:?}");
        if let Some((_, verdict)) = event.state_change() {
            assert!(verdict.figures.is_some());
        }
    }
}

#[test]
fn what_keeps_a_user_out_is_named() {
    let daemon = Daemon::with(None, |config| config.mode = 0o600);
    let folder = daemon.folder.path();
    let connect = || as_nobody("watch", &daemon.path);
    let closed = fs::Permissions::from_mode(0o700);
    fs::set_permissions(folder, closed).unwrap();
    let Some(lines) = connect() else { return };
    let expected = format!("the directory {} may not be searched", folder.display());
    assert!(lines[0].contains(&expected), "{lines:?}");

    open_to_all(folder);
    let lines = connect().unwrap();
    assert!(
        lines[0].contains("its permissions do not let this user in"),
        "{lines:?}"
    );

    let lines = as_nobody("bind", &folder.join("another")).unwrap();
    let expected = format!("the directory {} may not be written", folder.display());
    assert!(lines[0].contains(&expected), "{lines:?}");
}
