//! What a service manager sees: readiness, watchdog, reloads, exits.

use graspd::decide::{Reason, State};
use graspd::publish::{ByeReason, Event, PublishError};
use rustix::process::Signal;

use crate::harness::{Device, rows, status};

#[test]
fn from_readiness_to_the_last_event() {
    let device = Device::live("sensor_grace_s = 3600");
    let mut daemon = device.start();
    assert_eq!(daemon.word(), "READY=1");
    let client = daemon.client();
    for _ in 0..3 {
        daemon.expect_word("WATCHDOG=1");
    }

    daemon.signal(Signal::TERM);
    let events: Vec<_> = client.map(Result::unwrap).collect();
    let bye = Event::Bye {
        reason: ByeReason::Stopped.into(),
        state: State::Inconclusive,
    };
    assert_eq!(events, [bye]);
    daemon.expect_word("STOPPING=1");
    assert_eq!(daemon.exit_code(), Some(0));
    assert!(!device.socket().exists(), "the socket is left behind");
}

#[test]
fn a_reload_takes_what_is_right_and_nothing_of_what_is_wrong() {
    let device = Device::live("sensor_grace_s = 3600");
    let daemon = device.start_ready();
    device.feed(&rows("enrol-1.csv.zst")[..100]);
    let mut client = daemon.client();

    device.decide("sensor_grace_s = 1\nlose_s = 0");
    daemon.signal(Signal::HUP);
    daemon.expect_log("nothing was reloaded");
    daemon.expect_log("lose_s");
    assert_eq!(status(&mut client).state, State::Inconclusive);

    device.decide("sensor_grace_s = 1");
    daemon.signal(Signal::HUP);
    let lock = client.find_map(|event| match event.unwrap() {
        Event::Lock(verdict) => Some(verdict),
        _ => None,
    });
    assert_eq!(lock.unwrap().reason, Reason::SensorLost.into());
}

#[test]
fn after_a_kill_clients_know_and_the_next_daemon_takes_the_socket() {
    let device = Device::live("");
    let mut killed = device.start_ready();
    let mut client = killed.client();
    killed.signal(Signal::KILL);
    let end = client.next().unwrap();
    assert!(matches!(end, Err(PublishError::Broken(_))), "{end:?}");
    assert_eq!(killed.exit_code(), None);

    assert!(device.socket().exists());
    let next = device.start_ready();
    assert_eq!(next.client().hello().state, State::Inconclusive);
}
