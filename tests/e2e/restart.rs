//! State that outlives a restart.

use std::fs;

use graspd::decide::{Reason, State};
use rustix::process::Signal;

use crate::harness::{Device, bundle, graspd, profile, rows, sample};

#[test]
fn a_restart_is_no_way_round_a_lock() {
    let device = Device::live("sensor_grace_s = 0.5");
    for ending in [Signal::TERM, Signal::KILL] {
        let mut daemon = device.start_ready();
        daemon.expect_status(|status| status.state == State::Lock);
        daemon.signal(ending);
        daemon.exit_code();
    }
    device.decide("");
    let daemon = device.start_ready();
    let hello = daemon.client();
    assert_eq!(
        (hello.hello().state, &hello.hello().reason),
        (State::Lock, &Reason::Persisted.into())
    );

    // Evidence recovers only with motion of the owner.
    let motion = rows("enrol-1.csv.zst");
    for chunk in motion.chunks(2000) {
        let newest: i64 = chunk
            .last()
            .unwrap()
            .split(',')
            .next()
            .unwrap()
            .parse()
            .unwrap();
        device.feed(chunk);
        let status = daemon.expect_status(|status| {
            status
                .t_ns
                .is_some_and(|t| t.nanos() >= newest - 2_000_000_000)
        });
        if status.state == State::Unlock {
            drop(daemon);
            let next = device.start_ready();
            assert_eq!(next.client().hello().state, State::Inconclusive);
            return;
        }
        assert_eq!(status.state, State::Lock);
    }
    panic!("the owner is never believed again");
}

#[test]
fn recordings_neither_know_nor_leave_a_lock() {
    let device = Device::live("");
    let note = device.file("locked");
    let lock = graspd()
        .args(["replay", "--json", "--profile"])
        .arg(profile())
        .arg("--model")
        .arg(bundle())
        .arg("--config")
        .arg(device.config())
        .arg(sample("hand-over.csv.zst"))
        .output()
        .unwrap();
    assert!(String::from_utf8_lossy(&lock.stdout).contains("\"event\":\"lock\""));
    assert!(!note.exists());

    fs::write(&note, "").unwrap();
    let recording = sample("hand-over.csv.zst");
    device.configure(&format!(
        "[source]\nkind = \"replay\"\nspeed = \"max\"\nrecordings = [{recording:?}]\n"
    ));
    let mut daemon = device.start();
    assert_eq!(daemon.exit_code(), Some(0));
    assert!(
        !daemon.log().contains("begins with that"),
        "{}",
        daemon.log()
    );
    assert!(note.exists());
}
