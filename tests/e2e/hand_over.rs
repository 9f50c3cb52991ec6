//! A recording in which the phone changes hands, end to end.

use std::io::Write;
use std::thread;

use graspd::decide::{Reason, State};
use graspd::publish::{Event, StateChange};

use crate::harness::{Device, bundle, graspd, profile, rows, sample};

/// When the phone changes hands, in the recording's time;
/// tests/data/simulated/README.md.
const CHANGES_HANDS_NS: i64 = 150_000_000_000;

const RECORDING: &str = "hand-over.csv.zst";

/// The lines that `graspd replay --json` prints.
fn replayed(device: &Device) -> Vec<String> {
    let output = graspd()
        .arg("replay")
        .arg(sample(RECORDING))
        .args(["--json", "--profile"])
        .arg(profile())
        .arg("--model")
        .arg(bundle())
        .arg("--config")
        .arg(device.config())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let lines = String::from_utf8(output.stdout).unwrap();
    lines.lines().map(str::to_owned).collect()
}

#[test]
fn the_socket_says_what_replay_says_to_the_byte() {
    let device = Device::live("");
    device
        .configure("[source]\nkind = \"replay\"\nspeed = \"max\"\nrecordings = [\"/dev/stdin\"]\n");
    let mut daemon = device.start();
    // The recording comes over a pipe, so that it begins only once a client is connected.
    let mut recording = daemon.child.stdin.take().unwrap();
    recording.write_all(b"t_ns,sensor,x,y,z\n").unwrap();
    daemon.expect_word("READY=1");
    let mut client = daemon.client_for_scores();
    let feeding = thread::spawn(move || recording.write_all(rows(RECORDING).concat().as_bytes()));

    let mut lines = vec![client.hello_line().to_owned()];
    while let Some((line, _)) = client.next_line().unwrap() {
        lines.push(line);
    }
    feeding.join().unwrap().unwrap();
    assert_eq!(daemon.exit_code(), Some(0));
    let expected = replayed(&device);
    assert!(expected.iter().any(|line| line.contains("\"score\"")));
    assert_eq!(lines, expected);
}

#[test]
fn the_owner_is_believed_and_the_other_is_locked_out() {
    let mut states = Vec::new();
    for line in replayed(&Device::live("")) {
        match Event::from_line(&line).unwrap() {
            Event::Lock(verdict) => states.push((State::Lock, verdict)),
            Event::Unlock(verdict) => states.push((State::Unlock, verdict)),
            _ => {}
        }
    }
    let at = |verdict: &StateChange| verdict.t_ns.nanos();
    let (before, after): (Vec<_>, Vec<_>) = states
        .iter()
        .partition(|(_, verdict)| at(verdict) < CHANGES_HANDS_NS);
    assert!(before.iter().any(|(state, _)| *state == State::Unlock));
    assert!(before.iter().all(|(state, _)| *state == State::Unlock));
    let (last, verdict) = after.last().unwrap();
    assert_eq!(
        (*last, &verdict.reason),
        (State::Lock, &Reason::Evidence.into())
    );
}
