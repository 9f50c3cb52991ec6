//! Observe mode: everything is decided and published, and nothing is locked.

use std::fs;

use graspd::decide::{Reason, State};
use graspd::publish::{Client, Event, Mode};

use crate::harness::{Device, rows, status};
use crate::login::{Bus, Locker, Logind};

/// A device that locks after a second without samples; its fallback would write a file.
fn device(session: &str) -> Device {
    let device = Device::live("");
    let (motion, proof) = (device.motion(), device.file("proof"));
    device.configure(&format!(
        "[source]\nkind = \"stream\"\npath = {motion:?}\n[decide]\nsensor_grace_s = 0.5\n\
         [session]\n{session}\nconfirm_s = 0.01\nattempts = 1\nfallback = [\"touch\", {proof:?}]\n"
    ));
    let rest = fs::read_to_string(device.config()).unwrap();
    fs::write(device.config(), format!("mode = \"observe\"\n{rest}")).unwrap();
    device
}

/// The next event with the state lock.
fn next_lock(client: &mut Client) -> String {
    while let Some((line, event)) = client.next_line().unwrap() {
        if matches!(event, Event::Lock(_)) {
            return line;
        }
    }
    panic!("no lock");
}

#[test]
fn what_would_be_locked_is_said_and_nobody_is_asked_for_it() {
    let device = device("");
    let Some(bus) = Bus::start(&device) else {
        return;
    };
    let logind = Logind::start(&bus, Locker::Obedient);
    let daemon = device.start_ready();
    let _inhibitor = logind.inhibitor(|take| daemon.patiently(take));
    let mut client = daemon.client();
    assert_eq!(client.hello().mode, Mode::Observe.into());
    let line = next_lock(&mut client);
    assert!(line.contains("\"mode\":\"observe\""), "{line}");
    assert_eq!(status(&mut client).mode, Mode::Observe.into());

    // The session is followed nevertheless. Requests to it are sent in order, so a lock
    // request would have arrived before this.
    logind.set_locked(true);
    logind.set_locked(false);
    let anew = |event: Event| match event {
        Event::Inconclusive(verdict) => verdict.reason == Reason::WarmUp.into(),
        _ => false,
    };
    assert!(client.any(|event| anew(event.unwrap())));
    assert_eq!(logind.locks(), 0);
    assert!(!device.file("proof").exists());
    assert!(!device.file("locked").exists());
}

#[test]
fn a_lock_from_before_is_kept_for_when_it_counts() {
    let device = device("enabled = \"no\"");
    fs::write(device.file("locked"), "").unwrap();
    let daemon = device.start_ready();
    let mut client = daemon.client();
    assert_eq!(client.hello().state, State::Inconclusive);
    device.feed(&rows("enrol-1.csv.zst")[..200]);
    next_lock(&mut client);
    drop(daemon);
    assert!(device.file("locked").exists());
    assert!(!device.file("proof").exists());
}
